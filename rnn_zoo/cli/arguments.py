"""What commands have in common: how their help ends, and what the shell completes."""

import click
from click.shell_completion import CompletionItem

from rnn_zoo import registry


def examples(*lines):
    """The last paragraph of a command's help."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def complete_names(context, parameter, incomplete):
    """Names of builders for the shell."""
    return [name for name in registry.ROWS if name.startswith(incomplete)]


def complete_tasks(context, parameter, incomplete):
    """Names of tasks for the shell."""
    return sorted({row.task for row in registry.CATALOGUE if row.task.startswith(incomplete)})


def complete_weights(context, parameter, incomplete):
    """Names of the builder's weights for the shell, of all builders where none is typed yet; files too."""
    # While `--weights` has no value yet, click leaves what was typed before it in `args`.
    typed = [name for name in (context.params.get("name"), *context.args) if name in registry.ROWS]
    names = typed or list(registry.ROWS)
    found = sorted({weights for name in names for weights in registry.list_weights(name)})
    matching = [CompletionItem(weights) for weights in found if weights.startswith(incomplete)]
    return [*matching, CompletionItem(incomplete, type="file")]


def complete_files(context, parameter, incomplete):
    """Files for the shell."""
    return [CompletionItem(incomplete, type="file")]


name_argument = click.argument("name", shell_complete=complete_names)
