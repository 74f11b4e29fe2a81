"""A checkpoint of all that training depends on, so that an interrupted run goes on to the same result."""

import contextlib
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import keras
import numpy as np

from rnn_zoo.files import replacing


class TrainingState(keras.callbacks.Callback):
    """Write weights, optimizer, dropout's random states, metrics, history, epoch and step; read them to resume.

    It does so at the end of every epoch, once a minute within one, and when a person or a machine asks the run to stop.
    The file is written beside its place and renamed, so an interruption while writing leaves the one before. It must be
    the last callback, so that what it puts back stays.

    Args:
        path: of the checkpoint, an `.npz` file.
        seconds: time between checkpoints within an epoch; None writes, and stops, at the ends of epochs only.
        writes: False only reads: of several processes that train together, one writes.

    Raises:
        OSError: for a place that cannot be written to.

    Example:
        >>> import tempfile
        >>> state = TrainingState(f"{tempfile.mkdtemp()}/state.npz")
        >>> state.path.name, state.epochs_done, state.steps_done
        ('state.npz', 0, 0)
    """

    def __init__(self, path, *, seconds=60.0, writes=True):
        super().__init__()
        self.path = Path(path)
        self.seconds = seconds
        self.writes = writes
        self.history = {}
        self.epochs_done = self.steps_done = 0
        self._in_progress = None  # all variables within an epoch, until that epoch goes on
        self._saved_at = time.monotonic()
        self._stop_asked = False
        if not writes:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path.parent):
                pass
        except OSError as error:
            raise OSError(f"output must be a folder that can be written to ({error}). Received: {path}") from error

    @contextlib.contextmanager
    def stopping_gently(self):
        """Let Ctrl-C and SIGTERM end the run after the step or the epoch they came in, with a checkpoint.

        The second Ctrl-C ends it at once. Other threads than the main one cannot be asked.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs_done = epoch
        if self._in_progress is None:
            self.steps_done = 0
        else:
            _assign([*_all_variables(self.model), *self.model.metrics_variables], self._in_progress)
            self._in_progress = None

    def on_train_batch_end(self, batch, logs=None):
        self.steps_done += 1
        if batch + 1 == self.params["steps"] or self.seconds is None:
            return
        if time.monotonic() - self._saved_at >= self.seconds or self._stop_asked:
            self._save(logs)
        if self._stop_asked:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch, logs=None):
        history = {name: [*self.history.get(name, []), float(value)] for name, value in (logs or {}).items()}
        if not np.isnan((logs or {}).get("loss", 0.0)):
            self.history, self.epochs_done, self.steps_done = history, epoch + 1, 0
        self._save(logs)
        if self._stop_asked:
            raise KeyboardInterrupt

    def _ask(self, number, frame):
        if self._stop_asked:
            raise KeyboardInterrupt
        self._stop_asked = True
        print("\nStopping after this step, this round or this validation; once more stops at once.", file=sys.stderr)

    def _save(self, logs):
        """Write all, unless the loss, or a weight, is no longer a number."""
        if not self.writes:
            return
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        variables = [np.asarray(one) for one in _all_variables(self.model)]
        metrics = [np.asarray(one) for one in self.model.metrics_variables]
        if np.isnan((logs or {}).get("loss", 0.0)) or not all(np.isfinite(one).all() for one in variables):
            return
        named = {f"variable_{index}": value for index, value in enumerate(variables)}
        named |= {f"metric_{index}": value for index, value in enumerate(metrics)}
        named |= {f"history_{name}": np.array(values) for name, values in self.history.items()}
        try:
            with replacing(self.path) as temporary:
                np.savez(temporary, epochs_done=self.epochs_done, steps_done=self.steps_done, **named)
        except OSError as error:
            raise OSError(f"{self.path} could not be written, the one before it was kept: {error}") from error
        self._saved_at = time.monotonic()

    def restore(self, model):
        """Put the saved state into a compiled model of the same architecture; returns how many epochs were done.

        That is 0 if there is no checkpoint. `steps_done` tells how many steps of the next one were.
        """
        if not self.path.exists():
            return 0
        variables = _all_variables(model)
        try:
            with np.load(self.path, allow_pickle=False) as saved:
                values = [saved[f"variable_{index}"] for index in range(len(variables))]
                metrics = [saved[name] for name in saved if name.startswith("metric_")]
                self.epochs_done, self.steps_done = int(saved["epochs_done"]), int(saved["steps_done"])
                self.history = {
                    name.removeprefix("history_"): saved[name].tolist() for name in saved if name.startswith("history_")
                }
        except Exception as error:
            raise ValueError(f"{self.path} is damaged or of another model: start without --resume. {error}") from error
        for variable, value in zip(variables, values, strict=True):
            if tuple(variable.shape) != value.shape:
                raise ValueError(
                    f"{self.path} is of another model: give the settings it was trained with, or start without "
                    f"--resume. Expected {variable.path} of shape {tuple(variable.shape)}. Received: {value.shape}"
                )
        _assign(variables, values)
        self._in_progress = [*values, *metrics] if self.steps_done else None
        return self.epochs_done


def _all_variables(model):
    return [*model.variables, *model.optimizer.variables]


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
