"""Tokens and their ids: 0 is padding, 1 an unknown token."""

import collections

import numpy as np

PADDING_ID = 0
UNKNOWN_ID = 1
NUM_SPECIAL_IDS = 2


def pad_ids(encoded, timesteps=None):
    """Sequences of ids to one array `<int32>[batch, timesteps]`, padded on the right with 0.

    Args:
        encoded: a list of `<int32>[timesteps]`.
        timesteps: width to pad to; None pads to the longest.
    """
    token_ids = np.zeros((len(encoded), timesteps or max(map(len, encoded), default=1)), "int32")
    for row, ids in zip(token_ids, encoded, strict=True):
        row[: len(ids)] = ids
    return token_ids


def vocabulary_and_ids(vocabulary, argument="vocabulary"):
    """A vocabulary as a list, and the id of each of its tokens; the first one has id 2.

    Raises:
        ValueError: for anything but a list of different strings, or an empty one.
    """
    tokens = list(vocabulary) if hasattr(vocabulary, "__iter__") else []
    if isinstance(vocabulary, str) or not tokens or not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"{argument} must be a list of strings, not empty. Received: {str(vocabulary)[:60]!r}")
    ids = {token: index + NUM_SPECIAL_IDS for index, token in enumerate(tokens)}
    if len(ids) < len(tokens):
        repeated = collections.Counter(tokens).most_common(1)[0][0]
        raise ValueError(f"{argument} must not repeat a token. Received twice: {repeated!r}")
    return tokens, ids


def size_without_specials(vocabulary_size):
    """How many tokens a vocabulary of that many ids holds; None for None.

    Raises:
        ValueError: if that is not one at least.
    """
    if vocabulary_size is not None and not vocabulary_size > NUM_SPECIAL_IDS:
        raise ValueError(
            f"vocabulary_size must be above {NUM_SPECIAL_IDS}: padding and unknown have ids too. "
            f"Received: vocabulary_size={vocabulary_size}"
        )
    return None if vocabulary_size is None else vocabulary_size - NUM_SPECIAL_IDS


def most_frequent(counts, size=None, min_count=1):
    """The tokens of a counter that come often enough, the most frequent first, then by the alphabet.

    Raises:
        ValueError: if there is none.
    """
    kept = sorted((token for token in counts if counts[token] >= min_count), key=lambda s: (-counts[s], s))
    if not kept:
        raise ValueError(f"no token comes {min_count} times. Received: {len(counts)} tokens, min_count={min_count}")
    return kept[:size]


def frequent_pairs(examples, size=None, min_count=1):
    """The pairs of neighbouring tokens that come in most examples, which are lists of tokens; see `most_frequent`."""
    counts = collections.Counter()
    for tokens in examples if size != 0 else ():
        counts.update(set(zip(tokens, tokens[1:], strict=False)))
    kept = (pair for pair in counts if counts[pair] >= min_count)
    return sorted(kept, key=lambda pair: (-counts[pair], pair))[:size]


def ids_of_pairs(bigrams, ids):
    """The token ids of pairs, `<int32>[pairs, 2]`, without those that hold an unknown token.

    Raises:
        ValueError: for an element that is no pair; the message gives its place.
    """
    found = []
    for place, pair in enumerate(bigrams):
        if isinstance(pair, str) or len(pair) != 2:
            raise ValueError(f"bigrams must be pairs of tokens. Received: bigrams[{place}]={pair!r}")
        if pair[0] in ids and pair[1] in ids:
            found.append([ids[token] for token in pair])
    return np.array(found, "int32").reshape(-1, 2)
