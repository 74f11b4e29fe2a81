"""Stock indices: forecast a week of trading from six; it is hard to beat the last value.

python recipes/forecast_stock_indices.py  # S&P 500, from the pip package arch
python recipes/forecast_stock_indices.py --subset nasdaq

A minute. On test, scaled mean squared error 0.0343 against 0.0343 of the last value; NASDAQ 0.0280 against 0.0281: no
better, to a person.
"""

from rnn_zoo.training import Recipe, series_windows

main = Recipe.of(
    globals(), "forecast", "stock_indices", load=series_windows("stock_indices"), subset="sp500", window=30, horizon=5,
    season=5, units=16, dropout=0.4, epochs=4, batch_size=64, learning_rate=2e-3, weight_decay=0.1,
)  # fmt: skip
