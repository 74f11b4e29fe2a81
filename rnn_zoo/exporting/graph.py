"""A graph of ONNX while it grows, and the walk over a functional Keras model that makes it grow."""

import hashlib
from typing import NamedTuple

import numpy as np

OPSET = 17
"""Version of ONNX' operators; onnxruntime has it since 1.12, in browsers too."""


class Value(NamedTuple):
    """What flows along an edge.

    Attributes:
        name: in the graph.
        shape: as Keras knows it, None where it is dynamic.
        reversed_by: for what Keras holds in the reversed order of its real timesteps, and the graph in the order of
            time: the name of the lengths. None for all else.
    """

    name: str
    shape: tuple
    reversed_by: str | None = None


class Graph:
    """Nodes and weights; a node is a list `[operator, inputs, outputs, attributes]`, in the order of computation.

    Args:
        int8: store large weights as int8, see `rnn_zoo.exporting.quantization`.
        prefix: of all names, which those of a loop must not share with the graph around it.
    """

    def __init__(self, int8=False, prefix=""):
        self.nodes, self.weights, self.recurrences = [], {}, {}
        self.int8, self.prefix, self._names, self._constants = int8, prefix, 0, {}

    def name(self, operator):
        """A name that no other value has."""
        self._names += 1
        return f"{self.prefix}{operator.lower()}_{self._names}"

    def add(self, operator, *inputs, outputs=1, **attributes):
        """Append a node.

        Args:
            operator: its name in ONNX.
            *inputs: names, values, None for one left out, or arrays and numbers, which become constants.
            outputs: how many.
            **attributes: of the operator.

        Returns:
            The name of its output, or the names of several.
        """
        names = [self.name(operator) for _ in range(outputs)]
        self.nodes.append([operator, [self._input(one) for one in inputs], names, attributes])
        return names[0] if outputs == 1 else names

    def constant(self, array):
        """The name of a weight, one for equal ones; all that is no integer becomes float32."""
        array = np.asarray(array)
        array = array.astype("float32") if array.dtype.kind == "f" else array
        key = array.dtype, array.shape, hashlib.sha256(array.tobytes()).digest()
        if key not in self._constants:
            self._constants[key] = self.name("weight")
            self.weights[self._constants[key]] = array
        return self._constants[key]

    def shape(self, value, start=0, end=None):
        """Sizes of some axes, `<int64>[axes]`."""
        sizes = self.add("Shape", value)
        return sizes if (start, end) == (0, None) else self.slice(sizes, start, end, axis=0)

    def slice(self, value, start, end, axis):
        """The part of an axis from start to end, as in Python."""
        end = np.iinfo("int64").max if end is None else end
        return self.add("Slice", value, np.array([start]), np.array([end]), np.array([axis]))

    def times(self, sequence, dtype="int64"):
        """0, 1, 2, ... for every timestep of a sequence `[batch, timesteps, ...]`."""
        count = self.add("Squeeze", self.shape(sequence, 1, 2), np.array([0]))
        times = self.add("Range", np.array(0), count, np.array(1))
        return times if dtype == "int64" else self.cast(times, dtype)

    def is_real(self, sequence, lengths):
        """Which timesteps are real, `<bool>[batch, timesteps, 1]`."""
        times = self.add("Unsqueeze", self.times(sequence, "int32"), np.array([0, 2]))
        return self.add("Less", times, self.add("Unsqueeze", lengths, np.array([1, 2])))

    def cast(self, value, dtype):
        """A value as "float", "int32" or "int64"."""
        return self.add("Cast", value, to={"float": 1, "int32": 6, "int64": 7}[dtype])

    def in_time_order(self, value):
        """A value as Keras holds it."""
        if not isinstance(value, Value) or value.reversed_by is None:
            return value
        return Value(self.reverse(value, value.reversed_by), value.shape)

    def reverse(self, sequence, lengths):
        """Real timesteps in reversed order, padding in place."""
        return self.add("ReverseSequence", sequence, self.cast(lengths, "int64"), batch_axis=0, time_axis=1)

    def _input(self, one):
        if one is None:
            return ""
        if isinstance(one, Value):
            return one.name
        return one if isinstance(one, str) else self.constant(one)


def walk(model, graph, inputs, convert):
    """Convert the layers and operations of a functional model, each after those that it reads.

    Args:
        model: a functional Keras model.
        graph: a Graph, or what else `convert` writes to.
        inputs: a list of Value, or what else `convert` computes with, one for each of `model.inputs`.
        convert: from the graph, an operation, its arguments and the list of its outputs in Keras to a list of Value.

    Returns:
        A list of Value, one for each of `model.outputs`.
    """
    import keras

    found = {id(tensor): value for tensor, value in zip(model.inputs, inputs, strict=True)}
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            if node.is_input:
                continue
            args, kwargs = node.arguments.fill_in(found)
            if isinstance(node.operation, keras.Model):
                results = walk(node.operation, graph, list(args), convert)
            else:
                results = convert(graph, node.operation, args, kwargs, node.outputs)
            found |= {id(tensor): value for tensor, value in zip(node.outputs, results, strict=True)}
    return [found[id(tensor)] for tensor in model.outputs]


def onnx_model(graph, inputs, outputs):
    """A graph as an ONNX model.

    Args:
        graph: a Graph.
        inputs: a list of `(name, dtype, shape)`, the dtype NumPy's; None or a name in a shape where it is dynamic.
        outputs: a list of `(name in the graph, name to give it, shape)`, all float32.

    Returns:
        An `onnx.ModelProto`, checked, with inferred shapes.
    """
    import onnx
    from onnx import helper, numpy_helper

    for source, name, _ in outputs:
        graph.nodes.append(["Identity", [source], [name], {}])
    used, needed = {name for _, name, _ in outputs}, []
    for operator, ins, outs, more in reversed(graph.nodes):
        if used.intersection(outs):
            used.update(ins)
            needed.insert(0, helper.make_node(operator, ins, outs, **more))
    model = helper.make_model(
        helper.make_graph(
            needed,
            "rnn_zoo",
            [_info(name, np.dtype(dtype), shape) for name, dtype, shape in inputs],
            [_info(name, np.dtype("float32"), shape) for _, name, shape in outputs],
            [numpy_helper.from_array(array, name) for name, array in graph.weights.items() if name in used],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
        producer_name="rnn_zoo",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _info(name, dtype, shape):
    from onnx import helper

    sizes = [("batch" if axis == 0 else f"{name}_{axis}") if size is None else size for axis, size in enumerate(shape)]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(dtype), sizes)
