"""Recurrent layers as the fused operators LSTM, GRU and RNN of ONNX.

Both directions over one sequence are one node, `direction="bidirectional"` with the lengths as `sequence_lens`, which
reverses each sequence by its length as `rnn_zoo.layers.ReverseByLength` does.
"""

import numpy as np

from rnn_zoo.exporting import scans
from rnn_zoo.exporting.graph import Value
from rnn_zoo.exporting.quantization import from_int8, rows_as_int8

ACTIVATIONS = {"tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu"}
GATES = {  # Keras' order of the gates in ONNX' order
    "LSTM": [0, 3, 1, 2],  # i, f, c, o to i, o, f, c
    "GRU": [0, 1, 2],
    "RNN": [0],
}


def convert_recurrence(graph, layer, sequence):
    """A recurrent layer of Keras over a sequence.

    Args:
        graph: a `Graph`.
        layer: a `keras.layers.LSTM`, `GRU` or `SimpleRNN`.
        sequence: a Value `[batch, timesteps, feature]`.

    Returns:
        A Value `[batch, timesteps, units]`, or `[batch, units]`.

    Raises:
        ValueError: for a setting that the operators do not have, with the layer's name.
    """
    for setting in ("go_backwards", "stateful", "return_state"):
        if getattr(layer, setting):
            raise ValueError(f"{setting} must be False to export {layer.name!r} to ONNX. Received: {setting}=True")
    units, is_backward = layer.cell.units, sequence.reversed_by is not None
    node, index = _node(graph, layer, sequence)
    outputs, last = node[2][0], node[2][1]
    if not layer.return_sequences:
        return Value(graph.add("Gather", last, np.array(index), axis=0), (sequence.shape[0], units))
    one = graph.add("Gather", outputs, np.array(index), axis=1)
    result = Value(graph.add("Transpose", one, perm=[1, 0, 2]), (*sequence.shape[:2], units))
    return result._replace(reversed_by=sequence.reversed_by) if is_backward else result


def convert_steps(graph, layer, sequence, states):
    """A recurrent layer from states `[batch, units]` on: outputs of a sequence, and the states behind it."""
    if function := scans.CELLS.get(type(layer.cell).__name__):
        return function(graph, layer.cell, sequence, states)
    operator, attributes = operator_of(layer.cell, layer.name)
    by_time = graph.add("Transpose", sequence, perm=[1, 0, 2])
    weights = _stored(graph, weights_of(layer.cell, operator), operator)
    before = [graph.add("Unsqueeze", one, np.array([0])) for one in states]
    outputs, *after = graph.add(operator, by_time, *weights, None, *before, outputs=1 + len(before), **attributes)
    outputs = graph.add("Transpose", graph.add("Squeeze", outputs, np.array([1])), perm=[1, 0, 2])
    return outputs, [graph.add("Squeeze", one, np.array([0])) for one in after]


def operator_of(cell, name):
    """The operator of a step of Keras, and its attributes for one direction.

    Raises:
        ValueError: for another step, or an activation that is not known, with the name of the layer that has it.
    """
    operator = {"LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "RNN"}.get(type(cell).__name__)
    if operator is None:
        raise ValueError(
            f"The layer {name!r} cannot be exported to ONNX: its step must be that of an LSTM, GRU or SimpleRNN. "
            f"Received: {type(cell).__name__}"
        )
    names = [cell.activation.__name__]
    if operator != "RNN":
        names = [cell.recurrent_activation.__name__, *names, *(names if operator == "LSTM" else [])]
    for one in names:
        if one not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {list(ACTIVATIONS)} to export {name!r} to ONNX. Received: {one}"
            )
    attributes = {"hidden_size": cell.units, "activations": [ACTIVATIONS[one] for one in names]}
    if operator == "GRU":
        attributes["linear_before_reset"] = int(cell.reset_after)
    return operator, attributes


def weights_of(cell, operator):
    """Weights of a step in ONNX' order: `[1, gates * units, feature]`, `[1, gates * units, units]` and both biases."""
    kernel, recurrent = np.asarray(cell.kernel), np.asarray(cell.recurrent_kernel)
    bias = np.zeros(kernel.shape[1], "float32") if cell.bias is None else np.asarray(cell.bias)
    both = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    kernel, recurrent, both = (_in_order(one, operator) for one in (kernel, recurrent, both))
    return kernel.T[None], recurrent.T[None], both.reshape(1, -1)


def _in_order(matrix, operator):
    gates = np.split(matrix, len(GATES[operator]), axis=-1)
    return np.concatenate([gates[index] for index in GATES[operator]], axis=-1)


def _node(graph, layer, sequence):
    """The node that computes a layer, and which of its directions does."""
    operator, attributes = operator_of(layer.cell, layer.name)
    arrays, is_backward = weights_of(layer.cell, operator), sequence.reversed_by is not None
    key = (sequence.name, operator, *map(str, attributes.values()))
    other, others = graph.recurrences.get(key, (None, None))
    if other is not None and (other[3]["direction"] == "reverse") != is_backward:
        del graph.recurrences[key]
        _join(graph, other, (others, arrays) if is_backward else (arrays, others), sequence.reversed_by)
        return other, int(is_backward)
    by_time = graph.add("Transpose", sequence, perm=[1, 0, 2])
    attributes["direction"] = "reverse" if is_backward else "forward"
    inputs = [by_time, *_stored(graph, arrays, operator), sequence.reversed_by]
    graph.add(operator, *inputs, outputs=3 if operator == "LSTM" else 2, **attributes)
    graph.recurrences[key] = graph.nodes[-1], arrays
    return graph.nodes[-1], 0


def _join(graph, node, directions, lengths):
    """Make one node of two directions out of the node of one of them."""
    operator, inputs, outputs, attributes = node
    was_backward = attributes["direction"] == "reverse"
    position = next(index for index, one in enumerate(graph.nodes) if one is node)
    later = graph.nodes[position:]
    del graph.nodes[position:]
    inputs[1:4] = _stored(graph, [np.concatenate(pair) for pair in zip(*directions, strict=True)], operator)
    inputs[4] = inputs[4] or lengths
    attributes |= {"direction": "bidirectional", "activations": attributes["activations"] * 2}
    graph.nodes += later
    for one in later if was_backward else ():  # what reads the backward direction finds it behind the forward one
        if one[0] == "Gather" and one[1][0] in outputs:
            one[1][1] = graph.constant(np.array(1))


def _stored(graph, arrays, operator):
    """Weights of a node. Those of an LSTM stay as they are: onnxruntime quantizes that operator as a whole."""
    kernel, recurrent, bias = arrays
    if graph.int8 and operator != "LSTM":
        kernel, recurrent = (from_int8(graph, *rows_as_int8(one)) for one in (kernel, recurrent))
    return [graph.constant(one) if isinstance(one, np.ndarray) else one for one in (kernel, recurrent, bias)]
