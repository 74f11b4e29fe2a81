"""The `.ts` files of the UEA archive of time series, read without a library, and found in the package aeon.

aeon itself reads them too, but importing it brings Numba and its compiler along, and only its data are needed here.
"""

from pathlib import Path

import numpy as np

from rnn_zoo.datasets.original_files import Examples, cut_splits
from rnn_zoo.datasets.sources import find_package, find_source
from rnn_zoo.files import decode_text, read_bytes


def read_ts_splits(name, class_names, num_features, source):
    """All splits of a dataset with a file for training and one for testing.

    Args:
        name: as in the names of the files, `<name>_TRAIN.ts` and `<name>_TEST.ts`.
        class_names: as the files write them, in the order of the labels.
        num_features: of a frame.
        source: None for the copy in the package aeon, or a path of a folder.

    Returns:
        A dictionary of `Examples`: "train" and "validation" are the first 90 % and the last 10 % of each class of the
        training file, "test" the testing file, "all_train" the training file.

    Raises:
        ValueError: for damaged files.
        FileNotFoundError: for missing ones, or without aeon.
    """
    train, test = (read_ts(path, class_names, num_features) for path in ts_files(name, source))
    return cut_splits(train, test)


def ts_files(name, source):
    """The file for training and that for testing, in a list.

    Raises:
        ValueError: for "tfds", which has no such dataset.
        FileNotFoundError: for missing files, or without aeon.
    """
    if source == "tfds":
        raise ValueError(f"{name} comes with the package aeon: give source=None, or a path. Received: source='tfds'")
    if source is None:
        folder = find_package("aeon", "aeon", extra="frames") / "datasets" / "data" / name
    else:
        folder = find_source(source)
    names = [f"{name}_{half}.ts" for half in ("TRAIN", "TEST")]
    candidates = [[folder / part / (file + end) for part in ("", name) for end in ("", ".gz", ".xz")] for file in names]
    found = [next((path for path in paths if path.is_file()), None) for paths in candidates]
    if missing := [file for file, path in zip(names, found, strict=True) if path is None]:
        raise FileNotFoundError(f"{folder} must be a folder with {' and '.join(missing)} (or .gz, .xz).")
    return found


def read_ts(path, class_names, num_features):
    """The series of a file: a line each, features with `:` between, the values of a feature with `,` between, a class.

    Args:
        path: a `.ts` file, plain or compressed.
        class_names: as the file writes them.
        num_features: of a frame.

    Returns:
        `Examples` of `<float32>[frames, num_features]` and indices into class_names.

    Raises:
        ValueError: for anything else; the message names the line.
    """
    lines = decode_text(read_bytes(Path(path)), path).splitlines()
    start = next((number for number, line in enumerate(lines) if line.strip().lower() == "@data"), None)
    if start is None:
        raise ValueError(f"{path} must be a .ts file, with a line '@data'. Received: {lines[0]!r:.60} at its beginning")
    examples = Examples([], [])
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        *columns, label = line.strip().split(":")
        if label not in class_names:
            raise ValueError(f"{place}: the class must be one of {list(class_names)}. Received: {label!r:.60}")
        examples.raw.append(_frames(columns, num_features, place))
        examples.labels.append(class_names.index(label))
    if not examples.raw:
        raise ValueError(f"{path} must hold a series. Received: nothing after '@data'")
    return examples


def _frames(columns, num_features, place):
    try:
        values = [[float(value) for value in column.split(",")] for column in columns]
    except ValueError as error:
        raise ValueError(f"{place}: features must be numbers with commas between: {error}") from None
    lengths = [len(column) for column in values]
    if len(values) != num_features or len(set(lengths)) > 1:
        raise ValueError(f"{place}: there must be {num_features} features of one length. Received: lengths {lengths}")
    frames = np.array(values, "float32").T
    if not np.isfinite(frames).all():
        raise ValueError(f"{place}: features must be finite numbers. Received: {frames[~np.isfinite(frames)][0]}")
    return frames
