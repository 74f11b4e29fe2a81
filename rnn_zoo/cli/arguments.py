"""What commands have in common: which model is meant, how their help ends, and what the shell completes."""

from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from rnn_zoo import catalogue
from rnn_zoo.cli.quiet import import_keras, quiet_libraries


class Model(NamedTuple):
    """What the argument MODEL names: a builder and maybe its weights, or, without a name, a file."""

    name: str | None
    weights: str | None

    def load(self):
        """The Task, with the default weights where none are named."""
        with quiet_libraries():
            import_keras()
            if self.name is None:
                return catalogue.load_task(self.weights)
            return catalogue.load_weights(self.name, self.weights or catalogue.default_weights(self.name))


def read_model(text):
    """The Model that NAME, NAME:WEIGHTS, a path or an address of the Hugging Face Hub stands for."""
    if catalogue.is_place(text):
        return Model(None, text)
    name, _, weights = text.partition(":")
    catalogue.check_choice("MODEL", name, list(catalogue.ROWS))
    if weights:
        catalogue.check_choice("MODEL", weights, catalogue.list_weights(name))
    return Model(name, weights or None)


def examples(*lines):
    """The last paragraph of a command's help."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def complete_names(context, parameter, incomplete):
    """Names of builders for the shell."""
    return [name for name in catalogue.ROWS if name.startswith(incomplete)]


def complete_tasks(context, parameter, incomplete):
    """Names of tasks for the shell."""
    return sorted({row.task for row in catalogue.CATALOGUE if row.task.startswith(incomplete)})


def complete_models(context, parameter, incomplete):
    """Names of builders for the shell, of their weights after a colon, and files."""
    names = [f"{name}:{weights}" for name in catalogue.ROWS for weights in catalogue.list_weights(name)]
    names = names if ":" in incomplete else list(catalogue.ROWS)
    found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return found + complete_files(context, parameter, incomplete)


def complete_files(context, parameter, incomplete):
    """Files for the shell."""
    return [CompletionItem(incomplete, type="file")]


model_argument = click.argument("model", shell_complete=complete_models)
batch_size_option = click.option(
    "--batch-size", type=click.IntRange(min=1), default=64, metavar="N", show_default=True, help="Computed at once."
)
