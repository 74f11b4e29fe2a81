"""Where in a sequence a timestep stands, for data whose sequences are aligned."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("rnn_zoo")
class PositionEmbedding(keras.layers.Layer):
    """Add a trained vector for the place of each timestep, counted from the beginning.

    A recurrent network counts badly; where sequences are cut around one point, as promoters are around the start of
    transcription, this tells it where it is.

    Args:
        timesteps: places with a vector of their own; later ones share the last.

    Call arguments:
        sequence: `<float>[batch, timesteps, feature]`.

    Returns:
        `<float>[batch, timesteps, feature]`.

    Raises:
        ValueError: for less than one timestep.

    Example:
        >>> PositionEmbedding(81)(np.ones((2, 50, 16), "float32")).shape
        TensorShape([2, 50, 16])

    Source: Gehring et al., "Convolutional sequence to sequence learning", ICML 2017, section 3.1.
    """

    def __init__(self, timesteps, **kwargs):
        super().__init__(**kwargs)
        if timesteps < 1:
            raise ValueError(f"timesteps must be positive. Received: timesteps={timesteps}")
        self.timesteps = timesteps

    def build(self, sequence_shape):
        """One row a place."""
        self.places = self.add_weight(
            shape=(self.timesteps, sequence_shape[-1]), initializer="uniform", name="places", autocast=False
        )
        self.built = True

    def call(self, sequence):
        """Add the rows of the places."""
        places = ops.minimum(ops.arange(ops.shape(sequence)[1], dtype="int32"), self.timesteps - 1)
        return sequence + ops.cast(ops.take(self.places, places, axis=0), sequence.dtype)[None]

    def compute_output_spec(self, sequence):
        """The shape of the input."""
        return keras.KerasTensor(sequence.shape, dtype=sequence.dtype)

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), "timesteps": self.timesteps}
