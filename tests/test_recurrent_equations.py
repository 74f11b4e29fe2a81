"""All cells against loops in NumPy, written from the equations that `rnn_zoo.layers.CELLS` lists."""

import keras
import numpy as np
import pytest

from rnn_zoo.layers import CELLS, ChronoBias, recurrent_stack

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 7, 5, 4
TOLERANCE = 1e-5


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def run_simple_rnn(x, weights, activation):
    W, U, b = weights
    h, outputs = np.zeros((len(x), len(U))), []
    for t in range(x.shape[1]):
        h = activation(x[:, t] @ W + h @ U + b)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_gru(x, weights):
    W, U, (b, c) = weights
    W_z, W_r, W_h = np.split(W, 3, axis=1)
    U_z, U_r, U_h = np.split(U, 3, axis=1)
    b_z, b_r, b_h = np.split(b, 3)
    c_z, c_r, c_h = np.split(c, 3)
    h, outputs = np.zeros((len(x), len(U))), []
    for t in range(x.shape[1]):
        z = sigmoid(x[:, t] @ W_z + b_z + h @ U_z + c_z)
        r = sigmoid(x[:, t] @ W_r + b_r + h @ U_r + c_r)
        g = np.tanh(x[:, t] @ W_h + b_h + r * (h @ U_h + c_h))
        h = z * h + (1 - z) * g
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_lstm(x, weights):
    W, U, b = weights
    W_i, W_f, W_c, W_o = np.split(W, 4, axis=1)
    U_i, U_f, U_c, U_o = np.split(U, 4, axis=1)
    b_i, b_f, b_c, b_o = np.split(b, 4)
    h, c, outputs = np.zeros((len(x), len(U))), np.zeros((len(x), len(U))), []
    for t in range(x.shape[1]):
        i = sigmoid(x[:, t] @ W_i + h @ U_i + b_i)
        f = sigmoid(x[:, t] @ W_f + h @ U_f + b_f)
        o = sigmoid(x[:, t] @ W_o + h @ U_o + b_o)
        g = np.tanh(x[:, t] @ W_c + h @ U_c + b_c)
        c = f * c + i * g
        h = o * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_layer_norm_lstm(x, weights):
    W, U, b, gain_x, gain_h, gain_c, bias_c = weights

    def normalized(a):
        return (a - a.mean(axis=-1, keepdims=True)) / np.sqrt(a.var(axis=-1, keepdims=True) + 1e-3)

    h, c, outputs = np.zeros((len(x), len(U))), np.zeros((len(x), len(U))), []
    for t in range(x.shape[1]):
        sums = normalized(h @ U) * gain_h + normalized(x[:, t] @ W) * gain_x + b
        i, f, g, o = np.split(sums, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(normalized(c) * gain_c + bias_c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_ind_rnn(x, weights):
    W, (u,), b = weights
    h, outputs = np.zeros((len(x), len(u))), []
    for t in range(x.shape[1]):
        h = np.maximum(x[:, t] @ W + u * h + b, 0)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_min_gru(x, weights):
    (W_z, W_h), (b_z, b_h) = (np.split(one, 2, axis=-1) for one in weights)
    h, outputs = np.zeros((len(x), len(b_h))), []
    for t in range(x.shape[1]):
        z = sigmoid(x[:, t] @ W_z + b_z)
        h = (1 - z) * h + z * (x[:, t] @ W_h + b_h)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_min_lstm(x, weights):
    (W_f, W_i, W_h), (b_f, b_i, b_h) = (np.split(one, 3, axis=-1) for one in weights)
    h, outputs = np.zeros((len(x), len(b_h))), []
    for t in range(x.shape[1]):
        f, i = sigmoid(x[:, t] @ W_f + b_f), sigmoid(x[:, t] @ W_i + b_i)
        h = f / (f + i) * h + i / (f + i) * (x[:, t] @ W_h + b_h)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run_qrnn(x, weights):
    W, V, b = weights
    c, before, outputs = np.zeros((len(x), len(b) // 3)), np.zeros_like(x[:, 0]), []
    for t in range(x.shape[1]):
        a_z, a_f, a_o = np.split(x[:, t] @ W + before @ V + b, 3, axis=1)
        c = sigmoid(a_f) * c + (1 - sigmoid(a_f)) * np.tanh(a_z)
        before = x[:, t]
        outputs.append(sigmoid(a_o) * c)
    return np.stack(outputs, axis=1)


def run_lru(x, weights):
    nu, theta, gamma, B, C, D, gates, biases = weights
    (B, C), (W, V), (b, c) = ([B[:, :UNITS] + 1j * B[:, UNITS:], C[:UNITS] - 1j * C[UNITS:]],
                              np.split(gates, 2, axis=1), np.split(biases, 2))  # fmt: skip
    a, s, outputs = np.exp(-np.exp(nu) + 1j * np.exp(theta)), np.zeros((len(x), UNITS)), []
    for t in range(x.shape[1]):
        s = a * s + np.exp(gamma) * (x[:, t] @ B)
        y = (s @ C).real + x[:, t] @ D
        g = 0.5 * y * (1 + np.tanh(np.sqrt(2 / np.pi) * (y + 0.044715 * y**3)))
        outputs.append((g @ W + b) * sigmoid(g @ V + c))
    return np.stack(outputs, axis=1)


EQUATIONS = {
    "simple_rnn": lambda x, weights: run_simple_rnn(x, weights, np.tanh),
    "irnn": lambda x, weights: run_simple_rnn(x, weights, lambda a: np.maximum(a, 0)),
    "gru": run_gru,
    "lstm": run_lstm,
    "layer_norm_lstm": run_layer_norm_lstm,
    "ind_rnn": run_ind_rnn,
    "min_gru": run_min_gru,
    "min_lstm": run_min_lstm,
    "qrnn": run_qrnn,
    "lru": run_lru,
}


def layer_with_random_weights(core, rng):
    """A layer none of whose weights is left at 0, so that a forgotten bias shows."""
    layer = CELLS[core].make_layer(UNITS, return_sequences=True)
    layer.build((None, None, FEATURES))
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.get_weights()])
    return layer


def test_every_core_has_its_equations_here():
    assert set(EQUATIONS) == set(CELLS)


@pytest.mark.parametrize("core", EQUATIONS)
def test_the_layer_computes_the_equations_of_the_paper(core):
    rng = np.random.default_rng(1)
    layer = layer_with_random_weights(core, rng)
    x = rng.normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")
    expected = EQUATIONS[core](x, layer.get_weights())
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), expected, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="takes gradients with a tf.GradientTape")
def test_backpropagation_through_time_gives_the_gradients_of_the_layer():
    """The loss is a weighted sum of all hidden states, so its gradient enters at every step."""
    import tensorflow as tf

    rng = np.random.default_rng(2)
    layer = layer_with_random_weights("simple_rnn", rng)
    x = rng.normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")
    loss_weights = (rng.normal(size=(BATCH, TIMESTEPS, UNITS)) / BATCH).astype("float32")

    W, U, b = layer.get_weights()
    h = run_simple_rnn(x, (W, U, b), np.tanh)
    dW, dU, db, dx = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b), np.zeros_like(x)
    from_the_future = np.zeros((BATCH, UNITS))
    for t in reversed(range(TIMESTEPS)):
        dh = loss_weights[:, t] + from_the_future
        da = dh * (1 - h[:, t] ** 2)
        previous = h[:, t - 1] if t else np.zeros((BATCH, UNITS))
        dW += x[:, t].T @ da
        dU += previous.T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W.T
        from_the_future = da @ U.T

    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(layer(inputs) * loss_weights)
    found = tape.gradient(loss, [*(variable.value for variable in layer.trainable_variables), inputs])
    for name, gradient, expected in zip(("W", "U", "b", "x"), found, (dW, dU, db, dx), strict=True):
        np.testing.assert_allclose(gradient.numpy(), expected, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


@pytest.mark.parametrize("core", EQUATIONS)
def test_a_batch_of_32_sequences_of_10_steps_of_8_features_becomes_32_states_of_4_units(core):
    assert CELLS[core].make_layer(4)(np.zeros((32, 10, 8), "float32")).shape == (32, 4)


def test_irnn_starts_as_the_identity_with_relu_and_no_bias():
    layer = CELLS["irnn"].make_layer(UNITS)
    layer.build((None, None, FEATURES))
    _, recurrent_kernel, bias = layer.get_weights()
    np.testing.assert_array_equal(recurrent_kernel, np.eye(UNITS))
    np.testing.assert_array_equal(bias, np.zeros(UNITS))
    assert layer.activation is keras.activations.relu


def test_lstm_starts_with_a_forget_bias_of_one_and_gated_cells_with_orthogonal_recurrences():
    lstm, gru = CELLS["lstm"].make_layer(UNITS), CELLS["gru"].make_layer(UNITS)
    for layer in (lstm, gru):
        layer.build((None, None, FEATURES))
        recurrent_kernel = layer.get_weights()[1]
        np.testing.assert_allclose(recurrent_kernel @ recurrent_kernel.T, np.eye(UNITS), atol=1e-5)
    np.testing.assert_array_equal(lstm.get_weights()[2], np.repeat([0.0, 1.0, 0.0, 0.0], UNITS))


@pytest.mark.parametrize("core", ["lstm", "gru"])
def test_chrono_biases_make_units_forget_at_times_from_one_step_to_the_longest(core):
    """With no input the keeping gate is sigmoid(log(t - 1)) = 1 - 1 / t, so that a unit forgets in about t steps."""
    sequence = keras.Input((None, FEATURES))
    model = keras.Model(sequence, recurrent_stack(sequence, None, core, UNITS, 2, longest_memory=101))
    for index in range(2):
        kernel, recurrent_kernel, biases = model.get_layer(f"{core}_{index}").get_weights()
        np.testing.assert_allclose(recurrent_kernel @ recurrent_kernel.T, np.eye(UNITS), atol=1e-5)
        kept = biases[UNITS : 2 * UNITS] if core == "lstm" else biases[0, :UNITS]
        np.testing.assert_allclose(1 / (1 - sigmoid(kept)), np.linspace(2, 101, UNITS), rtol=1e-4)
        if core == "lstm":
            np.testing.assert_allclose(biases[:UNITS], -kept)
            assert not biases[2 * UNITS :].any()
        else:
            assert not biases[0, UNITS:].any() and not biases[1].any()
    again = keras.Model.from_config(model.get_config())
    np.testing.assert_array_equal(again.get_layer(f"{core}_1").get_weights()[2], biases)


@pytest.mark.parametrize("core", ["simple_rnn", "irnn"])
def test_cores_without_gates_have_no_chrono_biases(core):
    sequence = keras.Input((None, FEATURES))
    model = keras.Model(sequence, recurrent_stack(sequence, None, core, UNITS, longest_memory=101))
    assert not model.get_layer(f"{core}_0").get_weights()[2].any()


def test_chrono_biases_refuse_what_they_do_not_fit():
    with pytest.raises(ValueError, match="at least 2 timesteps. Received: longest_memory=1"):
        ChronoBias(1)
    with pytest.raises(ValueError, match=r"of an LSTM or a GRU. Received: shape=\(7,\)"):
        ChronoBias(9)((7,))


@pytest.mark.parametrize("core", CELLS)
def test_the_last_output_alone_is_the_last_of_all_outputs(core):
    sequence = keras.Input((TIMESTEPS, FEATURES))
    last = keras.Model(sequence, recurrent_stack(sequence, None, core, UNITS, 2, last_only=True))
    everything = keras.Model(sequence, recurrent_stack(sequence, None, core, UNITS, 2))
    everything.set_weights(last.get_weights())
    x = np.random.default_rng(3).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")
    np.testing.assert_allclose(last(x), everything(x)[:, -1], rtol=TOLERANCE, atol=TOLERANCE)


def test_both_directions_need_lengths_and_all_outputs():
    sequence = keras.Input((TIMESTEPS, FEATURES))
    for options in ({"last_only": True}, {}):
        with pytest.raises(ValueError, match="bidirectional needs lengths and all outputs. Received: last_only="):
            recurrent_stack(sequence, None, "gru", UNITS, bidirectional=True, **options)
