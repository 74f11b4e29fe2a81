"""LiteRT, SavedModel and OpenVINO: files that give what the Task gives, run by their own interpreters."""

import json
import re
import unicodedata
import warnings
import zipfile

import numpy as np
import pytest
import tensorflow as tf
from conftest import TEXTS
from test_streaming import FORWARD, made

import rnn_zoo
from rnn_zoo.exporting import portable, text_graph
from rnn_zoo.exporting.one_step import OneStep

SLOW = pytest.mark.slow
CASES = [
    ("digits_dense", {}),
    pytest.param("sentiment_gru", {}, marks=SLOW),
    pytest.param("sentiment_qrnn", {"num_layers": 2}, marks=SLOW),
    pytest.param("sentiment_lru", FORWARD, marks=SLOW),
    pytest.param("sentiment_min_lstm", {}, marks=SLOW),
    pytest.param("dna_layer_norm_lstm", {}, marks=SLOW),
    pytest.param("dna_ind_rnn", {}, marks=SLOW),
    pytest.param("rating_lstm", {"ordinal": True}, marks=SLOW),
    pytest.param("ner_lstm", {}, marks=SLOW),
    pytest.param("intent_gru", {}, marks=SLOW),
    pytest.param("speech_gru", {}, marks=SLOW),
    pytest.param("keyword_simple_rnn", {}, marks=SLOW),
    pytest.param("forecast_lstm", {"mode": "autoregressive", "level": "mean", "highway": 3}, marks=SLOW),
    pytest.param("video_gru", {}, marks=SLOW),
    pytest.param("vqa_gru", {}, marks=SLOW),
    pytest.param("activity_gru", {}, marks=SLOW),
    pytest.param("sequential_image_irnn", {}, marks=SLOW),
]
ENDINGS = {"litert": "m.tflite", "saved_model": "m", "openvino": "m.xml"}


@pytest.mark.parametrize("format", ENDINGS)
@pytest.mark.parametrize(("name", "settings"), CASES)
def test_files_give_what_the_task_gives(name, settings, format, tmp_path):
    """The made-up batches are of several lengths and sizes; examples are compared too."""
    if format == "openvino":
        pytest.importorskip("openvino", reason='the extra "openvino" is not installed')
    task, examples = made(name, **settings)
    report = rnn_zoo.export(task, tmp_path / ENDINGS[format], format=format, examples=examples)
    assert report.largest_difference < 1e-5 and report.opset is None and report.size_bytes > 1000
    expected = [ENDINGS[format]] + ["m.bin"] * (format == "openvino")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sequential_image_gru", {}),
        pytest.param("keyword_gru", {"scaling": "training"}, marks=SLOW),
        pytest.param("rating_lstm", {**FORWARD, "num_bigrams": 0}, marks=SLOW),
        pytest.param("sentiment_qrnn", {**FORWARD, "num_bigrams": 0}, marks=SLOW),
        pytest.param("video_simple_rnn", {}, marks=SLOW),
    ],
)
def test_a_step_of_litert_reads_sequences_with_its_states(name, settings, tmp_path):
    task, _ = made(name, **settings)
    path = tmp_path / "step.tflite"
    assert rnn_zoo.export(task, path, format="litert", one_step=True).largest_difference < 1e-5
    with zipfile.ZipFile(path) as archive:
        metadata = json.loads(archive.read(portable.METADATA_FILE))
    assert metadata["builder"] == name and metadata["codec"]["class_name"] == type(task.codec).__name__
    states = {
        f"state_{index}": np.full((2, size), first, "float32") for index, (size, first) in enumerate(metadata["states"])
    }
    given = OneStep(task).model.inputs[0]
    inputs = np.ones((2, metadata["width"], *given.shape[2:]), given.dtype)
    found = portable.litert_runner(path)({metadata["input"]: inputs, **states})
    assert found.keys() == {"outputs", *(f"next_{name}" for name in states)}
    assert found["outputs"].shape == (2, *task.output_shape[1:])


