"""A person's own files, as examples of a task: rows, folders of files, tagged files, music, strokes, texts, series."""

import functools
import hashlib
from pathlib import Path

from rnn_zoo.datasets.records import Examples
from rnn_zoo.datasets.splits import SPLITS, cut_by_part, cut_series, joined, part_of
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.conll import read_tagged
from rnn_zoo.formats.drawings import read_quick_draw
from rnn_zoo.formats.fasta import read_fasta
from rnn_zoo.formats.midi import MIDI_ENDINGS, read_midi
from rnn_zoo.formats.rows import (
    LABEL_COLUMNS,
    READERS,
    TEXT_COLUMNS,
    check_header,
    classes_of,
    column_of,
    ending_of,
    raw_of,
    read_rows,
)
from rnn_zoo.formats.tables import parse_table
from rnn_zoo.formats.times import step_of

FILE_COLUMNS = ("path", "file", "filename", "image", "audio", "video")
TARGET_COLUMNS = ("target", "translation", "pronunciation", "transcript", "transcription", "caption", "text")
FASTA = (".fa", ".fasta", ".fna", ".ffn")
OF_FILES = ("digits", "sequential_image", "activity", "video", "vqa", "speech", "keyword", "caption")
"""Tasks whose examples are files."""
PIECE_CHARACTERS = 500
_TOKENS = ("tokens", "words"), "the column of tokens"
TAGGED = {
    "pos": (_TOKENS, (("upos", "pos", "pos_tags", "tags"), "the column of parts of speech")),
    "ner": (_TOKENS, (("ner_tags", "tags", "labels"), "the column of tags")),
}
"""Usual names of columns with lists, of tokens and of their tags."""
LISTS = (".jsonl", ".parquet")
"""Files whose cells may be lists."""


def read_own(task, path, *, check=None, **settings):
    r"""The examples of a person's own files, in parts.

    Args:
        task: of the catalogue, for example "sentiment".
        path: of a file or a folder.
        check: a function of all examples that refuses them, before they are cut; None for nothing.
        **settings: keyword arguments of `reader_of(task)`.

    Returns:
        A dictionary of `Examples`, "train", "validation" and "test", and one of settings of the builders that follow
        from the files. A tenth of the examples each, by a hash of what they are made of, is validation and test, of
        series and long texts the last fifth; but no class is left without an example in "train".

    Raises:
        ValueError: for files of another kind, damaged ones, or doubt about columns; the message names file and line.

    Example:
        >>> _ = Path("rows.csv").write_text("text,label\n" + "".join(f"film {n},{n % 2}\n" for n in range(100)))
        >>> parts, _ = read_own("sentiment", "rows.csv")
        >>> len(parts["train"].raw), sorted(set(parts["test"].labels))
        (79, ['0', '1'])
    """
    if not Path(path).exists():
        raise FileNotFoundError(f"data must name a file or a folder. Received: {path}")
    examples, cut, found = reader_of(task)(Path(path), **settings)
    if check:
        check(examples)
    return cut(examples), found


def reader_of(task):
    """What reads the files of a task: a function of a path and settings.

    It returns all examples, a function from these to their parts, and settings of builders.
    """
    if task in TAGGED:
        found = functools.partial(read_sentences, task)
    else:
        others = {
            "language_model": read_texts, "music": read_pieces, "sketch": read_drawings, "forecast": read_series,
            "intent": read_requests,
        }  # fmt: skip
        found = functools.partial(others[task]) if task in others else functools.partial(read_examples, task)
    found.__doc__ = found.func.__doc__
    return found


def read_examples(task, path, *, column: str | None = None, label_column: str | None = None):
    """Rows: .csv, .tsv, .jsonl or .parquet; of files also a folder with a folder for each class; of DNA also FASTA.

    Args:
        task: as of `read_own`.
        path: as of `read_own`.
        column: name of the column that is read; None guesses where there is no doubt.
        label_column: name of the column that is learned; None guesses where there is no doubt.
    """
    files = task in OF_FILES
    if path.is_dir() and (files or task == "dna"):
        found = [file for file in _files_in(path) if task == "dna" or file.parent != path]
        if not found:
            raise ValueError(f"data must hold a folder of files for each class. Received: {path}")
        examples = Examples.of(
            (raw, file.parent.name if file.parent != path else file.name.partition(".")[0])
            for file in found
            for raw in ([bases for _, bases in read_fasta(file)] if task == "dna" else [str(file)])
        )
    elif task == "dna" and ending_of(path) in FASTA:
        records = read_fasta(path)
        if not all(header.strip("| ") for header, _ in records):
            raise ValueError(f"{path}: headers must end in a class, as in '>name|class'. Received: an empty one")
        examples = Examples.of((bases, header.replace("|", " ").split()[-1]) for header, bases in records)
    else:
        examples = _columns(path, task, column, label_column, files)
    cut = functools.partial(_cut, names_of=names_of(task), **({"content": _hash_of_file} if files else {}))
    return examples, cut, {}


