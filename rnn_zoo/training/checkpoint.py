"""A checkpoint of all that training depends on, so that an interrupted run goes on to the same result."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.files import replacing


class TrainingState(keras.callbacks.Callback):
    """Write weights, optimizer, dropout's random states, history and epoch at every epoch's end; read them to resume.

    The file is written beside its place and renamed, so an interruption while writing leaves the epoch before.

    Args:
        path: of the checkpoint, an `.npz` file.

    Example:
        >>> state = TrainingState("runs/sentiment/state.npz")
        >>> state.path.suffix
        '.npz'
    """

    def __init__(self, path):
        super().__init__()
        self.path = Path(path)
        self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        """Save the state after the epoch of that number, unless its loss is no longer a number."""
        if np.isnan((logs or {}).get("loss", 0.0)):
            return
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        variables = {f"variable_{index}": np.asarray(v) for index, v in enumerate(_all_variables(self.model))}
        history = {f"history_{name}": np.array(values) for name, values in self.history.items()}
        with replacing(self.path) as temporary:
            np.savez(temporary, epochs_done=epoch + 1, **variables, **history)

    def restore(self, model):
        """Put the saved state into a compiled model of the same architecture.

        Args:
            model: compiled, its optimizer built.

        Returns:
            The number of epochs that were done; 0 if there is no checkpoint.

        Raises:
            ValueError: for a checkpoint of another architecture, or one that is damaged.
        """
        if not self.path.exists():
            return 0
        variables = _all_variables(model)
        try:
            with np.load(self.path, allow_pickle=False) as saved:
                values = [saved[f"variable_{index}"] for index in range(len(variables))]
                epochs_done = int(saved["epochs_done"])
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
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        return epochs_done


def _all_variables(model):
    return [*model.variables, *model.optimizer.variables]
