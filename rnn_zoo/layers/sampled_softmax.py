"""Cross-entropy over a large vocabulary, estimated from a sample of it while training."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("rnn_zoo")
class SampledSoftmaxLoss(keras.layers.Layer):
    """Add the loss of predicting symbols, with the output weights tied to the embedding.

    Instead of all of the vocabulary, each step scores the right symbol and a sample shared by the batch, drawn from
    the log-uniform (Zipf) distribution, which fits ids in the order of frequency; scores are corrected by the
    log-probability of being drawn.

    Args:
        vocabulary_size: number of ids, in the order of falling frequency.
        num_sampled: symbols drawn a step.
        seed: of the random generator.

    Call arguments:
        hidden: `<float>[batch, timesteps, embedding_dim]`.
        targets: `<int32>[batch, timesteps]`, the symbols to predict.
        embeddings: `<float>[vocabulary_size, embedding_dim]`.

    Returns:
        hidden; the mean loss in nats a symbol is added to the model's losses.

    Example:
        >>> layer = SampledSoftmaxLoss(100, num_sampled=20)
        >>> _ = layer(np.zeros((1, 3, 4), "float32"), np.array([[5, 6, 7]]), np.zeros((100, 4), "float32"))
        >>> len(layer.losses)
        1

    Source: Jean et al., "On using very large target vocabulary for neural machine translation", ACL 2015, section 3.
    """

    def __init__(self, vocabulary_size, num_sampled=512, seed=None, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.vocabulary_size = vocabulary_size
        self.num_sampled = num_sampled
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, *_):
        self.bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="bias")

    def call(self, hidden, targets, embeddings):
        """Softmax of the right symbol against the sampled ones."""
        flat_hidden = ops.reshape(hidden, (-1, embeddings.shape[1]))
        flat_targets = ops.cast(ops.reshape(targets, (-1,)), "int32")
        draws = keras.random.uniform((self.num_sampled,), seed=self.seed_generator)
        sampled = ops.cast(ops.exp(draws * np.log(self.vocabulary_size + 1.0)), "int32") - 1
        sampled = ops.clip(sampled, 0, self.vocabulary_size - 1)
        right = ops.sum(flat_hidden * ops.take(embeddings, flat_targets, axis=0), axis=1)
        right += ops.take(self.bias, flat_targets, axis=0) - self._log_expected_count(flat_targets)
        others = ops.matmul(flat_hidden, ops.transpose(ops.take(embeddings, sampled, axis=0)))
        others += (ops.take(self.bias, sampled, axis=0) - self._log_expected_count(sampled))[None, :]
        others = ops.where(sampled[None, :] == flat_targets[:, None], ops.cast(-1e4, others.dtype), others)
        highest = ops.stop_gradient(ops.maximum(ops.max(others, axis=1), right))
        total = ops.sum(ops.exp(others - highest[:, None]), axis=1) + ops.exp(right - highest)
        self.add_loss(ops.mean(ops.log(total) + highest - right))
        return hidden

    def compute_output_spec(self, hidden, *_):
        return keras.KerasTensor(hidden.shape, dtype=self.compute_dtype)

    def _log_expected_count(self, ids):
        ids = ops.cast(ids, "float32")
        probability = ops.log((ids + 2.0) / (ids + 1.0)) / np.log(self.vocabulary_size + 1.0)
        return ops.log(probability * self.num_sampled)

    def get_config(self):
        own = {"vocabulary_size": self.vocabulary_size, "num_sampled": self.num_sampled, "seed": self.seed}
        return {**super().get_config(), **own}
