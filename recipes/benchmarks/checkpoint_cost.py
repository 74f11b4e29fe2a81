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


def timed(owner, name, seconds):
    """A patch of a method, which adds the seconds of every call to a list."""
    method = getattr(owner, name)

    def call(*args, **kwargs):
        began = time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            seconds.append(time.perf_counter() - began)

    return mock.patch.object(owner, name, call)


def run(*, recipe="sentiment_imdb", data_dir: str | None = None, epochs=1, smoke=False):
    """Run the recipe and print the share.

    Args:
        recipe: the name of its file.
    """
    checkpoints, saves, fits = [], [], []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for method in ("on_epoch_begin", "on_train_batch_end", "on_epoch_end"):
            stack.enter_context(timed(TrainingState, method, checkpoints))
        stack.enter_context(timed(TrainingState, "_save", saves))
        stack.enter_context(timed(keras.Model, "fit", fits))
        recipe_of(recipe)(data_dir=data_dir, epochs=epochs, output=folder, smoke=smoke)
        size = (Path(folder) / "state.npz").stat().st_size / 2**20
    print(
        f"{recipe}: {sum(fits):.1f} s of training, of which {sum(checkpoints):.2f} s in {len(saves)} checkpoints of "
        f"{size:.0f} MiB: {100 * sum(checkpoints) / sum(fits):.2f} %"
    )


main = script_command(globals(), run, choices={"recipe": NAMES})
