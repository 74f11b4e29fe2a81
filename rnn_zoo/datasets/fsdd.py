"""FSDD, the Free Spoken Digit Dataset: which digit does somebody say?

3,000 recordings of six people, ten digits in English, 50 times each, `(samples <int16>, 8000)`, of 0.1 to 2.3 seconds;
2,700 of them are the official training half. Targets are texts: "seven".

Source, the `source=` of `rnn_zoo.load_dataset` and of `Fsdd`: a folder with the files `DIGIT_SPEAKER_INDEX.wav`, in it
or below, or with tar archives (`.tar`, `.tar.gz`, `.tar.xz`) of them; or one archive. There is no default source. For
`load_dataset` also "tfds": TFDS's `spoken_digit` is an earlier release of them, and gets the parts below.

Splits: by index, as the official ones, so that every person is in every part: what it measures is another recording of
the same people. Indices 0 to 4 are the official test half. If the files have any of them, they are test, and 5 to 39
and 45 to 49 are train; otherwise 45 to 49 are test (300 recordings), and 5 to 39 are train (2,100). 40 to 44 are
validation (300). "all_train" is 5 to 49.

Source: Jackson, Souza, Flaks, Pan, Nicolas & Thite, "Free Spoken Digit Dataset", Zenodo 2018. Licence: CC BY-SA 4.0.
"""

import re
from typing import NamedTuple

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.named_files import contents, named_files
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.formats.sounds import read_sound

CLASS_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SAMPLE_RATE_HZ = 8000
NUM_INDICES, FIRST_TRAINING_INDEX = 50, 5
PARTS = ("train", "validation", "test")
HOMEPAGE = "https://github.com/Jakobovski/free-spoken-digit-dataset"
LICENCE = "CC BY-SA 4.0"
CITATION = """@misc{jackson2018fsdd,
  author = {Jackson, Zohar and Souza, C{\\'e}sar and Flaks, Jason and Pan, Yuxin and Nicolas, Hereman and
    Thite, Adhish},
  title = {Free Spoken Digit Dataset: v1.0.8},
  publisher = {Zenodo},
  year = {2018},
  doi = {10.5281/zenodo.1342401}
}"""
FILE_NAME = re.compile(r"(\d)_([a-z]+)_(\d+)\.wav$")


class Recording(NamedTuple):
    """A digit that somebody says: samples `<int16>[samples]`, the word, who it is, and the how manieth time."""

    samples: np.ndarray
    word: str
    speaker: str
    index: int


def read_splits(source=None, manager=None):
    """All splits of the digits.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.

    Returns:
        A dictionary of `Examples`: "train", "validation", "test" and "all_train". Raw examples are pairs of samples and
        rate, labels are words.

    Raises:
        ValueError: for damaged files, or if a part is empty; the message names the file.
        FileNotFoundError: for missing files, or without a source.
    """
    recordings = read_recordings(source)
    official = any(one.index < FIRST_TRAINING_INDEX for one in recordings)
    parts = {name: [one for one in recordings if part_of(one.index, official) == name] for name in PARTS}
    parts["all_train"] = [one for one in recordings if one.index >= FIRST_TRAINING_INDEX]
    empty = [name for name, part in parts.items() if not part]
    if empty:
        raise ValueError(f"There must be recordings for {empty[0]!r}. Received: none of its indices")
    return {
        name: Examples([(one.samples, SAMPLE_RATE_HZ) for one in part], [one.word for one in part])
        for name, part in parts.items()
    }


def part_of(index, official):
    """The part that a recording belongs to.

    Args:
        index: from 0 to 49, the how manieth time a person says a digit.
        official: whether the official test half is there; otherwise 45 to 49 are test.

    Example:
        >>> [part_of(index, official=True) for index in (4, 5, 40, 45)]
        ['test', 'train', 'validation', 'train']
    """
    if index < FIRST_TRAINING_INDEX or (index >= 45 and not official):
        return "test"
    return "validation" if 40 <= index < 45 else "train"


def read_recordings(source):
    """All recordings, in the order of digit, person and index.

    Args:
        source: a path, see the top of this module.

    Returns:
        A list of `Recording`.

    Raises:
        ValueError: for damaged files, other rates or indices. FileNotFoundError: for missing files.
    """
    found = {}
    for path in original_files(source):
        for name, data, place in contents(path, FILE_NAME):
            digit, speaker, index = FILE_NAME.fullmatch(name).groups()
            samples, rate = read_sound(data, place)
            if rate != SAMPLE_RATE_HZ or samples.shape[1] != 1 or not len(samples) or int(index) >= NUM_INDICES:
                raise ValueError(
                    f"{place}: a recording must be of {SAMPLE_RATE_HZ} Hz, one channel and at least one sample, its "
                    f"index below {NUM_INDICES}. Received: {rate} Hz, {samples.shape[1]} channels, {len(samples)} "
                    f"samples, index {index}"
                )
            integers = np.round(samples[:, 0] * 2**15).astype("int16")
            found[int(digit), speaker, int(index)] = Recording(integers, CLASS_NAMES[int(digit)], speaker, int(index))
    return [found[key] for key in sorted(found)]


def original_files(source):
    """The recordings, or the archives of them, that a path stands for.

    Raises:
        FileNotFoundError: if there are none.
    """
    return named_files(source, FILE_NAME, "FSDD", "DIGIT_SPEAKER_INDEX.wav", "0_george_0.wav", HOMEPAGE)


class Fsdd(OriginalFilesBuilder):
    """The tensorflow-datasets builder of FSDD; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Fsdd
        >>> builder = Fsdd(source="data/fsdd", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = {
        "audio": tfds.features.Audio(shape=(None,), dtype=np.int16, sample_rate=SAMPLE_RATE_HZ),
        "text": tfds.features.Text(),
    }

    def _generate_examples(self, examples):
        for key, example in super()._generate_examples(examples):
            yield key, {**example, "audio": example["audio"][0]}
