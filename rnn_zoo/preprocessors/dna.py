"""DNA to k-mers: pieces of k bases, overlapping or not."""

import itertools
import re

import keras

from rnn_zoo.formats.fasta import read_fasta
from rnn_zoo.preprocessors.text import Text, checked_texts

BASES = "ACGT"
MAX_K = 6

_WRONG_BASE = re.compile(r"[^ACGTN]")
_COMPLEMENT = str.maketrans("ACGTNacgtn", "TGCANtgcan")


@keras.saving.register_keras_serializable("rnn_zoo")
class DNA(Text):
    """DNA sequences to ids of k-mers; a single base is a 1-mer.

    The vocabulary is every k-mer over A, C, G and T in the order of the alphabet, so that an id is 2 plus the number
    that the k-mer spells in base 4; 0 is padding. N is a base that nobody could read: a k-mer that holds one is the
    unknown symbol, 1. Lower case means the same as upper case, and white space around a sequence is dropped.

    Args:
        k: bases a symbol, 1 to 6: 4, 16, 64, 256, 1024 or 4096 symbols.
        stride: bases from the beginning of one k-mer to that of the next. 1 takes all overlapping k-mers; k cuts the
            sequence in pieces, which makes it k times shorter; 3 reads in the frame of the first base. Bases at the end
            that fill no k-mer are dropped, and a sequence that is shorter than k is one unknown symbol.
        max_timesteps: sequences of more k-mers are cut to this many; None keeps them whole.
        truncation: which part of a longer sequence is kept: "head", "tail" or "head_and_tail" (half of each).
        encoding: "ids" gives `<int32>[batch, timesteps]`, "one_hot" `<float32>[batch, timesteps, feature]`,
            "bag_of_words" `<float32>[batch, feature]` with 1 for every k-mer that is there, order forgotten.

    Raises:
        ValueError: for settings outside their legal values.

    Example:
        >>> DNA(1)(["ACGT", "tn"]).tolist()
        [[2, 3, 4, 5], [5, 1, 0, 0]]
        >>> DNA(3, stride=3).split("ATGCCCTA")
        ['ATG', 'CCC']
    """

    def __init__(self, k=3, *, stride=1, max_timesteps=None, truncation="head_and_tail", encoding="ids"):
        if not isinstance(k, int) or not 1 <= k <= MAX_K:
            raise ValueError(f"k must be an integer in [1, {MAX_K}]. Received: k={k!r}")
        if not isinstance(stride, int) or stride < 1:
            raise ValueError(f"stride must be a positive integer. Received: stride={stride!r}")
        self.k = k
        self.stride = stride
        super().__init__(self.build_vocabulary(k), max_timesteps, truncation=truncation, encoding=encoding)

    @classmethod
    def build_vocabulary(cls, k):
        """All k-mers, in the order of the alphabet; no data is needed.

        Example:
            >>> DNA.build_vocabulary(2)[:5]
            ['AA', 'AC', 'AG', 'AT', 'CA']
        """
        return ["".join(bases) for bases in itertools.product(BASES, repeat=k)]

    def split(self, sequence):
        """A sequence in upper case to its k-mers, a list of strings."""
        starts = range(0, len(sequence) - self.k + 1, self.stride)
        return [sequence[start : start + self.k] for start in starts]

    def encode(self, sequences):
        """Sequences to ids, not padded yet.

        Args:
            sequences: a list of strings of A, C, G, T and N, in upper or lower case.

        Returns:
            A list of `<int32>[timesteps]` arrays, none of them empty. For a bag of k-mers they are the sorted
            different ids.

        Raises:
            ValueError: for a bare string, an element that is no string, an empty sequence or another letter; the
                message gives the place.
        """
        return super().encode(checked_sequences(sequences))

    @staticmethod
    def read_file(path):
        """The sequences of a FASTA file, see `rnn_zoo.formats.fasta.read_fasta`."""
        return [sequence for _, sequence in read_fasta(path)]

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {
            "k": self.k,
            "stride": self.stride,
            "max_timesteps": self.max_timesteps,
            "truncation": self.truncation,
            "encoding": self.encoding,
        }


def checked_sequences(sequences):
    """The sequences in upper case, after making sure that they are DNA.

    Args:
        sequences: a list of strings.

    Returns:
        A list of strings of A, C, G, T and N, none of them empty.

    Raises:
        ValueError: for what is no list of strings, an empty sequence, or other letters; the message gives the place.
    """
    checked = []
    for place, text in enumerate(checked_texts(sequences)):
        sequence = text.strip().upper()
        if not sequence:
            raise ValueError(f"sequences must hold at least one base. Received: sequences[{place}]={text!r:.20}")
        if wrong := _WRONG_BASE.search(sequence):
            raise ValueError(
                "sequences must be of A, C, G and T, and N for an unknown base (write N for other ambiguity codes, "
                f"and T for U). Received: sequences[{place}]={text!r:.60} with {wrong[0]!r}, base {wrong.start() + 1}"
            )
        checked.append(sequence)
    return checked


def reverse_complement(sequence):
    """The other strand, read in its own direction.

    Args:
        sequence: a string; letters other than A, C, G and T stay as they are.

    Returns:
        A string of the same length and case.

    Example:
        >>> reverse_complement("ATGCn")
        'nGCAT'
    """
    return sequence.translate(_COMPLEMENT)[::-1]
