"""`rnn-zoo predict`: a model answers the rows of a file."""

import click

from rnn_zoo.answering import answer_rows, rows_to_answer
from rnn_zoo.cli.arguments import batch_size_option, examples, model_argument, read_model
from rnn_zoo.cli.quiet import quiet_libraries

KINDS = ".csv, .tsv, .jsonl or .parquet."


@click.command(
    epilog=examples(
        "rnn-zoo predict sentiment_gru --data reviews.csv --output answers.csv",
        "rnn-zoo predict mine.keras --data tickets.jsonl --column message --output answers.parquet",
        "rnn-zoo predict digits_dense --data images.csv --column path --output answers.jsonl",
    ),
)
@model_argument
@click.option("--data", required=True, type=click.Path(exists=True, dir_okay=False), help=KINDS)
@click.option("--output", required=True, type=click.Path(dir_okay=False), help=KINDS)
@click.option("--column", help="What MODEL reads: texts, or paths of files. Guessed where there is no doubt.")
@batch_size_option
@click.option("--overwrite", is_flag=True, help="Replace --output if it exists.")
def predict(model, data, output, column, batch_size, overwrite):
    """Answer every row of a file, and write the rows with the answers beside them.

    MODEL is a builder's name, NAME:WEIGHTS, or a .keras file. The rows are those of a CSV or TSV file with a header, of
    JSON Lines or of Parquet; each gets the columns predicted_label and predicted_score, or what else MODEL answers.
    Ctrl-C keeps the answers so far beside --output, and the same command goes on from there.
    """
    rows, inputs = rows_to_answer(data, output, column, overwrite, argument="--column")
    task = read_model(model).load()

    def infer(raw):
        with quiet_libraries():
            return task.infer(raw, batch_size=batch_size)

    answer_rows(task, data, rows, inputs, output, infer, batch_size)
    click.echo(f"Saved {output}: {len(inputs):,} rows.")
