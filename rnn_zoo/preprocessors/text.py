"""Text to token ids: words, characters and Korean jamo."""

import itertools
import re
import unicodedata

import numpy as np

from rnn_zoo.checks import check_choice, check_positive
from rnn_zoo.files import read_lines
from rnn_zoo.formats.rows import READERS, REMEDIES, TEXT_COLUMNS, column_of, ending_of, raw_of, read_rows
from rnn_zoo.preprocessors.base import listed
from rnn_zoo.preprocessors.marks import INNER, MARK, SOFT_HYPHEN
from rnn_zoo.preprocessors.vocabulary import (
    NUM_SPECIAL_IDS,
    PADDING_ID,
    UNKNOWN_ID,
    Tokenizer,
    says_something,
    size_without_specials,
)
from rnn_zoo.summaries import Counts

ENCODINGS = ("ids", "one_hot", "bag_of_words")
TRUNCATIONS = ("start", "end", "start_and_end")

_HTML_BREAK = re.compile(r"<br\s*/?>")
_SPACES = re.compile(r"(<br)?\s+", re.IGNORECASE)
"""Where texts may be cut, unless an HTML line break has begun."""
_LETTERS = rf"[^\W_]++(?:{INNER}++[^\W_]*+)*+"
_WORD = re.compile(rf"{_LETTERS}(?:['’]{_LETTERS})*+|(?:[^\w\s]|_){MARK}*+")
UNSEEN = dict.fromkeys([ord(SOFT_HYPHEN), *range(0xFE00, 0xFE10)])
"""Soft hyphens, and what chooses between a coloured and a plain emoji."""


def _before_last_letter(text):
    """A text, composed, up to its last letter, which marks and vowels that follow may change; and the rest."""
    text = unicodedata.normalize("NFC", text)
    end = next((at for at in reversed(range(len(text))) if not unicodedata.combining(text[at])), 0)
    return text[:end], text[end:]


