import os
import signal

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import Examples
from rnn_zoo.training import (
    TrainingState,
    cross_fitted_teacher,
    fine_tune,
    read_soft_targets,
    soften,
    train,
    write_soft_targets,
)

WORDS = ["good", "great", "fine", "bad", "awful", "dull", "film", "plot", "the", "a"]


def tiny_task(core="bag_of_words", **settings):
    """A bag of words is the quickest to trace, and has dropout."""
    keras.utils.set_random_seed(1)
    builder = getattr(rnn_zoo, f"sentiment_{core}")
    words = rnn_zoo.Words(WORDS, encoding="bag_of_words" if core == "bag_of_words" else "ids")
    return builder(words, rnn_zoo.Classes(["negative", "positive"]), dropout=0.2, **settings)


def tiny_gru():
    return tiny_task("gru", units=4, embedding_dim=4, embedding_dropout=0.2, bidirectional=False)


def tiny_examples(num_examples=24):
    rng = np.random.default_rng(0)
    labels = [place % 2 for place in range(num_examples)]
    fillers = [" ".join(rng.choice(WORDS[6:], rng.integers(2, 30))) for _ in labels]
    return Examples(
        [f"{filler} {'good' if label else 'bad'}" for label, filler in zip(labels, fillers, strict=True)], labels
    )


SETTINGS = {"learning_rate": 1e-2, "batch_size": 8, "verbose": 0}


class StopAfter(keras.callbacks.Callback):
    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epochs:
            raise KeyboardInterrupt


def test_an_interrupted_run_resumes_to_the_same_weights(tmp_path, monkeypatch, capsys):
    examples = tiny_examples()
    undisturbed = tiny_gru()
    history = train(undisturbed, examples, examples, epochs=4, output=tmp_path / "a", **SETTINGS)
    stopped = tiny_gru()
    fit = type(stopped).fit

    def interrupted_fit(self, *args, callbacks, **options):
        return fit(self, *args, callbacks=[*callbacks, StopAfter(2)], **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(stopped), "fit", interrupted_fit)
        train(stopped, examples, examples, epochs=4, output=tmp_path / "b", **SETTINGS)
    assert "--resume" in capsys.readouterr().err
    resumed = tiny_gru()
    resumed_history = train(resumed, examples, examples, epochs=4, output=tmp_path / "b", resume=True, **SETTINGS)
    assert len(resumed_history["loss"]) == 4
    np.testing.assert_allclose(resumed_history["val_loss"], history["val_loss"], rtol=1e-6)
    for one, other in zip(undisturbed.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


class StopAtStep(keras.callbacks.Callback):
    """Stop in the middle of an epoch, as the kind of stop says."""

    def __init__(self, step, stop):
        super().__init__()
        self.steps_left, self.stop = step, stop

    def on_train_batch_begin(self, batch, logs=None):
        self.steps_left -= 1
        if self.steps_left == 0:
            self.stop()


def crash():
    raise RuntimeError("the machine is gone")


def ask_to_stop(number):
    def stop():
        os.kill(os.getpid(), number)

    return stop


def train_until(monkeypatch, callback, task, *args, **settings):
    fit = keras.Model.fit

    def watched_fit(self, *args, callbacks, **options):
        return fit(self, *args, callbacks=[callback, *callbacks], **options)

    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "fit", watched_fit)
        return train(task, *args, **settings)


