"""The recurrent decoder and attention equal their equations, whole sequences or step by step."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_zoo.layers import Attention, RecurrentDecoder

RNG = np.random.default_rng(0)
MEMORY = RNG.normal(size=(2, 4, 6)).astype("float32")
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], "float32")
PREVIOUS = np.array([[8, 2, 3, 4, 5], [8, 6, 7, 0, 0]], "int32")


def softmax(scores):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("kind", ["luong_dot", "luong_general", "bahdanau"])
def test_attention_equals_its_equation(kind):
    query = RNG.normal(size=(2, 3, 6 if kind == "luong_dot" else 5)).astype("float32")
    layer = Attention(kind, 7)
    seen, weights = layer(query, MEMORY, MASK)
    kernels = {weight.name: ops.convert_to_numpy(weight) for weight in layer.weights}
    scores = np.zeros((2, 3, 4))
    for example in range(2):
        for step in range(3):
            for position in range(4):
                h, m = query[example, step], MEMORY[example, position]
                if kind == "luong_dot":
                    score = h @ m
                elif kind == "luong_general":
                    score = h @ (m @ kernels["memory_kernel"])
                else:
                    hidden = np.tanh(h @ kernels["query_kernel"] + m @ kernels["memory_kernel"])
                    score = (hidden @ kernels["score_kernel"])[0]
                scores[example, step, position] = score if MASK[example, position] else -np.inf
    seen, weights = map(ops.convert_to_numpy, (seen, weights))
    np.testing.assert_allclose(weights, softmax(scores), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(seen, softmax(scores) @ MEMORY, rtol=1e-4, atol=1e-5)


def test_dot_attention_refuses_sizes_that_differ():
    with pytest.raises(ValueError, match="Received: 5 and 6"):
        Attention("luong_dot", 7)(np.ones((2, 3, 5), "float32"), MEMORY, MASK)


CASES = [
    {"core": "gru"},
    {"core": "lstm", "num_layers": 2, "condition": "both"},
    {"core": "simple_rnn", "condition": "inputs", "tied": True},
    {"core": "gru", "attention": "luong_dot", "num_layers": 2, "tied": True},
    {"core": "lstm", "attention": "luong_general", "condition": "inputs"},
    {"core": "gru", "attention": "bahdanau"},
    {"core": "lstm", "attention": "bahdanau", "num_layers": 2, "condition": "both", "tied": True},
]


@pytest.mark.parametrize("settings", CASES, ids=lambda one: "-".join(map(str, one.values())))
def test_steps_give_the_logits_of_whole_sequences(settings):
    decoder = RecurrentDecoder(9, 4, units=6, dropout=0.5, embedding_dropout=0.5, **settings)
    context = {"summary": RNG.normal(size=(2, 3)).astype("float32"), "memory": MEMORY, "mask": MASK}
    context = {name: ops.convert_to_tensor(one) for name, one in context.items()}
    whole = decoder(PREVIOUS, context)
    for weight in decoder.trainable_weights:  # biases too, which begin as zeros
        weight.assign(RNG.normal(size=weight.shape).astype("float32") * 0.5)
    whole = ops.convert_to_numpy(decoder(PREVIOUS, context))
    states = decoder.start(context, 2)
    for position in range(PREVIOUS.shape[1]):
        logits, weights, states = decoder.step(ops.convert_to_tensor(PREVIOUS[:, position]), states, context)
        np.testing.assert_allclose(ops.convert_to_numpy(logits), whole[:, position], rtol=1e-4, atol=1e-5)
        if settings.get("attention"):
            weights = ops.convert_to_numpy(weights)
            np.testing.assert_allclose(weights.sum(axis=-1), [1.0, 1.0], rtol=1e-5)
            np.testing.assert_allclose(weights[1, 2:], 0.0, atol=1e-6)
        else:
            assert weights is None


def test_every_weight_of_the_decoder_gets_a_gradient():
    for settings in [*CASES, {"core": "qrnn"}, {"core": "lru", "attention": "bahdanau", "num_layers": 2}]:
        decoder = RecurrentDecoder(9, 4, units=6, **settings)
        previous = keras.Input((None,), dtype="int32")
        context = {"summary": keras.Input((3,)), "memory": keras.Input((None, 6)), "mask": keras.Input((None,))}
        network = keras.Model([previous, *context.values()], decoder(previous, context))
        network.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
        before = {weight.path: ops.convert_to_numpy(weight).copy() for weight in network.trainable_weights}
        summary = np.ones((2, 3), "float32")
        network.train_on_batch([PREVIOUS, summary, MEMORY, MASK], np.array([[2, 3, 4, 5, 6]] * 2))
        for weight in network.trainable_weights:
            assert np.abs(ops.convert_to_numpy(weight) - before[weight.path]).max() > 0, (settings, weight.path)


def test_a_decoder_without_context_begins_with_zeros():
    decoder = RecurrentDecoder(9, 4, core="gru", units=6)
    assert decoder(PREVIOUS).shape == (2, 5, 9)
    assert all(float(ops.max(ops.abs(state))) == 0 for layer in decoder.start(None, 2) for state in layer)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"core": "rnn"}, "core must be one of"),
        ({"attention": "self"}, "attention must be one of"),
        ({"condition": "all"}, "condition must be one of"),
        ({"num_layers": 0}, "num_layers must be positive"),
    ],
)
def test_illegal_settings_are_named(settings, named):
    with pytest.raises(ValueError, match=named):
        RecurrentDecoder(9, 4, **{"core": "gru", "units": 6, **settings})


def test_attention_without_a_memory_is_refused():
    with pytest.raises(ValueError, match="context must hold"):
        RecurrentDecoder(9, 4, core="gru", units=6, attention="bahdanau")(PREVIOUS, {"summary": np.ones((2, 3))})
