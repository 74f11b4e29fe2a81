"""Language models: long texts with carried state, weight drop, what they measure, and what they write."""

import json
import math
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from keras import ops
from test_recipes import recipe

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cli import main as cli
from rnn_zoo.datasets import Examples
from rnn_zoo.generation import Decoding, reader
from rnn_zoo.layers import VectorDropout
from rnn_zoo.training import text_reader, text_windows, train

pytestmark = pytest.mark.usefixtures("loaded_once")
DUMMY = Path(rnn_zoo.__file__).parent / "datasets" / "dummy"
LETTERS = list("abcdefgh")
TEXT = "abcdefghhgfedcbaacegbdfh" * 8
PLAIN = {"dropout": 0.0}


def language_model(core="gru", letters=LETTERS, **settings):
    settings = {"embedding_dim": 8, "units": 12, **settings}
    tokenizer = rnn_zoo.Characters(letters)
    codec = rnn_zoo.Texts(tokenizer, decoding={"method": "sample", "temperature": 0.8, "max_length": 200})
    return getattr(rnn_zoo, f"language_model_{core}")(tokenizer, codec, **settings)


def log_softmax(logits):
    logits = logits.astype("float64")
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("core", ["simple_rnn", "gru", "lstm"])
def test_a_text_of_any_length_is_scored_as_if_it_were_read_at_once(core, monkeypatch):
    task = language_model(core, num_layers=2)
    texts = [TEXT[:50], "", "xyz", TEXT[3:20]]
    targets = task.codec(texts)
    scores = log_softmax(ops.convert_to_numpy(task(task.teacher_forced(None, targets))))
    expected = [
        (sum(scores[row, place, token] for place, token in enumerate(targets[row, : len(text) + 1])), len(text) + 1)
        for row, text in enumerate(texts)
    ]
    for window in (256, 7):
        monkeypatch.setattr(reader, "LONGEST_WINDOW", window)
        found = task.log_likelihood(texts)
        assert [count for _, count in found] == [count for _, count in expected]
        np.testing.assert_allclose([total for total, _ in found], [total for total, _ in expected], rtol=1e-5)


def test_carried_texts_are_scored_as_one():
    task = language_model()
    texts = ["abc", "defgh", "ha"]
    end = task.codec.end_id
    tokens = np.concatenate([[*ids, end] for ids in task.preprocessor.encode(texts)])
    previous = np.array([[end, *tokens[:-1]]])
    scores = log_softmax(ops.convert_to_numpy(task({"previous_ids": previous})))[0]
    each = [scores[place, token] for place, token in enumerate(tokens)]
    found = task.log_likelihood(texts, carried=True)
    assert [count for _, count in found] == [4, 6, 3]
    np.testing.assert_allclose(
        [total for total, _ in found], [sum(each[:4]), sum(each[4:10]), sum(each[10:])], rtol=1e-5
    )
    measured = task.answer_metrics(texts, texts)
    assert measured["nats"] == pytest.approx(-sum(each) / 13, rel=1e-5)
    assert measured["perplexity"] == pytest.approx(math.exp(measured["nats"]))
    assert measured["bits"] == pytest.approx(measured["nats"] / math.log(2))
    characters = sum(len(text) + 1 for text in texts)
    assert measured["bits_per_character"] == pytest.approx(-sum(each) / math.log(2) / characters, rel=1e-5)


def test_windows_go_on_where_the_ones_before_ended():
    task = language_model()
    tokens = task.codec.encode([TEXT, "abc"])
    tokens = np.concatenate(tokens)
    windows = list(text_windows(task, [TEXT, "abc"], batch_size=3, timesteps=10).as_numpy_iterator())
    previous, targets = (np.concatenate(side, axis=1) for side in zip(*windows, strict=True))
    columns = len(tokens) // 3
    assert len(windows) == math.ceil(columns / 10) and targets.shape == (3, 10 * len(windows))
    assert targets[:, :columns].ravel().tolist() == tokens[: 3 * columns].tolist() and not targets[:, columns:].any()
    assert previous[:, :columns].ravel().tolist() == [task.codec.start_id, *tokens[: 3 * columns - 1]]


