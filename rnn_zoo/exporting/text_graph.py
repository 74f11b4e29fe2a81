"""Texts to token ids in TensorFlow's operators, for SavedModels: the numbers that a preprocessor gives in Python.

TensorFlow cannot compose characters: a text that is not in Unicode's composed form (NFC), or holds a mark that might
still be composed, is refused when it is served. What characters are is looked up in a table of Python's.
"""

import functools
import re
import sys
import unicodedata

import numpy as np
import tensorflow as tf

from rnn_zoo.preprocessors import DNA, Characters, CharacterTokens, Jamo, Tokens, Words
from rnn_zoo.preprocessors.marks import INNER, MARK, SOFT_HYPHEN
from rnn_zoo.preprocessors.text import UNSEEN
from rnn_zoo.preprocessors.vocabulary import PADDING_ID, UNKNOWN_ID

OTHER, LETTER, MARKED, JOINER, APOSTROPHE, SPACE, DROPPED = range(7)
ORDER, UNSAFE = 8, 8 * 256
"""In a number of the table: the kind, 8 times the combining class, and whether composing may change the character."""
SPACES = r"[\t-\r\x1c- \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"


def reader_of(preprocessor):
    """What turns strings into the inputs of a network; None where there is nothing that is exact.

    Returns:
        A function from `<string>[batch]`, or of taggers from tokens `<string>[batch, timesteps]` with empty ones as
        padding, to ids `<int32>[batch, timesteps]`, bags of words `<float32>[batch, feature]`, or a dictionary of both
        kinds of ids of tokens. Its attribute `tables` is what the graph looks up, `name` what it takes: "texts" or
        "tokens".
    """
    if type(preprocessor) in (Tokens, CharacterTokens):
        return _TokenReader(preprocessor)
    split = {
        Words: _words, Characters: _characters, Jamo: _jamo, DNA: functools.partial(_kmers, preprocessor=preprocessor)
    }.get(type(preprocessor))  # fmt: skip
    return None if split is None or preprocessor.encoding == "one_hot" else _TextReader(preprocessor, split)


class _Reader:
    def __init__(self, preprocessor):
        self.preprocessor, self.characters = preprocessor, _table()
        self.vocabulary = _ids_of(preprocessor.vocabulary, preprocessor._ids)
        self.tables = [self.vocabulary]


class _TextReader(_Reader):
    name, rank = "texts", 1

    def __init__(self, preprocessor, split):
        super().__init__(preprocessor)
        self.split = split
        if split is _jamo:
            self.characters = self.characters, _lookup(_decompositions(), "")
            self.tables.append(self.characters[1])

    def __call__(self, texts):
        tokens = _truncated(self.split(texts, self.characters), self.preprocessor)
        if self.preprocessor.encoding == "bag_of_words":
            orders = range(2, self.preprocessor.ngrams + 1)
            tokens = tf.concat([tokens, *(tf.strings.ngrams(tokens, order) for order in orders)], axis=1)
        ids = tokens.with_values(self.vocabulary.lookup(tokens.values))
        ids = _unknown_where(ids.row_lengths() == 0, ids)
        if self.preprocessor.encoding == "ids":
            return ids.to_tensor()
        places = tf.stack([tf.cast(ids.value_rowids(), "int32"), ids.values], axis=1)
        shape = tf.stack([tf.cast(ids.nrows(), "int32"), self.preprocessor.vocabulary_size])
        return tf.minimum(tf.scatter_nd(places, tf.ones_like(ids.values, "float32"), shape), 1.0)


