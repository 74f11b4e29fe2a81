"""Streaming: what is read in pieces is answered as what is read at once; what needs all of it is refused and named."""

import json
import struct

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from tiny_models import TINY

import rnn_zoo
from rnn_zoo import catalogue, preprocessors, runtime
from rnn_zoo.cli import main
from rnn_zoo.exporting.one_step import steps_of

RNG = np.random.default_rng(0)
TEXT = (
    "Not  good<br />at all, \u03a3\u039f\u03a6\u039f\u03a3 cafe\u0301 <BR\n/>isn't<br >it? "
    "\uac00\u11a8 <br or 3.5 e\u0301\u0323 \u1112\u1161\u11ab"
)
"""Line breaks with spaces inside, a sigma that ends a word, marks and vowels that belong to the letter before."""
WORDS = ["good", "br", "<", "\u03c3\u03bf\u03c6\u03bf\u03c2", "caf\u00e9", "isn't", "\uac01", "\ud55c"]
FORWARD = {"bidirectional": False}
SLOW = pytest.mark.slow


def cut(example, longest=7):
    """A string or an array in pieces of random lengths, empty ones among them."""
    pieces = []
    while len(example):
        size = int(RNG.integers(0, longest + 1))
        pieces, example = [*pieces, example[:size]], example[size:]
    return pieces


def fed(stream, examples, longest=7):
    """States of streams that get random pieces of examples, of several lengths, side by side."""
    pieces, states = [cut(one, longest) for one in examples], None
    for turn in range(max(map(len, pieces))):
        _, states = stream.feed([one[turn] if turn < len(one) else None for one in pieces], states)
    return states


def assert_same_answers(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        for name, value in other.items():
            if isinstance(value, str):
                assert one[name] == value
            else:
                np.testing.assert_allclose(one[name], value, atol=1e-5)


def made(name, **settings):
    """A tiny fresh model with weights that are not near zero, and examples of it."""
    row = catalogue.ROWS[name]
    tiny = TINY[row.task](name.removeprefix(f"{row.task}_"))
    task = getattr(rnn_zoo, name).from_examples(tiny.examples, **{**tiny.settings, **settings})
    for weight in task.trainable_weights:
        weight.assign(np.asarray(weight) + RNG.normal(scale=0.3, size=weight.shape))
    return task, tiny.inputs


@pytest.mark.parametrize(
    ("preprocessor", "example"),
    [
        (preprocessors.Words(WORDS), TEXT),
        (preprocessors.SpacedWords(["good", "at"]), TEXT),
        (preprocessors.Characters(list("caf\u00e9 \u1eb9\uac01\ud55c")), TEXT),
        (preprocessors.Jamo(list("cafe\u0301\u0323\u1100\u1161\u11a8")), TEXT),
        *((preprocessors.DNA(k, stride=stride), "acgtTTnacgGTacCA") for k, stride in ((1, 1), (3, 1), (3, 2), (2, 5))),
        *((preprocessors.Frames([3], stride=stride, velocities=True), RNG.normal(size=(17, 3))) for stride in (1, 3)),
        (preprocessors.LogMel(4000, mel_bins=10, velocities=True, scaling=None), RNG.normal(scale=0.1, size=997)),
        (preprocessors.Videos(4, 5), RNG.integers(0, 256, (9, 4, 5)).astype("uint8")),
    ],
    ids=lambda one: type(one).__name__,
)
def test_pieces_are_encoded_like_the_whole(preprocessor, example):
    whole = (example, 4000) if isinstance(preprocessor, preprocessors.LogMel) else example
    (expected,) = preprocessor.encode([whole])
    for longest in (1, 2, 5, 400):
        held, found = None, []
        for piece in cut(example, longest):
            if len(piece):
                encoded, held = preprocessor.encode_piece(piece, held, "piece")
                found.append(encoded)
        found.append(preprocessor.encode_piece(None, held, "piece", last=True)[0])
        np.testing.assert_allclose(np.concatenate(found), expected, atol=1e-6)


@pytest.mark.parametrize("core", catalogue.cores_of(catalogue.ROWS["sentiment_gru"]))
def test_every_cell_answers_pieces_like_the_whole(core):
    """Several layers, bigrams, maximum and mean; texts of several lengths share a batch."""
    task, texts = made(f"sentiment_{core}", **FORWARD, num_layers=2)
    stream, texts = rnn_zoo.to_streaming(task), [*texts[:4], "great"]
    assert_same_answers(stream.finish(fed(stream, texts)), task.infer(texts))


@pytest.mark.parametrize("core", ["irnn", "gru"])
def test_the_last_output_of_a_network_is_that_of_its_steps(core):
    task, _ = made(f"sequential_image_{core}")
    pixels = RNG.random((2, *task.input_shape[1:])).astype("float32")
    np.testing.assert_allclose(steps_of(task).compute(pixels), task(pixels), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("dna_gru", {**FORWARD, "motifs": 0, "num_positions": 3, "k": 3, "stride": 2}),
        ("rating_lstm", {**FORWARD, "ordinal": True, "token_type": "characters"}),
        ("video_gru", {}),
        ("keyword_lstm", {"scaling": "training", "velocities": True}),
        ("activity_gru", {**FORWARD, "fill_gaps": False, "unit_joints": None}),
    ],
)
def test_models_answer_pieces_like_the_whole(name, settings):
    task, examples = made(name, **settings)
    stream = rnn_zoo.to_streaming(task)
    states = fed(stream, examples)
    assert_same_answers(stream.finish(states), task.infer(examples))