def test_shuffled_windows_differ_from_pass_to_pass_and_are_the_same_when_training_goes_on():
    task = language_model()

    def passes(**at):
        return text_windows(task, [TEXT], batch_size=2, timesteps=20, shuffle=True, seed=3, **at)

    dataset = passes()
    first, second = ([targets.tolist() for _, targets in dataset.as_numpy_iterator()] for _ in range(2))
    assert first != second and len(first) == len(dataset)
    assert [targets.tolist() for _, targets in passes(initial_epoch=1).as_numpy_iterator()] == second


@pytest.mark.parametrize("core", ["simple_rnn", "gru", "lstm"])
def test_a_reader_carries_states_forgets_on_demand_and_has_the_weights_of_the_task(core):
    task = language_model(core, num_layers=2)
    reader = text_reader(task, 2, 5)
    assert [id(one) for one in reader.trainable_variables] == [id(one) for one in task.trainable_variables]
    ids = np.random.default_rng(0).integers(2, 9, (2, 15)).astype("int32")
    expected = ops.convert_to_numpy(task({"previous_ids": ids}))
    for _ in range(2):
        read = [ops.convert_to_numpy(reader(ids[:, first : first + 5])) for first in (0, 5, 10)]
        np.testing.assert_allclose(np.concatenate(read, axis=1), expected, atol=1e-5)
        reader.get_layer("carried_states").reset()


def test_training_in_windows_learns_a_text_and_goes_on_after_an_interruption(tmp_path):
    examples = Examples([TEXT * 5], [TEXT * 5])
    settings = {"epochs": 4, "learning_rate": 2e-2, "batch_size": 4, "timesteps": 12, "verbose": 0}
    tasks = {}
    for name in ("whole", "halves"):
        keras.utils.set_random_seed(0)
        tasks[name] = language_model(units=32, dropout=0.1, weight_drop=0.1, word_dropout=0.1)
    history = train(tasks["whole"], examples, examples, output=tmp_path / "whole", **settings)
    assert history["val_perplexity"][-1] < 2 < history["val_perplexity"][0]
    assert tasks["whole"].answer_metrics(*examples)["perplexity"] < 2

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    fit = keras.Model.fit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            keras.Model, "fit", lambda self, *a, callbacks, **b: fit(self, *a, callbacks=[*callbacks, Interrupt()], **b)
        )
        with pytest.raises(KeyboardInterrupt):
            train(tasks["halves"], examples, examples, output=tmp_path / "halves", **settings)
    keras.utils.set_random_seed(5)
    again = language_model(units=32, dropout=0.1, weight_drop=0.1, word_dropout=0.1)
    resumed = train(again, examples, examples, output=tmp_path / "halves", resume=True, **settings)
    assert len(resumed["loss"]) == 4
    np.testing.assert_allclose(resumed["loss"], history["loss"], rtol=1e-4)
    np.testing.assert_allclose(resumed["val_loss"], history["val_loss"], rtol=1e-4)


def test_windows_and_readers_refuse_what_does_not_fit(tiny_task):
    with pytest.raises(ValueError, match="must hold 64 tokens, one a part. Received: 4"):
        text_windows(language_model(), ["abc"], batch_size=64, timesteps=5)
    with pytest.raises(ValueError, match="must be positive. Received: batch_size=1, timesteps=0"):
        text_windows(language_model(), ["abc"], batch_size=1, timesteps=0)
    with pytest.raises(ValueError, match="sentiment_gru is no language model. Received: timesteps=5"):
        text_reader(tiny_task(), 2, 5)
    with pytest.raises(ValueError, match="must be positive. Received: batch_size=2, timesteps=0"):
        text_reader(language_model(), 2, 0)


