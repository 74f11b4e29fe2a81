"""What every builder of the zoo promises. A new task is one row in TINY of `tiny_models.py`."""

import keras
import numpy as np
import pytest
from tiny_models import TINY

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.codecs import Transcripts
from rnn_zoo.exporting.graph import walk
from rnn_zoo.exporting.layer_functions import function_of
from rnn_zoo.layers.cells import CELLS
from rnn_zoo.layers.ctc import CERTAIN_LOGIT

TOLERANCE = 1e-5

BUILDERS = rnn_zoo.list_models()
VARIANTS = {"speech": ["speech with attention"]}
"""Other rows of the table for the builders of a task, whose networks differ much."""
CASES = [
    (name, row)
    for name in BUILDERS
    for row in [catalogue.ROWS[name].task, *VARIANTS.get(catalogue.ROWS[name].task, ())]
]
FUSED = (keras.layers.LSTM, keras.layers.GRU)
TRIED_WITH = {
    "layer_norm_lstm": "sequential_image",
    "ind_rnn": "sequential_image",
    "min_gru": "language_model",
    "min_lstm": "dna",
    "qrnn": "sentiment",
    "lru": "sequential_image",
}
"""The one task that each cell of a few tasks is tried with at once; the others are the same layers, and take long."""


def id_of(case):
    return case[0] + case[1].removeprefix(catalogue.ROWS[case[0]].task)


def core_of(name):
    return name.removeprefix(f"{catalogue.ROWS[name].task}_")


def at_once(*cores, tasks=tuple(TINY)):
    """The builders with some cells, and those without cells; the others take long, and differ by their layers alone.

    `tasks` leaves out those whose network and loss are another task's.
    """

    def is_quick(name):
        core, task = core_of(name), catalogue.ROWS[name].task
        return (core in cores or core not in CELLS) and TRIED_WITH.get(core, task) == task and task in tasks

    cases = [pytest.param(one, marks=() if is_quick(one[0]) else pytest.mark.slow, id=id_of(one)) for one in CASES]
    return pytest.mark.parametrize("case", cases, indirect=True, scope="module")


@pytest.fixture(scope="module")
def case(request):
    return request.param


@pytest.fixture(scope="module")
def name(case):
    return case[0]


@pytest.fixture(scope="module")
def tiny(case):
    name, row = case
    return TINY[row](core_of(name))


@pytest.fixture(scope="module")
def build(name, tiny):
    return lambda: getattr(rnn_zoo, name).from_examples(tiny.examples, **tiny.settings)


@pytest.fixture(scope="module")
def task(build):
    """One model for all tests of a builder that leave it as it is."""
    keras.utils.set_random_seed(0)
    return build()


def answers_of(task, inputs):
    return keras.ops.convert_to_numpy(task(inputs))


def fed(task, tiny, positions=slice(None)):
    """What the network takes to be taught these examples, and their targets."""
    targets = task.codec(tiny.targets[positions])
    return task.teacher_forced(task.preprocessor(tiny.inputs[positions]), targets), targets


