"""Daily minimum temperatures: the coldest of each day in Melbourne, 1981 to 1990, in degrees Celsius.

3,650 days; the last day of the two leap years is missing.

Source, the `source=` of `rnn_zoo.load_dataset` and of `DailyMinTemperatures`: `daily-min-temperatures.csv`, as in the
repository jbrownlee/Datasets (plain or `.gz` or `.xz`), or its folder. There is no default source.

Splits, in order of time: the first 70 %, the next 10 % and the last 20 %: the years 1981 to 1987, 1988, and 1989 to
1990.

An example is a history of 365 days and the 7 that followed it, every day one; `read_splits` takes other lengths.

Source: Time Series Data Library, citing the Australian Bureau of Meteorology. Licence: not stated.
"""

from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.windows import cut_parts, ends_by_share, find_series, windowed
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_table

VARIABLES = ("Temp",)
CONTEXT, HORIZON = 365, 7
HOMEPAGE = "https://github.com/jbrownlee/Datasets"
LICENCE = "None stated."


def read_splits(source=None, manager=None, *, context=CONTEXT, horizon=HORIZON, stride=1):
    """All splits of the temperatures.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.
        context: as `cut_windows` takes it.
        horizon: as `cut_windows` takes it.
        stride: as `cut_windows` takes it.

    Returns:
        A dictionary of `Examples`, see `cut_parts`.

    Raises:
        ValueError: for a damaged file; the message names the line.
        FileNotFoundError: for a missing file, or without a source.
    """
    (path,) = original_files(source)
    series = parse_table(decode_text(read_bytes(path), path), path, columns=VARIABLES).values
    return cut_parts(series, ends_by_share(len(series)), context=context, horizon=horizon, stride=stride)


def original_files(source):
    """The file, in a list.

    Raises:
        FileNotFoundError: if it is missing.
    """
    return find_series(source, ["daily-min-temperatures"], ".csv", HOMEPAGE)


class DailyMinTemperatures(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the temperatures; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import DailyMinTemperatures
        >>> builder = DailyMinTemperatures(source="data/time_series_misc", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = windowed(len(VARIABLES), HORIZON)
