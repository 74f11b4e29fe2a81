"""What checkpoints cost: the share of a recipe's training time that goes into writing them, at the default rate.

    python recipes/benchmarks/checkpoint_cost.py                                   # one epoch of sentiment_imdb.py
    python recipes/benchmarks/checkpoint_cost.py language_model_ptb --data-dir ptb

Timed is all that the checkpoint's callback does, within the run itself, so that other work on the machine slows both
sides of the ratio. The run goes to a temporary folder.
"""

import contextlib
import runpy
import tempfile
import time
from pathlib import Path
from unittest import mock

import click
import keras
from measuring import NAMES, RECIPES, benchmark_command

from rnn_zoo.training.checkpoint import TrainingState


class Stopwatch:
    """Adds up the seconds spent in methods of a class."""

    def __init__(self):
        self.seconds, self.calls, self._running = 0.0, {}, False

    @contextlib.contextmanager
    def watching(self, owner, *names):
        """Time every call of those methods; calls from within another one count once."""
        with contextlib.ExitStack() as stack:
            for name in names:
                timed = self._timed(name, getattr(owner, name))
                stack.enter_context(mock.patch.object(owner, name, timed))
            yield

    def _timed(self, name, method):
        def timed(*args, **kwargs):
            outermost, self._running = not self._running, True
            self.calls[name] = self.calls.get(name, 0) + 1
            began = time.perf_counter()
            try:
                return method(*args, **kwargs)
            finally:
                if outermost:
                    self.seconds += time.perf_counter() - began
                    self._running = False

        return timed


@benchmark_command(__doc__)
@click.argument("recipe", default="sentiment_imdb", type=click.Choice(NAMES), metavar="RECIPE")
@click.option("--data-dir", default=None, help="As of the recipe.")
@click.option("--epochs", default=1, show_default=True, help="Passes over the training data.")
@click.option("--smoke", is_flag=True, help="A run of seconds.")
def main(recipe, data_dir, epochs, smoke):
    """Run the recipe and print the share."""
    run = runpy.run_path(str(RECIPES / f"{recipe}.py"))["main"]
    checkpoints, fits = Stopwatch(), Stopwatch()
    methods = ("on_epoch_begin", "on_train_batch_end", "on_epoch_end", "_save")
    with (
        tempfile.TemporaryDirectory() as folder,
        checkpoints.watching(TrainingState, *methods),
        fits.watching(keras.Model, "fit"),
    ):
        run(data_dir=data_dir, epochs=epochs, output=folder, smoke=smoke)
        size = (Path(folder) / "state.npz").stat().st_size / 2**20
    click.echo(
        f"{recipe}: {fits.seconds:.1f} s of training, of which {checkpoints.seconds:.2f} s in "
        f"{checkpoints.calls['_save']} checkpoints of {size:.0f} MiB: {100 * checkpoints.seconds / fits.seconds:.2f} %"
    )


if __name__ == "__main__":
    main()
