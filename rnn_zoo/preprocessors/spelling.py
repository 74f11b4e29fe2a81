"""Words to letters, and tokens that are written with spaces between them."""

import unicodedata

from rnn_zoo.preprocessors.base import listed
from rnn_zoo.preprocessors.text import Text


class Letters(Text):
    """The letters of a word: lower case, accents left out ("é" is "e").

    A word holds letters of the vocabulary and nothing else, so no token is ever unknown. Arguments are those of
    `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> Letters(["a", "c", "e", "f"])(["Café", "ace"]).tolist()
        [[3, 2, 5, 4], [2, 3, 4, 0]]
    """

    plural, singular = "words", "word"
    in_alphabet = True

    @classmethod
    def split(cls, text):
        decomposed = unicodedata.normalize("NFKD", text.strip().lower())
        return [one for one in decomposed if not unicodedata.combining(one)]

    def encode(self, raw):
        words = listed(raw, self.plural, self.singular)
        encoded = super().encode(words)
        for index, word in enumerate(words):
            strangers = [one for one in self.split(word) if one not in self._ids]
            if strangers or not word.strip():
                raise ValueError(
                    f"words must be made of the letters {''.join(sorted(self.vocabulary))!r}, one at least. "
                    f"Received: words[{index}]={word!r:.60}"
                )
        return encoded


class SpacedTokens(Text):
    """Tokens with spaces between them, such as phonemes: "HH AH L OW".

    Arguments are those of `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> tokens = SpacedTokens(["AH", "HH", "L", "OW"])
        >>> tokens(["HH AH L OW"]).tolist(), tokens.join([3, 2, 4, 5, 0])
        ([[3, 2, 4, 5]], 'HH AH L OW')
    """

    separator = " "
    in_alphabet = True

    @classmethod
    def split(cls, text):
        return text.split()
