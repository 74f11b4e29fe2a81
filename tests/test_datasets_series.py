"""Series: windows that do not leak, files in order of time, parts that follow one another."""

import gzip
import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import Ett, Stocks, daily_min_temperatures, ett, exchange_rate, stock_indices, stocks
from rnn_zoo.datasets.windows import cut_parts, cut_windows
from rnn_zoo.formats.tables import parse_table

DUMMY = Path(__file__).parent / "dummy_data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
PARTS = ("train", "validation", "test")
SERIES = np.arange(100, dtype="float32")[:, None] * [1, 10]


@pytest.mark.parametrize(("context", "horizon", "stride"), [(1, 1, 1), (6, 4, 1), (20, 3, 7)])
def test_windows_are_views_that_follow_one_another(context, horizon, stride):
    found = cut_windows(SERIES, (0, 100), context=context, horizon=horizon, stride=stride)
    assert len(found.raw) == len(range(context, 100 - horizon + 1, stride))
    for index, (history, future) in enumerate(zip(*found, strict=True)):
        assert np.shares_memory(history, SERIES) and np.shares_memory(future, SERIES)
        assert history[:, 0].tolist() == list(range(index * stride, index * stride + context))
        assert future[:, 1].tolist() == [10 * (history[-1, 0] + 1 + step) for step in range(horizon)]


def test_a_future_never_leaves_its_part_and_a_history_may_reach_back():
    splits = cut_parts(SERIES, {"train": 60, "validation": 80, "test": 100}, context=30, horizon=5)
    ranges = {name: (part.labels[0][0, 0], part.labels[-1][-1, 0]) for name, part in splits.items()}
    assert ranges == {"train": (30, 59), "validation": (60, 79), "test": (80, 99), "all_train": (30, 99)}
    assert splits["test"].raw[0][:, 0].tolist() == list(range(50, 80))
    with_official_test = cut_parts(
        SERIES, {"train": 60, "validation": 80, "test": 100}, official_test=True, context=30, horizon=5
    )
    assert with_official_test["all_train"].labels[-1][-1, 0] == 79


def test_futures_may_be_of_some_variables_only():
    found = cut_windows(SERIES, (0, 100), context=4, horizon=2, columns=slice(1, 2))
    assert found.raw[0].shape == (4, 2) and found.labels[0].tolist() == [[40], [50]]


def test_parts_too_short_for_an_example_and_settings_that_are_not_positive_are_refused():
    with pytest.raises(ValueError, match="Received: rows 60 to 64 for 'validation', context=10, horizon=5"):
        cut_parts(SERIES, {"train": 60, "validation": 64, "test": 100}, context=10, horizon=5)
    with pytest.raises(ValueError, match="must be positive. Received: context=3, horizon=0, stride=1"):
        cut_windows(SERIES, (0, 100), context=3, horizon=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "date,a\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n",
            "line 4: time stamps must be in order.*2020-01-02.*after",
        ),
        ("date,a\n2020-01-01,1\n\n2020-01-01,2\n", "line 4: time stamps must be there once. Received: 2020-01-01"),
        ("Date,a\n2020-01-01,1\nyesterday,2\n", "line 3: a time stamp must be a date. Received: 'yesterday'"),
        ("a,b\n1,2\n3\n", "line 3: a line must have 2 columns. Received: 1"),
        ("a,b\n1,2\n3,x\n", "line 3: a value must be a finite number. Received: b='x'"),
        ("a,b\n1,\n", "line 2: a value must be a finite number. Received: b=''"),
        ("a,b\n1,nan\n", "line 2: a value must be a finite number. Received: b='nan'"),
        ("date,b\n2020-01-01,2\n", r"line 1: there must be columns \['a'\]. Received: \['date', 'b'\], without 'a'"),
    ],
)
def test_a_bad_line_of_a_table_is_named(content, message):
    with pytest.raises(ValueError, match=f"my.csv, {message}"):
        parse_table(content, "my.csv", columns=["a"] if "without" in message else None)


@pytest.mark.parametrize(
    ("module", "folder", "settings", "length"),
    [
        (ett, "ett", {}, 240),
        (exchange_rate, "exchange_rate", {"context": 10, "horizon": 3}, 96),
        (daily_min_temperatures, "daily_min_temperatures", {"context": 10, "horizon": 3}, 120),
        (stock_indices, "stock_indices", {"context": 10}, 90),
        (stocks, "stocks", {}, 44),
    ],
)
def test_the_parts_of_every_dataset_follow_one_another_to_the_end(module, folder, settings, length):
    splits = module.read_splits(DUMMY / folder, **settings)
    first = splits["all_train"].raw[0]
    assert first.shape[1] == len(module.VARIABLES) and first.dtype == np.float32
    context, horizon = len(first), len(splits["all_train"].labels[0])
    assert len(splits["all_train"].raw) == length - context - horizon + 1
    starts = {name: [one.ctypes.data for one in splits[name].labels] for name in PARTS}
    row = first.strides[0]
    for earlier, later in (("train", "validation"), ("validation", "test")):
        assert starts[later][0] == starts[earlier][-1] + horizon * row
    assert starts["test"][-1] == splits["all_train"].labels[-1].ctypes.data


