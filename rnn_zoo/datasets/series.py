"""Series of numbers over time: histories, and what followed."""

import numpy as np

from rnn_zoo.datasets.records import Dataset, Feature
from rnn_zoo.datasets.splits import cut_series
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.tables import parse_table

COMPANIES = ("MSFT", "AMZN", "IBM", "GOOG", "AAPL")
STOCKS_COLUMNS = ["symbol", "date", "price"]


def read_series(path, **settings):
    """The values of a table, `<float32>[timesteps, variables]`, see `rnn_zoo.formats.tables.parse_table`."""
    return parse_table(decode_text(read_bytes(path), path), path, **settings).values


def series_of(variables, context, horizon, read, *, ends=(0.7, 0.8, 1.0), customary=None, **facts):
    """The record of a dataset of one series a subset, with the usual timesteps of histories and of what followed.

    `read(path)` gives the series. Train, validation and test end where `ends` says, or of a series that has one of the
    lengths in `customary` where that says; test is official in the longest of these.
    """
    customary = customary or {}

    def read_splits(files, subset=None, *, context=context, horizon=horizon, stride=1):
        (path,) = files.values()
        series = read(path)
        lengths = {"context": context, "horizon": horizon, "stride": stride}
        official = len(series) == max(customary, default=None)
        return cut_series(series, customary.get(len(series), ends), **lengths, official_test=official)

    return Dataset(
        class_names=variables,
        features={
            "history": Feature("array", (None, len(variables))),
            "future": Feature("array", (horizon, len(variables))),
        },
        read=read_splits,
        **facts,
    )


def read_exchange_rate(path):
    """The series of the rates."""
    series = read_series(path, has_header=False)
    if series.shape[1] != len(EXCHANGE_RATE.class_names):
        raise ValueError(f"{path}, line 1: a line must have 8 columns. Received: {series.shape[1]}")
    return series


def read_prices(path):
    """The prices of the dates that all stocks have, `<float32>[dates, stocks]`, in the order of `COMPANIES`."""
    header, *lines = decode_text(read_bytes(path), path).splitlines()
    if header.split(",") != STOCKS_COLUMNS:
        raise ValueError(f"{path}, line 1: columns must be {STOCKS_COLUMNS}. Received: {header!r}")
    symbols = [line.partition(",")[0] for line in lines]
    if unknown := [number for number, symbol in enumerate(symbols, start=2) if symbol not in (*COMPANIES, "")]:
        raise ValueError(
            f"{path}, line {unknown[0]}: symbol must be one of {COMPANIES}. Received: {symbols[unknown[0] - 2]!r}"
        )
    tables = [
        parse_table(
            # Lines of others are left blank, so that an error names the line of the file.
            "\n".join([header, *(line * (symbol == name) for line, symbol in zip(lines, symbols, strict=True))]),
            path,
            columns=["price"],
            time_format="%b %d %Y",
        )
        for name in COMPANIES
    ]
    shared = sorted(set.intersection(*(set(table.stamps) for table in tables)))
    prices = [dict(zip(table.stamps, table.values[:, 0], strict=True)) for table in tables]
    return np.array([[of_day[day] for of_day in prices] for day in shared], "float32").reshape(-1, len(COMPANIES))


ETT = series_of(
    ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"),
    96,
    24,
    lambda path: read_series(path, columns=ETT.class_names),
    ends=(0.75, 0.875, 1.0),
    customary={17_420: (8640, 11_520, 14_400), 11_520: (8640, 10_080, 11_520)},
    name="ett",
    subsets=("etth1", "etth2"),
    usual="etth1",
)
EXCHANGE_RATE = series_of(
    ("Australia", "Great Britain", "Canada", "Switzerland", "China", "Japan", "New Zealand", "Singapore"),
    96,
    24,
    read_exchange_rate,
    ends=(0.75, 0.875, 1.0),
    customary={7588: (0.6, 0.8, 1.0)},
    name="exchange_rate",
)
DAILY_MIN_TEMPERATURES = series_of(
    ("Temp",),
    365,
    7,
    lambda path: read_series(path, columns=("Temp",)),
    name="temperatures",
)
STOCK_INDICES = series_of(
    ("Close",),
    60,
    5,
    lambda path: read_series(path, columns=("Close",), time_format="%m/%d/%Y"),
    name="stock_indices",
    subsets=("sp500", "nasdaq"),
    usual="sp500",
)
STOCKS = series_of(
    COMPANIES,
    12,
    3,
    read_prices,
    name="stocks",
)
