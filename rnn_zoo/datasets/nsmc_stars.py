"""NSMC stars: Korean film reviews with the stars, 1 to 10, that their authors gave.

From the raw crawl behind the Naver sentiment movie corpus (712,404 reviews of 14,730 films): 12,000 reviews of every
star, but 11,022 with two and 11,576 with three, 118,598 in all. Label 0 is one star. A review has at most 147
characters. Many stars contradict their text, and neighbours such as nine and ten are next to impossible to tell apart.

The file is UTF-8 with tab-separated columns `id document label` and no quoting; label is the number of stars.

Source, the `source=` of `rnn_zoo.load_dataset` and of `NsmcStars`: a folder with `stars_train.txt`, plain or compressed
(`.gz`, `.xz`), or such a file. The crawl is the folder `raw/` of the home page below.

Splits: by the sha1 of the text, about 80 %, 10 % and 10 % (see `rnn_zoo.datasets.original_files.cut_by_content`),
because 3,191 reviews repeat the text of another one, such as "good": equal texts are all in one part. That is 94,789
reviews for train, 11,972 for validation and 11,837 for test. Many of them are in the dataset `nsmc` too: do not test a
model here that was trained there.

Source: Lucy Park, "Naver sentiment movie corpus v1.0", 2015. Licence CC0 1.0.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_file
from rnn_zoo.datasets.nsmc import CITATION, HOMEPAGE, LICENCE, read_ratings
from rnn_zoo.datasets.original_files import OriginalFilesBuilder, cut_by_content, labelled
from rnn_zoo.datasets.sources import named_source

__all__ = ["CITATION", "CLASS_NAMES", "HOMEPAGE", "LICENCE", "NsmcStars", "original_files", "read_splits"]

CLASS_NAMES = tuple(map(str, range(1, 11)))
FILE = "stars_train.txt"


def read_splits(source=None, manager=None):
    """All splits of the stars.

    Args:
        source: a path, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`, see `cut_by_content`.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
    """
    (path,) = original_files(source)
    return cut_by_content(read_ratings(path, len(CLASS_NAMES), first=1))


def original_files(source):
    """The one file of a folder.

    Raises:
        FileNotFoundError: if it is missing.
    """
    folder = named_source(source, "The set of stars", f"the folder of {FILE}, made from the folder raw/ of {HOMEPAGE},")
    path = folder if folder.is_file() else find_file(folder, [FILE])
    if path is None:
        raise FileNotFoundError(f"{folder} must hold {FILE} (or .gz, .xz). Missing: {FILE}")
    return [path]


class NsmcStars(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the stars; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import NsmcStars
        >>> builder = NsmcStars(source="data/nsmc", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("text", tfds.features.Text(), CLASS_NAMES)
