"""Music: learn to compose from 191 four-voice chorales of Bach, and measure the negative log-likelihood of a frame.

python recipes/music_jsb.py --data-dir jsb_chorales  # a folder with jsb-chorales-quarter.json
python recipes/music_jsb.py --data-dir jsb_chorales --subset 16th --keys 6 --max-tokens 2000
"""

from rnn_zoo.training import GRIDS, Recipe, music_in_more_keys

main = Recipe.of(
    globals(), "music", "jsb", by_subset=GRIDS, subset="quarter", prepare=music_in_more_keys, epochs=40, batch_size=16,
    learning_rate=4e-3,
)  # fmt: skip
