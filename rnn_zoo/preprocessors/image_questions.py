"""An image and a question about it."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.preprocessors.image import read_bytes_of_pixels
from rnn_zoo.preprocessors.text import Words


class ImageQuestion:
    """An encoded example; `len` is its number of timesteps, the words of the question.

    Attributes:
        image: `<uint8>[height, width, 3]`, one array for all questions about the same image.
        word_ids: `<int32>[timesteps]`.
    """

    def __init__(self, image, word_ids):
        self.image = image
        self.word_ids = word_ids

    def __len__(self):
        return len(self.word_ids)


@keras.saving.register_keras_serializable("rnn_zoo")
class ImageQuestions:
    """Pairs of a colour image and a question to pixels and word ids.

    Every image is read and kept once, whatever the number of questions about it, and pixels stay bytes: the network
    scales them.

    Args:
        vocabulary: words in the order of their ids, from `rnn_zoo.Words.build_vocabulary`.
        height: rows of an image.
        width: columns of an image.
        max_timesteps: longer questions are cut to this many words; None keeps them whole.

    Raises:
        ValueError: for an empty or repeating vocabulary, or settings that are not positive.

    Example:
        >>> pairs = ImageQuestions(["is", "it", "red", "?"], 2, 2)
        >>> red = np.full((2, 2, 3), [255, 0, 0], "uint8")
        >>> inputs = pairs([(red, "Is it red?"), (red, "Red?")])
        >>> inputs["word_ids"].tolist(), inputs["image"].shape
        ([[2, 3, 4, 5], [4, 5, 0, 0]], (2, 2, 2, 3))
    """

    bucket_width = 4
    """Batches are as wide as the next multiple of this many words."""

    def __init__(self, vocabulary, height, width, max_timesteps=None):
        if height < 1 or width < 1:
            raise ValueError(f"height and width must be positive. Received: {height=}, {width=}")
        self.words = Words(vocabulary, max_timesteps)
        self.height = height
        self.width = width

    def encode(self, pairs):
        """Pairs to pixels and word ids, not padded yet.

        Args:
            pairs: a list of `(image, question)`: an array `<uint8>[height, width, 3]`, or the path of a PNG, JPEG or
                BMP file of that size without transparency, and a string.

        Returns:
            A list of `ImageQuestion`.

        Raises:
            ValueError: for a single pair instead of a list, what is no pair, an image of another size, colour mode or
                dtype, a file that is no image, or a question that is no string; the message gives the place.
            FileNotFoundError: for a path that does not exist.
        """
        pairs = _checked_pairs(pairs)
        word_ids = self.words.encode([question for _, question in pairs])
        read = {}
        for place, (image, _) in enumerate(pairs):
            key = _key(image)
            if key not in read:
                read[key] = self._pixels(image, f"images[{place}]")
        return [ImageQuestion(read[_key(image)], ids) for (image, _), ids in zip(pairs, word_ids, strict=True)]

    def pad(self, encoded, timesteps=None):
        """Encoded pairs to tensors.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: words to pad questions to; None pads to the longest.

        Returns:
            `{"word_ids": <int32>[batch, timesteps], "image": <uint8>[batch, height, width, 3]}`, words padded on the
            right with 0.
        """
        images = np.zeros((len(encoded), self.height, self.width, 3), "uint8")
        for row, example in zip(images, encoded, strict=True):
            row[:] = example.image
        return {"word_ids": self.words.pad([example.word_ids for example in encoded], timesteps), "image": images}

    def __call__(self, pairs):
        """Pairs to tensors: `pad(encode(pairs))`."""
        return self.pad(self.encode(pairs))

    @staticmethod
    def from_line(line):
        """A pair from a line of text, as the command line gives it: `PATH: QUESTION`, or with a tab between them.

        Raises:
            ValueError: for a line without either.

        Example:
            >>> ImageQuestions.from_line("photo.png: what is it?")
            ('photo.png', 'what is it?')
        """
        for separator in ("\t", ": "):
            path, found, question = line.partition(separator)
            if found:
                return path, question
        raise ValueError(f"A pair must be written PATH: QUESTION. Received: {line!r:.200}")

    def get_config(self):
        """Arguments that rebuild the preprocessor, the vocabulary among them."""
        return {
            "vocabulary": self.words.vocabulary,
            "height": self.height,
            "width": self.width,
            "max_timesteps": self.words.max_timesteps,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _pixels(self, image, place):
        pixels = read_bytes_of_pixels(image, place)
        if pixels.shape != (self.height, self.width, 3):
            raise ValueError(
                f"images must be in colour without transparency (mode RGB) and of shape [height, width, 3] = "
                f"[{self.height}, {self.width}, 3]: convert and resize them. Received: {place}={list(pixels.shape)}"
            )
        return pixels


def _checked_pairs(pairs):
    if isinstance(pairs, (str, bytes)) or not hasattr(pairs, "__iter__"):
        raise ValueError(f"pairs must be a list: write [(image, question)] for one. Received: {pairs!r:.60}")
    pairs = list(pairs)
    for place, pair in enumerate(pairs):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"pairs must be (image, question). Received: pairs[{place}]={pair!r:.60}")
        if not isinstance(pair[1], str):
            raise ValueError(f"questions must be strings. Received: questions[{place}]={pair[1]!r:.60}")
    return pairs


def _key(image):
    """What tells images apart: the path, or the array itself, which lives as long as its pair does."""
    return str(image) if isinstance(image, (str, Path)) else id(image)
