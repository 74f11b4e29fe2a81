"""What is drawn with a pen, stroke by stroke."""

import zipfile

import numpy as np

from rnn_zoo.datasets.made import made, strokes
from rnn_zoo.datasets.records import Dataset, Examples, Feature
from rnn_zoo.datasets.splits import cut_end


def read_sketches(files, subset):
    """All splits of the drawings; a drawing is its own target."""
    parts = {}
    for path in files.values():
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                found = {name: archive[name] for name in archive.files}
        except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is damaged or cut short, or is no npz file: {error}") from error
        for part, name in (("train", "train"), ("validation", "valid"), ("test", "test")):
            if name in found:
                drawings = _drawings(found, name, path)
                parts[part] = Examples(drawings, drawings)
    if missing := [part for part in ("train", "validation") if part not in parts]:
        raise ValueError(f"{list(files.values())[0]} must hold the arrays train and valid. Missing: {missing[0]}")
    return cut_end(parts, held_out=len(parts["validation"].raw))


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
    features={"strokes": Feature("array", (None, 3), "int16")},
    files=lambda subset: {"train": [f"{subset}_train.npz"], "test": [f"{subset}_test.npz"]},
    optional=[("test",)],
    read=read_sketches,
    subsets=("kanji", "omniglot"),
    usual="kanji",
    dummy=made(strokes),
)
RECORDS = (SKETCHES,)
