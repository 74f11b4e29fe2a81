"""Cells whose gates read the input alone, so that training is parallel over time; `CELLS` has their equations."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.chrono_bias import spread_memories
from rnn_zoo.layers.scans import ScanLayer, linear_recurrence


class MinimalCell(Layer):
    """One step of h_t = k_t * h_{t-1} + n_t, where what is kept and what is new depend on the input alone.

    A subclass has the signs of its biases, a part of the kernel each: 1 where a gate keeps the state, -1 where it lets
    the input in, 0 for what is no such gate.

    Args:
        units: size of the hidden state.
        longest_memory: timesteps that the cell can remember from the start, as for `rnn_zoo.layers.ChronoBias`; None
            for biases of 0, with which half of the state is kept at each timestep.
    """

    bias_signs = ()
    kernels = ("kernel",)

    def __init__(self, units, longest_memory=None, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units
        self.longest_memory = longest_memory

    def build(self, input_shape):
        shape = (input_shape[-1], len(self.bias_signs) * self.units)
        for name in self.kernels:
            setattr(self, name, self.add_weight(shape, initializer="glorot_uniform", name=name))
        self.bias = self.add_weight(shape[1:], initializer=self._initial_bias, name="bias")

    def call(self, inputs, states):
        hidden, states = self.scan(inputs[:, None], states)
        return hidden[:, 0], states

    def scan(self, sequence, states):
        """All steps of sequences `<float>[batch, timesteps, feature]` at once: outputs, and the states at the end."""
        kept, new = self.coefficients(sequence)
        (hidden,) = linear_recurrence([kept], [new], states)
        return hidden, [hidden[:, -1]]

    def _sums(self, inputs):
        return ops.split(ops.matmul(inputs, self.kernel) + self.bias, len(self.bias_signs), axis=-1)

    def _initial_bias(self, shape, dtype=None):
        longest = self.longest_memory
        keep = np.zeros(self.units, "float32") if longest is None else spread_memories(self.units, longest)
        return ops.convert_to_tensor(np.concatenate([sign * keep for sign in self.bias_signs]), dtype)


@keras.saving.register_keras_serializable("rnn_zoo")
class MinGRUCell(MinimalCell):
    """One step of a `MinGRU`."""

    bias_signs = (-1, 0)

    def coefficients(self, inputs):
        """What is kept of the state, in (0, 1), and what is new: `<float>[..., units]` each."""
        update, candidate = self._sums(inputs)
        return ops.sigmoid(-update), ops.sigmoid(update) * candidate


@keras.saving.register_keras_serializable("rnn_zoo")
class MinLSTMCell(MinimalCell):
    """One step of a `MinLSTM`."""

    bias_signs = (1, -1, 0)

    def coefficients(self, inputs):
        """As of a `MinGRUCell`; f / (f + i) is a sigmoid of log f - log i, and so needs no division."""
        forget, take, candidate = self._sums(inputs)
        difference = ops.log_sigmoid(forget) - ops.log_sigmoid(take)
        return ops.sigmoid(difference), ops.sigmoid(-difference) * candidate


@keras.saving.register_keras_serializable("rnn_zoo")
class QRNNCell(MinimalCell):
    """One step of a `QRNN`; its states are the output, c, and what the input adds to the next sums, x_t V."""

    bias_signs = (0, 1, 0)
    kernels = ("kernel", "kernel_before")
    reads_output = False

    def __init__(self, units, longest_memory=None, **kwargs):
        super().__init__(units, longest_memory, **kwargs)
        self.state_size = [units, units, 3 * units]

    def scan(self, sequence, states):
        for_next = ops.matmul(sequence, self.kernel_before)
        before = ops.concatenate([states[2][:, None], for_next[:, :-1]], axis=1)
        sums = ops.matmul(sequence, self.kernel) + before + self.bias
        candidate, forget, give = ops.split(sums, 3, axis=-1)
        kept, new = ops.sigmoid(forget), ops.sigmoid(-forget) * ops.tanh(candidate)
        (cell,) = linear_recurrence([kept], [new], [states[1]])
        hidden = ops.sigmoid(give) * cell
        return hidden, [hidden[:, -1], cell[:, -1], for_next[:, -1]]


@keras.saving.register_keras_serializable("rnn_zoo")
class MinGRU(ScanLayer):
    """A GRU without its recurrent kernel, parallel over time (Feng et al., arXiv:2410.01201, 2024).

    Arguments are those of `ScanLayer` and of `MinimalCell`; its one state is the output. The scan divides by nothing,
    and so does not need the paper's logarithms for its precision.

    Example:
        >>> MinGRU(4, return_sequences=True)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 50, 4]
    """

    step_class = MinGRUCell


@keras.saving.register_keras_serializable("rnn_zoo")
class MinLSTM(ScanLayer):
    """An LSTM without recurrent kernel, output gate and cell state, parallel over time; see `MinGRU`.

    Its gates are scaled so that they do not depend on the length.

    Example:
        >>> MinLSTM(4)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 4]
    """

    step_class = MinLSTMCell


@keras.saving.register_keras_serializable("rnn_zoo")
class QRNN(ScanLayer):
    """Gates of a convolution over two timesteps and fo-pooling, parallel over time (Bradbury et al., ICLR 2017).

    Arguments are those of `ScanLayer` and of `MinimalCell`. Its states are the output, c and x_t V: `<float>[batch,
    units]` twice and `<float>[batch, 3 * units]`.

    Example:
        >>> QRNN(4)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 4]
    """

    step_class = QRNNCell
