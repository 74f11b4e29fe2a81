"""Basic Motions: learn from a smart watch whether somebody stands, runs, walks or plays badminton.

python recipes/activity_basic_motions.py  # the copy in the package aeon
python recipes/activity_basic_motions.py --data-dir data/basic_motions --core lstm  # BasicMotions_TRAIN.ts, _TEST.ts
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import sensors

main = Recipe(
    __file__, "activity", "basic_motions", sensors, cores=("gru", "lstm", "simple_rnn"), epochs=40,
    batch_size=8, learning_rate=3e-3, smoke={"units": 4}, smoke_share=2,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
