"""Basic Motions: learn from a smart watch whether somebody stands, runs, walks or plays badminton.

python recipes/activity_basic_motions.py  # the copy in the package aeon
python recipes/activity_basic_motions.py --data-dir data/basic_motions --core lstm  # BasicMotions_TRAIN.ts, _TEST.ts
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "activity", "basic_motions", velocities=True, time_warp=0.3, random_scale=0.1, noise=0.2,
    feature_dropout=0.1, epochs=40, batch_size=8, learning_rate=3e-3,
)  # fmt: skip
