"""Length-aware layers against Keras' own layers with an explicit mask, and against loops in NumPy."""

import gc
import re
import weakref

import keras
import numpy as np
import pytest

from rnn_zoo.layers import (
    CELLS,
    BigramIds,
    EndStates,
    MaskedMaxPooling,
    MaskedMeanPooling,
    PositionWeightedPooling,
    ReverseByLength,
    SequenceLengths,
    TakeLast,
    WordDropout,
    pooled_recurrent_stack,
    recurrent_stack,
)

LENGTHS = np.array([6, 1, 4, 3], "int32")
TIMESTEPS, FEATURES, UNITS = 6, 5, 4
IS_REAL = np.arange(TIMESTEPS) < LENGTHS[:, None]
TOLERANCE = 1e-5
POOLINGS = {MaskedMaxPooling: np.max, MaskedMeanPooling: np.mean, TakeLast: lambda steps, axis: steps[-1]}


@pytest.fixture
def sequence():
    values = np.random.default_rng(3).normal(size=(len(LENGTHS), TIMESTEPS, FEATURES)).astype("float32")
    return values * IS_REAL[:, :, None]


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def stack_model(core, num_layers, bidirectional):
    """A recurrent stack as a model, with random weights in place of zero biases."""
    inputs = keras.Input((None, FEATURES))
    lengths = keras.Input((), dtype="int32")
    outputs = recurrent_stack(inputs, lengths, core, UNITS, num_layers, bidirectional=bidirectional)
    model = keras.Model([inputs, lengths], outputs)
    rng = np.random.default_rng(4)
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def run_keras_with_a_mask(model, core, num_layers, bidirectional, sequence):
    """What Keras' own layers give with the weights of the stack and the mask handed on by hand."""
    for index in range(num_layers):
        reference = CELLS[core].make_layer(UNITS, return_sequences=True)
        if bidirectional:
            reference = keras.layers.Bidirectional(reference)
        reference.build(sequence.shape)
        names = [f"{core}_{index}", f"{core}_{index}_backward"][: 1 + bidirectional]
        reference.set_weights([weight for name in names for weight in model.get_layer(name).get_weights()])
        sequence = reference(sequence, mask=IS_REAL)
    return to_numpy(sequence)


@pytest.mark.filterwarnings("ignore:.*does not support masking")  # Keras 3.16 hands the mask no further
@pytest.mark.parametrize(
    ("core", "bidirectional", "num_layers"),
    [*((core, True, 2) for core, cell in CELLS.items() if not cell.is_parallel), ("gru", False, 2), ("lstm", True, 1)],
)
def test_a_stack_equals_keras_layers_with_a_mask(sequence, core, bidirectional, num_layers):
    model = stack_model(core, num_layers, bidirectional)
    found = to_numpy(model([sequence, LENGTHS]))
    expected = run_keras_with_a_mask(model, core, num_layers, bidirectional, sequence)
    assert found.shape == (len(LENGTHS), TIMESTEPS, UNITS * (1 + bidirectional))
    np.testing.assert_allclose(found[IS_REAL], expected[IS_REAL], rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("core", CELLS)
def test_neither_more_padding_nor_garbage_in_it_changes_the_outputs_of_real_timesteps(sequence, core):
    model = stack_model(core, num_layers=2, bidirectional=True)
    expected = to_numpy(model([sequence, LENGTHS]))[IS_REAL]
    longer = np.pad(sequence, ((0, 0), (0, 5), (0, 0)))
    found = to_numpy(model([longer, LENGTHS]))[:, :TIMESTEPS][IS_REAL]
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE)
    garbage = np.where(IS_REAL[:, :, None], sequence, np.float32("nan"))
    found = to_numpy(model([garbage, LENGTHS]))[IS_REAL]
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_pooled_stack_equals_pooling_over_a_stack(sequence, bidirectional, num_layers):
    stack = stack_model("lstm", num_layers, bidirectional)
    inputs, lengths = keras.Input((None, FEATURES)), keras.Input((), dtype="int32")
    outputs = pooled_recurrent_stack(inputs, lengths, "lstm", UNITS, num_layers, bidirectional=bidirectional)
    pooled = keras.Model([inputs, lengths], outputs)
    for layer in stack.layers:  # by name: a network without the reversal lists its layers in another order
        if layer.weights:
            pooled.get_layer(layer.name).set_weights(layer.get_weights())
    steps = stack([sequence, LENGTHS])
    expected = [to_numpy(pooling()(steps, LENGTHS)) for pooling in (MaskedMaxPooling, MaskedMeanPooling)]
    found = to_numpy(pooled([sequence, LENGTHS]))
    np.testing.assert_allclose(found, np.concatenate(expected, axis=1), rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("core", [core for core, cell in CELLS.items() if not cell.is_parallel])
def test_the_last_output_is_what_keras_returns_without_sequences_and_with_a_mask(sequence, core):
    model = stack_model(core, num_layers=1, bidirectional=False)
    reference = CELLS[core].make_layer(UNITS)
    reference.build(sequence.shape)
    reference.set_weights(model.get_weights())
    found = TakeLast()(model([sequence, LENGTHS]), LENGTHS)
    expected = reference(sequence, mask=IS_REAL)
    np.testing.assert_allclose(to_numpy(found), to_numpy(expected), rtol=TOLERANCE, atol=TOLERANCE)


def test_dropout_acts_between_the_layers_of_a_stack_while_training_only(sequence):
    inputs, lengths = keras.Input((None, FEATURES)), keras.Input((), dtype="int32")
    model = keras.Model([inputs, lengths], recurrent_stack(inputs, lengths, "gru", UNITS, 2, dropout=0.5))
    dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.SpatialDropout1D)]
    assert [layer.rate for layer in dropouts] == [0.5]
    resting, again = (to_numpy(model([sequence, LENGTHS])) for _ in range(2))
    np.testing.assert_array_equal(resting, again)
    assert np.abs(to_numpy(model([sequence, LENGTHS], training=True)) - resting).max() > 1e-3


