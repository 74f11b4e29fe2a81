"""Forecast: what do one or several series do next?"""

import keras
from keras import layers, ops

from rnn_zoo.codecs import Forecast
from rnn_zoo.codecs.forecasts import LOSSES
from rnn_zoo.heads import head_of
from rnn_zoo.layers import Rollout, recurrent_stack
from rnn_zoo.preprocessors import Series
from rnn_zoo.task import Task

LEARN = {"preprocessor": Series, "codec": Forecast}
CHOICES = {
    "mode": ("direct", "autoregressive"), "level": ("last", "mean", "none"), "loss": tuple(LOSSES),
}  # fmt: skip


def build(
    preprocessor, codec, *, core, name, mode="direct", level="last", highway=0, units=64, num_layers=1, dropout=0.2
):
    """Forecast series: the last window, scaled -> {core} -> the state after it -> the next timesteps.

    Args:
        preprocessor: `rnn_zoo.Series`.
        codec: `rnn_zoo.Forecast`.
        mode: "direct" forecasts all timesteps at once, "autoregressive" one, which a second recurrence reads to
            forecast the next one, and so on.
        level: what is subtracted from a window before it is read and added to the forecast again, so that a new level
            of the series is no new input: "last" value or "mean" of the window, or "none".
        highway: so many of the last timesteps also reach the forecast by one linear map, the same for every target,
            beside the recurrence; 0 for none.

    Returns:
        A Task: `<float32>[batch, window, variables]`, scaled, to `<float32>[batch, horizon, targets]`, scaled. It takes
        histories of at least `window` timesteps and answers `{"values": <float32>[horizon, targets]}` in the series'
        own units.

    Example:
        >>> hours = np.sin(np.arange(200) * 2 * np.pi / 24)[:, None]
        >>> examples = [hours[:100], hours[50:150]], [hours[100:106], hours[150:156]]
        >>> fresh = rnn_zoo.forecast_gru.from_examples(examples, variables=["load"], window=48, units=8)
        >>> fresh.infer([hours, hours[:100]])[0]["values"].shape
        (6, 1)

    Source: recurrent forecasters with all timesteps at once: Wen et al., "A multi-horizon quantile recurrent
    forecaster", NeurIPS time series workshop 2017; the last value subtracted and added again: Zeng et al., "Are
    transformers effective for time series forecasting?", AAAI 2023 (NLinear); Kim et al., "Reversible instance
    normalization", ICLR 2022; the linear highway beside a recurrence: Lai et al., "Modeling long- and short-term
    temporal patterns with deep neural networks", SIGIR 2018 (LSTNet).
    """
    window, horizon, columns = preprocessor.window, codec.horizon, codec.columns
    if not (isinstance(highway, int) and 0 <= highway <= window):
        raise ValueError(f"highway must be an integer from 0 to {window=}. Received: {highway=}")
    series = keras.Input((window, len(preprocessor.variables)), dtype="float32", name="series")
    base = ops.mean(series, axis=1, keepdims=True) if level == "mean" else series[:, -1:]
    base = ops.zeros_like(base) if level == "none" else base
    x = recurrent_stack(series - base, None, core, units, num_layers, dropout=dropout)
    features = layers.Dropout(dropout, name="features")(x[:, -1])
    if mode == "direct":
        differences = head_of(codec, features)
    else:
        first = ops.take((series - base)[:, -1], columns, axis=-1)
        differences = Rollout(core, units, horizon, dtype="float32", name="rollout")(features, first)
    if highway:
        recent = layers.Permute((2, 1), name="recent")(ops.take((series - base)[:, -highway:], columns, axis=-1))
        linear = layers.Dense(horizon, use_bias=False, dtype="float32", name="highway")(recent)
        differences = differences + layers.Permute((2, 1), dtype="float32", name="linear")(linear)
    # In this order: Keras 3.15 takes an added tensor for a bias where examples are as many as the horizon (TensorFlow).
    outputs = ops.take(base, columns, axis=-1) + differences
    return Task(series, outputs, preprocessor=preprocessor, codec=codec, name=name)