@pytest.mark.parametrize(
    ("kind", "step"), [pytest.param("crash", 2, marks=pytest.mark.slow), ("crash", 8), ("ctrl_c", 4), ("sigterm", 11)]
)
def test_a_run_stopped_within_an_epoch_resumes_to_the_same_weights(tmp_path, monkeypatch, step, kind, undisturbed):
    """Four epochs of three steps."""
    stop, error = {
        "crash": (crash, RuntimeError),
        "ctrl_c": (ask_to_stop(signal.SIGINT), KeyboardInterrupt),
        "sigterm": (ask_to_stop(signal.SIGTERM), KeyboardInterrupt),
    }[kind]
    examples, settings = tiny_examples(), {**SETTINGS, "epochs": 4, "output": tmp_path}
    with pytest.raises(error):
        train_until(
            monkeypatch, StopAtStep(step, stop), tiny_task(), examples, examples, checkpoint_seconds=0, **settings
        )
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    with np.load(tmp_path / "state.npz") as saved:
        done = 3 * int(saved["epochs_done"]) + int(saved["steps_done"])
    assert done == (step - 1 if kind == "crash" else step)
    resumed = tiny_task()
    history = train(resumed, examples, examples, resume=True, **settings)
    task, expected = undisturbed
    assert history == expected
    for one, other in zip(task.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A task trained for four epochs without a stop, and its history."""
    task, examples = tiny_task(), tiny_examples()
    return task, train(task, examples, examples, epochs=4, output=tmp_path_factory.mktemp("undisturbed"), **SETTINGS)


def test_a_run_stopped_at_the_end_of_an_epoch_has_finished_it(tmp_path, monkeypatch):
    examples = tiny_examples()
    with pytest.raises(KeyboardInterrupt):
        train_until(
            monkeypatch, StopAtStep(3, ask_to_stop(signal.SIGINT)), tiny_task(), examples, epochs=2, output=tmp_path,
            **SETTINGS,
        )  # fmt: skip
    with np.load(tmp_path / "state.npz") as saved:
        assert (int(saved["epochs_done"]), int(saved["steps_done"])) == (1, 0)


def test_the_second_ctrl_c_stops_at_once(tmp_path, capsys):
    state = TrainingState(tmp_path / "state.npz")
    with pytest.raises(KeyboardInterrupt), state.stopping_gently():
        os.kill(os.getpid(), signal.SIGINT)
        assert "once more" in capsys.readouterr().err
        os.kill(os.getpid(), signal.SIGINT)


def test_an_output_folder_that_cannot_be_written_to_is_refused_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="output"):
        train(tiny_task(), tiny_examples(), epochs=1, output=tmp_path / "file" / "run", **SETTINGS)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"epochs": 0}, "epochs and batch_size must be positive. Received: epochs=0"),
        ({"batch_size": 0}, "epochs and batch_size must be positive. .*batch_size=0"),
        ({"learning_rate": -0.1}, "learning_rate must be above 0, .* Received: learning_rate=-0.1"),
        ({"weight_decay": -0.1}, "weight_decay not negative. .*weight_decay=-0.1"),
        ({"averaging": 1.0}, r"averaging must be in \[0, 1\). Received: averaging=1.0"),
    ],
)
def test_settings_that_would_train_something_else_are_refused(setting, said):
    with pytest.raises(ValueError, match=said):
        train(tiny_task(), tiny_examples(), **{"epochs": 1, **SETTINGS, **setting})
    if "weight_decay" in setting or "batch_size" in setting:
        with pytest.raises(ValueError, match="batch_size must be positive|weight_decay not negative"):
            fine_tune(tiny_task(), tiny_examples(), epochs=1, **setting)


def test_resume_needs_an_output_folder():
    with pytest.raises(ValueError, match="output"):
        train(tiny_task(), tiny_examples(), epochs=1, resume=True, **SETTINGS)


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    train(tiny_task(), tiny_examples(), epochs=1, output=tmp_path, **SETTINGS)
    with pytest.raises(ValueError, match="another model"):
        train(tiny_gru(), tiny_examples(), epochs=2, output=tmp_path, resume=True, **SETTINGS)


def test_a_damaged_checkpoint_is_refused_and_kept(tmp_path):
    (tmp_path / "state.npz").write_bytes(b"PK broken")
    with pytest.raises(ValueError, match="damaged"):
        train(tiny_task(), tiny_examples(), epochs=2, output=tmp_path, resume=True, **SETTINGS)
    assert (tmp_path / "state.npz").read_bytes() == b"PK broken"


def test_a_failed_write_leaves_the_checkpoint_before(tmp_path, monkeypatch):
    task = tiny_task()
    train(task, tiny_examples(), epochs=1, output=tmp_path, **SETTINGS)
    before = (tmp_path / "state.npz").read_bytes()
    state = TrainingState(tmp_path / "state.npz")
    state.set_model(task)

    def fail(*_args, **_arrays):
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="was kept: disk full"):
        state.on_epoch_end(1, {})
    assert (tmp_path / "state.npz").read_bytes() == before
    assert not list(tmp_path.glob(".state*"))


def test_a_loss_that_is_not_a_number_ends_training_and_keeps_the_checkpoint(tmp_path):
    task = tiny_task()
    train(task, tiny_examples(), epochs=1, output=tmp_path, **SETTINGS)
    before = (tmp_path / "state.npz").read_bytes()
    kernel = task.get_layer("logits").kernel
    kernel.assign(np.full(kernel.shape, np.nan))
    with pytest.raises(FloatingPointError, match="learning_rate"):
        train(task, tiny_examples(), epochs=2, output=tmp_path, **SETTINGS)
    assert (tmp_path / "state.npz").read_bytes() == before


def test_weights_that_are_no_numbers_are_never_saved(tmp_path):
    task = tiny_task()
    train(task, tiny_examples(), epochs=1, output=tmp_path, **SETTINGS)
    before = (tmp_path / "state.npz").read_bytes()
    state = TrainingState(tmp_path / "state.npz", seconds=0)
    state.set_model(task)
    state.set_params({"steps": 3})
    task.get_layer("logits").kernel.assign(np.full(task.get_layer("logits").kernel.shape, np.inf))
    state.on_train_batch_end(0, {"loss": 0.5})
    assert (tmp_path / "state.npz").read_bytes() == before


def test_training_learns(tmp_path):
    task = tiny_task()
    history = train(task, tiny_examples(), tiny_examples(), epochs=25, learning_rate=3e-2, batch_size=8, verbose=0)
    assert history["val_accuracy"][-1] == 1.0


def test_the_teacher_judges_texts_it_has_not_seen():
    examples = tiny_examples(40)
    odd = Examples(examples.raw, [1 - examples.labels[0], *examples.labels[1:]])
    teacher = cross_fitted_teacher(tiny_task(), odd)
    assert teacher.shape == (40, 2)
    np.testing.assert_allclose(teacher.sum(axis=1), 1.0, atol=1e-6)
    assert (teacher[1:].argmax(axis=1) == np.array(examples.labels[1:])).all()
    assert teacher[0].argmax() == examples.labels[0], (
        "the wrong label of the first text must not reach its own judgement"
    )


def test_the_teacher_needs_two_classes_with_enough_examples():
    with pytest.raises(ValueError, match="two classes"):
        cross_fitted_teacher(tiny_task(), Examples(["good", "bad"] * 4, [1, 0] * 4))
    with pytest.raises(ValueError, match="num_folds must be 2 or more. Received: num_folds=0"):
        cross_fitted_teacher(tiny_task(), tiny_examples(), num_folds=0)


def test_training_on_softened_labels_learns_their_probabilities():
    examples = tiny_examples()
    task = tiny_task()
    soft = soften(examples, np.full((24, 2), 0.5, "float32"), task.codec, 0.6)
    np.testing.assert_allclose(soft.labels.max(axis=1), 0.7, atol=1e-6)
    history = train(task, soft, examples, epochs=60, learning_rate=2e-2, batch_size=8, verbose=0)
    assert history["val_accuracy"][-1] == 1.0
    assert np.mean([answer["score"] for answer in task.infer(examples.raw)]) == pytest.approx(0.7, abs=0.06)


def test_the_teacher_judges_unlabelled_texts_after_the_labelled_ones():
    examples, unlabelled = tiny_examples(40), tiny_examples(46).raw[40:]
    teacher = cross_fitted_teacher(tiny_task(), examples, unlabelled, ngrams=3)
    np.testing.assert_array_equal(teacher[:40], cross_fitted_teacher(tiny_task(), examples, ngrams=3))
    np.testing.assert_allclose(teacher.sum(axis=1), 1.0, atol=1e-6)
    assert (teacher[40:].argmax(axis=1) == np.array(tiny_examples(46).labels[40:])).all()


def test_unlabelled_examples_have_the_probabilities_of_the_teacher_alone():
    task, nan = tiny_task(), np.nan
    examples = Examples(["good", "bad"], [1, 0])
    teacher = np.array([[0.5, 0.5], [nan, nan], [0.2, 0.8]], "float32")
    soft = soften(examples, teacher, task.codec, 0.6, ["fine"])
    assert soft.raw == ["good", "bad", "fine"]
    np.testing.assert_allclose(soft.labels, [[0.3, 0.7], [1.0, 0.0], [0.2, 0.8]], atol=1e-6)
    with pytest.raises(ValueError, match="each of the 1 unlabelled examples. Received: 1 rows, 1 of them with NaN"):
        soften(examples, teacher[[0, 2, 1]], task.codec, 0.6, ["fine"])
    with pytest.raises(ValueError, match="each of the 2 unlabelled examples. Received: 1 rows"):
        soften(examples, teacher, task.codec, 0.6, ["fine", "dull"])
    with pytest.raises(ValueError, match=r"weight must be in \[0, 1\]. Received: weight=1.5"):
        soften(examples, teacher, task.codec, 1.5, ["fine"])


def test_soft_targets_are_the_mean_of_teachers_that_say_something(tmp_path):
    paths, nan = [tmp_path / "a.npz", tmp_path / "b.npz"], np.nan
    texts = ["good", "bad", "fine"]
    write_soft_targets(paths[0], texts, [[0.2, 0.8], [0.5, 0.5], [nan, nan]])
    write_soft_targets(paths[1], texts, [[0.4, 0.6], [nan, nan], [nan, nan]])
    found = read_soft_targets(paths, texts)
    np.testing.assert_allclose(found, [[0.3, 0.7], [0.5, 0.5], [nan, nan]], atol=1e-6)
    for others in (texts[:2], texts[::-1], ["goodbad", "", "fine"]):
        with pytest.raises(ValueError, match=r"a\.npz must be about the . texts .* Received: one of 3 texts"):
            read_soft_targets(paths, others)
    with pytest.raises(ValueError, match="paths must name at least one file"):
        read_soft_targets([], texts)
    whole = paths[0].read_bytes()
    for damaged in (b"", b"good,0.2", whole[: len(whole) // 2], whole.replace(b"sha256", b"sha255")):
        paths[0].write_bytes(damaged)
        with pytest.raises(ValueError, match=r"a\.npz is damaged or holds no soft targets"):
            read_soft_targets(paths, texts)
