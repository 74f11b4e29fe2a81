"""A `rnn_zoo.layers.RecurrentDecoder` as graphs of ONNX: what is computed once, and a step."""

import numpy as np

from rnn_zoo.exporting.graph import Graph, Value, onnx_model
from rnn_zoo.exporting.keras_functions import dense, embedding
from rnn_zoo.exporting.layer_functions import point_embedding
from rnn_zoo.exporting.quantization import int8_product, rows_as_int8
from rnn_zoo.exporting.recurrences import convert_steps
from rnn_zoo.layers.decoder import PenDecoder


def convert_start(graph, decoder, context):
    """What a decoder computes of a context before it writes.

    Args:
        graph: a `Graph`.
        decoder: the layer.
        context: a dictionary of Values, as the decoder takes it.

    Returns:
        A dictionary of Values: what a step reads of the context, and the first states, "state_0" and so on, unless they
        are 0.
    """
    found = {
        f"state_{index}": Value(dense(graph, bridge, context["summary"]), (None, bridge.units))
        for index, bridge in enumerate(decoder.bridges)
    }
    if decoder.condition != "state" and "summary" in context:
        found["summary"] = context["summary"]
    if decoder.attention is not None:
        found |= {"memory": context["memory"], "mask": context["mask"], "keys": context["memory"]}
        if decoder.attention.kind != "luong_dot":
            kernel = np.asarray(decoder.attention.memory_kernel)
            found["keys"] = Value(graph.add("MatMul", context["memory"], kernel), (None, None, kernel.shape[1]))
    return found


def step_model(decoder, context, int8, previous):
    """A step of a decoder as a model.

    Args:
        decoder: the layer.
        context: what `convert_start` found; empty without an encoder.
        int8: as of `Graph`.
        previous: the Task's input for the tokens before.

    Returns:
        An `onnx.ModelProto`. It takes "previous_ids" `<int32>[rows, tokens]` (or points of a pen), the states and what
        there is of the context, and gives "log_probabilities" `<float32>[rows, tokens, vocabulary_size]` (or what a
        density is made of), with attention its weights, "attention" `<float32>[rows, tokens, source]`, and the states
        behind the last token, "next_state_0" and so on.
        Rows of one example are beside one another, and with attention before the recurrent layers there is one token.
    """
    graph = Graph(int8)
    sizes = [size for some in decoder.state_sizes for size in some]
    fed = {f"state_{index}": ("rows", size) for index, size in enumerate(sizes)}
    states, context = list(fed), {name: one.shape for name, one in context.items() if name not in fed}
    fed |= {name: ("batch", "source", *shape[2:]) for name, shape in context.items() if name != "summary"}
    draws = isinstance(decoder, PenDecoder)
    x = (point_embedding if draws else embedding)(graph, decoder.embedding, previous.name)
    if "summary" in context:
        fed["summary"] = ("rows", context["summary"][1])
        wanted = graph.add("Concat", graph.shape(previous.name, 0, 2), np.array([context["summary"][1]]), axis=0)
        beside = graph.add("Expand", graph.add("Unsqueeze", "summary", np.array([1])), wanted)
        x = graph.add("Concat", x, beside, axis=2)
    seen = weights = None
    if decoder.attends_first:
        hidden = states[-len(decoder.state_sizes[-1])]
        seen, weights = _attend(graph, decoder, graph.add("Unsqueeze", hidden, np.array([1])))
        x = graph.add("Concat", x, seen, axis=2)
    after = []
    for layer, some in zip(decoder.recurrent_layers, decoder.state_sizes, strict=True):
        x, new = convert_steps(graph, layer, x, states[len(after) : len(after) + len(some)])
        after += new
    if decoder.attention and not decoder.attends_first:
        seen, weights = _attend(graph, decoder, x)
    found = _logits(graph, decoder, x, seen)
    found = found if draws else graph.add("LogSoftmax", found, axis=-1)
    given = [(found, "outputs" if draws else "log_probabilities", ("rows", "tokens", decoder.vocabulary_size))]
    if weights:
        given.append((weights, "attention", ("rows", "tokens", "source")))
    given += [(one, f"next_{name}", fed[name]) for name, one in zip(states, after, strict=True)]
    fed = [(name, "float32", shape) for name, shape in fed.items()]
    shape = ("rows", "tokens", *previous.shape[2:])
    return onnx_model(graph, [(previous.name, previous.dtype, shape), *fed], given)


def _attend(graph, decoder, query):
    """What queries `[rows, tokens, units]` see, and their weights; the rows of one example share its memory."""
    rows, units = graph.shape(query, 0, 2), np.array([-1, decoder.units])
    query = graph.add("Reshape", query, graph.add("Concat", graph.shape("memory", 0, 1), units, axis=0))
    if decoder.attention.kind == "bahdanau":
        query = graph.add("MatMul", query, np.asarray(decoder.attention.query_kernel))
        sums = [graph.add("Unsqueeze", one, np.array([axis])) for one, axis in (("keys", 1), (query, 2))]
        compared = graph.add("Tanh", graph.add("Add", *sums))
        scores = graph.add("MatMul", compared, np.asarray(decoder.attention.score_kernel))
        scores = graph.add("Squeeze", scores, np.array([3]))
    else:
        scores = graph.add("MatMul", query, graph.add("Transpose", "keys", perm=[0, 2, 1]))
    is_real = graph.add("Greater", graph.add("Unsqueeze", "mask", np.array([1])), np.float32(0))
    weights = graph.add("Softmax", graph.add("Where", is_real, scores, np.float32(-1e9)), axis=-1)
    seen = graph.add("MatMul", weights, "memory")
    return [
        graph.add("Reshape", one, graph.add("Concat", rows, graph.shape("memory", axis, axis + 1), axis=0))
        for one, axis in ((seen, 2), (weights, 1))
    ]


def _logits(graph, decoder, x, seen):
    if seen is not None:
        x = graph.add("Concat", seen, x, axis=2)
    if decoder.has_combine:
        x = dense(graph, decoder.combine, x)
    if not decoder.tied:
        return dense(graph, decoder.logits, x)
    table = np.asarray(decoder.embedding.embeddings)
    if graph.int8:
        products = int8_product(graph, x, *rows_as_int8(table))
    else:
        products = graph.add("MatMul", x, graph.add("Transpose", table, perm=[1, 0]))
    return graph.add("Add", products, np.asarray(decoder.logits_bias))
