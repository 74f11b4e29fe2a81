"""The report against what Keras does: its own conditions, and the calls that reach its kernels."""

import json

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cli import main
from rnn_zoo.cli.explain import fresh_model
from rnn_zoo.fast_path import lost_fast_paths
from rnn_zoo.layers import CELLS, RecurrentDecoder, Rollout, WeightDrop
from rnn_zoo.training import train
from rnn_zoo.training.text_windows import text_reader

layers = keras.layers
GATED = [name for name, row in catalogue.ROWS.items() if name in (f"{row.task}_gru", f"{row.task}_lstm")]
WITHOUT_A_KERNEL = {}
"""Gated builders with a loop in their default architecture, and why; none has one."""
VARIATIONS = {
    "default": ({}, ""),
    "no cuDNN": ({"use_cudnn": False}, "use_cudnn=False"),
    "recurrent dropout": ({"recurrent_dropout": 0.1}, "recurrent_dropout=0.1, even when it is not trained"),
    "dropout": ({"dropout": 0.1}, ""),
    "relu": ({"activation": "relu"}, "activation=relu and not tanh"),
    "tanh of keras.ops": ({"activation": keras.ops.tanh}, ""),
    "hard sigmoid": (
        {"recurrent_activation": "hard_sigmoid"}, "recurrent_activation=hard_sigmoid and not sigmoid",
    ),
    "unrolled": ({"unroll": True}, "unroll=True"),
    "no bias": ({"use_bias": False}, "use_bias=False"),
    "backwards": ({"go_backwards": True}, ""),
    "stateful": ({"stateful": True}, ""),
    "no sequences": ({"return_sequences": False, "return_state": True}, ""),
}  # fmt: skip


def rows(model, backend="tensorflow"):
    return [(one.layer, one.kind, one.kernel, one.why) for one in rnn_zoo.explain_fast_path(model, backend)]


@pytest.fixture
def reaches_cudnn(monkeypatch):
    """Whether a layer of Keras hands its work to cuDNN, on a machine that says it has a GPU."""
    rnn = pytest.importorskip("keras.src.backend.tensorflow.rnn")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("looks into the tensorflow backend")
    reached = []

    def kernel(*arguments):
        reached.append(True)
        raise NotImplementedError

    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    for name in ("_cudnn_lstm", "_cudnn_gru"):
        monkeypatch.setattr(rnn, name, kernel)

    def look(layer, *inputs, **options):
        reached.clear()
        layer(*inputs, **options)
        return bool(reached)

    return look


@pytest.mark.parametrize("core", ["LSTM", "GRU"])
@pytest.mark.parametrize("name", VARIATIONS)
def test_the_tensorflow_column_is_what_keras_does(core, name, reaches_cudnn):
    options, why = VARIATIONS[name]
    layer = getattr(layers, core)(3, **{"return_sequences": True, **options}, name="one")
    said = rows(layer)
    assert [(kernel, reason) for *_, kernel, reason in said] == [("loop", why) if why else ("cuDNN", said[0][3])]
    for training in (True, False):
        sequences = np.ones((2, 4, 5), "float32")
        assert reaches_cudnn(layer, sequences, training=training) == (said[0][2] == "cuDNN")


def test_a_gru_that_resets_before_is_a_loop(reaches_cudnn):
    layer = layers.GRU(3, reset_after=False, name="one")
    assert rows(layer) == [("one", "GRU", "loop", "reset_after=False")]
    assert not reaches_cudnn(layer, np.ones((2, 4, 5), "float32"))


@pytest.mark.parametrize("backend", ["jax", pytest.param("torch", marks=pytest.mark.slow)])  # its import takes seconds
def test_the_conditions_on_arguments_are_those_of_the_other_backends(backend, monkeypatch):
    pytest.importorskip(backend)
    rnn = pytest.importorskip(f"keras.src.backend.{backend}.rnn")
    available = "_is_gpu_available" if backend == "jax" else "_is_cuda_cudnn_available"
    monkeypatch.setattr(rnn, available, lambda: True)
    for options, _ in VARIATIONS.values():
        layer = layers.LSTM(3, **options)
        cell = layer.cell
        legal = rnn.cudnn_ok(cell.activation, cell.recurrent_activation, layer.unroll, cell.use_bias)
        legal = legal and layer.use_cudnn and not layer.recurrent_dropout
        assert (rows(layer, backend)[0][2] == "cuDNN") == bool(legal)


