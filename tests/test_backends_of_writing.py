"""TensorFlow, JAX and PyTorch write the same with the same weights, and learn the same from what they write."""

import importlib.util
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

import rnn_zoo

SOURCE = ["a dog runs", "a cat sleeps now", "two dogs run", "cats"]
TARGET = ["ein hund rennt", "eine katze schläft jetzt", "zwei hunde rennen", "katzen"]
OPTIONS = {
    "greedy": {"method": "greedy"},
    "beam": {"method": "beam", "num_beams": 4, "num_results": 3, "coverage_penalty": 0.2, "no_repeat_ngram": 2},
    "sample": {"method": "sample", "num_results": 3, "temperature": 1.5, "top_p": 0.9, "seed": 11},
}


def written_and_learned(path):
    """What a saved Task writes by every method, and its losses while it reads the truth, then what it writes itself."""
    task = keras.saving.load_model(path)
    written = {
        name: [[one.tokens.tolist() for one in results] for results in task.generate(SOURCE, max_length=8, **options)]
        for name, options in OPTIONS.items()
    }
    task.compile(keras.optimizers.SGD(0.1))
    data, losses = rnn_zoo.batches(task, SOURCE, TARGET), []
    for epochs, initial_epoch in ((2, 0), (3, 2)):  # the share is 0, then 1 and 1: nothing is left to chance
        fitted = task.fit(data, epochs=epochs, initial_epoch=initial_epoch, verbose=0)
        losses += fitted.history["loss"]
    return {"backend": keras.backend.backend(), "written": written, "losses": losses}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    keras.utils.set_random_seed(1)
    task = rnn_zoo.translation_lstm.from_examples(
        (SOURCE, TARGET), token_type="words", min_count=1, embedding_dim=8, units=8, dropout=0, embedding_dropout=0,
        scheduled_sampling=1.0,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    for weight in task.trainable_weights:  # wide enough apart that no two tokens are nearly as probable
        weight.assign(rng.normal(size=weight.shape).astype("float32"))
    path = tmp_path_factory.mktemp("saved") / "task.keras"
    task.save(path)
    return path, written_and_learned(path)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_every_backend_writes_the_same_tokens_and_learns_the_same(saved, backend):
    path, here = saved
    if backend == here["backend"]:
        pytest.skip(f"{backend} is the backend of these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: it is the extra `{backend}`")
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, __file__, str(path)], capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    there = json.loads(run.stdout.splitlines()[-1])
    assert there["backend"] == backend
    assert there["written"] == here["written"]
    assert len({tuple(results[0]) for results in here["written"]["sample"]}) == len(SOURCE)
    np.testing.assert_allclose(there["losses"], here["losses"], rtol=1e-3)


if __name__ == "__main__":
    print(json.dumps(written_and_learned(sys.argv[1])))