def names_of(task):
    """A function from labels of a task to what they name, of which none may be missing in "train"."""
    if task in TAGGED:
        return tuple
    if task in ("translation", "caption", "language_model"):
        return lambda label: ()
    if task == "intent":
        return lambda label: (label[0], *label[1])
    return {"speech": tuple, "pronunciation": str.split}.get(task, lambda label: (label,))


def _writes(task):
    return task in ("translation", "pronunciation", "speech", "caption")


def _columns(path, task, column, label_column, files):
    rows = read_rows(path)
    column, label_column = column_names(rows, task, column, label_column, files)
    raw = raw_of(rows, column)
    if files:
        raw = [str(path.parent / one) if isinstance(one, str) else one for one in raw]
    if task == "vqa":
        raw = list(zip(raw, raw_of(rows, column_of(rows, "question", (), "the column of questions")), strict=True))
    return Examples(raw, raw_of(rows, label_column) if _writes(task) else classes_of(rows, label_column))


def column_names(rows, task, column, label_column, files=False):
    """The names of the columns of raw examples and of labels."""
    writes = _writes(task)
    if writes and column is None and label_column is None and len(rows.names) == 2:
        check_header(rows, rows.names)
        column, label_column = rows.names
    usual = (*LABEL_COLUMNS, "answer") if task == "vqa" else TARGET_COLUMNS if writes else LABEL_COLUMNS
    label_column = column_of(rows, label_column, usual, "--label-column")
    others = rows._replace(names=[name for name in rows.names if name not in (label_column, "question")])
    return column_of(others, column, FILE_COLUMNS if files else TEXT_COLUMNS, "--column"), label_column


def read_sentences(task, path, *, token_column: int | None = None, label_column: int | None = None):
    """A CoNLL file, one token a line with its tag, or a folder of such files: `rnn_zoo.formats.conll.read_tagged`.

    Rows with a list of tokens and one of tags, .jsonl or .parquet, are read too.

    Args:
        task: "pos" or "ner".
        path: as of `read_own`.
        token_column: of the tokens, counted from 0; None finds it.
        label_column: of the tags, counted from 0, or from the end if negative; None for the last one, of CoNLL-U for
            parts of speech, the fourth.
    """
    sentences, tags = [], []
    for file in _files_in(path):
        if ending_of(file) in LISTS:
            found = _read_lists(file, task)
        else:
            upos = task == "pos" and label_column is None and ".conllu" in file.name
            tag_column = 3 if upos else -1 if label_column is None else label_column
            found = read_tagged(file, token_column=token_column, tag_column=tag_column)
        sentences += found[0]
        tags += found[1]
    cut = functools.partial(_cut, names_of=tuple, content=lambda tokens, tags: " ".join(tokens))
    return Examples(sentences, tags), cut, {}


def _read_lists(path, task):
    """Tokens and their tags, of a row each."""
    rows = read_rows(path)
    columns = [raw_of(rows, column_of(rows, None, *one)) for one in TAGGED[task]]
    for place, *lists in zip(rows.places, *columns, strict=True):
        are_lists = all(isinstance(one, list) and all(isinstance(word, str) for word in one) for one in lists)
        if not are_lists or not lists[0] or len(lists[0]) != len(lists[1]):
            raise ValueError(f"{place}: must have a list of tokens and a tag for each. Received: {lists!r:.200}")
    return columns


def read_requests(path):
    """A .jsonl or .parquet file of requests, a row each: tokens, an intent, and slots, a tag for each token."""
    rows, pairs = read_rows(path), []
    for place, row in zip(rows.places, rows.values, strict=True):
        tokens, intent, slots = (row.get(name) for name in ("tokens", "intent", "slots"))
        lists = [one for one in (tokens, slots) if isinstance(one, list) and all(isinstance(word, str) for word in one)]
        if len(lists) < 2 or not tokens or len(tokens) != len(slots) or not isinstance(intent, str):
            raise ValueError(
                f'{place}: a request must be as {{"tokens": ["to", "Rome"], "intent": "fly", "slots": ["O", "B-city"]}}'
                f", with a slot for each token. Received: {row!r:.200}"
            )
        pairs.append((tokens, (intent, slots)))
    cut = functools.partial(_cut, names_of=names_of("intent"), content=lambda tokens, label: " ".join(tokens))
    return Examples.of(pairs), cut, {}


