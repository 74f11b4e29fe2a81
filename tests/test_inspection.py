"""Gradients over time, saliency and gates, against slow and simple ways to compute them."""

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import inspection

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients are taken by TensorFlow")
IMAGES = np.random.default_rng(0).integers(0, 17, (3, 2, 4))
LABELS = ["a", "b", "a"]


def image_reader(core, num_layers=1):
    builder = getattr(rnn_zoo, f"sequential_image_{core}")
    return builder(rnn_zoo.PixelSequence(2, 4, 16), rnn_zoo.Classes(["a", "b"]), units=5, num_layers=num_layers)


def cross_entropy(logits, label):
    return float(np.log(np.exp(logits).sum()) - logits[label])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def states_from(core, x, weights, h, c):
    """Run a cell on from given states, in float64, by the equations."""
    W, U, *biases = (np.asarray(weight, "float64") for weight in weights)
    for x_t in x:
        if core in ("simple_rnn", "irnn"):
            a = x_t @ W + h @ U + biases[0]
            h = np.tanh(a) if core == "simple_rnn" else np.maximum(a, 0)
        elif core == "gru":
            (a_z, a_r, a_h), (u_z, u_r, u_h) = np.split(x_t @ W + biases[0][0], 3), np.split(h @ U + biases[0][1], 3)
            z, r = sigmoid(a_z + u_z), sigmoid(a_r + u_r)
            h = z * h + (1 - z) * np.tanh(a_h + r * u_h)
        else:
            i, f, g, o = np.split(x_t @ W + h @ U + biases[0], 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
    return h, c


@pytest.mark.parametrize("core", ["simple_rnn", "irnn", "gru", "lstm"])
def test_gradient_flow_is_what_moving_a_state_does_to_the_loss(core):
    """Central differences: each state at each timestep is moved a little, and the rest computed anew."""
    task = image_reader(core)
    flow = inspection.gradient_flow(task, IMAGES, LABELS)
    assert sorted(flow) == (["cell_state", "hidden_state"] if core == "lstm" else ["hidden_state"])
    weights, (kernel, bias) = task.get_layer(f"{core}_0").get_weights(), task.get_layer("logits").get_weights()
    sequences, targets = task.preprocessor(IMAGES).astype("float64"), task.codec(LABELS)
    zeros, small = np.zeros(5), 1e-5
    for index, (x, label) in enumerate(zip(sequences, targets, strict=True)):

        def loss_after(t, h, c, x=x, label=label):
            h, _ = states_from(core, x[t + 1 :], weights, h, c)
            return cross_entropy(h @ kernel + bias, label)

        for t in (0, 3, 7):
            h, c = states_from(core, x[: t + 1], weights, zeros, zeros)
            moves = np.concatenate([np.eye(5), -np.eye(5)]) * small
            losses = np.array([loss_after(t, h + move, c) for move in moves])
            expected = np.linalg.norm(losses[:5] - losses[5:]) / (2 * small)
            np.testing.assert_allclose(flow["hidden_state"][index, t], expected, rtol=2e-3, atol=1e-6)
            if core == "lstm":  # the hidden state of the same timestep moves with the cell state
                o = h / np.tanh(c)
                losses = np.array([loss_after(t, o * np.tanh(c + move), c + move) for move in moves])
                expected = np.linalg.norm(losses[:5] - losses[5:]) / (2 * small)
                np.testing.assert_allclose(flow["cell_state"][index, t], expected, rtol=2e-3, atol=1e-6)


def test_gradient_flow_reaches_a_lower_layer_and_stops_at_padding(tiny_task):
    task = image_reader("gru", num_layers=2)
    lower, upper = (inspection.gradient_flow(task, IMAGES, LABELS, layer=f"gru_{index}") for index in (0, 1))
    assert (lower["hidden_state"] > 0).all() and (upper["hidden_state"] > 0).all()
    assert not np.allclose(lower["hidden_state"], upper["hidden_state"])
    flow = inspection.gradient_flow(tiny_task("lstm", bidirectional=True), ["a great story", "dull"], [1, 0])
    assert (flow["hidden_state"] > 0).tolist() == [[True] * 3, [True, False, False]]


def test_orthogonal_recurrence_keeps_gradients_and_a_small_one_lets_them_vanish():
    """Without input and near h = 0, tanh is linear, so that every step multiplies by the recurrent kernel."""
    task = image_reader("simple_rnn")
    layer = task.get_layer("simple_rnn_0")
    kernel, recurrent_kernel, bias = layer.get_weights()
    black = np.zeros((1, 2, 4))
    for factor in (1.0, 0.5, 2.0):
        layer.set_weights([kernel, factor * recurrent_kernel, bias])
        flow = inspection.gradient_flow(task, black, ["a"])["hidden_state"][0]
        np.testing.assert_allclose(flow[:-1] / flow[1:], factor, rtol=1e-4)


@pytest.mark.parametrize("settings", [{}, {"bigrams": [("great", "story")], "bigram_dim": 3, "bidirectional": True}])
def test_saliency_is_what_moving_a_vector_does_to_the_logit(tiny_task, settings):
    task = tiny_task("lstm", **settings)
    texts = ["a great story", "dull film"]
    found = inspection.saliency(task, texts, label="positive")
    assert [len(one) for one in found] == [3, 2]
    layer = inspection.recurrent_layer(task)
    inputs = task.preprocessor(texts)
    vectors = keras.ops.convert_to_numpy(keras.Model(task.input, layer.input)(inputs))
    assert vectors.shape[-1] == (11 if settings else 8)
    after = keras.Model([layer.input, task.input], task.output)
    size, small = vectors.shape[-1], 1e-3
    for place, t in ((0, 0), (0, 2), (1, 1)):
        moved = np.repeat(vectors[place : place + 1], 2 * size, axis=0)
        moved[:, t] += np.concatenate([np.eye(size), -np.eye(size)]) * small
        logits = after([moved, np.repeat(inputs[place : place + 1], 2 * size, axis=0)]).numpy()[:, 1]
        expected = np.linalg.norm(logits[:size] - logits[size:]) / (2 * small)
        np.testing.assert_allclose(found[place][t], expected, rtol=1e-2)


def test_saliency_explains_the_class_that_is_answered_if_none_is_named(tiny_task):
    task = tiny_task("gru")
    answer = task.infer(["a great story"])[0]["label"]
    texts = ["a great story"]
    np.testing.assert_array_equal(
        inspection.saliency(task, texts)[0], inspection.saliency(task, texts, label=answer)[0]
    )
    other = "negative" if answer == "positive" else "positive"
    assert not np.allclose(inspection.saliency(task, texts)[0], inspection.saliency(task, texts, label=other)[0])


def test_recomputed_gates_give_the_hidden_states_of_the_layer(tiny_task):
    task = tiny_task("lstm", bidirectional=True)
    layer = task.get_layer("lstm_0")
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.get_weights()])
    texts = ["a great film, funny and moving", "dull"]
    gates = inspection.lstm_gates(task, texts)
    expected = keras.Model(task.input, layer.output).predict(task.preprocessor(texts), verbose=0)
    np.testing.assert_allclose(gates.hidden_state, expected, rtol=0, atol=1e-5)
    for gate in gates[:3]:
        assert gate.shape == expected.shape and 0 <= gate.min() and gate.max() <= 1
    before = np.concatenate([np.zeros((2, 1, 8)), gates.cell_state[:, :-1]], axis=1)
    entered = gates.cell_state - gates.forget_gate * before
    assert (np.abs(entered) <= gates.input_gate + 1e-6).all()
    np.testing.assert_allclose(gates.output_gate * np.tanh(gates.cell_state), gates.hidden_state, atol=1e-6)


