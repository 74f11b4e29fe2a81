"""The functions of Keras' own layers and operations without recurrences, see `layer_functions.py`."""

import numpy as np

from rnn_zoo.exporting.quantization import from_int8, rows_as_int8
from rnn_zoo.exporting.recurrences import ACTIVATIONS
from rnn_zoo.exporting.table import TABLE, converts


@converts("Embedding")
def embedding(graph, layer, token_ids):
    """Vectors of ids."""
    table = np.asarray(layer.embeddings)
    if not graph.int8:
        return graph.add("Gather", table, token_ids)
    return from_int8(graph, *(graph.add("Gather", one, token_ids) for one in rows_as_int8(table)))


@converts("Dense")
def dense(graph, layer, features):
    """A `keras.layers.Dense`."""
    result = graph.add("MatMul", features, np.asarray(layer.kernel))
    if layer.bias is not None:
        result = graph.add("Add", result, np.asarray(layer.bias))
    return _activated(graph, layer, result)


@converts("Conv1D", "Conv2D", "DepthwiseConv2D")
def _convolution(graph, layer, images):
    """Channels first, as ONNX wants them, and back."""
    if layer.padding not in ("same", "valid") or layer.data_format != "channels_last":
        raise ValueError(
            f"padding must be 'same' or 'valid', and channels last, to export {layer.name!r} to ONNX. "
            f"Received: padding={layer.padding!r}, data_format={layer.data_format!r}"
        )
    axes = list(range(1, layer.rank + 1))
    kernel, groups = np.asarray(layer.kernel), getattr(layer, "groups", None)
    if groups is None:  # depthwise: a group for each channel
        groups, kernel = kernel.shape[-2], kernel.reshape(*kernel.shape[:-2], 1, -1)
    kernel = kernel.transpose(layer.rank + 1, layer.rank, *range(layer.rank))
    first = graph.add("Transpose", images, perm=[0, layer.rank + 1, *axes])
    found = graph.add(
        "Conv", first, kernel, None if layer.bias is None else np.asarray(layer.bias), strides=list(layer.strides),
        dilations=list(layer.dilation_rate), group=groups,
        auto_pad={"same": "SAME_UPPER", "valid": "VALID"}[layer.padding],
    )  # fmt: skip
    return _activated(graph, layer, graph.add("Transpose", found, perm=[0, *(axis + 1 for axis in axes), 1]))


def _activated(graph, layer, value):
    name = layer.activation.__name__
    if name == "linear":
        return value
    if name not in ACTIVATIONS:
        raise ValueError(
            f"activation must be one of {['linear', *ACTIVATIONS]} to export {layer.name!r} to ONNX. Received: {name}"
        )
    return graph.add(ACTIVATIONS[name], value)


@converts("ReLU")
def _relu(graph, layer, value):
    if layer.negative_slope or layer.threshold:
        raise ValueError(
            f"negative_slope and threshold must be 0 to export {layer.name!r} to ONNX. "
            f"Received: negative_slope={layer.negative_slope}, threshold={layer.threshold}"
        )
    largest = () if layer.max_value is None else (np.float32(layer.max_value),)
    return graph.add("Clip", value, np.float32(0), *largest)


@converts("Rescaling")
def _rescaling(graph, layer, images):
    scaled = graph.add("Mul", graph.cast(images, "float"), np.float32(layer.scale))
    return graph.add("Add", scaled, np.float32(layer.offset))


@converts("GlobalMaxPooling2D", "GlobalAveragePooling2D")
def _one_of_maps(graph, layer, maps):
    operator = "ReduceMax" if "Max" in type(layer).__name__ else "ReduceMean"
    return graph.add(operator, maps, axes=[1, 2], keepdims=int(layer.keepdims))


ELEMENTWISE = {
    "Add": "Add", "Multiply": "Mul", "Subtract": "Sub", "TrueDivide": "Div", "Maximum": "Max", "Minimum": "Min"
}  # fmt: skip


@converts(*ELEMENTWISE)
def _elementwise(graph, operation, *terms):
    result, *others = terms[0] if isinstance(terms[0], list) else terms
    for one in others:
        result = graph.add(ELEMENTWISE[type(operation).__name__], result, one)
    return result


@converts("Cast")
def _cast(graph, operation, value):
    return graph.cast(value, operation.dtype.removesuffix("32") if "float" in operation.dtype else operation.dtype)


@converts("Mean")
def _mean(graph, operation, value):
    axis = operation.axis
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    return graph.add("ReduceMean", value, axes=list(axes), keepdims=int(operation.keepdims))


@converts("GetItem")
def _get_item(graph, operation, value, key):
    """Whole numbers and slices without steps, as `x[:, -1]` and `x[:, -3:]` have them."""
    dropped = []
    for axis, one in enumerate(key):
        if isinstance(one, int):
            value = graph.slice(value, one, one + 1 or None, axis)
            dropped.append(axis)
        elif isinstance(one, slice) and one.step is None:
            value = value if one == slice(None) else graph.slice(value, one.start or 0, one.stop, axis)
        else:
            raise ValueError(f"An index must be a number or a slice for ONNX. Received: {one!r}")
    return graph.add("Squeeze", value, np.array(dropped)) if dropped else value


_OF_ONE_OPERATOR = {
    "Concatenate": lambda graph, layer, parts: graph.add("Concat", *parts, axis=layer.axis),
    "ExpandDims": lambda graph, layer, value: graph.add("Unsqueeze", value, np.array([layer.axis])),
    "Flatten": lambda graph, layer, value: graph.add("Reshape", value, np.array([0, -1])),
    "Permute": lambda graph, layer, value: graph.add("Transpose", value, perm=[0, *layer.dims]),
    "Reshape": lambda graph, layer, value: graph.add("Reshape", value, np.array([0, *layer.target_shape])),
    "Take": lambda graph, layer, value, indices: graph.add("Gather", value, indices, axis=layer.axis),
    "ZerosLike": lambda graph, layer, value: graph.add("Mul", value, np.float32(0)),
}
TABLE |= {name: (function, False) for name, function in _OF_ONE_OPERATOR.items()}
