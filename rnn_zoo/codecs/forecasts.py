"""The next timesteps of a series."""

from pathlib import Path

import numpy as np

from rnn_zoo.checks import check_choice
from rnn_zoo.codecs.codec import Codec, listed
from rnn_zoo.formats.rows import frame_of
from rnn_zoo.preprocessors.histories import Series, checked_scale

LOSSES = ("mse", "mae", "huber")


class Forecast(Codec):
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
        interval: share of the true values that lie between "lower" and "upper" of an answer, as `rnn_zoo.calibrate`
            found them; None for answers without.
        margins: `[horizon, targets]`, how far these are from the forecast, in the series' own units.

    Example:
        >>> codec = Forecast(["load"], 2, mean=[10.0], std=[5.0])
        >>> codec.encode([[15, 20]])[0].tolist()
        [[1.0], [2.0]]
        >>> codec.decode(np.array([[[1.0], [2.0]]]))[0]["values"].tolist()
        [[15.0], [20.0]]
    """

    measured_with = ("sklearn",)

    def __init__(
        self, targets, horizon, *, columns=None, mean=None, std=None, season=None, loss="mse",
        interval: float | None = None, margins=None,
    ):  # fmt: skip
        self.targets = [str(name) for name in ([targets] if isinstance(targets, str) else targets)]
        self.columns = list(range(len(self.targets)) if columns is None else columns)
        for name, value in (("horizon", horizon), ("season", 1 if season is None else season)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a positive integer. Received: {name}={value!r}")
        if not self.targets or len(self.columns) != len(self.targets):
            raise ValueError(f"targets must be names, each with a column. Received: {self.targets}, {self.columns}")
        check_choice("loss", loss, LOSSES)
        self.horizon = horizon
        self.mean, self.std = checked_scale(mean, std, len(self.targets))
        self.season = season
        self.loss = loss
        self.interval = interval
        self.margins = margins

    @classmethod
    def from_examples(
        cls, labels, preprocessor, *, targets: tuple | None = None, season: int | None = None, loss="mse"
    ):
        """A codec for what followed some histories; the horizon is theirs, the scale that of the histories.

        Args:
            labels: of the training examples, as `encode` takes them.
            preprocessor: the `rnn_zoo.Series` that reads the histories.
            targets: names of the variables that are forecast, which the labels hold; None for all.
            season: timesteps after which the series repeats itself, 24 for a day of hours, for the seasonal-naive
                baseline; None for none.
            loss: "mse", "mae" or "huber", of scaled values.

        Example:
            >>> series = rnn_zoo.Series(["load", "heat"], 2, mean=[10.0, 3.0], std=[5.0, 1.0])
            >>> codec = Forecast.from_examples([[[1.0], [2.0]]], series, targets=["heat"])
            >>> codec.horizon, codec.columns, codec.mean
            (2, [1], [3.0])
        """
        labels, names = listed(labels), preprocessor.variables
        targets = names if targets is None else [targets] if isinstance(targets, str) else list(targets)
        if not labels or not set(targets) <= set(names):
            raise ValueError(f"there must be labels, of targets among {names}. Received: {len(labels)}, {targets}")
        columns = [names.index(target) for target in targets]
        mean, std = ([scale[column] for column in columns] for scale in (preprocessor.mean, preprocessor.std))
        return cls(
            targets, len(np.atleast_1d(labels[0])), columns=columns, mean=mean, std=std, season=season, loss=loss
        )

    def encode(self, labels, lengths=None):
        checked = (self._checked(label, f"labels[{index}]") for index, label in enumerate(listed(labels)))
        return [((values - self.mean) / self.std).astype("float32") for values in checked]

    def pad(self, encoded, timesteps=None):
        return np.stack(encoded) if len(encoded) else np.zeros((0, self.horizon, len(self.targets)), "float32")

    def decode(self, outputs, encoded=None, *, top_k=None):
        """Outputs `<float32>[examples, horizon, targets]` to `{"values": <float32>[horizon, targets]}`, not scaled.

        Where margins are known, there are also "lower" and "upper", of the same shape.
        """
        if top_k is not None:
            raise ValueError(f"top_k must be None: a forecast has no alternatives. Received: {top_k=}")
        values = (np.asarray(outputs, "float64") * self.std + self.mean).astype("float32")
        if self.margins is None:
            return [{"values": one} for one in values]
        margins = np.array(self.margins, "float32")
        return [{"values": one, "lower": one - margins, "upper": one + margins} for one in values]

    def compute_metrics(self, labels, answers):
        """Mean squared and mean absolute error over timesteps and targets; needs scikit-learn.

        Those that begin with "scaled_" are of values divided by the deviation of their target in training, which is how
        results on ETT are given. "coverage" is the share of true values between "lower" and "upper", where answers have
        them.
        """
        from sklearn.metrics import mean_absolute_error, mean_squared_error

        found, inside = {}, []
        for one, label in zip(answers, labels, strict=True):
            if "lower" in one:
                true = np.reshape(label, np.shape(one["lower"]))
                inside.append((one["lower"] <= true) & (true <= one["upper"]))
        answers = [answer["values"] for answer in answers]
        for prefix, scale in (("scaled_", np.array(self.std)), ("", 1.0)):
            true, said = (
                np.reshape(np.asarray(one, "float64") / scale, (-1, len(self.targets))) for one in (labels, answers)
            )
            found[f"{prefix}mse"] = float(mean_squared_error(true, said))
            found[f"{prefix}mae"] = float(mean_absolute_error(true, said))
        return {**found, "coverage": float(np.mean(inside))} if inside else found

    def baselines(self, raw):
        """What can be forecast without learning from histories, a dictionary of lists of answers.

        "naive" repeats the last value, "seasonal_naive" the last season, if there is one and the histories are as long.
        """
        values = [self._past(history, f"histories[{index}]") for index, history in enumerate(raw)]
        found = {"naive": [{"values": np.repeat(one[-1:], self.horizon, axis=0)} for one in values]}
        if self.season and min(map(len, values)) >= self.season:
            steps = np.arange(self.horizon) % self.season - self.season
            found["seasonal_naive"] = [{"values": one[steps]} for one in values]
        return found

    def plot(self, raw, labels, answers, folder, title=""):
        from rnn_zoo import plots

        middle = len(raw) // 2
        history = self._past(raw[middle], f"histories[{middle}]")
        guesses = {name: found[0]["values"] for name, found in self.baselines(raw[middle : middle + 1]).items()}
        shown, values = history[-max(4 * self.horizon, 48) :], answers[middle]["values"]
        path = Path(folder) / "forecast.png"
        return [plots.forecast_with_history(shown, labels[middle], values, self.targets, path, title, guesses)]

    def to_text(self, raw, answer):
        return " ".join(",".join(f"{value:.5g}" for value in row) for row in answer["values"])

    def to_json(self, answer):
        return {
            name: [[float(str(value)) for value in row] for row in np.asarray(values, "float32")]
            for name, values in answer.items()
        }

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

    def _past(self, history, place):
        """What a history says of the targets, `[timesteps, targets]`: columns of an array, or those of their names."""
        if isinstance(history, (str, Path)) or frame_of(history) is not None:
            return Series(self.targets, 1).read(history, place)[0]
        values = np.asarray(history)
        return values.reshape(len(values), -1)[:, self.columns]
