"""A run that is killed again and again."""

import random
import subprocess
import sys
import time

import numpy as np
import pytest

RUN = """
import sys
import keras, numpy as np, rnn_zoo
from rnn_zoo.datasets import Examples
from rnn_zoo.training import train

words = ["good", "bad", "film", "plot", "the", "a"]
rng = np.random.default_rng(0)
texts = [" ".join(rng.choice(words, rng.integers(2, 30))) for _ in range(400)]
examples = Examples(texts, [text.count("good") % 2 for text in texts])
keras.utils.set_random_seed(1)
task = rnn_zoo.sentiment_gru(rnn_zoo.Words(words), rnn_zoo.Classes(["0", "1"]), units=4, embedding_dim=4, dropout=0.2)
train(task, examples, examples, epochs=5, batch_size=8, learning_rate=1e-2, output=sys.argv[1], resume=True,
      checkpoint_seconds=0.0, verbose=2)
np.savez(sys.argv[1] + "/weights.npz", *task.get_weights())
"""


def run(folder):
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def steps_in(folder):
    try:
        with np.load(folder / "state.npz") as saved:
            return 50 * int(saved["epochs_done"]) + int(saved["steps_done"])
    except FileNotFoundError:
        return 0


@pytest.mark.slow
def test_a_run_killed_ten_times_ends_with_the_weights_of_an_undisturbed_one(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(whole).wait(300) == 0
    chance, kills = random.Random(0), []
    while len(kills) < 10:
        process, before = run(broken), steps_in(broken)
        while steps_in(broken) == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.1))
        process.kill()
        assert process.wait() == -9, "the run ended before it was killed ten times"
        kills.append(steps_in(broken))
    assert kills == sorted(set(kills))
    assert kills[0] > 0
    assert any(steps % 50 for steps in kills)
    assert run(broken).wait(300) == 0
    with np.load(whole / "weights.npz") as one, np.load(broken / "weights.npz") as other:
        assert len(one.files) == len(other.files) > 4
        for name in one.files:
            np.testing.assert_array_equal(one[name], other[name])