class _TokenReader(_Reader):
    name, rank = "tokens", 2

    def __init__(self, preprocessor):
        super().__init__(preprocessor)
        self.letters = _ids_of(preprocessor.characters, preprocessor._character_ids)
        self.tables.append(self.letters)

    def __call__(self, tokens):
        is_real = tokens != ""
        has_gap = tf.reduce_any(is_real[:, 1:] & ~is_real[:, :-1]) | tf.reduce_any(~is_real[:, 0])
        tf.debugging.Assert(~has_gap, ["tokens must not be empty, but behind the last one of a sentence"])
        sizes = tf.shape(tokens)
        codes, numbers = _decoded(tf.reshape(tokens, [-1]), self.characters)
        is_seen = codes.values != ord(SOFT_HYPHEN)
        seen = tf.ragged.boolean_mask(codes, codes.with_values(is_seen))
        _check_composed(seen, self.characters)
        composed = tf.strings.unicode_encode(seen, "UTF-8")
        forms = tf.strings.regex_replace(tf.strings.lower(composed, encoding="utf-8"), r"\p{Nd}", "0")
        word_ids = tf.where(is_real, self.vocabulary.lookup(tf.reshape(forms, sizes)), PADDING_ID)
        if isinstance(self.preprocessor, CharacterTokens):
            begins = tf.ragged.boolean_mask(seen, _kinds(seen, self.characters) != MARKED)
            tf.debugging.Assert(tf.reduce_all(begins.row_lengths() <= 1), ["tokens must be single characters"])
            return {"word_ids": word_ids}
        letters = tf.strings.unicode_split(composed, "UTF-8")
        most, lengths = self.preprocessor.max_characters, letters.row_lengths()
        places = tf.ragged.range(lengths)
        last = tf.gather(lengths, letters.value_rowids()) - most // 2
        is_kept = (places.values < most - most // 2) | (places.values >= last)
        letters = tf.ragged.boolean_mask(letters, places.with_values(is_kept))
        ids = letters.with_values(self.letters.lookup(letters.values))
        ids = _unknown_where(tf.reshape(is_real, [-1]) & (lengths == 0), ids)
        width = self.preprocessor.widest_spelling
        character_ids = tf.reshape(ids.to_tensor(shape=[None, width]), [sizes[0], sizes[1], width])
        return {"word_ids": word_ids, "character_ids": character_ids}


def _unknown_where(is_empty, ids):
    """Ragged ids, with an unknown one more in some rows."""
    counts = tf.cast(is_empty, "int64")
    unknown = tf.RaggedTensor.from_row_lengths(tf.fill([tf.reduce_sum(counts)], UNKNOWN_ID), counts)
    return tf.concat([ids, unknown], axis=1)


def _ids_of(known, ids):
    return _lookup({one: ids[one] for one in known}, UNKNOWN_ID)


def _lookup(values, missing):
    dtype = "int32" if isinstance(missing, int) else "string"
    given = tf.lookup.KeyValueTensorInitializer(list(values), list(values.values()), value_dtype=dtype)
    return tf.lookup.StaticHashTable(given, missing)


def _scalars():
    """Numbers of all characters of Unicode."""
    return (code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)


@functools.cache
def _decompositions():
    """What each character that is composed of others is composed of."""
    parts = {one: unicodedata.normalize("NFD", one) for one in map(chr, _scalars())}
    return {one: other for one, other in parts.items() if one != other}


@functools.cache
def _table():
    """A number for every character, `<int16>[characters]`."""
    mark, inner, second = re.compile(MARK), re.compile(INNER), set()
    numbers = np.zeros(sys.maxunicode + 1, "int16")
    everything = list(map(chr, _scalars()))
    for one in everything:
        parts = unicodedata.decomposition(one).split()
        if len(parts) == 2 and "<" not in parts[0] and unicodedata.normalize("NFC", one) == one:
            second.add(chr(int(parts[1], 16)))
    second.update(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))))  # vowels and finals of Korean
    for one in everything:
        kind = (
            DROPPED if ord(one) in UNSEEN else LETTER if one.isalnum() else SPACE if one.isspace() else
            APOSTROPHE if one in "'\u2019" else MARKED if mark.match(one) else JOINER if inner.match(one) else OTHER
        )  # fmt: skip
        is_unsafe = one in second or (not one.isascii() and unicodedata.normalize("NFC", one) != one)
        numbers[ord(one)] = kind + ORDER * unicodedata.combining(one) + UNSAFE * is_unsafe
    return numbers


def _truncated(tokens, preprocessor):
    """As many tokens of each text as `max_timesteps` says, from its start, its end or both."""
    limit = preprocessor.max_timesteps
    if limit is None:
        return tokens
    num_first, lengths = preprocessor.num_first, tokens.row_lengths()
    places = tf.ragged.range(lengths).values
    last = tf.gather(lengths, tokens.value_rowids()) - (limit - num_first)
    return tf.ragged.boolean_mask(tokens, tokens.with_values((places < num_first) | (places >= last)))


def _characters(texts, characters):
    _check_composed(_decoded(texts, characters)[0], characters)
    return tf.strings.unicode_split(texts, "UTF-8")


