"""Minimum risk training: a network learns from the scores of what it writes itself."""

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.generation.texts import Generation
from rnn_zoo.training import own_answers, train

WORDS = ["ab", "ba", "abba", "cab", "bac", "dad", "add", "cad", "dab", "bad", "abc", "cba"]
SPOKEN = [" ".join(word.upper()) for word in WORDS]
SETTINGS = {"batch_size": 4, "num_answers": 4, "learning_rate": 5e-3, "verbose": 0}


def speller(**settings):
    keras.utils.set_random_seed(1)
    settings = {"units": 8, "embedding_dim": 4, **settings}
    return rnn_zoo.pronunciation_gru.from_examples((WORDS, SPOKEN), **settings)


def written(answer, tokens, probability):
    return Generation(answer, float(np.log(probability)), 0.0, np.array(tokens, "int32"), None)


def test_weights_are_the_gradient_of_the_risk():
    task = speller()
    own = own_answers.OwnAnswers(task, ["ab"], ["A B"], batch_size=1, num_answers=4, seed=0)
    answers = [
        written("A B", [2, 3], 0.3), written("A", [2], 0.1), written("A B", [2, 3], 0.3), written("B B", [3, 3], 0.05)
    ]  # fmt: skip
    mean, weights = own._weights(0, answers)
    scores = np.array([task.codec.score(["A B"], one.answer) for one in answers])[[0, 1, 3]]

    def risk(log_probabilities):
        shares = np.exp(log_probabilities) / np.exp(log_probabilities).sum()
        return -(shares @ scores)

    at = np.log([0.3, 0.1, 0.05])
    slopes = [(risk(at + step) - risk(at - step)) / 2e-6 for step in np.eye(3) * 1e-6]
    assert mean == pytest.approx(-risk(at))
    np.testing.assert_allclose(weights, [-slopes[0], -slopes[1], 0, -slopes[2]], atol=1e-8)


def test_answers_get_better():
    task = speller(units=16)
    train(task, (WORDS, SPOKEN), epochs=30, batch_size=4, learning_rate=1e-2, verbose=0)
    before = task.answer_metrics(WORDS, SPOKEN)
    history = train(task, (WORDS, SPOKEN), epochs=60, **SETTINGS)
    assert len(history["score"]) == len(history["loss"]) == 60
    assert np.mean(history["score"][-10:]) > np.mean(history["score"][:10]) + 0.1
    assert task.answer_metrics(WORDS, SPOKEN)["per"] < before["per"]


def test_one_example_has_all_right_answers_of_its_text():
    raw, labels = [*WORDS[:3], "ab"], [*SPOKEN[:3], ["B A", "A A"]]
    own = own_answers.OwnAnswers(speller(), raw, labels, batch_size=2, num_answers=2, seed=0)
    assert list(own.right) == [["A B", "B A", "A A"], ["B A"], ["A B B A"]]
    photograph = np.zeros((8, 8, 3), "uint8")
    captions = ([photograph, photograph, photograph.copy()], ["a dog", "one dog", "a cat"])
    task = rnn_zoo.caption_gru.from_examples(captions, height=8, width=8, units=4, filters=(4,), min_count=1)
    own = own_answers.OwnAnswers(task, *captions, batch_size=2, num_answers=2, seed=0)
    assert list(own.right) == [["a dog", "one dog"], ["a cat"]]
    assert [len(one) for one in own.taught] == [2, 1]


def test_batches_hold_the_answers_beside_one_another():
    own = own_answers.OwnAnswers(speller(), WORDS, SPOKEN, batch_size=5, num_answers=3, seed=0)
    assert (own.steps, own.rounds_an_epoch) == (2, 1)  # two words are left out of each pass
    for inputs, targets, weights in own.dataset(0):
        assert targets.shape[0] == weights.shape[0] == 20
        source = next(one for name, one in inputs.items() if name != "previous_ids").numpy().reshape(5, 4, -1)
        assert (source == source[:, :1]).all()
        np.testing.assert_allclose(weights.numpy().reshape(5, 4)[:, 0], 4 * own_answers.LIKELIHOOD, rtol=1e-6)
        np.testing.assert_allclose(weights.numpy().reshape(5, 4)[:, 1:].sum(axis=1), 0, atol=1e-6)
        for word, spelled in zip(source[:, 0], targets.numpy()[::4], strict=True):
            ids = word[: (word > 0).sum()]
            assert spelled[: len(ids)].tolist() == ids.tolist() and spelled[len(ids)] == own.network.codec.end_id
        assert (inputs["previous_ids"].numpy()[:, 1:][targets.numpy()[:, 1:] > 0] > 0).all()


