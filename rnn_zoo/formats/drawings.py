"""Drawings as points of a pen: checking, strokes, SVG files, and the files of Quick, Draw!

A drawing is `[points, 3]`: the step to the right from the point before, the step down, and 1 where the pen is lifted
after the point. It begins where the pen is first put down, so the first step says nothing, and is 0.
"""

import json
from pathlib import Path

import numpy as np

from rnn_zoo.files import read_lines, replacing


def checked_drawing(points, place="drawing"):
    """A drawing as `<float32>[points, 3]` with a first step of 0, after making sure that it is one."""
    try:
        checked = np.array(points, "float32")
    except (TypeError, ValueError):
        checked = np.zeros(0)
    if checked.ndim != 2 or checked.shape[1] != 3 or len(checked) < 2 or not np.isfinite(checked).all():
        raise ValueError(
            f"a drawing must be finite numbers of shape [points, 3], two points or more: steps to the right and down, "
            f"and 1 where the pen is lifted. Received: {place}={points!r:.60}"
        )
    wrong = np.flatnonzero(~np.isin(checked[:, 2], (0, 1)))
    if len(wrong) or checked[0, 2]:
        row = wrong[0] if len(wrong) else 0
        raise ValueError(
            f"a pen must be 0 or 1, and down after the first point. Received: {place}[{row}]={checked[row].tolist()}"
        )
    checked[0] = 0
    return checked


def strokes_of(points):
    """The strokes of a drawing: a list of `<float64>[points, 2]`, places from the left and from the top."""
    points = np.asarray(points, "float64")
    places = np.cumsum(points[:, :2], axis=0)
    return [stroke for stroke in np.split(places, np.flatnonzero(points[:, 2]) + 1) if len(stroke)]


def write_svg(points, path):
    """Write a drawing as an SVG file, a path a stroke; returns the path of the file.

    Args:
        points: a drawing, see the top of this module.
        path: ends in `.svg`.

    Example:
        >>> path = write_svg([[0, 0, 0], [30, 0, 1], [-15, -20, 0], [0, 40, 1]], "cross.svg")
        >>> Path(path).read_text(encoding="utf-8").count("<path")
        2
    """
    strokes = strokes_of(points)
    places = np.concatenate(strokes)
    width, height = np.ptp(places, axis=0)
    pen = max(width, height, 1.0) / 40
    left, top = places.min(axis=0) - 2 * pen
    box = " ".join(f"{value:.2f}" for value in (left, top, width + 4 * pen, height + 4 * pen))
    paths = [f'<path d="M{" L".join(f"{x:.2f},{y:.2f}" for x, y in stroke)}"/>' for stroke in strokes]
    with replacing(path) as temporary:
        temporary.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n<g fill="none" stroke="black" stroke-width='
            f'"{pen:.2f}" stroke-linecap="round" stroke-linejoin="round">\n' + "\n".join(paths) + "\n</g>\n</svg>\n",
            encoding="utf-8",
        )
    return Path(path)


def read_quick_draw(path):
    """The drawings of a file of Quick, Draw!, packed or not, as `(word, <float32>[points, 3])`.

    A line is JSON: `{"word": "cat", "drawing": [[[x, ...], [y, ...]], ...]}`, a pair of lists a stroke; other keys, and
    the times of raw files, are left alone.
    """
    found = []
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            strokes = [np.array(stroke[:2], "float32").T for stroke in row["drawing"]]
            strokes = [np.repeat(one, 2, axis=0) if len(one) == 1 else one for one in strokes]  # a dot
            pen = np.concatenate([np.arange(len(one)) == len(one) - 1 for one in strokes])
            steps = np.diff(np.concatenate(strokes), axis=0, prepend=strokes[0][:1])
            found.append((str(row["word"]), checked_drawing(np.column_stack([steps, pen]))))
        except (KeyError, TypeError, ValueError, IndexError):
            raise ValueError(
                f'{path}, line {number}: a drawing must be {{"word": ..., "drawing": [[[x, ...], [y, ...]], ...]}}. '
                f"Received: {line.strip()!r:.60}"
            ) from None
    return found