STEPS = [
    ("sentiment_gru", FORWARD),
    ("sentiment_lstm", {**FORWARD, "num_layers": 2}),
    ("dna_gru", {**FORWARD, "motifs": 0, "num_positions": 3, "k": 3, "stride": 2}),
    ("keyword_lstm", {"scaling": "training"}),
    ("video_gru", {}),
    ("forecast_gru", {}),
    *((f"sentiment_{core}", FORWARD) for core in ("qrnn", "lru", "min_gru", "min_lstm", "ind_rnn", "layer_norm_lstm")),
]


@pytest.mark.parametrize(
    ("name", "settings"), [pytest.param(*one, marks=() if place < 2 else SLOW) for place, one in enumerate(STEPS)]
)
def test_a_step_of_onnx_answers_pieces_like_the_whole(name, settings, tmp_path):
    """Many streams in a batch, states in and out as arrays, by NumPy and onnxruntime alone; int8 gives about that."""
    pytest.importorskip("onnx", reason='the extra "onnx" is not installed')
    task, examples = made(name, **settings)
    report = rnn_zoo.export(task, tmp_path / "step.onnx", one_step=True, examples=examples)
    assert report.largest_difference < 1e-4  # norms of layer_norm_lstm multiply what rounding does
    stream = runtime.load(tmp_path / "step.onnx")
    states = fed(stream, examples)
    assert_same_answers(stream.finish(states), task.infer(examples))
    assert all(isinstance(one, np.ndarray) and one.dtype == np.float32 for one in states[0].network)
    with pytest.raises(ValueError, match="the file of what writes token by token holds the step already"):
        rnn_zoo.export(made("language_model_gru")[0], tmp_path / "m.onnx", one_step=True)


def test_what_is_loaded_streams_where_it_can(tmp_path):
    pytest.importorskip("onnx", reason='the extra "onnx" is not installed')
    pytest.importorskip("uvicorn", reason='the extra "serve" is not installed')
    for name, settings in (("forecast_gru", {}), ("sentiment_gru", FORWARD), ("sequential_image_gru", {})):
        task, examples = made(name, **settings)
        steps = name.startswith("sequential")
        rnn_zoo.export(task, tmp_path / f"{name}.onnx", one_step=steps)
        model = runtime.load(tmp_path / f"{name}.onnx")
        if name == "forecast_gru":
            stream = rnn_zoo.to_streaming(model)
            assert_same_answers(stream.feed(examples)[0], task.infer(examples))
            with pytest.raises(ValueError, match="validation must be None with one_step"):
                rnn_zoo.export(task, tmp_path / "m.onnx", one_step=True, validation=(examples, examples))
            continue
        said = "an order of its own|reads whole examples" if steps else "export one of a timestep with one_step=True"
        with pytest.raises(ValueError, match=said):
            model.feed([examples[0]]) if steps else rnn_zoo.to_streaming(model)
    refused = CliRunner().invoke(main, ["serve", str(tmp_path / "sequential_image_gru.onnx")])
    assert refused.exit_code and "holds one timestep: serve a file of the whole network" in refused.output


