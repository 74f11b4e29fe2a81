"""Photographs of any size to colour images of one size."""

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.formats import images
from rnn_zoo.preprocessors.base import Preprocessor


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

    plural, singular = "images", "image"

    def __init__(self, height=96, width=96):
        check_positive(height=height, width=width)
        self.height = height
        self.width = width

    def is_single(self, raw):
        return is_image(raw)

    def encode(self, raw):
        return read_once(
            self.listed(raw),
            lambda image, place: images.resized(images.read_image(image, place), self.height, self.width)[None],
        )

    def pad(self, encoded, timesteps=None):
        return np.array(encoded, "uint8").reshape(-1, self.height, self.width, 3)


def is_image(raw):
    """Whether raw is one image by itself."""
    is_array = isinstance(raw, np.ndarray) and (raw.ndim == 2 or (raw.ndim == 3 and raw.shape[2] in (1, 3, 4)))
    return is_array or images.is_file(raw)


def read_once(found, read):
    """Read images by `read(image, what to call it)`, those that come several times once."""
    kept, results = {}, []
    for index, image in enumerate(found):
        key = str(image) if isinstance(image, str) or hasattr(image, "__fspath__") else id(image)
        if key not in kept:
            kept[key] = read(image, f"images[{index}]")
        results.append(kept[key])
    return results
