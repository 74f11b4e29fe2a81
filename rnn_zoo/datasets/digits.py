"""Digits: handwritten digits of 8 x 8 pixels.

1,797 grey images `<uint8>[8, 8]` with values from 0 (paper) to 16 (ink), 174 to 183 of each digit, by 13 writers. They
are the test part of UCI's "Optical recognition of handwritten digits", where 30 writers gave 3,823 more.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `Digits`:

* None: the copy inside scikit-learn (`pip install "rnn-zoo[plots]"`). Works offline.
* a path: a file of 65 numbers a line with commas between, 64 pixels row by row and the digit, plain or compressed
  (`.gz`, `.xz`), as UCI's `optdigits.tra` and `optdigits.tes`; or the folder with one of `optdigits.tes`, `digits.csv`.

Splits: no seed is involved. Within each digit, in the order of the file, of every ten images the fifth and the tenth
are for test, the eighth is for validation, the others are for training: 1,264, 178 and 355 images of scikit-learn's
copy, each digit in proportion. The images of one writer stand next to each other, so every part holds images of every
writer: test figures say how well other images of these writers are read, not how well those of other people are. (Cut
in blocks, so that writers differ between parts, a support vector machine falls from 98 % to 93 %.)

Source: Alpaydin & Kaynak, "Cascading classifiers", Kybernetika 1998; UCI repository, 1998. Licence CC BY 4.0 (UCI);
scikit-learn's copy BSD-3-Clause.
"""

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, labelled, read_label
from rnn_zoo.datasets.sources import find_source
from rnn_zoo.files import decode_text, read_bytes

CLASS_NAMES = tuple("0123456789")
HEIGHT, WIDTH = 8, 8
HIGHEST = 16
HOMEPAGE = "https://archive.ics.uci.edu/dataset/80"
LICENCE = "CC BY 4.0"
CITATION = """@article{alpaydin1998cascading,
  author = {Alpaydin, Ethem and Kaynak, Cenk},
  title = {Cascading classifiers},
  journal = {Kybernetika},
  volume = {34},
  number = {4},
  pages = {369--374},
  year = {1998}
}"""
FILE_NAMES = ("optdigits.tes", "digits.csv")
PLACES = {"train": (0, 1, 2, 3, 5, 6, 8), "validation": (7,), "test": (4, 9)}


def read_splits(source=None, manager=None):
    """All splits of the digits.

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
        raise ValueError("digits come with scikit-learn: give source=None, or a path. Received: source='tfds'")
    return cut(read_package() if source is None else read_csv(*original_files(source)))


def read_package():
    """The images of the installed scikit-learn.

    Raises:
        FileNotFoundError: if it is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise FileNotFoundError('digits come with scikit-learn: pip install "rnn-zoo[plots]"') from error
    found = load_digits()
    return Examples(list(found.images.astype("uint8")), found.target.tolist())


def original_files(source):
    """The file that a path stands for, in a list.

    Raises:
        FileNotFoundError: if there is none.
    """
    path = find_source(source)
    if path.is_file():
        return [path]
    candidates = [path / f"{name}{ending}" for name in FILE_NAMES for ending in ("", ".gz", ".xz")]
    found = [candidate for candidate in candidates if candidate.is_file()]
    if not found:
        raise FileNotFoundError(f"{path} must hold {' or '.join(FILE_NAMES)} (or .gz, .xz).")
    return found[:1]


def read_csv(path):
    """The images of a file, in its order.

    Raises:
        ValueError: for a damaged file, a line without 65 columns, or numbers outside their range.
    """
    examples = Examples([], [])
    for number, line in enumerate(decode_text(read_bytes(path), path).splitlines(), start=1):
        place = f"{path}, line {number}"
        columns = line.split(",")
        if len(columns) != HEIGHT * WIDTH + 1:
            raise ValueError(f"{place}: a line must have {HEIGHT * WIDTH + 1} columns. Received: {len(columns)}")
        pixels = [read_label(column.strip(), HIGHEST + 1, place, "pixel") for column in columns[:-1]]
        examples.raw.append(np.array(pixels, "uint8").reshape(HEIGHT, WIDTH))
        examples.labels.append(read_label(columns[-1].strip(), len(CLASS_NAMES), place))
    return examples


def cut(examples):
    """Share out the images of each digit by their place among them, ten by ten.

    Raises:
        ValueError: for less than ten images of a digit.
    """
    counts, parts = [0] * len(CLASS_NAMES), {name: Examples([], []) for name in PLACES}
    for image, label in zip(*examples, strict=True):
        place = counts[label] % 10
        part = next(parts[name] for name, places in PLACES.items() if place in places)
        part.raw.append(image)
        part.labels.append(label)
        counts[label] += 1
    if min(counts) < 10:
        raise ValueError(f"There must be 10 images of each digit at least. Received: {counts} of {CLASS_NAMES}")
    return {"all_train": examples, **parts}


class Digits(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the digits; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Digits
        >>> builder = Digits(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("image", tfds.features.Tensor(shape=(HEIGHT, WIDTH), dtype=np.uint8), CLASS_NAMES)
