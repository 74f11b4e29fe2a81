"""Layers for ids of k-mers, as `rnn_zoo.DNA` numbers them: 0 is padding, 1 unknown, then all k-mers by the alphabet."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Augmentation, Layer
from rnn_zoo.layers.lengths import reversed_times

NUM_SPECIAL_IDS = 2


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
    return np.concatenate([np.arange(NUM_SPECIAL_IDS), others + NUM_SPECIAL_IDS]).astype("int32")
