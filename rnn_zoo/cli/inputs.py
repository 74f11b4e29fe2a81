"""Raw examples from arguments, files and standard input."""

import os
import sys

import click

LINES_AT_ONCE = 512


def reads_stdin(texts, files):
    """Whether standard input is to be read.

    Args:
        texts: arguments.
        files: paths of further files.

    Raises:
        click.UsageError: for - beside others, or nothing to read.
        ValueError: for an argument that is not UTF-8.
    """
    if texts == ("-",) and not files:
        return True
    if not texts and not files:
        if sys.stdin.isatty():
            raise click.UsageError("give a TEXT or a FILE, or - to read lines from standard input.")
        return True
    if "-" in texts:
        raise click.UsageError("give texts and files, or - alone to read lines from standard input.")
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError:
            if not _is_file(text):
                raise ValueError(f"TEXT must be UTF-8. Received: {text!r:.60}") from None
    return False


def _is_file(text):
    try:
        return os.path.isfile(text)
    except ValueError:  # a null character, which no path can hold
        return False


def read_lines(stream):
    """Lines of a binary stream as strings, without their ends.

    Args:
        stream: a binary file, in UTF-8.

    Yields:
        A string a line.

    Raises:
        ValueError: at the first line that is not UTF-8; the message gives its number.
    """
    for number, line in enumerate(stream, start=1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                "standard input must be UTF-8; `iconv -t utf-8` converts it. "
                f"Received: line {number} with {line[error.start : error.start + 4]!r}"
            ) from None
        yield text.rstrip("\r\n")


def read_inputs(texts, files, preprocessor):
    """Raw examples of the command line.

    Args:
        texts: strings; those that name a file stand for what is in it, where the preprocessor reads files.
        files: paths of further files.
        preprocessor: of the model; its `read_file(path)`, if there is one, gives a list of raw examples.

    Yields:
        Raw examples, as the preprocessor takes them.

    Raises:
        ValueError: for a file that is damaged or of another kind, with its path and the line; or files for a
            preprocessor that reads none.
    """
    read_file = getattr(preprocessor, "read_file", None)
    if files and read_file is None:
        raise ValueError(f"this model reads no files. Received: --file {files[0]}")
    for text in texts:
        if read_file is not None and _is_file(text):
            yield from read_file(text)
        else:
            yield text
    for path in files:
        yield from read_file(path)


def in_chunks(lines, size):
    """Lists of up to `size` lines; the lines before an error come out before the error does."""
    chunk = []
    try:
        for line in lines:
            chunk.append(line)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except ValueError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def raw_chunks(texts, files, preprocessor, batch_size):
    """Raw examples, some at a time, as they come.

    Args:
        texts: arguments: texts, names of files, or - for standard input.
        files: paths of further files.
        preprocessor: of the model.
        batch_size: examples computed at once.

    Yields:
        Pairs of a list of what was read and the list of raw examples that these are.
    """
    from_stdin = reads_stdin(texts, files)
    raw = read_lines(sys.stdin.buffer) if from_stdin else read_inputs(texts, files, preprocessor)
    size = 1 if from_stdin and sys.stdin.isatty() else max(LINES_AT_ONCE, batch_size)
    from_line = getattr(preprocessor, "from_line", str)
    for chunk in in_chunks(raw, size):
        yield chunk, [from_line(one) if isinstance(one, str) else one for one in chunk]
