"""Kanji: learn to draw characters stroke by stroke, from how many strokes they shall have.

python recipes/sketch_kanji.py --data-dir data/sketches   # a folder with kanji_train.npz
python recipes/sketch_kanji.py --data-dir data/sketches --core lstm
python recipes/sketch_kanji.py --data-dir data/sketches --subset omniglot
"""

import numpy as np

from rnn_zoo.datasets import Examples
from rnn_zoo.training import Recipe


def prepare(task, examples, run, *, copies=4, most_scaling=0.15):
    """Drawings that are also wider or narrower, and higher or lower.

    Args:
        copies: of each drawing, that are also learned (Ha & Eck 2018, section 4.1).
        most_scaling: how far a side of a copy goes, or stops, beyond that of the drawing, as a share of it.
    """
    rng, raw, drawings = np.random.default_rng(run["seed"]), list(examples.raw), list(examples.labels)
    for _ in range(copies):
        raw += examples.raw
        drawings += [one * [*(1 + rng.uniform(-most_scaling, most_scaling, 2)), 1] for one in examples.labels]
    return Examples(raw, drawings)


main = Recipe.of(
    globals(), "sketch", "sketches", prepare=prepare, subset="kanji", epochs=3, batch_size=64, learning_rate=3e-3,
    by_core={"simple_rnn": {"learning_rate": 1e-3}}, smoke={"num_mixtures": 3, "max_points": 20, "copies": 1},
)  # fmt: skip
