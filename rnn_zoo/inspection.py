"""What goes on inside a trained Task: how far gradients reach, which words count, what an LSTM's gates do.

`rnn_zoo.plots` draws what these functions compute. Gradients are taken by TensorFlow, Keras' default backend here.
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.cells import CELLS, is_recurrent, state_sizes
from rnn_zoo.losses import loss_of

STATES = ("hidden_state", "cell_state")


class LSTMGates(NamedTuple):
    """What an LSTM computed at every timestep: `<float32>[batch, timesteps, units]`, gates in (0, 1)."""

    input_gate: np.ndarray
    forget_gate: np.ndarray
    output_gate: np.ndarray
    cell_state: np.ndarray
    hidden_state: np.ndarray


def recurrent_layer(task, name=None):
    """The recurrent layer of that name; or the first one that reads the timesteps of the example, forwards."""
    found = [layer for layer in task.layers if is_recurrent(layer)]
    names = [f"{core}_0" for core in CELLS] if name is None else [name]
    wanted = [layer for layer in found if layer.name in names]
    if not wanted:
        raise ValueError(
            f"layer must be a recurrent layer of {task.name}: {[layer.name for layer in found]}. Received: {name=}"
        )
    return wanted[0]


def gradient_flow(task, raw, labels, *, layer=None):
    """How strongly the loss depends on the state at every timestep: where gradients vanish, and where they explode.

    The gradient is the total one: it counts what the state does to the loss through all later states. In `qrnn` and
    `lru` the hidden state is an output alone, which no later state reads.

    Args:
        task: a Task that gives one answer an example, or one a timestep.
        raw: examples, as its preprocessor takes them.
        labels: their targets, as its codec takes them.
        layer: name of a recurrent layer; None for the first one.

    Returns:
        A dictionary of `<float32>[batch, timesteps]`, 0 at padding: "hidden_state" is |dL/dh_t|, where L is the loss of
        that example and |.| the Euclidean norm over the units; an LSTM has "cell_state" too, |dL/dc_t|.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> flow = gradient_flow(task, ["A great film.", "Dull."], [1, 0])
        >>> flow["hidden_state"].shape, sorted(flow)
        ((2, 4), ['cell_state', 'hidden_state'])

    Source: Bengio, Simard & Frasconi, "Learning long-term dependencies with gradient descent is difficult", IEEE
    Transactions on Neural Networks 1994; Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013, section 2.
    """
    layer = recurrent_layer(task, layer)
    inputs, targets = _tensors(task.preprocessor(raw)), _tensors(task.codec(labels))
    loss = loss_of(task.codec)
    after = keras.Function([layer.output, task.input], task.output)  # the inputs are for lengths and other branches
    sequence = keras.Model(task.input, layer.input)(inputs)
    batch, timesteps = sequence.shape[:2]

    states = STATES if isinstance(layer, keras.layers.LSTM) else STATES[:1]

    def loss_with(nudges):
        outputs = _run_nudged(layer, sequence, nudges)
        outputs = ops.transpose(outputs, (1, 0, 2)) if layer.return_sequences else outputs[-1]
        return loss(targets, after([outputs, inputs])) * batch  # the loss is a mean over the batch

    nudges = [ops.zeros((timesteps, batch, state_sizes(layer.cell)[0]), sequence.dtype) for _ in states]
    gradients = _gradients(loss_with, nudges)
    return {name: np.linalg.norm(one, axis=-1).T for name, one in zip(states, gradients, strict=True)}


def saliency(task, raw, *, label=None, layer=None):
    """How much the answer depends on every token of a text, or on every timestep of another sequence.

    It is |dlogit/dx_t|: the Euclidean norm of the gradient of the logit of a class, taken where the first recurrent
    layer reads the vector x_t of the timestep, whatever that is made of.

    Args:
        task: a Task that gives one answer an example.
        raw: examples, as its preprocessor takes them.
        label: the class to explain, a name or an index; None for the one that the Task answers, example by example.
        layer: name of the recurrent layer; None for the first one.

    Returns:
        A list of `<float32>[timesteps]`, one an example, without padding.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> found = saliency(task, ["a great film", "dull"])
        >>> [one.shape for one in found]
        [(3,), (1,)]

    Source: Simonyan, Vedaldi & Zisserman, "Deep inside convolutional networks", ICLR workshop 2014; over words: Li et
    al., "Visualizing and understanding neural models in NLP", NAACL 2016, section 5.
    """
    if len(task.output_shape) != 2:
        raise ValueError(f"saliency needs a Task with one answer an example. Received: {task.name}")
    layer = recurrent_layer(task, layer)
    encoded = task.preprocessor.encode(raw)
    inputs = _tensors(task.preprocessor.pad(encoded))
    classes = ops.argmax(task(inputs), axis=1) if label is None else task.codec.encode([label] * len(encoded))
    chosen = ops.one_hot(classes, task.output_shape[1])
    after = keras.Function([layer.input, task.input], task.output)
    vectors = keras.Model(task.input, layer.input)(inputs)
    (gradient,) = _gradients(lambda nudges: ops.sum(after([vectors + nudges[0], inputs]) * chosen), [vectors * 0])
    norms = np.linalg.norm(gradient, axis=-1)
    return [row[: len(one)] for row, one in zip(norms, encoded, strict=True)]


def lstm_gates(task, raw, *, layer=None):
    """What the gates and the cell state of an LSTM do over the timesteps.

    Args:
        task: a Task with an LSTM.
        raw: examples, as its preprocessor takes them.
        layer: name of the LSTM layer; None for the first one.

    Returns:
        `LSTMGates`, `<float32>[batch, timesteps, units]` each; what stands at padding means nothing.

    Example:
        >>> gates = lstm_gates(rnn_zoo.sentiment_lstm(), ["A great film."])
        >>> gates.forget_gate.shape
        (1, 4, 128)

    Source: Karpathy, Johnson & Fei-Fei, "Visualizing and understanding recurrent networks", ICLR workshop 2016,
    section 4.2.
    """
    layer = recurrent_layer(task, layer)
    if not isinstance(layer, keras.layers.LSTM):
        raise ValueError(f"layer must be an LSTM. Received: {layer.name}, a {type(layer).__name__}")
    sequence = keras.Model(task.input, layer.input)(task.preprocessor(raw))
    sequence = ops.transpose(ops.cast(sequence, "float32"), (1, 0, 2))
    weights = [ops.convert_to_tensor(weight, "float32") for weight in layer.get_weights()]
    start = ops.zeros((sequence.shape[1], weights[1].shape[0]), "float32")

    def step(before, inputs):  # all gates are carried on: under TensorFlow, outputs of a scan must look like its states
        gates = list(_lstm_step(inputs, before[-1], before[-2], *weights))
        return gates, gates

    _, found = ops.scan(step, [start] * len(LSTMGates._fields), sequence)
    return LSTMGates(*(ops.convert_to_numpy(one).swapaxes(0, 1) for one in found))


def tokens_of(task, text):
    """The tokens that a Task reads in a text, one a timestep; "<unk>" for unknown words of a text that is cut."""
    (ids,) = task.preprocessor.encode([text])
    tokens = task.preprocessor.split(text)
    return tokens if len(tokens) == len(ids) else [task.preprocessor.tokens[one] for one in ids]


def _tensors(arrays):
    return keras.tree.map_structure(ops.convert_to_tensor, arrays)


def _lstm_step(inputs, hidden, cell, kernel, recurrent_kernel, bias, nudge=0.0):
    """One timestep, with a small addition to the new cell state before the hidden state is computed from it."""
    sums = ops.split(ops.matmul(inputs, kernel) + ops.matmul(hidden, recurrent_kernel) + bias, 4, axis=1)
    input_gate, forget_gate, output_gate = (ops.sigmoid(sums[index]) for index in (0, 1, 3))
    cell = forget_gate * cell + input_gate * ops.tanh(sums[2]) + nudge
    return LSTMGates(input_gate, forget_gate, output_gate, cell, output_gate * ops.tanh(cell))


def _run_nudged(layer, sequence, nudges):
    """Hidden states `[timesteps, batch, units]`, with a small addition to the states at every timestep."""

    def lstm_step(states, now):
        inputs, nudge, cell_nudge = now
        gates = _lstm_step(inputs, *states, *map(ops.convert_to_tensor, layer.weights), nudge=cell_nudge)
        states = [gates.hidden_state + nudge, gates.cell_state]
        return states, states

    def step(states, now):
        inputs, nudge = now
        _, (hidden, *others) = layer.cell(inputs, states)
        states = [hidden + nudge, *others]
        return states, states

    by_time = ops.transpose(sequence, (1, 0, 2))
    start = [ops.zeros((by_time.shape[1], size), sequence.dtype) for size in state_sizes(layer.cell)]
    return ops.scan(lstm_step if len(nudges) == 2 else step, start, [by_time, *nudges])[1][0]


def _gradients(function, tensors):
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(f"gradients are taken by TensorFlow. Received: backend {keras.backend.backend()}")
    import tensorflow as tf

    @tf.function
    def compute(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = function(tensors)
        return tape.gradient(value, tensors)

    return [one.numpy() for one in compute.get_concrete_function(*tensors)(*tensors)]
