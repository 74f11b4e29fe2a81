"""Recurrent layers that ONNX has no operator for.

What reads the input alone is computed for all timesteps at once; a `Scan` goes over the rest, one after another. Each
function takes the graph, the step, a sequence and the states before it, `[batch, size]`, and gives the outputs and the
states behind it, as the step itself does.
"""

import numpy as np

from rnn_zoo.exporting.graph import Graph
from rnn_zoo.exporting.quantization import from_int8, rows_as_int8


def scan(graph, states, sequences, step):
    """A loop over timesteps.

    Args:
        graph: a `Graph`.
        states: names of the first ones, `[batch, size]`, a list.
        sequences: names of `[batch, timesteps, feature]`, a list.
        step: a function of a graph, the states and a timestep of each sequence, `[batch, feature]`, to new states and
            an output.

    Returns:
        The name of the outputs, `[batch, timesteps, units]`, and the names of the last states.
    """
    from onnx import TensorProto, helper, numpy_helper

    body = Graph(prefix=f"{graph.name('scan')}_")
    before, inputs = [body.name("state") for _ in states], [body.name("input") for _ in sequences]
    after, output = step(body, before, inputs)
    given = [body.add("Identity", one) for one in (*after, output)]  # outputs of a loop must have names of their own

    def described(names):
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]

    nodes = [helper.make_node(operator, ins, outs, **more) for operator, ins, outs, more in body.nodes]
    weights = [numpy_helper.from_array(array, name) for name, array in body.weights.items()]
    proto = helper.make_graph(nodes, body.prefix, described(before + inputs), described(given), weights)
    *last, outputs = graph.add(
        "Scan", *states, *sequences, outputs=len(states) + 1, body=proto, num_scan_inputs=len(sequences),
        scan_input_axes=[1] * len(sequences), scan_output_axes=[1],
    )  # fmt: skip
    return outputs, last


def zeros(graph, sequence, sizes):
    """Names of first states of 0 of some sizes."""
    batch = graph.shape(sequence, 0, 1)
    return [graph.add("Expand", np.float32(0), graph.add("Concat", batch, np.array([size]), axis=0)) for size in sizes]


def min_gru(graph, cell, sequence, states):
    """A `rnn_zoo.layers.MinGRU`."""
    update, candidate = _parts(graph, _affine(graph, sequence, cell), 2)
    kept = graph.add("Sigmoid", graph.add("Neg", update))
    return _kept_and_new(graph, states, kept, graph.add("Mul", graph.add("Sigmoid", update), candidate))


def min_lstm(graph, cell, sequence, states):
    """A `rnn_zoo.layers.MinLSTM`."""
    forget, take, candidate = _parts(graph, _affine(graph, sequence, cell), 3)
    softplus = [graph.add("Softplus", graph.add("Neg", one)) for one in (take, forget)]
    difference = graph.add("Sub", *softplus)
    new = graph.add("Mul", graph.add("Sigmoid", graph.add("Neg", difference)), candidate)
    return _kept_and_new(graph, states, graph.add("Sigmoid", difference), new)


def qrnn(graph, cell, sequence, states):
    """A `rnn_zoo.layers.QRNN`."""
    for_next = graph.add("MatMul", sequence, np.asarray(cell.kernel_before))
    first = graph.add("Unsqueeze", states[2], np.array([1]))
    before = graph.add("Concat", first, graph.slice(for_next, 0, -1, axis=1), axis=1)
    candidate, forget, give = _parts(graph, graph.add("Add", _affine(graph, sequence, cell), before), 3)
    let_in = graph.add("Sigmoid", graph.add("Neg", forget))
    new = graph.add("Mul", let_in, graph.add("Tanh", candidate))
    cells, last = _kept_and_new(graph, states[1:2], graph.add("Sigmoid", forget), new)
    outputs = graph.add("Mul", graph.add("Sigmoid", give), cells)
    return outputs, [_last(graph, outputs), *last, _last(graph, for_next)]


