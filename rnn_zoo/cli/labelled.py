"""CSV files of texts and their labels."""

import csv
import io
from typing import NamedTuple

from rnn_zoo.files import decode_text, read_bytes


class LabelledRow(NamedTuple):
    """A row of a CSV file: the number of its first line, its text and its label."""

    line: int
    text: str
    label: str


def read_labelled(path, text_column="text", label_column="label"):
    """The rows of a CSV file with a header.

    Args:
        path: of a UTF-8 file, decompressed if its name ends in `.gz` or `.xz`; columns are divided by tabs if it then
            ends in `.tsv`, else by commas, and cells with commas or line ends stand in double quotes.
        text_column: name of the column with the texts.
        label_column: name of the column with the labels.

    Returns:
        A list of `LabelledRow`.

    Raises:
        ValueError: for a damaged file, a missing column, a row of another width, or an empty cell; the message names
            line and column.
    """
    text = decode_text(read_bytes(path), path).removeprefix("\ufeff")
    is_tabbed = str(path).removesuffix(".gz").removesuffix(".xz").endswith(".tsv")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if is_tabbed else ",", strict=True)
    rows, header, line = [], None, 1
    try:
        for row in reader:
            if header is None:
                header = [name.strip() for name in row]
                positions = [_place(header, name, path) for name in (text_column, label_column)]
            elif row:
                if len(row) != len(header):
                    raise ValueError(
                        f"{path}, line {line}: a row must have {len(header)} columns. Received: {len(row)}"
                    )
                for name, place in zip((text_column, label_column), positions, strict=True):
                    if not row[place].strip():
                        raise ValueError(f"{path}, line {line}, column {name!r}: a cell must not be empty.")
                rows.append(LabelledRow(line, row[positions[0]], row[positions[1]].strip()))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {line}: {error}") from error
    return rows


def _place(header, name, path):
    if header.count(name) != 1:
        found = "twice" if name in header else f"columns {header}"
        raise ValueError(f"{path}, line 1: there must be one column {name!r}. Received: {found}")
    return header.index(name)


def check_labels(rows, path, column):
    """Make sure that the labels are classes.

    Returns:
        The classes, in the order of the alphabet.

    Raises:
        ValueError: for a single class, or so many that nearly every row has one of its own.
    """
    classes = sorted({row.label for row in rows})
    if len(classes) < 2 or len(classes) > max(2, len(rows) // 3):
        raise ValueError(
            f"{path}, column {column!r}: there must be two classes or more, with three rows each or more in the mean. "
            f"Received: {len(classes)} in {len(rows)} rows, {', '.join(map(repr, classes[:3]))}"
        )
    return classes


def check_readable(rows, encode, path, column):
    """Make sure that a model can read all texts.

    Args:
        rows: from `read_labelled`.
        encode: of the model's preprocessor.
        path: of the file.
        column: with the texts.

    Raises:
        ValueError: for a text that it cannot read; the message names the line.
    """
    try:
        encode([row.text for row in rows])
    except (ValueError, OSError):
        for row in rows:
            try:
                encode([row.text])
            except (ValueError, OSError) as error:
                raise ValueError(f"{path}, line {row.line}, column {column!r}: {error}") from error
        raise
