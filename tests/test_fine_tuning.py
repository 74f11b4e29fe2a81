import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import plots
from rnn_zoo.training import (
    SlantedTriangular,
    classifier_of_language_model,
    discriminative_optimizer,
    extend_vocabulary,
    find_learning_rate,
    fine_tune,
    freeze_to,
    layer_groups,
    replace_head_beside_tokens,
    train_head,
)

pytestmark = pytest.mark.usefixtures("eager_training")
QUICK = {"verbose": 0, "batch_size": 4}
STILL = {"word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0}


def test_the_slanted_triangle_is_that_of_the_equation():
    peak, steps, cut_fraction, ratio = 0.01, 200, 0.1, 32
    cut = int(steps * cut_fraction)
    schedule = SlantedTriangular(peak, steps, cut_fraction=cut_fraction, ratio=ratio)
    for step in (0, 1, 19, 20, 21, 110, 199, 200):
        p = step / cut if step < cut else 1 - (step - cut) / (cut * (1 / cut_fraction - 1))
        assert float(schedule(step)) == pytest.approx(peak * (1 + p * (ratio - 1)) / ratio, rel=1e-5)
    assert float(schedule(10 * steps)) == pytest.approx(peak / ratio)
    assert SlantedTriangular.from_config(schedule.get_config()).get_config() == schedule.get_config()
    with pytest.raises(ValueError, match="peak must be above 0.*Received: peak=0"):
        SlantedTriangular(0, 10)


def test_groups_keep_both_directions_together_and_end_with_the_head(tiny_task):
    task = tiny_task(num_layers=2, bidirectional=True, bigrams=[("a", "great")])
    assert [[layer.name for layer in group] for group in layer_groups(task)] == [
        ["bigram_embedding", "bigram_ids", "embedding"],
        ["gru_0", "gru_0_backward"],
        ["gru_1", "gru_1_backward"],
        ["logits"],
    ]


def test_only_groups_that_are_not_frozen_learn(tiny_task, texts, labels):
    task = tiny_task()
    for n, learning in ((-1, {"logits"}), (-2, {"gru_0", "logits"}), (0, {"embedding", "gru_0", "logits"})):
        freeze_to(task, n)
        task.compile("adam")
        before = {layer.name: layer.get_weights() for group in layer_groups(task) for layer in group}
        task.train_on_batch(*next(iter(rnn_zoo.batches(task, texts, labels))))
        changed = {
            name for name, weights in before.items()
            if any((new != old).any() for new, old in zip(task.get_layer(name).get_weights(), weights, strict=True))
        }  # fmt: skip
        assert changed == learning
    with pytest.raises(ValueError, match=r"n must be in \[-3, 2\]. Received: n=3"):
        freeze_to(task, 3)


def test_layers_further_down_take_smaller_steps(tiny_task):
    """Adam's first step is as long as the rate, whatever the gradient."""
    task = tiny_task()
    optimizer = discriminative_optimizer(layer_groups(task), 1e-2, 10, factor=4, weight_decay=0.0, cut_fraction=0.2)
    before = {variable.path: np.array(variable) for variable in task.trainable_variables}
    optimizer.build(task.trainable_variables)
    for _ in range(2):  # the second step is at half of the peak
        optimizer.apply([keras.ops.ones(variable.shape) for variable in task.trainable_variables])
    first, second = (float(SlantedTriangular(1.0, 10, cut_fraction=0.2)(step)) for step in (0, 1))
    steps = {variable.path: np.abs(np.array(variable) - before[variable.path]) for variable in task.trainable_variables}
    for path, distance in (("logits/kernel", 0), ("gru_0/gru_cell/kernel", 1), ("embedding/embeddings", 2)):
        np.testing.assert_allclose(steps[path], 1e-2 / 4**distance * (first + second), rtol=1e-2)


def test_a_fine_tuned_task_goes_on_training_after_loading(tiny_task, texts, labels, tmp_path):
    task = tiny_task(**STILL)
    settings = {"epochs": 4, "learning_rate": 0.1, "factor": 1.3, "gradual": False, **QUICK}
    history = fine_tune(task, (texts, labels), (texts, labels), **settings)
    assert len(history["loss"]) == len(history["val_accuracy"]) == 4
    assert min(history["val_loss"]) < 0.5
    task.save(tmp_path / "tuned.keras")
    loaded = keras.saving.load_model(tmp_path / "tuned.keras")
    before = [int(one.iterations) for one in loaded.optimizer.optimizers]
    loaded.fit(["great", "dull"], ["positive", "negative"], verbose=0)
    after = [int(one.iterations) for one in loaded.optimizer.optimizers]
    assert before == [12, 12, 12] and after == [13, 13, 13]


def test_the_best_epoch_remains_even_after_an_interruption(tiny_task, texts, labels, monkeypatch):
    task, fit, seen = tiny_task(), type(tiny_task()).fit, []

    def watched_fit(self, *args, callbacks, **options):
        class Watch(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                seen.append((logs["val_loss"], self.model.get_weights()))

            def on_epoch_begin(self, epoch, logs=None):
                if epoch == 4:
                    raise KeyboardInterrupt

        return fit(self, *args, callbacks=[*callbacks, Watch()], **options)

    monkeypatch.setattr(type(task), "fit", watched_fit)
    with pytest.raises(KeyboardInterrupt) as stopped:
        fine_tune(task, (texts, labels), (texts, labels[::-1]), epochs=4, learning_rate=0.05, **QUICK)
    (history,) = stopped.value.args
    losses = [loss for loss, _ in seen]
    assert history["val_loss"] == pytest.approx(losses) and len(losses) == 4
    best = seen[int(np.argmin(losses))][1]
    for weights, kept in zip(best, task.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, kept)
    assert all(layer.trainable for layer in task.layers)


def test_the_finder_leaves_the_task_alone_and_stops_where_training_diverges(
    tiny_task, texts, labels, tmp_path, monkeypatch
):
    monkeypatch.undo()  # so many steps are quicker in a graph
    task = tiny_task(**STILL)
    before = task.get_weights()
    curve = find_learning_rate(task, (texts, labels), lowest=1e-4, highest=1e3, steps=40, batch_size=12)
    for old, new in zip(before, task.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert 1e-4 < curve.suggestion < 1 and curve.learning_rates[-1] < 1e3
    assert len(curve.losses) == len(curve.learning_rates) < 40
    assert min(curve.losses) < 0.9 * curve.losses[0]
    path = plots.learning_rate_curve(curve, tmp_path / "finder.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="lowest must be above 0 and below highest"):
        find_learning_rate(task, (texts, labels), lowest=1.0, highest=0.1)


def test_new_words_get_rows_that_learn_and_old_ones_keep_theirs(tiny_task, texts):
    task = tiny_task(**STILL, bigrams=[("a", "great"), ("a", "dull"), ("great", "great")])
    words = task.preprocessor.vocabulary
    said = [*texts, "a great wombat", "zebra a dull wombat great great"]
    extended = extend_vocabulary(task, ["wombat", "film", "zebra", "wombat"])
    assert extended.preprocessor.vocabulary == [*words, "wombat", "zebra"]
    np.testing.assert_allclose(
        extended.predict_on_batch(extended.preprocessor(said)),
        task.predict_on_batch(task.preprocessor(said)),
        rtol=1e-6,
    )
    rows = extended.get_layer("embedding").get_weights()[0]
    np.testing.assert_array_equal(rows[: len(words) + 2], task.get_layer("embedding").get_weights()[0])
    extended.compile("adam")
    extended.fit(rnn_zoo.batches(extended, ["wombat great", "zebra dull"], [1, 0]), epochs=2, verbose=0)
    learned = extended.get_layer("embedding").get_weights()[0]
    assert (learned[-2:] != rows[-2:]).all() and (learned[-2] != learned[-1]).any()
    untouched = [place for place, word in enumerate(words, start=2) if word not in ("great", "dull")]
    np.testing.assert_array_equal(learned[untouched], rows[untouched])
    bag = rnn_zoo.sentiment_bag_of_words(
        rnn_zoo.Words(words, encoding="bag_of_words"), rnn_zoo.Classes(["negative", "positive"])
    )
    with pytest.raises(ValueError, match='layer named "embedding".*Received: sentiment_bag_of_words'):
        extend_vocabulary(bag, ["wombat"])


@pytest.mark.parametrize(("core", "weight_drop"), [("gru", 0.0), ("lstm", 0.3)])
def test_a_classifier_begins_with_the_states_of_the_language_model(core, weight_drop, vocabulary, texts, tiny_task):
    build = getattr(rnn_zoo, f"language_model_{core}")
    language_model = build(
        rnn_zoo.Words(vocabulary),
        rnn_zoo.Texts(rnn_zoo.Words(vocabulary)),
        units=8,
        num_layers=2,
        embedding_dim=8,
        weight_drop=weight_drop,
    )
    task = classifier_of_language_model(language_model, ["negative", "positive"], embedding_dropout=0.0, dropout=0.0)
    ids = task.preprocessor(texts[:1])
    decoder = language_model.get_layer("decoder")
    states = decoder.start(None, 1)
    for step in range(ids.shape[1]):
        _, _, states = decoder.step(ids[:, step], states)
    top = keras.Model(task.input, task.get_layer(f"{core}_1").output)
    np.testing.assert_allclose(np.array(top(ids))[:, -1], np.array(states[-1][0]), atol=1e-5)
    with pytest.raises(ValueError, match="task must be a language model.*Received: sentiment"):
        classifier_of_language_model(tiny_task(), ["a", "b"])


def test_a_head_beside_tokens_learns_words_and_pairs_and_leaves_the_body_alone(tiny_task, tmp_path, monkeypatch):
    """What tells the classes is the order of two words, of which each class has both."""
    texts = ["a great dull b", "b dull great a", "great dull", "dull great"] * 6
    labels = ["first", "second"] * 12
    body = extend_vocabulary(tiny_task(), ["b"])
    with pytest.raises(ValueError, match=r"dropout must be in \[0, 1\). Received: dropout=1.0"):
        replace_head_beside_tokens(body, ["first", "second"], texts, dropout=1.0)
    task = replace_head_beside_tokens(body, ["first", "second"], texts)
    assert task.infer("great dull")["score"] == pytest.approx(0.5)
    monkeypatch.undo()  # so many steps are quicker in a graph
    history = train_head(task, (texts, labels), steps=120, batch_size=8, verbose=0)
    assert history["loss"][-1] < 0.6 * history["loss"][0]
    assert [one["label"] for one in task.infer(["b great dull", "dull great b"])] == ["first", "second"]
    for layer in (layer for group in layer_groups(task)[:-1] for layer in group):
        for weights, kept in zip(layer.get_weights(), body.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(weights, kept)
    task.save(tmp_path / "head.keras")
    again = extend_vocabulary(keras.saving.load_model(tmp_path / "head.keras"), ["zzz"])
    assert [one["score"] for one in again.infer(texts)] == pytest.approx([one["score"] for one in task.infer(texts)])
    fine_tune(again, (texts[:4], labels[:4]), (texts[:4], labels[:4]), epochs=1, gradual=False, **QUICK)
    twice = replace_head_beside_tokens(again, ["a", "b", "c"], texts)
    assert twice.output_shape == (None, 3) and len(layer_groups(twice)[-1]) == 4
