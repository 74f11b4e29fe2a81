"""Japanese Vowels: which of nine men says two vowels, /ae/?

640 utterances as `<float32>[frames, 12]`, 7 to 29 frames of 12 cepstrum coefficients of linear prediction; a frame is
25.6 ms of sound, and frames are 6.4 ms apart.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `JapaneseVowels`:

* None: the copy inside the package aeon (`pip install "rnn-zoo[frames]"`). Works offline.
* a path: a folder with `JapaneseVowels_TRAIN.ts` and `JapaneseVowels_TEST.ts` (plain or `.gz` or `.xz`), as at
  timeseriesclassification.com.

Splits: test is the official one, 370 utterances, 24 to 88 a man. Train and validation are the first 27 and the last 3
utterances of each man among the 270 official ones for training. The same nine men speak in all parts.

Source: Kudo, Toyama & Shimbo, "Multidimensional curve classification using passing-through regions", Pattern
Recognition Letters 1999. Licence CC BY 4.0 (UCI).
"""

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import OriginalFilesBuilder, labelled
from rnn_zoo.datasets.ts_files import read_ts_splits, ts_files

CLASS_NAMES = tuple("123456789")
NUM_FEATURES = 12
HOMEPAGE = "https://archive.ics.uci.edu/dataset/128"
LICENCE = "CC BY 4.0"
CITATION = """@article{kudo1999multidimensional,
  author = {Kudo, Mineichi and Toyama, Jun and Shimbo, Masaru},
  title = {Multidimensional curve classification using passing-through regions},
  journal = {Pattern Recognition Letters},
  volume = {20},
  number = {11--13},
  pages = {1103--1111},
  year = {1999}
}"""


def read_splits(source=None, manager=None):
    """All splits of the vowels, a dictionary of `Examples`; see `rnn_zoo.datasets.ts_files.read_ts_splits`."""
    return read_ts_splits("JapaneseVowels", CLASS_NAMES, NUM_FEATURES, source)


def original_files(source):
    """The files that a path stands for."""
    return ts_files("JapaneseVowels", source)


class JapaneseVowels(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the vowels; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import JapaneseVowels
        >>> builder = JapaneseVowels(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("frames", tfds.features.Tensor(shape=(None, NUM_FEATURES), dtype=np.float32), CLASS_NAMES)
