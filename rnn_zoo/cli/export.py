"""`rnn-zoo export`: a model as a file that runs without Keras."""

import re
from pathlib import Path

import click

from rnn_zoo.cli.arguments import examples, model_argument, read_model
from rnn_zoo.cli.quiet import quiet_libraries
from rnn_zoo.formats.rows import LABEL_COLUMNS, TEXT_COLUMNS, classes_of, column_of, raw_of, read_rows


@click.command(
    epilog=examples(
        "rnn-zoo export sentiment_lstm",
        "rnn-zoo export sentiment_gru:nsmc --output nsmc.onnx",
        "rnn-zoo export sentiment_lstm --quantize int8 --data reviews.csv --max-drop 0.003",
        "rnn-zoo export my.keras --output my.onnx",
    ),
    short_help="Write a model as a file that runs without Keras.",
)
@model_argument
@click.option(
    "--format", "format_name", type=click.Choice(["onnx", "litert", "saved_model", "openvino"]), default="onnx",
    show_default=True, help="Of file.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE",
    help="Where to; without it MODEL with the ending of the format, in the working folder.",
)  # fmt: skip
@click.option("--one-step", is_flag=True, help="Of ONNX and LiteRT: one timestep, with states in and out.")
@click.option("--timesteps", type=click.IntRange(min=1), help="Of LiteRT: unrolled, for sequences of this length.")
@click.option("--quantize", type=click.Choice(["int8"]), help="Store large weights in a quarter of their size.")
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
    help="A .csv, .tsv, .jsonl or .parquet file with the columns text and label, to measure the model and the file on.",
)  # fmt: skip
@click.option("--max-drop", type=float, metavar="X", help="Refuse a file whose first metric is worse by more than X.")
def export(model, format_name, output, one_step, timesteps, quantize, data, max_drop):
    """Write a model to a file of ONNX, LiteRT, TensorFlow or OpenVINO, once the file was run and gave the same outputs.

    MODEL is a builder's name, NAME:WEIGHTS, or a .keras file. Printed are the size and the largest difference of an
    output from Keras'; above 1e-4 no file is written. In Python, rnn_zoo.runtime.load(FILE).infer(...) answers from
    ONNX with NumPy and onnxruntime alone.
    """
    named = read_model(model)
    rows = read_rows(data) if data else None
    validation = rows and (
        raw_of(rows, column_of(rows, None, TEXT_COLUMNS, "the column of texts")),
        classes_of(rows, column_of(rows, None, LABEL_COLUMNS, "the column of labels")),
    )
    with quiet_libraries():
        task = named.load()
        from rnn_zoo.exporting.exporter import ENDINGS
        from rnn_zoo.exporting.exporter import export as export_task

        output = output or Path(re.sub("[:.]", "_", Path(model).stem) + ENDINGS[format_name][0])
        report = export_task(
            task, output, format=format_name, one_step=one_step, timesteps=timesteps, quantize=quantize,
            validation=validation, max_drop=max_drop,
        )  # fmt: skip
    click.echo(str(report))
