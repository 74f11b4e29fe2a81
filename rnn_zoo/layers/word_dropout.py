"""Word dropout: whole tokens, or their vectors, go missing while training."""

import keras
from keras import ops

from rnn_zoo.checks import check_below
from rnn_zoo.layers.base import Augmentation, Like


@keras.saving.register_keras_serializable("rnn_zoo")
class WordDropout(Augmentation):
    """Replace ids `<int32>[batch, timesteps]` at random by that of the unknown token while training; 0 stays padding.

    Args:
        rate: share of tokens replaced, in [0, 1).
        unknown_id: what replaces them.

    Source: Iyyer et al., "Deep unordered composition rivals syntactic methods", ACL 2015, section 2.3.
    """

    def __init__(self, rate, unknown_id=1, seed=None, **kwargs):
        super().__init__(seed, active=check_below(1, rate=rate), **kwargs)
        self.rate, self.unknown_id = rate, unknown_id

    def augment(self, token_ids, lengths):
        draws = keras.random.uniform(ops.shape(token_ids), seed=self.seed_generator)
        dropped = ops.logical_and(draws < self.rate, token_ids != 0)
        return ops.where(dropped, ops.cast(self.unknown_id, token_ids.dtype), token_ids)


@keras.saving.register_keras_serializable("rnn_zoo")
class VectorDropout(Like):
    """Take whole vectors from an embedding at random while training: a token loses its vector all over the batch.

    Args:
        rate: share of the tokens that lose their vectors, in [0, 1); the other vectors grow by 1 / (1 - rate).
        vocabulary_size: number of tokens.

    It reads vectors `<float>[batch, timesteps, feature]` and the tokens whose they are, `<int32>[batch, timesteps]`.

    Example:
        >>> vectors, token_ids = np.ones((1, 3, 2), "float32"), np.array([[4, 9, 4]])
        >>> dropped = VectorDropout(0.5, 10, seed=1)(vectors, token_ids, training=True)
        >>> bool((dropped[0, 0] == dropped[0, 2]).numpy().all())
        True

    Source: Gal & Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", NIPS 2016,
    section 4.2; Merity, Keskar & Socher, "Regularizing and optimizing LSTM language models", ICLR 2018, section 4.3.
    """

    def __init__(self, rate, vocabulary_size, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.vocabulary_size, self.seed = check_below(1, rate=rate), vocabulary_size, seed
        if rate:
            self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, vectors, token_ids, training=False):
        if not training or self.rate == 0:
            return vectors
        kept = keras.random.uniform((self.vocabulary_size,), seed=self.seed_generator) >= self.rate
        scale = ops.cast(kept, vectors.dtype) / (1 - self.rate)
        return vectors * ops.take(scale, token_ids, axis=0)[..., None]
