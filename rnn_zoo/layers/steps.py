"""Steps of cells that a loop over the timesteps reads sequences by; `CELLS` has their equations."""

import keras
from keras import layers, ops

from rnn_zoo.layers.base import Layer


@keras.saving.register_keras_serializable("rnn_zoo")
class IndRNNCell(Layer):
    """One step of an IndRNN, see `CELLS`; its weights u are drawn evenly between 0 and the largest that is allowed.

    In T timesteps a gradient grows by u^T at most, so that no u may be larger than 2^(1/T) (Li et al., CVPR 2018,
    section 3.1).

    Args:
        units: size of the hidden state.
        longest_memory: T, in timesteps; None for any number of them: the weights are then at most 1.
    """

    def __init__(self, units, longest_memory=None, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units
        self.longest_memory = longest_memory

    def build(self, input_shape):
        largest = 1.0 if self.longest_memory is None else 2.0 ** (1 / self.longest_memory)
        self.kernel = self.add_weight((input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            (1, self.units), initializer=keras.initializers.RandomUniform(0.0, largest),
            constraint=keras.constraints.MaxNorm(largest, axis=0), name="recurrent_kernel",
        )  # fmt: skip
        self.bias = self.add_weight((self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        hidden = ops.relu(ops.matmul(inputs, self.kernel) + self.recurrent_kernel * states[0] + self.bias)
        return hidden, [hidden]


@keras.saving.register_keras_serializable("rnn_zoo")
class LayerNormLSTMCell(Layer):
    """One step of an LSTM with layer normalization, see `CELLS`.

    The first two norms have gains alone, as their biases would only be added to b; all have Keras' epsilon.

    Args:
        units: size of the hidden state and of the cell state.
        bias_initializer: of b; None for 0 but 1 for the forget gates.
    """

    def __init__(self, units, bias_initializer=None, **options):
        super().__init__(**options)
        self.units, self.state_size = units, [units, units]
        self.bias_initializer = keras.initializers.get(bias_initializer)
        own = {"dtype": self.dtype_policy}
        self.norm_inputs = layers.LayerNormalization(center=False, name="norm_inputs", **own)
        self.norm_hidden = layers.LayerNormalization(center=False, name="norm_hidden", **own)
        # Where inputs are zeros, all states would stay zero, where the norms multiply gradients by 250 a timestep.
        off_zero = keras.initializers.RandomNormal(stddev=0.5)
        self.norm_cell = layers.LayerNormalization(beta_initializer=off_zero, name="norm_cell", **own)

    def build(self, input_shape):
        size = 4 * self.units
        self.kernel = self.add_weight((input_shape[-1], size), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight((self.units, size), initializer="orthogonal", name="recurrent_kernel")
        self.bias = self.add_weight((size,), initializer=self.bias_initializer or self._initial_bias, name="bias")
        self.norm_inputs.build((input_shape[0], size))
        self.norm_hidden.build((input_shape[0], size))
        self.norm_cell.build((input_shape[0], self.units))

    def call(self, inputs, states):
        hidden, cell = states
        sums = self.norm_hidden(ops.matmul(hidden, self.recurrent_kernel))
        sums = sums + self.norm_inputs(ops.matmul(inputs, self.kernel)) + self.bias
        take, forget, candidate, give = ops.split(sums, 4, axis=-1)
        cell = ops.sigmoid(forget) * cell + ops.sigmoid(take) * ops.tanh(candidate)
        hidden = ops.sigmoid(give) * ops.tanh(self.norm_cell(cell))
        return hidden, [hidden, cell]

    def _initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros(self.units, dtype), ops.ones(self.units, dtype)
        return ops.concatenate([zeros, ones, zeros, zeros])
