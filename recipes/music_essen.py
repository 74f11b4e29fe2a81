"""Music: learn to compose melodies of eleven regions from 6,700 folk songs of the Essen collection.

python recipes/music_essen.py  # the songs come with the package music21
python recipes/music_essen.py --core lstm --units 384
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.datasets.music import FRAMES_PER_QUARTER, in_more_keys
from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import composer


def load(part, source, *, grid="16th", keys=0):
    """Regions and melodies.

    Args:
        grid: the note that is one frame; songs that have shorter ones are left out.
        keys: other keys that each melody is also learned in.
    """
    examples = load_dataset("essen", part, source=source, subset=grid)
    return in_more_keys(examples, keys) if "train" in part else examples


main = Recipe(
    __file__, "music", "essen", composer(FRAMES_PER_QUARTER, held=True), cores=("gru", "lstm", "simple_rnn"),
    load=load, epochs=10, batch_size=32, learning_rate=4e-3, grid="16th", choices={"grid": subsets("essen")},
    smoke={"units": 8, "max_symbols": 50}, smoke_share=200,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