def test_a_run_stopped_within_a_round_ends_it_and_resumes_to_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(own_answers, "BATCHES_A_ROUND", 2)
    settings = {**SETTINGS, "batch_size": 3, "epochs": 2}  # four rounds
    undisturbed = speller()
    expected = train(undisturbed, (WORDS, SPOKEN), **settings)
    monkeypatch.setattr(keras.Model, "fit", stopping(keras.Model.fit, step=3))
    with pytest.raises(KeyboardInterrupt):
        train(speller(), (WORDS, SPOKEN), output=tmp_path, **settings)
    monkeypatch.undo()
    monkeypatch.setattr(own_answers, "BATCHES_A_ROUND", 2)
    with np.load(tmp_path / "state.npz") as saved:
        assert (int(saved["epochs_done"]), int(saved["steps_done"])) == (2, 0)
    resumed = speller()
    assert train(resumed, (WORDS, SPOKEN), output=tmp_path, resume=True, **settings) == expected
    for one, other in zip(undisturbed.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def stopping(fit, step):
    """Keras' `fit`, with Ctrl-C at a step."""
    import os
    import signal

    class Stop(keras.callbacks.Callback):
        steps_left = step

        def on_train_batch_begin(self, batch, logs=None):
            Stop.steps_left -= 1
            if Stop.steps_left == 0:
                os.kill(os.getpid(), signal.SIGINT)

    def stopped(self, *args, callbacks, **options):
        return fit(self, *args, callbacks=[Stop(), *callbacks], **options)

    return stopped


@pytest.mark.parametrize(
    ("codec", "right", "answer", "expected"),
    [
        (lambda: speller().codec, ["A B", "A C"], "A C", 1.0),
        (lambda: speller().codec, ["A B"], "A A", 0.25),
        (lambda: speller().codec, ["A"], "B B B", 0.0),
        (lambda: rnn_zoo.Sequences(rnn_zoo.Words(["a"])), ["a small dog runs"], "A small dog runs", 1.0),
        (lambda: rnn_zoo.Sequences(rnn_zoo.Words(["a"])), ["a dog", "cats sit"], "cats sit", 1.0),
        (lambda: rnn_zoo.Sequences(rnn_zoo.Words(["a"])), ["a dog"], "", 0.0),
        (lambda: rnn_zoo.WrittenTranscripts("abc "), ["abc a"], "abc b", 0.8),
        (lambda: rnn_zoo.WrittenTranscripts("abc "), ["a"], "bbbb", 0.0),
    ],
)
def test_scores(codec, right, answer, expected):
    assert codec().score(right, answer) == pytest.approx(expected)


def test_what_has_no_scores_is_refused(tmp_path):
    with pytest.raises(ValueError, match="num_answers=1 for pronunciation_gru"):
        train(speller(), (WORDS, SPOKEN), epochs=1, **{**SETTINGS, "num_answers": 1})
    with pytest.raises(ValueError, match="without scheduled sampling"):
        train(speller(scheduled_sampling=0.5), (WORDS, SPOKEN), epochs=1, **SETTINGS)
    classifier = rnn_zoo.sentiment_gru.from_examples((["good", "bad"], [1, 0]), units=4, min_count=1)
    with pytest.raises(ValueError, match="num_answers must be 0"):
        train(classifier, (["good", "bad"], [1, 0]), epochs=1, **SETTINGS)
    writer = rnn_zoo.language_model_gru.from_examples((["abcd"], ["abcd"]), units=4)
    with pytest.raises(ValueError, match="num_answers must be 0"):
        train(writer, (["abcd"], ["abcd"]), epochs=1, **SETTINGS)
    stream = rnn_zoo.Stream(lambda: zip(WORDS, SPOKEN, strict=True))
    with pytest.raises(ValueError, match="for a stream"):
        train(speller(), (stream,), epochs=1, **SETTINGS)


@pytest.mark.parametrize(
    ("raw", "labels", "message"),
    [
        (WORDS, SPOKEN[:-1], "of one length. Received: 12 and 11"),
        ([], [], "at least one example"),
        (WORDS[:2], ["A B", "B Q"], r"labels\[1\]='B Q'"),
        (WORDS[:2], "A B", "labels must be"),
    ],
)
def test_bad_examples_are_refused_before_anything_is_learned(raw, labels, message):
    with pytest.raises((ValueError, TypeError), match=message):
        train(speller(), (raw, labels), epochs=1, **SETTINGS)