def test_vector_dropout_takes_a_token_s_vector_everywhere_and_keeps_the_mean():
    layer = VectorDropout(0.25, 1000, seed=1)
    ids = np.tile(np.arange(1000), (2, 1))
    found = ops.convert_to_numpy(layer(np.ones((2, 1000, 3), "float32"), ids, training=True))
    np.testing.assert_array_equal(found[0], found[1])
    assert set(np.unique(found.round(4)).tolist()) == {0.0, np.float32(1.3333).round(4).item()}
    assert (found[0].min(axis=1) == found[0].max(axis=1)).all() and abs(found.mean() - 1) < 0.06
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(np.ones((2, 3, 3)), ids[:, :3])), np.ones((2, 3, 3)))
    with pytest.raises(ValueError, match="Received: rate=1.0"):
        VectorDropout(1.0, 5)


def test_a_language_model_goes_on_from_texts_of_any_length_and_from_nothing():
    task = language_model()
    beginnings = ["", "abc", "h" * 60, " \n"]
    answers = task.infer(beginnings)
    assert answers == task.infer(beginnings)
    assert [len(one) <= 200 + len(begun) for one, begun in zip(answers, beginnings, strict=True)] == [True] * 4
    assert answers[1].startswith("abc") and answers[2].startswith("h" * 60)
    for begun, results in zip(beginnings, task.generate(beginnings, num_results=2, max_length=7, seed=4), strict=True):
        for one in results:
            assert 1 <= len(one.tokens) - len(task.codec.prefix([begun])[0]) <= 7
            assert not np.isin(one.tokens[len(task.codec.prefix([begun])[0]) :], [0, 1]).any()
    with pytest.warns(UserWarning, match="nothing of 'x[?]'"):
        unknown = task.generate(["x?"], method="greedy", max_length=3)[0][0]
    assert unknown.tokens[:2].tolist() == [1, 1] and unknown.answer.startswith("x?")
    assert task.infer([]) == [] and task.log_likelihood([]) == []
    with pytest.raises(ValueError, match=r"Received: texts\[1\]=3"):
        task.generate(["a", 3])
    with pytest.raises(ValueError, match="max_length must be"):
        task.generate(["a"], max_length=0)


def test_a_language_model_writes_the_same_after_loading(tmp_path):
    task = language_model(num_layers=2, tied=True)
    task.save(tmp_path / "lm.keras")
    settings = {"method": "sample", "num_results": 3, "temperature": 1.5, "max_length": 30, "seed": 11}
    expected = [one.answer for one in task.generate(["abc"], **settings)[0]]
    loaded = rnn_zoo.language_model_gru(weights=tmp_path / "lm.keras")
    assert [one.answer for one in loaded.generate(["abc"], **settings)[0]] == expected
    assert len(set(expected)) == 3


def test_lines_to_go_on_from_are_cut_at_words():
    task = language_model()
    text = "\n\nfirst of all lines here\nsecond\n\n" + "c" * 30 + "\n"
    assert task.codec.beginnings([text], 12) == ["first of all", "second", "c" * 12]
    assert task.codec.beginnings(["one"]) == ["one"] and task.codec.beginnings(["\n"]) == []


