"""One vector a sequence: what is computed over its real timesteps, whatever stands in the padding."""

import keras
from keras import ops

from rnn_zoo.checks import check_positive
from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.lengths import is_real


class Pooling(Layer):
    """From padded `<float>[batch, timesteps, feature]` and lengths `<int32>[batch]` to `<float>[batch, feature]`."""

    def compute_output_spec(self, sequence, lengths):
        return keras.KerasTensor((sequence.shape[0], sequence.shape[2]), dtype=sequence.dtype)


@keras.saving.register_keras_serializable("rnn_zoo")
class MaskedMaxPooling(Pooling):
    """Maximum over the real timesteps.

    Example:
        >>> MaskedMaxPooling()(np.array([[[-3.0], [-1.0], [0.0]]]), np.array([2])).numpy().tolist()
        [[-1.0]]
    """

    def call(self, sequence, lengths):
        """Maximum with padding set to the lowest number that float16 still holds."""
        lowest = ops.cast(-65000.0, sequence.dtype)
        return ops.max(ops.where(is_real(sequence, lengths), sequence, lowest), axis=1)


@keras.saving.register_keras_serializable("rnn_zoo")
class MaskedMeanPooling(Pooling):
    """Mean over the real timesteps.

    Example:
        >>> MaskedMeanPooling()(np.array([[[1.0], [3.0], [9.0]]]), np.array([2])).numpy().tolist()
        [[2.0]]
    """

    def call(self, sequence, lengths):
        real = ops.where(is_real(sequence, lengths), sequence, ops.zeros_like(sequence))
        total = ops.sum(ops.cast(real, "float32"), axis=1)
        return ops.cast(total / ops.cast(lengths, "float32")[:, None], sequence.dtype)


@keras.saving.register_keras_serializable("rnn_zoo")
class TakeLast(Pooling):
    """The last real timestep: what `return_sequences=False` gives with a mask, without one.

    Example:
        >>> TakeLast()(np.array([[[1.0], [3.0], [9.0]]]), np.array([2])).numpy().tolist()
        [[3.0]]
    """

    def call(self, sequence, lengths):
        return _take_last(sequence, lengths)


@keras.saving.register_keras_serializable("rnn_zoo")
class EndStates(Pooling):
    """What each direction of a bidirectional layer remembers when it has read everything.

    Both directions stand side by side in the order of time: the forward one is taken at the last real timestep, the
    backward one at the first.

    Example:
        >>> EndStates()(np.array([[[1.0, 5.0], [2.0, 6.0], [0.0, 0.0]]]), np.array([2])).numpy().tolist()
        [[2.0, 5.0]]
    """

    def call(self, sequence, lengths):
        units = sequence.shape[-1] // 2
        return ops.concatenate([_take_last(sequence[:, :, :units], lengths), sequence[:, 0, units:]], axis=-1)


@keras.saving.register_keras_serializable("rnn_zoo")
class PositionWeightedPooling(Pooling):
    """A sum over the real timesteps, with a trained weight for each position and feature.

    Maximum and mean forget where something was. Where sequences are cut around one point, as promoters are around the
    start of transcription, the position says much; this is what a convolutional network gets by flattening.

    Args:
        num_positions: timesteps from the beginning that have weights of their own; later ones share the last.

    Example:
        >>> PositionWeightedPooling(81)(np.ones((2, 50, 16), "float32"), np.array([50, 20])).shape
        TensorShape([2, 16])
    """

    def __init__(self, num_positions, **kwargs):
        super().__init__(**kwargs)
        check_positive(num_positions=num_positions)
        self.num_positions = num_positions

    def build(self, sequence_shape, lengths_shape=None):
        shape, small = (self.num_positions, sequence_shape[-1]), keras.initializers.RandomNormal(stddev=0.02)
        self.position_weights = self.add_weight(shape=shape, initializer=small, name="position_weights")

    def call(self, sequence, lengths):
        times = ops.arange(ops.shape(sequence)[1], dtype="int32")
        weights = ops.take(self.position_weights, ops.minimum(times, self.num_positions - 1), axis=0)[None]
        weighted = sequence * ops.cast(weights, sequence.dtype)
        return ops.sum(ops.where(is_real(sequence, lengths), weighted, 0.0), axis=1)


def _take_last(sequence, lengths):
    times = ops.arange(ops.shape(sequence)[1], dtype="int32")[None, :, None]
    is_last = times == ops.cast(lengths, "int32")[:, None, None] - 1
    return ops.sum(ops.where(is_last, sequence, ops.zeros_like(sequence)), axis=1)
