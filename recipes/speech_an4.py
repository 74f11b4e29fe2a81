"""AN4: learn to write down what somebody spells and says, letter by letter, from mel cepstra.

python recipes/speech_an4.py --data-dir data/an4  # etc/ and feat/, or an archive of them
python recipes/speech_an4.py --data-dir data/an4 --unit words
"""

from rnn_zoo import Cepstra, Transcripts
from rnn_zoo.codecs.transcripts import UNITS
from rnn_zoo.training import Recipe


def build(
    builder, training, class_names, *, unit="characters", units=128, num_layers=2, stack=3, time_warp=0.3, time_masks=3,
    feature_masks=0, noise=0.3, dropout=0.4,
):  # fmt: skip
    """A reader of cepstra and their velocities, scaled for each recording.

    Args:
        unit: what texts are made of; as words, the model can say no others than those of training.
        units: size of the hidden state, in each direction.
        num_layers: recurrent layers on top of one another.
        stack: frames of 10 ms that become one timestep.
        time_warp: how far the speed may go from 1 while training.
        time_masks: stretches that go missing while training.
        feature_masks: bands of cepstra that go missing while training.
        noise: standard deviation of what is added to scaled features while training.
        dropout: rate between layers and before the head.
    """
    symbols = Transcripts.build_symbols(training.labels, unit) if unit == "words" else class_names
    return builder(
        Cepstra(velocities=True), symbols, weights=None, unit=unit, units=units, num_layers=num_layers, stack=stack,
        time_warp=time_warp, time_masks=time_masks, feature_masks=feature_masks, noise=noise, dropout=dropout,
    )  # fmt: skip


main = Recipe(
    __file__, "speech", "an4", build, cores=("gru", "lstm", "simple_rnn"), epochs=80, batch_size=16,
    learning_rate=3e-3, smoke={"units": 4, "num_layers": 1}, choices={"unit": UNITS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
