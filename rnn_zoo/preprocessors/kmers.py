"""DNA to k-mers: pieces of k bases, overlapping or not."""

import itertools
import re

import numpy as np

from rnn_zoo.formats.fasta import read_fasta
from rnn_zoo.preprocessors.text import Text, each_text
from rnn_zoo.preprocessors.vocabulary import UNKNOWN_ID

BASES = "ACGT"
MAX_K = 6

_WRONG_BASE = re.compile(r"[^ACGTN]")


class DNA(Text):
    """DNA sequences to ids of k-mers; a single base is a 1-mer.

    An example is a string of A, C, G, T and N, in upper or lower case, with white space around it or not.
    The vocabulary is every k-mer over A, C, G and T in the order of the alphabet, so that an id is 2 plus the number
    that the k-mer spells in base 4; 0 is padding. N is a base that nobody could read: a k-mer that holds one is the
    unknown token, 1.

    Args:
        k: bases a token, 1 to 6: 4, 16, 64, 256, 1024 or 4096 tokens.
        stride: bases from the beginning of one k-mer to that of the next. 1 takes all overlapping k-mers; k cuts the
            sequence in pieces, which makes it k times shorter; 3 reads in the frame of the first base. Bases at the end
            that fill no k-mer are dropped, and a sequence that is shorter than k is one unknown token.
        max_timesteps: sequences of more k-mers are cut to this many; None keeps them whole.
        truncation: what is kept of longer sequences: the "start", the "end", or half of each, "start_and_end".
        encoding: as of `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> DNA(1)(["ACGT", "tn"]).tolist()
        [[2, 3, 4, 5], [5, 1, 0, 0]]
        >>> DNA(3, stride=3).split("ATGCCCTA")
        ['ATG', 'CCC']
    """

    plural, singular = "sequences", "sequence"

    def __init__(
        self, k=3, *, stride=1, max_timesteps: int | None = None, truncation="start_and_end", encoding="ids"
    ):  # fmt: skip
        if not isinstance(k, int) or not 1 <= k <= MAX_K:
            raise ValueError(f"k must be an integer in [1, {MAX_K}]. Received: {k=}")
        if not isinstance(stride, int) or stride < 1:
            raise ValueError(f"stride must be a positive integer. Received: {stride=}")
        self.k = k
        self.stride = stride
        kmers = ["".join(bases) for bases in itertools.product(BASES, repeat=k)]
        super().__init__(kmers, max_timesteps, truncation=truncation, encoding=encoding)

    @classmethod
    def from_examples(cls, raw, **settings):
        return cls(**settings)

    def split(self, text):
        starts = range(0, len(text) - self.k + 1, self.stride)
        return [text[start : start + self.k] for start in starts]

    def token_lists(self, sequences, ngrams=1):
        return (self.split(text.strip().upper()) for text in each_text(sequences, self.plural, self.singular))

    _pairs = Text._pairs.__func__  # of an instance, which knows k

    def encode(self, raw):
        sequences = [text.strip().upper() for text in each_text(raw, self.plural, self.singular)]
        for index, sequence in enumerate(sequences):
            if not sequence:
                raise ValueError(f"sequences must hold at least one base. Received: sequences[{index}]=''")
            _check_bases(sequence, f"sequences[{index}]")
        return super().encode(sequences)

    def encode_piece(self, piece, held, place, *, last=False):
        """A piece is a string of bases; held are those from the last k-mer on that was read."""
        (piece,) = [""] if last else (text.strip().upper() for text in each_text([piece], "pieces", "piece"))
        _check_bases(piece, place)
        bases, goes_on = (held or "") + piece, len(held or "") >= self.k
        kmers = self.split(bases)
        ids = [self._ids.get(kmer, UNKNOWN_ID) for kmer in kmers[goes_on:]]
        return np.array(ids, "int32"), bases[max(0, len(kmers) - 1) * self.stride :]

    @classmethod
    def read_file(cls, path):
        return [sequence for _, sequence in read_fasta(path)]


def _check_bases(sequence, place):
    if wrong := _WRONG_BASE.search(sequence):
        raise ValueError(
            "sequences must be of A, C, G and T, and N for an unknown base (write N for other ambiguity codes, "
            f"and T for U). Received: {place}={sequence!r:.60} with {wrong[0]!r}, base {wrong.start() + 1}"
        )
