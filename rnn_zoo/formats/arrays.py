"""Files of arrays: LeCun's idx, the UEA archive's `.ts`, and skeletons of depth cameras."""

import math

import numpy as np

from rnn_zoo.files import read_bytes, read_lines

HIGHEST_COORDINATE = 10_000
"""Larger numbers are no coordinates: files hold the largest 32-bit integer where a joint was lost."""


def read_idx(path, num_axes):
    """A tensor of bytes in LeCun's idx format: a magic number, the sizes, then bytes.

    Args:
        path: the file, plain or compressed (`.gz`, `.xz`).
        num_axes: axes that it must have.

    Returns:
        `<uint8>` of the shape that the file gives.

    Raises:
        ValueError: for another kind of file, or one that is cut short.
    """
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
    """The series of a `.ts` file: a line each, features with `:` between, their values with `,` between, then a class.

    aeon reads such files too, but importing it brings Numba and its compiler along.

    Args:
        path: of the file, plain or compressed.
        class_names: as the file writes them.
        num_features: of a frame.

    Returns:
        A list of `<float32>[frames, num_features]`, and one of indices into class_names.

    Raises:
        ValueError: for anything else; the message names the line.
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
    """The frames of a file of skeletons: a line a joint, `column row depth confidence`.

    Args:
        data: the bytes of the file.
        place: what to call it in an error.
        num_joints: lines of a frame.

    Returns:
        `<float32>[frames, num_joints, 3]`; the confidence is left out, and a joint that was lost is 0, 0, 0.

    Raises:
        ValueError: for a line without four finite numbers, or a part of a frame; the message names the line.
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
