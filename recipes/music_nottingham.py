"""Music: learn to compose from 839 folk tunes with chords, and measure the negative log-likelihood of a frame.

python recipes/music_nottingham.py --data-dir nottingham  # a folder or archive with MIDI/jigs1.mid and so on
python recipes/music_nottingham.py --data-dir nottingham --core simple_rnn --learning-rate 1e-3
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.datasets.music import FRAMES_PER_QUARTER
from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import composer


def load(part, source, *, grid="8th"):
    """Genres and pieces.

    Args:
        grid: the note that is one frame.
    """
    return load_dataset("nottingham", part, source=source, subset=grid)


main = Recipe(
    __file__, "music", "nottingham", composer(FRAMES_PER_QUARTER), cores=("gru", "lstm", "simple_rnn"), load=load,
    epochs=25, batch_size=16, learning_rate=4e-3, grid="8th", choices={"grid": subsets("nottingham")}, max_symbols=1500,
    smoke={"units": 8, "max_symbols": 50}, smoke_share=100,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
