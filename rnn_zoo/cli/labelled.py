"""CSV files of texts and their labels."""

from typing import NamedTuple

from rnn_zoo.codecs.codec import in_order
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_cells, place_of_column


class LabelledRow(NamedTuple):
    """A row of a CSV file: the number of its first line, its text and its label."""

    line: int
    text: str
    label: str


def read_labelled(path, text_column="text", label_column="label"):
    """The rows of a CSV file with a header.

    Args:
        path: of a file that `rnn_zoo.formats.tables.parse_cells` can read, in UTF-8 or UTF-16, packed or not.
        text_column: name of the column with the texts.
        label_column: name of the column with the labels.

    Returns:
        A list of `LabelledRow`.

    Raises:
        ValueError: for a damaged file, a missing column, a row of another width, or an empty cell; the message names
            line and column.
    """
    (_, header), *found = parse_cells(decode_text(read_bytes(path), path), path)
    columns = {name: place_of_column(header, name, path) for name in (text_column, label_column)}
    rows = []
    for line, cells in found:
        if len(cells) != len(header):
            raise ValueError(f"{path}, line {line}: a row must have {len(header)} columns. Received: {len(cells)}")
        for name, place in columns.items():
            if not cells[place].strip():
                raise ValueError(f"{path}, line {line}, column {name!r}: a cell must not be empty.")
        rows.append(LabelledRow(line, cells[columns[text_column]], cells[columns[label_column]].strip()))
    return rows


def check_labels(rows, path, column):
    """Make sure that the labels are classes.

    Returns:
        The classes: by value if all are numbers, else in the order of the alphabet.

    Raises:
        ValueError: for a single class, or so many that nearly every row has one of its own.
    """
    classes = in_order(row.label for row in rows)
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
