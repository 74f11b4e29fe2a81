"""Tags and entities: targets in, answers out."""

import itertools

import keras
import numpy as np
import pytest

from rnn_zoo import cards
from rnn_zoo.codecs import EntityTags, Tags
from rnn_zoo.formats.tag_schemes import convert, forbidden_transitions, spans_of, tag_names
from rnn_zoo.layers import CRF
from rnn_zoo.losses import loss_of
from rnn_zoo.metrics import metrics_of
from rnn_zoo.preprocessors import Tokens

IOB1 = ["I-PER", "I-PER", "B-PER", "I-LOC", "O", "I-LOC"]
BIO = ["B-PER", "I-PER", "B-PER", "B-LOC", "O", "B-LOC"]
BIOES = ["B-PER", "E-PER", "S-PER", "S-LOC", "O", "S-LOC"]
TOKENS = Tokens(["ann", "sings"], list("Anigs"))


@pytest.fixture
def parts():
    return Tags(["NOUN", "VERB", "DET"])


@pytest.fixture
def entities():
    return EntityTags(["PER", "LOC"])


@pytest.mark.parametrize("given", [IOB1, BIO, BIOES])
def test_all_schemes_spell_the_same_entities_and_convert_into_one_another(given):
    assert spans_of(given) == [("PER", 0, 2), ("PER", 2, 3), ("LOC", 3, 4), ("LOC", 5, 6)]
    assert convert(given, "BIO") == BIO
    assert convert(given, "BIOES") == BIOES


@pytest.mark.parametrize("scheme", ["BIO", "BIOES"])
def test_exactly_the_sequences_that_spell_entities_are_allowed(scheme):
    """A sequence has no forbidden neighbours if and only if it is what its own entities are spelled as."""
    names, forbidden = tag_names(["X", "Y"], scheme), forbidden_transitions(["X", "Y"], scheme)
    numbers, num_allowed = range(len(names)), 0
    for path in itertools.product(numbers, repeat=3):
        tags = [names[number] for number in path]
        allowed = not any(forbidden[step] for step in itertools.pairwise([len(names), *path, len(names)]))
        assert allowed == (convert(tags, scheme) == tags), tags
        num_allowed += allowed
    assert 0 < num_allowed < len(names) ** 3


def test_tags_become_padded_indices_and_back(parts):
    assert parts([["DET", "NOUN"], ["VERB"]]).tolist() == [[2, 0], [1, -1]]
    assert parts.pad(parts.encode([["VERB"]]), 4).tolist() == [[1, -1, -1, -1]]
    assert parts([["VERB"]]).dtype == np.int32
    sentences = TOKENS.encode([["Ann", "sings"], ["Ann"]])
    logits = np.full((2, 5, 3), 0.0)
    logits[0, 0, 2] = logits[0, 1, 0] = logits[1, 0, 1] = 5.0
    assert parts.decode(logits, sentences) == [["DET", "NOUN"], ["VERB"]]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["NOUN"], r"Received: labels\[0\]='NOUN'"),
        ([["NOUN"], 3], r"Received: labels\[1\]=3"),
        ([["NOUN", "noun"]], r"Received: labels\[0\]\[1\]='noun'"),
        ([["NOUN"], ["VERB"]], r"Expected 2 tags. Received: labels\[1\] of length 1"),
    ],
)
def test_bad_tags_are_refused_with_their_place(parts, labels, message):
    with pytest.raises(ValueError, match=message):
        parts.encode(labels, lengths=[1, 2])


@pytest.mark.parametrize("tags", [["I-PER"], ["B-PER", "I-LOC"], ["B-ORG"], ["S-PER"], ["O", "I-PER"]])
def test_labels_outside_bio_are_refused(entities, tags):
    with pytest.raises(ValueError, match=rf"must be BIO tags of .*labels\[0\]\[{len(tags) - 1}\]="):
        entities.encode([tags])


def test_the_loss_is_averaged_over_real_timesteps_only(parts):
    probabilities = np.array([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]], [[0.2, 0.2, 0.6], [0.9, 0.05, 0.05]]], "float32")
    targets = parts([["NOUN", "VERB"], ["DET"]])
    expected = -(np.log(0.5) + np.log(0.8) + np.log(0.6)) / 3
    assert float(loss_of(parts)(targets, np.log(probabilities))) == pytest.approx(expected, abs=1e-6)
    (accuracy,) = metrics_of(parts)
    accuracy.update_state(np.array([[0, 0], [2, -1]]), np.log(probabilities))
    assert float(accuracy.result()) == pytest.approx(2 / 3)


def test_the_loss_of_a_crf_is_its_negative_log_likelihood_a_timestep():
    codec = Tags(["a", "b"], crf=True)
    logits = np.random.default_rng(0).normal(size=(2, 3, 2)).astype("float32")
    lattice = CRF(None)(logits, np.array([3, 1]))
    targets = codec([["a", "b", "b"], ["b"]])
    # Without learned transitions a CRF is a softmax a timestep.
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = -(logs[0, 0, 0] + logs[0, 1, 1] + logs[0, 2, 1] + logs[1, 0, 1]) / 4
    assert float(loss_of(codec)(targets, lattice)) == pytest.approx(expected, abs=1e-6)
    (accuracy,) = metrics_of(codec)
    accuracy.update_state(targets, lattice)
    found = logits.argmax(axis=-1)
    assert float(accuracy.result()) == np.mean([found[0, 0] == 0, found[0, 1] == 1, found[0, 2] == 1, found[1, 0] == 1])


