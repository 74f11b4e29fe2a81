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

from rnn_zoo.preprocessors import Characters, Words
from rnn_zoo.preprocessors.marks import INNER, MARK
from rnn_zoo.preprocessors.text import UNSEEN
from rnn_zoo.preprocessors.vocabulary import UNKNOWN_ID

OTHER, LETTER, MARKED, JOINER, APOSTROPHE, SPACE, DROPPED = range(7)
ORDER, UNSAFE = 8, 8 * 256
"""In a number of the table: the kind, 8 times the combining class, and whether composing may change the character."""
SPACES = r"[\t-\r\x1c- \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"


def reader_of(preprocessor):
    """A function from `<string>[batch]` to ids `<int32>[batch, timesteps]`; None where there is none that is exact."""
    split = {Words: _words, Characters: _characters}.get(type(preprocessor))
    if split is None or preprocessor.encoding != "ids":
        return None
    characters, known = _table(), preprocessor.vocabulary
    ids_of = tf.lookup.KeyValueTensorInitializer(known, [preprocessor._ids[one] for one in known], value_dtype="int32")
    vocabulary = tf.lookup.StaticHashTable(ids_of, UNKNOWN_ID)

    def read(texts):
        tokens = _truncated(split(texts, characters), preprocessor)
        ids = tokens.with_values(vocabulary.lookup(tokens.values))
        is_empty = tf.cast(ids.row_lengths() == 0, "int64")
        unknown = tf.RaggedTensor.from_row_lengths(tf.fill([tf.reduce_sum(is_empty)], UNKNOWN_ID), is_empty)
        return tf.concat([ids, unknown], axis=1).to_tensor()

    read.vocabulary = vocabulary
    return read


@functools.cache
def _table():
    """A number for every character, `<int16>[characters]`."""
    mark, inner, second = re.compile(MARK), re.compile(INNER), set()
    numbers = np.zeros(sys.maxunicode + 1, "int16")
    everything = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
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


def _check_composed(codes, characters):
    numbers = tf.gather(characters, codes.values)
    orders = numbers % UNSAFE // ORDER
    before = tf.concat([tf.zeros_like(orders[:1]), orders[:-1]], axis=0)
    is_first = tf.ragged.range(codes.row_lengths()).values == 0
    is_wrong = (numbers >= UNSAFE) | ((before > orders) & (orders > 0) & ~is_first)
    said = "texts must be in Unicode's composed form (NFC), without marks that could still be composed"
    tf.debugging.Assert(tf.logical_not(tf.reduce_any(is_wrong)), [said])
