import json

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import plots
from rnn_zoo.calibration import expected_calibration_error
from rnn_zoo.datasets import Examples
from rnn_zoo.training import report


class Dense(keras.initializers.Initializer):
    """Weights by which a word that is there gives its class three times the logit that fits."""

    def __call__(self, shape, dtype=None):
        return keras.ops.convert_to_tensor(3 * np.array([[0, 0], [0, 0], [1.0, 0], [0, 1.0]]), dtype)


def overconfident():
    words = rnn_zoo.Words(["bad", "good"], encoding="bag_of_words")
    task = rnn_zoo.sentiment_bag_of_words(words, rnn_zoo.Classes(["negative", "positive"]))
    task.set_weights([Dense()((4, 2), "float32"), np.zeros(2, "float32")])
    return task


def test_one_temperature_makes_scores_as_high_as_they_are_right(tmp_path):
    """Right in 3 of 4: the score is 0.75 where the logit is log 3, and it was 3."""
    task = overconfident()
    found = rnn_zoo.calibrate(task, (["good"] * 40, ["positive", "positive", "positive", "negative"] * 10))
    score = 1 / (1 + np.exp(-3))
    assert found.temperature == pytest.approx(3 / np.log(3), rel=1e-3)
    assert found.error_before == pytest.approx(score - 0.75, abs=1e-6) and found.error_after < 1e-3
    answer = task.infer("good")
    assert answer["label"] == "positive" and answer["score"] == pytest.approx(0.75, abs=1e-3)
    task.save(tmp_path / "calm.keras")
    assert keras.saving.load_model(tmp_path / "calm.keras").infer("good") == answer
    assert rnn_zoo.replace_head(task, ["a", "b"]).codec.temperature == 1.0
    assert rnn_zoo.calibrate(task, (["good"] * 4, [1, 1, 1, 0])).error_before < 1e-3


def untrained_forecast(horizon=3):
    """A task that answers the last value, whatever comes."""
    task = rnn_zoo.forecast_gru(rnn_zoo.Series(["a"], 2), rnn_zoo.Forecast(["a"], horizon), units=2)
    task.set_weights([0 * weights for weights in task.get_weights()])
    return task


def test_intervals_of_a_forecast_hold_what_they_say_at_every_timestep(tmp_path):
    """A walk at random, whose errors grow with the horizon: 90 % of what comes later lies within, at each step."""
    walk = np.cumsum(np.random.default_rng(0).normal(size=9000))
    places = range(2, 8900, 3)
    raw, labels = [walk[at - 2 : at] for at in places], [walk[at : at + 3] for at in places]
    task = untrained_forecast()
    assert set(task.infer(raw[0])) == {"values"}
    found = rnn_zoo.calibrate(task, (raw[:1500], labels[:1500]), interval=0.9)
    assert found.margins.shape == (3, 1) and found.margins.ravel() == pytest.approx(1.645 * np.sqrt([1, 2, 3]), rel=0.1)
    answers = task.infer(raw[1500:])
    np.testing.assert_allclose(answers[0]["upper"] - answers[0]["values"], found.margins, rtol=1e-3, atol=1e-4)
    inside = [
        (one["lower"][:, 0] <= label) & (label <= one["upper"][:, 0])
        for one, label in zip(answers, labels[1500:], strict=True)
    ]
    assert np.abs(np.mean(inside, axis=0) - 0.9).max() < 0.03
    assert task.codec.compute_metrics(labels[1500:], answers)["coverage"] == pytest.approx(np.mean(inside))
    assert set(task.codec.to_json(answers[0])) == {"values", "lower", "upper"}
    task.save(tmp_path / "sure.keras")
    again = keras.saving.load_model(tmp_path / "sure.keras").infer(raw[0])
    np.testing.assert_array_equal(again["lower"], task.infer(raw[0])["lower"])
    with pytest.raises(ValueError, match="at least. Received: interval=0.9, 8 examples"):
        rnn_zoo.calibrate(task, (raw[:8], labels[:8]))


def test_reports_calibrate_on_validation_and_measure_on_test(tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "learning_curves", lambda *arguments: None)
    monkeypatch.setattr(rnn_zoo.Task, "plot", lambda *arguments: [])
    task, before = overconfident(), 1 / (1 + np.exp(-3))
    validation = Examples(["good"] * 40, ["positive", "positive", "positive", "negative"] * 10)
    test = Examples(["good"] * 10, ["positive"] * 8 + ["negative"] * 2)
    report(task, {}, test, tmp_path, settings={}, minutes=0, validation=validation)
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["calibration"]
    assert found["before"] == pytest.approx(before - 0.8, abs=1e-4) and found["after"] == pytest.approx(0.05, abs=1e-3)
    saved = keras.saving.load_model(tmp_path / "model.keras")
    assert saved.codec.temperature == pytest.approx(found["temperature"])


def test_intervals_need_a_label_for_each_history():
    task = rnn_zoo.forecast_gru(rnn_zoo.Series(["a"], 2), rnn_zoo.Forecast(["a"], 2), units=2)
    histories = [np.arange(3.0)] * 4
    with pytest.raises(ValueError, match="one label for each example. Received: 4 and 3"):
        rnn_zoo.calibrate(task, (histories, [[1.0, 2.0]] * 3), interval=0.5)
    with pytest.raises(ValueError, match=r"of shape \[horizon, targets\] = \[2, 1\]. Received: labels\[0\]"):
        rnn_zoo.calibrate(task, (histories, np.ones((4, 1))), interval=0.5)


def test_the_expected_calibration_error_is_that_of_the_equation():
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.3, 0.7], [0.4, 0.6]])
    gaps = [2 * abs(0.95 - 0.5), abs(0.7 - 1), abs(0.6 - 0)]  # 0.6 and 0.7 are in two of fifteen intervals
    assert expected_calibration_error(probabilities, [0, 1, 1, 0]) == pytest.approx(sum(gaps) / 4)


def test_what_cannot_be_calibrated_is_refused(tiny_task):
    with pytest.raises(ValueError, match="temperature must be above 0. Received: temperature=0"):
        rnn_zoo.Classes(["a", "b"], temperature=0)
    with pytest.raises(ValueError, match="one class for each example. Received: 2 and 1"):
        rnn_zoo.calibrate(tiny_task(), (["a", "b"], [0]))


def test_embeddings_are_what_the_head_sees_in_the_order_of_the_examples(tiny_task, texts):
    task = tiny_task()
    vectors = task.embed(texts, batch_size=4)
    extractor = rnn_zoo.feature_extractor(task)
    assert vectors.shape == (len(texts), 16) and vectors.dtype == "float32"
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(np.array(extractor(task.preprocessor([text])))[0], vector, atol=1e-5)
    np.testing.assert_allclose(task.embed(texts[3]), vectors[3], atol=1e-6)
    assert task.embed([]).shape == (0, 16) and task.embed([]).dtype == vectors.dtype
    tagger = rnn_zoo.pos_gru(rnn_zoo.Tokens(["a", "b"], list("ab")), rnn_zoo.Tags(["X", "Y"]), units=4)
    assert [len(one) for one in tagger.embed([["a", "b", "a"], ["b"]])] == [3, 1]
