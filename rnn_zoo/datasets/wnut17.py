"""WNUT-17: emerging entities in noisy English, such as tweets and comments.

The shared task on novel and emerging entities: a train part of older tweets (3,394 texts), dev of YouTube comments
(1,009) and test of Reddit, Twitter and StackExchange (1,287), with six types of entities that are seldom seen twice.

Files have one token a line and two tab-separated columns: the token and its BIO tag.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Wnut17`: a folder with `wnut17train.conll` and
`emerging.dev.conll`, and `emerging.test.annotated` if there is one, plain or compressed (`.gz`, `.xz`).

Splits: train, validation and test are the official train, dev and test. Without a test file, test is the last tenth of
the texts of train: these are tweets, and an easier test than the official one.

Source: Derczynski, Nichols, van Erp & Limsopatham, "Results of the WNUT2017 shared task on novel and emerging entity
recognition", W-NUT 2017. Licence CC BY 4.0.
"""

from rnn_zoo.codecs.schemes import tag_names
from rnn_zoo.datasets.column_files import (
    Sentence,
    checked_bio,
    checked_tag,
    cut_by_document,
    find_files,
    split_columns,
    tagged,
)
from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.files import read_rows

CLASS_NAMES = ("person", "location", "group", "creative-work", "corporation", "product")
TAGS = tag_names(CLASS_NAMES, "BIO")
HOMEPAGE = "https://github.com/leondz/emerging_entities_17"
LICENCE = "CC BY 4.0"
CITATION = """@inproceedings{derczynski-etal-2017-results,
  author = {Derczynski, Leon and Nichols, Eric and van Erp, Marieke and Limsopatham, Nut},
  title = {Results of the {WNUT}2017 Shared Task on Novel and Emerging Entity Recognition},
  booktitle = {Proceedings of the 3rd Workshop on Noisy User-generated Text},
  year = {2017},
  pages = {140--147},
  url = {https://aclanthology.org/W17-4418}
}"""
FILES = {
    "train": ["wnut17train.conll"],
    "validation": ["emerging.dev.conll"],
    "test": ["emerging.test.annotated"],
}


def read_splits(source=None, manager=None):
    """All splits of WNUT-17.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: lists of tokens and lists of BIO tags.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
    """
    return cut_by_document(**{name: read_sentences(path) for name, path in find_files(source, FILES, HOMEPAGE).items()})


def read_sentences(path):
    """The texts of one file, in its order, each a document of its own.

    Raises:
        ValueError: for a damaged file, a line without two columns, or a tag that is unknown or out of place.
    """
    sentences = []
    for rows in read_rows(path):
        columns = [split_columns(line, 2, f"{path}, line {number}", "\t") for number, line in rows]
        numbers = [number for number, _ in rows]
        tags = [
            checked_tag(tag, TAGS, f"{path}, line {number}") for (_, tag), number in zip(columns, numbers, strict=True)
        ]
        sentences.append(
            Sentence([token for token, _ in columns], checked_bio(tags, numbers, path), str(len(sentences)))
        )
    return sentences


def original_files(source):
    """The paths of the files of a folder."""
    return list(find_files(source, FILES, HOMEPAGE).values())


class Wnut17(OriginalFilesBuilder):
    """The tensorflow-datasets builder of WNUT-17; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import Wnut17
        >>> builder = Wnut17(source="data/wnut17", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = tagged(TAGS)
