"""MNIST: handwritten digits of 28 x 28 pixels.

70,000 grey images `<uint8>[28, 28]` with values from 0 (paper) to 255 (ink): 60,000 to train on and 10,000 to test on,
by different writers. The files are in LeCun's idx format: a magic number, the sizes, then bytes.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `Mnist`:

* None: downloads the four original files through tensorflow-datasets, 11.6 MB. So does "tfds" in `Mnist`; in
  `load_dataset` it is TFDS's own `mnist`, see `rnn_zoo.datasets.from_tfds`.
* a folder with the original files, plain or compressed (`.gz`, `.xz`): `train-images-idx3-ubyte` and
  `train-labels-idx1-ubyte`, and if they are there `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`. Data sets in
  the same format, with the same names of files, can be read too.

Splits: no seed is involved, and the order of the files is kept.

* With all four files, train is the first 90 % of each digit in the train files, validation the last 10 %, test the
  official test files: 53,994, 6,006 and 10,000 images.
* With the train files alone, train is the first 80 % of each digit, validation the next 10 %, test the last 10 %:
  47,995, 5,999 and 6,006 images. A writer may be in several parts then, so test figures may be a little better than
  those on the official test files.

Source: LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition", Proceedings of the
IEEE 1998. Licence: not stated by the authors.
"""

import math

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_splits, labelled
from rnn_zoo.datasets.sources import Download, download, find_source
from rnn_zoo.files import read_bytes

CLASS_NAMES = tuple("0123456789")
HEIGHT, WIDTH = 28, 28
HIGHEST = 255
HOMEPAGE = "http://yann.lecun.com/exdb/mnist/"
LICENCE = "None stated."
CITATION = """@article{lecun1998gradient,
  author = {LeCun, Yann and Bottou, L\\'eon and Bengio, Yoshua and Haffner, Patrick},
  title = {Gradient-based learning applied to document recognition},
  journal = {Proceedings of the IEEE},
  volume = {86},
  number = {11},
  pages = {2278--2324},
  year = {1998}
}"""
FILE_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
DOWNLOADS = tuple(
    Download(f"https://storage.googleapis.com/cvdf-datasets/mnist/{name}.gz", size, sha256)
    for name, size, sha256 in zip(
        FILE_NAMES,
        (9_912_422, 28_881, 1_648_877, 4_542),
        (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
        strict=True,
    )
)


def read_splits(source=None, manager=None):
    """All splits of MNIST.

    Args:
        source: None, "tfds" or a path, see the top of this module.
        manager: a `tfds.download.DownloadManager`; None for the usual one.

    Returns:
        A dictionary of `Examples`, see `cut_splits`.

    Raises:
        ValueError: for damaged files; the message names the file and the place.
        FileNotFoundError: for missing files.
        ConnectionError: for a download that fails.
    """
    paths = download(DOWNLOADS, "mnist", manager) if source in (None, "tfds") else original_files(source)
    return cut_splits(*(read_images(*paths[start : start + 2]) for start in range(0, len(paths), 2)))


def original_files(source):
    """The images and the labels of the train part, and if they are there those of the test part.

    Raises:
        FileNotFoundError: for files that are missing.
    """
    folder = find_source(source)
    candidates = [[folder / f"{name}{ending}" for ending in ("", ".gz", ".xz")] for name in FILE_NAMES]
    found = [next((path for path in paths if path.is_file()), None) for paths in candidates]
    needed = FILE_NAMES if any(found[2:]) else FILE_NAMES[:2]
    missing = [name for name, path in zip(FILE_NAMES, found, strict=True) if name in needed and path is None]
    if missing:
        raise FileNotFoundError(f"{folder} must be a folder with {' and '.join(needed)} (or .gz, .xz). {missing=}")
    return found[: len(needed)]


def read_images(images_path, labels_path):
    """The images of one part with their digits, in the order of the files.

    Raises:
        ValueError: for damaged files, images of another size, or labels that do not fit them.
    """
    images = read_idx(images_path, 3)
    labels = read_idx(labels_path, 1)
    if images.shape[1:] != (HEIGHT, WIDTH):
        raise ValueError(f"{images_path}: images must be {HEIGHT} x {WIDTH}. Received: {list(images.shape[1:])}")
    if len(images) != len(labels):
        raise ValueError(f"{labels_path} must hold {len(images)} labels, one an image. Received: {len(labels)}")
    if wrong := np.flatnonzero(labels >= len(CLASS_NAMES)).tolist():
        raise ValueError(f"{labels_path}: labels must be from 0 to 9. Received: {labels[wrong[0]]} at place {wrong[0]}")
    return Examples(list(images), labels.tolist())


def read_idx(path, num_axes):
    """A tensor of bytes in LeCun's idx format.

    Args:
        path: the file, plain or compressed (`.gz`, `.xz`).
        num_axes: axes that it must have.

    Returns:
        `<uint8>` of the shape that the file gives.

    Raises:
        ValueError: for another kind of file, or one that is cut short.
    """
    data = read_bytes(path)
    start = 4 * (1 + num_axes)
    if len(data) < start or data[:4] != bytes([0, 0, 8, num_axes]):
        raise ValueError(
            f"{path} must be an idx file of bytes with {num_axes} axes. Received: one that begins with {data[:4]}"
        )
    shape = np.frombuffer(data[4:start], ">u4").tolist()
    if len(data) != start + math.prod(shape):
        raise ValueError(
            f"{path} is damaged or cut short: {shape} need {start + math.prod(shape):,} bytes. "
            f"Received: {len(data):,} bytes"
        )
    return np.frombuffer(data, "uint8", offset=start).reshape(shape)


class Mnist(OriginalFilesBuilder):
    """The tensorflow-datasets builder of MNIST; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Mnist
        >>> builder = Mnist(source="data/mnist", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("image", tfds.features.Tensor(shape=(HEIGHT, WIDTH), dtype=np.uint8), CLASS_NAMES)
