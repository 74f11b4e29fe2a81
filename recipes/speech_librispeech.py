"""LibriSpeech: learn to write down books that are read aloud, letter by letter, from sound of 16 kHz.

TensorFlow Datasets downloads 57 GiB, all of LibriSpeech, and keeps it. The first 5,000 recordings of each part are read
unless --limit says otherwise: the 100 hours of train (--limit 0) take 11 GiB as samples and as much as frames. The
recipe was tried on made-up data only.

python recipes/speech_librispeech.py
python recipes/speech_librispeech.py --core lstm --units 320 --num-layers 4 --limit 20000
python recipes/speech_librispeech.py --decoder attention --label-smoothing 0.1
"""

from rnn_zoo import LogMel
from rnn_zoo.codecs.spoken import UNITS
from rnn_zoo.datasets.sound import SAMPLE_RATES_HZ
from rnn_zoo.models.speech import DECODERS
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import SCALINGS, first_of, transcriber

main = Recipe(
    __file__, "speech", "librispeech", transcriber(LogMel, sample_rate_hz=SAMPLE_RATES_HZ["librispeech"], mel_bins=80),
    cores=("gru", "lstm", "simple_rnn"), load=first_of("librispeech"), limit=5_000, units=256, num_layers=3, stack=3,
    time_warp=0.0, longest_time_mask=50, widest_feature_mask=20, noise=0.0, epochs=30, batch_size=16,
    learning_rate=1e-3, smoke={"units": 4, "num_layers": 1, "limit": 20}, smoke_share=1,
    choices={"unit": UNITS, "decoder": DECODERS, "scaling": SCALINGS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
