"""LibriSpeech: learn to write down books that are read aloud, letter by letter, from sound of 16 kHz.

TensorFlow Datasets downloads 57 GiB, all of LibriSpeech, and keeps it. The first 5,000 recordings of each split are
read unless --limit says otherwise: the 100 hours of train (--limit none) take 11 GiB as samples and as much as frames.
The recipe was tried on made-up data only.

python recipes/speech_librispeech.py
python recipes/speech_librispeech.py --core lstm --units 320 --num-layers 4 --limit 20000
python recipes/speech_librispeech.py --decoder attention --label-smoothing 0.1
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "speech", "librispeech", limit=5_000, sample_rate_hz=16_000, mel_bins=80, units=256, num_layers=3,
    stack=3, time_masks=2, longest_time_mask=50, feature_masks=2, widest_feature_mask=20, epochs=30, batch_size=16,
    learning_rate=1e-3,
)  # fmt: skip
