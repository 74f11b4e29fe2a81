"""A network one timestep at a time: a functional model, made by a walk over the layers of the whole one.

What layers remember between timesteps, states of cells and running maxima and means, goes in and comes out.
"""

import keras
import numpy as np
from keras import layers, ops

from rnn_zoo.exporting.graph import walk
from rnn_zoo.graphs import compiled
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
from rnn_zoo.streaming import Steps, refuse

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
    """The next timestep of a Task's network.

    Args:
        task: a Task.

    Attributes:
        model: a functional model with the Task's weights, from a timestep `[batch, width, ...]` and the states before
            it, "state_0" and so on, `<float32>[batch, size]`, to the outputs and the states after it.
        width: of the inputs; above 1 where the network stacks so many frames to one timestep.
        input_name: of the sequence.
        first: the states before anything was read, a list of arrays `[size]`.

    Raises:
        ValueError: for a network that cannot answer before it has read all, naming the layer.
    """

    def __init__(self, task):
        sequences = [tensor for tensor in task.inputs if len(tensor.shape) > 1]
        if len(sequences) > 1 or not any(is_recurrent(layer) for layer in task.layers):
            refuse(task, "it reads no single sequence by a recurrent layer")
        self.input_name, shape = sequences[0].name, tuple(sequences[0].shape[2:])
        self.width = next((layer.size for layer in task.layers if isinstance(layer, StackFrames)), 1)
        now = keras.Input((self.width, *shape), dtype=sequences[0].dtype, name=self.input_name)
        reading = _Reading(task)
        given = [None if len(tensor.shape) == 1 else Timestep(now) for tensor in task.inputs]
        (output,) = walk(task, reading, given, _read)
        if isinstance(output, Timestep):
            refuse(task, "it answers for every timestep")
        self.first = reading.first
        self.model = keras.Model([now, *reading.states], [ops.cast(output, "float32"), *reading.after])


class _Reading:
    """States while one timestep is read, in the order in which layers ask for them."""

    def __init__(self, task):
        self.task, self.first, self.states, self.after = task, [], [], []

    def before(self, size, start=0.0):
        """The next state, `[batch, size]`."""
        self.states.append(keras.Input((size,), name=f"state_{len(self.first)}"))
        self.first.append(np.full(size, start, "float32"))
        return self.states[-1]


class CellStep(keras.Operation):
    """One step of the cell of a recurrent layer: from its inputs and states to the output and the next states."""

    def __init__(self, layer):
        super().__init__(name=layer.name)
        self.layer = layer

    def call(self, inputs, *states):
        output, after = self.layer.cell(inputs, [ops.cast(state, self.layer.compute_dtype) for state in states])
        return [output, *(ops.cast(state, "float32") for state in after)]

    def compute_output_spec(self, inputs, *states):
        output = keras.KerasTensor((inputs.shape[0], self.layer.cell.units), self.layer.compute_dtype)
        return [output, *(keras.KerasTensor(state.shape, "float32") for state in states)]


def _read(reading, layer, args, kwargs, outputs):
    """One layer for one timestep, a list of one result; None stands for the lengths of sequences."""
    options = {name: one for name, one in kwargs.items() if name not in ("training", "mask")}
    if isinstance(layer, LENGTHS):
        return [None]
    if isinstance(layer, UNCHANGED):
        return [args[0]]
    if isinstance(layer, BACKWARD):
        settings = "one made with bidirectional=False reads forward"
        refuse(reading.task, f"its layer {layer.name!r} reads from the end; {settings}")
    if not any(isinstance(one, Timestep) for one in keras.tree.flatten((args, options))):
        return [layer(*args, **options)]
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
        refuse(reading.task, f"its layer {layer.name!r} ({type(layer).__name__}) reads several timesteps at once")
    return [Timestep(layer(*args, **options))]


def _recurrent(reading, layer, inputs):
    output, *after = CellStep(layer)(inputs[:, 0], *map(reading.before, state_sizes(layer.cell)))
    reading.after += after
    return Timestep(ops.expand_dims(output, 1)) if layer.return_sequences else output


def _maximum(reading, layer, inputs):
    highest = ops.maximum(reading.before(inputs.shape[-1], LOWEST), ops.cast(inputs[:, 0], "float32"))
    reading.after.append(highest)
    return ops.cast(highest, inputs.dtype)


def _mean(reading, layer, inputs):
    total = reading.before(inputs.shape[-1]) + ops.cast(inputs[:, 0], "float32")
    count = reading.before(1) + 1.0
    reading.after += [total, count]
    return ops.cast(total / count, inputs.dtype)


def _position_weighted(reading, layer, inputs):
    total, position = reading.before(inputs.shape[-1]), reading.before(1)
    last = ops.cast(ops.minimum(position[:, 0], layer.num_positions - 1.0), "int32")
    weights = ops.cast(ops.take(layer.position_weights, last, axis=0), "float32")
    total = total + ops.cast(inputs[:, 0], "float32") * weights
    reading.after += [total, position + 1.0]
    return ops.cast(total, inputs.dtype)


def _bigram_ids(reading, layer, token_ids):
    before = ops.cast(reading.before(1), "int32")
    reading.after.append(ops.cast(token_ids, "float32"))
    pairs = ops.concatenate([before, token_ids], axis=1)
    return Timestep(layer(pairs)[:, 1:])


_FUNCTIONS = (
    (MaskedMaxPooling, _maximum),
    (MaskedMeanPooling, _mean),
    (PositionWeightedPooling, _position_weighted),
    (TakeLast, lambda reading, layer, inputs: inputs[:, 0]),
    (BigramIds, _bigram_ids),
)
"""Layers that remember something of earlier timesteps, or give one vector a sequence."""


def steps_of(task):
    """A Task's network for a `rnn_zoo.streaming.Streaming`, with a timestep compiled."""
    step = OneStep(task)
    outputs = ["outputs", *(f"next_{one.name}" for one in step.model.inputs[1:])]

    def one_timestep(arrays):  # whose inner axes a compiled function does not know
        given = [ops.reshape(arrays[one.name], (-1, *one.shape[1:])) for one in step.model.inputs]
        return dict(zip(outputs, step.model(given), strict=True))

    return Steps(compiled(task, one_timestep), step.input_name, step.width, step.first)
