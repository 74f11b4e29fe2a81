"""Layers over token ids: which of them go missing while training, pairs of neighbours, k-mers and one-hot vectors.

Ids are `<int32>[batch, timesteps]`, 0 is padding, 1 unknown; those of k-mers are as `rnn_zoo.DNA` numbers them.
"""

import keras
import numpy as np
from keras import ops

from rnn_zoo.checks import check_below
from rnn_zoo.layers.base import Augmentation, Layer, SameShape
from rnn_zoo.layers.lengths import reversed_times

FIRST_ID = 2
LARGEST_VOCABULARY = 46_340
"""Of pairs: its square fits int32."""


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
        if num_bigrams < 1 or not 1 <= vocabulary_size <= LARGEST_VOCABULARY:
            raise ValueError(
                f"num_bigrams must be positive and vocabulary_size from 1 to {LARGEST_VOCABULARY}, whose square fits "
                f"int32. Received: {num_bigrams=}, {vocabulary_size=}"
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
class VectorDropout(SameShape):
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


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomReverseComplement(Augmentation):
    """Replace sequences at random by their reverse complement while training: the same DNA, read from the other strand.

    It is exact for overlapping k-mers, and for others where no base at the end was dropped. The layer reads ids
    `<int32>[batch, timesteps]`, padded on the right with 0, and needs the lengths.

    Args:
        k: bases a token.
        rate: share of sequences replaced, in [0, 1]; 0.5 shows both strands equally often.

    Example:
        >>> aac = np.array([[2, 2, 3, 0]])  # 1-mers: A is 2, C is 3, G is 4, T is 5
        >>> RandomReverseComplement(1, rate=1.0)(aac, np.array([3]), training=True).numpy().tolist()
        [[4, 5, 5, 0]]

    Source: augmentation by reverse complements: Alipanahi et al., "Predicting the sequence specificities of DNA- and
    RNA-binding proteins by deep learning", Nature Biotechnology 2015, where both strands are scored.
    """

    def __init__(self, k, rate=0.5, seed=None, **kwargs):
        if k < 1 or not 0 <= rate <= 1:
            raise ValueError(f"k must be positive and rate in [0, 1]. Received: {k=}, {rate=}")
        super().__init__(seed, active=rate, **kwargs)
        self.k, self.rate = k, rate
        self._other_strand = other_strand_ids(k)

    def augment(self, kmer_ids, lengths):
        reversed_ids = ops.take_along_axis(kmer_ids, reversed_times(kmer_ids, lengths), axis=1)
        others = ops.take(ops.convert_to_tensor(self._other_strand, dtype=kmer_ids.dtype), reversed_ids, axis=0)
        draws = keras.random.uniform((ops.shape(kmer_ids)[0], 1), seed=self.seed_generator)
        return ops.where(draws < self.rate, others, kmer_ids)


@keras.saving.register_keras_serializable("rnn_zoo")
class OneHot(Layer):
    """Token ids to one-hot vectors; padding is all zeros.

    Args:
        vocabulary_size: number of ids, padding and unknown among them.

    `<int32>[batch, timesteps]` becomes `<float>[batch, timesteps, vocabulary_size - 1]`, with 1 in column id - 1.

    Example:
        >>> OneHot(4)(np.array([[3, 1, 0]])).numpy().tolist()
        [[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]
    """

    def __init__(self, vocabulary_size, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size

    def call(self, token_ids):
        columns = ops.arange(1, self.vocabulary_size, dtype=token_ids.dtype)
        return ops.cast(token_ids[:, :, None] == columns, self.compute_dtype)


def other_strand_ids(k):
    """The id of every k-mer's reverse complement, `<int32>[4**k + 2]`; padding and unknown stay what they are."""
    digits = np.indices((4,) * k).reshape(k, -1)
    others = (3 - digits[::-1]).T @ 4 ** np.arange(k)[::-1]
    return np.concatenate([np.arange(FIRST_ID), others + FIRST_ID]).astype("int32")