@pytest.mark.parametrize(
    ("core", "settings"),
    [("gru", {}), pytest.param("lstm", {"num_layers": 2, "tied": True, "embedding_dim": 8}, marks=SLOW)],
)
def test_a_step_of_litert_writes_what_the_task_writes(core, settings, tmp_path):
    task, texts = made(f"language_model_{core}", **settings)
    path = tmp_path / "step.tflite"
    assert rnn_zoo.export(task, path, format="litert", one_step=True, examples=texts[:2]).largest_difference < 1e-5
    with zipfile.ZipFile(path) as archive:
        metadata = json.loads(archive.read(portable.METADATA_FILE))
    run, tokens = portable.litert_runner(path), [task.codec.start_id]
    forbidden = task.codec.banned.copy()
    forbidden[task.codec.end_id] = True
    states = {f"state_{index}": np.zeros((1, size), "float32") for index, (size, _) in enumerate(metadata["states"])}
    while len(tokens) < 7:
        found = run({metadata["input"]: np.array([tokens[-1:]], "int32"), **states})
        states = {name: found[f"next_{name}"] for name in states}
        tokens.append(int(np.argmax(np.where(forbidden, -np.inf, found["outputs"][0]))))
    ((generated,),) = task.generate([""], method="greedy", min_length=6, max_length=6)
    assert tokens[1:] == generated.tokens.tolist()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("video_gru", {}),
        pytest.param("sentiment_gru", {}, marks=SLOW),
        pytest.param("rating_lstm", {"num_layers": 2}, marks=SLOW),
        pytest.param("dna_lru", {}, marks=SLOW),
        pytest.param("ner_lstm", {}, marks=SLOW),
        pytest.param("speech_gru", {}, marks=SLOW),
    ],
)
def test_litert_unrolled_reads_sequences_of_a_length_without_a_loop(name, settings, tmp_path):
    """Shorter ones are padded; of the operators there is no loop, and a file of any length has one."""
    task, examples = made(name, **settings)
    unrolled, looped = tmp_path / "unrolled.tflite", tmp_path / "looped.tflite"
    report = rnn_zoo.export(task, unrolled, format="litert", timesteps=12, examples=examples)
    assert report.largest_difference < 1e-5 and report.num_examples > 12
    rnn_zoo.export(task, looped, format="litert")
    with warnings.catch_warnings(action="ignore"):  # the interpreter will move to a package of its own
        interpreters = [tf.lite.Interpreter(str(path)) for path in (unrolled, looped)]
    operators = [{one["op_name"] for one in interpreter._get_ops_details()} for interpreter in interpreters]
    assert "WHILE" in operators[1] - operators[0]


def test_a_saved_model_is_served_by_its_signature(tmp_path):
    task, examples = made("digits_dense")
    rnn_zoo.export(task, tmp_path / "digits", format="saved_model")
    serve = tf.saved_model.load(str(tmp_path / "digits")).signatures["serving_default"]
    inputs = task.preprocessor(examples)
    found = serve(**{task.inputs[0].name: tf.constant(inputs)})["outputs"]
    np.testing.assert_allclose(found, task(inputs), atol=1e-5)
    metadata = json.loads((tmp_path / "digits/assets.extra/task.json").read_text())
    assert metadata["codec"]["config"]["class_names"] == task.codec.class_names


def test_what_differs_from_the_task_leaves_no_file(tmp_path, monkeypatch):
    task, _ = made("digits_dense")
    monkeypatch.setattr("rnn_zoo.exporting.exporter.LARGEST_DIFFERENCE", -1.0)
    for format in ("litert", "saved_model"):
        with pytest.raises(ValueError, match="outputs of the file differ from those of Keras"):
            rnn_zoo.export(task, tmp_path / ENDINGS[format], format=format)
    assert list(tmp_path.iterdir()) == []


def test_illegal_arguments_are_refused(tmp_path):
    task, _ = made("digits_dense")
    (tmp_path / "there").mkdir()
    for name, settings, said in (
        ("m.onnx", {"format": "litert"}, r"path must end in .tflite for litert"),
        ("there", {"format": "saved_model"}, "path must name a new folder, without an ending, for saved_model"),
        ("m.tflite", {"format": "litert", "quantize": "int8"}, "int8, validation and models that write are for onnx"),
        ("m.xml", {"format": "openvino", "one_step": True}, "one_step is for onnx and litert, timesteps for litert"),
        ("m.tflite", {"format": "litert", "timesteps": 0}, "timesteps=0"),
        ("m.onnx", {"timesteps": 3}, "one_step is for onnx and litert, timesteps for litert. .*timesteps=3"),
        ("m.tflite", {"format": "litert", "one_step": True}, "digits_dense cannot stream"),
    ):
        with pytest.raises(ValueError, match=said):
            rnn_zoo.export(task, tmp_path / name, **settings)


ODD = [
    *"aZ\u00e9\u03a31'\u2019_-!<>/ \n\u00a0",
    *"\u00ad\ufe0f\u200d\u0489\u0591\uac00\u4e2d\u0e01\u0e48",
    "<br />",
    "<BR\t>",
]