def test_stocks_begin_where_all_have_prices_and_a_bad_line_is_named(tmp_path):
    splits = stocks.read_splits(DUMMY / "stocks")
    prices = [line.split(",") for line in (DUMMY / "stocks" / "stocks.csv").read_text().splitlines()]
    may_2001 = {symbol: float(price) for symbol, date, price in prices[1:] if date == "May 1 2001"}
    np.testing.assert_allclose(splits["train"].raw[0][0], [may_2001[name] for name in stocks.VARIABLES], rtol=1e-6)
    lines = (DUMMY / "stocks" / "stocks.csv").read_text().splitlines()
    for place, line, message in (
        (60, "TSLA,Jan 1 2001,3", "line 61: symbol must be one of .* Received: 'TSLA'"),
        (60, "AMZN,Jan 1 2001,much", "line 61: a value must be a finite number. Received: price='much'"),
    ):
        path = tmp_path / "stocks.csv"
        path.write_text("\n".join([*lines[:place], line, *lines[place + 1 :]]))
        with pytest.raises(ValueError, match=f"stocks.csv, {message}"):
            stocks.read_splits(path)


def test_ett_reads_the_customary_months_of_a_whole_file_and_carves_test_from_a_cut_one(tmp_path):
    lines = ["date," + ",".join(ett.VARIABLES)]
    values = np.arange(ett.WHOLE) % 97
    hours = np.datetime64("2016-07-01T00") + np.arange(ett.WHOLE)
    lines += [f"{hour}:00:00," + ",".join([str(value)] * 7) for hour, value in zip(hours, values, strict=True)]
    (tmp_path / "ETTh1.csv").write_text("\n".join(lines))
    (tmp_path / "ETTh2.csv.gz").write_bytes(gzip.compress("\n".join(lines[: 1 + ett.CUT]).encode()))
    whole = ett.read_splits(tmp_path)
    expected = {"train": 8640 - 96 - 23, "validation": 2880 - 23, "test": 2880 - 23, "all_train": 11_520 - 96 - 23}
    assert {name: len(part.raw) for name, part in whole.items()} == expected
    assert whole["test"].labels[0][0, 0] == 11_520 % 97
    cut = rnn_zoo.load_dataset("ett", "test", source=tmp_path, subset="etth2")
    assert len(cut.raw) == 1440 - 23 and cut.labels[0][0, 0] == 10_080 % 97


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rnn_zoo.load_dataset("ett", "train"), "no default source: name the folder of ETTh1.csv"),
        (lambda: ett.read_splits(DUMMY / "ett", subset="etth2"), "must be a folder with ETTh2.csv"),
        (lambda: exchange_rate.read_splits(DUMMY / "ett"), "must be a folder with exchange_rate.txt"),
        (lambda: daily_min_temperatures.read_splits("tfds"), "no default source"),
    ],
)
def test_series_that_are_missing_are_named(call, message):
    with pytest.raises(FileNotFoundError, match=message):
        call()


def test_a_package_that_is_missing_or_another_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"package vega_datasets 0.9.0: pip install \"rnn-zoo\[series\]\""):
        stocks.read_splits()
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "stocks.csv").write_text("symbol,date,price\n")
    spec = importlib.machinery.ModuleSpec("vega_datasets", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(ValueError, match="must be that of vega_datasets 0.9.0"):
        stocks.read_splits()


@pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("arch", "vega_datasets"))), reason="needs the extra `series`"
)
def test_the_packages_have_the_documented_sizes():
    indices = stock_indices.read_splits(subset="nasdaq")
    assert len(indices["all_train"].raw) == 5031 - 60 - 4
    np.testing.assert_allclose(indices["train"].raw[0][0], [2208.05], rtol=1e-6)
    assert len(stocks.read_splits()["all_train"].raw) == 68 - 12 - 2


@pytest.mark.parametrize(
    ("builder_class", "source", "name"), [(Ett, DUMMY / "ett", "ett"), (Stocks, DUMMY / "stocks", "stocks")]
)
def test_a_builder_reads_back_the_same_windows(tmp_path, builder_class, source, name):
    builder = builder_class(source=source, data_dir=tmp_path)
    builder.download_and_prepare()
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = sorted((history.tobytes(), future.tobytes()) for history, future in dataset)
        expected = rnn_zoo.load_dataset(name, split, source=source)
        assert found == sorted((history.tobytes(), future.tobytes()) for history, future in zip(*expected, strict=True))
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
@pytest.mark.parametrize(
    ("module", "folder", "settings", "rows"),
    [
        (ett, "ett", {}, (8640, 1440, 1440)),
        (ett, "ett", {"subset": "etth2"}, (8640, 1440, 1440)),
        (exchange_rate, "exchange_rate", {}, (4552, 759, 759)),
        (daily_min_temperatures, "time_series_misc", {}, (2555, 365, 730)),
    ],
)
def test_the_known_files_have_the_documented_parts(module, folder, settings, rows):
    splits = module.read_splits(SHARED / folder, **settings)
    context, horizon = len(splits["train"].raw[0]), len(splits["train"].labels[0])
    found = [len(splits[name].raw) + horizon - 1 for name in PARTS]
    assert found == [rows[0] - context, *rows[1:]]
