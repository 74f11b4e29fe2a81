"""What the datasets of series share: cutting a long series into histories and what followed, without a leak."""

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples
from rnn_zoo.datasets.sources import named_source

CONTEXT, HORIZON = 96, 24
SHARES = {"train": 0.7, "validation": 0.8, "test": 1.0}


def cut_windows(series, rows, *, context=CONTEXT, horizon=HORIZON, stride=1, columns=None):
    """All examples whose future lies in a part of a series.

    A history may reach back into the part before: what is known when a forecast is made is no leak.

    Args:
        series: `<float32>[timesteps, variables]`.
        rows: `(start, end)`: the part, as places in the series.
        context: timesteps of a history.
        horizon: timesteps of a future.
        stride: timesteps from one example to the next.
        columns: a slice of the variables that futures are made of; None for all.

    Returns:
        `Examples` of views of the series, not of copies: histories `[context, variables]` and futures `[horizon,
        targets]`.

    Raises:
        ValueError: for settings that are not positive.

    Example:
        >>> series = np.arange(8.0)[:, None]
        >>> found = cut_windows(series, (5, 8), context=3, horizon=2)
        >>> [history.ravel().tolist() for history in found.raw], found.labels[1].ravel().tolist()
        ([[2.0, 3.0, 4.0], [3.0, 4.0, 5.0]], [6.0, 7.0])
    """
    if min(context, horizon, stride) < 1:
        raise ValueError(f"context, horizon and stride must be positive. Received: {context=}, {horizon=}, {stride=}")
    start, end = rows
    columns = slice(None) if columns is None else columns
    places = range(max(start, context), end - horizon + 1, stride)
    return Examples(
        [series[place - context : place] for place in places],
        [series[place : place + horizon, columns] for place in places],
    )


def cut_parts(series, ends, *, official_test=False, **settings):
    """Cut a series into parts that follow one another, and each part into examples.

    Args:
        series: `<float32>[timesteps, variables]`.
        ends: from the name of each part to the place in the series where it ends, in order of time.
        official_test: whether the test part is one that others measure on too: then "all_train" leaves it out.
        settings: of `cut_windows`.

    Returns:
        A dictionary of `Examples`, as `rnn_zoo.load_dataset` wants it.

    Raises:
        ValueError: if a part is too short for an example.
    """
    splits, start = {}, 0
    for name, end in ends.items():
        splits[name] = cut_windows(series, (start, end), **settings)
        if not splits[name].raw:
            said = ", ".join(f"{key}={value}" for key, value in settings.items() if key in ("context", "horizon"))
            raise ValueError(
                f"every part of a series must be long enough for a history and what followed. Received: rows {start} "
                f"to {end} for {name!r}{', ' * bool(said)}{said}"
            )
        start = end
    last = ends["validation"] if official_test else ends["test"]
    return {"all_train": cut_windows(series, (0, last), **settings), **splits}


def ends_by_share(num_timesteps, shares=None):
    """Where the parts end that are shares of a series: the first 70 %, the next 10 % and the last 20 %."""
    return {name: int(num_timesteps * share) for name, share in (shares or SHARES).items()}


def windowed(num_variables, horizon=HORIZON):
    """The features of a dataset of windows of its usual length, as `OriginalFilesBuilder.FEATURES` wants them."""
    return {
        "history": tfds.features.Tensor(shape=(None, num_variables), dtype=np.float32),
        "future": tfds.features.Tensor(shape=(horizon, num_variables), dtype=np.float32),
    }


def find_series(source, stems, ending, homepage):
    """The file of a series without a default source, in a list.

    Args:
        source: a path: the file or its folder.
        stems: names that the file may have, without their ending.
        ending: of the name, such as ".csv"; ".gz" or ".xz" may follow.
        homepage: where to get the file.

    Raises:
        FileNotFoundError: if it is missing, or for a source that is no path.
    """
    path = named_source(source, "This dataset", f"the folder of {stems[0]}{ending} ({homepage})")
    if path.is_file():
        return [path]
    found = [path / f"{stem}{ending}{packed}" for stem in stems for packed in ("", ".gz", ".xz")]
    found = [candidate for candidate in found if candidate.is_file()]
    if not found:
        raise FileNotFoundError(f"{path} must be a folder with {stems[0]}{ending} (or {ending}.gz, {ending}.xz).")
    return found[:1]
