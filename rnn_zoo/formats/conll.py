"""Files with one token a line in columns, and blank lines between sentences: CoNLL and its relatives."""

import re
from typing import NamedTuple

from rnn_zoo.files import line_groups
from rnn_zoo.formats.tag_schemes import convert

_COMMENT = re.compile(r"#+\s")
_PART = re.compile(r"\d+[-.]\d+")
_TAG = re.compile(r"[A-Z]-\S+|[!-`{-~]+")
"""What a last column holds, and running text hardly: `B-person`, or no small letters."""
_ENTITY_TAG = re.compile(r"O|[BIESLUMW]-\S+")
_COMMAS = re.compile(r"\S+,(O|[A-Z]-\S+)")


class Sentence(NamedTuple):
    """A sentence: its tokens, a tag for each, and the document that it is from."""

    tokens: list
    tags: list
    document: str


def read_columns(path, num_columns, data=None, *, separator="\t", comment=None, blank=False):
    """Yield the sentences of a file: comments before or in it, what to call each token's line, and its columns.

    Sentences without a token come too, for the sake of their comments. Columns stand between separators, None being any
    white space; `blank` lets one be a space.
    """
    for group in line_groups(path, data):
        comments = [line for _, line in group if comment and line.startswith(comment)]
        lines = [(number, line) for number, line in group if not (comment and line.startswith(comment))]
        positions, rows = [f"{path}, line {number}" for number, _ in lines], []
        for place, (_, line) in zip(positions, lines, strict=True):
            columns = line.split(separator)
            if len(columns) != num_columns or not all(column if blank else column.strip() for column in columns):
                raise ValueError(f"{place}: a line must have {num_columns} columns. Received: {line[:60]!r}")
            rows.append(columns)
        yield comments, positions, rows


def read_tagged(path, *, token_column=None, tag_column=-1):
    r"""The sentences and tags of a file with one token a line and blank lines between sentences.

    Columns lie between tabs or, in a file without tabs, between blanks; all lines have as many. Comments are lines that
    begin with `#` and have other columns; `-DOCSTART-` is no token. Numbers that count the tokens of each sentence, as
    in CoNLL-U, are no tokens; lines of words that were split further, such as `1-2`, are left out.

    Args:
        path: of a text file, packed or not.
        token_column: of the tokens, counted from 0; None finds it.
        tag_column: of the tags, counted from 0, or from the end if it is negative: 3 of CoNLL-U for parts of speech.

    Returns:
        A list of lists of tokens and one of lists of tags, which `fit` of a tagger takes. Tags of entities in IOB1,
        BIOES or BILOU become BIO.

    Raises:
        ValueError: for a file without tokens, a line of another width, or columns that look like running text; the
            message names the line.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("two.conll").write_text("Ann\tB-PER\nsings\tO\n\nYes\tO\n")
        >>> read_tagged("two.conll")
        ([['Ann', 'sings'], ['Yes']], [['B-PER', 'O'], ['O']])
    """
    sentences = read_token_lines(path, token_column)
    width = len(sentences[0][0][2])
    if not -width <= tag_column < width:
        raise ValueError(f"tag_column must be below {width}, the columns of {path}. Received: {tag_column=}")
    tags = [[columns[tag_column] for *_, columns in rows] for rows in sentences]
    if all(_ENTITY_TAG.fullmatch(tag) for one in tags for tag in one):
        tags = [convert(one, "BIO") for one in tags]
    return [[token for _, token, _ in rows] for rows in sentences], tags


def read_token_lines(path, token_column=None):
    """The lines of a file that `read_tagged` reads: lists of `(what to call the line, token, columns)`."""
    sentences = _columns_of(path)
    width = len(sentences[0][0][1])
    if token_column is None:
        token_column = _token_column(sentences)
    if not 0 <= token_column < width:
        raise ValueError(f"token_column must be below {width}, the columns of {path}. Received: {token_column=}")
    if token_column:
        sentences = filter(None, map(_without_parts, sentences))
    return [
        [(f"{path}, line {number}", columns[token_column], columns) for number, columns in rows] for rows in sentences
    ]


def _columns_of(path):
    """The lines of each sentence, `(number, columns)`, without comments; all of one width."""
    groups = list(line_groups(path))
    is_tabbed = any("\t" in line for rows in groups for _, line in rows)
    groups = [[(number, line.split("\t") if is_tabbed else line.split()) for number, line in rows] for rows in groups]
    plain = [columns for rows in groups for _, columns in rows if not columns[0].startswith(("#", "-DOCSTART-"))]
    width, last = len(plain[0]) if plain else 1, {columns[-1] for columns in plain}

    def is_token(columns):
        if columns[0] == "-DOCSTART-" or _COMMENT.match(columns[0]):
            return False
        return not columns[0].startswith("#") or (
            len(columns) == width and (width == 1 or is_tabbed or columns[-1] in last)
        )

    sentences = [[(number, columns) for number, columns in rows if is_token(columns)] for rows in groups]
    sentences = [rows for rows in sentences if rows]
    if not sentences:
        raise ValueError(f"{path} must hold tokens, one a line. Received: a file without any")
    for number, columns in (row for rows in sentences for row in rows):
        if len(columns) != width:
            raise ValueError(
                f"{path}, line {number}: a file of tokens must have one a line, and {width} columns as in the line "
                f"before; give running text on standard input. Received: {len(columns)} columns, {columns}"[:400]
            )
        if (width > 1 and not is_tabbed and not _TAG.fullmatch(columns[-1])) or (
            width == 1 and _COMMAS.fullmatch(columns[0])
        ):
            raise ValueError(
                f"{path}, line {number}: a file of tokens must have one a line, tabs between columns, and a tag in the "
                f"last one; give running text on standard input. Received: {' '.join(columns)!r:.100}"
            )
    return sentences


def _token_column(sentences):
    """3 of CoNLL-2012, 1 where the first column counts the tokens of each sentence, else 0."""
    rows = [(place, columns) for rows in sentences for place, (_, columns) in enumerate(_without_parts(rows))]
    if rows and all(len(row) > 4 and row[1].isdigit() and row[2] == str(place) for place, row in rows):
        return 3
    is_counted = rows and all(len(row) > 1 and row[0] == str(place + 1) for place, row in rows)
    return int(bool(is_counted) and (len(rows[0][1]) > 2 or len(rows) > len(sentences)))


def _without_parts(rows):
    return [row for row in rows if not _PART.fullmatch(row[1][0])]


def check_tags(tags, known, positions):
    """Refuse tags that are not among the known ones."""
    for tag, place in zip(tags, positions, strict=True):
        if tag not in known:
            raise ValueError(f"{place}: tag must be one of {list(known)}. Received: {tag=}")


def check_bio(tags, positions):
    """Refuse an I-tag that does not go on with an entity of its type."""
    for found, tag, place in zip(convert(tags, "BIO"), tags, positions, strict=True):
        if found != tag:
            raise ValueError(f"{place}: an I-tag must go on with an entity. Received: {tag=}")
