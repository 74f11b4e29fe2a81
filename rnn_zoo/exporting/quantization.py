"""Weights as int8: a quarter of the size.

Embeddings, the weights of GRU and SimpleRNN, and recurrent weights of a loop, for which onnxruntime has no int8
operator, are stored by rows, each with a scale of its own, and become float32 when they are used. LSTM and products of
matrices are onnxruntime's own dynamic quantization: their inputs become int8 as they come, and they are computed in
int8.
"""

import tempfile
from pathlib import Path

import numpy as np


def rows_as_int8(array):
    """Rows as integers from -127 to 127 and a scale for each: row = scale * integers, nearly.

    Args:
        array: `<float>[..., columns]`.

    Returns:
        `<int8>[..., columns]`, and the scales, `<float32>[..., 1]`.

    Example:
        >>> rows_as_int8(np.array([[0.0, -1.27], [254.0, 2.0]]))[0].tolist()
        [[0, -127], [127, 1]]
    """
    highest = np.abs(array).max(axis=-1, keepdims=True)
    scales = (np.where(highest == 0, 1, highest) / 127).astype("float32")
    return np.round(array / scales).astype("int8"), scales


def from_int8(graph, integers, scales):
    """The name of the float32 value of rows of int8."""
    return graph.add("Mul", graph.cast(integers, "float"), scales)


def int8_product(graph, value, integers, scales):
    """The name of a product with the transpose of rows of int8, computed in int8: `[..., columns]` to `[..., rows]`."""
    given, scale, zero_point = graph.add("DynamicQuantizeLinear", value, outputs=3)
    found = graph.add("MatMulInteger", given, graph.add("Transpose", integers, perm=[1, 0]), zero_point)
    return graph.add("Mul", graph.cast(found, "float"), graph.add("Mul", scale, scales[:, 0]))


def quantize_operators(model):
    """An ONNX model with its LSTMs and products of matrices quantized."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "quantized.onnx")
        quantize_dynamic(model, path, op_types_to_quantize=["LSTM", "MatMul"], weight_type=QuantType.QInt8)
        return onnx.load(path)
