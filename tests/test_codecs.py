"""Targets in, answers out."""

import keras
import numpy as np
import pytest

from rnn_zoo.codecs import Classes


@pytest.fixture
def codec():
    return Classes(["negative", "neutral", "positive"])


@pytest.mark.parametrize(
    "labels",
    [
        ["positive", "negative", "neutral"],
        [2, 0, 1],
        [2, "negative", np.int64(1)],
        np.array([2, 0, 1], "uint8"),
        np.array(["positive", "negative", "neutral"]),
    ],
)
def test_names_and_indices_become_indices(codec, labels):
    encoded = codec.encode(labels)
    assert encoded.dtype == np.int32
    assert encoded.tolist() == [2, 0, 1]


def test_no_labels_are_no_indices(codec):
    assert codec.encode([]).shape == (0,)


@pytest.mark.parametrize("label", ["great", 3, -1, 1.0, True, None, b"positive", [0, 1, 0], np.array([0, 1, 0])])
def test_a_label_that_is_no_class_is_refused_with_its_place(codec, label):
    with pytest.raises(ValueError, match=r"(?s)labels must be one of .* below 3. Received: labels\[1\]="):
        codec.encode([0, label])


def test_answers_are_the_best_class_with_its_probability(codec):
    logits = np.log(np.array([[0.2, 0.1, 0.7], [0.5, 0.25, 0.25]]))
    first, second = codec.decode(logits + 100.0)
    assert first["label"] == "positive" and first["score"] == pytest.approx(0.7, abs=1e-9)
    assert second["label"] == "negative" and second["score"] == pytest.approx(0.5, abs=1e-9)


def test_top_k_gives_the_k_best_in_order_and_ties_in_the_order_of_the_classes(codec):
    (answers,) = codec.decode(np.log([[0.25, 0.25, 0.5]]), top_k=3)
    assert [answer["label"] for answer in answers] == ["positive", "negative", "neutral"]
    assert sum(answer["score"] for answer in answers) == pytest.approx(1.0, abs=1e-9)
    ((answer,),) = codec.decode(np.log([[0.25, 0.25, 0.5]]), top_k=1)
    assert answer["label"] == "positive"


def test_huge_logits_give_finite_scores(codec):
    assert codec.decode(np.array([[1e4, -1e4, 0.0]]))[0] == {"label": "negative", "score": 1.0}


@pytest.mark.parametrize("top_k", [0, 4, -1, 1.5, "all"])
def test_a_top_k_beyond_the_classes_is_refused(codec, top_k):
    with pytest.raises(ValueError, match=r"top_k must be in \[1, 3\]. Received: top_k="):
        codec.decode(np.zeros((1, 3)), top_k=top_k)


@pytest.mark.parametrize("class_names", [[], ["one"], ["a", "b", "a"], [1, "1"], "aa"])
def test_fewer_than_two_different_class_names_are_refused(class_names):
    with pytest.raises(ValueError, match="class_names must be two or more different names"):
        Classes(class_names)


def test_loss_and_accuracy_are_computed_from_logits(codec):
    logits = np.log(np.array([[0.2, 0.1, 0.7], [0.5, 0.25, 0.25]], "float32"))
    targets = codec.encode(["positive", "neutral"])
    expected = -(np.log(0.7) + np.log(0.25)) / 2
    assert float(codec.loss()(targets, logits)) == pytest.approx(expected, abs=1e-6)
    (accuracy,) = codec.metrics()
    accuracy.update_state(targets, logits)
    assert accuracy.name == "accuracy"
    assert float(accuracy.result()) == 0.5


def test_a_codec_is_rebuilt_from_its_config(codec):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(codec))
    assert type(again) is Classes
    assert again.class_names == codec.class_names
