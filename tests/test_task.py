"""Task: training, answering, one file that holds everything, new heads."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.heads import copy_of

PACKAGE_ROOT = Path(rnn_zoo.__file__).parent.parent


def logits_of(task, texts):
    return keras.ops.convert_to_numpy(task(task.preprocessor(texts)))


@pytest.fixture
def trained(tiny_task, texts, labels, eager_training):
    """A compiled Task after two steps, so that its optimizer has a state."""
    task = tiny_task()
    task.compile(keras.optimizers.Adam(0.0123))
    task.fit(rnn_zoo.batches(task, texts, labels), epochs=2, verbose=0)
    return task


def test_a_saved_task_answers_the_same_in_a_new_process(trained, texts, tmp_path):
    path = tmp_path / "task.keras"
    trained.save(path)
    code = f"""if True:
        import json
        from rnn_zoo import Task
        import keras  # after one of our names, by which Keras must know all classes of ours
        task = keras.saving.load_model({str(path)!r}, safe_mode=True)
        import rnn_zoo
        assert type(task) is rnn_zoo.Task and keras.saving.get_registered_object("rnn_zoo>GenerativeTask")
        print(json.dumps([type(task).__module__, task.infer({texts!r})]))
    """
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    module, answers = json.loads(found.stdout)
    assert module == "rnn_zoo.task"
    for answer, expected in zip(answers, trained.infer(texts), strict=True):
        assert answer["label"] == expected["label"]
        assert answer["score"] == pytest.approx(expected["score"], abs=1e-6)


def test_one_graph_answers_batches_of_all_sizes_and_lengths(tiny_task, texts, monkeypatch):
    task, call, traced = tiny_task(), keras.layers.Embedding.call, []
    monkeypatch.setattr(keras.layers.Embedding, "call", lambda *given: traced.append(given) or call(*given))
    alone = [task.infer(text) for text in texts]
    together = task.infer(texts * 2)[: len(texts)]
    assert len(traced) == 1
    task.run_eagerly = True
    task.infer("good")
    assert len(traced) == 2
    assert [one["score"] for one in together] == pytest.approx([one["score"] for one in alone], abs=1e-6)


def test_a_compiled_task_keeps_its_optimizer_and_goes_on_as_if_never_saved(tiny_task, texts, labels, tmp_path):
    task = tiny_task(word_dropout=0.0, embedding_dropout=0.0, dropout=0.0)
    task.compile(keras.optimizers.Adam(0.0123))
    data = task.preprocessor(texts), task.codec.encode(labels)
    task.train_on_batch(*data)
    task.save(tmp_path / "task.keras")
    loaded = keras.saving.load_model(tmp_path / "task.keras")
    for found, expected in zip(loaded.optimizer.variables, task.optimizer.variables, strict=True):
        np.testing.assert_array_equal(found.numpy(), expected.numpy())
    results = [model.train_on_batch(*data, return_dict=True) for model in (loaded, task)]
    assert results[0].keys() == results[1].keys() == {"loss", "accuracy"}
    for found, expected in zip(loaded.get_weights(), task.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_the_optimizer_can_be_left_out(trained, texts, tmp_path):
    trained.save(tmp_path / "with.keras")
    trained.save(tmp_path / "without.keras", include_optimizer=False)
    assert (tmp_path / "without.keras").stat().st_size < 0.7 * (tmp_path / "with.keras").stat().st_size
    loaded = keras.saving.load_model(tmp_path / "without.keras")
    assert not loaded.compiled
    np.testing.assert_array_equal(logits_of(loaded, texts), logits_of(trained, texts))
    assert trained.optimizer is not None


def test_half_precision_halves_the_file_and_barely_moves_the_answers(tiny_task, texts, tmp_path):
    task = tiny_task(embedding_dim=64, units=64)
    task.save(tmp_path / "full.keras")
    task.save(tmp_path / "half.keras", half_precision=True)
    full, half = ((tmp_path / f"{name}.keras").stat().st_size for name in ("full", "half"))
    assert half < 0.45 * full
    loaded = keras.saving.load_model(tmp_path / "half.keras")
    assert {weight.dtype for weight in loaded.weights} == {"float32"}
    for found, expected in zip(loaded.infer(texts, top_k=2), task.infer(texts, top_k=2), strict=True):
        for answer, reference in zip(found, expected, strict=True):
            assert answer["score"] == pytest.approx(reference["score"], abs=2e-3)


def test_half_precision_leaves_the_optimizer_as_it_was(trained, tmp_path):
    """Rounded, the learning rate is another number and Adam's second moments are 0, which makes a step explode."""
    trained.save(tmp_path / "half.keras", half_precision=True)
    loaded = keras.saving.load_model(tmp_path / "half.keras")
    for found, expected in zip(loaded.optimizer.variables, trained.optimizer.variables, strict=True):
        np.testing.assert_array_equal(found.numpy(), expected.numpy())


