"""`rnn-zoo completion`: names in the shell."""

import os

import click
from click.shell_completion import BashComplete, add_completion_class, get_completion_class

from rnn_zoo.cli.arguments import examples


class BashCompleteColons(BashComplete):
    """Bash takes NAME:WEIGHTS for three words and replaces the last one: here it is one, of which the end is given."""

    name = "bash"

    def get_completion_args(self):
        words = click.shell_completion.split_arg_string(os.environ["COMP_WORDS"])
        current = int(os.environ["COMP_CWORD"])
        joined, self.kept = [], 0
        for place, word in enumerate(words[: current + 1]):
            if place and ":" in (word, words[place - 1]):
                self.kept = len(joined[-1]) + (word == ":")
                joined[-1] += word
            else:
                joined.append(word)
                self.kept = 0
        incomplete = joined.pop() if current < len(words) else ""
        self.kept *= bool(incomplete)
        return joined[1:], incomplete

    def format_completion(self, item):
        return f"{item.type},{item.value if item.type == 'file' else item.value[self.kept :]}"


add_completion_class(BashCompleteColons)


@click.command(
    epilog=examples(
        "rnn-zoo completion bash > ~/.local/share/bash-completion/completions/rnn-zoo",
        "rnn-zoo completion zsh > ~/.zfunc/_rnn-zoo    # with fpath+=~/.zfunc before compinit in ~/.zshrc",
        "rnn-zoo completion fish > ~/.config/fish/completions/rnn-zoo.fish",
        'eval "$(rnn-zoo completion bash)"             # for this shell only',
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context, shell):
    """Print a shell's completion script.

    It completes commands, options, names of builders, of their weights after a colon, and of files.
    """
    click.echo(get_completion_class(shell)(context.parent.command, {}, "rnn-zoo", "_RNN_ZOO_COMPLETE").source())
