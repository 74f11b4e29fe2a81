"""Files of rows with named columns, in and out: CSV, TSV, JSON Lines, Parquet, ArrayRecord; and data frames."""

import contextlib
import csv
import json
import re
from pathlib import Path
from typing import NamedTuple

from rnn_zoo.extras import require
from rnn_zoo.files import text_lines

PACKED = (".gz", ".xz")
_SHARD = re.compile(r"-\d+-of-\d+$")
TEXT_COLUMNS = ("text", "sentence", "review", "body", "content", "sequence", "path", "file")
LABEL_COLUMNS = ("label", "class", "category", "stars", "rating", "sentiment", "topic")
"""What columns are called that are read, and those with what is learned, in small letters."""


class Rows(NamedTuple):
    """Rows: names of the columns, what to call each row in an error, and a dictionary for each row.

    Names are cells in the first line of a .csv or .tsv file, which may be a row where a header was forgotten.
    """

    names: list
    places: list
    values: list
    names_are_cells: bool = False


def read_rows(data):
    r"""The `Rows` of a file, or of a data frame: of pandas, polars, pyarrow, or what else narwhals knows.

    Example:
        >>> _ = Path("two.csv").write_text("id,text,label\n1,A gem.,good\n2,Dull.,bad\n")
        >>> rows = read_rows("two.csv")
        >>> rows.names, rows.places[1], rows.values[1]["text"]
        (['id', 'text', 'label'], 'two.csv, line 3', 'Dull.')
    """
    if isinstance(data, (str, Path)):
        found, source = [(f"{data}, line {line}", row) for line, row in each_row(data)], str(data)
    elif (frame := frame_of(data)) is not None:
        found, source = [(f"row {place}", row) for place, row in enumerate(frame.rows(named=True))], "the data frame"
    else:
        raise ValueError(f"data must be the path of a file of rows, or a data frame. Received: {data!r:.100}")
    if not found:
        raise ValueError(f"{source} must hold rows. Received: none")
    names = list(dict.fromkeys(name for _, row in found for name in row))
    return Rows(names, [place for place, _ in found], [row for _, row in found], names_are_cells(source))


def frame_of(data):
    """A data frame, or a series, of any library as a data frame of narwhals; None for what is none."""
    import narwhals

    if isinstance(data, (str, bytes, list, tuple)) or type(data).__module__ == "numpy":
        return None
    data = data.to_pandas() if hasattr(data, "coords") and hasattr(data, "to_pandas") else data  # of xarray
    found = narwhals.from_native(data, pass_through=True, allow_series=True)
    found = found.collect() if isinstance(found, narwhals.LazyFrame) else found
    found = found.to_frame() if isinstance(found, narwhals.Series) else found
    return found if isinstance(found, narwhals.DataFrame) else None


def column_of(rows, wanted, usual, argument):
    """The name of the column that is meant, in upper or lower case.

    Where none is wanted it is guessed if there is no doubt: the first of the usual names, another that one column alone
    has, or the only column.
    """
    names = [str(name).lower() for name in rows.names]
    if wanted is None:
        found = [name for name in names if name in usual] or names
        found = usual[:1] if usual[0] in found else found
        check_header(rows, [] if found[0] in usual else rows.names)
    else:
        found = [wanted] if wanted in rows.names else [wanted.lower()]
    names = rows.names if found[0] in rows.names else names
    if len(found) > 1 or names.count(found[0]) != 1:
        raise ValueError(
            f"{rows.places[0]}: {argument} must be one of the columns {rows.names}. Received: {argument}={wanted!r}"
        )
    return rows.names[names.index(found[0])]


def names_are_cells(path):
    """Whether the first line of a file names its columns."""
    return READERS.get(ending_of(path)) is _cells


def check_header(rows, names):
    """Refuse guessed names of columns that read like texts: a first row, where a header was forgotten."""
    for name in names if rows.names_are_cells else ():
        if len(str(name).split()) > 2 or str(name).rstrip().endswith((".", "!", "?", "。")):
            raise ValueError(
                f"{rows.places[0]}: the names of columns must stand before it. If they do, name the column of texts by "
                "--column, of `predict`, `train` and `fine-tune`, and that of labels by --label-column. "
                f"Received: a column {name!r:.60}"
            )


