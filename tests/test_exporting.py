"""Export: files that answer as the Task does, without Keras; what cannot be exported is refused and named."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from test_weights import TRAINED, real_examples
from tiny_models import TINY

import rnn_zoo
from rnn_zoo import catalogue, runtime
from rnn_zoo.cli import main
from rnn_zoo.exporting.quantization import rows_as_int8
from rnn_zoo.exporting.table import TABLE

onnx = pytest.importorskip("onnx", reason='the extra "onnx" is not installed')
pytest.importorskip("onnxruntime", reason='the extra "onnx" is not installed')

QUICK = ("_gru", "_dense", "_bag_of_words", "dna_min_lstm", "dna_qrnn", "dna_lru", "dna_ind_rnn", "dna_layer_norm_lstm")
TWINS = ("pos_gru", "pronunciation_gru", "rating_gru", "dna_gru", "keyword_gru", "translation_gru",
         "language_model_gru", "sentiment_min_gru", "language_model_min_gru", "dna_min_gru")  # fmt: skip
"""Builders of the layers of others: `intent`, `sentiment`, `activity`, or of those that tests below export."""
NAMES = [
    pytest.param(name, marks=() if name.endswith(QUICK) and name not in TWINS else pytest.mark.slow)
    for name in rnn_zoo.list_models()
]
LITE = {"backbone": "efficientnet_lite0", "backbone_weights": None}
VARIANTS = [
    ("forecast_lstm", {"mode": "autoregressive", "level": "mean", "highway": 3}),
    ("rating_gru", {"ordinal": True, "num_layers": 2, "bidirectional": False}),
    ("dna_gru", {"embedding_dim": None, "motifs": 0, "num_layers": 2, "num_bigrams": 9, "bigram_min_count": 1}),
    ("ner_lstm", {"num_bigrams": 5, "bigram_min_count": 1, "num_layers": 2}),
    ("vqa_simple_rnn", {"keep_positions": True, "fusion": "sum"}),
    ("speech_gru", {"stack": 3, "num_layers": 2}),
    ("speech_lstm", {"decoder": "attention", "units": 16}),
    ("translation_lstm", {"attention": "bahdanau", "num_layers": 2}),
    ("translation_gru", {"attention": "luong_dot", "tied": False}),
    ("pronunciation_simple_rnn", {"attention": None}),
    ("caption_gru", {"attention": "bahdanau", "condition": "inputs"}),
    ("caption_gru", {"attention": "luong_general", "image_dim": 4, "height": 64, "width": 64} | LITE),
    ("language_model_lstm", {"tied": True, "embedding_dim": 8, "num_layers": 2, "weight_drop": 0.3}),
]


def made(name, **settings):
    """A tiny fresh model with weights that are not near zero, and its examples."""
    row = catalogue.ROWS[name]
    tiny = TINY[row.task](name.removeprefix(f"{row.task}_"))
    task = getattr(rnn_zoo, name).from_examples(tiny.examples, **{**tiny.settings, **settings})
    rng = np.random.default_rng(0)
    for weight in task.trainable_weights:
        weight.assign(np.asarray(weight) + rng.normal(scale=0.3, size=weight.shape))
    return task, tiny


def operators_of(path):
    return [node.op_type for node in onnx.load(path).graph.node]


def assert_alike(found, expected, tolerance=1e-5):
    """The same answers, numbers to a small difference."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_alike(one, other, tolerance)
    elif isinstance(expected, (float, np.ndarray)):
        np.testing.assert_allclose(found, expected, atol=tolerance, rtol=tolerance)
    else:
        assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_builder_is_exported_and_answers_the_same(name, tmp_path):
    path = tmp_path / "model.onnx"
    task, tiny = made(name)
    report = rnn_zoo.export(task, path, examples=tiny.inputs)
    assert report.largest_difference < (1e-4 if "norm" in name else 1e-5)  # norms enlarge differences
    assert report.num_examples == 12 + len(tiny.inputs)
    assert report.size_bytes == path.stat().st_size and list(tmp_path.iterdir()) == [path]
    assert_alike(runtime.load(path).infer(tiny.inputs), task.infer(tiny.inputs))


def assert_written_alike(model, task, raw, **options):
    found, expected = (one.generate(raw, max_length=6, **options) for one in (model, task))
    for one, other in zip(sum(found, []), sum(expected, []), strict=True):
        assert_alike(list(one), list(other))


