"""`rnn-zoo explain`: what a GPU would make of a model."""

import click

from rnn_zoo import registry
from rnn_zoo.cli.arguments import complete_weights, examples, name_argument
from rnn_zoo.cli.printing import to_json
from rnn_zoo.cli.quiet import quiet_libraries


@click.command(
    epilog=examples(
        "rnn-zoo explain sentiment_lstm",
        "rnn-zoo explain translation_gru --backend torch",
        "rnn-zoo explain sentiment_gru --weights my.keras --json | jq -r '.[] | select(.kernel == \"loop\") | .why'",
    ),
)
@name_argument
@click.option(
    "--weights",
    shell_complete=complete_weights,
    help="Of trained weights by name, or of a .keras file; without it, of the builder's default architecture.",
)
@click.option(
    "--backend", type=click.Choice(registry.BACKENDS), help="Only one backend of Keras; without it, all three."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of the table.")
def explain(name, weights, backend, as_json):
    """Tell which recurrent layers a GPU computes with one cuDNN kernel, and which in a loop.

    A line for each recurrent layer and backend, with the reason for a loop. No GPU is needed for it. It is about whole
    sequences, in training and in inference; what writes computes one timestep after the other.
    """
    registry.check_choice("name", name, list(registry.ROWS))
    with quiet_libraries():
        from rnn_zoo.fast_path import default_model, explain_fast_path

        model = registry.load_weights(name, weights) if weights else default_model(name)
        report = explain_fast_path(model, backend)
    click.echo(to_json([one._asdict() for one in report], indent=2) if as_json else str(report))