def test_a_string_is_answered_with_entities_and_their_places():
    codec = EntityTags(["PER"], scheme="BIO", crf=False)
    text = "Then  Ann Lee sings."
    (sentence,) = TOKENS.encode([text])
    logits = np.full((1, 8, 3), -20.0)
    for step, tag in enumerate([0, 1, 2, 0, 0]):
        logits[0, step, tag] = 20.0
    logits[0, 2] = np.log([0.1, 0.1, 0.8])
    ((answer,),) = codec.decode(logits, [sentence])
    assert answer == {"text": "Ann Lee", "label": "PER", "start": 6, "end": 13, "score": pytest.approx(0.8)}
    assert text[answer["start"] : answer["end"]] == answer["text"]
    parts = Tags(["X", "NOUN", "PART"]).decode(logits, [sentence])[0]
    assert [(part["text"], part["label"]) for part in parts[:2]] == [("Then", "X"), ("Ann", "NOUN")]
    assert codec.decode(logits, TOKENS.encode([""])) == [[]]


def test_random_logits_through_a_crf_spell_only_entities(entities):
    head = CRF(entities.forbidden)
    logits = np.random.default_rng(0).normal(scale=9, size=(60, 7, 9)).astype("float32")
    outputs = head(logits, np.full(60, 7))
    answers = entities.decode(outputs, TOKENS.encode([["Ann"] * 7] * 60))
    assert entities([*answers]).shape == (60, 7)  # encode refuses what is no BIO
    assert len({tag for tags in answers for tag in tags}) == 5


def test_f1_counts_exact_entities_only(entities):
    labels = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-LOC"], ["B-PER"]]
    answers = [["B-PER", "O", "O", "B-LOC"], ["B-LOC", "B-LOC"], ["B-LOC"]]
    true, found = (
        {(row, *span) for row, tags in enumerate(one) for span in spans_of(tags)} for one in (labels, answers)
    )
    right = len(true & found)
    measured = entities.compute_metrics(labels, answers)
    assert (right, len(true), len(found)) == (2, 4, 5)
    assert measured["precision"] == pytest.approx(2 / 5)
    assert measured["recall"] == pytest.approx(2 / 4)
    assert measured["f1"] == pytest.approx(2 * 2 / (4 + 5))
    assert entities.compute_metrics(labels, labels) == {"f1": 1.0, "precision": 1.0, "recall": 1.0}
    assert entities.confusions(labels, answers)[1] == [1, 0, 0, 2, 2, 2, 2]


def test_parts_of_speech_are_measured_by_word(parts):
    measured = parts.compute_metrics([["NOUN", "VERB"], ["DET"]], [["NOUN", "DET"], ["DET"]])
    assert measured["accuracy"] == pytest.approx(2 / 3)
    assert measured["macro_f1"] == pytest.approx((1 + 0 + 2 / 3) / 3)


@pytest.mark.parametrize("codec", [Tags(["a", "b"], crf=True), EntityTags(["PER"], scheme="BIO", crf=False)])
def test_a_codec_its_loss_and_its_metric_are_rebuilt_from_their_configs(codec):
    for thing in (codec, loss_of(codec), *metrics_of(codec)):
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(thing))
        assert type(again) is type(thing)
        assert again.get_config() == thing.get_config()
    assert codec.with_class_names(["x", "y"]).get_config() == {**codec.get_config(), "class_names": ["x", "y"]}


def test_tags_and_types_of_entities_are_learned_from_labels():
    labels = [["B-PER", "I-PER", "O"], ("B-LOC",), ["O"]]
    assert EntityTags.from_examples(labels, scheme="BIO", crf=False).get_config() == {
        "class_names": ["LOC", "PER"], "scheme": "BIO", "crf": False,
    }  # fmt: skip
    assert EntityTags.from_examples(labels, class_names=["PER", "ORG"]).class_names == ["PER", "ORG"]
    assert Tags.from_examples([["b", "a"], ["b"]], crf=True).get_config() == {"class_names": ["a", "b"], "crf": True}
    for kind, wrong, message in (
        (EntityTags, [["O"], ["PER"]], "lists of BIO tags"),
        (Tags, [["a"], ["b", 3]], r"labels\[1\]\[1\]=3"),
        (Tags, ["ab"], r"labels\[0\]='ab'"),
    ):
        with pytest.raises(ValueError, match=message):
            kind.from_examples(wrong)


def test_illegal_settings_are_refused():
    with pytest.raises(ValueError, match="two or more different names. Received: \\['a'\\]"):
        Tags(["a"])
    with pytest.raises(ValueError, match="scheme must be one of .* Received: scheme='IOB1'"):
        EntityTags(["PER"], scheme="IOB1")
    with pytest.raises(ValueError, match="top_k must be None"):
        Tags(["a", "b"]).decode(np.zeros((1, 1, 2)), TOKENS.encode([["Ann"]]), top_k=2)


def test_a_card_shows_the_parts_of_a_taggers_example():
    example = {"input": "Ann Lee", "answer": [{"text": "Ann", "label": "PER", "start": 0, "end": 3, "score": 0.912}]}
    assert ("example", "'Ann Lee' -> Ann  PER  0.91") in cards.facts_of("ner_lstm", {"example": example})
