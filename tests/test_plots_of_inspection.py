"""Pictures are files; what is in them is looked at by people, so only sizes and errors are tested here."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from rnn_zoo import plots
from rnn_zoo.inspection import LSTMGates
from rnn_zoo.plots import figures


def size_of(path):
    """Width and height of a PNG file."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    return tuple(int.from_bytes(data[start : start + 4], "big") for start in (16, 20))


def test_gradients_are_drawn_one_panel_beside_the_other_gaps_included(tmp_path):
    lines = {"LSTM": np.logspace(-8, 0, 20), "IRNN": [0.0, 1.0, np.inf, np.nan]}
    one = size_of(plots.gradient_flow({"start": lines}, tmp_path / "one.png"))
    two = size_of(plots.gradient_flow({"start": lines, "end": {"LSTM": [1.0, 2.0]}}, tmp_path / "two.png", "two"))
    assert two[0] > 1.5 * one[0] and two[1] == one[1]
    assert size_of(plots.gradient_norms({"start": lines}, tmp_path / "norms.png", threshold=1.0)) == one


def test_a_longer_text_takes_more_rows_of_saliency(tmp_path):
    tokens = [f"word{place}" for place in range(30)]
    short = size_of(plots.saliency(tokens[:10], np.arange(10.0), tmp_path / "short.png"))
    long = size_of(plots.saliency(tokens, np.arange(30.0), tmp_path / "long.png", per_row=10))
    assert short[0] == long[0] and long[1] > 2 * short[1]
    with pytest.raises(ValueError, match="of one length. Received: 30 and 10"):
        plots.saliency(tokens, np.arange(10.0), tmp_path / "wrong.png")


def test_tokens_are_written_in_a_font_that_has_their_characters(monkeypatch):
    monkeypatch.setattr(figures, "families_for", lambda text: ["DejaVu Sans", f"font for {text}"])
    axis = Figure().subplots()
    figures.name_timesteps(axis, ["좋", "아"])
    assert [tick.get_fontfamily()[1] for tick in axis.get_xticklabels()] == ["font for 좋아"] * 2


def test_gates_are_drawn_for_one_text(tmp_path):
    rng = np.random.default_rng(0)
    gates = LSTMGates(*(rng.random((1, 80, 4)) for _ in range(5)))
    tokens = ["word"] * 80
    width, height = size_of(plots.lstm_gates(gates, tokens, tmp_path / "gates.png", "a text"))
    assert width > height > 0
    first = LSTMGates(*(one[0, :3] for one in gates))
    assert size_of(plots.lstm_gates(first, tokens[:3], tmp_path / "gates.png"))[0] < width
    with pytest.raises(ValueError, match=r"one example with 3 timesteps. Received: shape \(1, 80, 4\)"):
        plots.lstm_gates(gates, tokens[:3], tmp_path / "wrong.png")
