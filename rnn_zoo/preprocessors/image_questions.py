"""An image and a question about it."""

import dataclasses

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.formats import images
from rnn_zoo.preprocessors.base import Preprocessor, first_of, listed
from rnn_zoo.preprocessors.photos import read_once
from rnn_zoo.preprocessors.text import Words


@dataclasses.dataclass
class ImageQuestion:
    """An encoded example: an image, one array for all questions about it, and `<int32>[timesteps]` words."""

    image: np.ndarray
    word_ids: np.ndarray

    def __len__(self):
        return len(self.word_ids)


class ImageQuestions(Preprocessor):
    """Pairs of a colour image and a question to pixels and word ids.

    An example is `(image, question)`: what `rnn_zoo.formats.images.read_image` takes, of any size, and a string. Arrays
    are `{"word_ids": <int32>[batch, timesteps], "image": <uint8>[batch, height, width, 3]}`. Every image is read and
    kept once, whatever the number of questions about it, and pixels stay bytes: the network scales them.

    Args:
        vocabulary: words in the order of their ids; `from_examples` finds them.
        height: rows of an image.
        width: columns of an image.
        max_timesteps: longer questions are cut to this many words; None keeps them whole.

    Example:
        >>> pairs = ImageQuestions(["is", "it", "red", "?"], 2, 2)
        >>> red = np.full((2, 2, 3), [255, 0, 0], "uint8")
        >>> inputs = pairs([(red, "Is it red?"), (red, "Red?")])
        >>> inputs["word_ids"].tolist(), inputs["image"].shape
        ([[2, 3, 4, 5], [4, 5, 0, 0]], (2, 2, 2, 3))
    """

    bucket_width = 4
    plural, singular = "pairs", "(image, question)"
    read_file = None

    def __init__(self, vocabulary, height: int, width: int, max_timesteps: int | None = None):
        check_positive(height=height, width=width)
        self.words = Words(vocabulary, max_timesteps)
        self.vocabulary = self.words.vocabulary
        self.max_timesteps = max_timesteps
        self.height = height
        self.width = width

    @classmethod
    def from_examples(cls, raw, *, vocabulary_size: int | None = None, min_count=1, **settings):
        """A preprocessor that knows the words of the questions, for images of the size of the first one.

        Args:
            raw: as `encode` takes them.
            vocabulary_size: ids of words at most, padding and unknown among them; None for all words.
            min_count: leave out words that come less often.
            **settings: the other arguments of the class; a height and width that are given are not learned.
        """
        pairs = _checked_pairs(raw)
        height, width = images.read_image(first_of(pairs, cls.plural)[0], "images[0]").shape[:2]
        questions = [question for _, question in pairs]
        words = Words.from_examples(questions, vocabulary_size=vocabulary_size, min_count=min_count)
        return cls(words.vocabulary, **{"height": height, "width": width, **settings})

    def is_single(self, raw):
        return _is_single(raw)

    def encode(self, raw):
        pairs = _checked_pairs(raw)
        word_ids = self.words.encode([question for _, question in pairs])
        found = read_once([image for image, _ in pairs], self._pixels)
        return [ImageQuestion(image, ids) for image, ids in zip(found, word_ids, strict=True)]

    def pad(self, encoded, timesteps=None):
        shown = np.zeros((len(encoded), self.height, self.width, 3), "uint8")
        for row, example in zip(shown, encoded, strict=True):
            row[:] = example.image
        return {"word_ids": self.words.pad([example.word_ids for example in encoded], timesteps), "image": shown}

    @staticmethod
    def from_line(line):
        """A pair from a line of text, as the command line gives it: `PATH: QUESTION`, or with a tab between them.

        Example:
            >>> ImageQuestions.from_line("photo.png: what is it?")
            ('photo.png', 'what is it?')
        """
        for separator in ("\t", ": "):
            path, found, question = line.partition(separator)
            if found:
                return path, question
        raise ValueError(f"A pair must be written PATH: QUESTION. Received: {line!r:.200}")

    def _pixels(self, image, place):
        return images.fitted(images.read_image(image, place), self.height, self.width)


def _is_single(raw):
    is_list = isinstance(raw, (tuple, list))
    is_pair = is_list and len(raw) == 2 and isinstance(raw[1], str) and not isinstance(raw[0], (tuple, list))
    return is_pair or isinstance(raw, (str, bytes))


def _checked_pairs(pairs):
    pairs = listed(pairs, ImageQuestions.plural, ImageQuestions.singular, _is_single)
    for index, pair in enumerate(pairs):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"pairs must be (image, question). Received: pairs[{index}]={pair!r:.60}")
        if not isinstance(pair[1], str):
            raise ValueError(f"questions must be strings. Received: questions[{index}]={pair[1]!r:.60}")
    return pairs
