"""All builders under one backend: answer, train one step, save. Run by `test_backends.py`, once a backend.

    KERAS_BACKEND=jax python tests/backend_run.py FOLDER [BUILDER]...

Under TensorFlow it makes the models and writes down their numbers; under another backend it loads those models and
writes what it finds beside them.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from test_contract import answers_of, fed
from tiny_models import TINY

import rnn_zoo
from rnn_zoo import catalogue


def run(name, folder):
    """The numbers of one builder, as a dictionary of arrays."""
    keras.utils.set_random_seed(0)
    backend, task_name = keras.backend.backend(), catalogue.ROWS[name].task
    tiny = TINY[task_name](name.removeprefix(f"{task_name}_"))
    build = getattr(rnn_zoo, name)
    if backend == "tensorflow":
        task = build.from_examples(tiny.examples, **tiny.settings)
        task.save(folder / f"{name}.keras")
    else:
        task = build(weights=folder / f"{name}.keras")
    before = flat(task)
    answers = answers_of(task, fed(task, tiny)[0])
    assert len(task.infer(tiny.inputs)) == len(tiny.inputs)
    task.compile(keras.optimizers.SGD(0.05))
    dataset = rnn_zoo.batches(task, tiny.inputs, tiny.targets, batch_size=len(tiny.inputs))
    loss = task.fit(dataset, verbose=0).history["loss"]
    path = folder / f"{name}_{backend}.keras"
    task.save(path)
    return {
        "answers": answers, "loss": loss, "before": before, "trained": flat(task), "loaded": flat(build(weights=path)),
    }  # fmt: skip


def flat(task):
    """All weights in one row."""
    return np.concatenate([np.ravel(weight) for weight in task.get_weights()])


def main(folder, *names):
    """Run builders, all if none is named, and write their numbers."""
    folder = Path(folder)
    for name in names or rnn_zoo.list_models():
        found = run(name, folder)
        np.savez(folder / f"{name}_{keras.backend.backend()}.npz", **found)
        print(name, flush=True)
        keras.utils.clear_session(free_memory=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
