"""What checkpoints cost: the share of a recipe's training time that goes into writing them, at the default rate.

    python recipes/benchmarks/checkpoint_cost.py                                   # one epoch of sentiment_imdb.py
    python recipes/benchmarks/checkpoint_cost.py --recipe language_model_ptb --data-dir ptb

Timed is all that the checkpoint's callback does, within the run itself, so that other work on the machine slows both
sides of the ratio. The run goes to a temporary folder.
"""

import contextlib
import tempfile
import time
from pathlib import Path
from unittest import mock

import keras
from measuring import NAMES, recipe_of

from rnn_zoo.training import TrainingState, script_command


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


def run(*, recipe="sentiment_imdb", data_dir: str | None = None, epochs=1, smoke=False):
    """Run the recipe and print the share.

    Args:
        recipe: the name of its file.
    """
    checkpoints, fits = Stopwatch(), Stopwatch()
    methods = ("on_epoch_begin", "on_train_batch_end", "on_epoch_end", "_save")
    with (
        tempfile.TemporaryDirectory() as folder,
        checkpoints.watching(TrainingState, *methods),
        fits.watching(keras.Model, "fit"),
    ):
        recipe_of(recipe)(data_dir=data_dir, epochs=epochs, output=folder, smoke=smoke)
        size = (Path(folder) / "state.npz").stat().st_size / 2**20
    print(
        f"{recipe}: {fits.seconds:.1f} s of training, of which {checkpoints.seconds:.2f} s in "
        f"{checkpoints.calls['_save']} checkpoints of {size:.0f} MiB: {100 * checkpoints.seconds / fits.seconds:.2f} %"
    )


main = script_command(globals(), run, choices={"recipe": NAMES})
