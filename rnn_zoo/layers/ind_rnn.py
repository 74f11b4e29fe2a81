"""The independently recurrent network: every unit remembers itself alone."""

import keras
from keras import ops

from rnn_zoo.layers.base import Step


@keras.saving.register_keras_serializable("rnn_zoo")
class IndRNNCell(Step):
    """One step of an IndRNN: h_t = relu(x_t W + u * h_{t-1} + b), with a weight u of each unit for its own past.

    In T timesteps a gradient grows by u^T at most, so that no weight u may be larger than 2^(1/T) in size. They
    are drawn evenly between 0 and that.

    Args:
        units: size of the hidden state.
        longest_memory: T, in timesteps; None for any number of them: the weights are then at most 1.

    From inputs `<float>[batch, feature]` and a list of one state it gives the output `<float>[batch, units]` and a list
    of the new state, which is the same.

    Example:
        >>> layer = keras.layers.RNN(IndRNNCell(4), return_sequences=True)
        >>> layer(np.ones((2, 5, 3), "float32")).shape.as_list()
        [2, 5, 4]

    Source: Li et al., "Independently recurrent neural network (IndRNN): building a longer and deeper RNN", CVPR 2018,
    section 3; the bounds of the weights: section 3.1.
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
