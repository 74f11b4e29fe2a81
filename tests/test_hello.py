"""What a learner runs first says what is true."""

import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

MAIN = runpy.run_path(str(Path(__file__).parent.parent / "recipes" / "hello.py"))["main"]


@pytest.fixture(scope="module")
def printed():
    result = CliRunner().invoke(MAIN, ["--core", "all"], catch_exceptions=False)
    assert result.exit_code == 0
    return re.split(r"=== .* ===\n", result.output)


def test_recurrent_cells_learn_hello_and_say_each_step(printed):
    for part in printed[1:4]:
        steps = dict(re.findall(r"given (\w+)  ->  (\w) ", part))
        assert steps == {"h": "e", "he": "l", "hel": "l", "hell": "o"}
        assert all(float(p) > 0.9 for p in re.findall(r"(\d\.\d\d)\*", part))
        losses = [float(loss) for loss in re.findall(r"^ *\d+  (\d\.\d+)", part, flags=re.MULTILINE)]
        assert len(losses) >= 5 and losses[0] > 1 and losses[-1] < 0.1
    assert all(f"{name} wrote 'hello': learned" in printed[4] for name in ("SimpleRNN", "GRU", "LSTM"))


def test_what_has_no_memory_gives_each_letter_after_an_l_one_half(printed):
    by_prefix = dict(re.findall(r"^(\w+) .*?(\d\.\d\d)\*", printed[4], flags=re.MULTILINE))
    assert float(by_prefix["h"]) > 0.9 and float(by_prefix["he"]) > 0.9
    assert float(by_prefix["hel"]) == pytest.approx(0.5, abs=0.05) == float(by_prefix["hell"])


def test_any_word_will_do_and_one_letter_will_not():
    result = CliRunner().invoke(MAIN, ["--core", "gru", "--word", "banana"], catch_exceptions=False)
    assert "GRU wrote 'banana': learned" in result.output
    refused = CliRunner().invoke(MAIN, ["--word", "a"])
    assert refused.exit_code == 1 and "two letters or more. Received: 'a'" in refused.output


def test_the_help_teaches_with_commands():
    text = CliRunner().invoke(MAIN, ["--help"]).output
    assert "python recipes/hello.py --core all" in text and "hidden state" in text and "one-hot" in text