def test_a_task_that_was_looked_at_is_as_it_was(tiny_task):
    task = tiny_task("gru", bidirectional=True)
    nodes = [len(layer._inbound_nodes) for layer in task.layers]
    inspection.gradient_flow(task, ["a great film", "dull"], [1, 0])
    inspection.saliency(task, ["a great film"])
    assert [len(layer._inbound_nodes) for layer in task.layers] == nodes


def test_tokens_label_the_timesteps_of_whole_and_of_cut_texts(tiny_task, vocabulary):
    assert inspection.tokens_of(tiny_task(), "a GREAT thing!") == ["a", "great", "thing", "!"]
    cutting = rnn_zoo.Words(vocabulary, max_timesteps=2)
    task = rnn_zoo.sentiment_gru(cutting, rnn_zoo.Classes(["negative", "positive"]), units=4)
    assert inspection.tokens_of(task, "a great new thing") == ["a", "<unk>"]


def test_what_cannot_be_inspected_is_refused(tiny_task):
    with pytest.raises(ValueError, match=r"recurrent layer of sentiment_gru: \['gru_0'\]. Received: name='lstm_0'"):
        inspection.recurrent_layer(tiny_task("gru"), "lstm_0")
    with pytest.raises(ValueError, match=r"recurrent layer of digits_dense: \[\]"):
        inspection.saliency(
            rnn_zoo.digits_dense(rnn_zoo.Pixels(8, 8), rnn_zoo.Classes("ab"), units=4), np.zeros((1, 8, 8))
        )
    with pytest.raises(ValueError, match="must be an LSTM. Received: gru_0, a GRU"):
        inspection.lstm_gates(tiny_task("gru"), ["a film"])
    with pytest.raises(ValueError, match=r"Received: labels\[0\]='neutral'"):
        inspection.saliency(tiny_task("gru"), ["a film"], label="neutral")