def test_an_exported_decoder_searches_as_the_task_does(tmp_path):
    task, tiny = made("translation_gru", units=8)
    rnn_zoo.export(task, tmp_path / "m.onnx")
    model, raw, labels = runtime.load(tmp_path / "m.onnx"), tiny.inputs[:4], tiny.targets[:4]
    beam = {"num_beams": 4, "num_results": 3, "length_penalty": 0.6, "coverage_penalty": 0.4, "no_repeat_ngram": 2}
    assert_written_alike(model, task, raw, prefix=labels, with_attention=True, **beam)
    likelihoods = [[list(map(float, one)) for one in each.log_likelihood(raw, labels)] for each in (model, task)]
    assert_alike(*likelihoods)


def test_an_exported_language_model_goes_on_as_the_task_does(tmp_path):
    task, tiny = made("language_model_gru")
    rnn_zoo.export(task, tmp_path / "m.onnx")
    model, options = runtime.load(tmp_path / "m.onnx"), {"temperature": 1.5, "top_p": 0.9, "seed": 4}
    assert_written_alike(model, task, tiny.inputs[:4], num_results=3, **options)
    pieces = [list(one.stream(tiny.inputs[0], stop="zz", max_length=9, **options)) for one in (model, task)]
    assert pieces[0] == pieces[1] and len(pieces[0]) > 2


@pytest.mark.slow
@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: value if isinstance(value, str) else "")
def test_networks_with_other_layers_are_exported(name, settings, tmp_path):
    task, tiny = made(name, **settings)
    assert rnn_zoo.export(task, tmp_path / "m.onnx", examples=tiny.inputs).largest_difference < 1e-5


def test_both_directions_are_one_node_that_knows_the_lengths(tmp_path):
    rnn_zoo.export(made("activity_lstm")[0], tmp_path / "m.onnx")
    found = operators_of(tmp_path / "m.onnx")
    assert found.count("LSTM") == 1 and "ReverseSequence" not in found
    (node,) = [one for one in onnx.load(tmp_path / "m.onnx").graph.node if one.op_type == "LSTM"]
    assert {one.name: one.s for one in node.attribute}["direction"] == b"bidirectional" and node.input[4]


def test_bigrams_at_both_ends_of_the_list_and_beyond_are_found(tmp_path):
    """The search runs over 1 to 9 known pairs, ids from the first to the last."""
    for count in (1, 4, 7, 9):
        layer = rnn_zoo.layers.BigramIds(count, 4)
        pairs = [(one, other) for one in (1, 2, 3) for other in (1, 2, 3)]
        layer.adapt(pairs[-count:] if count % 2 else pairs[:count])
        token_ids = keras.Input((None,), dtype="int32", name="token_ids")
        x = keras.layers.Embedding(count + 2, 2)(layer(token_ids))
        logits = keras.layers.Dense(2)(x[:, -1])
        codec = rnn_zoo.Classes(["a", "b"])
        task = rnn_zoo.Task(token_ids, logits, preprocessor=rnn_zoo.Words(["x", "y"]), codec=codec, name="pairs")
        rnn_zoo.export(task, tmp_path / "m.onnx")
        model, before = (
            runtime.load(tmp_path / "m.onnx"),
            np.array([[a, b] for a in range(4) for b in range(4)], "int32"),
        )
        np.testing.assert_allclose(model.compute(before), task(before), atol=1e-6)


WITHOUT_KERAS = """
import importlib.util, json, sys
assert not any(map(importlib.util.find_spec, ["keras", "tensorflow", "jax", "torch", "onnx", "scipy", "click"]))
import rnn_zoo.runtime
for path, raw in zip(sys.argv[1::2], sys.argv[2::2]):
    print(json.dumps(rnn_zoo.runtime.load(path).infer(json.loads(raw), top_k=2)))
"""


@pytest.fixture(scope="module")
def small_environment(tmp_path_factory):
    """Where NumPy, onnxruntime and two small packages of imports are installed, and the package itself."""
    folder = tmp_path_factory.mktemp("environment")
    for name in ("numpy", "onnxruntime", "lazy_loader", "wrapt", "packaging", "flatbuffers", "protobuf"):
        for path in {file.parts[0] for file in importlib.metadata.files(name) if file.parts[0] != ".."}:
            source = Path(importlib.metadata.distribution(name).locate_file(path))
            if not (folder / path).exists():
                (folder / path).symlink_to(source)
    (folder / "rnn_zoo").symlink_to(Path(rnn_zoo.__file__).parent)
    return {"PYTHONPATH": str(folder), "PATH": os.environ["PATH"]}


