"""`rnn-zoo predict`: a model answers the rows of a file."""

import hashlib
import json
import sys
from pathlib import Path

import click

from rnn_zoo.cli.arguments import examples, model_argument, read_model
from rnn_zoo.cli.inputs import EXAMPLES_AT_ONCE, Input, answer_chunk
from rnn_zoo.cli.quiet import quiet_libraries
from rnn_zoo.cli.rows import cell_text, column_of, kind_of, read_rows, write_rows
from rnn_zoo.files import replacing

COLUMNS = ("text", "sentence", "review", "body", "content", "sequence", "path", "file")


@click.command(
    epilog=examples(
        "rnn-zoo predict sentiment_gru --data reviews.csv --output answers.csv",
        "rnn-zoo predict mine.keras --data tickets.jsonl --column message --output answers.tsv",
        "rnn-zoo predict digits_dense --data images.csv --column path --output answers.jsonl",
    ),
)
@model_argument
@click.option("--data", required=True, type=click.Path(exists=True, dir_okay=False), help=".csv, .tsv or .jsonl.")
@click.option("--output", required=True, type=click.Path(dir_okay=False), help=".csv, .tsv or .jsonl.")
@click.option("--column", help="What MODEL reads: texts, or paths of files. Guessed where there is no doubt.")
@click.option(
    "--batch-size", type=click.IntRange(min=1), default=64, metavar="N", show_default=True, help="Computed at once."
)
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists.")
def predict(model, data, output, column, batch_size, overwrite):
    """Answer every row of a file, and write the rows with the answers beside them.

    MODEL is a builder's name, NAME:WEIGHTS, or a .keras file. The rows are those of a CSV or TSV file with a header, or
    of JSON Lines; each gets the columns predicted_label and predicted_score, or what else MODEL answers. Ctrl-C keeps
    the answers so far beside --output, and the same command goes on from there.
    """
    kind, output = kind_of(output, "--output"), Path(output)
    if output.suffix.lower() != f".{kind}":
        raise ValueError(f"--output must not be packed. Received: {output}")
    if output.exists() and (not overwrite or output.samefile(data)):
        remedy = "name another --output" + ("" if output.samefile(data) else ", or give --overwrite")
        raise ValueError(f"{output} exists: {remedy}.")
    rows = read_rows(data)
    if taken := [name for name in rows.names if name.startswith("predicted")]:
        raise ValueError(f"{data}: columns named predicted... are those of answers. Received: {taken}")
    column = column_of(rows, column, COLUMNS, data, "--column")
    inputs = [
        Input(cell_text(rows, place, column, data), f"{data}, line {line}, column {column!r}")
        for place, line in enumerate(rows.lines)
    ]
    model = read_model(model)
    begun = output.with_name(f".{output.name}.begun")
    answers = _answers(model, inputs, begun, batch_size)
    names = list(dict.fromkeys(name for answer in answers for name in answer))
    with replacing(output) as temporary:
        found = (row | answer for row, answer in zip(rows.values, answers, strict=True))
        write_rows(temporary, kind, [*rows.names, *names], found)
    begun.unlink()
    click.echo(f"Saved {output}: {len(answers):,} rows.")


def _answers(model, inputs, begun, batch_size):
    """The answers to all inputs, dictionaries; each is also a line of the file `begun` as soon as it is known."""
    begun.parent.mkdir(parents=True, exist_ok=True)
    call = json.dumps([*model, _state_of(model), hashlib.sha256(repr(inputs).encode()).hexdigest()])
    lines = begun.read_text(encoding="utf-8").split("\n")[:-1] if begun.exists() else []  # the last may be cut
    lines = lines if lines[:1] == [call] else [call]
    if len(lines) > 1:
        click.echo(f"Going on after {len(lines) - 1:,} rows.", err=True)
    begun.write_text("\n".join([*lines, ""]), encoding="utf-8")
    answers = [json.loads(line) for line in lines[1:]]
    task = model.load()
    size = max(EXAMPLES_AT_ONCE, batch_size)
    with (
        open(begun, "a", encoding="utf-8") as file,
        click.progressbar(length=len(inputs), label="Answering", file=sys.stderr) as bar,
    ):
        bar.update(len(answers))
        while len(answers) < len(inputs):
            chunk = inputs[len(answers) : len(answers) + size]
            with quiet_libraries():
                found, wrong = answer_chunk(
                    lambda raw: task.infer(raw, batch_size=batch_size), task.preprocessor, chunk
                )
            found = [_columns(task.codec.to_json(answer)) for answer in found]
            file.writelines(json.dumps(answer) + "\n" for answer in found)
            file.flush()
            answers += found
            bar.update(len(found))
            if wrong:
                raise wrong
    return answers


def _state_of(model):
    """What tells a file of weights from what it was before."""
    return Path(model.weights).stat().st_mtime_ns if model.name is None else None


def _columns(answer):
    if isinstance(answer, dict):
        return {f"predicted_{name}": value for name, value in answer.items()}
    return {"predicted": answer}
