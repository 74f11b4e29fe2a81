"""`rnn-zoo list` and `info`: what there is."""

import click

from rnn_zoo import cards, catalogue
from rnn_zoo.cli.arguments import complete_tasks, examples, model_argument, read_model
from rnn_zoo.cli.printing import to_json


@click.command(
    "list",
    epilog=examples(
        "rnn-zoo list",
        "rnn-zoo list --task sentiment --io-type many_to_one",
        "rnn-zoo list --json | jq -r '.[] | select(.weights) | .name'",
    ),
)
@click.option("--task", shell_complete=complete_tasks, help="Only the builders of one task.")
@click.option("--io-type", type=click.Choice(catalogue.IO_TYPES), help="Only one type of input and output.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of the table.")
def list_command(task, io_type, as_json):
    """List builders and their trained weights.

    A line for each of the trained weights; - where a builder has none yet.
    """
    rows = [row for name in catalogue.list_models(io_type, task) for row in cards.rows_of(name)]
    if as_json:
        click.echo(to_json(rows, indent=2))
    else:
        cards.print_table(rows)


@click.command(
    epilog=examples(
        "rnn-zoo info sentiment_lstm",
        "rnn-zoo info sentiment_lstm:imdb",
        "rnn-zoo info sentiment_lstm:imdb --json | jq .metric.mean",
    ),
)
@model_argument
@click.option("--json", "as_json", is_flag=True, help="The card as it is stored; a list of cards without :WEIGHTS.")
def info(model, as_json):
    """Show the card of trained weights.

    MODEL is the name of a builder, for all of its weights, or NAME:WEIGHTS. Where they come from, what they reached,
    how to use them and how to train them again.
    """
    name, weights = read_model(model)
    if name is None:
        raise ValueError(f"MODEL must be NAME or NAME:WEIGHTS: a file has no card. Received: {model}")
    names = catalogue.list_weights(name) if weights is None else [weights]
    found = [catalogue.read_card(name, weights_name) for weights_name in names]
    if as_json:
        click.echo(to_json(found if weights is None else found[0], indent=2))
    else:
        cards.print_cards(name, found)
