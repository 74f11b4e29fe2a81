"""The linear recurrent unit: a diagonal linear recurrence of complex numbers, and what is not linear after it."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.scans import ScanLayer, linear_recurrence


@keras.saving.register_keras_serializable("rnn_zoo")
class LRUCell(Layer):
    """One step of an `LRU`. Its states are the output and both parts of the complex state s.

    Real and imaginary parts stand beside one another in the kernel, B, and over one another in the output kernel, C,
    the imaginary one with its sign turned. At first the sizes of a are between two decays in [0, 1), and its angles, in
    radians, below `largest_phase`.
    """

    reads_output = False

    def __init__(self, units, smallest_decay=0.9, largest_decay=0.999, largest_phase=2 * np.pi, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= smallest_decay < largest_decay < 1:
            raise ValueError(
                f"decays must be in [0, 1), the smallest first. Received: {smallest_decay=}, {largest_decay=}"
            )
        self.units, self.state_size = units, [units, units, units]
        self.smallest_decay, self.largest_decay, self.largest_phase = smallest_decay, largest_decay, largest_phase

    def build(self, input_shape):
        units, features = self.units, input_shape[-1]
        normal, uniform = keras.initializers.RandomNormal, keras.initializers.RandomUniform
        self._squares = uniform(self.smallest_decay**2, self.largest_decay**2)  # of what decays first
        self._phases = uniform(1e-3, self.largest_phase)
        exact = {"autocast": False}  # half precision cannot tell 0.999 from 1
        self.decay_log = self.add_weight((units,), initializer=self._initial_decay_log, name="decay_log", **exact)
        self.phase_log = self.add_weight((units,), initializer=self._initial_phase_log, name="phase_log", **exact)
        self.scale_log = self.add_weight((units,), initializer=self._initial_scale_log, name="scale_log", **exact)
        into, out_of = normal(0, (2 * features) ** -0.5), normal(0, units**-0.5)
        self.kernel = self.add_weight((features, 2 * units), initializer=into, name="kernel")
        self.output_kernel = self.add_weight((2 * units, units), initializer=out_of, name="output_kernel")
        self.skip_kernel = self.add_weight((features, units), initializer="glorot_uniform", name="skip_kernel")
        self.gate_kernel = self.add_weight((units, 2 * units), initializer="glorot_uniform", name="gate_kernel")
        self.gate_bias = self.add_weight((2 * units,), initializer="zeros", name="gate_bias")

    def call(self, inputs, states):
        hidden, states = self.scan(inputs[:, None], states)
        return hidden[:, 0], states

    def scan(self, sequence, states):
        """All steps of sequences `<float>[batch, timesteps, feature]` at once: outputs, and the states at the end."""
        decay = [ops.broadcast_to(one, (1, *ops.shape(sequence)[1:2], self.units)) for one in self._decay()]
        complex_states = linear_recurrence(decay, self._read(sequence), states[1:])
        hidden = self._write(complex_states, sequence)
        return hidden, [hidden[:, -1], *(one[:, -1] for one in complex_states)]

    def _decay(self):
        """Both parts of a, `<float>[units]`."""
        size, phase = ops.exp(-ops.exp(self.decay_log)), ops.exp(self.phase_log)
        return [size * ops.cos(phase), size * ops.sin(phase)]

    def _read(self, inputs):
        """Both parts of what the inputs add to the state, `<float>[..., units]` each."""
        scale = ops.cast(ops.exp(self.scale_log), inputs.dtype)
        return [scale * one for one in ops.split(ops.matmul(inputs, self.kernel), 2, axis=-1)]

    def _write(self, states, inputs):
        """The output of complex states, `<float>[..., units]`."""
        seen = ops.matmul(ops.concatenate(states, axis=-1), self.output_kernel) + ops.matmul(inputs, self.skip_kernel)
        value, gate = ops.split(ops.matmul(ops.gelu(seen), self.gate_kernel) + self.gate_bias, 2, axis=-1)
        return value * ops.sigmoid(gate)

    def _initial_decay_log(self, shape, dtype=None):
        return ops.cast(ops.log(-ops.log(self._squares(shape)) / 2), dtype)

    def _initial_scale_log(self, shape, dtype=None):
        size = ops.exp(-ops.exp(ops.convert_to_tensor(self.decay_log)))
        return ops.cast(ops.log(1 - size**2) / 2, dtype)

    def _initial_phase_log(self, shape, dtype=None):
        return ops.cast(ops.log(self._phases(shape)), dtype)


@keras.saving.register_keras_serializable("rnn_zoo")
class LRU(ScanLayer):
    """A linear recurrent unit and the gated linear unit after it, parallel over time; `CELLS` has the equations.

    The size of a is below 1 for any nu, so that no state explodes. Without the gated linear unit (Dauphin et al., ICML
    2017, equation 1), which the paper has between its layers, a network of these would be linear.

    Arguments are those of `ScanLayer` and of `LRUCell`. Its states are the output and both parts of s, `<float>[batch,
    units]` each.

    Example:
        >>> LRU(4, return_sequences=True)(np.ones((2, 50, 3), "float32")).shape.as_list()
        [2, 50, 4]
    """

    step_class = LRUCell
