"""Raw examples from arguments, files and standard input."""

import contextlib
import itertools
import os
import re
import sys

import click

from rnn_zoo.answering import EXAMPLES_AT_ONCE, Input

READ_AT_ONCE = 2**16
_FILE_NAME = re.compile(
    r"\S+\.(txt|md|log|csv|tsv|jsonl?|parquet|xlsx|conllu?|iob2?|fasta|fa|fna|wav|flac|mp3|mid|midi|npy|npz|png|jpe?g"
    r"|gif|webp|bmp|pdf|html?|xml|zip|tar|keras)(\.gz|\.xz)?|\S+\.(gz|xz)|(\.{1,2}|~)/\S+|/\S+/\S+",
    re.IGNORECASE,
)


def reads_stdin(texts, files):
    """Whether standard input is to be read; wrong usage, and an argument that is not UTF-8, is refused."""
    if "-" in texts and (len(texts) > 1 or files):
        raise click.UsageError("give texts and files, or - alone to read lines from standard input.")
    if texts == ("-",) or not (texts or files):
        if sys.stdin is None:
            raise click.UsageError("standard input is closed: give a TEXT or a FILE.")
        if not texts and sys.stdin.isatty():
            raise click.UsageError("give a TEXT or a FILE, or - to read lines from standard input.")
        return True
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            if not is_file(text):
                raise ValueError(f"TEXT must be UTF-8. Received: {text!r:.60}") from None
    return False


def as_utf_8(context, parameter, texts):
    """Arguments that are UTF-8, whatever the locale takes them for."""
    found = list(texts)
    for index, text in enumerate(texts):
        if not text.isprintable():  # bytes that the locale has no letters for
            with contextlib.suppress(UnicodeError):
                found[index] = os.fsencode(text).decode()
    return tuple(found)


def is_file(text):
    """Whether a text names a file."""
    try:
        return os.path.isfile(text)
    except ValueError:  # a null character, which no path can hold
        return False


def read_inputs(texts, files, preprocessor):
    """Yield an `Input` for each TEXT, and for all that is in a named file, where the preprocessor reads files."""
    from rnn_zoo.preprocessors import Subwords, Tokens
    from rnn_zoo.preprocessors.text import Text

    read_file = getattr(preprocessor, "read_file", None)
    if files and read_file is None:
        raise ValueError(f"this model reads no files. Received: --file {files[0]}")
    takes_words = isinstance(preprocessor, (Subwords, Text, Tokens))  # others say what is wrong with a path
    for number, text in enumerate(texts, start=1):
        if read_file is not None and is_file(text):
            yield from _inputs_of(text, read_file)
        elif takes_words and _FILE_NAME.fullmatch(text):
            raise ValueError(
                f"TEXT {text!r} looks like a file name, and there is no such file. If it is a text, give it on "
                "standard input."
            )
        else:
            yield Input(text, f"TEXT {number}" if len(texts) > 1 else "")
    for path in files:
        yield from _inputs_of(path, read_file)


def _inputs_of(path, read_file):
    found = read_file(path)
    for number, raw in enumerate(found, start=1):
        yield Input(raw, str(path) if len(found) == 1 else f"{path}, example {number}")


def read_chunks(stream, size):
    """Yield lists of the lines of standard input, as they come: nobody who writes slowly waits for an answer."""
    numbers = itertools.count(1)
    for lines in _whole_lines(stream):
        yield from in_chunks((_input_of(line, next(numbers)) for line in lines), size)


def _input_of(line, number):
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            "standard input must be UTF-8; `iconv -t utf-8` converts it. "
            f"Received: line {number} with {line[error.start : error.start + 4]!r}"
        ) from None
    return Input(text.rstrip("\r"), f"standard input, line {number}")


def _whole_lines(stream):
    """Lists of the lines that can be read without waiting, or of the next one."""
    begun = []
    while data := stream.read1(READ_AT_ONCE):
        first, *others = data.split(b"\n")
        begun.append(first)
        if others:
            yield [b"".join(begun), *others[:-1]]
            begun = [others[-1]]
    if last := b"".join(begun):
        yield [last]


def in_chunks(inputs, size):
    """Lists of up to `size` inputs; those before an error come out before the error does."""
    chunk = []
    try:
        for one in inputs:
            chunk.append(one)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except (ValueError, OSError):
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def input_chunks(texts, files, preprocessor, batch_size):
    """Yield lists of `Input`: what is to be answered, some at a time, as it comes."""
    size = max(EXAMPLES_AT_ONCE, batch_size)
    if reads_stdin(texts, files):
        yield from read_chunks(sys.stdin.buffer, size)
    else:
        yield from in_chunks(read_inputs(texts, files, preprocessor), size)
