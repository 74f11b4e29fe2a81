"""Two cells that the zoo does not have: a loop over steps with a state beside its output, and a parallel scan."""

import keras
from keras import layers, ops

from rnn_zoo.layers import Cell


@keras.saving.register_keras_serializable("rnn_zoo_tests")
class CountingCell(layers.Layer):
    """h_t = tanh(x_t W + h_{t-1} U + n_{t-1} V), n_t = n_{t-1} / 2 + 1, where n_t is two numbers a row."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units, self.state_size = units, [units, 2]

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")
        self.recurrent_kernel = self.add_weight((self.units, self.units), name="recurrent_kernel")
        self.count_kernel = self.add_weight((2, self.units), name="count_kernel")

    def call(self, inputs, states):
        hidden, count = states
        kernels = (inputs, self.kernel), (hidden, self.recurrent_kernel), (count, self.count_kernel)
        hidden = ops.tanh(sum(ops.matmul(one, kernel) for one, kernel in kernels))
        return hidden, [hidden, count / 2 + 1]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("rnn_zoo_tests")
class LeakyCell(layers.Layer):
    """h_t = a * h_{t-1} + x_t W, with the share a = sigmoid(b) of each unit."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")
        self.bias = self.add_weight((self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        hidden = ops.sigmoid(self.bias) * states[0] + ops.matmul(inputs, self.kernel)
        return hidden, [hidden]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("rnn_zoo_tests")
class Leaky(layers.Layer):
    """All steps of a `LeakyCell` at once: h_t = sum_s a^(t - s) x_s W + a^(t + 1) h_{-1}; no `keras.layers.RNN`."""

    def __init__(self, units, return_sequences=False, return_state=False, **kwargs):
        super().__init__(**kwargs)
        self.cell = LeakyCell(units, dtype=self.dtype_policy, name="cell")
        self.options = {"units": units, "return_sequences": return_sequences, "return_state": return_state}

    def build(self, sequence_shape):
        self.cell.build((sequence_shape[0], sequence_shape[2]))

    def call(self, sequence, initial_state=None, training=False):
        times = ops.arange(ops.shape(sequence)[1])
        since = ops.cast(times[:, None] - times, self.compute_dtype)[:, :, None]
        share = ops.sigmoid(ops.convert_to_tensor(self.cell.bias))
        weights = ops.where(since >= 0, share ** ops.maximum(since, 0), 0.0)
        hidden = ops.einsum("tsu,bsu->btu", weights, ops.matmul(sequence, self.cell.kernel))
        if initial_state is not None:
            hidden = hidden + share ** (since[:, 0] + 1) * initial_state[0][:, None]
        outputs = hidden if self.options["return_sequences"] else hidden[:, -1]
        return (outputs, hidden[:, -1]) if self.options["return_state"] else outputs

    def compute_output_spec(self, sequence, initial_state=None, training=False):
        batch, timesteps, _ = sequence.shape
        last = keras.KerasTensor((batch, self.cell.units), dtype=self.compute_dtype)
        sequences = keras.KerasTensor((batch, timesteps, self.cell.units), dtype=self.compute_dtype)
        outputs = sequences if self.options["return_sequences"] else last
        return (outputs, last) if self.options["return_state"] else outputs

    def get_config(self):
        return {**super().get_config(), **self.options}


DUMMIES = {
    "counting": Cell(CountingCell, "one class: the step"),
    "leaky": Cell(LeakyCell, "two classes: the step, the scan", Leaky, recurrent_kernel=None, is_parallel=True),
}
"""Lines for `rnn_zoo.layers.CELLS`, put there by a test with `monkeypatch.setitem`."""
