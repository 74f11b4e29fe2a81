"""Tokens to the ids of words and of the characters that spell them; for taggers, which answer for every token."""

import dataclasses
import re
import unicodedata

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.formats.conll import read_token_lines
from rnn_zoo.preprocessors.base import listed, padded
from rnn_zoo.preprocessors.marks import INNER, MARK, SOFT_HYPHEN
from rnn_zoo.preprocessors.vocabulary import (
    NUM_SPECIAL_IDS,
    UNKNOWN_ID,
    Tokenizer,
    limit_of,
    most_frequent,
    says_something,
    size_without_specials,
    vocabulary_and_ids,
)
from rnn_zoo.summaries import Counts, summed

CHARACTER_BUCKET_WIDTH = 4

_LETTERS = rf"\w++(?:{INNER}++\w*+)*+"
TOKEN = re.compile(
    r"https?://\S+|(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.-]+"  # addresses
    rf"|[@#]{_LETTERS}"
    r"|(?:[A-Z]\.){2,}"  # U.S.
    r"|\d+(?:[.,:/]\d+)*"  # 3.14, 1,000, 12:30
    r"|[^\W\d_]+?(?=n['’]t\b)|n['’]t\b"  # do n't
    r"|['’](?:s|re|ve|ll|d|m)\b"  # film 's
    rf"|{_LETTERS}(?:-{_LETTERS})*+|\.{{2,}}|[^\w\s]{MARK}*+",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ONE_CHARACTER = re.compile(
    r"[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?"  # a Korean syllable in Unicode's decomposed form
    rf"|.{MARK}*+",  # anything, and the marks on it
    re.DOTALL,
)


@dataclasses.dataclass
class Sentence:
    """An encoded example: ids, and what an answer needs to speak of its tokens.

    `len` is its number of timesteps. There is one unknown word if there is no token. `text` and the tokens' `(start,
    end)` in it are None where tokens were given; `CharacterTokens` have no character ids.
    """

    tokens: list
    word_ids: np.ndarray
    character_ids: list
    text: str | None = None
    offsets: list | None = None

    def __len__(self):
        return len(self.word_ids)


class Tokens(Tokenizer):
    """Words by their lower-case form with digits as 0, and their characters as they are.

    An example is a list of tokens, or a string, which is split into words, numbers and marks as English treebanks do;
    one without tokens is read as one unknown word. It is encoded as a `Sentence`, and padded to `{"word_ids":
    <int32>[batch, timesteps], "character_ids": <int32>[batch, timesteps, characters]}`.

    Args:
        vocabulary: word forms in the order of their ids, the first one having id 2; `from_examples` finds them.
        characters: characters in the order of their ids.
        max_characters: of a longer token as many characters are read, half at its start and half at its end.

    Example:
        >>> tokens = Tokens(["in", "rome", "0"], list("Romein"))
        >>> inputs = tokens([["Rome", "7"], ["in"]])
        >>> inputs["word_ids"].tolist(), inputs["character_ids"][0].tolist()
        ([[3, 4], [2, 0]], [[2, 3, 4, 5], [1, 0, 0, 0]])
    """

    bucket_width = 8
    plural, singular = "sentences", "sentence"

    def __init__(self, vocabulary, characters, *, max_characters=20):
        super().__init__(vocabulary)
        self.characters, self._character_ids = vocabulary_and_ids(characters, "characters")
        self.max_characters = max_characters
        check_positive(max_characters=max_characters)

    @classmethod
    def from_examples(cls, raw, *, vocabulary_size=None, min_count=1, min_character_count=1, **settings):
        """A preprocessor that knows the most frequent word forms, and the characters, of training sentences.

        Args:
            raw: lists of tokens, or strings; or a column of a stream, in which no more than a million different forms
                are counted at a time, so that rare ones may be missed.
            vocabulary_size: ids of word forms at most, padding and unknown among them; None for all forms.
            min_count: leave out forms that come less often.
            min_character_count: leave out characters that come less often.
            **settings: the other arguments of the class.

        Example:
            >>> known = Tokens.from_examples([["In", "Rome"], ["in", "1999"]], vocabulary_size=4)
            >>> known.vocabulary, known.characters[:2]
            (['in', '0000'], ['9', 'n'])
        """
        vocabulary = cls.build_vocabulary(raw, size_without_specials(vocabulary_size), min_count)
        characters = summed(raw, Counts(cls._spelled, limit_of(raw))).counts
        return cls(vocabulary, most_frequent(characters, None, min_character_count), **settings)

    @property
    def widest_spelling(self):
        """Characters that a token of a batch is padded to at most."""
        return _rounded_up(self.max_characters)

    @property
    def num_characters(self):
        """Number of character ids, padding and unknown among them."""
        return len(self.characters) + NUM_SPECIAL_IDS

    @staticmethod
    def split(text):
        """A string to its tokens and their positions: a list of `(token, (start, end))`, end excluded.

        Example:
            >>> [token for token, _ in Tokens.split("It's 3.5 km, isn't it?")]
            ['It', "'s", '3.5', 'km', ',', 'is', "n't", 'it', '?']
        """
        return [(match[0], match.span()) for match in TOKEN.finditer(text)]

    @classmethod
    def read_file(cls, path):
        """The sentences of a file with one token a line, lists of tokens, see `rnn_zoo.formats.conll.read_tagged`."""
        sentences = []
        for rows in read_token_lines(path):
            for place, token, _ in rows:
                cls._check_token(token, place)
            sentences.append([token for _, token, _ in rows])
        return sentences

    @staticmethod
    def form(token):
        """What a word is looked up as: "Boeing-747" as "boeing-000"."""
        return _DIGIT.sub("0", _composed(token).lower())

    def encode(self, raw):
        encoded = []
        for tokens, text, offsets in self._checked(raw):
            ids = [self._ids.get(self.form(token), UNKNOWN_ID) for token in tokens] or [UNKNOWN_ID]
            encoded.append(Sentence(tokens, np.array(ids, "int32"), self._spellings(tokens), text, offsets))
        return encoded

    def _spellings(self, tokens):
        """Ids of the characters of each token, `<int32>[characters]`."""
        character_id = self._character_ids.get
        spelled = [[character_id(one, UNKNOWN_ID) for one in self._cut(_composed(token))] for token in tokens]
        return [np.array(ids or [UNKNOWN_ID], "int32") for ids in spelled or [[]]]

    def knows(self, encoded):
        ids, letters = encoded.word_ids, encoded.character_ids
        places = [place for place, token in enumerate(encoded.tokens) if says_something(token)] or range(len(ids))
        return any(ids[place] != UNKNOWN_ID or (letters and (letters[place] != UNKNOWN_ID).any()) for place in places)

    def pad(self, encoded, timesteps=None):
        longest = max((len(ids) for sentence in encoded for ids in sentence.character_ids), default=1)
        word_ids = padded([sentence.word_ids for sentence in encoded], timesteps)
        num_characters = _rounded_up(longest)
        character_ids = np.zeros((*word_ids.shape, num_characters), "int32")
        for row, sentence in enumerate(encoded):
            for step, ids in enumerate(sentence.character_ids):
                character_ids[row, step, : len(ids)] = ids
        return {"word_ids": word_ids, "character_ids": character_ids}

    def _cut(self, token):
        if len(token) <= self.max_characters:
            return token
        num_head = (self.max_characters + 1) // 2
        return token[:num_head] + token[len(token) - (self.max_characters - num_head) :]

    @classmethod
    def token_lists(cls, sentences):
        return ([cls.form(token) for token in tokens] for tokens, *_ in cls._checked(sentences))

    @classmethod
    def _spelled(cls, sentences):
        return ("".join(map(_composed, tokens)) for tokens, *_ in cls._checked(sentences))

    @classmethod
    def _checked(cls, sentences):
        """Yield `(tokens, text, offsets)` of every sentence; the last two are None where tokens were given."""
        for index, sentence in enumerate(listed(sentences, cls.plural, cls.singular)):
            if isinstance(sentence, str):
                found = cls.split(sentence)
                yield [token for token, _ in found], sentence, [span for _, span in found]
                continue
            tokens = sentence.tolist() if isinstance(sentence, np.ndarray) else sentence
            tokens = list(tokens) if isinstance(tokens, (list, tuple)) else []
            if not tokens:
                raise ValueError(
                    f"sentences must be strings, or lists of tokens, not empty. Received: sentences[{index}]="
                    f"{sentence!r:.60}"
                )
            for step, token in enumerate(tokens):
                cls._check_token(token, f"sentences[{index}][{step}]")
            yield tokens, None, None

    @classmethod
    def _check_token(cls, token, place):
        if not isinstance(token, str) or not token:
            raise ValueError(f"tokens must be strings, not empty. Received: {place}={token!r:.60}")


class CharacterTokens(Tokens):
    """Characters as tokens of their own, spaces among them: for writings whose words hold more than one thing to tag.

    An example is a list of characters, or a string, which is split into them. A Korean particle stands in the same word
    as the name before it, so that entities are tagged character by character. Arrays are `{"word_ids": <int32>[batch,
    timesteps]}`.

    Args:
        vocabulary: characters in the order of their ids, the first one having id 2; `from_examples` finds them.

    Example:
        >>> characters = CharacterTokens(["서", "울", " ", "0"])
        >>> characters(["서울 7", ["울"]])["word_ids"].tolist()
        [[2, 3, 4, 5], [3, 0, 0, 0]]
    """

    bucket_width = 16

    def __init__(self, vocabulary):
        super().__init__(vocabulary, ["unused"])

    @classmethod
    def from_examples(cls, raw, *, vocabulary_size=None, min_count=1):
        return cls(cls.build_vocabulary(raw, size_without_specials(vocabulary_size), min_count))

    @staticmethod
    def split(text):
        return [(match[0], match.span()) for match in _ONE_CHARACTER.finditer(text)]

    def _spellings(self, tokens):
        return []

    def pad(self, encoded, timesteps=None):
        return {"word_ids": padded([sentence.word_ids for sentence in encoded], timesteps)}

    @classmethod
    def _check_token(cls, token, place):
        super()._check_token(token, place)
        if len(cls.split(token)) > 1:
            raise ValueError(f"tokens must be single characters. Received: {place}={token!r:.60}")


def _rounded_up(num_characters):
    return -(-num_characters // CHARACTER_BUCKET_WIDTH) * CHARACTER_BUCKET_WIDTH


def _composed(token):
    """A token in Unicode's composed form, without soft hyphens: however it was written, it is read alike."""
    return token if token.isascii() else unicodedata.normalize("NFC", token.replace(SOFT_HYPHEN, ""))
