"""Series of numbers to windows: the last timesteps of a history, scaled."""

from pathlib import Path

import numpy as np

from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.rows import frame_of
from rnn_zoo.formats.tables import is_table, parse_table
from rnn_zoo.formats.times import FIRST_UNIX_SECONDS, TIME_COLUMNS, find_times, is_time, order_of, step_of
from rnn_zoo.preprocessors.base import Preprocessor, first_of, listed, number_of_axes
from rnn_zoo.preprocessors.frames import checked_scale


class Series(Preprocessor):
    """The last timesteps of each history, every variable scaled by the mean and deviation that it had in training.

    An example is an array `<float>[timesteps, variables]`, or `[timesteps]` of a single variable, of at least `window`
    timesteps; or a data frame or series of pandas, polars, pyarrow, xarray or what else narwhals knows, or the path of
    a CSV file (`.csv`), whose columns are found by name. Time stamps, in an index or in other columns, put the rows in
    order, and must go on without holes. It gives `<float32>[batch, window, variables]`.

    Args:
        variables: names of the variables, in the order of the columns of arrays.
        window: timesteps that the model reads; what comes before them is left out.
        mean: of each variable; None for 0.
        std: standard deviation of each variable; None for 1.
        step_seconds: from a timestep to the next one, which time stamps must keep; None for any.

    Example:
        >>> series = Series(["load", "heat"], 2, mean=[10.0, 0.0], std=[5.0, 1.0])
        >>> series([[[0, 0], [15, 1], [5, 2]]]).tolist()
        [[[1.0, 1.0], [-1.0, 2.0]]]
    """

    plural, singular = "histories", "history"
    needs_whole = None

    def __init__(self, variables, window, *, mean=None, std=None, step_seconds: float | None = None):
        self.variables = [str(name) for name in ([variables] if isinstance(variables, str) else variables)]
        if not self.variables or len(set(self.variables)) < len(self.variables):
            raise ValueError(f"variables must be one or more different names. Received: variables={self.variables}")
        if not isinstance(window, int) or window < 1:
            raise ValueError(f"window must be a positive integer. Received: {window=}")
        self.window = window
        self.step_seconds = step_seconds
        self.mean, self.std = checked_scale(mean, std, len(self.variables))

    @classmethod
    def from_examples(cls, raw, *, variables: tuple | None = None, window: int | None = None, **settings):
        """A preprocessor that knows mean and standard deviation of each variable over all training histories.

        A timestep that several histories share counts once: views of one array are told by their addresses.

        Args:
            raw: the training split, as `encode` takes it.
            variables: as of the class; None takes the columns of data frames, or numbers the columns of arrays.
            window: as of the class; None takes the length of the shortest history.
            **settings: a mean and std that are given are not learned. The deviation of a variable that never changes
                is 1.

        Example:
            >>> values = np.array([[0.0], [2.0], [4.0], [6.0]])
            >>> found = Series.from_examples([values[:3], values[1:]], variables=["load"])
            >>> found.mean, found.window
            ([3.0], 3)
        """
        histories = listed(raw, cls.plural, cls.singular, _is_frame)
        first = first_of(histories, cls.plural)
        plain = cls(_names_of(first) if variables is None else variables, 1)
        values, steps = zip(
            *(plain.read(one, f"histories[{index}]") for index, one in enumerate(histories)), strict=True
        )
        rows = _different_rows(values)
        std, rounding = rows.std(axis=0), 1e-12 * np.abs(rows).max(axis=0)
        std = np.where(std > rounding, std, 1.0)
        found = {"mean": rows.mean(axis=0), "std": std, "step_seconds": steps[0], **settings}
        return cls(plain.variables, min(map(len, values)) if window is None else window, **found)

    def is_single(self, raw):
        if isinstance(raw, (str, bytes, Path)) or _is_frame(raw):
            return True
        num_axes = number_of_axes(raw)
        if isinstance(raw, (list, tuple)) and hasattr(next(iter(raw), None), "ndim"):  # arrays, a history each
            return False
        if len(self.variables) > 1 or num_axes != 2:
            return num_axes == (2 if len(self.variables) > 1 else 1)
        return self.window > 1 and len(raw[0]) == 1  # and no list of histories of one variable

    def pad(self, encoded, timesteps=None):
        return np.array(encoded, "float32").reshape(-1, self.window, len(self.variables))

    def _encode_one(self, history, place):
        values, _ = self.read(history, place)
        if len(values) < self.window:
            raise ValueError(
                f"a history must have {self.window} timesteps or more. Received: {place}={list(values.shape)}"
            )
        return self._scaled(values, place, len(values) - self.window)

    def encode_piece(self, piece, held, place, *, last=False):
        """A piece is one timestep or more of a history; nothing is held."""
        if last:
            return np.zeros((0, len(self.variables)), "float32"), None
        is_timestep = number_of_axes(piece) == 1 < len(self.variables)
        return self._scaled(self.read([piece] if is_timestep else piece, place)[0], place), None

    def _scaled(self, values, place, start=0):
        """The timesteps of `[timesteps, variables]` from a start on, scaled."""
        values = values[start:].astype("float64")
        if not np.isfinite(values).all():
            step, column = (int(index) for index in np.argwhere(~np.isfinite(values))[0])
            raise ValueError(
                "values must be finite numbers: fill gaps before. Received: "
                f"{place}={values[step, column]} at timestep {start + step} of {self.variables[column]!r}"
            )
        return ((values - self.mean) / self.std).astype("float32")

    def read(self, history, place):
        """A history as an array `[timesteps, variables]`, a view of one that is given, and its step in seconds."""
        values, seconds = self._values_of(history, place)
        counts_rows = seconds is None or np.abs(seconds).max(initial=0) < FIRST_UNIX_SECONDS
        step = self.step_seconds if counts_rows else step_of(seconds, place, self.step_seconds)
        if values.ndim == 1:
            values = values[:, None]
        num_variables = len(self.variables)
        if values.ndim != 2 or values.shape[1] != num_variables:
            raise ValueError(
                f"a history must be of shape [timesteps, {num_variables}], a column for each of {self.variables}. "
                f"Received: {place}={list(values.shape)}"
            )
        return values, step

    def _values_of(self, history, place):
        if np.ma.isMaskedArray(history):
            history = history.astype("float64").filled(np.nan)
        if isinstance(history, (str, Path)):
            return self._values_of_file(Path(history), place)
        if (frame := frame_of(history)) is not None:
            return self._values_of_frame(frame, place)
        try:
            values = np.asarray(history)
        except ValueError:  # rows of different lengths
            values = np.array(None)
        if values.dtype.kind not in "buif":
            raise ValueError(
                f"histories must be arrays of numbers, data frames or CSV files. Received: {place}={history!r:.60}"
            )
        return values, None

    def _values_of_file(self, path, place):
        if not is_table(path):
            raise ValueError(
                f"a history in a file must be CSV, with a name in .csv. Received: {place}={str(path)!r:.200}"
            )
        if not path.is_file():
            raise FileNotFoundError(f"a history must be an array or a file. Received: {place}={str(path)!r:.200}")
        table = parse_table(decode_text(read_bytes(path), path), path, columns=self.variables, gaps=True)
        return table.values, np.array(table.stamps) if table.stamps else None

    def _values_of_frame(self, frame, place):
        import narwhals

        columns = self.variables
        if len(frame.columns) == 1 == len(columns):  # what a single column is called says nothing
            columns = frame.columns
        if missing := [name for name in columns if name not in frame.columns]:
            raise ValueError(
                f"a data frame must have columns {self.variables}. Received: {place} without {missing[0]!r}"
            )
        values = np.array([_numbers(frame[name], place) for name in columns]).T
        others = {str(name): frame[name].to_list() for name in frame.columns if name not in columns}
        index = narwhals.maybe_get_index(frame)
        others |= {} if index is None else {"index": index.tolist()}
        seconds = find_times(others, lambda row: f"{place}, row {row}")
        if seconds is None:
            return values, None
        order = order_of(seconds, lambda row: f"{place}, row {row}")
        return values[order], seconds[order]


