"""Series of numbers to windows: the last timesteps of a history, scaled."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.formats.tables import TIME_COLUMNS, check_stamps, parse_table


@keras.saving.register_keras_serializable("rnn_zoo")
class Series:
    """The last timesteps of each history, every variable scaled by the mean and deviation that it had in training.

    Args:
        variables: names of the variables, in the order of the columns of arrays.
        window: timesteps that the model reads; what comes before them is left out.
        mean: of each variable; None for 0.
        std: standard deviation of each variable; None for 1.

    Raises:
        ValueError: for no or equal names, a window that is not positive, or means and deviations that are not one
            finite number a variable, deviations above 0.

    Example:
        >>> series = Series(["load", "heat"], 2, mean=[10.0, 0.0], std=[5.0, 1.0])
        >>> series([[[0, 0], [15, 1], [5, 2]]]).tolist()
        [[[1.0, 1.0], [-1.0, 2.0]]]
    """

    bucket_width = 1
    """All windows are of one length."""

    def __init__(self, variables, window, *, mean=None, std=None):
        self.variables = [str(name) for name in ([variables] if isinstance(variables, str) else variables)]
        if not self.variables or len(set(self.variables)) < len(self.variables):
            raise ValueError(f"variables must be one or more different names. Received: variables={self.variables}")
        if not isinstance(window, int) or window < 1:
            raise ValueError(f"window must be a positive integer. Received: window={window!r}")
        self.window = window
        self.mean, self.std = checked_scale(mean, std, len(self.variables))

    @staticmethod
    def build_scale(histories):
        """Mean and standard deviation of each variable over the histories of the training part.

        A timestep that several histories share counts once: views of one array are told by their addresses.

        Args:
            histories: a list of arrays `<float>[timesteps, variables]`.

        Returns:
            `(mean, std)`, two lists of a float a variable; the deviation of a variable that never changes is 1.

        Example:
            >>> values = np.array([[0.0], [2.0], [4.0], [6.0]])
            >>> Series.build_scale([values[:3], values[1:]])[0]
            [3.0]
        """
        addresses = [one.ctypes.data + one.strides[0] * np.arange(len(one)) for one in histories]
        _, places = np.unique(np.concatenate(addresses), return_index=True)
        values = np.concatenate(histories)[places].astype("float64")
        std = values.std(axis=0)
        return values.mean(axis=0).tolist(), np.where(std > 0, std, 1.0).tolist()

    def encode(self, histories):
        """Histories to scaled windows.

        Args:
            histories: a list of arrays `<float>[timesteps, variables]`, or `[timesteps]` of a single variable, of at
                least `window` timesteps; or of pandas DataFrames or Series, or of paths of CSV files (`.csv`), whose
                columns are found by name. Time stamps, in an index or a column called date, must be in order.

        Returns:
            A list of `<float32>[window, variables]`.

        Raises:
            ValueError: for a single history instead of a list, the wrong number of variables or a missing one, too
                short a history, a value that is no finite number, or time stamps out of order or there twice; the
                message gives the place.
            FileNotFoundError: for a path that does not exist.
        """
        if isinstance(histories, (str, bytes, Path)) or not hasattr(histories, "__iter__") or _is_frame(histories):
            raise ValueError(f"histories must be a list: write [history] for a single one. Received: {histories!r:.60}")
        return [self._encode_one(one, f"histories[{place}]") for place, one in enumerate(histories)]

    def pad(self, encoded, timesteps=None):
        """Encoded histories to one tensor; there is nothing to pad, so `timesteps` is not used.

        Returns:
            `<float32>[batch, window, variables]`.
        """
        return np.stack(encoded) if len(encoded) else np.zeros((0, self.window, len(self.variables)), "float32")

    def __call__(self, histories):
        """Histories to one tensor: `pad(encode(histories))`."""
        return self.pad(self.encode(histories))

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {"variables": self.variables, "window": self.window, "mean": self.mean, "std": self.std}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _encode_one(self, history, place):
        values = self._values_of(history, place)
        if values.ndim == 1:
            values = values[:, None]
        num_variables = len(self.variables)
        if values.ndim != 2 or values.shape[1] != num_variables:
            raise ValueError(
                f"a history must be of shape [timesteps, {num_variables}], a column for each of {self.variables}. "
                f"Received: {place}={list(values.shape)}"
            )
        if len(values) < self.window:
            raise ValueError(
                f"a history must have {self.window} timesteps or more. Received: {place}={list(values.shape)}"
            )
        start = len(values) - self.window
        values = values[start:].astype("float64")
        if not np.isfinite(values).all():
            step, column = (int(index) for index in np.argwhere(~np.isfinite(values))[0])
            raise ValueError(
                "values must be finite numbers: fill gaps before. Received: "
                f"{place}={values[step, column]} at timestep {start + step} of {self.variables[column]!r}"
            )
        return ((values - self.mean) / self.std).astype("float32")

    def _values_of(self, history, place):
        if isinstance(history, (str, Path)):
            return self._values_of_file(Path(history), place)
        if _is_frame(history):
            return self._values_of_frame(history, place)
        try:
            values = np.asarray(history)
        except ValueError:  # rows of different lengths
            values = np.array(None)
        if values.dtype.kind not in "buif":
            raise ValueError(
                f"histories must be arrays of numbers, data frames or CSV files. Received: {place}={history!r:.60}"
            )
        return values

    def _values_of_file(self, path, place):
        if path.suffix != ".csv":
            raise ValueError(
                f"a history in a file must be CSV, with a name in .csv. Received: {place}={str(path)!r:.200}"
            )
        if not path.is_file():
            raise FileNotFoundError(f"a history must be an array or a file. Received: {place}={str(path)!r:.200}")
        text = path.read_text(encoding="utf-8-sig")
        if not text.strip():
            raise ValueError(f"{path} must hold a line of names and lines of numbers. Received: {place}, an empty file")
        return parse_table(text, path, columns=self.variables).values

    def _values_of_frame(self, frame, place):
        columns = [frame.name] if frame.ndim == 1 else list(frame.columns)
        if frame.ndim == 1 and len(self.variables) == 1:  # what a single column is called says nothing
            columns = self.variables
        if missing := [name for name in self.variables if name not in columns]:
            raise ValueError(
                f"a data frame must have columns {self.variables}. Received: {place} without {missing[0]!r}"
            )
        stamps = next((frame[name] for name in columns if str(name).lower() in TIME_COLUMNS), frame.index)
        check_stamps(list(stamps), lambda index: f"{place}, row {index}")
        return (frame if frame.ndim == 1 else frame[self.variables]).to_numpy(dtype="float64", na_value=np.nan)


def checked_scale(mean, std, num_variables):
    """Means and deviations as lists of floats, one a variable.

    Raises:
        ValueError: for another number of them, or values that are not finite or deviations not above 0.
    """
    mean = np.asarray(np.zeros(num_variables) if mean is None else mean, "float64")
    std = np.asarray(np.ones(num_variables) if std is None else std, "float64")
    if mean.shape != (num_variables,) or std.shape != (num_variables,) or not np.isfinite([mean, std]).all():
        raise ValueError(
            f"mean and std must be {num_variables} finite numbers each. Received: mean={mean.tolist()}, "
            f"std={std.tolist()}"
        )
    if not (std > 0).all():
        raise ValueError(f"std must be above 0. Received: std={std.tolist()}")
    return mean.tolist(), std.tolist()


def _is_frame(history):
    """Whether it is a DataFrame or a Series of pandas, which need not be installed."""
    return all(hasattr(history, name) for name in ("to_numpy", "index", "ndim"))
