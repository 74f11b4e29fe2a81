"""A recurrence that goes on by itself: every forecast is the next step's input."""

import itertools

import keras
from keras import ops

from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.cells import find_cell, state_sizes


@keras.saving.register_keras_serializable("rnn_zoo")
class Rollout(Layer):
    """Forecast one timestep, feed it back, and so on; one loop inside the graph, with the states carried.

    A dense layer with tanh makes the first states from the features. At each timestep, with y_0 the first value:
    h_t, s_t = cell(y_{t-1}, s_{t-1}), y_t = y_{t-1} + h_t W + b, where s_t are the states and h_t is the output.

    Args:
        core: name of a cell in `rnn_zoo.layers.CELLS`.
        units: size of the hidden state.
        horizon: timesteps to forecast.

    Call arguments:
        features: `<float>[batch, feature]`, what was read.
        first: `<float>[batch, targets]`, the last known values.

    Returns:
        `<float>[batch, horizon, targets]`.

    Example:
        >>> Rollout("gru", 4, horizon=3)(np.zeros((2, 5)), np.zeros((2, 1))).shape.as_list()
        [2, 3, 1]

    Source: an encoder that hands its state to a second recurrence, which reads its own answers: Sutskever, Vinyals &
    Le, "Sequence to sequence learning with neural networks", NeurIPS 2014; as a forecaster: Salinas et al., "DeepAR",
    International Journal of Forecasting 2020.
    """

    fallback_reason = "each timestep reads the forecast of the one before"  # for `rnn_zoo.explain_fast_path`

    def __init__(self, core, units, horizon, **kwargs):
        super().__init__(**kwargs)
        self.core, self.units, self.horizon = core, units, horizon
        self.cell = find_cell(core).make_step(units, dtype=self.dtype_policy, name="cell")
        size = sum(state_sizes(self.cell))
        self.states = keras.layers.Dense(size, activation="tanh", dtype=self.dtype_policy, name="states")

    def build(self, features_shape, first_shape):
        self.states.build(features_shape)
        self.cell.build(first_shape)
        self.step = keras.layers.Dense(first_shape[-1], dtype=self.dtype_policy, name="step")
        self.step.build((first_shape[0], self.units))

    def call(self, features, first):
        x, sizes = self.states(features), state_sizes(self.cell)
        states = [x[:, end - size : end] for size, end in zip(sizes, itertools.accumulate(sizes), strict=True)]

        def one_step(carried, _):
            value, states = carried
            hidden, states = self.cell(value, states)
            carried = (value + self.step(hidden), list(states))
            return carried, carried  # TensorFlow's scan wants what is stacked to look like what is carried

        _, (values, _) = ops.scan(one_step, (first, states), length=self.horizon)
        return ops.transpose(values, (1, 0, 2))

    def compute_output_spec(self, features, first):
        return keras.KerasTensor((first.shape[0], self.horizon, first.shape[1]), dtype=self.compute_dtype)
