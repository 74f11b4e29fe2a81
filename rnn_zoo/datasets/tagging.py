"""Texts in tokens, each with a tag: names, and parts of speech."""

import functools
import re

from rnn_zoo.datasets.from_tfds import OFFICIAL, WITH_DEV, Entry, tagged_tokens
from rnn_zoo.datasets.made import made, named
from rnn_zoo.datasets.records import NAMES, TEXTS, Dataset, Feature
from rnn_zoo.datasets.sources import files_of
from rnn_zoo.datasets.splits import cut_by_document, cut_every_tenth, joined_splits, part_by_part
from rnn_zoo.formats.conll import Sentence, check_bio, check_tags, read_columns
from rnn_zoo.formats.tag_schemes import convert, tag_names

CONLL_NAMES = ("PER", "LOC", "ORG", "MISC")
WNUT_NAMES = ("person", "location", "group", "creative-work", "corporation", "product")
KLUE_NAMES = ("PS", "LC", "OG", "DT", "TI", "QT")
KMOU_NAMES = ("PER", "LOC", "ORG", "POH", "DAT", "TIM", "DUR", "MNY", "PNT", "NOH")
WIKIANN_NAMES = ("PER", "ORG", "LOC")
PARTS_OF_SPEECH = NAMES["parts_of_speech"]
TREEBANKS = ("gsd", "kaist")
NEW_DOCUMENT = "# newdoc id = "
KMOU_FILE = re.compile(r"(\d+)_NER\.txt$")


def read_conll(path):
    """The sentences of CoNLL-2003: a line `-DOCSTART-` opens a document, tags in IOB1 or BIO become BIO."""
    sentences, num_documents, known = [], 0, tag_names(CONLL_NAMES, "BIO")
    for comments, positions, rows in read_columns(path, 4, separator=None, comment="-DOCSTART-"):
        num_documents += len(comments)
        tags = [tag for *_, tag in rows]
        check_tags(tags, known, positions)
        if rows:
            sentences.append(Sentence([word for word, *_ in rows], convert(tags, "BIO"), str(num_documents)))
    return sentences


def read_conllu(path):
    """The words of CoNLL-U's trees: neither multiword tokens (`3-4`) nor words that are not written (`8.1`)."""
    sentences, document = [], ""
    for comments, positions, rows in read_columns(path, 10, comment="#"):
        for comment in comments:
            document = comment.removeprefix(NEW_DOCUMENT) if comment.startswith(NEW_DOCUMENT) else document
        words = [(row[1], row[3], place) for row, place in zip(rows, positions, strict=True) if row[0].isdigit()]
        if words:
            forms, tags, positions = map(list, zip(*words, strict=True))
            check_tags(tags, PARTS_OF_SPEECH, positions)
            sentences.append(Sentence(forms, tags, document))
    return sentences


def read_bio(path, names, num_columns=2, *, data=None, comment=None, document=None, characters=False, part=None):
    """The `Sentence`s of a file with BIO tags in the last column and tokens in the first.

    Each one is a document of its own, unless one is named. With `characters` tokens are single characters, spaces among
    them; `part` is the column of the part of speech that is put behind the token with a slash.
    """
    sentences, known = [], tag_names(names, "BIO")
    for _, positions, rows in read_columns(path, num_columns, data, comment=comment, blank=characters):
        tags = [row[-1] for row in rows]
        for row, place in zip(rows, positions, strict=True):
            if characters and len(row[0]) != 1:
                raise ValueError(f"{place}: a line must have a character, a tab and a tag. Received: {row[0]!r:.60}")
        check_tags(tags, known, positions)
        check_bio(tags, positions)
        if rows:
            tokens = [row[0] if part is None else f"{row[0]}/{row[part]}" for row in rows]
            sentences.append(Sentence(tokens, tags, str(len(sentences)) if document is None else document))
    return sentences


