"""Tiny Shakespeare: 40,000 lines from plays by William Shakespeare, 1,115,394 characters, one long text.

Source, the `source=` of `rnn_zoo.load_dataset` and of `TinyShakespeare`: `input.txt` of the repository
karpathy/char-rnn, or a folder with it, plain or compressed (`.gz`, `.xz`); or "tfds", which downloads the same text
through tensorflow-datasets. There is no default source.

Splits: each part is one text. Test is the last 10 % of the characters, as is customary, validation the 5 % before them,
train the rest. "all_train" is train and validation.

Source: Karpathy, "The unreasonable effectiveness of recurrent neural networks", 2015. The plays are in the public
domain; the repository is under the MIT licence.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_file
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.datasets.sources import named_source
from rnn_zoo.files import decode_text, read_bytes

HOMEPAGE = "https://github.com/karpathy/char-rnn"
FOLDER = f"{HOMEPAGE}/tree/master/data/tinyshakespeare"
LICENCE = "Public domain; the repository is under the MIT licence."
CITATION = """@misc{karpathy2015unreasonable,
  author = {Karpathy, Andrej},
  title = {The Unreasonable Effectiveness of Recurrent Neural Networks},
  url = {https://karpathy.github.io/2015/05/21/rnn-effectiveness/},
  year = {2015}
}"""
ENDS = {"train": 85, "validation": 90, "test": 100}


def read_splits(source=None, manager=None):
    """All splits.

    Args:
        source: see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`, one text in each; the text is its own target.

    Raises:
        ValueError: for a file that is damaged, or of less than 100 characters.
        FileNotFoundError: for a missing file.
        ConnectionError: for a download that fails.
    """
    if source == "tfds":
        path, text = source, text_of_tfds()
    else:
        (path,) = original_files(source)
        text = decode_text(read_bytes(path), path)
    text = text.replace("\r\n", "\n")
    if len(text) < 100:
        raise ValueError(f"{path} must hold 100 characters at least. Received: {len(text)}")
    parts, start = {}, 0
    for name, end in ENDS.items():
        parts[name] = text[len(text) * start // 100 : len(text) * end // 100]
        start = end
    parts["all_train"] = parts["train"] + parts["validation"]
    return {name: Examples([part], [part]) for name, part in parts.items()}


def text_of_tfds():
    """The text from the parts that TensorFlow Datasets cuts it into."""
    from rnn_zoo.datasets.from_tfds import prepare

    builder = tfds.builder("tiny_shakespeare")
    prepare(builder, "tiny_shakespeare")
    parts = [tfds.as_numpy(builder.as_dataset(split=part)) for part in ("train", "validation", "test")]
    return "".join(row["text"].decode() for part in parts for row in part)


def original_files(source):
    """The path of the file."""
    path = named_source(source, "Tiny Shakespeare", f'input.txt ({FOLDER}), or "tfds" to download it,')
    found = path if path.is_file() else find_file(path, ["input.txt"])
    if found is None:
        raise FileNotFoundError(f"{source} must hold input.txt (or .gz, .xz).")
    return [found]


class TinyShakespeare(OriginalFilesBuilder):
    """The tensorflow-datasets builder of Tiny Shakespeare; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import TinyShakespeare
        >>> builder = TinyShakespeare(source="data/tinyshakespeare", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train")
    """

    FEATURES = {"text": tfds.features.Text()}
