"""Time stamps as people write them: rows come in the order of time, and time goes on without holes."""

import numpy as np
import pytest

from rnn_zoo.preprocessors import Series

pandas = pytest.importorskip("pandas")

VALUES = np.random.default_rng(0).normal(size=(120, 2))
HOURS = pandas.date_range("2016-09-28", periods=120, freq="h")
DAYS = pandas.date_range("2000-01-01", periods=120)
BERLIN = pandas.date_range("2016-10-28", periods=120, freq="h", tz="Europe/Berlin")  # summer time ends within
FRAME = pandas.DataFrame(VALUES, columns=["a", "b"])


def names(step_seconds=None):
    return Series(["a", "b"], 100, step_seconds=step_seconds)


KINDS = {
    "date": {"date": HOURS},
    "another name": {"Date Time": HOURS},
    "no name": {"": HOURS},
    "offsets": {"ds": BERLIN},
    "day first": {"when": HOURS.strftime("%d.%m.%Y %H:%M")},
    "month first": {"when": HOURS.strftime("%m/%d/%Y %I:%M %p")},
    "seconds": {"utc_timestamp": HOURS.astype("datetime64[s]").astype("int64")},
    "milliseconds": {"unix": HOURS.astype("datetime64[ms]").astype("int64")},
    "two columns": {"day": HOURS.strftime("%Y-%m-%d"), "hour": HOURS.strftime("%H:%M")},
    "days as numbers": {"date": DAYS.strftime("%Y%m%d")},
    "months": {"date": [f"{2000 + place // 12}-{place % 12 + 1:02d}" for place in range(120)]},
    "days of trading": {"date": pandas.bdate_range("2000-01-01", periods=120)},
}


@pytest.mark.parametrize("kind", KINDS)
def test_time_is_found_by_what_it_is_in_any_order_of_rows(tmp_path, kind):
    turned = FRAME.assign(**KINDS[kind], other="x")[::-1].reset_index(drop=True)
    turned.to_csv(tmp_path / "h.csv", index=False)
    turned.to_csv(tmp_path / "i.csv", index=False, sep=";", decimal=",")
    for history in (turned, tmp_path / "h.csv", tmp_path / "i.csv"):
        np.testing.assert_allclose(names()([history])[0], VALUES[-100:], rtol=1e-5)


def test_a_column_of_numbers_is_no_time():
    np.testing.assert_allclose(names()([FRAME.assign(lifetime=VALUES[:, 0])])[0], VALUES[-100:], rtol=1e-5)


@pytest.mark.parametrize(
    ("stamps", "message"),
    [
        (BERLIN.tz_localize(None), r"row 51: time stamps must be there once. Received twice: 2016-10-30 02:00:00"),
        ([str(BERLIN[0]), *map(str, HOURS[1:])], "row 1: all time stamps must have an offset to UTC, or none"),
        ([f"{1 + row % 12:02d}/{1 + row // 12:02d}/2020" for row in range(120)], "must say which is the day"),
        (HOURS[:60].append(HOURS[61:]).append(HOURS[-1:] + pandas.Timedelta("1h")), "without holes.*2016-09-30 13:00"),
        (DAYS, "steps of 3600 seconds, as those that the model learned from. Received: .* of 86400 seconds"),
        (["yesterday"] * 120, "row 0: a time stamp must be a date. Received: 'yesterday'"),
    ],
)
def test_holes_other_steps_and_unclear_dates_are_refused(stamps, message):
    with pytest.raises(ValueError, match=message):
        names(3600.0).encode([FRAME.assign(date=stamps)])


def test_a_gap_before_the_window_is_no_matter(tmp_path):
    frame = FRAME.assign(a=np.where(np.arange(120) == 2, np.nan, VALUES[:, 0]))
    frame.to_csv(tmp_path / "h.csv", index=False)
    np.testing.assert_allclose(names()([tmp_path / "h.csv"])[0], VALUES[-100:], rtol=1e-5)
    frame.loc[110, "a"] = np.nan
    frame.to_csv(tmp_path / "h.csv", index=False)
    with pytest.raises(ValueError, match="nan at timestep 110 of 'a'"):
        names().encode([tmp_path / "h.csv"])


def test_a_model_learns_its_step():
    assert Series.from_examples([FRAME.assign(ds=HOURS)]).step_seconds == 3600.0
    assert Series.from_examples([VALUES]).step_seconds is None