def lru(graph, cell, sequence, states):
    """A `rnn_zoo.layers.LRU`."""
    real, imaginary = (np.asarray(one) for one in cell._decay())
    scaled = np.asarray(cell.kernel) * np.tile(np.exp(np.asarray(cell.scale_log)), 2)
    new = _parts(graph, graph.add("MatMul", sequence, scaled), 2)

    def step(body, states, inputs):
        after = []
        for one, other, sign, add in ((0, 1, "Sub", inputs[0]), (1, 0, "Add", inputs[1])):
            turned = body.add(sign, body.add("Mul", states[one], real), body.add("Mul", states[other], imaginary))
            after.append(body.add("Add", turned, add))
        return after, body.add("Concat", *after, axis=-1)

    complex_states, last = scan(graph, states[1:], new, step)
    seen = graph.add("MatMul", complex_states, np.asarray(cell.output_kernel))
    seen = graph.add("Add", seen, graph.add("MatMul", sequence, np.asarray(cell.skip_kernel)))
    gated = graph.add("MatMul", _gelu(graph, seen), np.asarray(cell.gate_kernel))
    value, gate = _parts(graph, graph.add("Add", gated, np.asarray(cell.gate_bias)), 2)
    outputs = graph.add("Mul", value, graph.add("Sigmoid", gate))
    return outputs, [_last(graph, outputs), *last]


def ind_rnn(graph, cell, sequence, states):
    """A layer of `rnn_zoo.layers.steps.IndRNNCell`."""

    def step(body, states, inputs):
        past = body.add("Mul", states[0], np.asarray(cell.recurrent_kernel))
        hidden = body.add("Relu", body.add("Add", past, inputs[0]))
        return [hidden], hidden

    return scan(graph, states, [_affine(graph, sequence, cell)], step)


def layer_norm_lstm(graph, cell, sequence, states):
    """A layer of `rnn_zoo.layers.steps.LayerNormLSTMCell`."""
    sums = _normalized(graph, cell.norm_inputs, graph.add("MatMul", sequence, np.asarray(cell.kernel)))

    def step(body, states, inputs):
        hidden, before = states
        recurrent = np.asarray(cell.recurrent_kernel)
        if graph.int8:
            recurrent = from_int8(body, *map(body.constant, rows_as_int8(recurrent)))
        past = _normalized(body, cell.norm_hidden, body.add("MatMul", hidden, recurrent))
        take, forget, candidate, give = _parts(body, body.add("Add", past, inputs[0]), 4)
        new = body.add("Mul", body.add("Sigmoid", take), body.add("Tanh", candidate))
        after = body.add("Add", body.add("Mul", body.add("Sigmoid", forget), before), new)
        seen = body.add("Tanh", _normalized(body, cell.norm_cell, after))
        hidden = body.add("Mul", body.add("Sigmoid", give), seen)
        return [hidden, after], hidden

    return scan(graph, states, [graph.add("Add", sums, np.asarray(cell.bias))], step)


CELLS = {
    "MinGRUCell": min_gru,
    "MinLSTMCell": min_lstm,
    "QRNNCell": qrnn,
    "LRUCell": lru,
    "IndRNNCell": ind_rnn,
    "LayerNormLSTMCell": layer_norm_lstm,
}
"""From the name of a step's class to the function that writes a layer of it."""


def _last(graph, sequence):
    return graph.add("Gather", sequence, np.array(-1), axis=1)


def _kept_and_new(graph, states, kept, new):
    """The states of h_t = kept_t * h_{t-1} + new_t."""

    def step(body, states, inputs):
        state = body.add("Add", body.add("Mul", states[0], inputs[0]), inputs[1])
        return [state], state

    return scan(graph, states, [kept, new], step)


def _affine(graph, sequence, cell):
    return graph.add("Add", graph.add("MatMul", sequence, np.asarray(cell.kernel)), np.asarray(cell.bias))


def _parts(graph, value, count):
    return graph.add("Split", value, outputs=count, axis=-1)


def _normalized(graph, layer, value):
    center = [np.asarray(layer.beta)] if layer.center else []
    return graph.add("LayerNormalization", value, np.asarray(layer.gamma), *center, axis=-1, epsilon=layer.epsilon)


def _gelu(graph, value):
    """With the tangent, as Keras' default."""
    cube = graph.add("Mul", graph.add("Mul", value, value), value)
    inside = graph.add("Add", value, graph.add("Mul", cube, np.float32(0.044715)))
    half = graph.add("Mul", value, np.float32(0.5))
    tangent = graph.add("Tanh", graph.add("Mul", inside, np.float32(np.sqrt(2 / np.pi))))
    return graph.add("Mul", half, graph.add("Add", tangent, np.float32(1)))
