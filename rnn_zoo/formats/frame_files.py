"""Sequences of frames from files, and whether they are whole."""

from pathlib import Path

import numpy as np

from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.arrays import array_of
from rnn_zoo.formats.tables import parse_table


def read_frames(path, frame_shape, place="sequence"):
    """A sequence `<float>[frames, *frame_shape]` from a file.

    That is a `.npy` file with an array of the right shape; or a `.csv` file, packed or not, with a frame a line, the
    coordinates of joint after joint, with or without a first line of names, and a column of time stamps if it is named
    so. Without a frame shape it is that of the file, `[columns]` of CSV.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"a sequence must be an array or a file. Received: {place}={str(path)!r:.200}")
    if path.suffix == ".npy":
        try:
            frames = np.load(path, allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise ValueError(f"{path} must be a .npy file of numbers: {error}") from error
        return checked_frames(frames, frames.shape[1:] if frame_shape is None else frame_shape, path)
    if ".csv" not in path.suffixes:
        raise ValueError(f"frames in a file must be CSV or NumPy's, with a name in .csv or .npy. Received: {path}")
    values = parse_table(decode_text(read_bytes(path), path), path).values
    frame_shape = values.shape[1:] if frame_shape is None else frame_shape
    if values.shape[1] != np.prod(frame_shape):
        raise ValueError(
            f"{path}: a line must have {np.prod(frame_shape)} numbers, those of a frame of shape {list(frame_shape)}. "
            f"Received: {values.shape[1]}"
        )
    return values.reshape(len(values), *frame_shape)


def checked_frames(sequence, frame_shape, place):
    """A sequence as `<float64>[frames, *frame_shape]`, after making sure that it is whole and of finite numbers."""
    expected = f"[frames, {', '.join(map(str, frame_shape))}]"
    frames = array_of(sequence)
    if frames.dtype.kind not in "buif":
        raise ValueError(_why_no_array(sequence, expected, place))
    if frames.ndim == 0 or len(frames) == 0:
        raise ValueError(f"A sequence must have at least one frame. Received: {place}=an array of shape {frames.shape}")
    if list(frames.shape[1:]) != list(frame_shape):
        raise ValueError(f"A sequence must be of shape {expected}. Received: {place}={list(frames.shape)}")
    frames = frames.astype("float64")
    finite = np.isfinite(frames)
    if not finite.all():
        where = tuple(int(index) for index in np.argwhere(~finite)[0])
        raise ValueError(
            f"Values must be finite numbers. Received: {place}={frames[where]} in frame {where[0]}, at {where[1:]}"
        )
    return frames


def _why_no_array(sequence, expected, place):
    """What is wrong with nested lists that make no array of numbers: the first frame unlike the first one."""
    first = None
    for number, frame in enumerate(sequence if isinstance(sequence, (list, tuple)) else []):
        values = array_of(frame)
        if values.dtype.kind not in "buif":
            return (
                f"A frame must hold numbers, of shape {expected[9:]}. Received: {place}={frame!r:.60}, frame {number}"
            )
        first = values.shape if first is None else first
        if values.shape != first:
            return (
                f"Frames of a sequence must be of one shape, {expected}. "
                f"Received: {place}={list(values.shape)} in frame {number}, {list(first)} in frame 0"
            )
    return f"A sequence must be an array of numbers, {expected}. Received: {place}={sequence!r:.60}"