@pytest.mark.filterwarnings("ignore:Layer '(encoder|masked)':UserWarning")
def test_masks_are_found_in_the_graph():
    token_ids = keras.Input((None,), dtype="int32")
    embedded = layers.Embedding(5, 4, mask_zero=True)(token_ids)
    inner = keras.Input((None, 4))
    encoder = keras.Model(inner, layers.LSTM(3, name="within")(inner), name="encoder")
    joined = layers.Concatenate()([layers.LSTM(3, name="masked")(embedded), encoder(embedded)])
    unmasked = layers.GRU(2, name="unmasked")(layers.Embedding(5, 4, name="plain")(token_ids))
    first = keras.Model(token_ids, [joined, unmasked])
    for model in (first, keras.Model.from_config(first.get_config())):
        for backend in ("jax", "torch"):
            found = {layer: (kernel, why) for layer, _, kernel, why in rows(model, backend)}
            assert found["masked"] == found["encoder/within"] == ("loop", "it is given a mask")
            assert found["unmasked"] == (("loop", "JAX has no cuDNN GRU") if backend == "jax" else ("cuDNN", ""))
        found = {layer: (kernel, why) for layer, _, kernel, why in rows(model)}
        kernel, why = found["masked"]
        assert kernel == "cuDNN" and "padded on the right" in why
        assert found["unmasked"] == ("cuDNN", "")


def test_layers_whose_masks_cannot_be_known_have_a_condition():
    wrapped = keras.Sequential(
        [keras.Input((3, None, 2)), layers.TimeDistributed(layers.LSTM(2, name="one"), name="all")]
    )
    assert rows(wrapped, "torch") == [("all/one", "LSTM", "cuDNN", "unless it is given a mask")]


def test_what_is_no_lstm_and_no_gru_is_a_loop_everywhere():
    model = keras.Sequential(
        [
            keras.Input((None, 4)),
            layers.SimpleRNN(3, return_sequences=True, name="simple"),
            layers.RNN(layers.LSTMCell(3), return_sequences=True, name="cells"),
            layers.Bidirectional(layers.LSTM(2, name="lstm"), name="both"),
        ]
    )
    for backend in ("tensorflow", "jax", "torch"):
        found = rows(model, backend)
        assert [kernel for _, _, kernel, _ in found] == ["loop", "loop", "cuDNN", "cuDNN"]
        assert [(layer, kind) for layer, kind, _, _ in found] == [
            ("simple", "SimpleRNN"), ("cells", "RNN(LSTMCell)"),
            ("both/forward_lstm", "LSTM"), ("both/backward_lstm", "LSTM"),
        ]  # fmt: skip


def test_jax_has_neither_a_gru_nor_half_precision():
    assert rows(layers.GRU(2, name="one"), "jax") == [("one", "GRU", "loop", "JAX has no cuDNN GRU")]
    half = layers.LSTM(2, name="one", dtype="mixed_float16")
    (row,) = rows(half, "jax")
    assert row[2] == "loop" and "takes no float16" in row[3]
    assert rows(half)[0][2] == rows(half, "torch")[0][2] == "cuDNN"


@pytest.mark.parametrize("weight_drop", [0.0, 0.1])
def test_our_lstm_layers_keep_their_kernel_in_mixed_precision_under_jax(monkeypatch, weight_drop):
    keras.config.set_dtype_policy("mixed_float16")
    make = CELLS["lstm"].make_layer
    assert make(2).compute_dtype == "float16"
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    layer = make(2, weight_drop=weight_drop, name="one")
    assert layer.compute_dtype == "float32" and rows(layer, "jax")[0][2] == "cuDNN"


