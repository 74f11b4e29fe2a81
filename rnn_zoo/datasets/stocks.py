"""Stocks: prices of five companies at the beginning of each month, August 2004 to March 2010, in US dollars.

68 months of Microsoft, Amazon, IBM, Google and Apple; what comes before Google's first price is left out. A data set to
look at, and far too small to learn from.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `Stocks`:

* None: the pip package vega_datasets 0.9.0 (`pip install "rnn-zoo[series]"`), whose file is read without importing it.
  Works offline.
* a path: `stocks.csv` (plain or `.gz` or `.xz`), or its folder: columns symbol, date ("Jan 1 2000") and price.

Splits, in order of time: the first 70 %, the next 10 % and the last 20 %.

An example is a history of 12 months and the 3 that followed it, every month one; `read_splits` takes other lengths.

Source: vega-datasets of the Interactive Data Lab, University of Washington. Licence: BSD-3-Clause (the package: MIT).
"""

from datetime import datetime

import numpy as np

from rnn_zoo.datasets.original_files import OriginalFilesBuilder
from rnn_zoo.datasets.sources import find_package_file
from rnn_zoo.datasets.windows import cut_parts, ends_by_share, find_series, windowed
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_table

VARIABLES = ("MSFT", "AMZN", "IBM", "GOOG", "AAPL")
CONTEXT, HORIZON = 12, 3
COLUMNS = ["symbol", "date", "price"]
HOMEPAGE = "https://github.com/vega/vega-datasets"
LICENCE = "BSD-3-Clause"
PACKAGE = "vega_datasets 0.9.0"
PACKAGE_SHA256 = "f9953ac6693e587476b4ebf2f0b00d9bb95371ca8c39da4cc6155077b3e417cd"


def read_splits(source=None, manager=None, *, context=CONTEXT, horizon=HORIZON, stride=1):
    """All splits of the stocks.

    Args:
        source: None or a path, see the top of this module.
        manager: not used: there is nothing to download.
        context: as `cut_windows` takes it.
        horizon: as `cut_windows` takes it.
        stride: as `cut_windows` takes it.

    Returns:
        A dictionary of `Examples`, see `cut_parts`.

    Raises:
        ValueError: for a damaged file; the message names the line.
        FileNotFoundError: for a missing file or a missing package.
    """
    if source is None:
        path = find_package_file("vega_datasets", PACKAGE, "_data/stocks.csv", PACKAGE_SHA256, extra="series")
    else:
        (path,) = original_files(source)
    series = read_prices(decode_text(read_bytes(path), path), path)
    return cut_parts(series, ends_by_share(len(series)), context=context, horizon=horizon, stride=stride)


def read_prices(text, place):
    """The prices of the dates that all stocks have.

    Args:
        text: CSV with a line a stock and date, each stock in order of time.
        place: what to call it in an error.

    Returns:
        `<float32>[dates, stocks]`, in the order of `VARIABLES`.

    Raises:
        ValueError: for other columns, unknown stocks, or prices or dates that are none; the message names the line.
    """
    header, *lines = text.splitlines()
    if header.split(",") != COLUMNS:
        raise ValueError(f"{place}, line 1: columns must be {COLUMNS}. Received: {header!r}")
    symbols = [line.partition(",")[0] for line in lines]
    if unknown := [number for number, symbol in enumerate(symbols, start=2) if symbol not in (*VARIABLES, "")]:
        raise ValueError(
            f"{place}, line {unknown[0]}: symbol must be one of {VARIABLES}. Received: {symbols[unknown[0] - 2]!r}"
        )
    tables = [
        parse_table(
            # Lines of others are left blank, so that an error names the line of the file.
            "\n".join([header, *(line * (symbol == name) for line, symbol in zip(lines, symbols, strict=True))]),
            place,
            columns=["price"],
            parse_stamp=_day,
        )
        for name in VARIABLES
    ]
    shared = sorted(set.intersection(*(set(table.stamps) for table in tables)))
    prices = [dict(zip(table.stamps, table.values[:, 0], strict=True)) for table in tables]
    return np.array([[of_day[day] for of_day in prices] for day in shared], "float32").reshape(-1, len(VARIABLES))


def original_files(source):
    """The file, in a list.

    Raises:
        FileNotFoundError: if it is missing.
    """
    return find_series(source, ["stocks"], ".csv", HOMEPAGE)


def _day(text):
    return datetime.strptime(text, "%b %d %Y")


class Stocks(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the stocks; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import Stocks
        >>> builder = Stocks(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = windowed(len(VARIABLES), HORIZON)
