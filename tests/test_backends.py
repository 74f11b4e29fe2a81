"""The same weights give the same numbers under TensorFlow, JAX and PyTorch, and all of them train, save and infer.

A process a backend goes over all builders, which takes minutes: run with `-m slow`.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo

pytestmark = pytest.mark.slow
TOLERANCE = 1e-5
SCRIPT = Path(__file__).with_name("backend_run.py")


def numbers(backend, folder, names):
    """What `backend_run.py` finds, by builder."""
    paths = [str(SCRIPT.parent.parent), str(SCRIPT.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, SCRIPT, folder, *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-300:]}\n{done.stderr[-3000:]}"
    return {name: dict(np.load(folder / f"{name}_{backend}.npz")) for name in names}


def compare(backend, folder, expected):
    """Run what TensorFlow made under another backend, and compare all numbers."""
    for name, found in numbers(backend, folder, list(expected)).items():
        for what in ("answers", "loss", "trained"):
            np.testing.assert_allclose(
                found[what], expected[name][what], rtol=TOLERANCE, atol=TOLERANCE, err_msg=f"{name} {what}"
            )
        assert not np.array_equal(found["trained"], found["before"]), name
        np.testing.assert_array_equal(found["loaded"], found["trained"], err_msg=name)


@pytest.fixture(scope="module")
def made_by_tensorflow(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backends")
    return folder, numbers("tensorflow", folder, rnn_zoo.list_models())


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_every_builder_gives_the_same_numbers(backend, made_by_tensorflow):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: pip install -e '.[{backend}]'")
    compare(backend, *made_by_tensorflow)


def test_a_run_that_fails_is_noticed(tmp_path):
    with pytest.raises(AssertionError, match="KeyError: .no_such_builder"):
        numbers("tensorflow", tmp_path, ["no_such_builder"])
