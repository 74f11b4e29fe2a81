"""Music: learn to compose melodies of eleven regions from 6,700 folk songs of the Essen collection.

python recipes/music_essen.py  # the songs come with the package music21
python recipes/music_essen.py --core lstm --units 384
"""

from rnn_zoo.training import GRIDS, Recipe, music_in_more_keys

main = Recipe.of(
    globals(), "music", "essen", by_subset=GRIDS, subset="16th", held=True, prepare=music_in_more_keys, epochs=10,
    batch_size=32, learning_rate=4e-3,
)  # fmt: skip
