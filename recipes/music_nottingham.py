"""Music: learn to compose from 839 folk tunes with chords, and measure the negative log-likelihood of a frame.

python recipes/music_nottingham.py --data-dir nottingham  # a folder or archive with MIDI/jigs1.mid and so on
python recipes/music_nottingham.py --data-dir nottingham --core simple_rnn --learning-rate 1e-3
"""

from rnn_zoo.training import GRIDS, Recipe

main = Recipe.of(
    globals(), "music", "nottingham", by_subset=GRIDS, subset="8th", max_tokens=1500, epochs=25, batch_size=16,
    learning_rate=4e-3,
)  # fmt: skip