def _jamo(texts, characters):
    characters, parts = characters
    letters = _characters(texts, characters)
    apart = parts.lookup(letters.values)
    apart = letters.with_values(tf.where(apart == "", letters.values, apart))
    codes, numbers = _decoded(tf.strings.reduce_join(apart, axis=1), characters)
    _check(~_is_out_of_order(codes, numbers.values))
    return tf.strings.unicode_split(tf.strings.unicode_encode(codes, "UTF-8"), "UTF-8")


def _kmers(texts, characters, preprocessor):
    bases = tf.strings.upper(tf.strings.regex_replace(texts, f"^{SPACES}+|{SPACES}+$", ""), encoding="utf-8")
    is_right = tf.strings.regex_full_match(bases, "[ACGTN]+")
    tf.debugging.Assert(tf.reduce_all(is_right), ["sequences must be of A, C, G, T and N, not empty"])
    found = tf.strings.ngrams(tf.strings.bytes_split(bases), preprocessor.k, separator="")
    places = tf.ragged.range(found.row_lengths())
    return tf.ragged.boolean_mask(found, places.with_values(places.values % preprocessor.stride == 0))


def _words(texts, characters):
    codes, numbers = _decoded(texts, characters)
    seen = tf.ragged.boolean_mask(codes, numbers.with_values(numbers.values % ORDER != DROPPED))
    _check_composed(seen, characters)
    texts = tf.strings.lower(tf.strings.unicode_encode(seen, "UTF-8"), encoding="utf-8")
    codes, numbers = _decoded(tf.strings.regex_replace(texts, f"<br{SPACES}*/?>", " "), characters)
    # Texts one after another, a space before each, so that no token goes on from one to the next.
    codes = tf.concat([tf.fill([codes.nrows(), 1], ord(" ")), codes], axis=1)
    kind = tf.gather(characters, codes.values) % ORDER
    before = tf.concat([[tf.constant(SPACE, kind.dtype)], kind[:-1]], axis=0)
    after = tf.concat([kind[1:], [tf.constant(SPACE, kind.dtype)]], axis=0)
    is_inner = (kind == MARKED) | (kind == JOINER)
    leader = tf.gather(tf.where(~is_inner)[:, 0], tf.cumsum(tf.cast(~is_inner, "int32")) - 1)
    in_word = (kind == LETTER) | (is_inner & (tf.gather(kind, leader) == LETTER))
    in_word_before = tf.concat([[False], in_word[:-1]], axis=0)
    is_joint = (kind == APOSTROPHE) & in_word_before & (after == LETTER)
    joint_before = tf.concat([[False], is_joint[:-1]], axis=0)
    goes_on = ((kind == LETTER) & (in_word_before | joint_before)) | (is_inner & in_word) | is_joint
    goes_on |= (kind == MARKED) & (before != SPACE)
    is_token = kind != SPACE
    starts = is_token & ~goes_on
    token = tf.boolean_mask(tf.cumsum(tf.cast(starts, "int64")), is_token) - 1
    letters = tf.RaggedTensor.from_value_rowids(tf.boolean_mask(codes.values, is_token), token)
    rows = tf.boolean_mask(codes.value_rowids(), starts)
    return tf.RaggedTensor.from_value_rowids(tf.strings.unicode_encode(letters, "UTF-8"), rows, nrows=codes.nrows())


def _decoded(texts, characters):
    """The characters of texts as numbers, and what the table says of each."""
    codes = tf.strings.unicode_decode(texts, "UTF-8", errors="strict")
    return codes, codes.with_values(tf.gather(characters, codes.values))


def _kinds(codes, characters):
    return codes.with_values(tf.gather(characters, codes.values) % ORDER)


def _check_composed(codes, characters):
    numbers = tf.gather(characters, codes.values)
    _check(~((numbers >= UNSAFE) | _is_out_of_order(codes, numbers)))


def _is_out_of_order(codes, numbers):
    """Of each character whether it is a mark that belongs before the one before it."""
    orders = numbers % UNSAFE // ORDER
    before = tf.concat([tf.zeros_like(orders[:1]), orders[:-1]], axis=0)
    is_first = tf.ragged.range(codes.row_lengths()).values == 0
    return (before > orders) & (orders > 0) & ~is_first


def _check(is_right):
    said = "texts must be in Unicode's composed form (NFC), without marks that could still be composed"
    tf.debugging.Assert(tf.reduce_all(is_right), [said])
