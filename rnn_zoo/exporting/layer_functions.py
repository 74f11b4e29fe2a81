"""The table of layers: each with the small function that writes it in operators of ONNX, for inference.

A function takes the graph, the layer (or Keras' operation) and its arguments, `Value`s among them, and gives the name
of the result. A new layer is a function here; without one, export is refused with the layer's name.
"""

import numpy as np

from rnn_zoo.codecs.crf import FORBIDDEN_SCORE
from rnn_zoo.exporting import scans
from rnn_zoo.exporting.graph import Value
from rnn_zoo.exporting.quantization import from_int8, rows_as_int8
from rnn_zoo.exporting.recurrences import ACTIVATIONS, convert_recurrence, convert_steps, operator_of, weights_of
from rnn_zoo.layers.cells import state_sizes
from rnn_zoo.layers.ctc import CERTAIN_LOGIT
from rnn_zoo.layers.tokens import FIRST_ID

TABLE = {}
"""From the name of a class to its function; classes inherit that of the nearest base."""
LOWEST = -65000.0


def convert(graph, operation, args, kwargs, tensors):
    """Write one layer, or operation of Keras.

    Args:
        graph: a `Graph`.
        operation: a layer, or an operation such as `keras.ops.mean` becomes in a functional model.
        args: its arguments, with a Value for each tensor.
        kwargs: the others.
        tensors: what it gives in Keras, a list.

    Returns:
        A list of as many Values.

    Raises:
        ValueError: for a layer that has no function here, naming it.
    """
    function, any_order = function_of(operation)
    if not any_order:
        args = [_in_time_order(graph, one) for one in args]
        kwargs = {name: _in_time_order(graph, one) for name, one in kwargs.items()}
    options = {name: one for name, one in kwargs.items() if name not in ("training", "mask")}
    results = function(graph, operation, *args, **options)
    results = results if isinstance(results, list) else [results]
    return [
        one if isinstance(one, Value) else Value(one, tuple(tensor.shape))
        for one, tensor in zip(results, tensors, strict=True)
    ]


def function_of(operation):
    """The function that writes a layer, and whether it takes any order; ValueError, naming the layer, without one."""
    for one in type(operation).__mro__:
        if one.__name__ in TABLE:
            return TABLE[one.__name__]
    raise ValueError(
        f"The layer {operation.name!r} cannot be exported to ONNX: {type(operation).__name__} has no function in "
        "rnn_zoo/exporting/layer_functions.py."
    )


def _in_time_order(graph, argument):
    if isinstance(argument, list):
        return [graph.in_time_order(one) for one in argument]
    return graph.in_time_order(argument)


def converts(*names, any_order=False):
    """Put a function into the table.

    Args:
        *names: of the classes that it writes.
        any_order: whether it knows what to do with sequences that the graph holds in another order than Keras.
    """

    def put(function):
        TABLE.update(dict.fromkeys(names, (function, any_order)))
        return function

    return put


@converts(
    "Augmentation", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "VectorDropout", "Identity",
    any_order=True,
)  # fmt: skip
def _training_only(graph, layer, sequence, *others):
    return sequence


@converts("SequenceLengths")
def _sequence_lengths(graph, layer, token_ids):
    numbers = graph.add("Add", graph.times(token_ids, "int32"), np.int32(1))
    zero = np.int32(0)
    real = graph.add("Where", graph.add("Equal", token_ids, zero), zero, numbers)
    return graph.add("Max", graph.add("ReduceMax", real, axes=[1], keepdims=0), np.int32(1))


@converts("ReverseByLength", any_order=True)
def _reverse_by_length(graph, layer, sequence, lengths):
    """Nothing is moved yet: the recurrence that reads it reads backwards, and its reversal puts it in order again."""
    if sequence.reversed_by is None:
        return sequence._replace(reversed_by=lengths.name)
    if sequence.reversed_by == lengths.name:
        return sequence._replace(reversed_by=None)
    return graph.reverse(graph.in_time_order(sequence), lengths)


