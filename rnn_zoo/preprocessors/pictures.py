"""Colour images, alone or with a question about them, and videos, to pixels of one size that stay bytes."""

import dataclasses

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.formats import images
from rnn_zoo.preprocessors.base import Preprocessor, first_of, listed, pad_frames
from rnn_zoo.preprocessors.text import Words


class Photos(Preprocessor):
    """Images of any size to `<uint8>[batch, height, width, 3]`: the middle is cut out in that shape, then resized.

    An example is what `rnn_zoo.formats.images.read_image` takes; one that comes several times is read once. `len` of an
    encoded image is 1, for there is no time in it.

    Args:
        height: rows of the result; larger and smaller images are resized.
        width: columns of the result.

    Example:
        >>> Photos(32, 32)([np.zeros((60, 40, 3), "uint8")]).shape
        (1, 32, 32, 3)
    """

    plural, singular, emptiness = "images", "image", "of one colour"

    def __init__(self, height=96, width=96):
        check_positive(height=height, width=width)
        self.height = height
        self.width = width

    def is_single(self, raw):
        is_array = isinstance(raw, np.ndarray) and (raw.ndim == 2 or (raw.ndim == 3 and raw.shape[2] in (1, 3, 4)))
        return is_array or images.is_file(raw)

    def listed(self, raw):
        if isinstance(raw, np.ndarray) and raw.ndim == 3 and raw.shape[0] in (3, 4) and not self.is_single(raw):
            raise ValueError(
                "images must have their channels last, image.transpose(1, 2, 0), and several grey ones be a list. "
                f"Received: an array of shape {list(raw.shape)}"
            )
        return super().listed(raw)

    def encode(self, raw):
        return read_once(self.listed(raw), lambda image: images.resized(image, self.height, self.width)[None])

    def knows(self, encoded):
        return bool((encoded != encoded[:, :1, :1]).any())

    def pad(self, encoded, timesteps=None):
        return np.array(encoded, "uint8").reshape(-1, self.height, self.width, 3)


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

    @staticmethod
    def is_single(raw):
        is_list = isinstance(raw, (tuple, list))
        is_pair = is_list and len(raw) == 2 and isinstance(raw[1], str) and not isinstance(raw[0], (tuple, list))
        return is_pair or isinstance(raw, (str, bytes))

    def encode(self, raw):
        pairs = _checked_pairs(raw)
        word_ids = self.words.encode([question for _, question in pairs])
        found = read_once([image for image, _ in pairs], lambda image: images.fitted(image, self.height, self.width))
        return [ImageQuestion(image, ids) for image, ids in zip(found, word_ids, strict=True)]

    def unknown_share(self, raw):
        return self.words.unknown_share([question for _, question in _checked_pairs(raw)])

    def pad(self, encoded, timesteps=None):
        shown = np.zeros((len(encoded), self.height, self.width, 3), "uint8")
        for row, example in zip(shown, encoded, strict=True):
            row[:] = example.image
        return {"word_ids": self.words.pad([example.word_ids for example in encoded], timesteps), "image": shown}

    @staticmethod
    def from_line(line):
        """A pair from a line of text, as the command line gives it: `PATH: QUESTION`, or with a tab between them."""
        for separator in ("\t", ": "):
            path, found, question = line.partition(separator)
            if found:
                return path, question
        raise ValueError(f"A pair must be written PATH: QUESTION. Received: {line!r:.200}")


