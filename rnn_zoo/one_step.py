"""A network one timestep at a time: a walk over the functional model that computes its layers for one timestep.

What layers remember between timesteps, states of cells and running maxima and means, goes in and comes out.
"""

import keras
import numpy as np
from keras import layers, ops

from rnn_zoo.exporting.graph import walk
from rnn_zoo.layers import (
    BigramIds,
    BlankPadding,
    ClearPadding,
    EndStates,
    FoldTimesteps,
    MaskedMaxPooling,
    MaskedMeanPooling,
    OneHot,
    PositionWeightedPooling,
    ReverseByLength,
    SequenceLengths,
    StackedLengths,
    StackFrames,
    TakeLast,
    UnfoldTimesteps,
)
from rnn_zoo.layers.base import Augmentation
from rnn_zoo.layers.cells import is_recurrent, state_sizes

LOWEST = -65000.0
"""What a running maximum starts from, as `MaskedMaxPooling` has it."""
UNCHANGED = (
    Augmentation, BlankPadding, ClearPadding, layers.Dropout, layers.GaussianNoise, layers.SpatialDropout1D,
)  # fmt: skip
"""Layers that do nothing to real timesteps when nothing is trained."""
LENGTHS = (SequenceLengths, StackedLengths)
WITHIN_A_TIMESTEP = (
    layers.Concatenate, layers.Dense, layers.Embedding, layers.Permute, layers.Reshape, OneHot, StackFrames,
)  # fmt: skip
BACKWARD = (ReverseByLength, EndStates)


class Timestep:
    """What a network holds of each timestep: a tensor `[batch, 1, ...]`, and no vector of a whole sequence."""

    def __init__(self, tensor):
        self.tensor = tensor


class OneStep:
    """The next timestep of a Task's network: inputs `[batch, width, ...]` and states to outputs and states.

    Args:
        task: a Task.
        call: how a layer with no state is computed, from the layer and its arguments; None to call it.

    Attributes:
        width: of the inputs; above 1 where the network stacks so many frames to one timestep.
        input_name: of the sequence, and `dtype` and `shape` (of a timestep) of its elements.
        first: the states before anything was read, a list of arrays `[size]`.
        output_shape: without the batch.

    Raises:
        ValueError: for a network that cannot answer before it has read all, naming the layer.
    """

    def __init__(self, task, call=None):
        self.task, self.first, self.call = task, [], call or (lambda layer, *args, **options: layer(*args, **options))
        sequences = [tensor for tensor in task.inputs if len(tensor.shape) > 1]
        if len(sequences) > 1 or not any(is_recurrent(layer) for layer in task.layers):
            refuse(task, "it reads no single sequence by a recurrent layer")
        self.input_name, self.dtype, self.shape = sequences[0].name, sequences[0].dtype, tuple(sequences[0].shape[2:])
        self.width = next((layer.size for layer in task.layers if isinstance(layer, StackFrames)), 1)
        output, states = self(ops.zeros((1, self.width, *self.shape), self.dtype), None)
        self.output_shape = tuple(output.shape[1:])

    def __call__(self, inputs, states):
        """Outputs `<float32>[batch, ...]`, and the states after the timestep; None begins with those of `first`."""
        reading = _Reading(self, inputs, states)
        given = [None if len(tensor.shape) == 1 else Timestep(inputs) for tensor in self.task.inputs]
        (output,) = walk(self.task, reading, given, _read)
        if isinstance(output, Timestep):
            refuse(self.task, "it answers for every timestep")
        return ops.cast(output, "float32"), reading.after


class _Reading:
    """States while one timestep is read, in the order in which layers ask for them."""

    def __init__(self, step, inputs, states):
        self.step, self.batch, self.after = step, ops.shape(inputs)[0], []
        self._before = None if states is None else iter(states)

    def before(self, size, start=0.0, dtype="float32"):
        """The next state, `[batch, size]`."""
        if self._before is not None:
            return next(self._before)
        self.step.first.append(np.full(size, start, dtype))
        return ops.full((self.batch, size), start, dtype)


def refuse(task, reason):
    """Say why a model cannot stream."""
    raise ValueError(f"{task.name} cannot stream: {reason}.")


