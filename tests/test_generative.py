"""A Task that writes: taught, then asked; its numbers agree with one another."""

import gc
import json
import subprocess
import sys
import weakref

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.generation import writer

SOURCE = ["a dog runs", "a cat sleeps", "two dogs run", "cats"]
TARGET = ["ein hund rennt", "eine katze schläft", "zwei hunde rennen", "katzen"]


def build(core="gru", **settings):
    keras.utils.set_random_seed(1)
    settings = {
        "embedding_dim": 16,
        "units": 16,
        "dropout": 0,
        "embedding_dropout": 0,
        "label_smoothing": 0,
        **settings,
    }
    builder = getattr(rnn_zoo, f"translation_{core}")
    return builder.from_examples((SOURCE, TARGET), token_type="words", min_count=1, **settings)


@pytest.fixture(scope="module")
def taught():
    task = build()
    assert task.infer(SOURCE) != TARGET  # training is seen by a task that wrote before
    task.compile(keras.optimizers.Adam(0.02))
    task.fit(rnn_zoo.batches(task, SOURCE, TARGET, batch_size=4), epochs=80, verbose=0)
    return task


def test_what_was_taught_is_written(taught):
    assert taught.infer(SOURCE) == TARGET


@pytest.mark.parametrize(
    ("core", "attention"),
    [("gru", "luong_general"), ("lstm", "bahdanau"), pytest.param("lstm", None, marks=pytest.mark.slow)],
)
def test_the_log_probability_of_what_is_written_is_its_likelihood(core, attention):
    task = build(core, attention=attention, num_layers=2)
    found = task.generate(SOURCE, method="beam", num_beams=4, num_results=3, length_penalty=0.5, max_length=6)
    for rank in range(3):
        closed = [place for place, one in enumerate(found) if one[rank].tokens[-1] == task.codec.end_id]
        expected = task.log_likelihood([SOURCE[i] for i in closed], [found[i][rank].answer for i in closed])
        for place, (total, count) in zip(closed, expected, strict=True):
            assert count == len(found[place][rank].tokens)
            np.testing.assert_allclose(found[place][rank].log_probability, total, rtol=1e-4)


def test_the_batch_changes_nothing(taught):
    for options in ({}, {"method": "sample", "num_results": 2, "temperature": 3.0}, {"coverage_penalty": 0.3}):
        together = taught.generate(SOURCE, **options)
        small = taught.generate(SOURCE, batch_size=1, **options)
        for one, other in zip(together, small, strict=True):
            assert [result.answer for result in one] == [result.answer for result in other]
            np.testing.assert_allclose([r.log_probability for r in one], [r.log_probability for r in other], rtol=1e-4)


def test_top_k_gives_the_best_first(taught):
    found = taught.infer(SOURCE, top_k=3)
    assert [one[0]["text"] for one in found] == TARGET
    assert all(len(one) == 3 for one in found)


def test_a_prefix_is_gone_on_from(taught):
    (found,), _ = taught.generate(SOURCE[:2], prefix=["zwei hunde", ""])
    assert found.answer.startswith("zwei hunde")


def test_attention_weights_are_those_of_real_tokens(taught):
    assert [len(one) for one in taught.attended([" "])[0]] == [0, 0, 0]
    for results, text in zip(taught.generate(SOURCE, with_attention=True), SOURCE, strict=True):
        weights = results[0].attention
        assert weights.shape == (len(results[0].tokens), len(text.split()))
        np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.slow
