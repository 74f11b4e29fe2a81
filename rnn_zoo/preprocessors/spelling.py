"""Words to letters, and symbols that are written with spaces between them."""

import unicodedata

import keras

from rnn_zoo.preprocessors.text import Text


@keras.saving.register_keras_serializable("rnn_zoo")
class Letters(Text):
    """The letters of a word: lower case, accents left out ("é" is "e").

    A word holds letters of the vocabulary and nothing else, so no symbol is ever unknown. Arguments are those of
    `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> Letters(["a", "c", "e", "f"])(["Café", "ace"]).tolist()
        [[3, 2, 5, 4], [2, 3, 4, 0]]
    """

    @classmethod
    def split(cls, text):
        """A word to its letters."""
        decomposed = unicodedata.normalize("NFKD", text.strip().lower())
        return [one for one in decomposed if not unicodedata.combining(one)]

    def encode(self, texts):
        """Words to ids, not padded yet.

        Args:
            texts: a list of strings, a word each.

        Returns:
            A list of `<int32>[timesteps]`.

        Raises:
            ValueError: for what is no list of strings, an empty word, or a character that is no letter of the
                vocabulary; the message gives the place.
        """
        encoded = super().encode(texts)
        for place, text in enumerate(texts):
            strangers = [one for one in self.split(text) if one not in self._ids]
            if strangers or not text.strip():
                raise ValueError(
                    f"words must be made of the letters {''.join(sorted(self.vocabulary))!r}, one at least. "
                    f"Received: words[{place}]={text!r:.60}"
                )
        return encoded


@keras.saving.register_keras_serializable("rnn_zoo")
class Symbols(Text):
    """Symbols with spaces between them, such as phonemes: "HH AH L OW".

    Arguments are those of `rnn_zoo.preprocessors.text.Text`.

    Example:
        >>> symbols = Symbols(["AH", "HH", "L", "OW"])
        >>> symbols(["HH AH L OW"]).tolist(), symbols.join([3, 2, 4, 5, 0])
        ([[3, 2, 4, 5]], 'HH AH L OW')
    """

    separator = " "

    @classmethod
    def split(cls, text):
        """Text to what stands between its spaces."""
        return text.split()