@converts("LSTM", "GRU", "SimpleRNN", "WeightDrop", any_order=True)
def _recurrence(graph, layer, sequence, initial_state=None):
    layer = getattr(layer, "layer", layer)  # whose weights drop in training alone
    if initial_state is not None:
        raise ValueError(f"initial_state must be None to export {layer.name!r} to ONNX. Received: one")
    return convert_recurrence(graph, layer, sequence)


@converts("RNN", "ScanLayer")
def _scanned(graph, layer, sequence, initial_state=None):
    """Layers without an operator of their own."""
    function = scans.CELLS.get(type(layer.cell).__name__)
    wrong = ("go_backwards", "stateful", "return_state")
    if function is None or initial_state is not None or any(getattr(layer, name, False) for name in wrong):
        raise ValueError(
            f"The layer {layer.name!r} cannot be exported to ONNX: its step must be one of {sorted(scans.CELLS)}, and "
            f"it must neither take nor give states. Received: {type(layer.cell).__name__}"
        )
    outputs, _ = function(graph, layer.cell, sequence, scans.zeros(graph, sequence, state_sizes(layer.cell)))
    if layer.return_sequences:
        return outputs
    return graph.add("Squeeze", graph.slice(outputs, -1, None, axis=1), np.array([1]))


@converts("CellStep")
def _cell_step(graph, operation, inputs, *states):
    sequence = graph.add("Unsqueeze", inputs, np.array([1]))
    outputs, after = convert_steps(graph, operation.layer, sequence, states)
    return [graph.add("Squeeze", outputs, np.array([1])), *after]


@converts("RealTimesteps")
def _real_timesteps(graph, layer, sequence, lengths=None):
    if lengths is None:
        return graph.add("Expand", np.float32(1), graph.shape(sequence, 0, 2))
    return graph.cast(graph.add("Squeeze", graph.is_real(sequence, lengths), np.array([2])), "float")


@converts("FoldTimesteps")
def _fold_timesteps(graph, layer, sequence):
    return graph.add("Reshape", sequence, graph.add("Concat", np.array([-1]), graph.shape(sequence, 2), axis=0))


@converts("UnfoldTimesteps")
def _unfold_timesteps(graph, layer, folded, sequence):
    sizes = graph.add("Concat", graph.shape(sequence, 0, 2), np.array([folded.shape[-1]]), axis=0)
    return graph.add("Reshape", folded, sizes)


@converts("RowBefore")
def _row_before(graph, layer, row, sequence):
    size = max(row.shape[-1], sequence.shape[-1])
    row = graph.add("Pad", row, np.array([0, 0, 0, size - row.shape[-1]]), np.float32(0))
    sequence = graph.add("Pad", sequence, np.array([0, 0, 0, 0, 0, size - sequence.shape[-1]]), np.float32(0))
    return graph.add("Concat", graph.add("Unsqueeze", row, np.array([1])), sequence, axis=1)


@converts("MaskedMaxPooling", any_order=True)
def _maximum(graph, layer, sequence, lengths):
    real = graph.add("Where", graph.is_real(sequence, lengths), sequence, np.float32(LOWEST))
    return graph.add("ReduceMax", real, axes=[1], keepdims=0)


@converts("MaskedMeanPooling", any_order=True)
def _mean_pooling(graph, layer, sequence, lengths):
    total = _sum(graph, graph.add("Where", graph.is_real(sequence, lengths), sequence, np.float32(0)))
    return graph.add("Div", total, graph.add("Unsqueeze", graph.cast(lengths, "float"), np.array([1])))


@converts("PositionWeightedPooling")
def _position_weighted(graph, layer, sequence, lengths):
    positions = graph.add("Min", graph.times(sequence), np.array(layer.num_positions - 1))
    weighted = graph.add("Mul", sequence, graph.add("Gather", np.asarray(layer.position_weights), positions))
    return _sum(graph, graph.add("Where", graph.is_real(sequence, lengths), weighted, np.float32(0)))


@converts("TakeLast")
def _take_last(graph, layer, sequence, lengths):
    is_last = graph.add("Equal", *_times_and_last(graph, sequence, lengths))
    return _sum(graph, graph.add("Where", is_last, sequence, np.float32(0)))


