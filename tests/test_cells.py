"""A cell that is added by a class and a line in the table is everywhere."""

import re

import keras
import numpy as np
import pytest
from dummy_cells import DUMMIES
from keras import ops

import rnn_zoo
from rnn_zoo import inspection
from rnn_zoo.layers import CELLS, RecurrentDecoder, Rollout, find_cell, pooled_recurrent_stack, recurrent_stack
from rnn_zoo.layers.cells import cell_of, is_recurrent, state_sizes
from rnn_zoo.training.text_windows import text_reader

RNG = np.random.default_rng(0)
LENGTHS = np.array([5, 2], "int32")
SEQUENCE = RNG.normal(size=(2, 5, 3)).astype("float32")
STEPS = np.arange(5)[:, None, None]
IDS = np.array([[8, 2, 3, 4, 5], [8, 6, 7, 5, 2]], "int32")
TOLERANCE = {"rtol": 1e-4, "atol": 1e-5}
ALL = [*CELLS, *DUMMIES]


@pytest.fixture(autouse=True)
def dummies(monkeypatch):
    for core, cell in DUMMIES.items():
        monkeypatch.setitem(CELLS, core, cell)


def scatter(model):
    """Random weights, biases too."""
    for weight in model.trainable_weights:
        weight.assign(np.random.default_rng(len(weight.shape)).normal(size=weight.shape) * 0.5)


def steps_of(layer, sequence, states=None):
    """The outputs of a layer's steps, one after the other, and the states at the end."""
    states = states or [np.zeros((len(sequence), size), "float32") for size in state_sizes(layer.cell)]
    outputs = []
    for step in range(sequence.shape[1]):
        output, states = layer.cell(sequence[:, step], list(states))
        outputs.append(ops.convert_to_numpy(output))
    return np.stack(outputs, axis=1), states


@pytest.mark.parametrize("core", ALL)
def test_layer_and_step_keep_the_contract(core):
    layer = find_cell(core).make_layer(4, return_sequences=True, return_state=True, name="one")
    layer.build(SEQUENCE.shape)
    scatter(layer)
    first = [RNG.normal(size=(2, size)).astype("float32") for size in state_sizes(layer.cell)]
    for given in (None, first):
        outputs, *states = layer(SEQUENCE, initial_state=given)
        expected, last = steps_of(layer, SEQUENCE, given)
        np.testing.assert_allclose(outputs, expected, **TOLERANCE)
        np.testing.assert_allclose(states[0], outputs[:, -1], **TOLERANCE)
        for state, one, size in zip(states, last, state_sizes(layer.cell), strict=True):
            assert state.shape == (2, size)
            np.testing.assert_allclose(state, one, **TOLERANCE)
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_config() == layer.get_config() and is_recurrent(again)
    kind = find_cell(core).kind
    assert cell_of(again).kind == kind == cell_of(find_cell(core).make_step(4)).kind