def test_recurrences_inside_our_own_layers_are_seen():
    settings = {"vocabulary_size": 9, "embedding_dim": 4, "core": "gru", "units": 3}
    decoder = RecurrentDecoder(**settings, num_layers=2, attention="luong_dot")
    assert rows(decoder) == [("gru_0", "GRU", "cuDNN", ""), ("gru_1", "GRU", "cuDNN", "")]
    before = RecurrentDecoder(**settings, attention="bahdanau")
    assert rows(before) == [("gru_0", "GRU", "loop", "bahdanau attention comes before each timestep")]
    dropping = RecurrentDecoder(**settings, weight_drop=0.5)
    assert type(dropping.recurrent_layers[0]) is WeightDrop
    assert rows(dropping) == [("gru_0", "GRU", "cuDNN", "")]
    assert rows(Rollout("lstm", 3, 2))[0][:3] == ("cell", "LSTM", "loop")
    texts = rnn_zoo.language_model_gru(rnn_zoo.Words(["a"]), rnn_zoo.Texts(rnn_zoo.Words(["a"])), units=4)
    assert rows(text_reader(texts, 2, 5)) == [("carried_states/decoder/gru_0", "GRU", "cuDNN", "")]


def test_weight_drop_reaches_the_kernel(reaches_cudnn):
    assert reaches_cudnn(WeightDrop(layers.GRU(3), 0.5), np.ones((2, 4, 5), "float32"), training=True)


@pytest.mark.parametrize("name", GATED)
def test_default_architectures_have_kernels_on_tensorflow(name):
    report = rnn_zoo.explain_fast_path(fresh_model(name), "tensorflow")
    kind = {"gru": "GRU", "lstm": "LSTM"}[name.rpartition("_")[2]]
    assert report and {one.kind for one in report} == {kind}
    loops = {one.layer: one.why for one in report if one.kernel == "loop"}
    assert loops == WITHOUT_A_KERNEL.get(name, {})
    assert all(one.why == "" for one in report if one.kernel == "cuDNN")  # no mask travels through a network


@pytest.mark.parametrize("name", ["digits_dense", "sentiment_bag_of_words", "sentiment_simple_rnn"])
def test_builders_without_gates_have_no_kernel_to_lose(name):
    report = rnn_zoo.explain_fast_path(fresh_model(name), "tensorflow")
    assert [one.kind for one in report] == ["SimpleRNN"] * len(report)
    assert bool(report) == name.endswith("rnn")


def test_training_says_in_one_line_what_an_option_loses(capsys, monkeypatch):
    fitted = keras.callbacks.History()
    fitted.history = {}
    monkeypatch.setattr(keras.Model, "fit", lambda *_, **__: fitted)
    words = rnn_zoo.Words(["a", "b"])
    small = {"units": 4, "embedding_dim": 4}
    texts = rnn_zoo.datasets.Examples(["a b", "b"], ["b a", "a"])
    settings = {"epochs": 1, "learning_rate": 1e-3, "verbose": 0}
    train(rnn_zoo.translation_gru(words, rnn_zoo.Sequences(words), **small), texts, **settings)
    assert "cuDNN" not in capsys.readouterr().err
    losing = rnn_zoo.translation_gru(words, rnn_zoo.Sequences(words), attention="bahdanau", **small)
    train(losing, texts, **settings)
    line = (
        "On a GPU, no cuDNN kernel but a loop computes decoder/gru_0: bahdanau attention comes before each timestep.\n"
    )
    assert capsys.readouterr().err == line
    assert lost_fast_paths(fresh_model("sentiment_simple_rnn")) == ""


def test_the_command_prints_the_table_of_trained_and_of_fresh_models():
    shown = CliRunner().invoke(main, ["explain", "pronunciation_gru"])
    assert shown.exit_code == 0, shown.output
    lines = [line.split(maxsplit=4) for line in shown.output.splitlines()]
    assert ["decoder/gru_0", "GRU", "jax", "loop", "JAX has no cuDNN GRU"] in lines
    assert ["encoder/gru_0", "GRU", "torch", "cuDNN"] in lines
    shown = CliRunner().invoke(main, ["explain", "dna_gru:promoters", "--backend", "torch", "--json"])
    found = json.loads(shown.output)
    assert {one["backend"] for one in found} == {"torch"} and {one["kernel"] for one in found} == {"cuDNN"}
    assert set(found[0]) == {"layer", "kind", "backend", "kernel", "why"}
    wrong = CliRunner().invoke(main, ["explain", "dna_gru:promoter"])
    assert wrong.exit_code == 1 and "promoters" in wrong.output


def test_a_backend_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="backend must be one of .*Received: backend='mxnet'"):
        rnn_zoo.explain_fast_path(layers.LSTM(2), "mxnet")
    assert str(rnn_zoo.explain_fast_path(layers.Dense(2))) == "no recurrent layers"