def test_shipped_weights_and_models_that_write_answer_the_same_without_keras(tmp_path, small_environment):
    """In an environment in which neither Keras nor TensorFlow is installed."""
    texts, images = ["정말 재미있는 영화", "지루하다", ""], np.random.default_rng(0).integers(0, 8, (3, 8, 8)).tolist()
    arguments, expected = [], []
    writer, tiny = made("pronunciation_gru")
    asked = ((rnn_zoo.sentiment_gru(weights="nsmc"), texts), (rnn_zoo.digits_dense(), images), (writer, tiny.inputs))
    for task, raw in asked:
        path = tmp_path / f"{task.name}.onnx"
        rnn_zoo.export(task, path)
        arguments += [str(path), json.dumps(raw)]
        expected.append(task.infer(raw, top_k=2))
        assert task is writer or runtime.load(path).metadata["card"]["builder"] == task.name
    called = [sys.executable, "-S", "-c", WITHOUT_KERAS, *arguments]
    done = subprocess.run(called, capture_output=True, text=True, env=small_environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert_alike([json.loads(line) for line in done.stdout.splitlines()], expected)


@pytest.mark.slow
def test_a_new_process_answers_at_once(tmp_path, small_environment):
    """Processor time, the least of three runs: a loaded machine takes longer."""
    rnn_zoo.export(rnn_zoo.sentiment_gru(weights="nsmc"), tmp_path / "m.onnx")
    lines = ["import time, rnn_zoo.runtime", "print(time.process_time())"]
    lines += ["rnn_zoo.runtime.load('m.onnx').infer('재미있는 영화')", lines[-1]]
    called, found = [sys.executable, "-S", "-c", "\n".join(lines)], []
    for _ in range(3):
        done = subprocess.run(called, capture_output=True, text=True, env=small_environment, cwd=tmp_path, check=True)
        found.append(list(map(float, done.stdout.split())))
    assert min(imported for imported, _ in found) <= 0.3 and min(answered for _, answered in found) <= 1.0


@pytest.mark.parametrize(
    ("name", "weights"),
    [pytest.param(*one, marks=() if one[0] == "digits_dense" else pytest.mark.slow) for one in TRAINED],
)
def test_shipped_weights_answer_200_real_examples_as_the_task_does(name, weights, tmp_path):
    """Language models go on from 40 characters by the likeliest tokens: of 200 x 200 draws, rounding decides some."""
    raw, task = real_examples(name, weights, 200), catalogue.load_weights(name, weights)
    if not getattr(task, "has_encoder", True):
        raw = [one[:40] for one in raw]
        task.codec.decoding = task.codec.decoding._replace(method="greedy", max_length=40)
    rnn_zoo.export(task, tmp_path / "m.onnx")
    assert_alike(runtime.load(tmp_path / "m.onnx").infer(raw), task.infer(raw), 1e-4)


def test_a_layer_without_a_function_is_named(tmp_path, tiny_task, monkeypatch):
    monkeypatch.delitem(TABLE, "MaskedMeanPooling")
    with pytest.raises(ValueError, match="'mean_0' cannot be exported to ONNX: MaskedMeanPooling has no function"):
        rnn_zoo.export(tiny_task(), tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="'lstm_0' to ONNX. Received: gelu"):
        task = tiny_task("lstm")
        task.get_layer("lstm_0").cell.activation = keras.activations.gelu
        rnn_zoo.export(task, tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


def test_a_file_whose_outputs_differ_is_refused_and_not_left(tmp_path, tiny_task, monkeypatch):
    monkeypatch.setitem(TABLE, "MaskedMeanPooling", TABLE["MaskedMaxPooling"])
    with pytest.raises(ValueError, match=r"differ from those of Keras by .*, and 1e-04 is the most"):
        rnn_zoo.export(tiny_task(), tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("core", ["gru", "layer_norm_lstm", pytest.param("lstm", marks=pytest.mark.slow)])
def test_int8_is_smaller_and_says_what_it_costs(tmp_path, texts, labels, core):
    task = getattr(rnn_zoo, f"sentiment_{core}").from_examples((texts, labels), min_count=1)
    whole = rnn_zoo.export(task, tmp_path / "whole.onnx")
    small = rnn_zoo.export(task, tmp_path / "small.onnx", quantize="int8", validation=(texts, labels), max_drop=1.0)
    assert small.size_bytes < 0.35 * whole.size_bytes
    assert 0 < small.largest_difference < 0.1
    assert "accuracy: " in str(small) and [one.keys() for one in small.metrics] == [small.metrics[0].keys()] * 2
    model = runtime.load(tmp_path / "small.onnx")
    found, alone = model.infer(texts, top_k=2), [model.infer(text, top_k=2) for text in texts]  # in threads, and not
    for one, other in zip(found, alone, strict=True):
        assert {two["label"]: two["score"] for two in one} == pytest.approx(
            {two["label"]: two["score"] for two in other}, abs=0.02
        )
    inputs = model.preprocessor(texts)
    assert model.compute(inputs) == pytest.approx(np.concatenate([model.compute(one[None]) for one in inputs]), abs=0.1)
    with pytest.raises(ValueError, match=r"accuracy is worse by .*max_drop=-0.5"):
        rnn_zoo.export(task, tmp_path / "refused.onnx", quantize="int8", validation=(texts, labels), max_drop=-0.5)
    assert not (tmp_path / "refused.onnx").exists()


def test_int8_of_a_model_that_writes_is_measured_by_likelihood(tmp_path):
    texts = TINY["language_model"]("gru").inputs
    task = rnn_zoo.language_model_gru.from_examples((texts, texts), units=256, embedding_dim=64, tied=True)
    whole = rnn_zoo.export(task, tmp_path / "whole.onnx")
    measured = {"validation": (texts, texts), "max_drop": 1.0}
    small = rnn_zoo.export(task, tmp_path / "small.onnx", quantize="int8", **measured)
    assert small.size_bytes < 0.35 * whole.size_bytes and 0 < small.largest_difference < 0.1
    assert abs(small.metrics[0]["nats"] - small.metrics[1]["nats"]) < 0.01 and "perplexity: " in str(small)
    with pytest.raises(ValueError, match="nats is worse by"):
        rnn_zoo.export(task, tmp_path / "small.onnx", quantize="int8", **measured | {"max_drop": -1.0})


def test_rows_become_int8_and_back_to_half_a_step():
    rows = np.concatenate([np.random.default_rng(0).normal(size=(5, 7)), np.zeros((1, 7))])
    integers, scales = rows_as_int8(rows)
    assert integers.dtype == np.int8 and np.abs(integers).max() == 127
    assert (np.abs(integers * scales - rows) <= scales / 2 + 1e-6).all()


def test_illegal_arguments_and_other_files_are_refused(tmp_path, tiny_task):
    with pytest.raises(ValueError, match="must end in .onnx"):
        rnn_zoo.export(tiny_task(), tmp_path / "m.keras")
    with pytest.raises(ValueError, match="format must be one of"):
        rnn_zoo.export(tiny_task(), tmp_path / "m.onnx", format="pdf")
    with pytest.raises(ValueError, match="max_drop needs validation"):
        rnn_zoo.export(tiny_task(), tmp_path / "m.onnx", max_drop=0.1)
    with pytest.raises(ValueError, match=r"texts must be a list: write \[text\] for a single one"):
        rnn_zoo.export(tiny_task(), tmp_path / "m.onnx", examples="a film")
    (tmp_path / "m.onnx").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"m.onnx is damaged or is no file that rnn_zoo.export wrote"):
        runtime.load(tmp_path / "m.onnx")
    with pytest.raises(FileNotFoundError):
        runtime.load(tmp_path / "none.onnx")


def test_the_command_line_exports(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.v1", "mine.v2"):  # each gets a file of its own
        rnn_zoo.digits_dense().save(f"{name}.keras")
        assert CliRunner().invoke(main, ["export", f"{name}.keras"]).exit_code == 0
    assert sorted(one.name for one in tmp_path.glob("*.onnx")) == ["mine_v1.onnx", "mine_v2.onnx"]
    path = tmp_path / "digits.onnx"
    done = CliRunner().invoke(main, ["export", "digits_dense", "--output", str(path)])
    assert done.exit_code == 0 and "opset 17" in done.output and "largest difference" in done.output
    refused = CliRunner().invoke(main, ["export", "digits_dense", "--output", str(tmp_path / "digits.pdf")])
    assert refused.exit_code == 1 and "must end in .onnx" in refused.output
