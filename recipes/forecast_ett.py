"""ETT: forecast the loads and the oil temperature of a transformer, a day of hours from four days.

python recipes/forecast_ett.py --data-dir data/ett  # ETTh1.csv
python recipes/forecast_ett.py --data-dir data/ett --subset etth2 --horizon 96 --core lstm
python recipes/forecast_ett.py --data-dir data/ett --mode autoregressive

Minutes. On the test split of ETTh1, scaled mean squared error 0.36; the last value 1.07, the day before 0.47.
"""

from rnn_zoo.training import Recipe, series_windows

main = Recipe.of(
    globals(), "forecast", "ett", load=series_windows("ett"), subset="etth1", window=96, horizon=24, season=24,
    highway=96, units=32, dropout=0.4, loss="huber", epochs=8, batch_size=64, learning_rate=4e-3,
)  # fmt: skip
