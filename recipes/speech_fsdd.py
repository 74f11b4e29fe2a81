"""FSDD: learn to write down which digit somebody says, from sound of 8 kHz.

python recipes/speech_fsdd.py --data-dir data/fsdd  # DIGIT_SPEAKER_INDEX.wav, or an archive of them
python recipes/speech_fsdd.py --data-dir data/fsdd --core simple_rnn
"""

from rnn_zoo import LogMel
from rnn_zoo.codecs.transcripts import UNITS
from rnn_zoo.datasets.fsdd import SAMPLE_RATE_HZ
from rnn_zoo.training import Recipe


def build(
    builder, training, class_names, *, unit="characters", mel_bins=40, units=96, num_layers=2, stack=2, time_warp=0.2,
    time_masks=2, feature_masks=2, widest_feature_mask=6, noise=0.1, dropout=0.3,
):  # fmt: skip
    """A reader of log-mel frames.

    Args:
        unit: what words are made of; as words, the model can say nothing else.
        mel_bins: bands of the spectrum.
        units: size of the hidden state, in each direction.
        num_layers: recurrent layers on top of one another.
        stack: frames of 10 ms that become one timestep.
        time_warp: how far the speed may go from 1 while training.
        time_masks: stretches that go missing while training.
        feature_masks: bands that go missing while training.
        widest_feature_mask: bands of the widest of them.
        noise: standard deviation of what is added to scaled features while training.
        dropout: rate between layers and before the head.
    """
    symbols = class_names if unit == "words" else sorted(set("".join(class_names)))
    return builder(
        LogMel(SAMPLE_RATE_HZ, mel_bins=mel_bins), symbols, weights=None, unit=unit, units=units,
        num_layers=num_layers, stack=stack, time_warp=time_warp, time_masks=time_masks, feature_masks=feature_masks,
        longest_time_mask=10, widest_feature_mask=widest_feature_mask, noise=noise, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "speech", "fsdd", build, cores=("gru", "lstm", "simple_rnn"), epochs=25, batch_size=32,
    learning_rate=4e-3, smoke={"units": 4, "num_layers": 1}, choices={"unit": UNITS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
