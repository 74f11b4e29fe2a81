"""Scans that are parallel over time: the same numbers as one timestep after another, for all lengths and both ways."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_zoo.layers import CELLS, linear_recurrence
from rnn_zoo.layers.scans import PIECE

RNG = np.random.default_rng(0)
PARALLEL = [core for core, cell in CELLS.items() if cell.is_parallel]
TOLERANCE = {"rtol": 1e-4, "atol": 1e-5}


@keras.saving.register_keras_serializable("rnn_zoo_tests")
class Recurrence(keras.layers.Layer):
    """The recurrence as a layer, which a model can compute for lengths that it does not know."""

    def call(self, decay, inputs, first):
        return linear_recurrence(decay, inputs, first)

    def compute_output_spec(self, decay, inputs, first):
        return [keras.KerasTensor(one.shape, dtype=one.dtype) for one in inputs]


def numbers(timesteps, parts):
    """Real or complex decays, inputs and first states of 2 sequences of 3 units; complex ones share their decays."""
    decay = [RNG.uniform(-0.7, 0.7, (3 - parts, timesteps, 3)).astype("float32") for _ in range(parts)]
    inputs = [RNG.normal(size=(2, timesteps, 3)).astype("float32") for _ in range(parts)]
    return decay, inputs, [RNG.normal(size=(2, 3)).astype("float32") for _ in range(parts)]


def as_complex(parts):
    return sum(np.asarray(ops.convert_to_numpy(one)) * unit for one, unit in zip(parts, (1, 1j), strict=False))


def one_by_one(decay, inputs, first):
    decay, inputs, state = as_complex(decay), as_complex(inputs), as_complex(first)
    states = [state := decay[:, step] * state + inputs[:, step] for step in range(inputs.shape[1])]
    return np.stack(states, axis=1)


@pytest.mark.parametrize("parts", [1, 2], ids=["real", "complex"])
@pytest.mark.parametrize("timesteps", [1, PIECE, PIECE + 1, 3 * PIECE**2 + 5])
def test_a_linear_recurrence_is_that_of_a_loop_for_every_length(timesteps, parts):
    given = numbers(timesteps, parts)
    np.testing.assert_allclose(as_complex(linear_recurrence(*given)), one_by_one(*given), **TOLERANCE)


@pytest.mark.parametrize("parts", [1, 2], ids=["real", "complex"])
def test_lengths_that_are_not_known_beforehand_are_cut_into_pieces_and_the_rest_is_a_loop(parts):
    def wanted(arrays):
        return [keras.Input((None, 3) if one.ndim == 3 else (3,)) for one in arrays]

    inputs = [wanted(one) for one in numbers(1, parts)]
    model = keras.Model(inputs, Recurrence()(*inputs))
    for timesteps in (1, PIECE + 1, 3 * PIECE**2 + 5):
        decay, *others = numbers(timesteps, parts)
        given = [[np.repeat(one, 2 // len(one), axis=0) for one in decay], *others]
        found = model.predict(given, verbose=0)
        found = found if isinstance(found, list) else [found]
        np.testing.assert_allclose(as_complex(found), one_by_one(*given), **TOLERANCE)


def test_small_decays_lose_no_precision_and_half_precision_is_computed_in_float32():
    decay, inputs, first = numbers(200, 1)
    tiny = [1e-6 * decay[0]]
    np.testing.assert_allclose(
        as_complex(linear_recurrence(tiny, inputs, first)), one_by_one(tiny, inputs, first), rtol=1e-6, atol=1e-6
    )
    halves = [[one.astype("float16") for one in arrays] for arrays in (decay, inputs, first)]
    found = linear_recurrence(*halves)[0]
    assert keras.backend.standardize_dtype(found.dtype) == "float16"
    whole = [[one.astype("float32") for one in arrays] for arrays in halves]
    np.testing.assert_allclose(as_complex([found]), one_by_one(*whole), atol=2e-3)


@pytest.mark.parametrize("core", PARALLEL)
def test_long_sequences_are_read_at_once_as_step_by_step_and_learn_alike(core):
    """More timesteps than a piece; the gradients of a loop over the steps are those of the scan."""
    scan = CELLS[core].make_layer(3, return_sequences=True, return_state=True)
    scan.build((2, 40, 4))
    for weight in scan.weights:
        weight.assign(weight + RNG.normal(scale=0.1, size=weight.shape))
    loop = keras.layers.RNN(scan.cell, return_sequences=True, return_state=True)
    sequence = RNG.normal(size=(2, 40, 4)).astype("float32")
    for one, other in zip(scan(sequence), loop(sequence), strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one), ops.convert_to_numpy(other), **TOLERANCE)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        found = []
        for layer in (scan, loop):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(layer(sequence)[0] ** 2)
            found.append(tape.gradient(loss, [weight.value for weight in layer.trainable_weights]))
        for one, other in zip(*found, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("core", ["min_gru", "min_lstm"])
def test_minimal_cells_remember_from_the_start_as_long_as_they_are_told(core):
    """With no input a unit that keeps a share of 1 - 1 / t forgets in about t timesteps."""
    layer = CELLS[core].make_layer(4, longest_memory=101)
    layer.build((None, None, 2))
    kept, new = layer.cell.coefficients(np.zeros((1, 2), "float32"))
    np.testing.assert_allclose(1 / (1 - ops.convert_to_numpy(kept)[0]), np.linspace(2, 101, 4), rtol=1e-4)
    assert not ops.convert_to_numpy(new).any()
    with pytest.raises(ValueError, match="at least 2 timesteps. Received: longest_memory=1"):
        CELLS[core].make_layer(4, longest_memory=1).build((None, None, 2))


def test_an_lru_starts_with_the_decays_that_it_is_told_and_inputs_scaled_to_them():
    layer = CELLS["lru"].make_layer(200)
    layer.build((None, None, 2))
    real, imaginary = layer.cell._decay()
    sizes = np.hypot(ops.convert_to_numpy(real), ops.convert_to_numpy(imaginary))
    assert 0.9 <= sizes.min() < 0.92 and 0.99 < sizes.max() <= 0.999
    np.testing.assert_allclose(ops.convert_to_numpy(layer.cell.scale_log), np.log(np.sqrt(1 - sizes**2)), atol=1e-3)
    with pytest.raises(ValueError, match="decays must be in .* Received: smallest_decay=0.9, largest_decay=0.5"):
        CELLS["lru"].make_layer(4, largest_decay=0.5)


def test_the_units_of_an_ind_rnn_never_keep_more_than_their_memory_allows():
    layer = CELLS["ind_rnn"].make_layer(4, longest_memory=10)
    layer.build((None, None, 2))
    weight = layer.cell.recurrent_kernel
    assert 0 <= ops.min(weight) <= ops.max(weight) <= 2**0.1
    clipped = weight.constraint(ops.convert_to_tensor([[-3.0, 0.5, 1.0, 3.0]]))
    np.testing.assert_allclose(ops.convert_to_numpy(clipped), [[-(2**0.1), 0.5, 1.0, 2**0.1]], rtol=1e-5)
