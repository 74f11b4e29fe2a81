"""Multi30k: descriptions of photographs in English with translations into German, French and Czech.

30,014 sentences of 12 words or so, each about one photograph of Flickr30k; the official parts are train (29,000), val
(1,014) and several test sets, of which we know test_2016_flickr (1,000). A line of one language translates the same
line of another.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Multi30k`: a folder with `train.en`, `val.en` and those of the
other language, plain or compressed (`.gz`, `.xz`), as in the folder data/task1/raw of the repository multi30k/dataset;
`test_2016_flickr.en` and its translation are read if they are there. There is no default source.

Subsets: "en_de", the usual one, "en_fr" and "en_cs".

Splits: train, validation and test are the official train, val and test_2016_flickr. Without test files, test is the
official val, and validation the last 1,000 sentences of train.

Source: Elliott, Frank, Sima'an & Specia, "Multi30K: multilingual English-German image descriptions", VL 2016; French:
Elliott et al., WMT 2017; Czech: Barrault et al., WMT 2018. The repository states no licence for the text.
"""

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_files
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.files import decode_text, read_bytes

SUBSETS = ("en_de", "en_fr", "en_cs")
HELD_OUT = 1000
HOMEPAGE = "https://github.com/multi30k/dataset"
LICENCE = "None stated."
CITATION = """@inproceedings{elliott-etal-2016-multi30k,
  author = {Elliott, Desmond and Frank, Stella and Sima'an, Khalil and Specia, Lucia},
  title = {{M}ulti30{K}: Multilingual {E}nglish-{G}erman Image Descriptions},
  booktitle = {Proceedings of the 5th Workshop on Vision and Language},
  year = {2016},
  pages = {70--74}
}"""
STEMS = {"train": "train", "validation": "val", "test": "test_2016_flickr"}


def read_splits(source=None, manager=None, subset="en_de"):
    """All splits of a pair of languages.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`: English sentences and their translations.

    Raises:
        ValueError: for damaged files, or files whose numbers of lines differ.
        FileNotFoundError: for missing files.
    """
    sides = [find_files(source, _names(language), HOMEPAGE) for language in subset.split("_")]
    parts = {
        name: read_parallel(*(side[name] for side in sides)) for name in STEMS if all(name in side for side in sides)
    }
    if "test" not in parts:
        train, test = parts["train"], parts["validation"]
        share = min(HELD_OUT, len(train.raw) // 10)
        parts = {
            "train": Examples(*(column[:-share] for column in train)),
            "validation": Examples(*(column[-share:] for column in train)),
            "test": test,
        }
    first, second = parts["train"], parts["validation"]
    return {**parts, "all_train": Examples(*(a + b for a, b in zip(first, second, strict=True)))}


def read_parallel(source_path, target_path):
    """Two files whose lines translate each other.

    Raises:
        ValueError: for files of different lengths, or an empty line; the message names it.
    """
    sides = []
    for path in (source_path, target_path):
        lines = decode_text(read_bytes(path), path).replace("\r\n", "\n").removesuffix("\n").split("\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                raise ValueError(f"{path}, line {number}: a sentence must not be empty.")
        sides.append([line.strip() for line in lines])
    if len(sides[0]) != len(sides[1]):
        raise ValueError(
            f"{source_path} and {target_path} must have as many lines. Received: {len(sides[0])} and {len(sides[1])}"
        )
    return Examples(*sides)


def original_files(source, subset="en_de"):
    """The paths of the files of a folder."""
    sides = [find_files(source, _names(language), HOMEPAGE) for language in subset.split("_")]
    return [path for side in sides for path in side.values()]


def _names(language):
    return {name: [f"{stem}.{language}"] for name, stem in STEMS.items()}


class Multi30k(OriginalFilesBuilder):
    """The tensorflow-datasets builder of Multi30k; the top of this module describes source, subsets and splits.

    Example:
        >>> from rnn_zoo.datasets import Multi30k
        >>> builder = Multi30k(source="data/multi30k", subset="en_fr", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = {"source": tfds.features.Text(), "target": tfds.features.Text()}
