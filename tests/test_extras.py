"""What is missing is said in one line, before anything is computed."""

import sys

import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo.cli import main
from rnn_zoo.extras import EXTRAS, require
from rnn_zoo.training import Recipe


def test_what_is_missing_is_named_with_what_installs_it(monkeypatch):
    require("lists", "json", "csv")
    for name, extra in EXTRAS.items():
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(ModuleNotFoundError, match=f'^lists need {name}: pip install "rnn-zoo.{extra}."$'):
            require("lists", "json", name)


@pytest.mark.parametrize("name", ["tensorboard", "matplotlib", "sklearn"])
def test_a_recipe_says_so_before_it_reads_anything(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    recipe = Recipe("digits.py", "digits", "digits", core="dense", epochs=1, batch_size=8, learning_rate=1e-3)
    monkeypatch.setattr(recipe, "load", lambda *arguments, **settings: pytest.fail("it has read"))
    with pytest.raises(ModuleNotFoundError, match=f"recipes need {name}"):
        recipe(smoke=True)


def test_metrics_and_parquet_say_so(monkeypatch, tmp_path):
    (tmp_path / "rows.csv").write_text("text\ngood\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    arguments = ["predict", "sentiment_gru", "--data", tmp_path / "rows.csv", "--output", tmp_path / "a.parquet"]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.output == 'Error: Parquet files need pyarrow: pip install "rnn-zoo[tables]"\n'
    task = rnn_zoo.digits_dense.from_examples(rnn_zoo.load_dataset("digits", "train", source="dummy"), units=2)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ModuleNotFoundError, match="metrics of digits_dense need sklearn"):
        task.answer_metrics([[[0.0] * 8] * 8], [0])


def test_parts_of_another_kind_are_refused_by_a_builder():
    with pytest.raises(ValueError, match="preprocessor must be a Preprocessor; sentiment_gru.from_examples"):
        rnn_zoo.sentiment_gru(["good", "bad"], rnn_zoo.Classes(["a", "b"]))
    with pytest.raises(ValueError, match="codec must be a Codec"):
        rnn_zoo.sentiment_gru(rnn_zoo.Words(["good", "bad"]), ["a", "b"])
