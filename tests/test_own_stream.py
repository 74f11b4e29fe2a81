"""A person's own files as a stream: cut as in memory, and trained by a recipe that goes on within an epoch."""

import csv
import json
import os
import signal

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from PIL import Image

import rnn_zoo
from rnn_zoo.cli import main
from rnn_zoo.cli.own_data import fresh
from rnn_zoo.cli.own_stream import _OwnStream
from rnn_zoo.datasets import own_stream
from rnn_zoo.datasets.own import read_own
from rnn_zoo.datasets.own_stream import stream_own
from rnn_zoo.task import keras
from rnn_zoo.training.checkpoint import TrainingState

ROWS = [(f"film number {number} is {('bad', 'good')[number % 2]}", ("-", "+")[number % 2]) for number in range(300)]
TINY = ["--units", "2", "--embedding-dim", "2", "--num-bigrams", "0", "--batch-size", "8", "--buffer-size", "24"]


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


@pytest.fixture
def shards(tmp_path):
    return [str(write(tmp_path / f"{index}.csv", ROWS[100 * index : 100 * index + 100])) for index in range(3)]


def run(*arguments):
    return CliRunner().invoke(
        main, ["train", "sentiment_gru", "--stream", *map(str, arguments)], catch_exceptions=False
    )


def weights_in(folder):
    return keras.saving.load_model(folder / "model.keras").get_weights()


def test_rows_of_a_stream_are_cut_as_those_in_memory(tmp_path, shards, monkeypatch):
    in_memory, _ = read_own("sentiment", write(tmp_path / "all.csv", ROWS))
    parts, _ = stream_own("sentiment", shards)
    assert [parts["train"].take(999), *parts["validation"], *parts["test"]] == [
        (in_memory["train"].raw, in_memory["train"].labels), *in_memory["validation"], *in_memory["test"],
    ]  # fmt: skip
    assert parts["train"].num_examples == len(in_memory["train"].raw)
    monkeypatch.setattr(own_stream, "HELD_OUT", 5)
    drawn, _ = stream_own("sentiment", shards)
    assert len(drawn["test"].raw) == 5 < len(parts["test"].raw)
    assert set(drawn["test"].raw) < set(parts["test"].raw) and drawn["test"].raw != parts["test"].raw[:5]


def test_held_out_rows_with_labels_of_their_own_are_left_out_and_told(tmp_path, capsys):
    rare = next(text for text, _ in ROWS if own_stream.part_of_own(text) == "test")
    rows = [(text, "rare" if text == rare else label) for text, label in ROWS]
    parts, _ = stream_own("sentiment", write(tmp_path / "a.csv", rows))
    assert rare not in parts["test"].raw and set(parts["test"].labels) == {"-", "+"}
    assert "1 held-out row is left out: no other has its label." in capsys.readouterr().err


def test_token_lists_texts_to_go_on_from_and_pairs_are_streams_too(tmp_path):
    rows = [{"tokens": ["w", str(n)], "tags": ["O", "B-A"], "source": f"a {n}", "target": f"b {n}"} for n in range(200)]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert next(stream_own("ner", path)[0]["train"].read())[1:] == (["w", "1"], ["O", "B-A"])
    found = stream_own("translation", path, column="source", label_column="target")[0]["train"]
    text, pair = next(found.read())[1:]
    assert pair == text.replace("a", "b")
    assert next(stream_own("language_model", path, column="source")[0]["train"].read())[1:] == (text, text)


def test_a_fresh_model_is_made_of_a_stream_of_rows_and_of_sounds(tmp_path, shards):
    rows = stream_own("sentiment", shards)[0]["train"]
    task = fresh("sentiment_gru", rnn_zoo.sentiment_gru, rows, {"units": 2, "num_bigrams": 0})
    assert sorted(task.codec.class_names) == ["+", "-"] and "film" in task.preprocessor.vocabulary
    for number in range(40):
        path = tmp_path / "sounds" / ("low", "high")[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.sin(np.arange(800) * (number % 2 + 1) / 3 + number) * 0.1, 8000)
    sounds = stream_own("activity", tmp_path / "sounds")[0]["train"]
    task = fresh("activity_gru", rnn_zoo.activity_gru, sounds, {})
    assert task.codec.class_names == ["high", "low"] and task.preprocessor.sample_rate_hz == 8000
    for number in range(40):
        path = tmp_path / "images" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((3, 5), number, "uint8")).save(path)
    task = fresh("digits_dense", rnn_zoo.digits_dense, stream_own("digits", tmp_path / "images")[0]["train"], {})
    assert (task.preprocessor.height, task.preprocessor.width, task.preprocessor.background) == (3, 5, "dark")