def read_klue(files):
    """All splits of KLUE; with a train file the development part is test."""
    train, development = (
        read_bio(files[role], KLUE_NAMES, comment="## ", characters=True) if role in files else None
        for role in ("train", "development")
    )
    return cut_every_tenth(train, test=development) if train else cut_every_tenth(development)


def read_kmou(paths, subset):
    """All splits of KMOU; files are documents, in the order of their numbers."""
    part = 2 if subset == "forms_and_parts" else None
    files = sorted(files_of(paths, KMOU_FILE), key=lambda file: int(file[0][1]))
    return cut_every_tenth(
        [
            sentence
            for _, data, place in files
            for sentence in read_bio(place, KMOU_NAMES, 4, data=data, comment="## ", document=str(place), part=part)
        ]
    )


def read_ud_korean(files, subset):
    """All splits of one treebank, or of both one after the other, from official files or those of three columns."""
    splits = []
    for treebank in TREEBANKS if subset is None else [subset]:
        read = read_conllu if f"{treebank}.dev" in files else read_words
        paths = [files.get(f"{treebank}.{part}") for part in ("train", "dev", "test")]
        train, validation, test = (read(path) if path else None for path in paths)
        splits.append(cut_by_document(train, validation, test) if validation else cut_every_tenth(train, test))
    return joined_splits(splits)


def read_words(path):
    """The sentences of a file of form, universal part of speech and the treebank's own, each a document of its own."""
    sentences = []
    for _, positions, rows in read_columns(path, 3, comment="# "):
        tags = [tag for _, tag, _ in rows]
        check_tags(tags, PARTS_OF_SPEECH, positions)
        sentences.append(Sentence([form for form, *_ in rows], tags, str(len(sentences))))
    return sentences


def tagged(tags):
    """The features of a tagging dataset."""
    return {"tokens": TEXTS, "tags": Feature("classes", names=tuple(tags))}


CONLL2003 = Dataset(
    name="conll2003",
    class_names=CONLL_NAMES,
    features=tagged(tag_names(CONLL_NAMES, "BIO")),
    read=part_by_part(read_conll, cut_by_document),
    tfds=Entry("conll2003", tagged_tokens("ner", tag_names(("PER", "ORG", "LOC", "MISC"), "BIO")), WITH_DEV),
)
WNUT17 = Dataset(
    name="wnut17",
    class_names=WNUT_NAMES,
    features=tagged(tag_names(WNUT_NAMES, "BIO")),
    read=part_by_part(lambda path: read_bio(path, WNUT_NAMES), cut_by_document),
)
KLUE_NER = Dataset(
    name="klue",
    class_names=KLUE_NAMES,
    features=tagged(tag_names(KLUE_NAMES, "BIO")),
    read=read_klue,
)
KMOU_NER = Dataset(
    name="kmou",
    class_names=KMOU_NAMES,
    features=tagged(tag_names(KMOU_NAMES, "BIO")),
    pattern=KMOU_FILE,
    wanted="the folder of the files <number>_NER.txt, or a tar archive of them,",
    read=read_kmou,
    subsets=("forms", "forms_and_parts"),
    usual="forms",
)
UD_ENGLISH_EWT = Dataset(
    name="ewt",
    class_names=PARTS_OF_SPEECH,
    features=tagged(PARTS_OF_SPEECH),
    read=part_by_part(read_conllu, functools.partial(cut_by_document, group=lambda one: one.partition("-")[0])),
    tfds=Entry("universal_dependencies/en_ewt", tagged_tokens("upos", (*PARTS_OF_SPEECH, "_"), left_out="_"), WITH_DEV),
)
UD_KOREAN = Dataset(
    name="ud_korean",
    class_names=PARTS_OF_SPEECH,
    features=tagged(PARTS_OF_SPEECH),
    read=read_ud_korean,
    subsets=TREEBANKS,
)
WIKIANN = Dataset(
    name="wikiann",
    class_names=WIKIANN_NAMES,
    tfds=Entry("wikiann/{}", tagged_tokens("tags", tag_names(WIKIANN_NAMES, "BIO")), OFFICIAL, "en"),
    dummy=made(named),
)
