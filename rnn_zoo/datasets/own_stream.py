"""A person's own files as a stream, for `rnn-zoo train NAME --data ... --stream`."""

import collections
import random
import sys
from pathlib import Path

from rnn_zoo.datasets.own import (
    OF_FILES,
    TAGGED,
    column_names,
    names_of,
    part_of_own,
    read_examples,
    read_own,
    reader_of,
)
from rnn_zoo.datasets.records import Examples
from rnn_zoo.formats.rows import READERS, TEXT_COLUMNS, Rows, column_of, each_row, ending_of, names_are_cells
from rnn_zoo.streams import Stream

HELD_OUT = 10_000
"""Examples of a stream that validation and test have, each, at most."""


def stream_own(task, paths, **settings):
    """The examples of a person's own files as `read_own` gives them, but that those of "train" are a stream.

    Paths are what a `rnn_zoo.Stream` takes for files of rows, or one path; settings, of rows `column` and
    `label_column`, are those of `read_own`. Rows are read anew for every pass, and no more than 10,000 of "validation"
    and of "test" are held, drawn from all. Of other files it is the raw examples that are held, such as paths of
    sounds, and not what they are encoded as.
    """
    paths = list(map(str, [paths] if isinstance(paths, (str, Path)) else paths))
    reads_rows = task in (*TAGGED, "language_model") or reader_of(task).func is read_examples and task not in OF_FILES
    is_rows = reads_rows and all(_are_rows(Path(path)) for path in paths)
    if not is_rows:
        if len(paths) > 1:
            raise ValueError(f"only rows may be in several files; name a folder. Received: {', '.join(paths)}")
        parts, found = read_own(task, paths[0], **settings)
        return {**parts, "train": Stream(list(zip(*parts["train"], strict=True)))}, found
    first = Stream(paths).files[0]
    line, row = next(each_row(first), (None, None))
    rows = Rows(list(row or ()), [f"{first}, line {line}"], [row], names_are_cells(first))
    if task == "language_model":
        column = label_column = column_of(rows, settings.get("column"), TEXT_COLUMNS, "--column")
    elif task in TAGGED:
        column, label_column = (column_of(rows, None, *one) for one in TAGGED[task])
    else:
        column, label_column = column_names(rows, task, settings.get("column"), settings.get("label_column"))
    return _parts(Stream(paths, columns=(column, label_column)), names_of(task)), {}


def _are_rows(path):
    is_folder_of_rows = path.is_dir() and any(ending_of(one) in READERS for one in path.iterdir())
    return "*" in path.name or is_folder_of_rows or ending_of(path) in READERS


class _Part(Stream):
    """Those examples of a stream that are of one part."""

    def __init__(self, whole, name, count):
        super().__init__(whole.source, columns=whole.columns)
        self.name, self._counted = name, count

    def read(self, rng=None, buffer_size=0):
        return (one for one in super().read(rng, buffer_size) if _part_of_row(one[1]) == self.name)


def _part_of_row(raw):
    return part_of_own(raw if isinstance(raw, str) else " ".join(map(str, raw)))


def _parts(stream, names):
    """The parts of a stream of rows: "train" a stream of known length, others drawn from theirs while it is counted."""
    counts, kept, known, draw = collections.Counter(), {"validation": [], "test": []}, set(), random.Random(0)
    for _, raw, label in stream.read():
        name = _part_of_row(raw)
        counts[name] += 1
        if name == "train":
            known.update(names(label))
        elif len(kept[name]) < HELD_OUT:
            kept[name].append((raw, label))
        elif (place := draw.randrange(counts[name])) < HELD_OUT:
            kept[name][place] = raw, label
    held_out = {name: [one for one in rows if known.issuperset(names(one[1]))] for name, rows in kept.items()}
    if left_out := sum(map(len, kept.values())) - sum(map(len, held_out.values())):
        said = "row is left out: no other has its label" if left_out == 1 else "rows are left out: labels of their own"
        print(f"{left_out:,} held-out {said}.", file=sys.stderr)
    if not all((counts["train"], *held_out.values())):
        raise ValueError(f"there must be rows enough to hold some out. Received: {counts.total():,}")
    return {"train": _Part(stream, "train", counts["train"])} | {k: Examples.of(v) for k, v in held_out.items()}
