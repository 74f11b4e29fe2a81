"""Japanese Vowels: learn which of nine men speaks from 7 to 29 frames of cepstrum coefficients.

python recipes/activity_japanese_vowels.py  # the copy in the package aeon
python recipes/activity_japanese_vowels.py --data-dir data/vowels --core lstm  # JapaneseVowels_TRAIN.ts, _TEST.ts
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import sensors

main = Recipe(
    __file__, "activity", "japanese_vowels", sensors, cores=("gru", "lstm", "simple_rnn"), epochs=60,
    batch_size=32, learning_rate=3e-3, smoke={"units": 4}, smoke_share=5,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
