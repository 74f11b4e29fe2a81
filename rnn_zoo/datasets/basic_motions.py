"""Basic Motions: does somebody with a smart watch stand, run, walk or play badminton?

80 recordings of four students as `<float32>[100, 6]`: ten seconds of acceleration and rotation along three axes each,
ten frames a second.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `BasicMotions`:

* None: the copy inside the package aeon (`pip install "rnn-zoo[series]"`). Works offline.
* a path: a folder with `BasicMotions_TRAIN.ts` and `BasicMotions_TEST.ts` (plain or `.gz` or `.xz`), as at
  timeseriesclassification.com.

Splits: test is the official one, 40 recordings. Train and validation are the first nine and the last one of the ten
recordings of each class that are for training. The files do not say who is in a recording.

Source: Clements, in Bagnall et al., "The UEA multivariate time series classification archive, 2018", arXiv:1811.00075.
Licence: not stated; the package aeon is BSD-3-Clause.
"""

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import OriginalFilesBuilder, labelled
from rnn_zoo.datasets.ts_files import read_ts_splits, ts_files

CLASS_NAMES = ("Standing", "Running", "Walking", "Badminton")
NUM_FEATURES = 6
HOMEPAGE = "https://www.timeseriesclassification.com/description.php?Dataset=BasicMotions"
LICENCE = "None stated."


def read_splits(source=None, manager=None):
    """All splits of the motions, a dictionary of `Examples`; see `rnn_zoo.datasets.ts_files.read_ts_splits`."""
    return read_ts_splits("BasicMotions", CLASS_NAMES, NUM_FEATURES, source)


def original_files(source):
    """The files that a path stands for."""
    return ts_files("BasicMotions", source)


class BasicMotions(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the motions; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import BasicMotions
        >>> builder = BasicMotions(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("frames", tfds.features.Tensor(shape=(None, NUM_FEATURES), dtype=np.float32), CLASS_NAMES)
