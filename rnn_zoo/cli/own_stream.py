"""Train a fresh model on your own examples, which may be more than memory holds.

Rows are read and encoded anew for every pass: .csv, .tsv, .jsonl, .parquet or .array_record, several files, a folder or
a quoted pattern. Of sounds, images, videos and tagged files it is the encoding that comes anew.

A tenth of the examples is validation, another tenth is measured at the end; of rows no more than 10,000 each. --output
is a folder for the model, plots, measures, a log for TensorBoard and the checkpoint. Ctrl-C keeps what was learned for
--resume, which goes on to the same weights.
"""

import inspect

import click

from rnn_zoo import catalogue
from rnn_zoo.cli.own_data import fresh
from rnn_zoo.datasets.own import OF_FILES, reader_of
from rnn_zoo.datasets.own_stream import stream_own
from rnn_zoo.training import Recipe

_BUFFER_OF_FILES = 1000


class _OwnStream(Recipe):
    """The recipe of a builder and a person's own files."""

    def __init__(self, name):
        task, reader = catalogue.ROWS[name].task, reader_of(catalogue.ROWS[name].task)
        self.name, self.found = name, {}

        def load(source, **settings):
            parts, self.found = stream_own(task, source, **settings)
            counts = parts["train"].count(), *(len(parts[name].raw) for name in ("validation", "test"))
            click.echo("{:,} examples to learn from; {:,} validate, {:,} are measured at the end.".format(*counts))
            return parts

        load.__signature__, load.__doc__ = inspect.signature(reader), reader.__doc__
        super().__init__(
            __file__, task, None, core=name.removeprefix(f"{task}_"), load=load, epochs=3, batch_size=64,
            learning_rate=2e-3, output=f"runs/own_data/{name}", averaging=0.15,
            buffer_size=_BUFFER_OF_FILES if task in OF_FILES else 6400,
        )  # fmt: skip

    def build(self, training, **given):
        training.workers = given.get("workers", 0)
        return fresh(self.name, self.builders[self.core], training, {**given, **self.found})


def own_stream_command(name, data):
    """The command that trains a builder on a stream of a person's own data: a path, and those that follow the flags."""
    catalogue.check_choice("NAME", name, list(catalogue.ROWS))
    recipe = _OwnStream(name)

    def run(more=(), **given):
        recipe(**given, data_dir=[data, *more])

    fixed = {"core": recipe.core} if "core" in recipe.settings else {}
    command = recipe.command(run, **fixed, start_from=None, with_validation=False, all_train=False, smoke=False)
    command.params = [one for one in command.params if one.name != "data_dir"]
    command.params.append(click.Argument(["more"], nargs=-1, metavar="[FILE]..."))
    return command
