"""How a network reads points of a pen, and gives the density of the next one, see `rnn_zoo.generation.points`."""

import keras
from keras import layers, ops

from rnn_zoo.layers.decoder import RecurrentDecoder


@keras.saving.register_keras_serializable("rnn_zoo")
class PointEmbedding(layers.Dense):
    """Vectors of points `<float32>[..., 3]`: a linear map of the step and of whether the pen is down or lifted."""

    def build(self, points_shape):
        super().build((*points_shape[:-1], 4))
        self.input_spec = None  # which would ask for what Dense reads

    def call(self, points, training=None):
        state = ops.one_hot(ops.cast(points[..., 2], "int32") - 1, 2, dtype=points.dtype)
        return super().call(ops.concatenate([points[..., :2], state], axis=-1))


@keras.saving.register_keras_serializable("rnn_zoo")
class PenDecoder(RecurrentDecoder):
    """A `RecurrentDecoder` over points: its previous tokens are `<float32>[batch, points, 3]`.

    The vocabulary size is that of `rnn_zoo.Drawings`, and its logits are what `point_losses` takes.
    """

    def make_embedding(self):
        return PointEmbedding(self.settings["embedding_dim"], name="embedding", dtype=self.dtype_policy)
