"""Exchange rates: forecast eight currencies, 24 days from 30; it is hard to beat the last value.

python recipes/forecast_exchange_rate.py --data-dir data/exchange_rate  # exchange_rate.txt

A minute. On test, scaled mean squared error 0.0505 against 0.0508 of the last value: no better, to a person.
"""

from rnn_zoo.training import Recipe, series_windows

main = Recipe.of(
    globals(), "forecast", "exchange_rate", load=series_windows("exchange_rate"), window=30, horizon=24, season=7,
    units=16, dropout=0.4, epochs=4, batch_size=64, learning_rate=2e-3, weight_decay=0.1,
)  # fmt: skip
