"""The independently recurrent network: every unit remembers itself alone."""

import keras
from keras import ops

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
