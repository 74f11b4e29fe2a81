"""Tokens and their ids: 0 is padding, 1 an unknown token."""

import collections
import functools

import numpy as np

from rnn_zoo.preprocessors.base import Preprocessor
from rnn_zoo.streams import Column
from rnn_zoo.summaries import Counts, summed

PADDING_ID = 0
UNKNOWN_ID = 1
NUM_SPECIAL_IDS = 2
MOST_COUNTED = 1_000_000
"""Different tokens, or pairs, of a stream that are counted at a time."""


class Tokenizer(Preprocessor):
    """A preprocessor that looks tokens up in a vocabulary.

    A subclass has `token_lists(examples)`, which gives the tokens of each example as they are looked up.
    """

    def __init__(self, vocabulary):
        self.vocabulary, self._ids = vocabulary_and_ids(vocabulary)

    @property
    def vocabulary_size(self):
        """Number of ids, padding and unknown among them."""
        return len(self.vocabulary) + NUM_SPECIAL_IDS

    def unknown_share(self, raw):
        return [share_of(tokens, lambda token: token not in self._ids) for tokens in self.token_lists(raw)]

    @classmethod
    def build_vocabulary(cls, examples, size=None, min_count=1, **settings):
        """The vocabulary that `from_examples` finds, of at most that many tokens; to extend one that exists.

        It begins with the most frequent token; equally frequent ones stand in the order of the alphabet.
        """
        return most_frequent(summed(examples, cls._counter(limit_of(examples), **settings)).counts, size, min_count)

    @classmethod
    def _counter(cls, limit, **settings):
        return Counts(functools.partial(cls.token_lists, **settings), limit)

    @classmethod
    def _pairs(cls, examples):
        return (set(zip(tokens, tokens[1:], strict=False)) for tokens in cls.token_lists(examples))

    def build_bigrams(self, examples, size=None, min_count=1):
        """At most size pairs of neighbouring tokens, those that come in most training examples, min_count at least."""
        if size is not None and size < 0:
            raise ValueError(f"num_bigrams must be None, or 0 or more. Received: {size}")
        counts = summed(examples, Counts(self._pairs, limit_of(examples))).counts if size != 0 else {}
        kept = (pair for pair in counts if counts[pair] >= min_count)
        return sorted(kept, key=lambda pair: (-counts[pair], pair))[:size]

    def bigram_ids(self, bigrams):
        """The token ids of pairs, `<int32>[pairs, 2]`, without those that hold an unknown token."""
        found = []
        for index, pair in enumerate(bigrams):
            if isinstance(pair, str) or len(pair) != 2:
                raise ValueError(f"bigrams must be pairs of tokens. Received: bigrams[{index}]={pair!r}")
            if all(token in self._ids for token in pair):
                found.append([self._ids[token] for token in pair])
        return np.array(found, "int32").reshape(-1, 2)


def share_of(tokens, is_unknown):
    """The share of tokens that are unknown; 1.0 of none."""
    return sum(map(is_unknown, tokens)) / len(tokens) if tokens else 1.0


def vocabulary_and_ids(vocabulary, argument="vocabulary"):
    """A vocabulary as a list of different strings, and the id of each; the first one has id 2."""
    tokens = list(vocabulary) if hasattr(vocabulary, "__iter__") else []
    if isinstance(vocabulary, str) or not tokens or not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"{argument} must be a list of strings, not empty. Received: {str(vocabulary)[:60]!r}")
    ids = {token: index + NUM_SPECIAL_IDS for index, token in enumerate(tokens)}
    if len(ids) < len(tokens):
        repeated = collections.Counter(tokens).most_common(1)[0][0]
        raise ValueError(f"{argument} must not repeat a token. Received twice: {repeated!r}")
    return tokens, ids


def says_something(token):
    """Whether a token is more than marks and spaces."""
    return any(map(str.isalnum, token))


def size_without_specials(vocabulary_size):
    """How many tokens a vocabulary of that many ids holds; None for None."""
    if vocabulary_size is not None and not vocabulary_size > NUM_SPECIAL_IDS:
        raise ValueError(
            f"vocabulary_size must be above {NUM_SPECIAL_IDS}: padding and unknown have ids too. "
            f"Received: {vocabulary_size=}"
        )
    return None if vocabulary_size is None else vocabulary_size - NUM_SPECIAL_IDS


def most_frequent(counts, size=None, min_count=1):
    """The tokens of a counter that come often enough, the most frequent first, then by the alphabet."""
    kept = sorted((token for token in counts if counts[token] >= min_count), key=lambda s: (-counts[s], s))
    if not kept:
        raise ValueError(f"no token comes {min_count} times. Received: {len(counts)} tokens, {min_count=}")
    return kept[:size]


def limit_of(examples, limit=MOST_COUNTED):
    """How many different things are counted at a time: no limit for what is in memory, one for a stream."""
    return limit if isinstance(examples, Column) else None
