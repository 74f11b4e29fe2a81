"""What people say to somebody, or to a machine: what they want, and what is answered."""

import functools
import re

from rnn_zoo.datasets.records import CLASS, NAMES, TEXT, TEXTS, Dataset, Examples, Feature
from rnn_zoo.datasets.splits import cut_by_content, cut_end, part_by_part
from rnn_zoo.formats.conll import read_columns
from rnn_zoo.formats.tables import read_cells, read_label
from rnn_zoo.formats.tag_schemes import convert, tag_names

INTENT = "# intent = "


def read_requests(path, intents, slots):
    """The requests of a file: `(tokens, index of the intent, BIO tags of the slots)`."""
    found, known = [], set(tag_names(slots, "BIO"))
    for comments, positions, rows in read_columns(path, 2, comment="# "):
        if not rows:
            continue
        intent = comments[-1].removeprefix(INTENT) if comments else None
        if intent not in intents:
            raise ValueError(
                f"{positions[0]}: the intent before it must be one of {list(intents)}. Received: {intent!r}"
            )
        tokens, tags = map(list, zip(*rows, strict=True))
        for tag, place in zip(tags, positions, strict=True):
            if tag not in known:
                raise ValueError(f"{place}: a slot must be one of {list(slots)}. Received: {tag!r}")
        found.append((tokens, intents.index(intent), convert(tags, "BIO")))
    return found


def of_requests(name):
    """The record of a dataset of requests, of which the intent, the slots or both are to be told."""
    intents, slots = NAMES[f"{name}_intents"], NAMES[f"{name}_slots"]

    def read(path, subset):
        form = {
            "slots": lambda tokens, intent, tags: (tokens, tags),
            "intents": lambda tokens, intent, tags: (" ".join(tokens), intent),
            "joint": lambda tokens, intent, tags: (tokens, (intents[intent], tags)),
        }[subset]
        return (form(*request) for request in read_requests(path, intents, slots))

    names = {"slots": slots, "intents": intents, "joint": {"class_names": slots, "intents": intents}}
    tags = Feature("classes", names=tuple(tag_names(slots, "BIO")))
    features = {
        "slots": {"tokens": TEXTS, "tags": tags},
        "intents": {"text": TEXT, "intent": CLASS},
        "joint": {"tokens": TEXTS, "intent_and_tags": Feature("intent_and_tags", names=(intents, tags.names))},
    }
    return Dataset(
        name=name,
        class_names=names.get,
        features=features.get,
        wanted="the folder of train.conll and valid.conll, also test.conll if there, made from",
        read=part_by_part(read, cut_end),
        subsets=("slots", "intents", "joint"),
        usual="joint",
    )


def read_talks(path):
    """The questions and answers of a file."""
    rows = list(read_cells(path, tabs=".csv" not in path.suffixes))
    for place, cells in rows:
        if len(cells) != 3 or not all(cell.strip() for cell in cells):
            raise ValueError(f"{place}: a row must have question, answer and label. Received: {cells!r:.80}")
    return Examples.of(cells[:2] for _, cells in rows[1:])


def read_utterances(path):
    """The utterances of a file."""
    for place, cells in read_cells(path, tabs=True):
        if cells == ["label", "text"]:
            continue
        if len(cells) != 2 or not cells[1].strip():
            raise ValueError(f"{place}: a row must have a label and a text. Received: {cells!r:.80}")
        yield cells[1], read_label(cells[0], len(NAMES["utterances"]), place)


def cut_distinct(train, test=None):
    """Cut by content; what stands in an official test part is left out elsewhere."""
    held_out = set(test.raw) if test else ()
    return cut_by_content(train.take(index for index, raw in enumerate(train.raw) if raw not in held_out), test)


ATIS = of_requests("atis")
SNIPS = of_requests("snips")
KO_CHATBOT = Dataset(
    name="ko_chatbot",
    features={"question": TEXT, "answer": TEXT},
    read=part_by_part(
        read_talks, functools.partial(cut_by_content, content=lambda asked, _: re.sub(r"\W+", "", asked.lower()))
    ),
)
KO_3I4K = Dataset(
    name="ko_3i4k",
    class_names=NAMES["utterances"],
    read=part_by_part(read_utterances, cut_distinct),
)
