"""What is drawn with a pen, stroke by stroke."""

import collections
import zipfile

import numpy as np

from rnn_zoo.datasets.made import made, strokes
from rnn_zoo.datasets.records import TEXT, Dataset, Examples, Feature
from rnn_zoo.datasets.splits import cut_end

MANY_STROKES = {"kanji": 25, "omniglot": 10}
TOLERANCE = 3
"""Drawings of the same strokes whose points are no further apart, along either axis, are of one character."""


def numbers_of(subset):
    """How many strokes drawings have, in words; few have as many as the last one says, or more."""
    return (*(str(number) for number in range(1, MANY_STROKES[subset])), f"{MANY_STROKES[subset]} or more")


def without_copies(drawings, held_out):
    """Drawings that are like none behind them, and like none held out, in their order."""
    kept, known = [], collections.defaultdict(list)
    for one in held_out:
        known[one[:, 2].tobytes()].append(one[:, :2].cumsum(axis=0, dtype="int32"))
    for one in reversed(drawings):
        places, others = one[:, :2].cumsum(axis=0, dtype="int32"), known[one[:, 2].tobytes()]
        if not any((np.abs(places - other) <= TOLERANCE).all() for other in others):
            others.append(places)
            kept.append(one)
    return kept[::-1]


def read_sketches(files, subset):
    """All splits of the drawings, with how many strokes they have; copies are left out of train."""
    parts = {}
    for path in files.values():
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                found = {name: archive[name] for name in archive.files}
        except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is damaged or cut short, or is no npz file: {error}") from error
        for part, name in (("train", "train"), ("validation", "valid"), ("test", "test")):
            if name in found:
                parts[part] = _drawings(found, name, path)
    if missing := [part for part in ("train", "validation") if part not in parts]:
        raise ValueError(f"{list(files.values())[0]} must hold the arrays train and valid. Missing: {missing[0]}")
    parts["train"] = without_copies(parts["train"], [*parts["validation"], *parts.get("test", ())])
    names = numbers_of(subset)
    parts = {
        part: Examples([names[min(int(one[:, 2].sum()), len(names)) - 1] for one in drawings], drawings)
        for part, drawings in parts.items()
    }
    return cut_end(**parts)


def _drawings(found, name, path):
    points, offsets = found[name], found.get(f"{name}_offsets", np.zeros(0, int))
    whole = len(offsets) > 1 and offsets[0] == 0 and offsets[-1] == len(points) and (np.diff(offsets) > 0).all()
    if points.ndim != 2 or points.shape[1] != 3 or not whole:
        raise ValueError(
            f"{path}: {name} must be rows of dx, dy and pen up, and {name}_offsets where drawings begin. Received: "
            f"shape {list(points.shape)}, {len(offsets)} offsets"
        )
    return np.split(points.astype("int16"), offsets[1:-1])


SKETCHES = Dataset(
    name="sketches",
    class_names=numbers_of,
    features={"strokes": TEXT, "drawing": Feature("array", (None, 3), "int16")},
    read=read_sketches,
    subsets=("kanji", "omniglot"),
    usual="kanji",
    dummy=made(strokes),
)
