"""Texts to be gone on with, and words and how they are spoken."""

import functools
import re

from rnn_zoo.datasets.records import TEXT, TEXTS, Dataset, Examples
from rnn_zoo.datasets.splits import cut_by_content, cut_by_position, cut_end, part_by_part
from rnn_zoo.files import decode_text, read_bytes, read_lines

ENTRY = re.compile(r"(\S+?)(?:\(\d+\))?((?:\s+[A-Z]+[012]?)+)\s*(?:#.*)?")
WORD = re.compile("[a-z]+")


def read_tiny_shakespeare(files):
    """One text in each split; the text is its own target."""
    path = files["text"]
    text = decode_text(read_bytes(path), path).replace("\r\n", "\n")
    if len(text) < 100:
        raise ValueError(f"{path} must hold 100 characters at least. Received: {len(text)}")
    ends = {"train": (0, 85), "validation": (85, 90), "test": (90, 100), "all_train": (0, 90)}
    parts = {name: text[len(text) * start // 100 : len(text) * end // 100] for name, (start, end) in ends.items()}
    return {name: Examples([part], [part]) for name, part in parts.items()}


def read_sentences(path):
    """The lines of a file without spaces around them, none of them empty."""
    lines = [line.strip() for line in read_lines(path)]
    if "" in lines:
        raise ValueError(f"{path}, line {lines.index('') + 1}: a sentence must not be empty.")
    return lines


def read_documents(path, subset):
    """The documents of a file, which are their own targets."""
    text = decode_text(read_bytes(path), path).replace("\r\n", "\n")
    documents = [one.strip("\n") for one in text.split("\n\n\n" if subset == "novels" else "\n\n") if one.strip()]
    return Examples(documents, documents)


def read_dictionary(path):
    """Words `a` to `z` and lists of their pronunciations without stress, of a file in the format of `cmudict.dict`."""
    words = {}
    for number, line in enumerate(read_lines(path), 1):
        entry = ENTRY.fullmatch(line)
        if entry is None:
            raise ValueError(f"{path}, line {number}: an entry must be a word and its phonemes. Received: {line!r:.60}")
        word, phonemes = entry.groups()
        if WORD.fullmatch(word):
            found = " ".join(one.rstrip("012") for one in phonemes.split())
            kept = words.setdefault(word, [])
            if found not in kept:
                kept.append(found)
    return Examples(list(words), list(words.values()))


TINY_SHAKESPEARE = Dataset(
    name="tiny_shakespeare",
    features={"text": TEXT},
    read=read_tiny_shakespeare,
)
PTB = Dataset(
    name="ptb",
    features={"text": TEXT},
    read=part_by_part(lambda path: Examples(*[read_sentences(path)] * 2), functools.partial(cut_end, held_out=3370)),
)
CMUDICT = Dataset(
    name="cmudict",
    features={"word": TEXT, "pronunciations": TEXTS},
    read=part_by_part(read_dictionary, cut_by_content),
)
EN_TEXT, KO_TEXT = (
    Dataset(
        name=name,
        features={"text": TEXT},
        read=part_by_part(read_documents, cut_by_position),
        subsets=("wiki", "novels"),
        usual="wiki",
    )
    for name in ("en_text", "ko_text")
)