def test_an_unknown_core_is_refused_with_the_names_of_the_known_ones(sequence):
    with pytest.raises(ValueError, match=re.escape(f"one of {list(CELLS)}. Received: core='transf")):
        recurrent_stack(sequence, LENGTHS, "transformer", UNITS)


def test_a_stack_without_layers_is_refused(sequence):
    with pytest.raises(ValueError, match="num_layers must be positive. Received: num_layers=0"):
        recurrent_stack(sequence, LENGTHS, "gru", UNITS, 0)


def test_reversing_by_length_equals_a_loop_and_twice_gives_the_input_back(sequence):
    layer = ReverseByLength()
    once = to_numpy(layer(sequence, LENGTHS))
    for row, length, found in zip(sequence, LENGTHS, once, strict=True):
        np.testing.assert_array_equal(found, np.concatenate([row[:length][::-1], row[length:]]))
    np.testing.assert_array_equal(to_numpy(layer(once, LENGTHS)), sequence)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="takes gradients with a tf.GradientTape")
@pytest.mark.parametrize("in_a_graph", [False, True])
def test_the_gradient_of_the_reversal_is_that_of_reverse_sequence(sequence, in_a_graph):
    import tensorflow as tf

    layer = ReverseByLength()
    sequence = np.random.default_rng(5).normal(size=sequence.shape).astype("float32")
    loss_weights = np.random.default_rng(6).normal(size=sequence.shape).astype("float32")

    def gradient_of(reverse):
        values = tf.constant(sequence)
        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = tf.reduce_sum(loss_weights * reverse(values) ** 2)
        return tape.gradient(loss, values)

    run = tf.function(gradient_of) if in_a_graph else gradient_of
    found = run(lambda values: layer(values, LENGTHS))
    expected = gradient_of(lambda values: tf.reverse_sequence(values, LENGTHS, seq_axis=1))
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="looks at graphs of TensorFlow")
def test_no_graph_with_a_reversal_is_kept_when_it_is_not_needed_any_more(sequence):
    import tensorflow as tf

    def gradient_of(values):
        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = tf.reduce_sum(ReverseByLength()(values, LENGTHS) ** 2)
        return tape.gradient(loss, values)

    function = tf.function(gradient_of)
    graph = weakref.ref(function.get_concrete_function(tf.constant(sequence)).graph)
    assert graph() is not None
    del function
    gc.collect()
    assert graph() is None


