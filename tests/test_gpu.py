"""What a GPU really runs: the kernels that `explain_fast_path` names, with the numbers of a loop. Run with `-m gpu`.

KERAS_BACKEND=jax pytest -m gpu -n 0 -s tests/test_gpu.py  # or torch
"""

import importlib
import re

import keras
import numpy as np
import pytest
from test_contract import fed
from tiny_models import TINY

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.devices import accelerators

BACKEND = keras.backend.backend()
GATED = [name for name, row in catalogue.ROWS.items() if name in (f"{row.task}_gru", f"{row.task}_lstm")]
pytestmark = pytest.mark.gpu
TOLERANCE = 1e-4
"""In float32 without TensorFloat-32."""


def model_and_data(name):
    keras.utils.set_random_seed(0)
    task_name = catalogue.ROWS[name].task
    tiny = TINY[task_name](name.removeprefix(f"{task_name}_"))
    task = getattr(rnn_zoo, name).from_examples(tiny.examples, **tiny.settings)
    return task, *fed(task, tiny)


def kernels_run(model, inputs):
    """How often cuDNN computes a recurrence while the model answers."""
    if BACKEND == "jax":
        import jax

        weights = [[one.value for one in part] for part in (model.trainable_variables, model.non_trainable_variables)]
        answer = jax.jit(lambda inputs: model.stateless_call(*weights, inputs, training=False)[0])
        return len(re.findall(r'custom_call_target="cudnn_rnn', answer.lower(inputs).compile().as_text()))
    import torch

    with torch.no_grad(), torch.profiler.profile() as seen:
        model(inputs, training=False)
    return sum(event.name == "aten::_cudnn_rnn" for event in seen.events())


@pytest.fixture
def in_a_loop(monkeypatch):
    """Take cuDNN away."""
    rnn = importlib.import_module(f"keras.src.backend.{BACKEND}.rnn")
    available = {"jax": "_is_gpu_available", "torch": "_is_cuda_cudnn_available"}[BACKEND]
    return lambda: monkeypatch.setattr(rnn, available, lambda: False)


@pytest.fixture(autouse=True)
def whole_float32():
    if BACKEND == "tensorflow" or not accelerators():
        pytest.skip("looks into JAX or PyTorch on a GPU")
    if BACKEND == "torch":
        import torch

        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            yield
        return
    import jax

    with jax.default_matmul_precision("highest"):
        yield


@pytest.mark.parametrize("name", GATED)
def test_the_kernels_are_those_that_the_report_names(name):
    task, inputs, _ = model_and_data(name)
    said = [one.kernel for one in rnn_zoo.explain_fast_path(task, BACKEND)]
    assert kernels_run(task, inputs) == said.count("cuDNN"), said


@pytest.mark.parametrize("name", GATED)
def test_a_kernel_answers_and_learns_as_a_loop_does(name, in_a_loop):
    found = []
    for take_away in (lambda: None, in_a_loop):
        take_away()
        task, inputs, targets = model_and_data(name)
        task.compile(keras.optimizers.SGD(0.05), jit_compile=BACKEND == "jax")
        answers = keras.ops.convert_to_numpy(task(inputs, training=False))
        task.train_on_batch(inputs, targets)
        found.append((answers, np.concatenate([np.ravel(weight) for weight in task.get_weights()])))
    off = [float(np.abs(one - other).max()) for one, other in zip(*found, strict=True)]
    print(f"{name}: answers off by {off[0]:.1e}, weights after a step by {off[1]:.1e}")
    assert max(off) < TOLERANCE