class Text(Tokenizer):
    """What the text preprocessors share: a vocabulary, truncation, padding and the encodings.

    An example is a string. One without tokens is read as one unknown token. A bag of words is encoded as its sorted
    different ids.

    Args:
        vocabulary: the tokens in the order of their ids, the first one having id 2; 0 is padding, 1 is unknown.
            `from_examples` finds one.
        max_timesteps: longer texts are cut to this length; None keeps them whole.
        truncation: which part of a longer text is kept: "start", "end" or "start_and_end" (half of each).
        encoding: "ids" gives `<int32>[batch, timesteps]`, "one_hot" `<float32>[batch, timesteps, feature]`,
            "bag_of_words" `<float32>[batch, feature]` with 1 for every token that is there, order forgotten.
        ngrams: also count sequences of up to that many tokens as tokens of their own, written with spaces between
            them; bag of words only.
    """

    bucket_width = 5
    plural, singular = "texts", "text"

    separator = ""
    """What stands between tokens when ids become text again."""

    needs_whole = None

    in_alphabet = False
    """Whether `from_examples` puts the vocabulary in the order of the alphabet, and not of frequency."""

    def __init__(self, vocabulary, max_timesteps=None, *, truncation="start_and_end", encoding="ids", ngrams=1):
        super().__init__(vocabulary)
        self.max_timesteps = max_timesteps
        self.truncation = truncation
        self.encoding = encoding
        self.ngrams = ngrams
        check_positive(max_timesteps=max_timesteps)
        check_choice("truncation", truncation, TRUNCATIONS)
        check_choice("encoding", encoding, ENCODINGS)
        if ngrams < 1 or (ngrams > 1 and encoding != "bag_of_words"):
            raise ValueError(f"ngrams above 1 need encoding='bag_of_words'. Received: {ngrams=}, {encoding=}")

    @classmethod
    def from_examples(cls, raw, *, vocabulary_size=None, min_count=1, **settings):
        """A preprocessor that knows the most frequent tokens of some training texts.

        Args:
            raw: the training split, a list of strings; or a column of a stream, of whose tokens no more than a million
                are counted at a time, so that rare ones may be missed.
            vocabulary_size: ids at most, padding and unknown among them; None for all tokens.
            min_count: leave out tokens that come less often.
            **settings: the other arguments of the class; ngrams are counted too.
        """
        size = size_without_specials(vocabulary_size)
        found = cls.build_vocabulary(raw, size, min_count, ngrams=settings.get("ngrams", 1))
        return cls(sorted(found) if cls.in_alphabet else found, **settings)

    @property
    def tokens(self):
        """What every id stands for, `vocabulary_size` strings."""
        return ["", "<unk>", *self.vocabulary]

    @classmethod
    def split(cls, text):
        """Text to its tokens, a list of strings."""
        raise TypeError(f"{cls.__name__} must define split")

    @classmethod
    def read_file(cls, path):
        """The examples of a file, strings without line ends: its lines, or a column of a table.

        Of `.csv`, `.tsv`, `.jsonl` or `.parquet` the column `text` is read, or the only one, or that with another usual
        name. What cannot be read is refused with its line.
        """
        if ending_of(path) in READERS or ending_of(path) in REMEDIES:  # the latter are refused
            rows = read_rows(path)
            return raw_of(rows, column_of(rows, None, TEXT_COLUMNS, "the column of texts"), blank=True)
        return read_lines(path)

    @classmethod
    def token_lists(cls, texts, ngrams=1):
        return (_with_ngrams(cls.split(text), ngrams) for text in each_text(texts))

    def encode(self, raw):
        lookup = self._ids.get
        encoded = []
        for text in each_text(raw, self.plural, self.singular):
            tokens = self._truncate(self.split(text))
            if self.encoding == "bag_of_words":
                ids = sorted({lookup(token, UNKNOWN_ID) for token in _with_ngrams(tokens, self.ngrams)})
            else:
                ids = list(map(lookup, tokens, itertools.repeat(UNKNOWN_ID)))
            encoded.append(np.array(ids or [UNKNOWN_ID], "int32"))
        return encoded

    def encode_piece(self, piece, held, place, *, last=False):
        """A piece is a string; held is its end, as far as what follows may change its tokens."""
        if not last and not isinstance(piece, str):
            raise ValueError(f"pieces of a text must be strings. Received: {place}={piece!r:.60}")
        settled, held = (held, "") if last else self.settled((held or "") + piece)
        return np.array([self._ids.get(token, UNKNOWN_ID) for token in self.split(settled)], "int32"), held

    @classmethod
    def settled(cls, text):
        """The beginning of a text whose tokens are the same whatever follows, and the rest of it."""
        ends = [found.end() for found in _SPACES.finditer(text) if not found[1]]
        end = max(ends, default=0)
        return text[:end], text[end:]

    def knows(self, encoded):
        known = (self.vocabulary[one - NUM_SPECIAL_IDS] for one in encoded if one >= NUM_SPECIAL_IDS)
        return UNKNOWN_ID not in encoded or any(map(says_something, known))

    def pad(self, encoded, timesteps=None):
        if self.encoding == "bag_of_words":
            bags = np.zeros((len(encoded), self.vocabulary_size), "float32")
            for row, ids in zip(bags, encoded, strict=True):
                row[ids] = 1.0
            return bags
        token_ids = super().pad(encoded, timesteps)
        if self.encoding == "ids":
            return token_ids
        one_hot = np.eye(self.vocabulary_size, dtype="float32")[token_ids]
        one_hot[token_ids == PADDING_ID] = 0.0
        return one_hot

    def join(self, ids):
        """Ids `<int>[timesteps]` back to text, padding left out: words with spaces between them, characters without."""
        tokens = self.tokens
        return unicodedata.normalize("NFC", self.separator.join(tokens[one] for one in ids if one != PADDING_ID))

    def _truncate(self, tokens):
        limit = self.max_timesteps
        if limit is None or len(tokens) <= limit:
            return tokens
        return tokens[: self.num_first] + tokens[len(tokens) - (limit - self.num_first) :]

    @property
    def num_first(self):
        """Tokens that are kept of the start of a text that is too long; the others are of its end."""
        limit = self.max_timesteps
        return {"start": limit, "end": 0, "start_and_end": (limit + 1) // 2}[self.truncation]


class Words(Text):
    """Lower-case words, numbers and single punctuation marks; HTML line breaks are spaces.

    Arguments are those of `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> words = Words(["a", "great", "film", "!"])
        >>> words(["A great film!", "Film?"]).tolist()
        [[2, 3, 4, 5], [4, 1, 0, 0]]
    """

    separator = " "

    @classmethod
    def split(cls, text):
        return _WORD.findall(_plain(text))

    @classmethod
    def _counter(cls, limit, ngrams=1):
        if ngrams > 1 or cls.split.__func__ is not Words.split.__func__:
            return super()._counter(limit, ngrams=ngrams)
        return Counts(_between_spaces, limit, _WORD.findall)  # far fewer things to split than all that come


class SpacedWords(Text):
    """Words as they stand between spaces, for texts that are split into words already; `<unk>` is the unknown word.

    Arguments are those of `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> words = SpacedWords(["N", "n.v."])
        >>> words([" <unk> n.v. N "]).tolist()
        [[1, 3, 2]]
    """

    separator = " "

    @classmethod
    def split(cls, text):
        return unicodedata.normalize("NFC", text).split()

    @classmethod
    def build_vocabulary(cls, examples, size=None, min_count=1, **settings):
        found = super().build_vocabulary(examples, None, min_count, **settings)
        return [word for word in found if word != "<unk>"][:size]


class Characters(Text):
    """Single characters (Korean: whole syllables), in Unicode's composed form.

    Arguments are those of `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> Characters.split("좋아!")
        ['좋', '아', '!']
    """

    @classmethod
    def split(cls, text):
        return list(unicodedata.normalize("NFC", text))

    settled = staticmethod(_before_last_letter)


class Jamo(Text):
    """The letters that Korean syllables are made of: initial consonant, vowel, final consonant.

    Arguments are those of `rnn_zoo.preprocessors.text.Text`. Joining the tokens and composing them again
    (`unicodedata.normalize("NFC", ...)`) gives the text back.

    Example:
        >>> len(Jamo.split("좋아"))
        5

    Source: The Unicode Standard, section 3.12, "Conjoining Jamo Behavior".
    """

    @classmethod
    def split(cls, text):
        return list(unicodedata.normalize("NFD", text))

    settled = staticmethod(_before_last_letter)


def each_text(texts, plural="texts", singular="text"):
    """Yield the texts, after making sure that they are strings, without holding those of a stream."""
    for index, text in enumerate(listed(texts, plural, singular)):
        if not isinstance(text, str):
            hint = "; decode bytes first, for example text.decode('utf-8')" if isinstance(text, bytes) else ""
            raise ValueError(f"{plural} must be strings{hint}. Received: {plural}[{index}]={text!r:.60}")
        yield text


def _plain(text):
    """A text as words are looked for: composed, in small letters, without HTML line breaks."""
    text = unicodedata.normalize("NFC", text if text.isascii() else text.translate(UNSEEN)).lower()
    return _HTML_BREAK.sub(" ", text)


def _between_spaces(texts):
    return (_plain(text).split() for text in each_text(texts))


def _with_ngrams(tokens, ngrams):
    found = list(tokens)
    for order in range(2, ngrams + 1):
        found += [" ".join(tokens[start : start + order]) for start in range(len(tokens) - order + 1)]
    return found
