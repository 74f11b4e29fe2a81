"""Requests: an intent a sentence and a tag a token, told at once."""

import numpy as np
import pytest
from tiny_models import SENTENCES, tiny_intent

import rnn_zoo
from rnn_zoo.codecs import Requests
from rnn_zoo.losses import TagLoss, loss_of


@pytest.fixture(scope="module")
def codec():
    return Requests(["city"], ["fare", "flight", "time"])


def test_an_answer_holds_the_intent_and_tags_of_tokens_or_spans_of_a_string(codec):
    tokens = rnn_zoo.Tokens(["to", "rome"], list("toRme"))
    outputs = np.zeros((2, 3, 3), "float32")
    outputs[:, 0, 1] = np.log(2)  # flight: a half
    outputs[:, 2, 1] = 9  # the second token: B-city
    of_tokens, of_string = codec.decode(outputs, tokens.encode([["to", "Rome"], "to Rome"]))
    assert of_tokens == {"intent": "flight", "score": pytest.approx(0.5), "slots": ["O", "B-city"]}
    (span,) = of_string["slots"]
    assert (span["text"], span["label"], span["start"], span["end"]) == ("Rome", "city", 3, 7)
    assert codec.to_text("to Rome", of_string).startswith("flight  0.50  Rome  city")


def test_labels_are_pairs_or_answers_and_all_else_is_refused(codec):
    pair, answer = ("fare", ["O", "B-city"]), {"intent": "fare", "score": 0.9, "slots": ["O", "B-city"]}
    np.testing.assert_array_equal(codec([pair, ("time", ["O"])]), [[0, 0, 1], [2, 0, -1]])
    np.testing.assert_array_equal(codec([answer]), codec([pair]))
    for label, message in [
        (("taxi", ["O"]), r"intents must be among .*labels\[0\]='taxi'"),
        (("fare", ["B-town"]), r"labels must be BIO tags of \['city'\]"),
        (["fare", ["O"], 1], r"labels must be pairs of an intent and the tags of the tokens. Received: labels\[0\]"),
        ("fare", r"labels must be pairs .*labels\[0\]='fare'"),
    ]:
        with pytest.raises(ValueError, match=message):
            codec.encode([label])
    with pytest.raises(ValueError, match="Expected 3 tags"):
        codec.encode([pair], [3])
    with pytest.raises(ValueError, match="intents must be two or more different names"):
        Requests(["city"], ["fare"])


def test_metrics_count_intents_slots_and_requests_without_a_fault(codec):
    pytest.importorskip("nervaluate", reason="needs the extra `metrics`")
    labels = [("fare", ["O", "B-city"]), ("time", ["B-city", "O"]), ("flight", ["O"])]
    answers = [dict(zip(("intent", "slots"), label, strict=True)) for label in labels]
    answers[0]["intent"], answers[1]["slots"] = "time", ["O", "O"]
    metrics = codec.compute_metrics(labels, answers)
    assert (metrics["recall"], metrics["precision"]) == (0.5, 1.0)
    assert metrics["intent_accuracy"] == pytest.approx(2 / 3) and metrics["request_accuracy"] == pytest.approx(1 / 3)
    assert codec.confusions(labels, answers) == ([0, 2, 1], [2, 2, 1])


@pytest.mark.parametrize("crf", [False, True])
def test_the_loss_is_that_of_the_tags_and_of_the_intent(crf):
    examples = tiny_intent("gru").examples
    settings = {**tiny_intent("gru").settings, "crf": crf}
    task = rnn_zoo.intent_gru.from_examples(examples, **settings)
    targets, outputs = task.codec(examples[1]), task(task.preprocessor(SENTENCES[:-1]))
    tags = TagLoss(crf)(targets[:, 1:], outputs[:, 1:, : len(task.codec.tag_names)])
    logits = np.array(outputs)[:, 0, : len(task.codec.intents)].astype("float64")
    of_intents = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(logits)), targets[:, 0]]
    assert float(loss_of(task.codec)(targets, outputs)) == pytest.approx(float(tags) + of_intents.mean(), rel=1e-5)