@converts("EndStates")
def _end_states(graph, layer, sequence, lengths):
    units = sequence.shape[-1] // 2
    forward = _take_last(graph, layer, graph.slice(sequence, 0, units, axis=2), lengths)
    backward = graph.add("Gather", graph.slice(sequence, units, None, axis=2), np.array(0), axis=1)
    return graph.add("Concat", forward, backward, axis=1)


def _times_and_last(graph, sequence, lengths):
    """Numbers of timesteps, and that of the last real one, which can be compared with those of a sequence."""
    times = graph.add("Unsqueeze", graph.times(sequence, "int32"), np.array([0, 2]))
    return times, graph.add("Unsqueeze", graph.add("Sub", lengths, np.int32(1)), np.array([1, 2]))


def _sum(graph, sequence):
    return graph.add("ReduceSum", sequence, np.array([1]), keepdims=0)


@converts("BigramIds")
def _bigram_ids(graph, layer, token_ids):
    """A binary search without branches: ONNX has no operator that searches a sorted list."""
    before = graph.add("Pad", graph.slice(token_ids, 0, -1, axis=1), np.array([0, 1, 0, 0]), np.int32(0))
    numbers = graph.add("Add", graph.add("Mul", before, np.int32(layer.vocabulary_size)), token_ids)
    known = np.asarray(layer.known)
    step = 1 << (len(known).bit_length() - 1)
    filled = graph.constant(np.append(known, np.full(2 * step - len(known), np.iinfo("int32").max, "int32")))
    smaller = np.int32(0)  # how many known pairs have a smaller number
    while step:
        probe = graph.add("Gather", filled, graph.add("Add", smaller, np.int32(step - 1)))
        if isinstance(smaller, np.int32):
            probe = graph.constant(known[[step - 1]])
        further = graph.add("Where", graph.add("Less", probe, numbers), np.int32(step), np.int32(0))
        smaller = graph.add("Add", smaller, further)
        step //= 2
    found = graph.add("Equal", graph.add("Gather", filled, smaller), numbers)
    ids = graph.add("Where", found, graph.add("Add", smaller, np.int32(FIRST_ID)), np.int32(1))
    return graph.add("Where", graph.add("Equal", token_ids, np.int32(0)), np.int32(0), ids)


@converts("OneHot")
def _one_hot(graph, layer, token_ids):
    columns = np.arange(1, layer.vocabulary_size, dtype="int32")
    return graph.cast(graph.add("Equal", graph.add("Unsqueeze", token_ids, np.array([2])), columns), "float")


@converts("StackFrames")
def _stack_frames(graph, layer, frames):
    """Frames are padded to a multiple of the size and laid side by side."""
    if layer.size == 1:
        return frames
    filled = graph.add("Pad", frames, np.array([0, 0, 0, 0, layer.size - 1, 0]), np.float32(0))
    timesteps = graph.add("Div", graph.shape(filled, 1, 2), np.array([layer.size]))
    whole = graph.add("Mul", timesteps, np.array([layer.size]))
    kept = graph.add("Slice", filled, np.array([0]), whole, np.array([1]))
    size = layer.size * frames.shape[2]
    return graph.add("Reshape", kept, graph.add("Concat", np.array([0]), timesteps, np.array([size]), axis=0))


def _stacked(graph, lengths, size):
    return graph.add("Div", graph.add("Add", lengths, np.int32(size - 1)), np.int32(size))


@converts("BlankPadding")
def _blank_padding(graph, layer, logits, lengths):
    blank = np.where(np.arange(logits.shape[-1]) == 0, 0.0, CERTAIN_LOGIT).astype("float32")
    return graph.add("Where", graph.is_real(logits, _stacked(graph, lengths, layer.stride)), logits, blank)


