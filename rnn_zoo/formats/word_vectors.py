"""Word vectors that somebody trained on more text: the text formats of GloVe and word2vec."""

import itertools

import numpy as np

from rnn_zoo.files import text_lines


def read_word_vectors(path, words):
    """The vectors `<float32>[dim]` of those of some words that are found, a dictionary, and dim.

    A line is a word and its numbers, with spaces between; word2vec's first line, number of words and of dimensions, may
    be there or not. Words may hold spaces, as some of GloVe's do; a repeated one counts once, by its first line. The
    file is text in UTF-8, plain or compressed (`.gz`, `.xz`); errors name the line.

    Source: Pennington, Socher & Manning, "GloVe: global vectors for word representation", EMNLP 2014; Mikolov et al.,
    "Efficient estimation of word representations in vector space", 2013.
    """
    wanted, vectors, dim = set(words), {}, None
    for word, numbers, place in _lines(path):
        dim = len(numbers)
        if word in wanted and word not in vectors:
            vectors[word] = _numbers(numbers, place)
    if dim is None:
        raise ValueError(f"{path} must hold word vectors. Received: an empty file")
    return vectors, dim


def first_words(path, count):
    """The first words of a file of word vectors, which has the most frequent ones first; see `read_word_vectors`."""
    return [word for word, *_ in itertools.islice(_lines(path), count)]


def _lines(path):
    """The word of each line, the texts of its numbers, and where that is."""
    dim = None
    for number, line in enumerate(text_lines(path), start=1):
        place, parts = f"{path}, line {number}", line.rstrip("\r\n ").split(" ")
        if number == 1 and len(parts) == 2 and all(part.isdigit() for part in parts):
            dim = int(parts[1])
            continue
        dim = dim or len(parts) - 1
        if dim < 1 or len(parts) < dim + 1:
            raise ValueError(f"{place}: a word and {max(dim, 1)} numbers expected. Received: {len(parts)} parts")
        yield " ".join(parts[:-dim]), parts[-dim:], place


def _numbers(parts, place):
    try:
        vector = np.array(parts, "float32")
    except ValueError as error:
        raise ValueError(f"{place}: values must be numbers. {error}") from None
    if not np.isfinite(vector).all():
        raise ValueError(f"{place}: values must be finite. Received: {' '.join(parts)[:60]}")
    return vector