def test_save_overwrites_the_file_that_the_task_was_loaded_from_unless_it_is_the_packages(
    trained, texts, labels, tmp_path, monkeypatch
):
    path = tmp_path / "task.keras"
    trained.save(path)
    loaded = rnn_zoo.sentiment_gru(weights=path)
    loaded.fit(texts, labels, verbose=0)
    loaded.save(path)
    np.testing.assert_array_equal(logits_of(keras.saving.load_model(path), texts), logits_of(loaded, texts))
    before = path.read_bytes()
    monkeypatch.setattr("rnn_zoo.task.WEIGHTS_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="weights file of the package: save the Task under another name"):
        loaded.save(tmp_path / ".." / tmp_path.name / "task.keras")
    assert path.read_bytes() == before
    loaded.save(tmp_path / "other.keras")


@pytest.mark.parametrize("name", ["task.h5", "task", "task.keras.zip", "task.weights.h5"])
def test_save_refuses_another_ending(tiny_task, tmp_path, name):
    with pytest.raises(ValueError, match=f"filepath must end in .keras. Received: filepath='.*{name}'"):
        tiny_task().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_save_makes_the_folder_and_overwrites_only_if_it_may(tiny_task, texts, tmp_path):
    path = tmp_path / "new" / "folder" / "task.keras"
    first, second = tiny_task(), tiny_task()
    first.save(str(path))
    with pytest.raises(FileExistsError, match="overwrite=False"):
        second.save(path, overwrite=False)
    np.testing.assert_array_equal(logits_of(keras.saving.load_model(path), texts), logits_of(first, texts))
    second.save(path)
    np.testing.assert_array_equal(logits_of(keras.saving.load_model(path), texts), logits_of(second, texts))


@pytest.mark.parametrize("interrupted", ["keras.saving.save_model", "os.replace"])
def test_an_interrupted_save_leaves_the_old_file_and_nothing_else(tiny_task, tmp_path, monkeypatch, interrupted):
    path = tmp_path / "task.keras"
    task = tiny_task()
    task.save(path)
    before = path.read_bytes()

    def write_half_a_file(_, target):
        Path(target).with_name("half.keras").write_bytes(b"half a file")
        raise KeyboardInterrupt

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(interrupted, write_half_a_file if interrupted.startswith("keras") else stop)
        task.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_fit_evaluate_and_predict_take_batches(tiny_task, texts, labels):
    task = tiny_task("lstm", bidirectional=True)
    task.compile(keras.optimizers.Adam(0.02))
    dataset = rnn_zoo.batches(task, texts, labels, batch_size=4, shuffle=True)
    history = task.fit(dataset, epochs=8, verbose=0, validation_data=rnn_zoo.batches(task, texts, labels)).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history["loss"][-1] < history["loss"][0]
    evaluation = task.evaluate(rnn_zoo.batches(task, texts, labels), verbose=0, return_dict=True)
    assert evaluation["loss"] == pytest.approx(history["val_loss"][-1], abs=1e-5)
    predicted = task.predict(rnn_zoo.batches(task, texts, batch_size=5, bucket_width=1), verbose=0)
    np.testing.assert_allclose(predicted, logits_of(task, texts), atol=1e-5)


def test_own_loss_and_metrics_take_the_place_of_the_codecs(tiny_task, texts, labels):
    task = tiny_task()
    task.compile("sgd", loss=lambda targets, logits: keras.ops.mean(logits**2, axis=-1), metrics=[])
    found = task.evaluate(rnn_zoo.batches(task, texts, labels), verbose=0, return_dict=True)
    assert found == {"loss": pytest.approx(np.mean(logits_of(task, texts) ** 2), rel=1e-5)}


def test_answers_come_in_the_order_of_the_texts_whatever_the_batch_size(tiny_task):
    task = tiny_task()
    texts = ["film " * length + end for length in (30, 1, 70, 2, 50, 3) for end in ("great", "dull")]
    expected = [task.infer([text])[0] for text in texts]
    assert len({round(answer["score"], 5) for answer in expected}) > 6
    for batch_size in (1, 5, 64):
        found = task.infer(texts, batch_size=batch_size)
        assert [answer["label"] for answer in found] == [answer["label"] for answer in expected]
        np.testing.assert_allclose(
            [answer["score"] for answer in found], [answer["score"] for answer in expected], atol=1e-5
        )


def test_answers_are_labels_with_scores_or_the_k_best_of_them(tiny_task, texts):
    task = tiny_task()
    for best, ranked in zip(task.infer(texts), task.infer(texts, top_k=2), strict=True):
        assert best == ranked[0]
        assert {answer["label"] for answer in ranked} == {"negative", "positive"}
        assert ranked[0]["score"] >= ranked[1]["score"]
        assert sum(answer["score"] for answer in ranked) == pytest.approx(1.0, abs=1e-6)


def test_no_texts_have_no_answers(tiny_task):
    assert tiny_task().infer([]) == []


@pytest.mark.parametrize(
    ("raw", "options", "message"),
    [
        ({"text": "good"}, {}, "must be a list"),
        (["good", 7], {}, r"Received: texts\[1\]=7"),
        (["good"], {"top_k": 3}, r"top_k must be in \[1, 2\]. Received: top_k=3"),
        (["good"], {"batch_size": 0}, "batch_size must be positive. Received: batch_size=0"),
    ],
)
def test_infer_refuses_bad_input(tiny_task, raw, options, message):
    with pytest.raises(ValueError, match=message):
        tiny_task().infer(raw, **options)


def test_vectors_of_no_examples_at_once_are_refused(tiny_task):
    with pytest.raises(ValueError, match="batch_size must be positive. Received: batch_size=0"):
        tiny_task().embed(["good"], batch_size=0)


def test_a_new_head_trains_on_five_classes_and_the_original_stays(trained, texts):
    before = [weight.copy() for weight in trained.get_weights()]
    answers = trained.infer(texts)
    stars = rnn_zoo.replace_head(trained, ["1", "2", "3", "4", "5"])
    for layer in ("embedding", "gru_0"):
        for found, expected in zip(
            stars.get_layer(layer).get_weights(), trained.get_layer(layer).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(found, expected)
    assert stars.output_shape == (None, 5)

    stars.compile("adam")
    stars.fit(rnn_zoo.batches(stars, texts, [number % 5 + 1 for number in range(len(texts))]), epochs=2, verbose=0)
    assert np.abs(stars.get_layer("embedding").get_weights()[0] - before[0]).max() > 1e-4
    assert {answer["label"] for answer in stars.infer(["good"], top_k=5)[0]} == set("12345")
    for found, expected in zip(trained.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert trained.infer(texts) == answers
    assert trained.codec.class_names == ["negative", "positive"]


def test_a_task_with_a_new_head_can_be_saved(tiny_task, texts, tmp_path):
    stars = rnn_zoo.replace_head(tiny_task(), ["1", "2", "3"])
    stars.save(tmp_path / "stars.keras")
    loaded = keras.saving.load_model(tmp_path / "stars.keras")
    assert loaded.codec.class_names == ["1", "2", "3"]
    np.testing.assert_array_equal(logits_of(loaded, texts), logits_of(stars, texts))


def test_all_weights_of_a_task_with_a_new_head_are_trainable_even_if_the_original_was_frozen(tiny_task):
    task = tiny_task()
    task.trainable = False
    stars = rnn_zoo.replace_head(task, ["1", "2", "3"])
    assert len(stars.trainable_weights) == len(stars.weights) == len(task.weights)
    assert task.trainable_weights == []


def test_a_copy_has_the_same_answers_and_weights_of_its_own(tiny_task, texts):
    task = tiny_task()
    copy = copy_of(task)
    np.testing.assert_array_equal(logits_of(copy, texts), logits_of(task, texts))
    copy.set_weights([weight + 1 for weight in copy.get_weights()])
    assert np.abs(logits_of(copy, texts) - logits_of(task, texts)).max() > 1e-3


def test_the_feature_extractor_gives_what_the_head_sees(tiny_task, texts):
    task = tiny_task(units=6, bidirectional=True)
    extractor = rnn_zoo.feature_extractor(task)
    features = keras.ops.convert_to_numpy(extractor(task.preprocessor(texts)))
    assert features.shape == (len(texts), 2 * 2 * 6)
    kernel, bias = task.get_layer("logits").get_weights()
    np.testing.assert_allclose(features @ kernel + bias, logits_of(task, texts), atol=1e-5)


def test_a_lambda_layer_in_a_file_is_refused(tiny_task, vocabulary, tmp_path):
    inputs = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(len(vocabulary) + 2, 2)(inputs)
    outputs = keras.layers.Lambda(lambda values: keras.ops.max(values, axis=1))(x)
    original = tiny_task()
    task = rnn_zoo.Task(inputs, outputs, preprocessor=original.preprocessor, codec=original.codec)
    task.save(tmp_path / "lambda.keras")
    for load in (keras.saving.load_model, lambda path: rnn_zoo.sentiment_gru(weights=path)):
        with pytest.raises(ValueError, match="[Ll]ambda.*unsafe|unsafe.*[Ll]ambda|disallowed.*lambda"):
            load(tmp_path / "lambda.keras")


FOREIGN_CODE = {
    "system": {"module": "os", "registered_name": None, "config": "touch {mark}"},
    "Popen": {"module": "subprocess", "registered_name": "subprocess>Popen", "config": {"args": ["touch", "{mark}"]}},
    "get_file": {"module": "keras.utils", "registered_name": None, "config": {"fname": "{mark}", "origin": "file:///"}},
}


@pytest.mark.parametrize("name", FOREIGN_CODE)
@pytest.mark.parametrize("place", ["preprocessor", "codec", "network"])
def test_other_code_in_a_file_is_refused_and_not_run(tiny_task, tmp_path, name, place):
    code = json.dumps({"class_name": name, **FOREIGN_CODE[name]})
    tiny_task().save(tmp_path / "task.keras")
    mark = tmp_path / "was_run"
    with (
        zipfile.ZipFile(tmp_path / "task.keras") as source,
        zipfile.ZipFile(tmp_path / "changed.keras", "w") as changed,
    ):
        for member in source.namelist():
            data = source.read(member)
            if member == "config.json":
                config = json.loads(data)
                config["config"][place] = json.loads(code.replace("{mark}", str(mark)))
                data = json.dumps(config)
            changed.writestr(member, data)
    with pytest.raises((TypeError, ValueError), match="[Cc]ould not be deserialized|[Cc]annot deserialize"):
        rnn_zoo.sentiment_gru(weights=tmp_path / "changed.keras")
    assert not mark.exists()
