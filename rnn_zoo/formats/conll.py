"""Files with one token a line in columns, and blank lines between sentences: CoNLL and its relatives."""

from typing import NamedTuple

from rnn_zoo.files import read_rows
from rnn_zoo.formats.tag_schemes import convert


class Sentence(NamedTuple):
    """A sentence: its tokens, a tag for each, and the document that it is from."""

    tokens: list
    tags: list
    document: str


def read_columns(path, num_columns, data=None, *, separator="\t", comment=None, blank=False):
    """The sentences of a file.

    Args:
        path: of the file; decompressed if its name ends in `.gz` or `.xz`.
        num_columns: that every line must have.
        data: its bytes, where they are not at that path; None reads them.
        separator: between columns; None for any white space.
        comment: what lines begin with that hold no token; None where there are none.
        blank: whether a column may be a space.

    Yields:
        `(comments, positions, rows)`: lines of comments before a sentence or in it, what to call each token's line in
        an error, and its columns. Sentences without a token come too, for the sake of their comments.

    Raises:
        ValueError: for a damaged file, another number of columns, or an empty one; the message names the line.
    """
    for group in read_rows(path, data):
        comments = [line for _, line in group if comment and line.startswith(comment)]
        lines = [(number, line) for number, line in group if not (comment and line.startswith(comment))]
        positions, rows = [f"{path}, line {number}" for number, _ in lines], []
        for place, (_, line) in zip(positions, lines, strict=True):
            columns = line.split(separator)
            if len(columns) != num_columns or not all(column if blank else column.strip() for column in columns):
                raise ValueError(f"{place}: a line must have {num_columns} columns. Received: {line[:60]!r}")
            rows.append(columns)
        yield comments, positions, rows


def check_tags(tags, known, positions):
    """Refuse unknown tags.

    Raises:
        ValueError: for a tag that is not among the known ones; the message names its place.
    """
    for tag, place in zip(tags, positions, strict=True):
        if tag not in known:
            raise ValueError(f"{place}: tag must be one of {list(known)}. Received: tag={tag!r}")


def check_bio(tags, positions):
    """Refuse an I-tag that does not go on with an entity of its type.

    Raises:
        ValueError: for such a tag; the message names its place.
    """
    for found, tag, place in zip(convert(tags, "BIO"), tags, positions, strict=True):
        if found != tag:
            raise ValueError(f"{place}: an I-tag must go on with an entity. Received: tag={tag!r}")
