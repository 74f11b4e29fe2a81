"""Where in a sequence a timestep stands, for data whose sequences are aligned."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("rnn_zoo")
class PlaceWeightedPooling(keras.layers.Layer):
    """A sum over the real timesteps, with a trained weight for each place and feature.

    Maximum and mean forget where something was. Where sequences are cut around one point, as promoters are around the
    start of transcription, the place says much; this is what a convolutional network gets by flattening.

    Args:
        places: timesteps from the beginning that have weights of their own; later ones share the last.

    Call arguments:
        sequence: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`, at least 1.

    Returns:
        `<float>[batch, feature]`.

    Raises:
        ValueError: for less than one place.

    Example:
        >>> PlaceWeightedPooling(81)(np.ones((2, 50, 16), "float32"), np.array([50, 20])).shape
        TensorShape([2, 16])
    """

    def __init__(self, places, **kwargs):
        super().__init__(**kwargs)
        if places < 1:
            raise ValueError(f"places must be positive. Received: places={places}")
        self.places = places

    def build(self, sequence_shape, lengths_shape=None):
        """One row a place."""
        small = keras.initializers.RandomNormal(stddev=0.02)
        self.place_weights = self.add_weight(
            shape=(self.places, sequence_shape[-1]), initializer=small, name="place_weights"
        )
        self.built = True

    def call(self, sequence, lengths):
        """Weigh, leave padding out, sum."""
        times = ops.arange(ops.shape(sequence)[1], dtype="int32")
        weights = ops.take(self.place_weights, ops.minimum(times, self.places - 1), axis=0)[None]
        real = (times[None, :] < ops.cast(lengths, "int32")[:, None])[:, :, None]
        return ops.sum(ops.where(real, sequence * ops.cast(weights, sequence.dtype), 0.0), axis=1)

    def compute_output_spec(self, sequence, lengths):
        """The time axis is gone."""
        return keras.KerasTensor((sequence.shape[0], sequence.shape[2]), dtype=sequence.dtype)

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), "places": self.places}
