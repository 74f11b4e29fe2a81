"""Texts while they are written."""

import itertools

import pytest
from click.testing import CliRunner
from test_language_model import language_model

from rnn_zoo.cli import main as cli

TEXT = "abcabcde"


@pytest.fixture(scope="module")
def task():
    return language_model("lstm")


@pytest.mark.parametrize(
    ("raw", "settings"),
    [
        (TEXT, {"method": "greedy", "no_repeat_ngram": 2, "min_length": 3}),
        (TEXT, {"top_k": 4, "top_p": 0.8, "seed": 6, "min_length": 5}),
        ("", {"temperature": 3.0, "seed": 5, "min_length": 5}),
    ],
)
def test_the_pieces_are_the_text(task, raw, settings):
    pieces = list(task.stream(raw, max_length=25, **settings))
    assert len(pieces) > 3 and all(pieces)
    assert "".join(pieces) == task.generate([raw], max_length=25, **settings)[0][0].answer


def test_the_text_ends_before_a_stop_string(task):
    settings = {"max_length": 40, "min_length": 30, "seed": 5}
    whole = "".join(task.stream(TEXT, **settings))
    stop = whole[len(TEXT) + 10 : len(TEXT) + 13]
    expected = whole[: whole.index(stop, len(TEXT))]
    assert "".join(task.stream(TEXT, stop=[stop, "zz"], **settings)) == expected
    assert "".join(task.stream(TEXT, stop="zz", **settings)) == whole


def test_writing_ends_with_the_time_or_with_its_reader(task, monkeypatch):
    monkeypatch.setattr("time.monotonic", itertools.count().__next__)
    assert len("".join(task.stream("", max_seconds=4, min_length=50, max_length=60))) == 3
    pieces = task.stream(TEXT, max_length=60)
    assert next(pieces).startswith(TEXT)
    pieces.close()


@pytest.mark.parametrize(
    ("raw", "options", "message"),
    [
        (["a"], {}, "raw must be a string"),
        ("a", {"method": "beam"}, "one text"),
        ("a", {"num_results": 2}, "num_results=2"),
        ("a", {"stop": [""]}, "stop"),
        ("a", {"max_seconds": 0}, "max_seconds"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_written(task, raw, options, message):
    with pytest.raises(ValueError, match=message):
        task.stream(raw, **options)


def test_the_command_prints_what_is_written(task, tmp_path):
    path = str(tmp_path / "model.keras")
    task.save(path)
    command = ["generate", path, "abc", "de", "--max-length", "9", "--seed", "5", "--stream"]
    result = CliRunner().invoke(cli, command, catch_exceptions=False)
    texts = ["".join(task.stream(one, max_length=9, seed=5)) for one in ("abc", "de")]
    assert result.stdout == texts[0] + "\n\n" + texts[1] + "\n"
    assert CliRunner().invoke(cli, [*command, "--json"]).exit_code == 2
    assert CliRunner().invoke(cli, [*command[:-1], "--stop", "x"]).exit_code == 2