def test_a_forecast_is_renewed_with_every_row():
    task, histories = made("forecast_lstm")
    stream, history = rnn_zoo.to_streaming(task), np.asarray(histories[0])
    window, states = task.preprocessor.window, None
    history = np.concatenate([history, history + 1])
    for end in range(1, len(history) + 1):
        (answer,), states = stream.feed([history[end - 1 : end]], states)
        assert (answer is None) == (end < window)
        if answer:
            assert_same_answers([answer], task.infer([history[:end]]))
    assert_same_answers(stream.finish(states), [answer])


def test_streams_come_and_go_and_states_can_be_used_twice():
    task, texts = made("sentiment_gru", **FORWARD)
    stream = rnn_zoo.to_streaming(task)
    assert stream.feed([None, ""])[0] == [None, None] == stream.finish([None, stream.feed([""])[1][0]])
    answers, states = stream.feed(["a grea", "dull "])
    assert answers[0] == {"label": answers[0]["label"], "score": pytest.approx(task.infer("a")["score"], abs=1e-5)}
    assert_same_answers(stream.finish(states), task.infer(["a grea", "dull"]))
    _, states = stream.feed(["warm film", "t film", "story"], [states[1], states[0], None])
    assert_same_answers(stream.finish(states), task.infer(["dull warm film", "a great film", "story"]))
    assert [len(one) for one in stream.finish(states, top_k=2)] == [2, 2, 2]


def test_what_cannot_stream_is_refused_in_one_line():
    refused = [
        ("dna_gru", {"motifs": 0}, "its layer 'reverse_0' reads from the end; one made with bidirectional=False reads"),
        ("dna_gru", {"motifs": 4, **FORWARD}, "its layer 'motifs' (Conv1D) reads several timesteps at once"),
        ("keyword_gru", {}, 'scaling="sequence" (scaling="training" does not) looks at whole recordings'),
        ("activity_gru", FORWARD, "unit_joints looks at whole sequences"),
        ("vqa_gru", {}, "it reads whole examples"),
        ("sentiment_bag_of_words", {}, "it reads no single sequence by a recurrent layer"),
        ("language_model_gru", {}, "stream(text) gives the text as it is written"),
        ("translation_gru", {}, "a decoder needs it all"),
    ]
    for name, settings, reason in refused:
        with pytest.raises(ValueError) as error:
            rnn_zoo.to_streaming(made(name, **settings)[0])
        assert str(error.value).startswith(f"{name} cannot stream: {reason}")


def test_wrong_pieces_are_refused_with_their_places():
    task, _ = made("sentiment_gru", **FORWARD, max_timesteps=2)
    stream = rnn_zoo.to_streaming(task)
    for pieces, states, said in (
        (["good", 7], None, r"pieces must be strings|pieces of a text must be strings. Received: pieces\[1\]=7"),
        ("good", None, r"pieces must be a list, .* write \[piece\] for a single one. Received: 'good'"),
        (["good"], [None, None], "states must be as many as pieces. Received: 2 and 1"),
        (["good"] * 5, stream.feed(["good"])[1][0], r"states must be a list, .* write \[state\] for a single one"),
        (["a b c d"], None, "at most 2 timesteps"),
    ):
        with pytest.raises(ValueError, match=said):
            stream.feed(pieces, states)
    sounds = [RNG.normal(size=900), 8000], [RNG.normal(size=700), 8000]
    keyword = rnn_zoo.keyword_gru.from_examples((list(map(tuple, sounds)), ["yes", "no"]), units=8, scaling="training")
    with pytest.raises(ValueError, match=r"pieces of sound must be of .* Hz. Received: pieces\[0\] of 9000 Hz"):
        rnn_zoo.to_streaming(keyword).feed([(np.zeros(50), 9000)])


