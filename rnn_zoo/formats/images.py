"""Images and moving images from files: upright, in colours, without transparency.

Pillow is imported where it is used: arrays of the right size need none of it.
"""

import io
import struct
import warnings
from pathlib import Path

import numpy as np

from rnn_zoo.files import content_of

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


def is_file(image):
    """Whether an image has to be decoded: a path, the bytes of a file, a data URL, or an image of Pillow."""
    return isinstance(image, (str, bytes, Path)) or type(image).__module__.startswith("PIL.")


def read_image(image, place):
    """The pixels of an image, `<uint8>[height, width, 3]`.

    It is a PNG, JPEG, GIF, WebP or BMP file, as a path, its bytes or a data URL, `data:image/png;base64,...`; an image
    of Pillow; or an array `<uint8>[height, width]`, `[height, width, 1]`, or with 3 or 4 channels. The camera's
    orientation is applied, what is transparent becomes white, and 16 bits become 8.
    """
    if not is_file(image):
        return _colours_of_array(image, place)
    frames = _decoded(image, place)
    if len(frames) > 1:
        raise ValueError(f"An image must be a single one. Received: {place}, {len(frames)} frames")
    return frames[0]


def read_frames_of_video(video, place):
    """The frames `<uint8>[frames, height, width, 3]` of a GIF, WebP or PNG file, or what else `read_image` takes."""
    return np.stack(_decoded(video, place))


def without_colours(pixels):
    """The grey values of pixels `<uint8>[..., 3]`, or None if there are colours."""
    return pixels[..., 0] if (pixels == pixels[..., :1]).all() else None


def resized(pixels, height, width):
    """The middle of an image, cut out in the shape that is wanted, then resized: linear, smoothed where it shrinks.

    `keras.ops.image.resize` with `antialias` and `crop_to_aspect_ratio` gives the same to within one level: Pillow also
    rounds between rows and columns.
    """
    rows, columns = pixels.shape[:2]
    cut_rows, cut_columns = min(rows, columns * height // width), min(columns, rows * width // height)
    top, left = (rows - cut_rows) // 2, (columns - cut_columns) // 2
    middle = pixels[top : top + max(1, cut_rows), left : left + max(1, cut_columns)]
    from PIL import Image

    return np.asarray(Image.fromarray(middle).resize((width, height), Image.Resampling.BILINEAR))


def fitted(pixels, height, width):
    """`resized` where an image is of another size, with a warning."""
    if (size := pixels.shape[:2]) == (height, width):
        return pixels
    warnings.warn(f"The middle of an image of {size[1]} x {size[0]} is resized to {width} x {height}.", stacklevel=6)
    return resized(pixels, height, width)


def _decoded(image, place):
    """The frames of a file or an image of Pillow, a list of `<uint8>[height, width, 3]`."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        opened = (
            image
            if isinstance(image, Image.Image)
            else Image.open(io.BytesIO(content_of(image, place, "an image")[0]), formats=FORMATS)
        )
        moves = getattr(opened, "is_animated", False) and opened.format != "MPO"  # a photograph and its small copy
        frames = ImageSequence.Iterator(opened) if moves else [opened]
        return [np.asarray(_opaque(ImageOps.exif_transpose(frame))) for frame in frames]
    except FileNotFoundError:
        raise
    except (OSError, EOFError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        shown = f"{image!s:.200}" if isinstance(image, (str, Path)) else type(image).__name__
        said = "it is of another kind" if isinstance(error, UnidentifiedImageError) else str(error)
        raise ValueError(
            f"{shown} must be a whole PNG, JPEG, GIF, WebP or BMP file: {said:.200}. Received: {place}"
        ) from None


def _opaque(image):
    """An image of Pillow in colours, transparency over white."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype("uint8"))
    elif image.mode in ("I", "F"):
        raise ValueError(f"a channel must have 8 or 16 bits, not 32 (mode {image.mode})")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _colours_of_array(pixels, place):
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        is_array = isinstance(pixels, np.ndarray)
        received = f", an array of dtype {pixels.dtype}" if is_array else f"={pixels!r:.60}"
        remedy = ": (255 * image).astype('uint8') of what was divided by 255" if is_array else ""
        raise ValueError(f"images must be uint8 arrays, paths or images of Pillow{remedy}. Received: {place}{received}")
    shape = pixels.shape if pixels.ndim != 2 else (*pixels.shape, 1)
    if len(shape) != 3 or shape[2] not in (1, 3, 4) or 0 in shape:
        raise ValueError(
            "images must be of shape [height, width], or with 1, 3 or 4 channels behind. "
            f"Received: {place}={list(pixels.shape)}"
        )
    if shape[2] == 4:
        from PIL import Image

        return np.asarray(_opaque(Image.fromarray(pixels)))
    return pixels if shape[2] == 3 else np.repeat(pixels.reshape(shape), 3, axis=2)
