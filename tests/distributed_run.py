"""Trains one tiny Task the way the first argument says; the tests run it in processes of its own.

python tests/distributed_run.py mirrored FOLDER        # one device, two devices, two devices interrupted; then resumed
python tests/distributed_run.py worker FOLDER          # one of the processes that the environment names
python tests/distributed_run.py single FOLDER          # what the workers shall learn
python tests/distributed_run.py worker FOLDER stream   # of a stream of the same examples
"""

import json
import os
import sys
from pathlib import Path
from unittest import mock

import keras
import numpy as np

import rnn_zoo
from rnn_zoo.datasets import Examples
from rnn_zoo.training import alone, is_first_process, loop, start, train

WORDS = ["good", "bad", "film", "plot", "the", "a"]
EPOCHS = 3


def examples():
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS, rng.integers(6, 11))) for _ in range(34)]
    return Examples(texts, [text.count("good") % 2 for text in texts])


def run(distribute, folder, *, interrupt_at=None, resume=False, dropout=0.0, of=None, **options):
    with start(1, distribute=distribute):
        task = rnn_zoo.sentiment_gru(
            rnn_zoo.Words(WORDS), rnn_zoo.Classes(["negative", "positive"]), units=4, embedding_dim=4,
            word_dropout=dropout, embedding_dropout=dropout, dropout=dropout,
        )  # fmt: skip
    fit, adamw = type(task).fit, loop.adamw

    def strict(*settings):
        optimizer = adamw(*settings)
        optimizer.global_clipnorm = 0.05  # so that every step is clipped
        return optimizer

    def interrupted_fit(self, *args, callbacks, **more):
        return fit(self, *args, callbacks=[InterruptAt(interrupt_at), *callbacks], **more)

    if interrupt_at is not None:
        task.fit = interrupted_fit.__get__(task)
    with mock.patch.object(loop, "adamw", strict):
        history = train(
            task, of or examples(), examples(), epochs=EPOCHS, batch_size=8, learning_rate=1e-2, averaging=0.3,
            output=folder, resume=resume, verbose=0, **options,
        )  # fmt: skip
    first = is_first_process()
    task = alone(task)
    if first:
        answers = [answer["score"] for answer in task.infer(examples().raw[:5])]
        Path(folder, "history.json").write_text(json.dumps({**history, "answers": answers}))
        np.savez(Path(folder, "weights.npz"), *task.get_weights())


class InterruptAt(keras.callbacks.Callback):
    """SIGTERM before that step."""

    def __init__(self, step):
        super().__init__()
        self.steps_left = step

    def on_train_batch_begin(self, batch, logs=None):
        self.steps_left -= 1
        if self.steps_left == 0:
            os.kill(os.getpid(), 15)


def mirrored(folder):
    import tensorflow as tf

    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
    run("none", folder / "one")
    if (folder / "resumed").exists():
        run("mirrored", folder / "resumed", resume=True)
        return
    run("none", folder / "one")
    run("mirrored", folder / "two")
    try:
        run("mirrored", folder / "resumed", interrupt_at=8)
    except KeyboardInterrupt:
        print("interrupted")


if __name__ == "__main__":
    mode, output = sys.argv[1], Path(sys.argv[2])
    if mode == "mirrored":
        mirrored(output)
    else:
        distribute = "multiworker" if mode == "worker" else "none"
        given = {"of": rnn_zoo.Stream(list(zip(*examples(), strict=True))), "buffer_size": 16} if sys.argv[3:] else {}
        run(distribute, output, dropout=0.3, resume=True, checkpoint_seconds=0.0, **given)
