"""Exchange rates: forecast eight currencies, 24 days from 96; it is hard to beat the last value.

python recipes/forecast_exchange_rate.py --data-dir data/exchange_rate  # exchange_rate.txt
"""

from rnn_zoo.models.forecast import CHOICES
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import forecaster, windows_of

main = Recipe(
    __file__, "forecast", "exchange_rate", forecaster, cores=("gru", "lstm", "simple_rnn"),
    load=windows_of("exchange_rate"),
    window=96, horizon=24, season=7, epochs=10, batch_size=64, learning_rate=2e-3, smoke={"units": 4}, choices=CHOICES,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
