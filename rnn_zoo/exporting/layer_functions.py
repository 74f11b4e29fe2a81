"""The layers of the zoo: each with the small function that writes it in operators of ONNX, for inference.

A function takes the graph, the layer (or Keras' operation) and its arguments, `Value`s among them, and gives the name
of the result. A new layer is a function here; without one, export is refused with the layer's name.
"""

import numpy as np

from rnn_zoo.codecs.crf import FORBIDDEN_SCORE
from rnn_zoo.exporting import scans
from rnn_zoo.exporting.graph import Value
from rnn_zoo.exporting.keras_functions import dense
from rnn_zoo.exporting.recurrences import convert_recurrence, convert_steps, operator_of, weights_of
from rnn_zoo.exporting.table import converts, function_of
from rnn_zoo.layers.cells import state_sizes
from rnn_zoo.layers.ctc import CERTAIN_LOGIT
from rnn_zoo.layers.tokens import FIRST_ID

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


def _in_time_order(graph, argument):
    if isinstance(argument, list):
        return [graph.in_time_order(one) for one in argument]
    return graph.in_time_order(argument)


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
    highest = graph.add("Where", graph.is_real(sequence, lengths), np.finfo("float32").max, np.float32(LOWEST))
    return graph.add("ReduceMax", graph.add("Min", sequence, highest), axes=[1], keepdims=0)


@converts("MaskedMeanPooling", any_order=True)
def _mean_pooling(graph, layer, sequence, lengths):
    shares = graph.add("Div", np.float32(1), graph.add("Unsqueeze", graph.cast(lengths, "float"), np.array([1, 2])))
    weights = graph.add("Where", graph.is_real(sequence, lengths), shares, np.float32(0))
    total = graph.add("MatMul", graph.add("Transpose", weights, perm=[0, 2, 1]), sequence)
    return graph.add("Squeeze", total, np.array([1]))


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


@converts("ClearPadding")
def _clear_padding(graph, layer, sequence, lengths):
    return graph.add("Where", graph.is_real(sequence, lengths), sequence, np.float32(0))


@converts("StackedLengths")
def _stacked_lengths(graph, layer, lengths):
    return _stacked(graph, lengths, layer.size)


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


@converts("PointEmbedding")
def point_embedding(graph, layer, points):
    """Vectors of points of a pen."""
    steps, state = graph.slice(points, 0, 2, axis=2), graph.cast(graph.slice(points, 2, 3, axis=2), "int32")
    one_hot = graph.cast(graph.add("Equal", state, np.array([1, 2], "int32")), "float")
    return dense(graph, layer, graph.add("Concat", steps, one_hot, axis=2))
