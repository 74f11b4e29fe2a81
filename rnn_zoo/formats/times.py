"""Time stamps: which column of a table holds them, however they are written, and the order of its rows by them."""

import contextlib
import itertools
import re
from datetime import UTC, datetime

import numpy as np

TIME_COLUMNS = ("date", "time", "datetime", "timestamp")
DAY_SECONDS = 86_400
FIRST_UNIX_SECONDS = 1e8
"""Smaller numbers count rows."""
LONGEST_BREAK_DAYS = 5
"""Between the days of trading, where holidays meet a weekend."""

_NAME = re.compile(r"date|time|stamp|epoch|unix|^(ds|ts|index)$", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?")
_DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y-%m", "%Y%m%d")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_FORMATS = ("%Y-%m-%d %I:%M %p", *("".join(pair) for pair in itertools.product(_DATES, _CLOCKS)))
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From which number on Unix time is counted in nanoseconds, microseconds, milliseconds, and how many make a second."""


def find_times(columns, name_place, time_format=None):
    """The time stamps of a table, found by what they are, `<float64>[rows]` in seconds; None if no column holds some.

    Columns are lists of strings, numbers or times by name; a date and a time of day may stand in two. Dates that may be
    read in two ways are refused, and what is unreadable in a column whose name is among `TIME_COLUMNS`; `name_place`
    says what to call a row in an error.

    Example:
        >>> find_times({"place": ["a", "b"], "ds": ["2016-07-01 00:00", "2016-07-01 01:00"]}, str).tolist()
        [1467331200.0, 1467334800.0]
    """
    clocks = [cells for cells in columns.values() if all(map(_is_clock, cells))]
    for name, cells in columns.items():
        found = _seconds(name, list(cells), name_place, time_format)
        if found is not None and clocks and not (found % DAY_SECONDS).any():
            joined = [f"{day} {clock}" for day, clock in zip(cells, clocks[0], strict=True)]
            found = _seconds(name, joined, name_place, None)
        if found is not None:
            return found
        if name.lower() in TIME_COLUMNS and all(isinstance(cell, str) for cell in cells):
            for row, cell in enumerate(cells):
                if _of_texts([cell.strip()], name_place) is None and not is_number(cell):
                    raise ValueError(f"{name_place(row)}: a time stamp must be a date. Received: {cell!r}")
    return None


def is_time(name, cells):
    """Whether a column of texts holds times, or is named so."""
    if name.lower() in TIME_COLUMNS or all(map(_is_clock, cells)):
        return True
    return not is_number(cells[0]) and find_times({name: cells}, str) is not None


def is_number(cell):
    """Whether a cell is a number, or a text that spells one."""
    try:
        return bool(float(cell)) or True
    except (TypeError, ValueError):
        return False


def order_of(seconds, name_place):
    """The order of rows by their time stamps, `<int64>[rows]`; none may be there twice."""
    order = np.argsort(seconds, kind="stable")
    twice = np.flatnonzero(np.diff(seconds[order]) == 0)
    if len(twice):
        row = order[twice[0] + 1]
        raise ValueError(f"{name_place(row)}: time stamps must be there once. Received twice: {_said(seconds[row])}")
    return order


def step_of(seconds, place, step_seconds=None):
    """The seconds from row to row, after making sure that they are the same everywhere; None of a single row.

    Steps of a day may leave out weekends and holidays, and months may be of their own lengths.
    """
    steps = np.diff(seconds)
    if not len(steps):
        return step_seconds
    values, counts = np.unique(steps, return_counts=True)
    common = float(values[counts.argmax()])
    wanted = common if step_seconds is None else step_seconds
    if not _is_step(common, wanted):
        raise ValueError(
            f"a history must go on in steps of {wanted:g} seconds, as those that the model learned from. "
            f"Received: {place} with steps of {common:g} seconds"
        )
    for row, step in enumerate(steps):
        if not _is_step(step, wanted):
            raise ValueError(
                f"a history must go on in steps of {wanted:g} seconds, without holes. "
                f"Received: {place} with {_said(seconds[row + 1])} after {_said(seconds[row])}"
            )
    return common


def _is_step(step, wanted):
    if wanted >= 28 * DAY_SECONDS:  # months, quarters and years
        return abs(step / wanted - 1) < 0.12
    if wanted == DAY_SECONDS:
        return step % DAY_SECONDS == 0 and step <= LONGEST_BREAK_DAYS * DAY_SECONDS
    return abs(step - wanted) <= 1e-3 * wanted


def _said(seconds):
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(" ")


def _is_clock(cell):
    return _TIME_OF_DAY.fullmatch(str(cell).strip()) is not None


def _seconds(name, cells, name_place, time_format):
    """Cells as seconds; None if they are no times."""
    if not cells:
        return None
    if all(isinstance(cell, str) for cell in cells):
        with contextlib.suppress(ValueError):
            return _of_numbers(name, np.array(cells, "float64"))
        return _of_texts([cell.strip() for cell in cells], name_place, time_format)
    if all(hasattr(cell, "isoformat") for cell in cells):
        return _of_texts([cell.isoformat() for cell in cells], name_place)
    values = np.asarray(cells)
    if values.dtype.kind == "M":
        return values.astype("datetime64[ns]").astype("int64") / 1e9
    return _of_numbers(name, values.astype("float64")) if values.dtype.kind in "iuf" else None


def _of_numbers(name, values):
    """Unix time, days as 20160928, or steps that are counted; other numbers are no times."""
    if not _NAME.search(name) or not np.isfinite(values).all():
        return None
    if values.min() >= FIRST_UNIX_SECONDS:
        return values / next((per_second for start, per_second in _UNITS if values.min() >= start), 1)
    if values.min() >= 19_000_101 and (found := _parsed([f"{int(value)}" for value in values], "%Y%m%d")):
        return _of_times(found, str)
    steps = np.diff(np.sort(values))
    return values if len(steps) and np.allclose(steps, steps[0], rtol=1e-3) and steps[0] > 0 else None


def _of_texts(cells, name_place, time_format=None):
    if found := _parsed(cells, time_format):
        return _of_times(found, name_place)
    readings = [_of_times(found, name_place) for form in _FORMATS if (found := _parsed(cells, form))]
    if len(readings) > 1:  # day or month first: time goes on evenly in the right one
        even = [found for found in readings if _is_even(found)]
        if len(even) != 1:
            raise ValueError(
                f"{name_place(0)}: dates must say which is the day: write 2016-09-28. Received: {cells[0]!r}"
            )
        readings = even
    return readings[0] if readings else None


def _is_even(seconds):
    try:
        step_of(seconds[order_of(seconds, str)], "")
    except ValueError:
        return False
    return True


def _parsed(cells, form):
    """Cells as `datetime`, of a format or of ISO 8601; None if one is none."""
    try:
        return [datetime.fromisoformat(cell) if form is None else datetime.strptime(cell, form) for cell in cells]
    except ValueError:
        return None


def _of_times(times, name_place):
    has_offset = [one.tzinfo is not None for one in times]
    if len(set(has_offset)) > 1:
        row = has_offset.index(not has_offset[0])
        raise ValueError(
            f"{name_place(row)}: all time stamps must have an offset to UTC, or none. Received: {times[row]}"
        )
    return np.array([(one if one.tzinfo else one.replace(tzinfo=UTC)).timestamp() for one in times])