def test_a_forecast_of_a_stream_reads_four_times_what_it_says_not_as_much_as_is_shuffled(tmp_path):
    rows = "\n".join(f"{number % 24},{number % 7}" for number in range(700))
    (tmp_path / "series.csv").write_text(f"a,b\n{rows}", encoding="utf-8")
    recipe = _OwnStream("forecast_gru")
    parts = recipe.splits(data_dir=[str(tmp_path / "series.csv")], horizon=4)
    assert recipe.build(parts["train"], **{**recipe.settings, "horizon": 4}).preprocessor.window == 16


@pytest.mark.slow
def test_a_stream_trains_as_a_recipe_and_goes_on_in_the_middle_of_an_epoch_to_the_same_weights(tmp_path, shards):
    flags = ["--data", *shards, *TINY, "--epochs", 2, "--seed", 1]
    whole = run(*flags, "--output", tmp_path / "whole", "--workers", 1)
    assert whole.exit_code == 0, whole.output
    assert "examples to learn from" in whole.output
    names = {path.name for path in (tmp_path / "whole").iterdir()}
    assert {"model.keras", "result.json", "state.npz", "learning_curves.png", "tensorboard"} <= names
    assert "begun.keras" not in names
    broken = [*flags, "--output", tmp_path / "broken"]
    steps = []

    def stop_at(self, batch, logs=None):
        steps.append(batch)
        if len(steps) == 37:  # in the middle of the second epoch, and of a window
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TrainingState, "on_train_batch_begin", stop_at, raising=False)
        assert run(*broken).exit_code == 130
    with np.load(tmp_path / "broken" / "state.npz") as state:
        assert int(state["epochs_done"]) == 1 and int(state["steps_done"]) > 0
    resumed = run(*broken, "--resume")
    assert resumed.exit_code == 0, resumed.output
    for one, other in zip(weights_in(tmp_path / "whole"), weights_in(tmp_path / "broken"), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_a_folder_of_sounds_is_a_stream_whose_features_are_computed_on_the_fly(tmp_path):
    for number in range(60):
        path = tmp_path / "sounds" / ("low", "high")[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        wave = np.sin(np.arange(800) * (number % 2 + 1) / 3 + number) * 0.1
        soundfile.write(path, wave, 8000)
    parts, _ = stream_own("keyword", tmp_path / "sounds")
    assert all(isinstance(raw, str) for raw in parts["train"].take(99)[0])
    tiny = ["--units", "2", "--num-layers", "1", "--filters", "2", "--epochs", "1", "--sample-rate-hz", "8000"]
    found = CliRunner().invoke(
        main, ["train", "keyword_gru", "--data", str(tmp_path / "sounds"), "--stream", "--workers", "1", *tiny,
               "--output", str(tmp_path / "run")], catch_exceptions=False,
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    assert (tmp_path / "run" / "model.keras").exists()


@pytest.mark.parametrize(
    ("rows", "flags", "message"),
    [
        ([*ROWS, ("", "+")], [], "a.csv, line 302, column 'text': a cell must not be empty"),
        (ROWS, ["--label-column", "stars"], "a.csv, line 2: --label-column must be one of the columns"),
        (ROWS[:4], [], "there must be rows enough to hold some out. Received: 4"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path, rows, flags, message):
    found = run("--data", write(tmp_path / "a.csv", rows), *flags, *TINY, "--output", tmp_path / "run")
    assert found.exit_code == 1 and message in found.output
    assert run().exit_code == 2
