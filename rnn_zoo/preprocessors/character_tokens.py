"""Characters as tokens, for writings whose words hold more than one thing to tag."""

import re

import keras
import numpy as np

from rnn_zoo.preprocessors.tokens import Sentence, Tokens
from rnn_zoo.preprocessors.vocabulary import UNKNOWN_ID

_ONE_CHARACTER = re.compile(
    r"[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?"  # a Korean syllable in Unicode's decomposed form
    r"|.[\u0300-\u036f]*",  # anything, and the accents on it
    re.DOTALL,
)


@keras.saving.register_keras_serializable("rnn_zoo")
class CharacterTokens(Tokens):
    """Characters as tokens of their own, spaces among them: for writings whose words hold more than one thing to tag.

    An example is a list of characters, or a string, which is split into them. A Korean particle stands in the same word
    as the name before it, so that entities are tagged character by character.

    Args:
        vocabulary: characters in the order of their ids, the first one having id 2; from `build_vocabulary`.

    Raises:
        ValueError: for an empty or repeating vocabulary.

    Example:
        >>> characters = CharacterTokens(["서", "울", " ", "0"])
        >>> characters(["서울 7", ["울"]])["word_ids"].tolist()
        [[2, 3, 4, 5], [3, 0, 0, 0]]
    """

    bucket_width = 16
    """Batches are as wide as the next multiple of this many timesteps."""

    def __init__(self, vocabulary):
        super().__init__(vocabulary, ["unused"])

    @staticmethod
    def split(text):
        """A string to its characters and their places; a character can be several code points long."""
        return [(match[0], match.span()) for match in _ONE_CHARACTER.finditer(text)]

    def encode(self, sentences):
        """Sentences to ids, not padded yet.

        Args:
            sentences: a list of examples, each a list of characters or a string.

        Returns:
            A list of `Sentence`; an empty string is one unknown character long.

        Raises:
            ValueError: for a bare string, an example that is neither string nor characters, an empty list, or a token
                that is no single character; the message gives the place.
        """
        encoded = []
        for tokens, text, offsets in self._checked(sentences):
            ids = [self._word_ids.get(self.form(token), UNKNOWN_ID) for token in tokens] or [UNKNOWN_ID]
            encoded.append(Sentence(tokens, np.array(ids, "int32"), [], text, offsets))
        return encoded

    def pad(self, encoded, timesteps=None):
        """Encoded sentences to tensors: `{"word_ids": <int32>[batch, timesteps]}`, padded on the right with 0."""
        return {"word_ids": super().pad(encoded, timesteps)["word_ids"]}

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {"vocabulary": self.vocabulary}

    @classmethod
    def _check_token(cls, token, place):
        super()._check_token(token, place)
        if len(cls.split(token)) > 1:
            raise ValueError(f"tokens must be single characters. Received: {place}={token!r:.60}")
