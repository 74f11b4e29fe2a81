"""Networks in TensorFlow's operators that run anywhere: no kernel of a GPU, and none of LiteRT's missing ones."""

import keras
import tensorflow as tf

from rnn_zoo.exporting.graph import walk
from rnn_zoo.layers import BigramIds, Rollout
from rnn_zoo.layers.bigrams import FIRST_ID
from rnn_zoo.layers.cells import is_recurrent, state_sizes
from rnn_zoo.one_step import OneStep


def network_of(task):
    """A function from a dictionary of tensors, by the names of inputs, to `{"outputs"}`; and what it takes."""
    specs = {one.name: tf.TensorSpec(one.shape, one.dtype, one.name) for one in task.inputs}
    names = [one.name for one in task.inputs]
    return lambda tensors: {"outputs": walk(task, None, [tensors[name] for name in names], _convert)[0]}, specs


def step_of(task):
    """The same of one timestep: it also takes states, `state_0` and so on, and gives those after the timestep."""
    step = OneStep(task, _computed)
    specs = {step.input_name: tf.TensorSpec((None, step.width, *step.shape), step.dtype, step.input_name)}
    names = [f"state_{index}" for index in range(len(step.first))]
    for name, first in zip(names, step.first, strict=True):
        specs[name] = tf.TensorSpec((None, len(first)), first.dtype, name)

    def one_timestep(tensors):
        outputs, states = step(tensors[step.input_name], [tensors[name] for name in names])
        return {"outputs": outputs, **dict(zip(names, states, strict=True))}

    return one_timestep, specs, step


def with_constant_weights(task, function, specs):
    """The function with weights as constants, traced: a concrete function of TensorFlow."""
    values = [keras.ops.convert_to_numpy(variable) for variable in task.variables]

    def constant(tensors):
        weights = [(variable, tf.constant(value)) for variable, value in zip(task.variables, values, strict=True)]
        with keras.StatelessScope(weights):
            return function(tensors)

    return tf.function(constant, input_signature=[specs], autograph=False).get_concrete_function()


def _convert(_, layer, args, kwargs, outputs):
    return [_computed(layer, *args, **{name: one for name, one in kwargs.items() if name != "mask"})]


def _computed(layer, *args, **options):
    if is_recurrent(layer):
        return _loop(layer, args[0])
    if isinstance(layer, Rollout):
        return _rollout(layer, *args)
    return _bigram_ids(layer, args[0]) if isinstance(layer, BigramIds) else layer(*args, **options)


def _loop(layer, sequence):
    """A recurrent layer as a loop over the steps of its cell."""
    by_time = tf.transpose(sequence, (1, 0, 2))
    timesteps, batch = tf.shape(by_time)[0], tf.shape(by_time)[1]
    sizes = state_sizes(layer.cell)
    states = [tf.zeros((batch, size), layer.compute_dtype) for size in sizes]
    outputs = tf.zeros((timesteps, batch, layer.cell.units), layer.compute_dtype)

    def one(time, outputs, *states):
        output, after = layer.cell(by_time[time], list(states))
        outputs = tf.tensor_scatter_nd_update(outputs, [[time]], output[None])
        return time + 1, outputs, *(tf.reshape(state, (-1, size)) for state, size in zip(after, sizes, strict=True))

    shapes = [(), (None, None, layer.cell.units), *((None, size) for size in sizes)]
    _, outputs, *_ = tf.while_loop(
        lambda time, *_: time < timesteps, one, (tf.constant(0), outputs, *states),
        shape_invariants=tuple(map(tf.TensorShape, shapes)),
    )  # fmt: skip
    outputs = tf.transpose(outputs, (1, 0, 2))
    return outputs if layer.return_sequences else outputs[:, -1]


def _rollout(layer, features, first):
    """As many steps of the cell as the horizon has, one after another."""
    states, values = tf.split(layer.states(features), state_sizes(layer.cell), axis=-1), [first]
    for _ in range(layer.horizon):
        hidden, states = layer.cell(values[-1], states)
        values.append(values[-1] + layer.step(hidden))
    return tf.stack(values[1:], axis=1)


def _bigram_ids(layer, token_ids):
    """A binary search without branches: LiteRT has no operator that searches a sorted list."""
    token_ids = tf.cast(token_ids, "int32")
    numbers = tf.pad(token_ids[:, :-1], ((0, 0), (1, 0))) * layer.vocabulary_size + token_ids
    step = 1 << (layer.num_bigrams.bit_length() - 1)
    filler = tf.fill((2 * step - layer.num_bigrams,), tf.int32.max)
    known, smaller = tf.concat([keras.ops.convert_to_tensor(layer.known), filler], axis=0), tf.zeros_like(numbers)
    while step:
        smaller += tf.where(tf.gather(known, smaller + step - 1) < numbers, step, 0)
        step //= 2
    ids = tf.where(tf.gather(known, smaller) == numbers, smaller + FIRST_ID, 1)
    return tf.where(token_ids == 0, 0, ids)
