"""Texts and their translations."""

import re

from rnn_zoo.datasets.from_tfds import OFFICIAL, TRAIN_ONLY, Entry, sentence_and_translation
from rnn_zoo.datasets.records import TEXT, Dataset, Examples
from rnn_zoo.datasets.splits import SPLITS, cut_by_content, cut_end, joined
from rnn_zoo.datasets.texts import read_sentences
from rnn_zoo.files import read_lines

MULTI30K_STEMS = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
DOMAINS = {
    "tatoeba": ("tatoeba_kor_eng/kor_train.txt", "kor_train.txt", "tatoeba_kor_eng/kor.txt", "kor.txt"),
    "libreoffice": ("libreoffice_ko/ko_train.txt", "ko_train.txt"),
}
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
    return cut_end(parts, held_out=1000)


def read_english_korean(files, subset):
    """All splits; each domain is cut by itself, and they come one after the other."""
    domains = [cut_by_content(read_pairs(path)) for path in files.values()]
    return {name: joined(*(domain[name] for domain in domains)) for name in SPLITS}


def read_pairs(path):
    """The pairs of a file of `English TAB Korean`, in its order; more columns are left alone."""
    examples = Examples([], [])
    for number, line in enumerate(read_lines(path), start=1):
        columns = [re.sub(r"\s+", " ", column).strip() for column in line.split("\t")]
        if len(columns) < 2 or not all(columns[:2]):
            raise ValueError(f"{path}, line {number}: must be English TAB Korean. Received: {line[:60]!r}")
        examples.raw.append(columns[0])
        examples.labels.append(columns[1])
    return examples


MULTI30K = Dataset(
    name="multi30k",
    features=PAIR,
    files=lambda subset: {
        f"{stem}.{one}": [f"{stem}.{one}"] for stem in MULTI30K_STEMS.values() for one in subset.split("_")
    },
    optional=[tuple(f"test_2016_flickr.{one}" for one in ("en", "de", "fr", "cs"))],
    read=read_multi30k,
    subsets=("en_de", "en_fr", "en_cs"),
    usual="en_de",
)
ENGLISH_KOREAN = Dataset(
    name="en_ko",
    features=PAIR,
    files=lambda subset: {name: DOMAINS[name] for name in ([subset] if subset else DOMAINS)},
    read=read_english_korean,
    subsets=tuple(DOMAINS),
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
RECORDS = (MULTI30K, ENGLISH_KOREAN, TED_HRLR_TRANSLATE, OPUS)