def read_texts(path, *, column: str | None = None):
    """A text file, or a folder of them, read in pieces; or rows with a text each: .csv, .tsv, .jsonl or .parquet.

    Args:
        path: as of `read_own`.
        column: of the texts; None guesses where there is no doubt.
    """
    if path.is_file() and ending_of(path) in READERS:
        rows = read_rows(path)
        texts = raw_of(rows, column_of(rows, column, TEXT_COLUMNS, "--column"))
        return Examples(texts, texts), _cut, {}
    pieces = [piece for file in _files_in(path) for piece in _pieces_of(decode_text(read_bytes(file), file))]
    names = [SPLITS[max(0, index * 10 // len(pieces) - 7)] for index in range(len(pieces))]
    return Examples(pieces, pieces), functools.partial(cut_by_part, names=names), {}


def _pieces_of(text):
    """A text in pieces of about 500 characters, which end with lines where lines are short."""
    piece = ""
    for line in text.splitlines(keepends=True):
        while len(piece) + len(line) > 2 * PIECE_CHARACTERS:
            yield (piece + line)[:PIECE_CHARACTERS]
            piece, line = "", (piece + line)[PIECE_CHARACTERS:]
        piece += line
        if len(piece) >= PIECE_CHARACTERS:
            yield piece
            piece = ""
    if piece.strip():
        yield piece


def read_pieces(path, *, frames_per_quarter=4, held=False):
    """A folder of MIDI files, in folders by genre if there are several.

    Args:
        path: as of `read_own`.
        frames_per_quarter: frames that a quarter note takes.
        held: tell held notes from struck ones.
    """
    settings = {"frames_per_quarter": frames_per_quarter, "held": held}
    files = [file for file in _files_in(path) if file.suffix.lower() in MIDI_ENDINGS]
    if not files:
        raise ValueError(f"data must hold MIDI files. Received: {path}")
    genres = [file.parent.name if file.parent != path else "music" for file in files]
    pieces = [read_midi(file, **settings) for file in files]
    cut = functools.partial(_cut, content=lambda genre, piece: repr(piece))
    return Examples(genres, pieces), cut, settings


def read_drawings(path):
    """A file of Quick, Draw! (.ndjson) with a drawing a line, or a folder of them: `rnn_zoo.formats.drawings`."""
    examples = Examples.of(pair for file in _files_in(path) for pair in read_quick_draw(file))
    return examples, functools.partial(_cut, content=lambda word, points: points.tobytes().hex()), {}


def read_series(path, *, variables: tuple | None = None, window: int | None = None, horizon: int | None = None):
    """A .csv file with a column a variable, or a folder of such files, a series each.

    Args:
        path: as of `read_own`.
        variables: names of the columns; None for all but time stamps.
        window: timesteps that are read; None for four times as many as are forecast.
        horizon: timesteps that are forecast; None for 24, of a short series less.
    """
    files = _files_in(path)
    tables = [parse_table(decode_text(read_bytes(file), file), file, columns=variables) for file in files]
    if len({table.names for table in tables}) > 1:
        raise ValueError(f"all files in {path} must have the same columns. Received: {tables[0].names} and others")
    step = None
    for table, file in zip(tables, files, strict=True):
        step = step_of(table.stamps, file, step)
    if horizon is None:
        horizon = max(1, min(24, min(len(table.values) for table in tables) // 40))
    window = 4 * horizon if window is None else window
    cut = [cut_series(table.values, (0.8, 0.9, 1.0), context=window, horizon=horizon) for table in tables]
    parts = {name: joined(*(one[name] for one in cut)) for name in SPLITS[:3]}
    settings = {"variables": tables[0].names, "window": window, "step_seconds": step}
    return parts["train"], lambda examples: parts, settings


def _cut(examples, names_of=lambda label: (), content=lambda raw, label: raw):
    """Parts by content; but what stands in no label of "train" comes there.

    The hash has a word of its own before the content: a train split of `rnn_zoo.datasets`, which was cut by content
    alone, has something for all parts, too.
    """
    keys = [content(*one) for one in zip(*examples, strict=True)]
    parts = {key: part_of_own(key) for key in keys}
    names = (names_of(label) for key, label in zip(keys, examples.labels, strict=True) if parts[key] == "train")
    known = {name for one in names for name in one}
    parts |= {
        key: "train" for key, label in zip(keys, examples.labels, strict=True) if not known.issuperset(names_of(label))
    }
    return cut_by_part(examples, [parts[key] for key in keys])


def part_of_own(content):
    """The part that an example belongs to, by a hash of what it is made of."""
    return part_of(f"own {content}")


def _hash_of_file(raw, label):
    path = raw[0] if isinstance(raw, tuple) else raw
    return hashlib.sha1(path if isinstance(path, bytes) else Path(path).read_bytes()).hexdigest()


def _files_in(path):
    """A file, or the files in a folder and in the folders in it; those further down are refused."""
    found = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    found = [one for one in found if not any(part.startswith(".") for part in one.relative_to(path).parts)]
    if not found:
        raise ValueError(f"data must hold files. Received: {path}")
    if deeper := [one for one in found if len(one.relative_to(path).parts) > 2]:
        raise ValueError(f"data must hold files in no more than one folder below it. Received: {deeper[0]}")
    return found