@converts("CRF")
def _crf(graph, layer, logits, lengths):
    transitions, start, end = (np.asarray(one) for one in layer._allowed_scores())
    times, last = _times_and_last(graph, logits, lengths)
    scores = logits
    for is_here, more in ((np.int32(0), start), (last, end)):
        here = graph.add("Where", graph.add("Equal", times, is_here), more, np.float32(0))
        scores = graph.add("Add", scores, here)
    emissions = graph.add("Where", graph.is_real(logits, lengths), scores, np.float32(FORBIDDEN_SCORE))
    sizes = graph.add("Concat", graph.shape(logits, 0, 1), np.array([1, 1]), axis=0)
    return graph.add("Concat", graph.add("Expand", transitions[None], sizes), emissions, axis=1)


@converts("CumulativeLogits")
def _cumulative_logits(graph, layer, features):
    steps = np.logaddexp(0, np.asarray(layer.steps, "float64")) + 1e-3
    thresholds = np.cumsum(np.concatenate([np.asarray(layer.first, "float64"), steps]))
    above = graph.add("Sub", graph.add("MatMul", features, np.asarray(layer.kernel)), thresholds[None])
    below = graph.add("Neg", above)
    log_above, log_below = (graph.add("Neg", graph.add("Softplus", one)) for one in (below, above))
    between = graph.add("Add", graph.slice(log_above, 0, -1, axis=1), graph.slice(log_below, 1, None, axis=1))
    between = graph.add("Add", between, np.log(-np.expm1(-steps))[None])
    ends = graph.slice(log_below, 0, 1, axis=1), graph.slice(log_above, -1, None, axis=1)
    return graph.add("Concat", ends[0], between, ends[1], axis=1)


@converts("Rollout")
def _rollout(graph, layer, features, first):
    """As many nodes of one timestep as the horizon has."""
    operator, attributes = operator_of(layer.cell, layer.name)
    weights = [graph.constant(one) for one in weights_of(layer.cell, operator)]
    states = graph.add("Unsqueeze", dense(graph, layer.states, features), np.array([0]))
    sizes = len(layer.states.kernel[0]) // layer.units
    states = graph.add("Split", states, axis=2, outputs=sizes) if sizes > 1 else [states]
    value, values = first, []
    for _ in range(layer.horizon):
        one = graph.add("Unsqueeze", value, np.array([0]))
        _, *states = graph.add(operator, one, *weights, None, *states, outputs=1 + sizes, **attributes)
        hidden = graph.add("Squeeze", states[0], np.array([0]))
        value = graph.add("Add", value, dense(graph, layer.step, hidden))
        values.append(graph.add("Unsqueeze", value, np.array([1])))
    return graph.add("Concat", *values, axis=1)


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


@converts("PointEmbedding")
def point_embedding(graph, layer, points):
    """Vectors of points of a pen."""
    steps, state = graph.slice(points, 0, 2, axis=2), graph.cast(graph.slice(points, 2, 3, axis=2), "int32")
    one_hot = graph.cast(graph.add("Equal", state, np.array([1, 2], "int32")), "float")
    return dense(graph, layer, graph.add("Concat", steps, one_hot, axis=2))


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
    "ClearPadding": lambda graph, layer, sequence, lengths: graph.add(
        "Where", graph.is_real(sequence, lengths), sequence, np.float32(0)
    ),
    "Concatenate": lambda graph, layer, parts: graph.add("Concat", *parts, axis=layer.axis),
    "ExpandDims": lambda graph, layer, value: graph.add("Unsqueeze", value, np.array([layer.axis])),
    "Flatten": lambda graph, layer, value: graph.add("Reshape", value, np.array([0, -1])),
    "Permute": lambda graph, layer, value: graph.add("Transpose", value, perm=[0, *layer.dims]),
    "Reshape": lambda graph, layer, value: graph.add("Reshape", value, np.array([0, *layer.target_shape])),
    "StackedLengths": lambda graph, layer, lengths: _stacked(graph, lengths, layer.size),
    "Take": lambda graph, layer, value, indices: graph.add("Gather", value, indices, axis=layer.axis),
    "ZerosLike": lambda graph, layer, value: graph.add("Mul", value, np.float32(0)),
}
TABLE |= {name: (function, False) for name, function in _OF_ONE_OPERATOR.items()}