def real_answers(task, encoded, targets, timesteps=None):
    """Outputs of encoded examples, one array each; where there is one a timestep, those of real timesteps only."""
    width = max(timesteps or 0, *map(len, targets)) if writes(task) else timesteps
    inputs = task.teacher_forced(task.preprocessor.pad(encoded, timesteps), task.codec.pad(targets, width))
    outputs = task.compute(inputs)
    if writes(task):
        return [row[: len(one)] for row, one in zip(outputs, targets, strict=True)]
    if isinstance(task.codec, Transcripts):
        real = [-(-len(one) // task.codec.stride) for one in encoded]
        for row, length in zip(outputs, real, strict=True):
            assert (row[length:, 0] == 0).all() and (row[length:, 1:] == CERTAIN_LOGIT).all()
        return [row[:length] for row, length in zip(outputs, real, strict=True)]
    per_timestep = catalogue.ROWS[task.name].io_type == "many_to_many"
    before = outputs.shape[-1] if getattr(task.codec, "crf", False) else 0  # transitions stand before the timesteps
    return [row[: before + len(one)] if per_timestep else row for row, one in zip(outputs, encoded, strict=True)]


def writes(task):
    return isinstance(task, rnn_zoo.GenerativeTask)


def assert_all_close(found, expected, tolerance):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def test_the_table_covers_every_registered_task():
    assert set(TINY) == {row for _, row in CASES}
    assert {name for name, _ in CASES} == set(BUILDERS)


@at_once("gru", "irnn", *TRIED_WITH)
def test_every_layer_has_a_function_that_writes_it_as_onnx(task):
    """Of a decoder the step is a graph of its own."""
    network = task.get_layer("encoder") if getattr(task, "has_encoder", False) else task
    written = []

    def check(_, operation, args, kwargs, outputs):
        if operation.name != "decoder":
            function_of(operation)
        written.append(operation.name)
        return outputs

    walk(network, None, network.inputs, check)
    assert written


@at_once("gru", "irnn", *TRIED_WITH)
def test_the_output_has_a_row_an_example_and_the_shape_that_the_model_declares(task, tiny):
    outputs = task.compute(fed(task, tiny)[0])
    assert outputs.dtype == np.float32
    assert outputs.shape[0] == len(tiny.inputs)
    declared = task.output_shape[1:]
    assert all(size in (None, found) for size, found in zip(declared, outputs.shape[1:], strict=True))
    assert len(task.infer(tiny.inputs)) == len(tiny.inputs)


@at_once("gru", "irnn", *TRIED_WITH)
def test_a_single_example_has_a_single_answer(task, tiny):
    one = tiny.inputs[0]
    one = " ".join(one) if isinstance(one, list) and isinstance(one[0], str) else one  # a sentence as it is written
    single, (listed,) = task.infer(one), task.infer([one])
    assert type(single) is type(listed)
    if "log_probability" not in str(listed):
        assert str(single) == str(listed)


@at_once("gru", "irnn", *TRIED_WITH)
def test_padding_does_not_change_the_answer(task, tiny):
    encoded = task.preprocessor.encode(tiny.inputs)
    targets = task.codec.encode(tiny.targets)
    longest = max(map(len, encoded))
    expected = real_answers(task, encoded, targets, longest)
    for more in (1, 9):
        assert_all_close(real_answers(task, encoded, targets, longest + more), expected, TOLERANCE)
    shortest = min(range(len(encoded)), key=lambda place: len(encoded[place]))
    alone = real_answers(task, [encoded[shortest]], [targets[shortest]])
    assert_all_close(alone, [expected[shortest]], TOLERANCE)


@at_once("gru", "irnn", *TRIED_WITH)
def test_a_saved_model_answers_the_same_after_loading(task, tiny, name, tmp_path):
    task.save(tmp_path / "task.keras")
    loaded = getattr(rnn_zoo, name)(weights=tmp_path / "task.keras")
    assert type(loaded) is type(task)
    inputs = fed(task, tiny)[0]
    again = keras.tree.flatten(fed(loaded, tiny)[0])
    for one, other in zip(again, keras.tree.flatten(inputs), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(answers_of(loaded, inputs), answers_of(task, inputs), rtol=1e-6, atol=1e-6)


@at_once("simple_rnn")
def test_one_step_moves_every_row_of_every_trainable_weight_but_that_of_padding(build, tiny):
    task = build()
    task.compile(keras.optimizers.Adam(0.01, epsilon=1e-12), run_eagerly=True)
    before = {weight.path: keras.ops.convert_to_numpy(weight).copy() for weight in task.trainable_weights}
    assert set(tiny.never_seen) <= set(before)
    task.train_on_batch(*fed(task, tiny))
    for weight in task.trainable_weights:
        moved = np.abs(keras.ops.convert_to_numpy(weight) - before[weight.path]) > 1e-4
        moved = moved.reshape(len(moved), -1).any(axis=1)
        never = tiny.never_seen.get(weight.path, ())
        expected = [row not in never for row in range(len(moved))]
        assert moved.tolist() == expected, weight.path


@at_once("lstm", tasks=("sentiment", "forecast", "music"))  # taggers, speech and translation learn in tests of theirs
def test_eight_examples_are_memorized(build, tiny):
    task = build()
    task.compile(keras.optimizers.Adam(0.03, global_clipnorm=1.0))
    chosen = tiny._replace(inputs=tiny.inputs[:3] + tiny.inputs[-5:], targets=tiny.targets[:3] + tiny.targets[-5:])
    inputs, targets = fed(task, chosen)
    losses = []
    for _ in range(80):
        losses.append(np.ravel(task.train_on_batch(inputs, targets))[0])  # a number alone where there are no metrics
        task.reset_metrics()
    assert losses[-1] < (losses[0] - 2 if task.name.startswith("sketch") else 0.05)  # densities have no loss of 0


@at_once(
    "gru", tasks=set(TINY) - {"pos", "rating", "pronunciation", "translation", "language_model", "video", "activity"}
)
def test_half_precision_training_stays_finite(build, tiny):
    keras.config.set_dtype_policy("mixed_float16")
    task = build()
    task.compile(keras.optimizers.Adam(0.01), run_eagerly=True)
    before = answers_of(task, fed(task, tiny)[0])
    assert before.dtype == np.float32
    for _ in range(12 if "layer_norm" in task.name else 2):  # steep gradients: the first steps find the loss' scale
        task.train_on_batch(*fed(task, tiny))
    after = answers_of(task, fed(task, tiny)[0])
    assert np.isfinite(before).all() and np.isfinite(after).all()
    assert all(np.isfinite(weight).all() for weight in task.get_weights())
    assert np.abs(after - before).max() > 1e-4


@at_once("gru", "irnn", *TRIED_WITH)
def test_bad_input_is_refused_with_its_place(task, tiny):
    with pytest.raises(ValueError, match=r"Received: \w+\[1\]="):
        task.infer(tiny.bad_inputs)
    with pytest.raises(ValueError, match=r"Received: \w+\[1\]="):
        rnn_zoo.batches(task, tiny.bad_inputs, tiny.targets[:2])
    with pytest.raises(ValueError, match=r"Received: (labels|texts|pieces)\[0\]"):
        rnn_zoo.batches(task, tiny.inputs[:1], [tiny.bad_target])


@at_once("gru", "irnn", *TRIED_WITH)
def test_features_come_before_the_head_of_every_model(task, tiny):
    if writes(task):
        pytest.skip("a model that writes has an encoder and a decoder instead")
    features = rnn_zoo.feature_extractor(task)(task.preprocessor(tiny.inputs))
    assert features.shape[0] == len(tiny.inputs)
    has_timesteps = catalogue.ROWS[task.name].io_type in ("many_to_many", "encoder_decoder")
    assert len(features.shape) == (3 if has_timesteps else 2)


@pytest.fixture
def masks(monkeypatch):
    """The masks that reach LSTM and GRU layers, in the order of the calls."""
    seen = []
    for layer_class in FUSED:

        def spy(self, sequences, initial_state, mask, training=False, _original=layer_class.inner_loop):
            seen.append(mask)
            return _original(self, sequences, initial_state, mask, training=training)

        monkeypatch.setattr(layer_class, "inner_loop", spy)
    return seen


@pytest.mark.filterwarnings("ignore:.*does not support masking")  # Keras 3.16 hands the mask no further
def test_a_mask_that_reaches_a_layer_would_be_noticed(masks):
    embedded = keras.layers.Embedding(5, 4, mask_zero=True)(np.array([[1, 2, 0]]))
    for layer_class in FUSED:
        layer_class(3)(embedded)
    assert len(masks) == 2 and all(mask is not None for mask in masks)


@at_once("gru")  # of LSTM `test_fast_path.py` says that no mask travels
def test_lstm_and_gru_layers_meet_the_conditions_of_the_fused_kernels(task, name, tiny, masks):
    fused = [layer for layer in task._flatten_layers() if isinstance(layer, FUSED)]
    assert bool(fused) == (core_of(name) in ("gru", "lstm"))
    for layer in fused:
        assert layer.cell.activation is keras.activations.tanh
        assert layer.cell.recurrent_activation is keras.activations.sigmoid
        assert layer.use_bias and not layer.unroll and not layer.go_backwards and not layer.stateful
        assert layer.recurrent_dropout == 0
        assert layer.use_cudnn in ("auto", True)
        assert getattr(layer.cell, "reset_after", True)
    task(fed(task, tiny)[0])
    assert len(masks) == len(fused)
    assert all(mask is None for mask in masks)
