"""Arrays of whatever there is, and files of them: LeCun's idx, the UEA archive's `.ts`, and skeletons of cameras."""

import math

import numpy as np

from rnn_zoo.files import read_bytes, read_lines

HIGHEST_COORDINATE = 10_000
"""Larger numbers are no coordinates: files hold the largest 32-bit integer where a joint was lost."""


def array_of(values):
    """Values as an array; one of objects where they make none, such as rows of different lengths."""
    try:
        return np.asarray(values)
    except ValueError:
        return np.array(None)


def read_idx(path, num_axes):
    """A tensor of bytes in LeCun's idx format, packed or not: a magic number, the sizes, then bytes."""
    data = read_bytes(path)
    start = 4 * (1 + num_axes)
    if len(data) < start or data[:4] != bytes([0, 0, 8, num_axes]):
        raise ValueError(
            f"{path} must be an idx file of bytes with {num_axes} axes. Received: one that begins with {data[:4]}"
        )
    shape = np.frombuffer(data[4:start], ">u4").tolist()
    if len(data) != start + math.prod(shape):
        raise ValueError(
            f"{path} is damaged or cut short: {shape} need {start + math.prod(shape):,} bytes. "
            f"Received: {len(data):,} bytes"
        )
    return np.frombuffer(data, "uint8", offset=start).reshape(shape)


def read_ts(path, class_names, num_features):
    """The series of a `.ts` file, `<float32>[frames, features]` each, and indices into class_names.

    A line is a series: features with `:` between, their values with `,` between, then the class. aeon reads such files
    too, but importing it brings Numba and its compiler along.
    """
    lines = read_lines(path)
    start = next((number for number, line in enumerate(lines) if line.strip().lower() == "@data"), None)
    if start is None:
        raise ValueError(f"{path} must be a .ts file, with a line '@data'. Received: {lines[0]!r:.60} at its beginning")
    series, labels = [], []
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        *columns, label = line.strip().split(":")
        if label not in class_names:
            raise ValueError(f"{place}: the class must be one of {list(class_names)}. Received: {label!r:.60}")
        series.append(_frames(columns, num_features, place))
        labels.append(class_names.index(label))
    if not series:
        raise ValueError(f"{path} must hold a series. Received: nothing after '@data'")
    return series, labels


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


def read_skeleton(data, place, num_joints):
    """The frames `<float32>[frames, joints, 3]` of a file with a line a joint, `column row depth confidence`.

    A joint that was lost is 0, 0, 0.
    """
    joints = []
    for number, line in enumerate(read_lines(place, data), start=1):
        try:
            values = [float(column) for column in line.split()]
        except ValueError:
            values = []
        if len(values) != 4 or not np.isfinite(values).all():
            raise ValueError(f"{place}, line {number}: a joint must be 4 numbers. Received: {line.strip()!r:.60}")
        joints.append([0.0, 0.0, 0.0] if max(map(abs, values)) > HIGHEST_COORDINATE else values[:3])
    if len(joints) % num_joints:
        raise ValueError(f"{place}: a frame must have {num_joints} joints. Received: {len(joints)} lines in all")
    return np.array(joints, "float32").reshape(-1, num_joints, 3)
