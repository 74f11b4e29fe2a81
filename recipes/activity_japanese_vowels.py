"""Japanese Vowels: learn which of nine men speaks from 7 to 29 frames of cepstrum coefficients.

python recipes/activity_japanese_vowels.py  # the copy in the package aeon
python recipes/activity_japanese_vowels.py --data-dir data/vowels --core lstm  # JapaneseVowels_TRAIN.ts, _TEST.ts
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "activity", "japanese_vowels", velocities=True, time_warp=0.3, random_scale=0.1, noise=0.2,
    feature_dropout=0.1, epochs=60, batch_size=32, learning_rate=3e-3,
)  # fmt: skip
