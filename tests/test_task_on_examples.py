"""Task: Keras' fit, evaluate and predict on raw examples, and single examples to `infer`."""

import multiprocessing
import pickle
import re
import warnings
from concurrent.futures import ProcessPoolExecutor

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.preprocessors.base import warn_of_unknown

SENTENCES = [["Ann", "sings"], ["Bob", "hears", "Ann"], ["Rome"]]
TAGS = [["PROPN", "VERB"], ["PROPN", "VERB", "PROPN"], ["PROPN"]]
STILL = {"word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0}


@pytest.fixture
def still(tiny_task, eager_training):
    """A compiled Task without dropout, whose optimizer is plain descent; always with the same weights."""
    keras.utils.set_random_seed(1)
    task = tiny_task(**STILL)
    task.compile(keras.optimizers.SGD(0.5))
    return task


@pytest.fixture
def tagger(eager_training):
    small = {"units": 3, "embedding_dim": 3, "character_units": 3, "character_dim": 3}
    return rnn_zoo.pos_gru.from_examples((SENTENCES, TAGS), min_count=1, min_character_count=1, **small)


def weights_after(task, start, *data, **options):
    task.set_weights(start)
    task.fit(*data, verbose=0, **options)
    return task.get_weights()


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_raw_examples_are_fitted_and_evaluated_as_their_batches_are(still, texts, labels):
    start = still.get_weights()
    batched = weights_after(still, start, rnn_zoo.batches(still, texts, labels, batch_size=5))
    assert_same(weights_after(still, start, texts, labels, batch_size=5, shuffle=False), batched)
    assert np.abs(batched[0] - start[0]).max() > 1e-4
    shuffled = weights_after(still, start, texts, labels, batch_size=5)
    assert any(np.abs(one - other).max() > 1e-5 for one, other in zip(shuffled, batched, strict=True))
    found = still.evaluate(texts, labels, batch_size=5, verbose=0, return_dict=True)
    assert found == pytest.approx(
        still.evaluate(rnn_zoo.batches(still, texts, labels), verbose=0, return_dict=True), rel=1e-5
    )


def test_a_task_that_was_not_compiled_compiles_itself_with_what_its_codec_names(tiny_task, texts, labels, monkeypatch):
    task, traced, step = tiny_task(), [], keras.Model.train_step
    monkeypatch.setattr(keras.Model, "train_step", lambda *given: traced.append(1) or step(*given))
    assert not task.compiled
    assert set(task.fit(texts, labels, verbose=0).history) == {"loss", "accuracy"}
    assert len(traced) == 1  # of two traces each, the first would be for variables that the second finds
    assert isinstance(task.optimizer, keras.optimizers.AdamW)


def test_so_do_one_that_is_measured_first_and_a_tagger(tiny_task, tagger, texts, labels):
    assert np.isfinite(tiny_task().evaluate(texts, labels, verbose=0)).all()
    assert "loss" in tagger.fit(SENTENCES, TAGS, verbose=0).history


def test_every_epoch_has_an_order_of_its_own_that_the_random_state_of_numpy_decides(still, texts, labels):
    start, found = still.get_weights(), []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(seed)
        found.append(weights_after(still, start, texts, labels, batch_size=3, epochs=2))
    assert_same(found[0], found[1])
    assert any(np.abs(one - other).max() > 1e-5 for one, other in zip(found[0], found[2], strict=True))


def test_class_weights_by_name_and_by_index_are_those_of_keras(still, texts, labels):
    start = still.get_weights()
    plain = keras.Model(still.input, still.output)  # Keras' own fit, on the same weights
    plain.compile(keras.optimizers.SGD(0.5), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    still.set_weights(start)
    encoded = still.preprocessor(texts), still.codec(labels)
    plain.fit(*encoded, batch_size=len(texts), class_weight={0: 0.2, 1: 3.0}, verbose=0)
    expected = plain.get_weights()
    options = {"batch_size": len(texts), "shuffle": False}
    for class_weight in ({"negative": 0.2, "positive": 3.0}, {0: 0.2, 1: 3.0}, {"positive": 3.0, 0: 0.2}):
        assert_same(weights_after(still, start, texts, labels, class_weight=class_weight, **options), expected)
    unweighted = weights_after(still, start, texts, labels, **options)
    assert any(np.abs(one - other).max() > 1e-4 for one, other in zip(unweighted, expected, strict=True))
    data = rnn_zoo.batches(still, texts, labels, batch_size=len(texts))
    assert_same(weights_after(still, start, data, class_weight={"negative": 0.2, "positive": 3.0}), expected)
    with pytest.raises(ValueError, match=r"labels must be one of \['negative', 'positive'\].*'neutral'"):
        still.fit(texts, labels, class_weight={"neutral": 2.0}, verbose=0)
    with pytest.raises(ValueError, match="class_weight must name each class once. Received: .*'negative': 2, 0: 3"):
        still.fit(texts, labels, class_weight={"negative": 2, 0: 3}, verbose=0)


def test_weights_of_classes_and_of_tokens_are_refused_by_a_tagger(tagger):
    with pytest.raises(ValueError, match="class_weight weighs one class an example.*Received: class_weight={0: 0.5}"):
        tagger.fit(SENTENCES, TAGS, class_weight={0: 0.5}, verbose=0)
    with pytest.raises(ValueError, match="class_weight weighs one class an example"):
        tagger.fit(rnn_zoo.batches(tagger, SENTENCES, TAGS), class_weight={"VERB": 0.5}, verbose=0)
    for weights in (np.ones((3, 3)), [1.0, 1.0]):
        with pytest.raises(ValueError, match=r"sample_weight must be one number an example, 3 in all. Received: shape"):
            tagger.fit(SENTENCES, TAGS, sample_weight=weights, verbose=0)
        with pytest.raises(ValueError, match="sample_weight must be one number an example"):
            tagger.evaluate(SENTENCES, TAGS, sample_weight=weights, verbose=0)
    with pytest.raises(ValueError, match=r"sample_weight must be finite. Received: sample_weight\[1\]=nan"):
        tagger.fit(SENTENCES, TAGS, sample_weight=[1, np.nan, 1], verbose=0)


def test_an_example_of_weight_two_counts_as_one_that_comes_twice(still, texts, labels):
    """Keras divides the weighted sum of losses by the number of examples, so that a step is as much longer."""
    weights, start = [2.0] + [1.0] * (len(texts) - 1), still.get_weights()
    share = (len(texts) + 1) / len(texts)
    twice = [*texts, texts[0]], [*labels, labels[0]]
    loss, _ = still.evaluate(texts, labels, sample_weight=weights, verbose=0)
    assert loss == pytest.approx(still.evaluate(*twice, verbose=0)[0] * share, rel=1e-5)
    weighted = weights_after(still, start, texts, labels, sample_weight=weights)
    still.optimizer.learning_rate = 0.5 * share
    assert_same(weighted, weights_after(still, start, *twice))


def test_weights_stay_with_their_examples_whatever_the_order_of_batches(still, texts, labels):
    """Where only short texts count, only theirs are the words that learn."""
    weights = [float(len(text) < 12) for text in texts]
    embedding = still.get_layer("embedding")
    before = embedding.get_weights()[0].copy()
    still.fit(texts, labels, batch_size=3, epochs=2, sample_weight=weights, verbose=0)
    moved = np.abs(embedding.get_weights()[0] - before).max(axis=1) > 0
    short = [text for text, weight in zip(texts, weights, strict=True) if weight]
    seen = {int(one) for ids in still.preprocessor.encode(short) for one in ids}
    assert set(np.flatnonzero(moved).tolist()) == seen and 0 < len(seen) < len(before) - 2


def test_weights_of_examples_reach_a_tagger_too(tagger):
    second = tagger.evaluate(SENTENCES[1:2], TAGS[1:2], verbose=0)[0]
    loss = tagger.evaluate(SENTENCES[:2], TAGS[:2], sample_weight=[0.0, 1.0], verbose=0)[0]
    assert loss == pytest.approx(3 * second / 5, rel=1e-5)  # of a mean over five tokens


def test_the_last_examples_are_held_out_or_others_are_given(still, texts, labels):
    start, options = still.get_weights(), {"batch_size": 4, "shuffle": False, "verbose": 0}
    history = still.fit(texts, labels, validation_split=0.25, **options).history
    after = still.get_weights()
    loss, accuracy = still.evaluate(texts[9:], labels[9:], verbose=0)
    assert history["val_loss"] == [pytest.approx(loss, rel=1e-5)]
    assert history["val_accuracy"] == [pytest.approx(accuracy)]
    assert_same(weights_after(still, start, texts[:9], labels[:9], batch_size=4, shuffle=False), after)
    weights = np.arange(12) / 6.0
    history = still.fit(texts, labels, validation_split=0.25, sample_weight=weights, **options).history
    loss, _ = still.evaluate(texts[9:], labels[9:], sample_weight=weights[9:], verbose=0)
    assert history["val_loss"] == [pytest.approx(loss, rel=1e-5)]
    for held_out in ((texts[:3], labels[:3]), rnn_zoo.batches(still, texts[:3], labels[:3])):
        history = still.fit(texts, labels, validation_data=held_out, **options).history
        loss, _ = still.evaluate(texts[:3], labels[:3], verbose=0)
        assert history["val_loss"] == [pytest.approx(loss, rel=1e-5)]
    with pytest.raises(ValueError, match=r"validation_split must be in \[0, 1\). Received: validation_split=1"):
        still.fit(texts, labels, validation_split=1, verbose=0)


def test_labels_and_a_batch_size_are_asked_for(still, texts, labels):
    with pytest.raises(ValueError, match="y must be the labels of raw examples. Received: y=None"):
        still.fit(texts, verbose=0)
    with pytest.raises(ValueError, match="raw and labels must be of one length. Received: 12 and 1"):
        still.fit(texts, ["negative"], verbose=0)
    with pytest.raises(ValueError, match="batch_size .*must be positive. Received: batch_size=0"):
        still.fit(texts, labels, batch_size=0, verbose=0)


def test_predictions_are_padded_to_one_width_and_are_those_of_batches(tagger, still, texts):
    found = tagger.predict(SENTENCES, batch_size=1, verbose=0)
    assert found.shape[0] == 3 and found.shape[1] - found.shape[2] in (3, 3 - found.shape[2])  # a CRF has rows before
    batched = tagger.predict(rnn_zoo.batches(tagger, SENTENCES, bucket_width=3), verbose=0)
    np.testing.assert_allclose(found, batched, atol=1e-6)
    expected = still.predict(rnn_zoo.batches(still, texts), verbose=0)
    np.testing.assert_allclose(still.predict(texts, batch_size=5, verbose=0), expected, atol=1e-6)
    np.testing.assert_allclose(still.predict(texts, verbose=0), still(still.preprocessor(texts)), atol=1e-5)


@pytest.mark.usefixtures("eager_training")
def test_a_model_that_writes_takes_raw_examples_too():
    source, target = ["a dog", "a cat runs", "two dogs"], ["ein hund", "eine katze rennt", "zwei hunde"]
    small = {"units": 4, "embedding_dim": 4, "token_type": "words", "min_count": 1}
    task = rnn_zoo.translation_gru.from_examples((source, target), scheduled_sampling=0.5, **small)
    history = task.fit(source, target, epochs=2, validation_split=0.4, verbose=0).history
    assert len(history["val_loss"]) == 2 and np.isfinite(history["loss"]).all()
    loss = task.evaluate(source, target, verbose=0, return_dict=True)["loss"]
    total = sum(one for one, _ in task.log_likelihood(source, target))
    tokens = sum(count for _, count in task.log_likelihood(source, target))
    assert loss == pytest.approx(-total / tokens, rel=0.2)  # but for the smoothing of labels


def answer(pickled):
    """What a Task answers in a process that starts afresh."""
    return pickle.loads(pickled).infer("a great film")


def test_a_task_is_pickled_and_answers_in_a_spawned_process(tiny_task, texts, labels):
    task = tiny_task()
    task.fit(texts, labels, verbose=0)
    copy = pickle.loads(pickle.dumps(task))
    assert_same(copy.get_weights(), task.get_weights())
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(answer, pickle.dumps(task)).result(timeout=300)
    assert found["label"] == task.infer("a great film")["label"]
    assert found["score"] == pytest.approx(task.infer("a great film")["score"], abs=1e-6)


def test_an_example_of_which_nothing_is_known_is_warned_of(tiny_task):
    task = tiny_task()
    with pytest.warns(UserWarning, match="The model knows nothing of 'zzz qqq', and guesses"):
        task.infer([*task.preprocessor.vocabulary[:1], "zzz qqq"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        task.infer(task.preprocessor.vocabulary[:1])


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("preprocessor", "raw", "emptiness"),
    [
        (
            rnn_zoo.LogMel(8000),
            [(RNG.normal(size=4000), 8000), (np.zeros(4000), 8000)],
            "recordings[1], which is silence",
        ),
        (rnn_zoo.Frames([2]), [[[1, 2], [1, 3]], [[1, 2], [1, 2]]], "sequences[1], which is the same all the time"),
        (rnn_zoo.Pixels(2, 2), [[[0, 9], [0, 0]], [[9, 9], [9, 9]]], "images[1], which is of one brightness"),
        (
            rnn_zoo.Photos(2, 2),
            [RNG.integers(0, 255, (4, 4, 3), "uint8"), np.full((4, 4, 3), [1, 2, 3], "uint8")],
            "images[1], which is of one colour",
        ),
    ],
)
def test_silence_and_plain_images_are_warned_of(preprocessor, raw, emptiness):
    encoded = preprocessor.encode(raw)
    with pytest.warns(UserWarning, match=f"The model knows nothing of {re.escape(emptiness)}, and guesses"):
        warn_of_unknown(raw, encoded, preprocessor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_unknown(raw[:1], encoded[:1], preprocessor)


def test_a_blank_text_that_gets_a_class_is_warned_of(still, tagger):
    with pytest.warns(UserWarning, match="The model knows nothing of ' ', and guesses"):
        assert still.infer(["a great film", " "])[1]["label"] in still.codec.class_names
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tagger.infer("") == []


def test_probabilities_as_labels_are_refused_where_classes_are_learned(still):
    for learn in (still.fit, still.evaluate):
        with pytest.raises(ValueError, match=r"y must be one class an example.*Received: y of shape \[2, 2\]"):
            learn(["a great film", "a dull film"], np.eye(2))
        with pytest.raises(ValueError, match=r"probabilities of 2 classes.*Received: labels of shape \(2, 1\)"):
            learn(["a great film", "a dull film"], np.array([[0], [1]]))  # whose argmax would be 0 everywhere


def test_the_share_of_unknown_words_is_told_of_one_example_and_of_many(tiny_task):
    task = tiny_task()
    known = task.preprocessor.vocabulary[0]
    assert task.unknown_share(f"{known} zzz qqq {known.upper()}") == 0.5
    assert task.unknown_share([known, "zzz", " ", ""]) == [0.0, 1.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="give one entry, data"):
        task.unknown_share({"text": [known]})
    assert rnn_zoo.digits_dense().unknown_share(["none.png"]) is None


def test_unknown_words_are_counted_as_each_preprocessor_looks_them_up():
    bag = rnn_zoo.Words(["a", "dog", "a dog"], encoding="bag_of_words", ngrams=2, max_timesteps=1)
    assert bag.unknown_share(["a zz dog yy xx"]) == [0.6]
    assert rnn_zoo.DNA(3).unknown_share(["acgtn", "ac"]) == pytest.approx([1 / 3, 1.0])
    tokens = rnn_zoo.Tokens(["ann", "sings"], list("Ansig"))
    assert tokens.unknown_share(["Ann sings now", ["Ann"]]) == pytest.approx([1 / 3, 0.0])
    pixels = np.zeros((2, 2, 3), "uint8")
    assert rnn_zoo.ImageQuestions(["red", "?"], 2, 2).unknown_share([(pixels, "Is it red?")]) == [0.5]


def test_words_that_subwords_spell_letter_by_letter_are_warned_of():
    texts = ["two dogs run over the grass", "the dogs run", "two men run over the bridge", "NATO"]
    subwords = rnn_zoo.Subwords.from_examples([*texts * 9, "QOQWQTQSQGQDQUQRQHQE"], vocabulary_size=90)
    (capitals, small, name), shouted = subwords.unknown_share(["TWO DOGS run", "two dogs run", "NATO"]), "THE DOGS RUN"
    assert capitals == pytest.approx(2 / 3) and small == name == 0.0
    ids = subwords.encode([shouted, shouted.lower(), "NATO"])
    assert [subwords.knows(one) for one in ids] == [False, True, True]
    assert subwords.unknown_share(["the gdm", "gdm", "a b", "Mdgd!"]) == [0.5, 1.0, 0.0, 1.0]
    assert [subwords.knows(one) for one in subwords.encode(["the gdm", "gdm"])] == [True, False]
    with pytest.warns(UserWarning, match="knows the words of 'THE DOGS RUN' in small letters alone, and guesses"):
        warn_of_unknown([shouted], ids[:1], subwords)
