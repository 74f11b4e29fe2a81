"""Moving digits: short films of handwritten digits, whose class is the motion. Constructed data, see below.

Grey films `<uint8>[frames, 28, 28]` of 6 to 14 frames, white on black. A program takes a handwritten digit of 8 x 8
pixels and moves it to the left, to the right, up or down, turns it clockwise or anticlockwise, or lets it grow or
shrink; place, size, slant and speed are drawn at random, and every frame trembles by up to half a pixel.

Nothing but the order of frames tells the class: of every digit image there are eight films, one a motion, so that the
digit does not predict the motion; and each film is there forwards and backwards, as the opposite motion, so that single
frames do not tell the direction either.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `MovingDigits`: those of the dataset `digits`, None for the copy
inside scikit-learn (`pip install "rnn-zoo[data]"`) or the path of a file such as `optdigits.tes`. The films are the
same every time.

Splits: the file of digits goes from writer to writer, and the digits of each writer begin with 0 to 9 twice over. The
file is cut where a writer begins, so that no writer is in two parts: of scikit-learn's copy the first 1,157 images (9
of 14 such stretches) are for training, the next 258 (2) for validation, and the last 382 (3) for test: 9,256, 2,064 and
3,056 films.

Real films: the dataset `ucf101` (13,320 films of 101 actions), a download of 6.5 GiB; see `rnn_zoo.datasets.from_tfds`.

Source: constructed here after Srivastava, Mansimov & Salakhutdinov, "Unsupervised learning of video representations
using LSTMs", ICML 2015 (moving digits), from digits of Alpaydin & Kaynak, "Cascading classifiers", Kybernetika 1998.
Licence of the digits: CC BY 4.0 (UCI); scikit-learn's copy BSD-3-Clause.
"""

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets import digits
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, labelled

CLASS_NAMES = ("left", "right", "up", "down", "clockwise", "anticlockwise", "growing", "shrinking")
HEIGHT, WIDTH = 28, 28
NUM_FRAMES = (6, 14)
SHARES = {"train": 0.64, "validation": 0.78, "test": 1.0}
HOMEPAGE = digits.HOMEPAGE
LICENCE = digits.LICENCE
CITATION = digits.CITATION


def read_splits(source=None, manager=None):
    """All splits of the moving digits.

    Args:
        source: None or a path, see the top of this module.
        manager: not used: there is nothing to download.

    Returns:
        A dictionary of `Examples`: "train", "validation", "test", and "all_train" for all three.

    Raises:
        ValueError: for a damaged file, for too few images, or for "tfds", which has no such dataset.
        FileNotFoundError: for a missing file, or without scikit-learn.
    """
    if source == "tfds":
        raise ValueError("moving_digits are made here: give source=None, or a path. Received: source='tfds'")
    images = digits.read_package() if source is None else digits.read_csv(*digits.original_files(source))
    splits, start = {}, 0
    for name, end in cuts(images.labels).items():
        splits[name] = films_of(images.raw[start:end], start)
        start = end
    all_train = Examples(*(sum((list(part[column]) for part in splits.values()), []) for column in range(2)))
    return {"all_train": all_train, **splits}


def original_files(source):
    """The file of digits that a path stands for, in a list."""
    return digits.original_files(source)


def cuts(labels):
    """Where the parts end: at the first writer who begins behind the part's share of the images.

    Args:
        labels: the digits of the file, in its order.

    Returns:
        A dictionary of places, one a part.

    Raises:
        ValueError: for so few images that a part would be empty.
    """
    beginning = list(range(10)) * 2
    writers = [place for place in range(len(labels)) if labels[place : place + 20] == beginning]
    writers = [place for place in writers if place - 10 not in writers]  # 0 to 9 may come three times
    places = {}
    for name, share in SHARES.items():
        place = round(share * len(labels))
        places[name] = next((writer for writer in writers if writer >= place), place)
    if sorted({0, *places.values()}) != [0, *places.values()] or places["test"] != len(labels):
        raise ValueError(f"There must be images enough that no part is empty. Received: {len(labels)} images")
    return places


def films_of(images, first):
    """Eight films of every image.

    Args:
        images: a list of `<uint8>[8, 8]` with values up to 16.
        first: place of the first one in the file, which seeds its films.

    Returns:
        `Examples` of `<uint8>[frames, 28, 28]` and indices into `CLASS_NAMES`.
    """
    films = Examples([], [])
    for place, image in enumerate(images, start=first):
        rng = np.random.default_rng([17, place])
        for forwards in range(0, len(CLASS_NAMES), 2):
            film = render(image, *path_of(CLASS_NAMES[forwards], rng))
            films.raw.extend([film, film[::-1].copy()])
            films.labels.extend([forwards, forwards + 1])
    return films


def path_of(motion, rng):
    """Where the digit is in every frame of a film.

    Args:
        motion: "left", "up", "clockwise" or "growing"; the others are these backwards.
        rng: a NumPy generator.

    Returns:
        `centre`: `<float>[frames, 2]`, row and column in pixels; `angle`: `<float>[frames]`, clockwise in radians;
        `zoom`: `<float>[frames]`, pixels of the film a pixel of the image.
    """
    frames = int(rng.integers(NUM_FRAMES[0], NUM_FRAMES[1] + 1))
    progress = np.linspace(-0.5, 0.5, frames)
    centre = np.array([HEIGHT / 2, WIDTH / 2]) + rng.uniform(-3, 3, 2) + rng.uniform(-0.5, 0.5, (frames, 2))
    angle = np.full(frames, rng.uniform(-0.4, 0.4))
    zoom = np.full(frames, rng.uniform(1.5, 2.2))
    if motion == "left":
        centre[:, 1] -= progress * rng.uniform(6, 12)
    elif motion == "up":
        centre[:, 0] -= progress * rng.uniform(6, 12)
    elif motion == "clockwise":
        angle += progress * rng.uniform(np.pi / 3, np.pi)
    else:
        zoom *= rng.uniform(1.5, 2.2) ** progress
    return centre, angle, zoom


def render(image, centre, angle, zoom):
    """Draw a digit where a path says, with linear interpolation between its pixels.

    Args:
        image: `<uint8>[8, 8]` with values up to 16.
        centre: as `path_of` gives it.
        angle: as `path_of` gives it.
        zoom: as `path_of` gives it.

    Returns:
        `<uint8>[frames, 28, 28]`.
    """
    from scipy.ndimage import map_coordinates

    rows, columns = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), indexing="ij")
    down = rows - centre[:, 0, None, None]  # [frames, height, width], from the centre of the digit
    right = columns - centre[:, 1, None, None]
    cosine, sine = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    middle = (np.array(image.shape) - 1) / 2
    places = np.stack([cosine * down - sine * right, sine * down + cosine * right]) / zoom[:, None, None]
    ink = map_coordinates(image.astype("float32"), places + middle[:, None, None, None], order=1)
    return (ink * (255 / digits.HIGHEST)).round().astype("uint8")


class MovingDigits(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the moving digits; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import MovingDigits
        >>> builder = MovingDigits(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("film", tfds.features.Tensor(shape=(None, HEIGHT, WIDTH), dtype=np.uint8), CLASS_NAMES)
