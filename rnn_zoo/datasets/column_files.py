"""What the tagging datasets share: one token a line, sentences between blank lines, documents, and how to cut them."""

import collections
from typing import NamedTuple

import tensorflow_datasets as tfds

from rnn_zoo.codecs.schemes import convert
from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.datasets.sources import find_source, named_source


class Sentence(NamedTuple):
    """A sentence: its tokens, a tag for each, and the document that it is from."""

    tokens: list
    tags: list
    document: str


def split_columns(line, num_columns, place, separator=None):
    """The columns of a line.

    Raises:
        ValueError: for another number of columns, or an empty one.
    """
    columns = line.split(separator)
    if len(columns) != num_columns or not all(column.strip() for column in columns):
        raise ValueError(f"{place}: a line must have {num_columns} columns. Received: {line[:60]!r}")
    return columns


def checked_tag(tag, known, place):
    """The tag, if it is a known one.

    Raises:
        ValueError: for any other.
    """
    if tag not in known:
        raise ValueError(f"{place}: tag must be one of {list(known)}. Received: tag={tag!r}")
    return tag


def checked_bio(tags, numbers, path):
    """BIO tags of a sentence, an I-tag only within an entity of its type.

    Raises:
        ValueError: for an I-tag elsewhere; the message names the line.
    """
    for found, tag, number in zip(convert(tags, "BIO"), tags, numbers, strict=True):
        if found != tag:
            raise ValueError(f"{path}, line {number}: an I-tag must go on with an entity. Received: tag={tag!r}")
    return tags


def find_file(source, names):
    """The first file of these names in a folder, plain or compressed (`.gz`, `.xz`).

    Args:
        source: the folder.
        names: file names, any of which will do.

    Returns:
        A path, or None.
    """
    candidates = (find_source(source) / f"{name}{ending}" for name in names for ending in ("", ".gz", ".xz"))
    return next((path for path in candidates if path.is_file()), None)


def find_files(source, names, homepage):
    """The files of a dataset in a folder; only the test file may be missing.

    Args:
        source: the folder; None and "tfds" are refused, for these datasets come with no package.
        names: a dictionary of possible file names, for "train", "validation" and "test".
        homepage: where to get them.

    Returns:
        A dictionary of paths, without "test" if there is none.

    Raises:
        FileNotFoundError: for a missing file.
    """
    wanted = " and ".join(names[part][0] for part in ("train", "validation"))
    named_source(source, "This dataset", f"the folder of {wanted} ({homepage})")
    found = {part: find_file(source, names[part]) for part in names}
    for part in ("train", "validation"):
        if found[part] is None:
            raise FileNotFoundError(f"{source} must hold {wanted} (or .gz, .xz). Missing: {names[part][0]}")
    return {part: path for part, path in found.items() if path is not None}


def cut_by_document(train, validation, test=None, *, group=lambda document: None):
    """Splits of a dataset with an official validation part.

    Args:
        train: `Sentence`s of the official train part.
        validation: those of the official validation part.
        test: those of the official test part; None cuts the last documents off train, of each group so many that they
            hold a tenth of its sentences.
        group: from the name of a document to the group that it is cut within.

    Returns:
        A dictionary of `Examples` with lists of tokens and lists of tags. "all_train" is all sentences but those of an
        official test part.

    Raises:
        ValueError: for documents so few or so long that none can be cut.
    """
    everything = [*train, *validation]
    if test is None:
        held_out = _last_documents(train, group)
        test = [sentence for sentence in train if sentence.document in held_out]
        train = [sentence for sentence in train if sentence.document not in held_out]
    return _as_examples({"train": train, "validation": validation, "test": test, "all_train": everything})


def cut_every_tenth(sentences, test=None):
    """Splits of a dataset without official parts: of every ten documents the ninth is validation, the tenth test.

    Args:
        sentences: `Sentence`s.
        test: those of an official test part; validation is then every tenth document of sentences.

    Returns:
        A dictionary of `Examples` as `cut_by_document` gives it. Sentences that come again, in another document too,
        are only where they come first, so that no two parts share one.

    Raises:
        ValueError: for fewer than ten documents.
    """
    distinct = {}
    for one in sentences:
        distinct.setdefault(tuple(one.tokens), one)
    sentences = list(distinct.values())
    documents = list(dict.fromkeys(one.document for one in sentences))
    if len(documents) < 10:
        raise ValueError(f"There must be ten documents or more to cut. Received: {len(documents)}")
    names = ["train"] * 9 + ["validation"] if test is not None else ["train"] * 8 + ["validation", "test"]
    part_of = {document: names[place % 10] for place, document in enumerate(documents)}
    held_out = {tuple(one.tokens) for one in test or ()}
    sentences = [one for one in sentences if tuple(one.tokens) not in held_out]
    parts = {name: [one for one in sentences if part_of[one.document] == name] for name in names}
    return _as_examples({"test": test, **parts, "all_train": sentences})


def tagged(tags):
    """The features of a tagging dataset, as `OriginalFilesBuilder.FEATURES` wants them: as many tags as tokens."""
    return {
        "tokens": tfds.features.Sequence(tfds.features.Text()),
        "tags": tfds.features.Sequence(tfds.features.ClassLabel(names=list(tags))),
    }


def _as_examples(parts):
    return {name: Examples([one.tokens for one in part], [one.tags for one in part]) for name, part in parts.items()}


def _last_documents(sentences, group):
    groups = collections.defaultdict(collections.Counter)
    for sentence in sentences:
        groups[group(sentence.document)][sentence.document] += 1
    held_out = set()
    for sizes in groups.values():
        room = sum(sizes.values()) // 10
        for document in reversed(sizes):
            room -= sizes[document]
            if room < 0:
                break
            held_out.add(document)
    if not held_out:
        raise ValueError(
            "There must be a test file, or documents enough to cut a tenth of the sentences off train. "
            f"Received: {len(sentences)} sentences"
        )
    return held_out