@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooling_equals_a_loop_over_the_real_timesteps(sequence, pooling):
    garbage = np.where(IS_REAL[:, :, None], sequence - 3, np.float32(1e4))
    rows = zip(garbage, LENGTHS, strict=True)
    expected = np.stack([POOLINGS[pooling](row[:length], axis=0) for row, length in rows])
    np.testing.assert_allclose(to_numpy(pooling()(garbage, LENGTHS)), expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooling_takes_its_shape_and_dtype_from_the_sequence(pooling):
    symbolic = pooling(dtype="float16")(keras.Input((None, 7), dtype="float16"), keras.Input((), dtype="int32"))
    assert symbolic.shape == (None, 7)
    computed = pooling(dtype="float16")(np.ones((2, 3, 7), "float16"), np.array([2, 1]))
    assert symbolic.dtype == keras.backend.standardize_dtype(computed.dtype) == "float16"


def test_a_mean_over_a_long_float16_sequence_does_not_overflow():
    mean = MaskedMeanPooling(dtype="float16")(np.full((1, 4000, 1), 60.0, "float16"), np.array([4000]))
    np.testing.assert_allclose(to_numpy(mean), [[60.0]], rtol=1e-3)


@pytest.mark.parametrize(
    ("token_ids", "length"),
    [([7, 3, 5], 3), ([7, 3, 0], 2), ([7, 0, 5], 3), ([0, 0, 5], 3), ([7, 0, 0], 1), ([0, 0, 0], 1)],
)
def test_lengths_count_up_to_the_last_token_and_an_empty_row_as_one(token_ids, length):
    assert to_numpy(SequenceLengths()(np.array([token_ids], "int32"))).tolist() == [length]


def test_word_dropout_replaces_its_share_of_tokens_and_leaves_padding():
    token_ids = np.full((200, 50), 9, "int32")
    token_ids[:, 40:] = 0
    dropped = to_numpy(WordDropout(0.3, unknown_id=1)(token_ids, training=True))
    assert dropped.dtype == "int32"
    np.testing.assert_array_equal(dropped[:, 40:], 0)
    assert set(np.unique(dropped[:, :40])) == {1, 9}
    # 8000 draws at rate 0.3 have a standard deviation of 0.005.
    assert np.mean(dropped[:, :40] == 1) == pytest.approx(0.3, abs=0.025)


@pytest.mark.parametrize(("rate", "training"), [(0.9, False), (0.0, True)])
def test_word_dropout_does_nothing_at_inference_or_at_rate_zero(rate, training):
    token_ids = np.arange(60, dtype="int32").reshape(3, 20)
    np.testing.assert_array_equal(to_numpy(WordDropout(rate)(token_ids, training=training)), token_ids)


def test_word_dropout_with_one_seed_draws_the_same_tokens():
    token_ids = np.full((4, 30), 9, "int32")
    first, second, other = (to_numpy(WordDropout(0.5, seed=s)(token_ids, training=True)) for s in (7, 7, 8))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan")])
def test_word_dropout_refuses_a_rate_outside_zero_to_one(rate):
    with pytest.raises(ValueError, match=r"rate must be in \[0, 1\)"):
        WordDropout(rate)


def test_word_dropout_gives_integers_in_a_symbolic_network_too():
    assert WordDropout(0.5)(keras.Input((None,), dtype="int32")).dtype == "int32"


@pytest.mark.parametrize(
    "layer",
    [
        SequenceLengths(name="a"),
        ReverseByLength(name="b"),
        MaskedMaxPooling(name="c"),
        MaskedMeanPooling(name="d"),
        TakeLast(name="e", dtype="float16"),
        WordDropout(0.25, unknown_id=3, seed=5, name="f"),
        BigramIds(3, vocabulary_size=9, name="g"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_layer_is_rebuilt_from_its_config(layer):
    config = layer.get_config()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is type(layer)
    assert again.get_config() == config
    assert keras.saving.get_registered_name(type(layer)) == f"rnn_zoo>{type(layer).__name__}"


def test_bigram_ids_equal_a_lookup_in_a_dictionary():
    rng = np.random.default_rng(0)
    token_ids = rng.integers(1, 30, (5, 12))
    token_ids[1, 4:] = 0
    known = np.unique(rng.integers(1, 30, (200, 2)), axis=0)
    layer = BigramIds(len(known), vocabulary_size=30)
    layer.adapt(rng.permutation(known))
    ids = {tuple(pair): index + 2 for index, pair in enumerate(known.tolist())}
    expected = [
        [0 if new == 0 else ids.get((old, new), 1) for old, new in zip([0, *row], row, strict=False)]
        for row in token_ids.tolist()
    ]
    assert keras.ops.convert_to_numpy(layer(token_ids)).tolist() == expected


def test_the_largest_vocabulary_of_bigrams_fits_int32():
    layer = BigramIds(1, vocabulary_size=46_340)
    layer.adapt([[46_339, 46_339]])
    assert keras.ops.convert_to_numpy(layer(np.array([[46_339, 46_339]]))).tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("bigrams", "message"),
    [([[1, 2]], "2 different pairs"), ([[1, 2], [1, 2]], "1 of them different"), ([[1, 2], [2, 9]], "ids from 1 to 8")],
)
def test_bigrams_that_do_not_fit_are_refused(bigrams, message):
    with pytest.raises(ValueError, match=message):
        BigramIds(2, vocabulary_size=9).adapt(bigrams)


@pytest.mark.parametrize("arguments", [(0, 10), (1, 46_341)])
def test_bigram_ids_refuse_sizes_without_numbers(arguments):
    with pytest.raises(ValueError, match="whose square fits int32"):
        BigramIds(*arguments)


def test_position_weighted_pooling_is_a_sum_over_real_timesteps_with_the_weights_of_their_positions():
    sequence = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    layer = PositionWeightedPooling(3)
    layer.build(sequence.shape)
    weights = np.random.default_rng(1).normal(size=(3, 3)).astype("float32")
    layer.set_weights([weights])
    expected = [sum(sequence[row, t] * weights[min(t, 2)] for t in range(length)) for row, length in ((0, 5), (1, 2))]
    np.testing.assert_allclose(layer(sequence, np.array([5, 2])), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="Received: num_positions=0"):
        PositionWeightedPooling(0)


def test_end_states_are_the_last_one_forward_and_the_first_one_backward():
    sequence = np.arange(24, dtype="float32").reshape(2, 3, 4)
    found = EndStates()(sequence, np.array([3, 2]))
    np.testing.assert_array_equal(found, [[8, 9, 2, 3], [16, 17, 14, 15]])
