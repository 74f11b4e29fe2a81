"""Tables in text: rows of cells, and series of numbers over time with or without a column of time stamps."""

import csv
import io
from datetime import datetime
from typing import NamedTuple

import numpy as np

from rnn_zoo.files import decode_text, read_bytes, read_lines

TIME_COLUMNS = ("date", "time", "datetime", "timestamp")


class Table(NamedTuple):
    """A series: the names of its variables, their values `<float32>[timesteps, variables]`, and its time stamps."""

    names: tuple
    values: np.ndarray
    stamps: list


def read_cells(path, *, header=None, tabs=False):
    """The rows of a table.

    Args:
        path: of the file; decompressed if its name ends in `.gz` or `.xz`.
        header: the columns that its first line must name; None for a file without such a line.
        tabs: tabs between cells and no quoting; False for commas between, and cells in double quotes, which may go over
            lines.

    Yields:
        `(place, cells)`: what to call the row in an error, and its cells; as many as there are names in the header.

    Raises:
        ValueError: for a damaged file, another header, or a row of another width; the message names the line.
    """
    for line, cells in _tabbed(path) if tabs else _quoted(path):
        place = f"{path}, line {line}"
        if header and line == 1 and cells != list(header):
            raise ValueError(f"{place}: columns must be {list(header)}. Received: {cells}"[:500])
        if header and len(cells) != len(header):
            raise ValueError(f"{place}: a row must have {len(header)} columns. Received: {len(cells)}")
        if not (header and line == 1):
            yield place, cells


def read_label(text, num_classes, place, name="label", first=0):
    """The label that a file spells in decimal digits, counted from 0.

    Args:
        text: the digits.
        num_classes: how many labels there are.
        place: what to call it in an error, for example its file and line.
        name: as what to name it there.
        first: what the file calls label 0.

    Raises:
        ValueError: for anything but first ... first + num_classes - 1.
    """
    if text not in map(str, range(first, first + num_classes)):
        last = first + num_classes - 1
        raise ValueError(f"{place}: {name} must be an integer from {first} to {last}. Received: {name}={text!r}")
    return int(text) - first


def _tabbed(path):
    return ((line, text.split("\t")) for line, text in enumerate(read_lines(path), start=1))


def _quoted(path):
    rows, line = csv.reader(io.StringIO(decode_text(read_bytes(path), path), newline=""), strict=True), 1
    try:
        for cells in rows:
            yield line, cells
            line = rows.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {line}: {error}") from error


def parse_table(text, place, *, has_header=True, columns=None, parse_stamp=datetime.fromisoformat):
    r"""The series that a text in CSV holds.

    Args:
        text: lines of cells with commas between. A column whose name is among `TIME_COLUMNS`, in upper or lower case,
            holds time stamps; all others hold numbers.
        place: what to call the text in an error, for example its path.
        has_header: whether the first line names the columns; without it all are numbers, named "0", "1" and so on.
        columns: names of the columns to keep, in this order; None for all numbers.
        parse_stamp: a function from a time stamp's text to what can be compared.

    Returns:
        A `Table`; its stamps are empty if there is no such column.

    Raises:
        ValueError: for a missing column, a line of another width, a cell that is no finite number, or time stamps that
            are unreadable, out of order or there twice; the message names the line.

    Example:
        >>> parse_table("date,a,b\n2016-07-01,1,2\n2016-07-02,3,4.5\n", "my.csv").values.tolist()
        [[1.0, 2.0], [3.0, 4.5]]
    """
    reader = csv.reader(io.StringIO(text))
    rows = [(reader.line_num, row) for row in reader if row]
    header = [name.strip() for name in rows[0][1]] if has_header else list(map(str, range(len(rows[0][1]))))
    rows = rows[1:] if has_header else rows
    times = [index for index, name in enumerate(header) if name.lower() in TIME_COLUMNS][:1]
    names = [name for index, name in enumerate(header) if index not in times] if columns is None else list(columns)
    if missing := [name for name in names if name not in header]:
        raise ValueError(f"{place}, line 1: there must be columns {names}. Received: {header}, without {missing[0]!r}")
    kept = [header.index(name) for name in names]
    values = np.empty((len(rows), len(kept)), "float32")
    stamps = []
    for place_of_row, (number, row) in enumerate(rows):
        where = f"{place}, line {number}"
        if len(row) != len(header):
            raise ValueError(f"{where}: a line must have {len(header)} columns. Received: {len(row)}")
        values[place_of_row] = [_number(row[index], header[index], where) for index in kept]
        stamps.extend(_stamp(row[index], where, parse_stamp) for index in times)
    check_stamps(stamps, lambda index: f"{place}, line {rows[index][0]}")
    return Table(tuple(names), values, stamps)


def check_stamps(stamps, name_place):
    """Make sure that time goes on from step to step.

    Args:
        stamps: a list of what can be compared.
        name_place: from an index to what to call it in an error.

    Raises:
        ValueError: for a time stamp that is not later than the one before.
    """
    for index in range(1, len(stamps)):
        if not stamps[index] > stamps[index - 1]:
            kind = "there once" if stamps[index] == stamps[index - 1] else "in order"
            raise ValueError(
                f"{name_place(index)}: time stamps must be {kind}. Received: {stamps[index]} after {stamps[index - 1]}"
            )


def _number(cell, name, where):
    try:
        value = float(cell)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"{where}: a value must be a finite number. Received: {name}={cell!r}")
    return value


def _stamp(cell, where, parse_stamp):
    try:
        return parse_stamp(cell.strip())
    except ValueError:
        raise ValueError(f"{where}: a time stamp must be a date. Received: {cell!r}") from None
