"""Biases with which gated cells remember from the start."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Configured


def spread_memories(units, longest_memory):
    """Biases b `<float32>[units]` of gates that keep a share sigmoid(b) of the state for 1 to so many timesteps."""
    if longest_memory < 2:
        raise ValueError(f"longest_memory must be at least 2 timesteps. Received: {longest_memory=}")
    return np.log(np.linspace(1.0, longest_memory - 1.0, units, dtype="float32"))


@keras.saving.register_keras_serializable("rnn_zoo")
class ChronoBias(Configured, keras.initializers.Initializer):
    """Biases with which the units of an LSTM or GRU remember for 1 to `longest_memory` timesteps, before all learning.

    A gate that keeps a share sigmoid(b) of the state at each timestep remembers for about 1 + exp(b) of them. The
    paper draws exp(b) from the interval [1, longest_memory - 1]; here the units are spread over it evenly, which needs
    no seed. The LSTM's forget gates get b and its input gates -b, the GRU's update gates, which keep the state, get b.

    Args:
        longest_memory: the longest time to remember, in timesteps, at least 2.

    Example:
        >>> biases = ChronoBias(8)((8,))  # LSTM(2): i, f, c, o
        >>> [round(float(bias), 2) for bias in biases]
        [-0.0, -1.95, 0.0, 1.95, 0.0, 0.0, 0.0, 0.0]

    Source: Tallec & Ollivier, "Can recurrent neural networks warp time?", ICLR 2018, equations 14 and 16.
    """

    def __init__(self, longest_memory):
        spread_memories(1, longest_memory)
        self.longest_memory = longest_memory

    def __call__(self, shape, dtype=None):
        """Biases `[4 * units]` of an LSTM, or `[2, 3 * units]` of a GRU, input side and recurrent side."""
        shape = tuple(shape)
        if len(shape) == 1 and shape[0] % 4 == 0:
            keep = spread_memories(shape[0] // 4, self.longest_memory)
            biases = [-keep, keep, 0 * keep, 0 * keep]
        elif len(shape) == 2 and shape[0] == 2 and shape[1] % 3 == 0:
            keep = spread_memories(shape[1] // 3, self.longest_memory)
            biases = [np.stack([keep, 0 * keep]), *np.zeros((2, 2, len(keep)))]
        else:
            raise ValueError(f"shape must be that of the biases of an LSTM or a GRU. Received: {shape=}")
        return ops.convert_to_tensor(np.concatenate(biases, axis=-1), dtype=dtype)
