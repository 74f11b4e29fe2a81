"""Characters as tokens, for writings whose words hold more than one thing to tag."""

import re

import numpy as np

from rnn_zoo.preprocessors.marks import MARK
from rnn_zoo.preprocessors.tokens import Sentence, Tokens
from rnn_zoo.preprocessors.vocabulary import UNKNOWN_ID, pad_ids, size_without_specials

_ONE_CHARACTER = re.compile(
    r"[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?"  # a Korean syllable in Unicode's decomposed form
    rf"|.{MARK}*+",  # anything, and the marks on it
    re.DOTALL,
)


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

    def encode(self, raw):
        encoded = []
        for tokens, text, offsets in self._checked(raw):
            ids = [self._word_ids.get(self.form(token), UNKNOWN_ID) for token in tokens] or [UNKNOWN_ID]
            encoded.append(Sentence(tokens, np.array(ids, "int32"), [], text, offsets))
        return encoded

    def pad(self, encoded, timesteps=None):
        return {"word_ids": pad_ids([sentence.word_ids for sentence in encoded], timesteps)}

    @classmethod
    def _check_token(cls, token, place):
        super()._check_token(token, place)
        if len(cls.split(token)) > 1:
            raise ValueError(f"tokens must be single characters. Received: {place}={token!r:.60}")
