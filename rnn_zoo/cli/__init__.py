"""`rnn-zoo`: what is in the zoo, and its answers, from the command line.

Keras is imported only by the commands that compute: `rnn-zoo list` must answer at once.
"""

import sys

import click

from rnn_zoo import __version__
from rnn_zoo.cli.answer import generate, infer
from rnn_zoo.cli.arguments import examples
from rnn_zoo.cli.benchmark import benchmark
from rnn_zoo.cli.completion import completion
from rnn_zoo.cli.explain import explain
from rnn_zoo.cli.export import export
from rnn_zoo.cli.fine_tune import fine_tune
from rnn_zoo.cli.gallery import gallery
from rnn_zoo.cli.lookup import info, list_command
from rnn_zoo.cli.predict import predict
from rnn_zoo.cli.serve import serve
from rnn_zoo.cli.train import evaluate, train


class CleanErrors(click.Group):
    """A group whose commands say what is wrong with the input in one line, without a traceback."""

    def invoke(self, context):
        """Run the command; the package's errors become click's."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise
        except (ValueError, OSError, ModuleNotFoundError) as error:
            raise click.ClickException(" ".join(str(error).split())) from error


@click.group(
    cls=CleanErrors,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "rnn-zoo list",
        "rnn-zoo info sentiment_lstm",
        'rnn-zoo infer sentiment_lstm "A great film, funny and moving."',
        'rnn-zoo infer sentiment_gru:nsmc "정말 재미있는 영화"',
        'rnn-zoo generate language_model_gru "ROMEO:"',
        "rnn-zoo train digits_dense --dataset digits",
        "rnn-zoo fine-tune sentiment_lstm --data reviews.csv --output mine.keras",
        "rnn-zoo infer --help",
    ),
)
@click.version_option(__version__, prog_name="rnn-zoo")
def main():
    """Recurrent networks for Keras 3, ready to use.

    MODEL is a builder's name (`rnn-zoo list` shows them), for its default weights; NAME:WEIGHTS, for other trained
    weights of it; or the path of a .keras file that you trained.
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


for command in (
    list_command,
    info,
    infer,
    predict,
    generate,
    train,
    evaluate,
    fine_tune,
    explain,
    export,
    serve,
    gallery,
    benchmark,
    completion,
):
    main.add_command(command)