def raw_of(rows, column, *, blank=False):
    """The raw examples in a column: texts, paths, or what else there is in JSON Lines, Parquet and data frames.

    Numbers, nothing and, unless they are allowed, blank texts are refused with their line.
    """
    raw = [row.get(column) for row in rows.values]
    for place, value in zip(rows.places, raw, strict=True):
        if not isinstance(value, (str, bytes, list, tuple, dict)):
            raise ValueError(f"{place}, column {column!r}: there must be a text. Received: {value!r:.60}")
        if not blank and isinstance(value, str) and not value.strip():
            raise ValueError(f"{place}, column {column!r}: a cell must not be empty.")
    return raw


def classes_of(rows, column):
    """The names of classes in a column; whole numbers and truth values are names too, other numbers are refused."""
    labels = []
    for place, row in zip(rows.places, rows.values, strict=True):
        label = row.get(column)
        label = int(label) if isinstance(label, float) and label.is_integer() else label
        if not isinstance(label, (str, int)) or not str(label).strip():
            raise ValueError(f"{place}, column {column!r}: there must be a class. Received: {label!r:.60}")
        labels.append(str(label).strip())
    return labels


def write_rows(path, names, rows):
    """Write dictionaries as the ending of a name says; in tables of text, what is no text and no number is JSON."""
    kind = ending_of(path)
    if kind == ".parquet":
        import pyarrow.parquet

        table = pyarrow.table({name: [row.get(name) for row in rows] for name in names})
        pyarrow.parquet.write_table(table, path)
        return
    with open(path, "w", encoding="utf-8", newline="") as file:
        if kind == ".jsonl":
            file.writelines(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
            return
        writer = csv.DictWriter(file, names, delimiter="\t" if kind == ".tsv" else ",", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            nested = {name: value for name, value in row.items() if isinstance(value, (list, tuple, dict))}
            writer.writerow(row | {k: json.dumps(v, ensure_ascii=False, default=str) for k, v in nested.items()})


def stream_rows(path, columns):
    r"""Yield what to call each row of a file, and its values in some columns, none of them empty.

    No more than a row, or a group of rows of a Parquet file, is held at a time. Errors name the line.

    Example:
        >>> _ = Path("two.csv").write_text("id,text,label\n1,A gem.,good\n2,Dull.,bad\n")
        >>> [values for place, values in stream_rows("two.csv", ("text", "label"))]
        [['A gem.', 'good'], ['Dull.', 'bad']]
    """
    for line, row in each_row(path, columns):
        place = f"{path}, line {line}"
        if missing := [name for name in columns if name not in row]:
            raise ValueError(f"{place}: there must be a column {missing[0]!r}. Received: columns {list(row)}")
        values = [row[name] for name in columns]
        for name, value in zip(columns, values, strict=True):
            if value is None or (isinstance(value, str) and not value.strip()):
                raise ValueError(f"{place}, column {name!r}: a cell must not be empty. Received: {value!r}")
        yield place, values


def each_row(path, columns=None):
    """Yield the number of the first line of each row of a file, else of the row, and the row.

    A file is in UTF-8, or in UTF-16 with a byte order mark, and its name ends in `.csv` or `.tsv`, with a header, tabs,
    semicolons or commas between cells, and double quotes around them where need be, or in `.jsonl`, packed if `.gz` or
    `.xz` follows; or in `.parquet`; or in `.array_record`, perhaps with `-00000-of-00004` after it, whose records are
    objects of JSON or `tf.train.Example`s, as TensorFlow Datasets writes them. Columns are those that are needed, where
    others need not be read; None for all.
    """
    yield from READERS[check_ending(path, "a file of rows")](path, columns)


def check_ending(path, argument):
    """What a file of rows is by its name, such as ".csv"; other endings, and a missing package, are refused."""
    ending = ending_of(path)
    if ending not in READERS:
        remedy = f": {REMEDIES[ending]}" if ending in REMEDIES else ""
        raise ValueError(f"{argument} must end in one of {list(READERS)}, or these and .gz{remedy}. Received: {path}")
    if ending == ".parquet":
        require("Parquet files", "pyarrow")
    if ending == ".array_record":
        require("ArrayRecord files", "array_record")
    return ending


def ending_of(path):
    """The ending of a name that says its format, in small letters: `.csv` of `shard.CSV.gz`."""
    path = Path(path)
    return _SHARD.sub("", Path(path.stem if path.suffix in PACKED else path.name).suffix.lower())


def _cells(path, columns):
    from rnn_zoo.formats.tables import stream_cells  # needs NumPy, which the command line need not wait for

    rows = stream_cells(lambda: text_lines(path), path)
    header = [name.strip() for name in next(rows, (1, []))[1]]
    if len(set(header)) < len(header):
        raise ValueError(f"{path}, line 1: columns must have different names. Received: {header}")
    for line, cells in rows:
        if len(cells) != len(header):
            raise ValueError(f"{path}, line {line}: a row must have {len(header)} columns. Received: {len(cells)}")
        if len(header) > 1 and [cell.strip() for cell in cells] == header:
            raise ValueError(f"{path}, line {line}: the header must come once, on line 1. Received: {header} again")
        yield line, dict(zip(header, cells, strict=True))


def _objects(path, columns):
    for number, line in enumerate(text_lines(path), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}, line {number}: {error}") from error
            if not isinstance(row, dict):
                raise ValueError(f"{path}, line {number}: a row must be an object. Received: {line.strip():.60}")
            yield number, row


def _parquet(path, columns):
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            is_known = columns is not None and set(columns) <= set(file.schema_arrow.names)
            groups = file.iter_batches(1024, columns=columns if is_known else None)
            yield from enumerate((row for group in groups for row in group.to_pylist()), start=1)
    except FileNotFoundError:
        raise
    except (pyarrow.ArrowException, OSError) as error:
        raise ValueError(f"{path} is no Parquet file, damaged or cut short: {error}") from error


def _array_record(path, columns):
    from array_record.python.array_record_module import ArrayRecordReader

    try:
        with contextlib.closing(ArrayRecordReader(str(path))) as reader:
            size = reader.num_records()
            for first in range(0, size, 1024):
                for number, record in enumerate(reader.read(first, min(first + 1024, size)), start=first + 1):
                    yield number, row_of_record(record, f"{path}, line {number}")
    except RuntimeError as error:
        raise ValueError(f"{path} is no ArrayRecord, damaged or cut short: {error}") from error


def row_of_record(record, place):
    """The row, a dictionary, that the bytes of a record are: an object of JSON, or a `tf.train.Example`."""
    with contextlib.suppress(UnicodeDecodeError, json.JSONDecodeError):
        if isinstance(row := json.loads(record), dict):
            return row
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    try:
        features = tf.train.Example.FromString(record).features.feature
        found = {name: list(getattr(one, one.WhichOneof("kind")).value) for name, one in features.items()}
    except (DecodeError, TypeError):
        found = {}
    if not found:
        raise ValueError(
            f"{place}: a record must be an object of JSON or a tf.train.Example. Received: {record[:60]!r}"
        )
    found = {name: list(map(text_of, values)) for name, values in found.items()}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def text_of(value):
    """Bytes that are text as text; other values as they are, an image or a sound for example."""
    if isinstance(value, bytes):
        with contextlib.suppress(UnicodeDecodeError):
            return value.decode("utf-8")
    return value


READERS = {
    ".csv": _cells, ".tsv": _cells, ".jsonl": _objects, ".parquet": _parquet, ".array_record": _array_record,
}  # fmt: skip
"""From the ending of a name to what yields the number of the line and the row, a dictionary."""
REMEDIES = {
    ".json": "write JSON Lines, an object a line",
    **dict.fromkeys((".xls", ".xlsx", ".xlsm", ".ods"), "save a sheet of a workbook as 'CSV UTF-8'"),
}
"""From the ending of a table that is not read to what can be done about it."""
