"""Targets in, answers out."""

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.codecs import (
    Captions,
    Classes,
    Forecast,
    NoteSequences,
    Phonemes,
    Sequences,
    Tags,
    Texts,
    Transcripts,
)
from rnn_zoo.losses import loss_of
from rnn_zoo.metrics import metrics_of


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


@pytest.mark.parametrize(
    ("class_names", "labels", "indices"),
    [
        (["1", "0"], [1, 0], [0, 1]),
        (["1", "2", "3", "4", "5"], [1, 2, 3, 4], [0, 1, 2, 3]),
        (["0", "1"], np.array([1, 0]), [1, 0]),
        (["-1", "1"], [-1, "1"], [0, 1]),
        (["ten", "7"], [7], [1]),
    ],
)
def test_an_integer_means_the_name_that_it_spells(class_names, labels, indices):
    assert Classes(class_names).encode(labels).tolist() == indices


@pytest.mark.parametrize(("class_names", "label"), [(["1", "2", "3"], 0), (["ten", "7"], 0), (["007", "08"], 7)])
def test_an_integer_that_spells_no_name_is_no_index_where_names_are_integers(class_names, label):
    with pytest.raises(ValueError, match=rf"labels must be one of \['.*'\]. Received: labels\[0\]={label}"):
        Classes(class_names).encode([label])


@pytest.mark.parametrize(
    ("labels", "class_names"),
    [
        (["b", "a", "b"], ["a", "b"]),
        ([10, 2, 2], ["2", "10"]),
        (["10", "2", "1.5"], ["1.5", "2", "10"]),
        (["10", "2", "x"], ["10", "2", "x"]),
        (np.array([True, False]).astype(int), ["0", "1"]),
    ],
)
def test_classes_are_learned_from_labels_by_value_or_by_the_alphabet(labels, class_names):
    codec = Classes.from_examples(labels)
    assert codec.class_names == class_names
    assert codec.encode(labels).tolist() == [class_names.index(str(label)) for label in labels]


