"""Files of rows with named columns, in and out: CSV, TSV and JSON Lines."""

import csv
import json
import re
from typing import NamedTuple

from rnn_zoo.formats.rows import each_row

_KIND = re.compile(r"\.(csv|tsv|jsonl)(\.gz|\.xz)?$", re.IGNORECASE)


class Rows(NamedTuple):
    """Rows: the names of the columns, the number of each row's first line, and a dictionary for each row."""

    names: list
    lines: list
    values: list


def kind_of(path, flag):
    """What a file of rows is by its name: "csv", "tsv" or "jsonl"."""
    if (found := _KIND.search(str(path))) is None:
        raise ValueError(f"{flag} must end in .csv, .tsv or .jsonl. Received: {path}")
    return found[1].lower()


def read_rows(path, flag="--data"):
    """The rows of a file.

    Args:
        path: of a file in UTF-8, decompressed if its name ends in `.gz` or `.xz`. CSV and TSV have a header.
        flag: that named it.

    Returns:
        `Rows`.

    Raises:
        ValueError: for a damaged file, or a row without all columns; the message names the line.
    """
    kind_of(path, flag)
    rows = Rows([], [], [])
    for line, row in each_row(path):
        rows.names.extend(name for name in row if name not in rows.names)
        rows.lines.append(line)
        rows.values.append(row)
    if not rows.values:
        raise ValueError(f"{path} must hold rows. Received: none")
    return rows


def column_of(rows, wanted, usual, path, flag):
    """The name of the column that is meant.

    Args:
        rows: `Rows`.
        wanted: its name, or None to guess it: a usual name that one column alone has, or the only column.
        usual: usual names, in lower case.
        path: of the file.
        flag: that gives the name.

    Raises:
        ValueError: if there is no such column, or doubt.
    """
    found = [name for name in rows.names if name.lower() in usual] or rows.names
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted not in rows.names:
        raise ValueError(f"{path}: {flag} must be one of the columns {rows.names}. Received: {wanted}")
    return wanted


def cell_text(rows, place, column, path):
    """The text in a column of a row.

    Raises:
        ValueError: where a row of JSON holds no text there; the message names the line.
    """
    value = rows.values[place].get(column)
    if not isinstance(value, str):
        raise ValueError(f"{path}, line {rows.lines[place]}, {column!r} must be a text. Received: {value!r:.60}")
    return value


def write_rows(path, kind, names, rows):
    """Write rows as CSV, TSV or JSON Lines; in tables, what is no text and no number is JSON.

    Args:
        path: of the file.
        kind: "csv", "tsv" or "jsonl".
        names: of the columns.
        rows: dictionaries.
    """
    with open(path, "w", encoding="utf-8", newline="") as file:
        if kind == "jsonl":
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            return
        writer = csv.DictWriter(file, names, delimiter="\t" if kind == "tsv" else ",", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value):
    return value if value is None or isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False)
