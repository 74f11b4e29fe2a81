"""Networks in TensorFlow's operators that run anywhere: no kernel of a GPU, and none of LiteRT's missing ones."""

import keras
import tensorflow as tf

from rnn_zoo.exporting.graph import walk
from rnn_zoo.layers import BigramIds, Rollout
from rnn_zoo.layers.cells import is_recurrent, state_sizes
from rnn_zoo.layers.tokens import FIRST_ID


def network_of(model, timesteps=None):
    """A model as a function of tensors by the names of its inputs, and what it takes.

    Args:
        model: a functional model, of several outputs only if it is that of a `rnn_zoo.exporting.one_step.OneStep`; or
            a language model, of which it is the step from a token to log-probabilities of the next one.
        timesteps: of the sequences that it takes, whose recurrences are unrolled then; None for any.

    Returns:
        The function, to a dictionary with "outputs" and the states after a timestep, "next_state_0" and so on; and a
        dictionary of `tf.TensorSpec`.
    """
    if hasattr(model, "generate"):
        return _writing_step(model)
    names, fixed = [one.name for one in model.inputs], {}
    if timesteps:
        fixed = {1: timesteps, 2: getattr(model.preprocessor, "widest_spelling", None)}
    shapes = [[fixed.get(axis) if size is None else size for axis, size in enumerate(one.shape)]
              for one in model.inputs]  # fmt: skip
    specs = {
        one.name: tf.TensorSpec(shape, one.dtype, one.name) for one, shape in zip(model.inputs, shapes, strict=True)
    }
    given = ["outputs", *(f"next_{name}" for name in names[1:])]

    def function(tensors):
        return dict(zip(given, walk(model, timesteps, [tensors[name] for name in names], _convert), strict=False))

    return function, specs


def _writing_step(task):
    decoder, previous = task.get_layer("decoder"), task.previous_name
    sizes = {f"state_{index}": size for index, size in enumerate(sum(map(list, decoder.state_sizes), []))}
    specs = {previous: tf.TensorSpec((None, 1), "int32", previous)}
    specs |= {name: tf.TensorSpec((None, size), "float32", name) for name, size in sizes.items()}

    def function(tensors):
        states = iter([tensors[name] for name in sizes])
        before = [[next(states) for _ in some] for some in decoder.state_sizes]
        logits, _, after = decoder.step(tensors[previous][:, 0], before)
        given = {f"next_{name}": state for name, state in zip(sizes, sum(after, []), strict=True)}
        return {"outputs": tf.nn.log_softmax(logits), **given}

    return function, specs


def with_constant_weights(task, function, specs):
    """The function with weights as constants, traced: a concrete function of TensorFlow."""
    values = [keras.ops.convert_to_numpy(variable) for variable in task.variables]

    def constant(tensors):
        weights = [(variable, tf.constant(value)) for variable, value in zip(task.variables, values, strict=True)]
        with keras.StatelessScope(weights):
            return function(tensors)

    return tf.function(constant, input_signature=[specs], autograph=False).get_concrete_function()


def _convert(unrolled, layer, args, kwargs, outputs):
    options = {name: one for name, one in kwargs.items() if name != "mask"}
    if is_recurrent(layer):
        return [_loop(layer, args[0], unrolled)]
    if isinstance(layer, Rollout):
        return [_rollout(layer, *args)]
    found = _bigram_ids(layer, args[0]) if isinstance(layer, BigramIds) else layer(*args, **options)
    return found if isinstance(found, list) else [found]


def _loop(layer, sequence, unrolled):
    """A recurrent layer as a loop over the steps of its cell, or as so many steps one after another."""
    by_time = tf.transpose(sequence, (1, 0, 2))
    timesteps, batch = tf.shape(by_time)[0], tf.shape(by_time)[1]
    sizes = state_sizes(layer.cell)
    states = [tf.zeros((batch, size), layer.compute_dtype) for size in sizes]

    def one(time, *states):
        output, after = layer.cell(by_time[time], list(states))
        return output, [tf.reshape(state, (-1, size)) for state, size in zip(after, sizes, strict=True)]

    if unrolled:
        outputs = []
        for time in range(by_time.shape[0]):
            output, states = one(time, *states)
            outputs.append(output)
        return tf.stack(outputs, axis=1) if layer.return_sequences else output

    def looped(time, outputs, *states):
        output, after = one(time, *states)
        return time + 1, tf.tensor_scatter_nd_update(outputs, [[time]], output[None]), *after

    outputs = tf.zeros((timesteps, batch, layer.cell.units), layer.compute_dtype)
    shapes = [(), (None, None, layer.cell.units), *((None, size) for size in sizes)]
    _, outputs, *_ = tf.while_loop(
        lambda time, *_: time < timesteps, looped, (tf.constant(0), outputs, *states),
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
