"""Temperatures: forecast the coldest of each day in Melbourne, a week from the last two months.

python recipes/forecast_temperatures.py --data-dir data/time_series_misc  # daily-min-temperatures.csv

A minute. On test the mean absolute error is 2.06 degrees; the last value is off by 2.62, that of a year ago by 2.97.
"""

from rnn_zoo.training import Recipe, series_windows

main = Recipe.of(
    globals(), "forecast", "temperatures", load=series_windows("temperatures"), window=60, horizon=7, season=365,
    level="none", units=24, dropout=0.3, epochs=6, batch_size=64, learning_rate=4e-3,
)  # fmt: skip