def _read(reading, layer, args, kwargs, outputs):
    """One layer for one timestep, a list of one result; None stands for the lengths of sequences."""
    options = {name: one for name, one in kwargs.items() if name not in ("training", "mask")}
    if isinstance(layer, LENGTHS):
        return [None]
    if isinstance(layer, UNCHANGED):
        return [args[0]]
    if isinstance(layer, BACKWARD):
        settings = "one made with bidirectional=False reads forward"
        refuse(reading.step.task, f"its layer {layer.name!r} reads from the end; {settings}")
    if not any(isinstance(one, Timestep) for one in keras.tree.flatten((args, options))):
        return [reading.step.call(layer, *args, **options)]
    for kinds, function in _FUNCTIONS:
        if isinstance(layer, kinds):
            return [function(reading, layer, args[0].tensor)]
    if is_recurrent(layer):
        return [_recurrent(reading, layer, args[0].tensor)]
    args, options = keras.tree.map_structure(lambda one: getattr(one, "tensor", one), (args, options))
    if isinstance(layer, FoldTimesteps):
        return [layer(*args)]
    is_local = isinstance(layer, (layers.Conv1D, layers.Conv2D)) and layer.kernel_size[0] == layer.strides[0] == 1
    if not isinstance(layer, (*WITHIN_A_TIMESTEP, UnfoldTimesteps)) and not is_local:
        refuse(reading.step.task, f"its layer {layer.name!r} ({type(layer).__name__}) reads several timesteps at once")
    return [Timestep(reading.step.call(layer, *args, **options))]


def _recurrent(reading, layer, inputs):
    before = [reading.before(size) for size in state_sizes(layer.cell)]
    output, after = layer.cell(inputs[:, 0], [ops.cast(state, layer.compute_dtype) for state in before])
    reading.after += [ops.cast(state, "float32") for state in after]
    return Timestep(output[:, None]) if layer.return_sequences else output


def _maximum(reading, layer, inputs):
    highest = ops.maximum(reading.before(inputs.shape[-1], LOWEST), ops.cast(inputs[:, 0], "float32"))
    reading.after.append(highest)
    return ops.cast(highest, inputs.dtype)


def _mean(reading, layer, inputs):
    total = reading.before(inputs.shape[-1]) + ops.cast(inputs[:, 0], "float32")
    count = reading.before(1) + 1
    reading.after += [total, count]
    return ops.cast(total / count, inputs.dtype)


def _position_weighted(reading, layer, inputs):
    total, position = reading.before(inputs.shape[-1]), reading.before(1)
    last = ops.minimum(ops.cast(position[:, 0], "int32"), layer.num_positions - 1)
    weights = ops.cast(ops.take(layer.position_weights, last, axis=0), "float32")
    total = total + ops.cast(inputs[:, 0], "float32") * weights
    reading.after += [total, position + 1]
    return ops.cast(total, inputs.dtype)


def _bigram_ids(reading, layer, token_ids):
    before = reading.before(1, 0, "int32")
    reading.after.append(ops.cast(token_ids, "int32"))
    pairs = ops.concatenate([before, ops.cast(token_ids, "int32")], axis=1)
    return Timestep(reading.step.call(layer, pairs)[:, 1:])


_FUNCTIONS = (
    (MaskedMaxPooling, _maximum),
    (MaskedMeanPooling, _mean),
    (PositionWeightedPooling, _position_weighted),
    (TakeLast, lambda reading, layer, inputs: inputs[:, 0]),
    (BigramIds, _bigram_ids),
)
"""Layers that remember something of earlier timesteps, or give one vector a sequence."""


def advance(step, inputs, lengths, states):
    """Read several timesteps of several sequences.

    Args:
        step: a `OneStep`.
        inputs: `[batch, timesteps * width, ...]`, right-padded.
        lengths: `<int32>[batch]`, timesteps of each, which are read; at least 1.
        states: a list of `[batch, size]`.

    Returns:
        The outputs after the last timestep of each sequence, `<float32>[batch, ...]`, and the states.
    """
    batch = ops.shape(inputs)[0]
    grouped = ops.reshape(inputs, (batch, -1, step.width, *step.shape))
    by_time = ops.transpose(grouped, (1, 0, *range(2, len(grouped.shape))))
    states = [ops.reshape(state, (-1, len(first))) for state, first in zip(states, step.first, strict=True)]

    def read(time, carried):
        now = ops.reshape(ops.take(by_time, time, axis=0), (-1, step.width, *step.shape))
        output, after = step(now, carried[1:])
        new = [output, *after]
        return [
            ops.where(ops.reshape(time < lengths, (-1, *[1] * (len(one.shape) - 1))), one, other)
            for one, other in zip(new, carried, strict=True)
        ]

    nothing = ops.zeros((batch, *step.output_shape), "float32")
    outputs, *states = ops.fori_loop(0, ops.shape(by_time)[0], read, [nothing, *states])
    return outputs, states
