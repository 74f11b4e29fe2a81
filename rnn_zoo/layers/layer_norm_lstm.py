"""The LSTM whose sums and cell states are normalized over their units at every timestep."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("rnn_zoo")
class LayerNormLSTMCell(layers.Layer):
    """One step of an LSTM with layer normalization, LN.

    i_t, f_t, g_t, o_t = LN(h_{t-1} U) + LN(x_t W) + b, c_t = sigmoid(f_t) * c_{t-1} + sigmoid(i_t) * tanh(g_t),
    h_t = sigmoid(o_t) * tanh(LN(c_t)).

    The first two LN have gains alone, as their biases would only be added to b; all normalize with Keras' epsilon.

    Args:
        units: size of the hidden state and of the cell state.
        bias_initializer: of b; None for 0 but 1 for the forget gates.

    From inputs `<float>[batch, feature]` and a list of hidden state and cell state, `<float>[batch, units]` each, it
    gives the output and a list of the new states.

    Example:
        >>> layer = keras.layers.RNN(LayerNormLSTMCell(4))
        >>> layer(np.ones((2, 5, 3), "float32")).shape.as_list()
        [2, 4]

    Source: Ba, Kiros & Hinton, "Layer normalization", arXiv:1607.06450, 2016, equations 20 to 22.
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

    def get_config(self):
        initializer = self.bias_initializer and keras.initializers.serialize(self.bias_initializer)
        return {**super().get_config(), "units": self.units, "bias_initializer": initializer}

    def _initial_bias(self, shape, dtype=None):
        zeros, ones = ops.zeros(self.units, dtype), ops.ones(self.units, dtype)
        return ops.concatenate([zeros, ones, zeros, zeros])
