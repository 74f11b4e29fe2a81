"""FSDD: learn to write down which digit somebody says, from sound of 8 kHz.

Energies are scaled as they are over all of training, because all people are in all splits: after 8 epochs 99.0 % of the
validation digits were right, and 96.3 % where each recording was scaled by itself. Letter by letter (--token-type
characters) they were 95.3 %, mostly for spellings such as "thre". A decoder with attention instead of CTC got 99.0 % of
the validation and all 300 of the test digits right (25 epochs, seed 0, 1.4 minutes).

python recipes/speech_fsdd.py --data-dir data/fsdd  # DIGIT_SPEAKER_INDEX.wav, or an archive of them
python recipes/speech_fsdd.py --data-dir data/fsdd --core simple_rnn
python recipes/speech_fsdd.py --data-dir data/fsdd --decoder attention
python recipes/speech_fsdd.py --data-dir data/fsdd --token-type characters
python recipes/speech_fsdd.py --data-dir tfds       # TensorFlow Datasets' spoken_digit, an earlier release
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "speech", "fsdd", sample_rate_hz=8_000, token_type="words", scaling="training", units=96, time_warp=0.2,
    time_masks=1, longest_time_mask=10, feature_masks=1, widest_feature_mask=6, noise=0.05, epochs=25, batch_size=32,
    learning_rate=4e-3,
)  # fmt: skip