@pytest.mark.parametrize("kind", [rnn_zoo.Words, rnn_zoo.Characters, rnn_zoo.Jamo])
def test_texts_are_read_in_the_graph_as_in_python(kind):
    """Of those in composed form: marks in another order are refused."""
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(ODD, size=rng.integers(1, 30))) for _ in range(400)]
    texts = [one for one in texts if unicodedata.is_normalized("NFC", one.replace("\u00ad", "").replace("\ufe0f", ""))]
    texts = [*TEXTS, "", " ", *(one for one in texts if unicodedata.is_normalized("NFC", one))]
    assert len(texts) > 200
    if kind is rnn_zoo.Jamo:
        texts = [
            one for one in texts if not re.search(".[\u0e48\u0591]", one)
        ]  # marks that letters taken apart may cross
    bag = {"truncation": "end", "encoding": "bag_of_words", "ngrams": 3}
    for settings in ({"truncation": "start"}, {"truncation": "end"}, {"truncation": "start_and_end"}, bag):
        preprocessor = kind.from_examples(texts, max_timesteps=9, **settings)
        np.testing.assert_array_equal(text_graph.reader_of(preprocessor)(tf.constant(texts)), preprocessor(texts))


@pytest.mark.parametrize(("k", "stride", "most"), [(1, 1, None), (3, 1, 5), (3, 3, 2), (6, 2, 4)])
@pytest.mark.parametrize("encoding", ["ids", "bag_of_words"])
def test_bases_are_read_in_the_graph_as_in_python(k, stride, most, encoding):
    preprocessor = rnn_zoo.DNA(k, stride=stride, max_timesteps=most, encoding=encoding)
    texts = ["ACGTACGGTTAACGT", "acgNacg\n", "\u2003TT ", "ACGTAC", "N"]
    read = text_graph.reader_of(preprocessor)
    np.testing.assert_array_equal(read(tf.constant(texts)), preprocessor(texts))
    for wrong in ("ACGU", "", " ", "AC GT", "\uff21"):
        with pytest.raises(tf.errors.InvalidArgumentError, match="sequences must be of A, C, G, T and N"):
            read(tf.constant([wrong]))


def test_tokens_are_read_in_the_graph_as_in_python():
    rng = np.random.default_rng(0)
    spelled = [*"aZ\u00e9\u03a31\u0664'\u2019_-\u00ad\u0489\uac00\u0e01\u0130", "ABCDEFGHIJKLMNOPQRSTUVWX"]
    words = ["".join(rng.choice(spelled, size=rng.integers(1, 9))) for _ in range(200)]
    sentences = [rng.choice(words, size=rng.integers(1, 7)).tolist() for _ in range(99)]
    preprocessor = rnn_zoo.Tokens.from_examples(sentences[:60], min_count=1, max_characters=7)
    read, width = text_graph.reader_of(preprocessor), max(map(len, sentences))
    given = tf.constant([[*one, *[""] * (width - len(one))] for one in sentences])
    expected = preprocessor(sentences)
    for name, one in read(given).items():
        np.testing.assert_array_equal(one, expected[name])
    for wrong, said in (["a", "", "b"], "must not be empty"), (["", ""], "must not be empty"), (["cafe\u0301"], "NFC"):
        with pytest.raises(tf.errors.InvalidArgumentError, match=said):
            read(tf.constant([wrong]))
    characters = rnn_zoo.CharacterTokens.from_examples(["서울 7", "부산"])
    read = text_graph.reader_of(characters)
    given = [["서", " ", "x"], ["산", "", ""]]
    np.testing.assert_array_equal(read(tf.constant(given))["word_ids"], characters([given[0], ["산"]])["word_ids"])
    with pytest.raises(tf.errors.InvalidArgumentError, match="single characters"):
        read(tf.constant([["서울"]]))


@SLOW
@pytest.mark.parametrize("name", ["sentiment_bag_of_words", "dna_gru", "ner_lstm", "pos_gru", "intent_gru"])
def test_a_saved_model_takes_strings(name, tmp_path):
    task, examples = made(name)
    rnn_zoo.export(task, tmp_path / "served", format="saved_model")
    serve = tf.saved_model.load(str(tmp_path / "served")).signatures["serving_default"]
    read = text_graph.reader_of(task.preprocessor)
    width = max(map(len, examples))
    given = [[*one, *[""] * (width - len(one))] for one in examples] if read.name == "tokens" else examples
    found = serve(**{read.name: tf.constant(given)})["outputs"]
    np.testing.assert_allclose(found, task(task.preprocessor(examples)), atol=1e-5)


@SLOW
def test_a_saved_model_reads_texts(tmp_path):
    """What is not composed, or might be, is refused and never read in another way than Python reads it."""
    task, texts = made("sentiment_gru")
    rnn_zoo.export(task, tmp_path / "sentiment", format="saved_model")
    serve = tf.saved_model.load(str(tmp_path / "sentiment")).signatures["serving_default"]
    found = serve(texts=tf.constant(texts))["outputs"]
    np.testing.assert_allclose(found, task(task.preprocessor(texts)), atol=1e-5)
    for text in ("cafe\u0301", "\u1112\u1161", "\u0591\u05b0"):
        with pytest.raises(tf.errors.InvalidArgumentError, match="NFC"):
            serve(texts=tf.constant([text]))