class Videos(Preprocessor):
    """Videos of one height and width to right-padded frames and their numbers; pixels stay bytes.

    An example is an array `<uint8>[frames, height, width]` (grey) or `<uint8>[frames, height, width, 3]` (in colour),
    or what `rnn_zoo.formats.images.read_frames_of_video` reads from a file. Arrays are `{"frames": <uint8>[batch,
    timesteps, height, width, channels], "lengths": <int32>[batch]}`, padded with black frames. `from_examples` takes
    height, width and channels from the first video.

    Args:
        height: rows of a frame.
        width: columns of a frame.
        channels: 1 for grey videos, 3 for videos in colour.
        max_timesteps: of a longer video as many frames are taken, evenly spaced; None keeps videos whole.

    Example:
        >>> videos = Videos(2, 2)
        >>> inputs = videos([np.zeros((3, 2, 2), "uint8"), np.zeros((1, 2, 2), "uint8")])
        >>> inputs["frames"].shape, inputs["lengths"].tolist()
        ((2, 3, 2, 2, 1), [3, 1])
    """

    bucket_width = 2
    plural, singular = "videos", "video"

    def __init__(self, height: int, width: int, channels=1, max_timesteps: int | None = None):
        check_positive(height=height, width=width, max_timesteps=max_timesteps)
        if channels not in (1, 3):
            raise ValueError(f"channels must be 1 or 3. Received: {channels=}")
        self.height = height
        self.width = width
        self.channels = channels
        self.max_timesteps = max_timesteps

    @classmethod
    def from_examples(cls, raw, **settings):
        if not {"height", "width", "channels"} <= settings.keys():
            frames = _frames_of(first_of(listed(raw, cls.plural, cls.singular), cls.plural), "videos[0]", channels=None)
            if frames.ndim != 4:
                raise ValueError(f"videos must be [frames, height, width]. Received: videos[0]={list(frames.shape)}")
            settings = {**dict(zip(("height", "width", "channels"), frames.shape[1:], strict=True)), **settings}
        return cls(**settings)

    @property
    def needs_whole(self):
        """Frames that are evenly spaced over a video; None without."""
        return None if self.max_timesteps is None else "max_timesteps takes frames from all over a video"

    def encode_piece(self, piece, held, place, *, last=False):
        """A piece is some frames; nothing is held."""
        if last:
            return np.zeros((0, self.height, self.width, self.channels), "uint8"), None
        return self._encode_one(piece, place), None

    def is_single(self, raw):
        num_axes = getattr(raw, "ndim", 0)
        in_channels = num_axes == 4 and raw.shape[3] == self.channels
        return images.is_file(raw) or in_channels or (num_axes == 3 and self.channels == 1)

    def pad(self, encoded, timesteps=None):
        return pad_frames(encoded, timesteps, (self.height, self.width, self.channels), "uint8")

    def _encode_one(self, video, place):
        frames = _frames_of(video, place, self.channels)
        wanted = (self.height, self.width, self.channels)
        if frames.ndim != 4 or frames.shape[1:] != wanted or not len(frames):
            shape = ", ".join(["frames", *map(str, wanted[: 2 if self.channels == 1 else 3])])
            raise ValueError(
                f"videos must have one frame at least and be of shape [{shape}]: "
                f"{'grey' if self.channels == 1 else 'in colour'}, and of that size. "
                f"Received: {place}={list(frames.shape)}"
            )
        if self.max_timesteps is not None and len(frames) > self.max_timesteps:
            frames = frames[np.linspace(0, len(frames) - 1, self.max_timesteps).round().astype(int)]
        return frames


def read_once(found, fit):
    """Images, read and brought to a size by `fit`; those that come several times are read once."""
    kept, results = {}, []
    for index, image in enumerate(found):
        key = str(image) if isinstance(image, str) or hasattr(image, "__fspath__") else id(image)
        if key not in kept:
            kept[key] = fit(images.read_image(image, f"images[{index}]"))
        results.append(kept[key])
    return results


def _checked_pairs(pairs):
    pairs = listed(pairs, ImageQuestions.plural, ImageQuestions.singular, ImageQuestions.is_single)
    for index, pair in enumerate(pairs):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"pairs must be (image, question). Received: pairs[{index}]={pair!r:.60}")
        if not isinstance(pair[1], str):
            raise ValueError(f"questions must be strings. Received: questions[{index}]={pair[1]!r:.60}")
    return pairs


def _frames_of(video, place, channels):
    """A video as `<uint8>[frames, height, width, channels]`; a grey file has 1 channel, unless 3 are asked for."""
    if images.is_file(video):
        frames = images.read_frames_of_video(video, place)
        grey = images.without_colours(frames) if channels != 3 else None
        return frames if grey is None else grey[..., None]
    if not isinstance(video, np.ndarray) or video.dtype != np.uint8:
        dtype = f" of dtype {video.dtype}" if isinstance(video, np.ndarray) else ""
        raise ValueError(f"videos must be uint8 arrays, or paths. Received: {place}={video!r:.60}{dtype}")
    return video[..., None] if video.ndim == 3 and channels != 3 else video
