"""Answers beside the rows of files and data frames."""

import hashlib
import json
import sys
from pathlib import Path
from typing import NamedTuple

import click

from rnn_zoo.files import replacing
from rnn_zoo.formats.rows import TEXT_COLUMNS, check_ending, column_of, frame_of, raw_of, read_rows, write_rows

EXAMPLES_AT_ONCE = 512


class Input(NamedTuple):
    """A raw example, and where it was read, such as "standard input, line 7"; empty for the only TEXT."""

    raw: object
    place: str


def predict(task, data, output=None, *, column=None, batch_size=64, overwrite=False):
    """Answer every row of a file or of a data frame.

    Args:
        task: a Task.
        data: the path of a `.csv`, `.tsv`, `.jsonl` or `.parquet` file, see `rnn_zoo.formats.rows.each_row`; or a data
            frame of pandas or polars, a table of pyarrow, or what else narwhals knows.
        output: the path of such a file, not packed, to write the rows to with the answers beside them; what is answered
            is kept beside it meanwhile, and the same call goes on after an interruption. None returns them.
        column: what the task reads: texts, or paths of files. None guesses where there is no doubt.
        batch_size: examples computed at once.
        overwrite: replace an existing output.

    Returns:
        The path of the output. Without one: a data frame of the same library, of a file a list of dictionaries, one a
        row, with the columns "predicted_label" and "predicted_score", or what else the task answers.

    Raises:
        ValueError: for what is no file of rows and no data frame, doubt about the column, columns that are named as
            those of answers, an output that exists or has another ending; or an example that cannot be read, with its
            line or row.

    Example:
        >>> import pandas
        >>> frame = pandas.DataFrame({"id": [7, 8], "text": ["A gem.", "Tedious and dull."]})
        >>> rnn_zoo.predict(rnn_zoo.sentiment_lstm(), frame)["predicted_label"].tolist()
        ['positive', 'negative']
    """
    rows, inputs = rows_to_answer(data, output, column, overwrite)
    return answer_rows(task, data, rows, inputs, output, lambda raw: task.infer(raw, batch_size=batch_size), batch_size)


def rows_to_answer(data, output=None, column=None, overwrite=False, *, argument="column"):
    """`Rows` and a list of `Input` for `predict`, after making sure that answers can be written; needs no task yet."""
    if output is not None:
        output = Path(output)
        check_ending(output, "output")
        if output.suffix in (".gz", ".xz"):
            raise ValueError(f"output must not be packed. Received: {output}")
        if output.exists():
            is_data = isinstance(data, (str, Path)) and output.samefile(data)
            if is_data or not overwrite:
                raise ValueError(
                    f"{output} exists: name another output{'' if is_data else ', or overwrite it (--overwrite)'}."
                )
    rows = read_rows(data)
    if taken := [name for name in rows.names if str(name).startswith("predicted")]:
        raise ValueError(f"{rows.places[0]}: columns named predicted... are those of answers. Received: {taken}")
    column = column_of(rows, column, TEXT_COLUMNS, argument)
    places = (f"{place}, column {column!r}" for place in rows.places)
    return rows, list(map(Input, raw_of(rows, column, blank=True), places))


def answer_rows(task, data, rows, inputs, output, infer, batch_size=64):
    """The second half of `predict`; `infer` is from a list of raw examples to answers."""
    begun = None if output is None else Path(output).with_name(f".{Path(output).name}.begun")
    answers = _answers(task, inputs, begun, infer, max(EXAMPLES_AT_ONCE, batch_size))
    names = list(dict.fromkeys(name for answer in answers for name in answer))
    if output is None and not isinstance(data, (str, Path)):
        import narwhals

        frame = frame_of(data)
        columns = (
            narwhals.new_series(name, [answer.get(name) for answer in answers], backend=frame.implementation)
            for name in names
        )
        return frame.with_columns(*columns).to_native()
    found = [row | answer for row, answer in zip(rows.values, answers, strict=True)]
    if output is None:
        return found
    with replacing(output) as temporary:
        write_rows(temporary, [*rows.names, *names], found)
    begun.unlink()
    return Path(output)


def _answers(task, inputs, begun, infer, size):
    """The answers to all inputs, dictionaries; each is also a line of the file `begun` as soon as it is known."""
    answers, file = [], None
    if begun is not None:
        begun.parent.mkdir(parents=True, exist_ok=True)
        call = json.dumps([task.name, _fingerprint(weights.tobytes() for weights in task.get_weights()),
                           _fingerprint(repr(one).encode() for one in inputs)])  # fmt: skip
        lines = begun.read_text(encoding="utf-8").split("\n")[:-1] if begun.exists() else []  # the last may be cut
        lines = lines if lines[:1] == [call] else [call]
        if len(lines) > 1:
            click.echo(f"Going on after {len(lines) - 1:,} rows.", err=True)
        begun.write_text("\n".join([*lines, ""]), encoding="utf-8")
        answers = [json.loads(line) for line in lines[1:]]
        file = open(begun, "a", encoding="utf-8")
    try:
        with click.progressbar(length=len(inputs), label="Answering", file=sys.stderr) as bar:
            bar.update(len(answers))
            while len(answers) < len(inputs):
                chunk = inputs[len(answers) : len(answers) + size]
                found, wrong = answer_chunk(infer, task.preprocessor, chunk)
                found = [_columns(task.codec.to_json(answer)) for answer in found]
                if file:
                    file.writelines(json.dumps(answer) + "\n" for answer in found)
                    file.flush()
                answers += found
                bar.update(len(found))
                if wrong:
                    raise wrong
    finally:
        if file:
            file.close()
    return answers


def _fingerprint(parts):
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def _columns(answer):
    if isinstance(answer, dict):
        return {f"predicted_{name}": value for name, value in answer.items()}
    return {"predicted": answer}


def raw_of_input(preprocessor, given):
    """A raw example: what a line of text stands for, or what was read from a file as it is."""
    return preprocessor.from_line(given) if isinstance(given, str) else given


def answer_chunk(answer, preprocessor, chunk):
    """The answers to a list of `Input` up to the first that cannot be read, and the ValueError of that one, or None.

    What has nothing to do with a single example is raised.
    """

    def read(inputs):
        return [raw_of_input(preprocessor, one.raw) for one in inputs]

    try:
        return answer(read(chunk)), None
    except (ValueError, OSError):
        for position, one in enumerate(chunk):
            try:
                preprocessor.encode(read([one]))
            except (ValueError, OSError) as error:
                named = not one.place or str(error).startswith(one.place)
                said = error if named else ValueError(f"{one.place}: {error}")
                return answer(read(chunk[:position])) if position else [], said
        raise