def test_class_names_that_are_given_win():
    assert Classes.from_examples([0, 1], class_names=["bad", "good"]).encode([0, 1]).tolist() == [0, 1]
    with pytest.raises(ValueError, match="class_names must be given with probabilities"):
        Classes.from_examples(np.ones((2, 2)) / 2)
    for labels, message in (
        (["a", None], r"labels\[1\]=None"), ([1.0], r"labels\[0\]=1.0"), (["a"], "two or more"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            Classes.from_examples(labels)


class Table(list):
    """What is like a data frame."""

    columns = ("text", "label")


@pytest.mark.parametrize(
    ("labels", "remedy"),
    [
        ("positive", "write .label. for a single one. Received: 'positive'"),
        (1, "write .label. for a single one. Received: 1"),
        ({"label": [0, 1]}, "give one entry, data..label.."),
        (Table([0, 1]), "give one column, frame..label.."),
        ({"positive", "negative"}, "a set has no order"),
    ],
)
@pytest.mark.parametrize("kind", [Classes, Tags, Sequences, Transcripts, Forecast])
def test_what_is_no_list_of_labels_is_refused_with_a_remedy(kind, labels, remedy):
    codec = {
        Classes: Classes(["negative", "positive"]), Tags: Tags(["negative", "positive"]), Forecast: Forecast(["a"], 1),
        Sequences: Sequences(rnn_zoo.Words(["positive"])), Transcripts: Transcripts("abc"),
    }[kind]  # fmt: skip
    with pytest.raises(ValueError, match=f"labels must be a list: {remedy}"):
        codec.encode(labels)


def test_a_series_of_pandas_is_a_list_of_labels(codec):
    pandas = pytest.importorskip("pandas")
    labels = pandas.Series(["positive", "negative"], index=[7, 3])
    assert codec.encode(labels).tolist() == [2, 0]
    assert Transcripts("ab").encode(pandas.Series(["ab"], index=[7]), [9])[0].tolist() == [1, 2]
    with pytest.raises(ValueError, match=r"give one column, frame\['label'\]. Received: a table of"):
        codec.encode(pandas.DataFrame({"label": labels}))


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


@pytest.mark.parametrize("kind", [Sequences, Captions, Texts, Phonemes])
def test_what_writes_learns_its_tokenizer_from_labels_or_takes_one(kind):
    tokenizer, labels = rnn_zoo.SpacedTokens(["A", "B"]), ["A B", "B"]
    codec = kind.from_examples(labels, tokenizer, decoding={"num_beams": 3})
    assert codec.tokenizer is tokenizer and codec.decoding.num_beams == 3
    assert kind.from_config(codec.get_config()).encode(labels)[0].tolist() == codec.encode(labels)[0].tolist()
    assert set(kind.from_examples(labels, rnn_zoo.SpacedTokens).tokenizer.vocabulary) == {"A", "B"}


def test_what_writes_keeps_its_tokenizer_by_name_and_knows_no_others():
    config = Sequences(rnn_zoo.Words(["a"])).get_config()
    assert config["tokenizer"] == {"class_name": "Words", "config": rnn_zoo.Words(["a"]).get_config()}
    with pytest.raises(ValueError, match="tokenizer must be one of .*'Words'.*Received: class_name='os'"):
        Sequences.from_config({**config, "tokenizer": {"class_name": "os", "config": {}}})
    with pytest.raises(ValueError, match="tokenizer must be one of .*Received: Tokens"):
        Sequences(rnn_zoo.Tokens(["a"], ["a"]))


def test_pieces_are_written_with_held_notes_where_examples_have_them():
    codec = NoteSequences.from_examples([[[60], [-60]]], frames_per_quarter=2)
    assert codec.tokenizer.held and codec.frames_per_quarter == 2
    assert not NoteSequences.from_examples([[[60], [62]]]).tokenizer.held
    with pytest.raises(ValueError, match=r"labels\[0\] must be a list of frames"):
        NoteSequences.from_examples(["abc"])
    with pytest.raises(ValueError, match=r"pieces\[1\] must be a list of frames"):
        rnn_zoo.Pieces.from_examples([[[60]], "abc"])


def test_probabilities_are_not_negative():
    with pytest.raises(ValueError, match="must be probabilities of 2 classes"):
        Classes(["a", "b"]).encode(np.array([[-0.5, 1.5]]))


@pytest.mark.parametrize(("codec", "package"), [(Sequences, "sacrebleu"), (Captions, "sacrebleu"), (Phonemes, "jiwer")])
def test_metrics_need_an_answer_for_each_label(codec, package):
    pytest.importorskip(package)
    tokenizer = rnn_zoo.SpacedTokens(["a", "b"])
    for labels, answers in ((["a", "b"], ["a"]), (["a"], ["a", "b"])):
        with pytest.raises(ValueError, match=f"Received: {len(labels)} and {len(answers)}"):
            codec(tokenizer).compute_metrics(labels, answers)


def test_written_answers_are_said_and_kept_as_texts():
    codec = Sequences(rnn_zoo.Words(["a", "dog"]))
    assert codec.answer([2, 3, codec.end_id]) == "a dog"
    best = [{"text": "a dog", "log_probability": -0.5}, {"text": "a", "log_probability": -1.25}]
    assert codec.to_text("ein Hund", "a dog") == "a dog" and codec.to_json("a dog") == {"text": "a dog"}
    assert codec.to_text("ein Hund", best) == "a dog  -0.50  |  a  -1.25" and codec.to_json(best) == best


def test_classes_are_said_with_a_text_on_one_line_that_is_cut_if_it_is_long(codec):
    best = [{"label": "neutral", "score": 0.5}, {"label": "positive", "score": 0.25}]
    assert codec.to_text(None, best) == "neutral  0.50  positive  0.25"
    assert codec.to_text("two\nlines", best[0]) == "neutral  0.50  two lines"
    assert codec.to_text("x" * 301, best[0]) == f"neutral  0.50  {'x' * 300}... (301 characters)"
    assert codec.to_text((np.zeros((2, 3), "uint8"), "what?"), best[0]) == "neutral  0.50  <uint8>[2, 3]: what?"


def test_loss_and_accuracy_are_computed_from_logits(codec):
    logits = np.log(np.array([[0.2, 0.1, 0.7], [0.5, 0.25, 0.25]], "float32"))
    targets = codec.encode(["positive", "neutral"])
    expected = -(np.log(0.7) + np.log(0.25)) / 2
    assert float(loss_of(codec)(targets, logits)) == pytest.approx(expected, abs=1e-6)
    (accuracy,) = metrics_of(codec)
    accuracy.update_state(targets, logits)
    assert accuracy.name == "accuracy"
    assert float(accuracy.result()) == 0.5


def test_a_codec_is_rebuilt_from_its_config(codec):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(codec))
    assert type(again) is Classes
    assert again.class_names == codec.class_names
