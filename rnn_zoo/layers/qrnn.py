"""The quasi-recurrent network: gates of a convolution over two timesteps, and a recurrence without weights."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Step
from rnn_zoo.layers.chrono_bias import spread_memories
from rnn_zoo.layers.scans import ScanLayer, linear_recurrence


@keras.saving.register_keras_serializable("rnn_zoo")
class QRNNCell(Step):
    """One step of a `QRNN`, which has the equations, with gates as `MinimalCell` has them.

    Its states are the output, the cell state c and what the input adds to the sums of the next timestep, x_t V.
    """

    def __init__(self, units, longest_memory=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.state_size = units, [units, units, 3 * units]
        self.longest_memory = longest_memory

    def build(self, input_shape):
        shape = (input_shape[-1], 3 * self.units)
        self.kernel = self.add_weight(shape, initializer="glorot_uniform", name="kernel")
        self.kernel_before = self.add_weight(shape, initializer="glorot_uniform", name="kernel_before")
        self.bias = self.add_weight(shape[1:], initializer=self._initial_bias, name="bias")

    def call(self, inputs, states):
        _, cell, before = states
        kept, new, given = self._gates(ops.matmul(inputs, self.kernel) + before)
        cell = kept * cell + new
        hidden = given * cell
        return hidden, [hidden, cell, ops.matmul(inputs, self.kernel_before)]

    def scan(self, sequence, states):
        """All steps of sequences `<float>[batch, timesteps, feature]` at once: outputs, and the states at the end."""
        for_next = ops.matmul(sequence, self.kernel_before)
        before = ops.concatenate([states[2][:, None], for_next[:, :-1]], axis=1)
        kept, new, given = self._gates(ops.matmul(sequence, self.kernel) + before)
        (cell,) = linear_recurrence([kept], [new], [states[1]])
        hidden = given * cell
        return hidden, [hidden[:, -1], cell[:, -1], for_next[:, -1]]

    def _gates(self, sums):
        """What is kept, what is new and what is given out, `<float>[..., units]` each."""
        candidate, forget, give = ops.split(sums + self.bias, 3, axis=-1)
        return ops.sigmoid(forget), ops.sigmoid(-forget) * ops.tanh(candidate), ops.sigmoid(give)

    def _initial_bias(self, shape, dtype=None):
        zeros, longest = np.zeros(self.units, "float32"), self.longest_memory
        keep = zeros if longest is None else spread_memories(self.units, longest)
        return ops.convert_to_tensor(np.concatenate([zeros, keep, zeros]), dtype)


@keras.saving.register_keras_serializable("rnn_zoo")
class QRNN(ScanLayer):
    """A quasi-recurrent network with a convolution over two timesteps and fo-pooling, parallel over time.

    z_t = tanh(x_t W_z + x_{t-1} V_z + b_z), f_t = sigmoid(x_t W_f + x_{t-1} V_f + b_f),
    o_t = sigmoid(x_t W_o + x_{t-1} V_o + b_o), c_t = f_t * c_{t-1} + (1 - f_t) * z_t, h_t = o_t * c_t.

    Arguments are those of `ScanLayer` and of `QRNNCell`. Its states are the output, the cell state and x_0 V,
    `<float>[batch, units]` twice and `<float>[batch, 3 * units]`.

    Example:
        >>> QRNN(4)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 4]

    Source: Bradbury et al., "Quasi-recurrent neural networks", ICLR 2017, equations 1, 2 and 4.
    """

    step_class = QRNNCell
