"""Texts and their translations."""

import re

from rnn_zoo.datasets.from_tfds import OFFICIAL, TRAIN_ONLY, Entry, sentence_and_translation
from rnn_zoo.datasets.records import TEXT, Dataset, Examples
from rnn_zoo.datasets.sources import files_of
from rnn_zoo.datasets.splits import cut_by_content, cut_by_part, cut_end, joined_splits, part_by_part, part_of
from rnn_zoo.datasets.texts import read_sentences
from rnn_zoo.files import read_lines
from rnn_zoo.formats.tables import read_cells

MULTI30K_STEMS = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
FRENCH_FILE = re.compile(r"(?:^|/)fra\.txt$")
PAIR = {"source": TEXT, "target": TEXT}


def read_multi30k(files, subset):
    """All splits of a pair of languages: files whose lines translate each other."""
    parts = {}
    for part, stem in MULTI30K_STEMS.items():
        paths = [files[f"{stem}.{one}"] for one in subset.split("_") if f"{stem}.{one}" in files]
        if paths:
            sides = [read_sentences(path) for path in paths]
            if len(sides[0]) != len(sides[1]):
                raise ValueError(
                    f"{paths[0]} and {paths[1]} must have as many lines. Received: {len(sides[0])} and {len(sides[1])}"
                )
            parts[part] = Examples(*sides)
    return cut_end(**parts, held_out=1000)


def read_pairs(path):
    """The pairs of a file of `English TAB translation`, in its order; more columns are left alone."""
    pairs, data = [], None
    if path.suffix == ".zip":
        data = next((data for _, data, _ in files_of([path], FRENCH_FILE)), b"")
    for number, line in enumerate(read_lines(path, data), start=1):
        columns = [re.sub(r"\s+", " ", column).strip() for column in line.split("\t")]
        if len(columns) < 2 or not all(columns[:2]):
            raise ValueError(f"{path}, line {number}: must be English TAB translation. Received: {line[:60]!r}")
        pairs.append(columns[:2])
    return Examples.of(pairs)


def read_en_ko(files, subset):
    """All splits, or what they hold of one source; pairs that share a sentence are in one part."""

    def read(path):
        rows = read_cells(path, header=["source", "en", "ko"], tabs=True)
        return Examples.of((english, (korean, source)) for _, (source, english, korean) in rows)

    pairs = read(files["train"])
    linked = linked_by_sentences([(english, korean) for english, (korean, _) in zip(*pairs, strict=True)])
    splits = cut_by_part(pairs, list(map(part_of, linked)), read(files["test"]) if "test" in files else None)
    found = {}
    for name, part in splits.items():
        rows = zip(*part, strict=True)
        found[name] = Examples.of((english, korean) for english, (korean, own) in rows if subset in (None, own))
    return found


def plain(text):
    """A text without case and punctuation."""
    return re.sub(r"\W+", " ", text.casefold()).strip()


def linked_by_sentences(pairs):
    """For each pair of texts the least text of all that are linked to it, pairs that share a text being linked."""
    parents = {}

    def root(node):
        while parents.setdefault(node, node) != node:
            parents[node] = node = parents[parents[node]]
        return node

    nodes = [[(side, plain(text)) for side, text in enumerate(pair)] for pair in pairs]
    for first, second in nodes:
        low, high = sorted([root(first), root(second)])
        parents[high] = low
    return [root(first)[1] for first, _ in nodes]


MULTI30K = Dataset(
    name="multi30k",
    features=PAIR,
    read=read_multi30k,
    subsets=("en_de", "en_fr", "en_cs"),
    usual="en_de",
)
ENGLISH_KOREAN = Dataset(
    name="en_ko",
    features=PAIR,
    read=lambda files, subset: joined_splits([cut_by_content(read_pairs(path)) for path in files.values()]),
    subsets=("tatoeba", "libreoffice"),
)
TED_HRLR_TRANSLATE = Dataset(
    name="ted_hrlr_translate",
    tfds=Entry("ted_hrlr_translate/{}", sentence_and_translation, OFFICIAL, "pt_to_en"),
    dummy="multi30k",
)
OPUS = Dataset(
    name="opus",
    tfds=Entry("opus/{}", sentence_and_translation, TRAIN_ONLY, "medical"),
    dummy="multi30k",
)
TATOEBA_EN_FR = Dataset(
    name="tatoeba_en_fr",
    features=PAIR,
    read=part_by_part(read_pairs, cut_by_content),
)
EN_KO_GENERAL = Dataset(
    name="en_ko_general",
    features=PAIR,
    wanted="the folder of train.tsv, also test.tsv if there, made from the sources on its card",
    read=read_en_ko,
    subsets=("krdict", "bible", "sts_mt", "sts_human", "news_park", "jhe", "ntrex", "pud"),
)
