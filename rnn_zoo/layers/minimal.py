"""The minimal GRU and the minimal LSTM: gates that read the input alone, so that training is parallel over time."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Step
from rnn_zoo.layers.chrono_bias import spread_memories
from rnn_zoo.layers.scans import ScanLayer, linear_recurrence


class MinimalCell(Step):
    """One step of h_t = k_t * h_{t-1} + n_t, where what is kept and what is new depend on the input alone.

    Args:
        units: size of the hidden state.
        longest_memory: timesteps that the cell can remember from the start, as for `rnn_zoo.layers.ChronoBias`; None
            for biases of 0, with which half of the state is kept at each timestep.
    """

    num_gates = None

    def __init__(self, units, longest_memory=None, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units
        self.longest_memory = longest_memory

    def build(self, input_shape):
        size = (self.num_gates + 1) * self.units
        self.kernel = self.add_weight((input_shape[-1], size), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight((size,), initializer=self._initial_bias, name="bias")

    def call(self, inputs, states):
        kept, new = self.coefficients(inputs)
        hidden = kept * states[0] + new
        return hidden, [hidden]

    def scan(self, sequence, states):
        """All steps of sequences `<float>[batch, timesteps, feature]` at once: outputs, and the states at the end."""
        kept, new = self.coefficients(sequence)
        (hidden,) = linear_recurrence([kept], [new], states)
        return hidden, [hidden[:, -1]]

    def coefficients(self, inputs):
        """What is kept of the state, in (0, 1), and what is new: `<float>[..., units]` each."""
        raise NotImplementedError

    def _sums(self, inputs):
        return ops.split(ops.matmul(inputs, self.kernel) + self.bias, self.num_gates + 1, axis=-1)

    def _initial_bias(self, shape, dtype=None):
        zeros, longest = np.zeros(self.units, "float32"), self.longest_memory
        keep = zeros if longest is None else spread_memories(self.units, longest)
        return ops.convert_to_tensor(np.concatenate([*self._gate_biases(keep), zeros]), dtype)


@keras.saving.register_keras_serializable("rnn_zoo")
class MinGRUCell(MinimalCell):
    """One step of a `MinGRU`, which has the equations."""

    num_gates = 1

    def coefficients(self, inputs):
        update, candidate = self._sums(inputs)
        return ops.sigmoid(-update), ops.sigmoid(update) * candidate

    def _gate_biases(self, keep):
        return [-keep]


@keras.saving.register_keras_serializable("rnn_zoo")
class MinLSTMCell(MinimalCell):
    """One step of a `MinLSTM`, which has the equations.

    The share f / (f + i) of two sigmoids is itself one, of the difference between the logarithms of f and i, and so
    needs no division.
    """

    num_gates = 2

    def coefficients(self, inputs):
        forget, take, candidate = self._sums(inputs)
        difference = ops.log_sigmoid(forget) - ops.log_sigmoid(take)
        return ops.sigmoid(difference), ops.sigmoid(-difference) * candidate

    def _gate_biases(self, keep):
        return [keep, -keep]


@keras.saving.register_keras_serializable("rnn_zoo")
class MinGRU(ScanLayer):
    """A GRU without its recurrent kernel, parallel over time.

    z_t = sigmoid(x_t W_z + b_z), g_t = x_t W_h + b_h, h_t = (1 - z_t) * h_{t-1} + z_t * g_t.

    It is the form without logarithms; the scan divides by nothing and so does not need them for its precision.

    Arguments are those of `ScanLayer` and of `MinGRUCell`; its one state is the output.

    Example:
        >>> MinGRU(4, return_sequences=True)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 50, 4]

    Source: Feng et al., "Were RNNs all we needed?", arXiv:2410.01201, 2024, section 3.1 and appendix A.
    """

    step_class = MinGRUCell


@keras.saving.register_keras_serializable("rnn_zoo")
class MinLSTM(ScanLayer):
    """An LSTM without recurrent kernel, output gate and cell state, parallel over time.

    f_t = sigmoid(x_t W_f + b_f), i_t = sigmoid(x_t W_i + b_i), g_t = x_t W_h + b_h,
    h_t = f_t / (f_t + i_t) * h_{t-1} + i_t / (f_t + i_t) * g_t.

    It is the form without logarithms, whose gates are scaled so that they do not depend on the length.

    Arguments are those of `ScanLayer` and of `MinLSTMCell`; its one state is the output.

    Example:
        >>> MinLSTM(4)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 4]

    Source: Feng et al., "Were RNNs all we needed?", arXiv:2410.01201, 2024, section 3.2 and appendix A.
    """

    step_class = MinLSTMCell
