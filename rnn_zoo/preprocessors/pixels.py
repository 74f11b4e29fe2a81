"""Images to rows of pixels, or to sequences of them, and files to the pixels of their images."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.files import content_of_data_url


@keras.saving.register_keras_serializable("rnn_zoo")
class Pixels:
    """Grey images of one size, as one row of pixels each: their order in the plane is left to the network to find.

    Args:
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink in arrays, which becomes 1; 255 for usual uint8 images, 16 for the digits of
            scikit-learn. Files always hold values up to 255.

    Raises:
        ValueError: for settings that are not positive.

    Example:
        >>> Pixels(2, 3, scale=16)([[[0, 8, 16], [4, 0, 0]]]).tolist()
        [[0.0, 0.5, 1.0, 0.25, 0.0, 0.0]]
    """

    bucket_width = 1
    """All images are of one length."""

    def __init__(self, height, width, scale=255.0):
        if height < 1 or width < 1 or not 0 < scale < np.inf:
            raise ValueError(f"height, width and scale must be positive. Received: {height=}, {width=}, {scale=}")
        self.height = height
        self.width = width
        self.scale = float(scale)

    def encode(self, images):
        """Images to rows of pixels in [0, 1].

        Args:
            images: a list of arrays `[height, width]` of any real dtype with values in [0, scale], or of paths of
                grey PNG, JPEG, BMP or GIF files of that size.

        Returns:
            A list of `<float32>[height * width]`, row by row.

        Raises:
            ValueError: for a single image instead of a list, another size or colour mode, values that are no numbers or
                outside [0, scale], or a file that is no image; the message gives the place.
            FileNotFoundError: for a path that does not exist.
        """
        if isinstance(images, (str, bytes, Path)) or not hasattr(images, "__iter__"):
            raise ValueError(f"images must be a list: write [image] for a single one. Received: {images!r:.60}")
        return [self._encode_one(image, f"images[{place}]") for place, image in enumerate(images)]

    def pad(self, encoded, timesteps=None):
        """Encoded images to one tensor; there is nothing to pad, so `timesteps` is not used.

        Returns:
            `<float32>[batch, height * width]`.
        """
        return np.stack(encoded) if len(encoded) else np.zeros((0, self.height * self.width), "float32")

    def __call__(self, images):
        """Images to one tensor: `pad(encode(images))`."""
        return self.pad(self.encode(images))

    @staticmethod
    def read_file(path):
        """The one image of a file, as its path: `encode` reads it."""
        return [str(path)]

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {"height": self.height, "width": self.width, "scale": self.scale}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _encode_one(self, image, place):
        is_file = isinstance(image, (str, Path))
        values = read_grey_image(image, place) if is_file else _as_array(image, place)
        if values.shape != (self.height, self.width):
            raise ValueError(
                f"images must be grey, of shape [height, width] = [{self.height}, {self.width}]. "
                f"Received: {place}={list(values.shape)}"
            )
        scale = 255.0 if is_file else self.scale
        inside = (values >= 0) & (values <= scale)  # False for NaN too
        if not inside.all():
            row, column = (int(index) for index in np.argwhere(~inside)[0])
            raise ValueError(
                f"pixels must be numbers in [0, {scale:g}]. "
                f"Received: {place}={values[row, column]} in row {row}, column {column}"
            )
        return (values.astype("float32") / np.float32(scale)).reshape(-1)


@keras.saving.register_keras_serializable("rnn_zoo")
class PixelSequence(Pixels):
    """Grey images of one size, read pixel by pixel: row by row, or in an order of one's own.

    Args:
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink in arrays, as in `Pixels`.
        pixels_per_step: pixels a timestep: 1 for the longest sequence, width for one row of the image at a time.
        order: `<int>[height * width]`, the place (row * width + column) of the pixel to read first, second and so on;
            None for row by row. `shuffled_order` makes one.

    Raises:
        ValueError: for settings that are not positive, pixels that do not fill the last step, or an order that does not
            hold every pixel once.

    Example:
        >>> PixelSequence(2, 2, scale=16, pixels_per_step=2)([[[0, 8], [16, 4]]]).tolist()
        [[[0.0, 0.5], [1.0, 0.25]]]
        >>> PixelSequence(2, 2, scale=16, order=[3, 0, 1, 2])([[[0, 8], [16, 4]]])[0, :, 0].tolist()
        [0.25, 0.0, 0.5, 1.0]

    Source: Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units",
    arXiv:1504.00941, 2015, section 4.2.
    """

    def __init__(self, height, width, scale=255.0, *, pixels_per_step=1, order=None):
        super().__init__(height, width, scale)
        num_pixels = height * width
        if pixels_per_step < 1 or num_pixels % pixels_per_step:
            raise ValueError(
                f"pixels_per_step must divide the {num_pixels} pixels of an image. Received: {pixels_per_step=}"
            )
        self.pixels_per_step = pixels_per_step
        self.order = None if order is None else [int(place) for place in order]
        if self.order is not None and sorted(self.order) != list(range(num_pixels)):
            raise ValueError(f"order must hold each place from 0 to {num_pixels - 1} once. Received: {order!r:.60}")

    @property
    def timesteps(self):
        """Steps that it takes to read an image."""
        return self.height * self.width // self.pixels_per_step

    def encode(self, images):
        """Images to sequences of pixels in [0, 1].

        Args:
            images: as `Pixels.encode` takes them.

        Returns:
            A list of `<float32>[timesteps, pixels_per_step]`.

        Raises:
            ValueError: as `Pixels.encode`.
            FileNotFoundError: for a path that does not exist.
        """
        order = slice(None) if self.order is None else self.order
        return [row[order].reshape(self.timesteps, self.pixels_per_step) for row in super().encode(images)]

    def pad(self, encoded, timesteps=None):
        """Encoded images to one tensor; all are of one length, so `timesteps` is not used.

        Returns:
            `<float32>[batch, timesteps, pixels_per_step]`.
        """
        shape = (self.timesteps, self.pixels_per_step)
        return np.stack(encoded) if len(encoded) else np.zeros((0, *shape), "float32")

    def get_config(self):
        """Arguments that rebuild the preprocessor, the order among them."""
        return {**super().get_config(), "pixels_per_step": self.pixels_per_step, "order": self.order}


def shuffled_order(num_pixels, seed):
    """A fixed order to read pixels in, neighbours torn apart.

    Args:
        num_pixels: pixels of an image.
        seed: a natural number; the same seed gives the same order.

    Returns:
        `<int>[num_pixels]`, each place once.

    Example:
        >>> sorted(shuffled_order(4, seed=1).tolist())
        [0, 1, 2, 3]
    """
    return np.random.default_rng(seed).permutation(num_pixels)


def read_grey_image(path, place):
    """The pixels of a grey image file.

    Args:
        path: as `read_image` takes it.
        place: what to call it in an error, for example "images[3]".

    Returns:
        `<uint8>[height, width]`.

    Raises:
        FileNotFoundError: for a path that does not exist.
        ValueError: for a file that is no such image, has colours or several frames.
    """
    pixels = read_image(path, place)
    if pixels.ndim != 3 or pixels.shape[2] != 1:
        raise ValueError(
            f"{path} must be a grey image, without colours, transparency or frames: convert it to 8-bit grey (mode L). "
            f"Received: {place}={list(pixels.shape)}"
        )
    return pixels[:, :, 0]


def read_image(path, place):
    """The pixels of an image file.

    Args:
        path: a PNG, JPEG, BMP or GIF file; or such a file's content as a data URL, `data:image/png;base64,...`.
        place: what to call it in an error, for example "images[3]".

    Returns:
        `<uint8>[height, width, channels]` with 1 channel for grey, 3 for colours, one more for transparency; of a GIF
        file `<uint8>[frames, height, width, 3]`.

    Raises:
        FileNotFoundError: for a path that does not exist.
        ValueError: for a file that is no such image.

    Source: data URLs: Masinter, RFC 2397, 1998.
    """
    import tensorflow as tf

    data = _file_content(path, place)
    try:
        return tf.io.decode_image(data).numpy()
    except tf.errors.InvalidArgumentError:
        raise ValueError(
            f"{str(path)[:200]} must be a whole PNG, JPEG, BMP or GIF file. Received: {place}, {len(data)} bytes"
        ) from None


def read_bytes_of_pixels(image, place):
    """The pixels of an image that is given as an array of bytes, or as a path.

    Args:
        image: `<uint8>[...]`, or what `read_image` takes.
        place: what to call it in an error, for example "images[3]".

    Returns:
        `<uint8>[...]`.

    Raises:
        ValueError: for anything else; FileNotFoundError: for a path that does not exist.
    """
    pixels = read_image(image, place) if isinstance(image, (str, Path)) else image
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        dtype = f" of dtype {pixels.dtype}" if isinstance(pixels, np.ndarray) else ""
        raise ValueError(f"images must be uint8 arrays, or paths. Received: {place}={image!r:.60}{dtype}")
    return pixels


def _file_content(path, place):
    if (content := content_of_data_url(path, place)) is not None:
        return content
    if not Path(path).is_file():
        raise FileNotFoundError(
            f"An image must be an array or the path of a file. Received: {place}={str(path)!r:.200}"
        )
    return Path(path).read_bytes()


def _as_array(image, place):
    try:
        values = np.asarray(image)
    except ValueError:  # rows of different lengths
        values = np.array(None)
    if values.dtype.kind not in "buif":
        raise ValueError(f"images must be arrays of numbers, or paths. Received: {place}={image!r:.60}")
    return values
