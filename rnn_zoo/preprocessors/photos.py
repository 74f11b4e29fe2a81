"""Photographs of any size to colour images of one size."""

from pathlib import Path

import keras
import numpy as np
from keras import ops

from rnn_zoo.preprocessors.image import read_bytes_of_pixels


@keras.saving.register_keras_serializable("rnn_zoo")
class Photos:
    """Images to `<uint8>[height, width, 3]`: the middle is cut out in that shape, then resized.

    Grey images become colour images, transparency is dropped. An image that comes several times is read once.

    Args:
        height: rows of the result.
        width: columns of the result.

    Raises:
        ValueError: for settings that are not positive.

    Example:
        >>> Photos(32, 32)([np.zeros((60, 40, 3), "uint8")]).shape
        (1, 32, 32, 3)
    """

    bucket_width = 1
    """All images are of one length."""

    def __init__(self, height, width):
        if height < 1 or width < 1:
            raise ValueError(f"height and width must be positive. Received: {height=}, {width=}")
        self.height = height
        self.width = width

    def encode(self, images):
        """Images to pixels of one size.

        Args:
            images: a list of arrays `<uint8>[height, width, 3]`, or grey ones `[height, width]`, or of paths of PNG,
                JPEG or BMP files, of any size.

        Returns:
            A list of `<uint8>[1, height, width, 3]`; `len` is 1, for there is no time in an image.

        Raises:
            ValueError: for a single image instead of a list, what is no image, or a file that is none; the message
                gives the place.
            FileNotFoundError: for a path that does not exist.
        """
        if isinstance(images, (str, bytes, Path)) or not hasattr(images, "__iter__") or hasattr(images, "shape"):
            raise ValueError(f"images must be a list: write [image] for a single one. Received: {images!r:.60}")
        read, found = {}, []
        images = list(images)
        for place, image in enumerate(images):
            key = str(image) if isinstance(image, (str, Path)) else id(image)
            if key not in read:
                read[key] = self._resized(image, f"images[{place}]")[None]
            found.append(read[key])
        return found

    def pad(self, encoded, timesteps=None):
        """Encoded images to one tensor `<uint8>[batch, height, width, 3]`; `timesteps` is not used."""
        return np.concatenate(encoded) if len(encoded) else np.zeros((0, self.height, self.width, 3), "uint8")

    def __call__(self, images):
        """Images to one tensor: `pad(encode(images))`."""
        return self.pad(self.encode(images))

    @staticmethod
    def read_file(path):
        """The one image of a file, as its path: `encode` reads it."""
        return [str(path)]

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {"height": self.height, "width": self.width}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _resized(self, image, place):
        pixels = read_bytes_of_pixels(image, place)
        if pixels.ndim == 2:
            pixels = pixels[:, :, None]
        if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or 0 in pixels.shape:
            raise ValueError(
                "images must be of shape [height, width], or with 1, 3 or 4 channels behind. "
                f"Received: {place}={list(pixels.shape)}"
            )
        colours = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]
        resized = ops.image.resize(
            colours.astype("float32"), (self.height, self.width), antialias=True, crop_to_aspect_ratio=True,
            data_format="channels_last",
        )  # fmt: skip
        return np.clip(np.rint(ops.convert_to_numpy(resized)), 0, 255).astype("uint8")