def infer(*arguments, given=None):
    done = CliRunner().invoke(main, ["infer", *arguments], input=given)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_the_command_line_answers_a_forecast_with_every_row(tmp_path):
    names, rows = (
        rnn_zoo.forecast_gru().preprocessor.variables,
        rnn_zoo.read_card("forecast_gru", "etth1")["example"]["input"],
    )
    lines = [",".join(["time", *names]), *(",".join(map(str, [step, *row])) for step, row in enumerate(rows))]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    (whole,) = infer("forecast_gru", str(tmp_path / "rows.csv"))
    found = infer("forecast_gru", "--stream", given="\n".join([*lines, lines[-1], lines[-1]]))
    assert len(found) == len(rows) + 2 - 95 and found[len(rows) - 96] == whole
    assert infer("forecast_gru", "--stream", "--file", str(tmp_path / "rows.csv"))[-1] == whole


def test_the_command_line_answers_sound_while_it_comes(tmp_path):
    """From a file, and as raw samples and behind the header of a WAV file on standard input."""
    samples = (np.random.default_rng(0).normal(size=16_000) * 2000).astype("<i2")
    path = tmp_path / "said.wav"
    soundfile.write(path, samples, 16_000, subtype="PCM_16")
    (whole,) = infer("keyword_gru", str(path))
    wav = path.read_bytes()
    assert struct.unpack_from("<I", wav, 40) == (32_000,)
    still_recorded, with_a_name = wav[:40] + bytes(4) + wav[44:], wav + b"LIST\xd0\x07\0\0" + bytes(2000)
    for given in (samples.tobytes(), wav, still_recorded, with_a_name, None):
        name = str(path) if given is None else "-"
        found = infer("keyword_gru", name, "--stream", given=given)
        assert len(found) == 11 and found[-1].split()[:2] == whole.split()[:2]
    assert len(infer("keyword_gru", str(path), "--stream", "--max-seconds", "1e-9")) == 2
    refused = CliRunner().invoke(main, ["infer", "keyword_gru", "--stream"], input=b"RIFF....WAVEdata........")
    assert refused.exit_code == 1 and "Received: one without a format" in refused.output


def test_the_command_line_answers_words_and_bases_as_they_come(tmp_path):
    task, _ = made("sentiment_gru", **FORWARD)
    task.save(tmp_path / "m.keras")
    found = infer(str(tmp_path / "m.keras"), "--stream", "--json", given="\ufeffa  great film\nand dull")
    last, (whole,) = json.loads(found[-1]), infer(str(tmp_path / "m.keras"), "--json", "a great film and dull")
    whole = json.loads(whole)
    assert json.loads(found[0])["input"] == "a "
    for wrong in ("gut, j\u00e4".encode()[:-1], "j\u00e4".encode("latin-1")):
        refused = CliRunner().invoke(main, ["infer", str(tmp_path / "m.keras"), "--stream"], input=wrong)
        assert refused.exit_code == 1 and "Error: texts must be UTF-8" in refused.output
    assert len(found) == 5 and all(last[key] == whole[key] for key in ("label", "score"))
    for arguments, said in (
        (["sentiment_lstm", "--stream", "good"], "cannot stream: its layer"),
        (["forecast_gru", "--stream", "a", "b"], "--stream reads one TEXT or FILE"),
        (["forecast_gru", "--stream", "x,2"], "line 1 must be a row of numbers. Received: 'x,2'"),
        (["forecast_gru", "--max-seconds", "3", "a"], "--max-seconds goes with --stream"),
    ):
        refused = CliRunner().invoke(main, ["infer", *arguments])
        assert refused.exit_code and said in " ".join(refused.output.split())
