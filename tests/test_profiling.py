"""Waiting for data is measured where there is some; devices, precision and traces are what was asked for."""

import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import Examples
from rnn_zoo.training import DataWait, options, start, train
from rnn_zoo.training.profiling import traced_steps

RNG = np.random.default_rng(0)
EXAMPLES = Examples(list(RNG.integers(0, 17, (16, 8, 8))), list(RNG.integers(0, 2, 16)))
SETTINGS = {"epochs": 2, "learning_rate": 1e-2, "batch_size": 8, "verbose": 0}


def tiny_task():
    keras.utils.set_random_seed(1)
    return rnn_zoo.digits_dense(["even", "odd"], weights=None, units=8, dropout=0.2)


def fitted_wait(seconds_a_batch, num_batches=12):
    tf = pytest.importorskip("tensorflow")

    def slow():
        for _ in range(num_batches):
            time.sleep(seconds_a_batch)
            yield np.ones((2, 3), "float32"), np.ones((2, 1), "float32")

    signature = (tf.TensorSpec([None, 3]), tf.TensorSpec([None, 1]))
    dataset = tf.data.Dataset.from_generator(slow, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(num_batches))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    wait = DataWait()
    model.fit(wait.watch(dataset), callbacks=[wait], verbose=0, shuffle=False)
    return wait


def test_waiting_is_measured_where_the_pipeline_is_slow(capsys):
    slow = fitted_wait(0.05)
    assert len(slow.steps) == 12
    assert all(0 < waited < step for step, waited in slow.steps)
    assert slow.share() > 0.5  # the pipeline reads ahead while a step is computed
    printed = capsys.readouterr().out
    assert printed.startswith("Profile: 12 steps") and f"{100 * slow.share():.1f} % of step time" in printed
    assert fitted_wait(0.0).share() < slow.share()


def test_steps_that_compiled_are_left_out():
    wait = DataWait()
    assert wait.share() is None
    wait.steps = [(9.0, 0.001), (0.1, 0.01), (0.1, 0.03), (0.1, 0.02)]
    assert wait.share() == pytest.approx(0.2)
    assert (
        "4 steps (1 that compiled left out), 100.00 ms each (median), 20.00 ms of it waiting; 20.0 %" in wait.summary()
    )


def test_watching_changes_no_batch():
    task = tiny_task()
    plain = rnn_zoo.batches(task, *EXAMPLES, batch_size=4)
    watched = DataWait().watch(plain)
    assert int(watched.cardinality()) == int(plain.cardinality()) == 4
    for one, other in zip(plain, watched, strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)


def test_a_profiled_run_ends_as_another_does_and_leaves_a_trace(tmp_path, capsys):
    plain, profiled = tiny_task(), tiny_task()
    expected = train(plain, EXAMPLES, **SETTINGS)
    assert "Profile" not in capsys.readouterr().out
    found = train(profiled, EXAMPLES, output=tmp_path, profile=True, **SETTINGS)
    assert found["loss"] == expected["loss"]
    assert "Profile: 4 steps" in capsys.readouterr().out
    assert list((tmp_path / "tensorboard").rglob("*.xplane.pb"))


def test_ten_steps_are_traced_after_ten_others_if_there_are_as_many(monkeypatch, capsys):
    assert [traced_steps(number) for number in (1, 10, 15, 20, 500)] == [(1, 1), (1, 10), (6, 15), (11, 20), (11, 20)]
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    assert traced_steps(500) == 0
    assert "no trace" in capsys.readouterr().err.lower()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="looks at the devices of TensorFlow")
def test_memory_grows_before_anything_is_computed_and_the_device_is_printed(monkeypatch, capsys):
    import tensorflow as tf

    happened, gpu = [], SimpleNamespace(name="/physical_device:GPU:0")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [gpu] if kind == "GPU" else [])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda device: {"device_name": "A Big GPU"})
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", lambda *given: happened.append(given))
    monkeypatch.setattr(options.keras.utils, "set_random_seed", lambda seed: happened.append(seed))
    assert start(7).devices == ["A Big GPU"]
    assert happened == [(gpu, True), 7]
    assert "Training on A Big GPU with tensorflow, float32, seed 7." in capsys.readouterr().out


def test_mixed_precision_scales_the_loss_and_resumes_to_the_same_weights(tmp_path, monkeypatch):
    start(0, mixed_precision=True)
    undisturbed, resumed = tiny_task(), tiny_task()
    train(undisturbed, EXAMPLES, **SETTINGS)
    assert isinstance(undisturbed.optimizer, keras.optimizers.LossScaleOptimizer)
    assert undisturbed.optimizer.inner_optimizer.use_ema
    assert undisturbed.compute_dtype == "float16"
    assert undisturbed.get_layer("logits").compute_dtype == "float32"
    assert all(weight.dtype == "float32" for weight in undisturbed.trainable_weights)

    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    fit, stopped = type(resumed).fit, tiny_task()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(
            type(resumed), "fit", lambda self, *given, callbacks, **more: fit(
                self, *given, callbacks=[*callbacks, Stop()], **more
            ),
        )  # fmt: skip
        train(stopped, EXAMPLES, output=tmp_path, **SETTINGS)
    train(resumed, EXAMPLES, output=tmp_path, resume=True, **SETTINGS)
    for one, other in zip(undisturbed.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