def test_the_tiny_shakespeare_recipe_learns_its_dummy_play(tmp_path, capsys):
    settings = {
        "data_dir": str(DUMMY / "tiny_shakespeare"), "output": str(tmp_path), "units": 32, "epochs": 12,
        "batch_size": 4, "timesteps": 50, "learning_rate": 2e-2, "embedding_dim": 16, "dropout": 0.1,
    }  # fmt: skip
    metrics = recipe("language_model_tiny_shakespeare").main(**settings)
    assert set(metrics) == {"nats", "bits", "perplexity", "bits_per_character"} and metrics["nats"] < 2
    printed = capsys.readouterr().out
    assert f"Test nats {metrics['nats']:.4f}" in printed
    task = catalogue.load_task(tmp_path / "model.keras")
    test = rnn_zoo.load_dataset("tiny_shakespeare", "test", source=DUMMY / "tiny_shakespeare")
    assert task.answer_metrics(*test) == pytest.approx(metrics, rel=1e-4)

    command = ["generate", str(tmp_path / "model.keras"), "MILLER:"]
    options = ["--method", "sample", "--temperature", "0.5", "--num-results", "2", "--max-length", "60", "--seed", "3"]
    said = CliRunner().invoke(cli, [*command, *options])
    expected = task.generate(
        ["MILLER:"], method="sample", temperature=0.5, num_results=2, max_length=60, seed=3
    )[0]  # fmt: skip
    assert said.exit_code == 0 and said.output == "\n\n".join(one.answer.rstrip() for one in expected) + "\n"
    (line,) = CliRunner().invoke(cli, [*command, *options, "--json"]).output.splitlines()
    assert [one["text"] for one in json.loads(line)["results"]] == [one.answer for one in expected]
    infer = CliRunner().invoke(cli, ["infer", *command[1:], "HOST:"]).output
    assert infer == "\n\n".join(one.rstrip() for one in task.infer(["MILLER:", "HOST:"])) + "\n"
    wrong = CliRunner().invoke(cli, [*command, "--temperature", "0"])
    assert wrong.exit_code == 1 and "temperature must be above 0" in wrong.stderr


@pytest.mark.slow
def test_the_english_recipe_measures_articles_and_novels_apart(tmp_path):
    settings = {
        "units": 24, "embedding_dim": 16, "vocabulary_size": 120, "epochs": 6, "batch_size": 4, "timesteps": 20,
        "learning_rate": 2e-2,
    }  # fmt: skip
    source = DUMMY / "en_text"
    metrics = recipe("language_model_english").main(data_dir=str(source), output=str(tmp_path), **settings)
    assert {name.partition("_")[0] for name in metrics} == {"wiki", "novels"}
    task = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(task.preprocessor, rnn_zoo.Subwords)
    for part in ("wiki", "novels"):
        assert metrics[f"{part}_perplexity"] < 30 < task.codec.vocabulary_size
        test = rnn_zoo.load_dataset("en_text", "test", source=source, subset=part)
        expected = {name.removeprefix(f"{part}_"): value for name, value in metrics.items() if name.startswith(part)}
        assert task.answer_metrics(*test) == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_the_ptb_recipe_counts_the_ends_of_lines(tmp_path):
    metrics = recipe("language_model_ptb").main(
        data_dir=str(DUMMY / "ptb"), output=str(tmp_path), units=12, embedding_dim=12, epochs=12, batch_size=4,
        timesteps=10, learning_rate=2e-2, word_dropout=0.0, dropout=0.1, embedding_dropout=0.0,
    )  # fmt: skip
    task = keras.saving.load_model(tmp_path / "model.keras")
    assert metrics["perplexity"] < 8 < task.codec.vocabulary_size
    test = rnn_zoo.load_dataset("ptb", "test", source=DUMMY / "ptb")
    found = task.log_likelihood(test.labels, carried=True)
    assert [count for _, count in found] == [len(sentence.split()) + 1 for sentence in test.raw]
    assert "<unk>" not in task.preprocessor.vocabulary and task.preprocessor.encode(["<unk> N"])[0][0] == 1
    assert "<unk>" not in task.infer(["the bank"])[0]


def test_generate_has_a_flag_for_every_setting_of_decoding():
    flags = {option.name for option in cli.commands["generate"].params}
    assert set(Decoding._fields) <= flags


def test_generate_refuses_a_model_that_does_not_write(tiny_task, tmp_path):
    tiny_task().save(tmp_path / "a.keras")
    result = CliRunner().invoke(cli, ["generate", str(tmp_path / "a.keras"), "x"])
    assert result.exit_code == 1 and "does not write: rnn-zoo infer gives" in result.stderr