@pytest.mark.parametrize("core", DUMMIES)
def test_stacks_in_both_directions_are_pooled_learn_and_are_saved(core, tmp_path):
    inputs, lengths = keras.Input((None, 3)), keras.Input((), dtype="int32")
    outputs = recurrent_stack(inputs, lengths, core, 4, 2, bidirectional=True)
    pooled = pooled_recurrent_stack(
        inputs, lengths, core, 4, bidirectional=True, prefix="pooled_", num_positions=3, longest_memory=9
    )
    last = recurrent_stack(inputs, None, core, 4, last_only=True, prefix="last_")
    model = keras.Model([inputs, lengths], [outputs, pooled, last])
    scatter(model)
    found = [ops.convert_to_numpy(one) for one in model([SEQUENCE, LENGTHS])]
    assert [one.shape for one in found] == [(2, 5, 8), (2, 24), (2, 4)]
    longer = np.pad(SEQUENCE, ((0, 0), (0, 3), (0, 0)), constant_values=9)
    padded = [ops.convert_to_numpy(one) for one in model([longer, LENGTHS])]
    for row, length in enumerate(LENGTHS):
        np.testing.assert_allclose(padded[0][row, :length], found[0][row, :length], **TOLERANCE)
    np.testing.assert_allclose(padded[1], found[1], **TOLERANCE)
    expected, _ = steps_of(model.get_layer(f"last_{core}_0"), SEQUENCE)
    np.testing.assert_allclose(found[2], expected[:, -1], **TOLERANCE)
    model.compile("sgd", "mse", run_eagerly=True)
    before = [weight.copy() for weight in model.get_weights()]
    model.fit([SEQUENCE, LENGTHS], [one + 1 for one in found], verbose=0)
    assert all(np.abs(one - old).max() > 0 for one, old in zip(model.get_weights(), before, strict=True))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for one, other in zip(again([SEQUENCE, LENGTHS]), model([SEQUENCE, LENGTHS]), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("attention", [None, "luong_general", "bahdanau"])
@pytest.mark.parametrize("core", DUMMIES)
def test_a_decoder_steps_as_it_is_taught(core, attention):
    decoder = RecurrentDecoder(9, 4, core=core, units=6, num_layers=2, attention=attention, condition="both")
    context = {"summary": RNG.normal(size=(2, 3)), "memory": RNG.normal(size=(2, 4, 5)), "mask": np.ones((2, 4))}
    context = {name: ops.convert_to_tensor(one, "float32") for name, one in context.items()}
    decoder(IDS, context)
    scatter(decoder)
    taught = decoder(IDS, context)
    states = decoder.start(context, 2)
    assert [[one.shape[1] for one in layer] for layer in states] == decoder.state_sizes
    for step in range(5):
        logits, _, states = decoder.step(ops.convert_to_tensor(IDS[:, step]), states, context)
        np.testing.assert_allclose(logits, taught[:, step], **TOLERANCE)
    kernel = {"counting": "loop", "leaky": "loop" if attention == "bahdanau" else "scan"}[core]
    report = rnn_zoo.explain_fast_path(decoder, "tensorflow")
    assert [(one.layer, one.kind, one.kernel) for one in report] == [
        (f"{core}_{index}", DUMMIES[core].kind, kernel) for index in range(2)
    ]


@pytest.mark.parametrize("core", DUMMIES)
def test_a_language_model_is_read_in_windows(core):
    decoder = RecurrentDecoder(9, 4, core=core, units=6, num_layers=2)
    previous = keras.Input((None,), dtype="int32", name="previous_ids")
    task = keras.Model({"previous_ids": previous}, decoder(previous))
    task.has_encoder = False
    reader = text_reader(task, 2, 5)
    scatter(task)
    ids = np.concatenate([IDS, IDS[:, ::-1]], axis=1)
    expected = ops.convert_to_numpy(task({"previous_ids": ids}))
    read = [ops.convert_to_numpy(reader(ids[:, first : first + 5])) for first in (0, 5)]
    np.testing.assert_allclose(np.concatenate(read, axis=1), expected, **TOLERANCE)


@pytest.mark.parametrize("core", DUMMIES)
def test_a_rollout_feeds_every_answer_back(core):
    layer = Rollout(core, 4, horizon=3)
    features, value = RNG.normal(size=(2, 5)).astype("float32"), RNG.normal(size=(2, 2)).astype("float32")
    layer(features, value)
    scatter(layer)
    found = ops.convert_to_numpy(layer(features, value))
    first = ops.convert_to_numpy(layer.states(features))
    sizes = state_sizes(layer.cell)
    states = [first[:, sum(sizes[:index]) : sum(sizes[: index + 1])] for index in range(len(sizes))]
    for step in range(3):
        hidden, states = layer.cell(value, states)
        value = value + ops.convert_to_numpy(layer.step(hidden))
        np.testing.assert_allclose(found[:, step], value, **TOLERANCE)
    (row,) = rnn_zoo.explain_fast_path(layer, "jax")
    assert (row.kind, row.kernel) == (DUMMIES[core].kind, "loop")


def test_weight_drop_thins_a_recurrent_kernel_or_is_refused():
    decoder = RecurrentDecoder(9, 4, core="counting", units=6, weight_drop=0.5)
    taught = ops.convert_to_numpy(decoder(IDS))
    first, second = (ops.convert_to_numpy(decoder(IDS, training=True)) for _ in range(2))
    assert np.abs(first - taught).max() > 1e-3 < np.abs(first - second).max()
    with pytest.raises(ValueError, match="weight_drop must be 0 for Leaky, without a recurrent kernel"):
        RecurrentDecoder(9, 4, core="leaky", units=6, weight_drop=0.5)


@pytest.mark.parametrize("core", ALL)
def test_gradients_are_followed_through_the_states_of_every_cell(core):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, recurrent_stack(inputs, None, core, 4))
    layer = inspection.recurrent_layer(model)
    assert layer.name == f"{core}_0"
    scatter(model)
    nudges = [np.zeros((5, 2, 4), "float32")] * (2 if isinstance(layer, keras.layers.LSTM) else 1)
    still = inspection._run_nudged(layer, SEQUENCE, nudges)
    np.testing.assert_allclose(np.swapaxes(still, 0, 1), model(SEQUENCE), **TOLERANCE)
    moved = inspection._run_nudged(layer, SEQUENCE, [one + np.float32(0.5) * (STEPS == 1) for one in nudges])
    changed = np.abs(ops.convert_to_numpy(moved) - ops.convert_to_numpy(still)).max(axis=(1, 2)) > 1e-3
    is_fed_back = core not in ("qrnn", "lru")  # of these the output is not what the next timestep reads
    assert changed.tolist() == [False, True] + 3 * [is_fed_back]


@pytest.mark.parametrize("core", ALL)
def test_gradients_stay_finite_behind_a_long_silence(core):
    """The black border of an image, read pixel by pixel: zeros, for which norms have steep gradients."""
    layer, sequence = find_cell(core).make_layer(16), np.zeros((2, 45, 1), "float32")
    sequence[:, -5:] = 1
    model = keras.Sequential([layer])
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(sequence, np.ones((2, 16), "float32"), verbose=0)
    assert all(np.isfinite(weight).all() and np.abs(weight).max() < 100 for weight in model.get_weights())


def test_an_unknown_cell_is_refused_with_the_names_of_all():
    known = re.escape(f"core must be one of {ALL}. Did you mean 'qrnn'? Received: core='rnn'")
    with pytest.raises(ValueError, match=known):
        RecurrentDecoder(9, 4, core="rnn", units=6)
    with pytest.raises(ValueError, match=known):
        Rollout("rnn", 4, horizon=3)
