"""Tables that are larger than memory: rows of CSV, TSV, JSON Lines and Parquet files, read one after another."""

import codecs
import csv
import gzip
import itertools
import json
import lzma
from pathlib import Path

from rnn_zoo.files import DAMAGE

PACKED = (".gz", ".xz")


def stream_rows(path, columns):
    r"""The rows of a table, of which no more than one, or a group of rows of a Parquet file, is held at a time.

    Args:
        path: of a file in UTF-8, or in UTF-16 with a byte order mark, whose name ends in `.csv` or `.tsv`, with a
            header, tabs, semicolons or commas between cells, and double quotes around them where need be, or in
            `.jsonl`, packed if `.gz` or `.xz` follows; or in `.parquet`.
        columns: their names, each of which must be there and have something in every row.

    Yields:
        `(place, values)`: what to call the row in an error, and its values in the order of the columns. Those of CSV
        and TSV are strings.

    Raises:
        ValueError: for a damaged file, another ending, a missing column, a row of another width, or an empty cell; the
            message names the line. FileNotFoundError: for a path that does not exist.
        ModuleNotFoundError: for a Parquet file, if pyarrow is not installed.

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
    """The rows of a table, as `stream_rows` reads them, with all their columns.

    Args:
        path: of the file.
        columns: those that are needed, where others need not be read; None for all.

    Yields:
        `(line, row)`: the number of its first line, of a Parquet file that of the row, and a dictionary.
    """
    reader = READERS.get(ending_of(path))
    if reader is None:
        raise ValueError(f"a file of rows must end in one of {list(READERS)}, or these and .gz. Received: {path}")
    yield from reader(path, columns)


def ending_of(path):
    """The ending of a name that says its format, in small letters: `.csv` of `shard.CSV.gz`."""
    path = Path(path)
    return Path(path.stem if path.suffix in PACKED else path.name).suffix.lower()


def _cells(path, columns):
    from rnn_zoo.formats.tables import delimiter_of  # needs NumPy, which the command line need not wait for

    lines = _lines(path)
    first = next(lines, "")
    rows = csv.reader(itertools.chain([first], lines), delimiter=delimiter_of(first), strict=True)
    header, line = None, 1
    try:
        for cells in rows:
            if header is None:
                header = [name.strip() for name in cells]
                if len(set(header)) < len(header):
                    raise ValueError(f"{path}, line 1: columns must have different names. Received: {header}")
            elif cells:
                if len(cells) != len(header):
                    raise ValueError(
                        f"{path}, line {line}: a row must have {len(header)} columns. Received: {len(cells)}"
                    )
                yield line, dict(zip(header, cells, strict=True))
            line = rows.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {line}: {error}") from error


def _objects(path, columns):
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}, line {number}: {error}") from error
            if not isinstance(row, dict):
                raise ValueError(f"{path}, line {number}: a row must be an object. Received: {line.strip():.60}")
            yield number, row


def _parquet(path, columns):
    try:
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"Parquet files need pyarrow: pip install pyarrow. Received: {path}") from None
    with parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        groups = file.iter_batches(1024, columns=names if columns is None else [one for one in columns if one in names])
        yield from enumerate((row for group in groups for row in group.to_pylist()), start=1)


def _lines(path):
    opener, number = {".gz": gzip.open, ".xz": lzma.open}.get(Path(path).suffix, open), 0
    try:
        with opener(path, "rb") as file:
            is_utf_16 = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encoding = {"encoding": "utf-16"} if is_utf_16 else {"encoding": "utf-8-sig", "errors": "surrogateescape"}
        with opener(path, "rt", newline="", **encoding) as file:
            for line in file:
                number += 1
                if not line.isascii():
                    line.encode("utf-8")  # finds bytes that were no text
                yield line
    except UnicodeEncodeError as error:
        received = error.object[error.start : error.end].encode("utf-8", "surrogateescape")
        raise ValueError(f"{path}, line {number}: text must be UTF-8. Received: {received}") from None
    except (UnicodeDecodeError, *DAMAGE) as error:
        raise ValueError(f"{path}, after line {number}, is damaged or cut short: {error}") from error


READERS = {".csv": _cells, ".tsv": _cells, ".jsonl": _objects, ".parquet": _parquet}
"""From the ending of a name to what yields the number of the line and the row, a dictionary."""
