"""Bigram ids: which known pair a token forms with the one before it, found inside the network."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.word_dropout import WordDropout

FIRST_ID = 2


def beside_bigrams(x, token_ids, pairs, vocabulary_size, bigram_dim, dropout):
    """Put the vector of the pair that each token forms with the one before it beside the token's own.

    Pairs are `<int>[pairs, 2]`, the known ones; without any, x `<float>[batch, timesteps, feature]` is given back.
    """
    if not len(pairs):
        return x
    bigram_layer = BigramIds(len(pairs), vocabulary_size, name="bigram_ids")
    bigram_layer.adapt(pairs)
    y = WordDropout(dropout, name="bigram_dropout")(bigram_layer(token_ids))
    y = keras.layers.Embedding(len(pairs) + FIRST_ID, bigram_dim, name="bigram_embedding")(y)
    return keras.layers.Concatenate(name="tokens_and_bigrams")([x, y])


@keras.saving.register_keras_serializable("rnn_zoo")
class BigramIds(Layer):
    """Give every pair of neighbouring tokens its id, so that an Embedding can learn what the pair means.

    Args:
        num_bigrams: how many pairs are known. `adapt` says which; they are stored as a weight that is not trained.
        vocabulary_size: number of token ids.

    Call arguments:
        token_ids: `<int32>[batch, timesteps]`, padded with 0.

    Returns:
        `<int32>[batch, timesteps]`: 0 at padding, 1 for an unknown pair and for the first token, which has none before
        it, and 2 ... num_bigrams + 1 for the known pairs.

    Raises:
        ValueError: for a vocabulary so large that a pair has no number in int32, or no pairs.

    Example:
        >>> layer = BigramIds(2, vocabulary_size=10)
        >>> layer.adapt([[4, 5], [5, 4]])
        >>> layer(np.array([[4, 5, 4, 4, 0]])).numpy().tolist()
        [[1, 2, 3, 1, 0]]

    Source: pairs of words as features: Wang & Manning, "Baselines and bigrams", ACL 2012; with vectors of their own:
    Joulin et al., "Bag of tricks for efficient text classification", EACL 2017.
    """

    def __init__(self, num_bigrams, vocabulary_size, **kwargs):
        super().__init__(**kwargs)
        if num_bigrams < 1 or not 1 <= vocabulary_size <= 46_340:
            raise ValueError(
                "num_bigrams must be positive and vocabulary_size from 1 to 46340, whose square fits int32. "
                f"Received: {num_bigrams=}, {vocabulary_size=}"
            )
        self.num_bigrams = num_bigrams
        self.vocabulary_size = vocabulary_size
        self.known = self.add_weight(
            shape=(num_bigrams,), dtype="int32", initializer="zeros", trainable=False, name="known"
        )

    def adapt(self, bigrams):
        """Say which pairs are known.

        Args:
            bigrams: `<int>[num_bigrams, 2]`, pairs of token ids, all different.
        """
        bigrams = np.asarray(bigrams, "int64").reshape(-1, 2)
        if bigrams.size and not 0 < bigrams.min() <= bigrams.max() < self.vocabulary_size:
            raise ValueError(f"bigrams must hold ids from 1 to {self.vocabulary_size - 1}.")
        numbers = np.unique(bigrams[:, 0] * self.vocabulary_size + bigrams[:, 1])
        if not len(numbers) == len(bigrams) == self.num_bigrams:
            raise ValueError(
                f"bigrams must be {self.num_bigrams} different pairs. Received: {len(bigrams)}, {len(numbers)} of them "
                "different"
            )
        self.known.assign(numbers.astype("int32"))

    def call(self, token_ids):
        token_ids = ops.cast(token_ids, "int32")
        numbers = ops.pad(token_ids[:, :-1], ((0, 0), (1, 0))) * self.vocabulary_size + token_ids
        known = ops.convert_to_tensor(self.known)
        positions = ops.minimum(ops.searchsorted(known, ops.reshape(numbers, (-1,))), self.num_bigrams - 1)
        positions = ops.reshape(ops.cast(positions, "int32"), ops.shape(numbers))
        found = ops.equal(ops.take(known, positions, axis=0), numbers)
        ids = ops.where(found, positions + FIRST_ID, 1)
        return ops.where(token_ids == 0, 0, ids)
