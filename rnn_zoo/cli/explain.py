"""`rnn-zoo explain`: what a GPU would make of a model."""

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.arguments import examples, model_argument, read_model
from rnn_zoo.cli.printing import to_json
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    epilog=examples(
        "rnn-zoo explain sentiment_lstm",
        "rnn-zoo explain translation_gru --backend torch",
        "rnn-zoo explain my.keras --json | jq -r '.[] | select(.kernel == \"loop\") | .why'",
    ),
    short_help="Tell what a GPU would make of a model.",
)
@model_argument
@click.option(
    "--backend", type=click.Choice(catalogue.BACKENDS), help="Only one backend of Keras; without it, all three."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of the table.")
def explain(model, backend, as_json):
    """Tell which recurrent layers a GPU computes with one cuDNN kernel, and which in a loop.

    MODEL is the name of a builder, for a fresh model with its default settings, NAME:WEIGHTS, or a .keras file.

    A line for each recurrent layer and backend, with the reason for a loop. No GPU is needed for it. It is about whole
    sequences, in training and in inference; what writes computes one timestep after the other.
    """
    named = read_model(model)
    with quiet_libraries():
        from rnn_zoo.fast_path import explain_fast_path

        task = named.load() if named.weights else fresh_model(named.name)
        report = explain_fast_path(task, backend)
    click.echo(to_json([one._asdict() for one in report], indent=2) if as_json else str(report))


def fresh_model(name):
    """A model of a builder with its default settings, made from the dummy data that stands for that of its weights."""
    from rnn_zoo.builders import find_builder
    from rnn_zoo.datasets import DATASETS, load_splits

    weights = catalogue.ROWS[name].default_weights
    dataset = max((one for one, record in DATASETS.items() if weights.startswith((one, *record.subsets))), key=len)
    return find_builder(name).from_examples(load_splits(dataset, source="dummy")["train"])
