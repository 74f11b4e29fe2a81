"""Recurrences that are linear in the state, h_t = a_t * h_{t-1} + b_t: parallel over time.

Two such steps in a row are one of the same kind, so that a sequence can be cut into pieces, all of which are computed
at once, each from a state of 0. The ends of the pieces are a sequence of their own, with the product of a piece's a as
its a; from their states each piece is completed.

Source: Blelloch, "Prefix sums and their applications", 1990; for recurrent networks: Martin & Cundy, "Parallelizing
linear recurrent neural nets over sequence length", ICLR 2018.
"""

import itertools

import keras
from keras import layers, ops

from rnn_zoo.layers.cells import state_sizes

PIECE = 16
"""Timesteps of a piece, which are written out one after another."""
CUTS = 2
"""How often a sequence is cut whose length is not known when its graph is made; one timestep of 256 is left for a loop.
Where the length is known, as it always is under JAX and torch, there is no loop."""


def linear_recurrence(decay, inputs, first):
    """All states of h_t = a_t * h_{t-1} + b_t, of real or complex numbers: lists of one part, or of two.

    The decay a is `<float>[batch or 1, timesteps, units]`, the inputs b and the states `<float>[batch, timesteps,
    units]`, the first state `<float>[batch, units]`. Unlike a quotient of cumulative products, it divides by nothing,
    so that it is exact for small a. It is computed in float32 at least.

    Example:
        >>> halves, ones = np.full((1, 3, 1), 0.5, "float32"), np.ones((1, 3, 1), "float32")
        >>> (states,) = linear_recurrence([halves], [ones], [ones[:, 0]])
        >>> states[0, :, 0].numpy().tolist()
        [1.5, 1.75, 1.875]
    """
    dtype = inputs[0].dtype
    wide = keras.backend.result_type(dtype, "float32")
    decay, inputs, first = ([ops.cast(one, wide) for one in numbers] for numbers in (decay, inputs, first))
    return [ops.cast(one, dtype) for one in _states(decay, inputs, first, CUTS)]


def _states(decay, inputs, first, cuts):
    """As `linear_recurrence`; `cuts` says how often a sequence of unknown length may still be cut."""
    timesteps = inputs[0].shape[1]
    if timesteps is not None and timesteps <= PIECE:
        return _stack(_run(_unstack(decay, 1), _unstack(inputs, 1), first), 1)
    if timesteps is None and not cuts:
        return _loop(decay, inputs, first)
    decays, parts = (_unstack([_in_pieces(one) for one in numbers], 2) for numbers in (decay, inputs))
    products = list(itertools.accumulate(decays, _times))
    from_zero = list(_run(decays, parts, [ops.zeros_like(one) for one in parts[0]]))
    ends = _states(products[-1], from_zero[-1], first, cuts - 1)
    before = [ops.concatenate([one[:, None], end[:, :-1]], axis=1) for one, end in zip(first, ends, strict=True)]
    pieces = [_plus(_times(product, before), one) for product, one in zip(products, from_zero, strict=True)]
    shape = ops.shape(inputs[0])
    return [ops.reshape(one, (shape[0], -1, shape[2]))[:, : shape[1]] for one in _stack(pieces, 2)]


def _in_pieces(sequence):
    """`[batch, timesteps, units]` as `[batch, pieces, PIECE, units]`, filled up with 0."""
    batch, timesteps, units = ops.shape(sequence)
    filled = ops.concatenate([sequence, ops.zeros((batch, -timesteps % PIECE, units), sequence.dtype)], axis=1)
    return ops.reshape(filled, (batch, -1, PIECE, units))


def _loop(decay, inputs, first):
    """One timestep after another."""
    parts = len(inputs)
    together = [*(one + ops.zeros_like(inputs[0]) for one in decay), *inputs]  # Keras scans one array of unknown length

    def step(state, now):
        now = ops.split(now, 2 * parts, axis=-1)
        state = _plus(_times(now[:parts], state), now[parts:])
        return state, state

    states = ops.scan(step, first, ops.swapaxes(ops.concatenate(together, axis=-1), 0, 1))[1]
    return [ops.swapaxes(one, 0, 1) for one in states]


def _run(decays, inputs, state):
    """The states after each of some timesteps, which are lists."""
    for decay, one in zip(decays, inputs, strict=True):
        state = _plus(_times(decay, state), one)
        yield state


def _times(one, other):
    """Products of real or complex numbers."""
    if len(one) == 1:
        return [one[0] * other[0]]
    return [one[0] * other[0] - one[1] * other[1], one[0] * other[1] + one[1] * other[0]]


def _plus(one, other):
    return [left + right for left, right in zip(one, other, strict=True)]


def _unstack(numbers, axis):
    return list(zip(*(ops.unstack(one, axis=axis) for one in numbers), strict=True))


def _stack(numbers, axis):
    return [ops.stack(one, axis=axis) for one in zip(*numbers, strict=True)]


class ScanLayer(layers.Layer):
    """A layer that reads whole sequences by the `scan` of its step; the step's class is an attribute of the subclass.

    Args:
        units: size of the hidden state.
        return_sequences: give the outputs of all timesteps, and not the last one alone.
        return_state: give the states at the end too.
        **settings: of the step.

    Call arguments:
        sequence: `<float>[batch, timesteps, feature]`, padded on the right if at all.
        initial_state: a list of states `<float>[batch, size]`; None for zeros.

    Returns:
        `<float>[batch, timesteps, units]`, or `<float>[batch, units]`; with `return_state` a tuple of that and of the
        states.
    """

    step_class = None

    def __init__(
        self, units, return_sequences=False, return_state=False, *, name=None, dtype=None, trainable=True, **settings
    ):
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        self.units, self.return_sequences, self.return_state = units, return_sequences, return_state
        self.settings = settings
        self.cell = self.step_class(units, name="cell", dtype=self.dtype_policy, **settings)

    def build(self, sequence_shape, initial_state_shape=None):
        self.cell.build((sequence_shape[0], sequence_shape[2]))

    def call(self, sequence, initial_state=None, training=False):
        if initial_state is None:
            batch = ops.shape(sequence)[0]
            initial_state = [ops.zeros((batch, size), sequence.dtype) for size in state_sizes(self.cell)]
        outputs, states = self.cell.scan(sequence, initial_state)
        outputs = outputs if self.return_sequences else outputs[:, -1]
        return (outputs, *states) if self.return_state else outputs

    def compute_output_spec(self, sequence, initial_state=None, training=False):
        batch, timesteps, _ = sequence.shape
        shape = (batch, timesteps, self.units) if self.return_sequences else (batch, self.units)
        outputs = keras.KerasTensor(shape, dtype=self.compute_dtype)
        states = [keras.KerasTensor((batch, size), dtype=self.compute_dtype) for size in state_sizes(self.cell)]
        return (outputs, *states) if self.return_state else outputs

    def get_config(self):
        own = {"units": self.units, "return_sequences": self.return_sequences, "return_state": self.return_state}
        return {**super().get_config(), **own, **self.settings}
