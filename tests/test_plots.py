"""Pictures are written, and show what they should."""

import matplotlib.figure
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import plots

TOKENS = ["Ann", "Lee", "sings"]


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were written, in order."""
    figures = []
    original = matplotlib.figure.Figure.savefig

    def spy(self, *arguments, **options):
        figures.append(self)
        return original(self, *arguments, **options)

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", spy)
    return figures


@pytest.fixture
def tagger():
    def make(**settings):
        codec = rnn_zoo.EntityTags(["PER"], scheme="BIO", **settings)
        task = rnn_zoo.ner_gru(rnn_zoo.Tokens(["ann", "sings"], list("An")), codec, units=4)
        task.get_layer("logits").bias.assign([0.5, 1.0, 0.0])
        return task

    return make


@pytest.mark.parametrize("crf", [True, False])
def test_the_heat_map_shows_the_probability_of_every_tag_and_frames_the_answer(tagger, drawn, tmp_path, crf):
    task = tagger(crf=crf)
    path = plots.tag_heat_map(task, TOKENS, tmp_path / "tags.png", "Ann")
    assert path.read_bytes().startswith(b"\x89PNG")
    axis, colors = drawn[0].axes
    shown = axis.images[0].get_array()
    outputs = task.predict_on_batch(task.preprocessor([TOKENS]))
    assert shown.shape == (3, 3)
    np.testing.assert_allclose(shown.T, task.codec.probabilities(outputs)[0, :3], atol=1e-6)
    np.testing.assert_allclose(shown.sum(axis=0), 1.0, atol=1e-5)
    assert [label.get_text() for label in axis.get_xticklabels()] == TOKENS
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["O", "B-PER", "I-PER"]
    framed = [names[int(place)] for place in axis.lines[0].get_ydata()]
    assert framed == task.infer([TOKENS])[0]
    assert axis.get_title() == "Ann" and colors.get_ylabel() == "probability"


def test_the_heat_map_takes_strings_and_refuses_what_it_cannot_draw(tagger, tiny_task, drawn, tmp_path):
    plots.tag_heat_map(tagger(), "Ann sings.", tmp_path / "tags.png")
    assert [label.get_text() for label in drawn[0].axes[0].get_xticklabels()] == ["Ann", "sings", "."]
    with pytest.raises(ValueError, match="sentence must hold a token. Received: sentence=' '"):
        plots.tag_heat_map(tagger(), " ", tmp_path / "none.png")
    with pytest.raises(ValueError, match="task must be a tagger. Received: task='sentiment_gru'"):
        plots.tag_heat_map(tiny_task(), "Ann", tmp_path / "none.png")


def test_attention_is_drawn_with_written_tokens_from_top_to_bottom(drawn, tmp_path):
    weights = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    path = plots.attention(weights, ["a", "red", "dog"], ["ö", "Hund"], tmp_path / "attention.png", "title")
    assert path.read_bytes().startswith(b"\x89PNG")
    axis = drawn[0].axes[0]
    np.testing.assert_allclose(axis.images[0].get_array(), weights)
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "red", "dog"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["ö", "Hund"]
    plots.attention([weights, weights[:, :2]], None, [["x", "y"]] * 2, tmp_path / "several.png")
    assert [len(axis.images) for axis in drawn[1].axes[:2]] == [1, 1]
    with pytest.raises(ValueError, match=r"Received: shape \(2, 3\)"):
        plots.attention(weights, ["a", "dog"], ["ein", "Hund"], tmp_path / "bad.png")


def test_training_losses_have_steps_and_a_line_for_who_remembers_nothing(drawn, tmp_path):
    losses = {"adding": {"LSTM": [0.2, 0.1, 0.05], "GRU": [0.3, 0.2, 0.1]}, "copy": {"LSTM": [0.4]}}
    plots.training_losses(losses, tmp_path / "losses.png", every=10, baselines={"adding": 1 / 6})
    first, second = drawn[0].axes
    assert first.lines[0].get_xdata().tolist() == [10, 20, 30]
    assert first.lines[2].get_ydata()[0] == 1 / 6 and len(second.lines) == 1


def test_a_confusion_matrix_names_the_classes_that_occur_and_counts_them(drawn, tmp_path):
    plots.confusion_matrix([0, 0, 0, 2], [0, 0, 3, 2], ["a", "b", "c", "d"], tmp_path / "matrix.png")
    axis = drawn[0].axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "c", "d"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a (3)", "c (1)", "d (0)"]
    assert [text.get_text() for text in axis.texts if text.get_visible()] == ["66.7%", "33.3%", "100.0%"]
    plots.confusion_matrix([0] * 999 + [1], [0] * 998 + [1, 1], list("ab"), tmp_path / "rare.png")
    shown = [text.get_text() for text in drawn[1].axes[0].texts if text.get_visible()]
    assert shown == ["99.9%", "0.1%", "100.0%"]
    plots.confusion_matrix(
        [0] * 9999 + list(range(8)), [0] * 9998 + [1, *range(8)], list("abcdefgh"), tmp_path / "8.png"
    )
    assert [text.get_text() for text in drawn[2].axes[0].texts if text.get_visible()] == ["100%", "0%", *["100%"] * 7]


def test_where_nothing_was_said_and_nothing_was_to_be_said_no_matrix_is_drawn(tmp_path):
    pytest.importorskip("jiwer", reason="needs the extra `metrics`")
    assert rnn_zoo.Transcripts("ab").plot([None] * 2, ["", ""], ["", ""], tmp_path) == []
    assert rnn_zoo.Transcripts("ab").plot([None] * 2, ["a", ""], ["", ""], tmp_path) == [
        tmp_path / "confusion_matrix.png"
    ]
