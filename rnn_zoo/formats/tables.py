"""Tables in text: rows of cells, and series of numbers over time with or without a column of time stamps."""

import contextlib
import csv
import io
import itertools
import re
from typing import NamedTuple

import numpy as np

from rnn_zoo.files import decode_text, read_bytes, read_lines
from rnn_zoo.formats.times import find_times, is_number, is_time, order_of

csv.field_size_limit(2**31 - 1)  # cells may be long texts
ROWS_TO_JUDGE_BY = 100_000
"""Of a table, which tell how its quotes are meant."""


class Table(NamedTuple):
    """A series: the names of its variables, their values `<float32>[timesteps, variables]`, and time stamps."""

    names: tuple
    values: np.ndarray
    stamps: list


def read_cells(path, *, header=None, tabs=False):
    """Yield what to call each row of a table, and its cells, as many as there are names in the header, if there is one.

    With `tabs` these stand between cells and nothing is quoted; else commas do, and quoted cells may go over lines.
    """
    if tabs:
        rows = ((line, text.split("\t")) for line, text in enumerate(read_lines(path), start=1))
    else:
        rows = parse_cells(decode_text(read_bytes(path), path), path, ",")
    for line, cells in rows:
        place = f"{path}, line {line}"
        if header and line == 1 and cells != list(header):
            raise ValueError(f"{place}: columns must be {list(header)}. Received: {cells}"[:500])
        if header and len(cells) != len(header):
            raise ValueError(f"{place}: a row must have {len(header)} columns. Received: {len(cells)}")
        if not (header and line == 1):
            yield place, cells


def read_label(text, num_classes, place, name="label", first=0):
    """The label that a file spells in decimal digits, counted from 0; the file calls it `first`."""
    if text not in map(str, range(first, first + num_classes)):
        last = first + num_classes - 1
        raise ValueError(f"{place}: {name} must be an integer from {first} to {last}. Received: {name}={text!r}")
    return int(text) - first


def parse_cells(text, place, delimiter=None):
    r"""The rows of a table in text as `(line, cells)`; cells with delimiters or line ends stand in double quotes.

    A first line `sep=;`, as some spreadsheets write it, names the delimiter; else tabs, semicolons or commas are,
    whatever the first line has. Rows of blank cells are left out.

    Example:
        >>> parse_cells('text;label\n"Good; really.";yes\n', "my.csv")
        [(1, ['text', 'label']), (2, ['Good; really.', 'yes'])]
    """
    return list(stream_cells(lambda: io.StringIO(text, newline=""), place, delimiter))


def stream_cells(start, place, delimiter=None):
    """Yield `(line, cells)` of a table, one row after another, as `parse_cells` gives them.

    `start()` gives the lines of the table anew, with their ends.
    """
    lines = (line for line in start() if line.strip())
    first, skipped = next(lines, ""), 0
    if delimiter is None and (named := re.fullmatch(r"sep=(.)\s*", first)):
        delimiter, skipped = named[1], 1
    dialect = {"delimiter": delimiter or delimiter_of(first)}
    for quoting in _quotings(dialect["delimiter"], start):
        with contextlib.suppress(csv.Error, ValueError):  # said once what comes before it was read
            for _ in itertools.islice(_parsed(start(), skipped, **dialect, **quoting), ROWS_TO_JUDGE_BY):
                pass
            dialect |= quoting
            break
    try:
        yield from _parsed(start(), skipped, **dialect)
    except csv.Error as error:
        raise ValueError(f"{place}, {error}") from None


def is_table(path):
    """Whether the name of a file, packed or not, says that it holds a table."""
    return re.search(r"\.(csv|tsv)(\.gz|\.xz)?$", str(path), re.IGNORECASE) is not None


def delimiter_of(text):
    """What stands between the cells of a table, by its first line."""
    first = re.match(r"[\r\n]*([^\r\n]*)", text)[1]
    return next((one for one in "\t;" if one in first), ",")


def _quotings(delimiter, start):
    """How quotes may be meant: doubled within cells, escaped there, or as they stand."""
    yield {}
    with contextlib.suppress(ValueError):
        if any('\\"' in line for line in itertools.islice(start(), ROWS_TO_JUDGE_BY)):
            yield {"doublequote": False, "escapechar": "\\"}
    if delimiter == "\t":
        yield {"quoting": csv.QUOTE_NONE}


def _parsed(lines, skipped, **dialect):
    reader = csv.reader(itertools.islice(lines, skipped, None), strict=True, **dialect)
    line = skipped + 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + skipped + 1
    except csv.Error as error:
        raise csv.Error(f"line {line}: {error}") from None


def parse_table(text, place, *, has_header=None, columns=None, time_format=None, gaps=False):
    r"""The series that a text in CSV holds, in the order of time.

    The first line names the columns, unless all its cells are numbers; `has_header` says so beforehand. Kept are the
    named ones, or all but time stamps, which are found among the others, see `rnn_zoo.formats.times.find_times`.
    Numbers may have decimal commas where semicolons or tabs divide them; with `gaps` cells may be empty, or "NA": they
    become NaN. Errors name the line.

    Example:
        >>> parse_table("date,a,b\n2016-07-02,3,4.5\n2016-07-01,1,2\n", "my.csv").values.tolist()
        [[1.0, 2.0], [3.0, 4.5]]
    """
    rows = parse_cells(text, place)
    if not rows:
        raise ValueError(f"{place} must hold a table. Received: rows of blank cells")
    first, header = rows[0]
    commas = delimiter_of(text) != ","
    if has_header is None:
        has_header = not all(is_number(cell.replace(",", ".") if commas else cell) for cell in header)
    header = [name.strip() for name in header] if has_header else list(map(str, range(len(header))))
    rows = rows[1:] if has_header else rows
    for number, row in rows:
        if len(row) != len(header):
            raise ValueError(f"{place}, line {number}: a line must have {len(header)} columns. Received: {len(row)}")
    cells = dict(zip(header, zip(*(row for _, row in rows), strict=True), strict=False)) if rows else {}
    if columns is None:
        names = [name for name in header if not (has_header and rows and is_time(name, cells[name]))]
    else:
        names = list(columns)
    if missing := [name for name in names if name not in header]:
        raise ValueError(
            f"{place}, line {first}: there must be columns {names}. Received: {header}, without {missing[0]!r}"
        )
    if twice := [name for name in names if header.count(name) > 1]:
        raise ValueError(f"{place}, line {first}: columns must have different names. Received twice: {twice[0]!r}")
    kept = [header.index(name) for name in names]
    values = np.empty((len(rows), len(kept)), "float32")
    for index, (number, row) in enumerate(rows):
        values[index] = [
            _number(row[column], header[column], f"{place}, line {number}", commas, gaps) for column in kept
        ]

    def name_place(row):
        return f"{place}, line {rows[row][0]}"

    others = {name: list(column) for name, column in cells.items() if name not in names}
    stamps = find_times(others, name_place, time_format) if has_header else None
    if stamps is None:
        return Table(tuple(names), values, [])
    order = order_of(stamps, name_place)
    return Table(tuple(names), values[order], stamps[order].tolist())


def _number(cell, name, where, commas, gaps):
    if gaps and cell.strip().lower() in ("", "na", "nan", "null"):
        return np.nan
    try:
        value = float(cell.replace(",", ".") if commas else cell)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"{where}: a value must be a finite number. Received: {name}={cell!r}")
    return value