def test_a_loaded_task_writes_the_same_in_a_new_process(taught, tmp_path):
    path = tmp_path / "task.keras"
    taught.save(path)
    options = {"method": "sample", "num_results": 3, "temperature": 2.0, "seed": 5}
    program = (
        "import json, sys, keras, rnn_zoo\n"
        "task = keras.saving.load_model(sys.argv[1])\n"
        "found = task.generate(json.loads(sys.argv[2]), **json.loads(sys.argv[3]))\n"
        "print(json.dumps([[one.answer for one in results] for results in found]))\n"
    )
    command = [sys.executable, "-c", program, str(path), json.dumps(SOURCE), json.dumps(options)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    here = [[one.answer for one in results] for results in taught.generate(SOURCE, **options)]
    assert json.loads(said.splitlines()[-1]) == here


def test_empty_unknown_and_long_sources_get_an_answer(taught):
    with pytest.warns(UserWarning, match="nothing of 'unheard of'"):
        found = taught.infer(["", "unheard of", " ".join(["a dog runs"] * 40)])
    assert len(found) == 3 and all(isinstance(one, str) for one in found)
    assert taught.infer([]) == []
    (begun,) = taught.generate(["a cat"], prefix=["unheard  Of"], max_length=2)[0]
    assert begun.tokens[:2].tolist() == [1, 1] and len(begun.tokens) <= 4
    assert begun.answer.startswith("unheard  Of")


def test_about_a_blank_text_nothing_is_written_and_the_others_stay_as_they_are(taught):
    blank = ["", SOURCE[0], " \n", SOURCE[1]]
    assert taught.infer(blank) == ["", TARGET[0], "", TARGET[1]]
    assert taught.infer([" "], top_k=2) == [[{"text": "", "log_probability": 0.0}]]
    ((nothing,), (something,)) = taught.generate(["", SOURCE[0]], prefix=["eine Katze", ""], with_attention=True)
    assert nothing.answer == "eine Katze" and something.attention.shape[0] == len(something.tokens)
    sampled = taught.generate(SOURCE, method="sample", temperature=5.0, seed=1)
    beside_a_blank = taught.generate(["", *SOURCE[1:]], method="sample", temperature=5.0, seed=1)
    assert [one[0].answer for one in sampled[1:]] == [one[0].answer for one in beside_a_blank[1:]]
    with pytest.raises(ValueError, match=r"texts\[1\]=None"):
        taught.infer(["", None])


@pytest.fixture
def traced(monkeypatch):
    """The graphs that are made, in order."""
    made, make = [], writer.Writer._hypotheses
    monkeypatch.setattr(writer.Writer, "_hypotheses", lambda self, *graph: made.append(graph[:2]) or make(self, *graph))
    return made


def test_numbers_are_inputs_of_one_compiled_graph(traced):
    task = build()
    for step in range(6):
        task.generate(
            SOURCE, method="sample", temperature=0.5 + step / 3, top_p=0.5 + step / 15, min_length=step % 3, seed=step,
            max_length=3 + step,
        )  # fmt: skip
    assert len(traced) == 1
    for step in range(6):
        task.generate(SOURCE, length_penalty=step / 3, coverage_penalty=0.1 + step / 3, temperature=1 + step)
    assert len(traced) == 2
    penalties = [task.generate(SOURCE[:1], length_penalty=one)[0][0] for one in (0.0, 2.0)]
    assert penalties[0].penalized_log_probability == pytest.approx(penalties[0].log_probability)
    length = len(penalties[1].tokens)
    expected = penalties[1].log_probability / ((5 + length) / 6) ** 2
    assert penalties[1].penalized_log_probability == pytest.approx(expected, rel=1e-5)


def test_the_graphs_that_were_used_last_are_kept_and_no_others(traced, monkeypatch):
    assert writer.GRAPHS_KEPT == 8
    monkeypatch.setattr(writer, "GRAPHS_KEPT", 2)
    task = build(attention=None)
    for num_beams in (1, 2, 3, 2, 1):
        task.generate(SOURCE[:1], num_beams=num_beams, max_length=2)
    assert len(traced) == 4  # those of two beams were kept


def test_a_task_that_nobody_holds_is_gone_with_its_graphs():
    def graphs():
        gc.collect()
        return sum("FuncGraph" in type(one).__name__ for one in gc.get_objects())

    before = graphs()
    task = build(attention=None)
    task.fit(SOURCE, TARGET, verbose=0)
    task.infer(SOURCE)
    task.log_likelihood(SOURCE, TARGET)
    task, held = None, weakref.ref(task)
    assert graphs() <= before and held() is None


def test_a_beam_wider_than_the_vocabulary_is_a_wider_beam(taught):
    assert [one[0].answer for one in taught.generate(SOURCE, num_beams=50)] == TARGET


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"max_length": 0}, ValueError, "max_length"),
        ({"num_beams": 0}, ValueError, "num_beams"),
        ({"beam_size": 3}, TypeError, "beam_size"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"prefix": ["one"]}, ValueError, "prefix must have one entry an example"),
    ],
)
def test_illegal_options_are_named(taught, options, error, named):
    with pytest.raises(error, match=named):
        taught.generate(SOURCE, **options)


def test_bad_calls_are_refused(taught):
    with pytest.raises(ValueError, match="texts must be a list"):
        taught.generate("a dog")
    with pytest.raises(ValueError, match="labels must be the answers"):
        taught.log_likelihood(SOURCE)
    with pytest.raises(ValueError, match="needs a model with attention"):
        build(attention=None).generate(SOURCE, with_attention=True)
    with pytest.raises(ValueError, match="no classes to replace"):
        taught.codec.with_class_names(["a", "b"])
