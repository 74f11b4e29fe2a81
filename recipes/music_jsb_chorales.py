"""Music: learn to compose from 191 four-voice chorales of Bach, and measure the negative log-likelihood of a frame.

python recipes/music_jsb_chorales.py --data-dir jsb_chorales  # a folder with jsb-chorales-quarter.json
python recipes/music_jsb_chorales.py --data-dir jsb_chorales --grid 16th --keys 6 --max-symbols 2000
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.datasets.music import FRAMES_PER_QUARTER, in_more_keys
from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import composer


def load(part, source, *, grid="quarter", keys=0):
    """Genres and pieces.

    Args:
        grid: the note that is one frame; quarter notes come in C, the others in the keys of the scores.
        keys: other keys that each piece is also learned in.
    """
    examples = load_dataset("jsb_chorales", part, source=source, subset=grid)
    return in_more_keys(examples, keys) if "train" in part else examples


main = Recipe(
    __file__, "music", "jsb_chorales", composer(FRAMES_PER_QUARTER), cores=("gru", "lstm", "simple_rnn"), load=load,
    epochs=40, batch_size=16, learning_rate=4e-3, grid="quarter", choices={"grid": subsets("jsb_chorales")},
    smoke={"units": 8, "max_symbols": 50},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
