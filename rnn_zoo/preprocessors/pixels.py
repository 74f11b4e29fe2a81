"""Grey images to rows of pixels, or to sequences of them."""

import itertools
import warnings

import numpy as np

from rnn_zoo.checks import check_choice
from rnn_zoo.formats import images
from rnn_zoo.preprocessors.base import Preprocessor, first_of, listed, number_of_axes


class Pixels(Preprocessor):
    """Grey images of one size to rows of pixels in [0, 1], `<float32>[batch, height * width]`.

    An example is an array `[height, width]` of any real dtype with values in [0, scale], or what
    `rnn_zoo.formats.images.read_image` reads from a file, without colours. The order of pixels in the plane is left to
    the network to find. An image of another size is resized as `Photos` does it, and one on another background than all
    images that were learned from, such as black ink on white paper, is inverted, both with a warning. `from_examples`
    takes height and width from the first image, and the background from the first thousand.

    Args:
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink in arrays, which becomes 1; 255 for usual uint8 images, 16 for the digits of
            scikit-learn. Files always hold values up to 255, and arrays of floats or truth values of which none is
            above 1 are taken for pixels that were divided already.
        background: "dark" or "light", what the border of an image is on average; None if images of both kinds come.

    Example:
        >>> Pixels(2, 3, scale=16)([[[0, 8, 16], [4, 0, 0]]]).tolist()
        [[0.0, 0.5, 1.0, 0.25, 0.0, 0.0]]
    """

    plural, singular, emptiness = "images", "image", "of one brightness"

    def __init__(self, height: int, width: int, scale=255.0, background: str | None = None):
        if height < 1 or width < 1 or not 0 < scale < np.inf:
            raise ValueError(f"height, width and scale must be positive. Received: {height=}, {width=}, {scale=}")
        check_choice("background", background, ("dark", "light", None))
        self.height = height
        self.width = width
        self.scale = float(scale)
        self.background = background

    @classmethod
    def from_examples(cls, raw, **settings):
        if not {"height", "width"} <= settings.keys():
            height, width = _values_of(first_of(listed(raw, cls.plural, cls.singular), cls.plural), "images[0]").shape
            settings = {"height": height, "width": width, **settings}
        found = cls(**settings)
        if "background" not in settings:
            first = enumerate(itertools.islice(found.listed(raw), 1000))
            kinds = {_background_of(found._plane(image, f"images[{index}]")) for index, image in first}
            found.background = kinds.pop() if len(kinds) == 1 else None
        return found

    def is_single(self, raw):
        return images.is_file(raw) or number_of_axes(raw) == 2

    def knows(self, encoded):
        return encoded.min() < encoded.max()

    def pad(self, encoded, timesteps=None):
        return np.array(encoded, "float32").reshape(-1, self.height * self.width)

    def _encode_one(self, image, place):
        plane = self._plane(image, place)
        if self.background and _background_of(plane) != self.background:
            warnings.warn(f"An image is inverted: its background is not {self.background}.", stacklevel=5)
            plane = 1 - plane
        return plane.reshape(-1)

    def _plane(self, image, place):
        """An image as `<float32>[height, width]` in [0, 1]."""
        values = _values_of(image, place)
        scale = 255.0 if images.is_file(image) else self.scale
        if values.dtype.kind in "bf" and 0 < values.max(initial=0) <= 1:
            scale = min(scale, 1.0)
        inside = (values >= 0) & (values <= scale)  # False for NaN too
        if not inside.all():
            row, column = (int(index) for index in np.argwhere(~inside)[0])
            raise ValueError(
                f"pixels must be numbers in [0, {scale:g}]. "
                f"Received: {place}={values[row, column]} in row {row}, column {column}"
            )
        plane = values.astype("float32") / np.float32(scale)
        return images.fitted(plane, self.height, self.width)


class PixelSequence(Pixels):
    """Grey images as `Pixels` takes them, read pixel by pixel: row by row, or in an order of one's own.

    It gives `<float32>[batch, timesteps, pixels_per_step]`.

    Args:
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink in arrays, as in `Pixels`.
        pixels_per_step: pixels a timestep: 1 for the longest sequence, width for one row of the image at a time.
        background: as in `Pixels`.
        order: `<int>[height * width]`, the position (row * width + column) of the pixel to read first, second and so
            on; None for row by row. `shuffled_order` makes one.

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

    def __init__(self, height: int, width: int, scale=255.0, background=None, *, pixels_per_step=1, order=None):
        super().__init__(height, width, scale, background)
        num_pixels = height * width
        if pixels_per_step < 1 or num_pixels % pixels_per_step:
            raise ValueError(
                f"pixels_per_step must divide the {num_pixels} pixels of an image. Received: {pixels_per_step=}"
            )
        self.pixels_per_step = pixels_per_step
        self.order = None if order is None else [int(position) for position in order]
        if self.order is not None and sorted(self.order) != list(range(num_pixels)):
            raise ValueError(f"order must hold each position from 0 to {num_pixels - 1} once. Received: {order!r:.60}")

    @classmethod
    def from_examples(cls, raw, *, permutation: int | None = None, **settings):
        """A preprocessor for images of the size of the first one; see `Pixels`.

        Args:
            raw: as `encode` takes them.
            permutation: seed of a fixed order without neighbours to read pixels in; None for row by row.
            **settings: arguments of the class.
        """
        found = super().from_examples(raw, **settings)
        if permutation is not None:
            found.order = shuffled_order(found.height * found.width, permutation).tolist()
        return found

    @property
    def timesteps(self):
        """Steps that it takes to read an image."""
        return self.height * self.width // self.pixels_per_step

    def encode(self, raw):
        order = slice(None) if self.order is None else self.order
        return [row[order].reshape(self.timesteps, self.pixels_per_step) for row in super().encode(raw)]

    def pad(self, encoded, timesteps=None):
        return np.array(encoded, "float32").reshape(-1, self.timesteps, self.pixels_per_step)


def shuffled_order(num_pixels, seed):
    """A fixed order `<int>[num_pixels]` to read pixels in, neighbours torn apart; the same for the same seed."""
    return np.random.default_rng(seed).permutation(num_pixels)


def _values_of(image, place):
    """An image as an array; one from a file `[height, width]` if it has no colours."""
    if images.is_file(image):
        pixels = images.read_image(image, place)
        if (grey := images.without_colours(pixels)) is None:
            raise ValueError(f"An image must be grey, without colours. Received: {place}={image!s:.200} in colours")
        return grey
    try:
        values = np.asarray(image)
    except ValueError:  # rows of different lengths
        values = np.array(None)
    if values.dtype.kind not in "buif":
        raise ValueError(f"images must be arrays of numbers, or paths. Received: {place}={image!r:.60}")
    if values.ndim != 2 or not values.size:
        raise ValueError(f"images must be grey, of shape [height, width]. Received: {place}={list(values.shape)}")
    return values


def _background_of(plane):
    """What the border of an image `<float32>[height, width]` in [0, 1] is nearer to on average: "dark" or "light"."""
    border = np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
    return "light" if border.mean() > 0.5 else "dark"
