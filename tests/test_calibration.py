import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.calibration import expected_calibration_error


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
    assert task.embed([]).shape == (0, 16)
    tagger = rnn_zoo.pos_gru(rnn_zoo.Tokens(["a", "b"], list("ab")), rnn_zoo.Tags(["X", "Y"]), units=4)
    assert [len(one) for one in tagger.embed([["a", "b", "a"], ["b"]])] == [3, 1]