def _numbers(column, place):
    """A column as `<float64>[rows]`; what is missing is NaN."""
    try:
        return np.array([np.nan if value is None else value for value in column.to_list()], "float64")
    except (TypeError, ValueError) as error:
        raise ValueError(f"values must be numbers. Received: {place}, column {column.name!r}: {error}") from error


def _different_rows(histories):
    """All timesteps of arrays `[timesteps, variables]`, those that several of them share once."""
    addresses = [one.ctypes.data + one.strides[0] * np.arange(len(one)) for one in histories]
    _, positions = np.unique(np.concatenate(addresses), return_index=True)
    return np.concatenate(histories)[positions].astype("float64")


def _names_of(history):
    """The variables that a history itself names."""
    if isinstance(history, (str, Path)):
        path = Path(history)
        return parse_table(decode_text(read_bytes(path), path), path).names
    if (frame := frame_of(history)) is not None:
        is_one = len(frame.columns) == 1
        return [str(name) for name in frame.columns if is_one or not _holds_times(str(name), frame[name])]
    shape = np.shape(history)
    return [str(index) for index in range(shape[1] if len(shape) > 1 else 1)]


def _holds_times(name, column):
    is_number = column.dtype.is_numeric() or str(column.dtype) == "Boolean"
    return (not is_number and is_time(name, column.to_list())) or name.lower() in TIME_COLUMNS


def _is_frame(history):
    return frame_of(history) is not None
