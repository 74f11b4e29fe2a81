"""The next timesteps of a series."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.preprocessors.scaling import checked_scale

LOSSES = {
    "mse": keras.losses.MeanSquaredError,
    "mae": keras.losses.MeanAbsoluteError,
    "huber": keras.losses.Huber,
}


@keras.saving.register_keras_serializable("rnn_zoo")
class Forecast:
    """The next timesteps of one or several variables.

    Targets are scaled as the histories are, so that all variables weigh alike; answers are in the series' own units.

    Args:
        targets: names of the variables to forecast.
        horizon: timesteps to forecast.
        columns: where the targets stand among the variables of a history; None for 0, 1 and so on.
        mean: of each target in training; None for 0.
        std: standard deviation of each target in training; None for 1.
        season: timesteps after which the series repeats itself, 24 for a day of hours; None for a series without. It
            only serves `baselines`.
        loss: "mse", "mae" or "huber", of scaled values.

    Raises:
        ValueError: for settings outside their legal values.

    Example:
        >>> codec = Forecast(["load"], 2, mean=[10.0], std=[5.0])
        >>> codec.encode([[15, 20]])[0].tolist()
        [[1.0], [2.0]]
        >>> codec.decode(np.array([[[1.0], [2.0]]]))[0].tolist()
        [[15.0], [20.0]]
    """

    def __init__(self, targets, horizon, *, columns=None, mean=None, std=None, season=None, loss="mse"):
        self.targets = [str(name) for name in targets]
        self.columns = list(range(len(self.targets)) if columns is None else columns)
        for name, value in (("horizon", horizon), ("season", 1 if season is None else season)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a positive integer. Received: {name}={value!r}")
        if not self.targets or len(self.columns) != len(self.targets):
            raise ValueError(f"targets must be names, each with a column. Received: {self.targets}, {self.columns}")
        if loss not in LOSSES:
            raise ValueError(f"loss must be one of {list(LOSSES)}. Received: loss={loss!r}")
        self.horizon = horizon
        self.mean, self.std = checked_scale(mean, std, len(self.targets))
        self.season = season
        self.loss_name = loss

    def encode(self, labels, lengths=None):
        """What came next, scaled.

        Args:
            labels: a list of `<float>[horizon, targets]`, or `[horizon]` of a single target.
            lengths: timesteps of the examples; a forecast fits any length.

        Returns:
            A list of `<float32>[horizon, targets]`.

        Raises:
            ValueError: for another shape, or values that are no finite numbers; the message gives the place.
        """
        return [self._scaled(self._checked(label, f"labels[{place}]")) for place, label in enumerate(labels)]

    def pad(self, encoded, timesteps=None):
        """Encoded labels to one tensor `<float32>[examples, horizon, targets]`; there is nothing to pad."""
        return np.stack(encoded) if len(encoded) else np.zeros((0, self.horizon, len(self.targets)), "float32")

    def __call__(self, labels):
        """Labels to targets as a model takes them: `pad(encode(labels))`."""
        return self.pad(self.encode(labels))

    def decode(self, outputs, encoded=None, *, top_k=None):
        """Outputs to forecasts in the series' own units.

        Args:
            outputs: `<float32>[examples, horizon, targets]`, scaled.
            encoded: the examples as the preprocessor encoded them; not needed.
            top_k: must be None: there is one forecast.

        Returns:
            A list of `<float32>[horizon, targets]`.

        Raises:
            ValueError: for a top_k.
        """
        if top_k is not None:
            raise ValueError(f"top_k must be None: a forecast has no alternatives. Received: top_k={top_k!r}")
        return list((np.asarray(outputs, "float64") * self.std + self.mean).astype("float32"))

    def head(self, features, lengths=None):
        """Scaled forecasts `<float32>[batch, horizon, targets]` from features `<float>[batch, feature]`."""
        steps = keras.layers.Dense(self.horizon * len(self.targets), dtype="float32", name="steps")(features)
        return keras.layers.Reshape((self.horizon, len(self.targets)), dtype="float32", name="forecast")(steps)

    def renamed(self, class_names):
        """Refuse: a forecast has no classes.

        Raises:
            ValueError: always.
        """
        raise ValueError(
            "a forecast has no classes to replace: build a fresh model and copy what fits, or go on training this one. "
            f"Received: class_names={class_names!r:.60}"
        )

    def loss(self, *, soft=False):
        """The loss of scaled values."""
        return LOSSES[self.loss_name]()

    def metrics(self, *, soft=False):
        """Mean absolute error of scaled values."""
        return [keras.metrics.MeanAbsoluteError(name="mae")]

    def measure(self, labels, answers):
        """What a test part says of a model, averaged over timesteps and targets; needs scikit-learn.

        Args:
            labels: as `encode` takes them.
            answers: as `decode` gives them.

        Returns:
            `{"scaled_mse": float, "scaled_mae": float, "mse": float, "mae": float}`: mean squared and mean absolute
            error, of values divided by the deviation of their target in training, which is how results on ETT are
            given, and in the series' own units.
        """
        from sklearn.metrics import mean_absolute_error, mean_squared_error

        found = {}
        for prefix, scale in (("scaled_", np.array(self.std)), ("", 1.0)):
            true, said = (
                np.reshape(np.asarray(one, "float64") / scale, (-1, len(self.targets))) for one in (labels, answers)
            )
            found[f"{prefix}mse"] = float(mean_squared_error(true, said))
            found[f"{prefix}mae"] = float(mean_absolute_error(true, said))
        return found

    def baselines(self, raw):
        """What can be forecast without learning, to be measured beside a model.

        Args:
            raw: histories, arrays `<float>[timesteps, variables]`.

        Returns:
            A dictionary of answers: "naive" repeats the last value, "seasonal_naive" the last season. The second is
            left out without a season, or if a history is shorter than that.
        """
        values = [np.asarray(history)[:, self.columns] for history in raw]
        found = {"naive": [np.repeat(one[-1:], self.horizon, axis=0) for one in values]}
        if self.season and min(map(len, values)) >= self.season:
            steps = np.arange(self.horizon) % self.season - self.season
            found["seasonal_naive"] = [one[steps] for one in values]
        return found

    def draw(self, raw, labels, answers, folder, title=""):
        """Draw a forecast with its history, the one in the middle; returns the paths."""
        from rnn_zoo import plots

        place = len(raw) // 2
        history = np.asarray(raw[place])[:, self.columns]
        guesses = {name: found[0] for name, found in self.baselines(raw[place : place + 1]).items()}
        path = Path(folder) / "forecast.png"
        shown = history[-max(4 * self.horizon, 48) :]
        return [plots.forecast_with_history(shown, labels[place], answers[place], self.targets, path, title, guesses)]

    def describe(self, raw, answer):
        """An example and its answer on one line: the last values and the next ones of the first target."""
        before = np.asarray(raw)[-3:, self.columns[0]]
        said = " ".join(f"{value:.4g}" for value in np.asarray(answer)[:6, 0])
        return f"{self.targets[0]}: {' '.join(f'{value:.4g}' for value in before)} -> {said}"

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {
            "targets": self.targets,
            "horizon": self.horizon,
            "columns": self.columns,
            "mean": self.mean,
            "std": self.std,
            "season": self.season,
            "loss": self.loss_name,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _checked(self, label, place):
        try:
            values = np.asarray(label, "float64")
        except (TypeError, ValueError):
            values = np.array(np.nan)
        if values.ndim == 1 and len(self.targets) == 1:
            values = values[:, None]
        if values.shape != (self.horizon, len(self.targets)) or not np.isfinite(values).all():
            raise ValueError(
                f"labels must be finite numbers of shape [horizon, targets] = [{self.horizon}, {len(self.targets)}]. "
                f"Received: {place}={label!r:.60}"
            )
        return values

    def _scaled(self, values):
        return ((values - self.mean) / self.std).astype("float32")
