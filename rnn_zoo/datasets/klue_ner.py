"""KLUE-NER: Korean news and film reviews with persons, places, organizations, dates, times and quantities.

The named-entity task of the Korean language understanding evaluation, v1.1: 21,008 sentences for training and 5,000 for
development, half from WikiTree news, half from NSMC film reviews. The test part was never published.

A token is a single character, spaces among them, as in the original: entities begin and end within Korean words, before
a particle. Files have one character a line, a tab, and its BIO tag; sentences lie between blank lines, and lines that
begin with `## ` are comments.

Source, the `source=` of `rnn_zoo.load_dataset` and of `KlueNer`: a folder with `klue-ner-v1.1_dev.tsv` and, if it is
there, `klue-ner-v1.1_train.tsv`, plain or compressed (`.gz`, `.xz`).

Splits: with a train file, test is the official development part, and validation every tenth sentence of train. Without
it, of every ten sentences of the development part the ninth is validation and the tenth test: 3,200, 400 and 400
sentences of `klue-ner-v1.1_dev.first4000.tsv`, the first 4,000. Such figures are not those of published models, which
learn from five times as many sentences.

Source: Park et al., "KLUE: Korean language understanding evaluation", NeurIPS Datasets and Benchmarks 2021. Licence
CC BY-SA 4.0.
"""

from rnn_zoo.codecs.schemes import tag_names
from rnn_zoo.datasets.column_files import (
    Sentence,
    checked_bio,
    checked_tag,
    cut_every_tenth,
    find_file,
    tagged,
)
from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.sources import named_source
from rnn_zoo.files import read_rows

CLASS_NAMES = ("PS", "LC", "OG", "DT", "TI", "QT")
TAGS = tag_names(CLASS_NAMES, "BIO")
HOMEPAGE = "https://github.com/KLUE-benchmark/KLUE"
LICENCE = "CC BY-SA 4.0"
CITATION = """@inproceedings{park2021klue,
  author = {Park, Sungjoon and others},
  title = {{KLUE}: {K}orean Language Understanding Evaluation},
  booktitle = {NeurIPS Datasets and Benchmarks Track},
  year = {2021}
}"""
FILES = {
    "train": ["klue-ner-v1.1_train.tsv"],
    "development": ["klue-ner-v1.1_dev.tsv", "klue-ner-v1.1_dev.first4000.tsv"],
}
COMMENT = "## "


def read_splits(source=None, manager=None):
    """All splits of KLUE-NER.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: lists of characters and lists of BIO tags.

    Raises:
        ValueError: for damaged files; the message names the line.
        FileNotFoundError: for missing files.
    """
    *train, development = map(read_sentences, original_files(source))
    return cut_every_tenth(train[0], test=development) if train else cut_every_tenth(development)


def read_sentences(path):
    """The sentences of one file, in its order, each a document of its own.

    Raises:
        ValueError: for a damaged file, a line without a character and its tag, or a tag that is unknown or out of
            place.
    """
    sentences = []
    for rows in read_rows(path):
        numbers, characters, tags = [], [], []
        for number, line in rows:
            if line.startswith(COMMENT):
                continue
            character, *rest = line.split("\t")
            if len(character) != 1 or len(rest) != 1:
                raise ValueError(
                    f"{path}, line {number}: a line must have a character, a tab and a tag. Received: {line[:60]!r}"
                )
            numbers.append(number)
            characters.append(character)
            tags.append(checked_tag(rest[0], TAGS, f"{path}, line {number}"))
        if characters:
            sentences.append(Sentence(characters, checked_bio(tags, numbers, path), str(len(sentences))))
    return sentences


def original_files(source):
    """The paths of the files of a folder, the development part last.

    Raises:
        FileNotFoundError: if the development part is missing.
    """
    wanted = FILES["development"][0]
    named_source(source, "KLUE", f"the folder of {wanted} ({HOMEPAGE})")
    train, development = (find_file(source, names) for names in FILES.values())
    if development is None:
        raise FileNotFoundError(f"{source} must hold {wanted} (or .gz, .xz). Missing: {wanted}")
    return [path for path in (train, development) if path is not None]


class KlueNer(OriginalFilesBuilder):
    """The tensorflow-datasets builder of KLUE-NER; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import KlueNer
        >>> builder = KlueNer(source="data/klue_ner", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = tagged(TAGS)
