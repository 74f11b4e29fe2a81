"""KMOU: Korean texts in morphemes, with ten types of entities.

The named-entity corpus of the natural language processing laboratory of Korea Maritime and Ocean University: persons,
places, organizations, other names (POH), dates, times, durations, money, percentages and other numbers (NOH).

A token is a morpheme as it is written, or `_` for the gap between two words, which goes on with an entity of several
words. Files have one token a line in four tab-separated columns: as written, as in a dictionary, part of speech, BIO
tag, of which we read the first and the last, and on demand the third. Sentences lie between blank lines, and lines that
begin with `## ` hold their number and their text.

Source, the `source=` of `rnn_zoo.load_dataset` and of `KmouNer`: a folder with files `<number>_NER.txt`, or a tar
archive of them, or a folder with one such archive, `morpheme_ner_train.tar.xz`.

Subsets: "forms", the usual one, and "forms_and_parts", whose tokens are a morpheme, a slash and its part of speech,
`서울/NNP`, as an analyser of morphemes gives them: names are easier to tell then.

Splits: files are documents; in the order of their numbers, of every ten the ninth is validation and the tenth test.
Sentences that come again are left out. Of an archive with 1,276 files that is 13,679 sentences for train, 1,726 for
validation and 1,695 for test.

Source: Korea Maritime and Ocean University, https://github.com/kmounlp/NER, 2019. MIT licence for non-commercial use
only: no weights learned from it are in the package.
"""

import re

from rnn_zoo.codecs.schemes import tag_names
from rnn_zoo.datasets.column_files import (
    Sentence,
    checked_bio,
    checked_tag,
    cut_every_tenth,
    find_file,
    split_columns,
    tagged,
)
from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.sources import files_of_archive, named_source
from rnn_zoo.files import read_bytes, read_rows

CLASS_NAMES = ("PER", "LOC", "ORG", "POH", "DAT", "TIM", "DUR", "MNY", "PNT", "NOH")
TAGS = tag_names(CLASS_NAMES, "BIO")
HOMEPAGE = "https://github.com/kmounlp/NER"
LICENCE = "MIT licence for non-commercial use only"
ARCHIVES = ["morpheme_ner_train.tar", "morpheme_ner.tar"]
FILE_NAME = re.compile(r"(\d+)_NER\.txt$")
COMMENT = "## "
SUBSETS = ("forms", "forms_and_parts")


def read_splits(source=None, manager=None, subset="forms"):
    """All splits of KMOU.

    Args:
        source: a folder or an archive, see the top of this module.
        manager: not used: nothing is downloaded.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`: lists of tokens and lists of BIO tags.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
    """
    files = {}
    for path in original_files(source):
        found = [(path.name, read_bytes(path))] if FILE_NAME.search(path.name) else files_of_archive(path, FILE_NAME)
        files.update({name: data for name, data in found})
    in_order = sorted(files, key=lambda name: int(FILE_NAME.search(name)[1]))
    parts = subset == "forms_and_parts"
    return cut_every_tenth([one for name in in_order for one in read_sentences(name, files[name], parts=parts)])


def read_sentences(path, data=None, *, parts=False):
    """The sentences of one file, in its order.

    Args:
        path: of the file.
        data: its bytes, if it is part of an archive.
        parts: put parts of speech behind the tokens.

    Raises:
        ValueError: for a damaged file, a line without four columns, or a tag that is unknown or out of place.
    """
    sentences = []
    for rows in read_rows(path, data):
        rows = [(number, line) for number, line in rows if not line.startswith(COMMENT)]
        columns = [split_columns(line, 4, f"{path}, line {number}", "\t") for number, line in rows]
        numbers = [number for number, _ in rows]
        tags = [
            checked_tag(tag, TAGS, f"{path}, line {number}") for (*_, tag), number in zip(columns, numbers, strict=True)
        ]
        if tags:
            tokens = [f"{token}/{part}" if parts else token for token, _, part, _ in columns]
            sentences.append(Sentence(tokens, checked_bio(tags, numbers, path), str(path)))
    return sentences


def original_files(source, subset="forms"):
    """The paths of the files of a folder, or of the one archive; the same for all subsets.

    Raises:
        FileNotFoundError: if there are none.
    """
    folder = named_source(source, "KMOU", f"the folder of the files <number>_NER.txt ({HOMEPAGE})")
    if folder.is_file():
        return [folder]
    found = [path for path in folder.glob("*") if FILE_NAME.search(path.name)]
    archive = find_file(folder, ARCHIVES)
    if not found and archive is None:
        raise FileNotFoundError(f"{folder} must hold files <number>_NER.txt, or {ARCHIVES[0]} (or .gz, .xz) of them.")
    return found or [archive]


class KmouNer(OriginalFilesBuilder):
    """The tensorflow-datasets builder of KMOU; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import KmouNer
        >>> builder = KmouNer(source="data/kmou_ner", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = tagged(TAGS)
