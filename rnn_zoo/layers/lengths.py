"""Layers that work from the lengths of right-padded sequences, so that no mask has to travel through the network.

A mask turns the fused LSTM and GRU kernels off under JAX and torch, and Keras 3.16 stops handing masks on. A stack that
runs without one and takes what it needs by length is exact: a causal recurrence never sees the padding that follows.
"""

import keras
from keras import ops

from rnn_zoo.layers.base import Layer, SameShape


def is_real(sequence, lengths):
    """Which timesteps are real, `<bool>[batch, timesteps, 1]`, of a sequence `[batch, timesteps, ...]`."""
    times = ops.arange(ops.shape(sequence)[1], dtype="int32")[None, :, None]
    return times < ops.cast(lengths, "int32")[:, None, None]


def reversed_times(sequence, lengths):
    """Where each timestep comes from if real ones are reversed and padding stays, `<int32>[batch, timesteps]`."""
    times = ops.arange(ops.shape(sequence)[1], dtype="int32")[None, :]
    lengths = ops.cast(lengths, "int32")[:, None]
    return ops.where(times < lengths, lengths - 1 - times, times)


@keras.saving.register_keras_serializable("rnn_zoo")
class SequenceLengths(Layer):
    """Count the real timesteps of right-padded token sequences.

    `<int32>[batch, timesteps]`, padded on the right with 0, to `<int32>[batch]`, at least 1: an empty row is one
    step of padding rather than a division by zero.

    Example:
        >>> SequenceLengths()(np.array([[7, 3, 0, 0], [5, 0, 0, 0]])).numpy().tolist()
        [2, 1]
    """

    def call(self, token_ids):
        lengths = ops.arange(1, ops.shape(token_ids)[1] + 1, dtype="int32")
        return ops.maximum(ops.max(ops.where(token_ids != 0, lengths, 0), axis=1), 1)


@keras.saving.register_keras_serializable("rnn_zoo")
class ReverseByLength(SameShape):
    """Reverse the real timesteps of each sequence and leave its padding in place.

    It reads a right-padded `<float>[batch, timesteps, feature]` and its lengths `<int32>[batch]`. Twice, it gives the
    input back: being its own inverse, its gradient is the same reversal; both move whole rows, which is cheap.

    Example:
        >>> sequence = np.array([[[1.0], [2.0], [3.0], [0.0]]])
        >>> ReverseByLength()(sequence, np.array([3])).numpy().ravel().tolist()
        [3.0, 2.0, 1.0, 0.0]
    """

    def call(self, sequence, lengths):
        shape = ops.shape(sequence)
        order = reversed_times(sequence, lengths) + shape[1] * ops.arange(shape[0], dtype="int32")[:, None]
        rows = ops.reshape(sequence, (-1, shape[2]))
        return ops.reshape(_swap_rows(rows, ops.reshape(order, (-1,))), shape)


@keras.saving.register_keras_serializable("rnn_zoo")
class RealTimesteps(Layer):
    """Which timesteps are real, 1, and which are padding, 0: `<float32>[batch, timesteps]`.

    It reads a sequence `[batch, timesteps, ...]` and its lengths `<int32>[batch]`, or None if it is never padded.

    Example:
        >>> RealTimesteps()(np.zeros((1, 3)), np.array([2])).numpy().tolist()
        [[1.0, 1.0, 0.0]]
        >>> RealTimesteps()(np.zeros((1, 3))).numpy().tolist()
        [[1.0, 1.0, 1.0]]
    """

    def call(self, sequence, lengths=None):
        if lengths is None:
            return ops.ones(ops.shape(sequence)[:2], "float32")
        return ops.cast(is_real(sequence, lengths)[:, :, 0], "float32")


@keras.saving.register_keras_serializable("rnn_zoo")
class ClearPadding(SameShape):
    """Set padded timesteps to 0, before a layer that looks at neighbours, such as a convolution.

    It reads a right-padded `<float>[batch, timesteps, feature]` and its lengths `<int32>[batch]`.

    Example:
        >>> ClearPadding()(np.array([[[1.0], [2.0], [3.0]]]), np.array([2])).numpy().ravel().tolist()
        [1.0, 2.0, 0.0]
    """

    def call(self, sequence, lengths):
        return ops.where(is_real(sequence, lengths), sequence, ops.zeros_like(sequence))


@keras.saving.register_keras_serializable("rnn_zoo")
class FoldTimesteps(Layer):
    """Make every timestep an example of its own, so that layers can read the sequence within each.

    `[batch, timesteps, ...]` becomes `[batch * timesteps, ...]`; `UnfoldTimesteps` is the way back.

    Example:
        >>> FoldTimesteps()(np.array([[[1, 2], [3, 0]]])).numpy().tolist()
        [[1, 2], [3, 0]]
    """

    def call(self, sequence):
        return ops.reshape(sequence, (-1, *ops.shape(sequence)[2:]))


@keras.saving.register_keras_serializable("rnn_zoo")
class UnfoldTimesteps(Layer):
    """Put what was computed for every timestep back into sequences.

    `<float>[batch * timesteps, feature]` becomes `<float>[batch, timesteps, feature]`; the second argument is the
    sequence whose shape to take.

    Example:
        >>> UnfoldTimesteps()(np.array([[1.0], [2.0]]), np.array([[7, 8]])).numpy().tolist()
        [[[1.0], [2.0]]]
    """

    def call(self, folded, sequence):
        return ops.reshape(folded, (*ops.shape(sequence)[:2], folded.shape[-1]))

    def compute_output_shape(self, folded_shape, sequence_shape):
        return (*sequence_shape[:2], folded_shape[-1])  # PyTorch cannot infer that one axis is the product of two


@keras.saving.register_keras_serializable("rnn_zoo")
class RowBefore(Layer):
    """Put what was computed for a whole sequence into a row before those of its timesteps; the narrower is widened.

    Call arguments:
        row: `<float>[batch, features]`.
        sequence: `<float>[batch, rows, other features]`.

    Returns:
        `<float>[batch, 1 + rows, max(features, other features)]`, zeros where it was widened.

    Example:
        >>> RowBefore()(np.array([[1.0, 2.0]]), np.array([[[3.0], [4.0]]])).numpy().tolist()
        [[[1.0, 2.0], [3.0, 0.0], [4.0, 0.0]]]
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, row, sequence):
        size = max(row.shape[-1], sequence.shape[-1])
        row = ops.pad(row, [[0, 0], [0, size - row.shape[-1]]])
        sequence = ops.pad(sequence, [[0, 0], [0, 0], [0, size - sequence.shape[-1]]])
        return ops.concatenate([row[:, None], sequence], axis=1)


def _swap_rows(rows, order):
    """Rows in another order that is its own inverse: the gradient is the same gather.

    TensorFlow keeps each custom gradient in a registry, and with it the graph of the network, for good; its own
    gradient, a sum over segments of one row each, costs no more.
    """
    if keras.backend.backend() == "tensorflow":
        return ops.take(rows, order, axis=0)

    @ops.custom_gradient
    def swap(rows):
        def gradient(*args, upstream=None):
            return ops.take(args[0] if upstream is None else upstream, order, axis=0)

        return ops.take(rows, order, axis=0), gradient

    return swap(rows)
