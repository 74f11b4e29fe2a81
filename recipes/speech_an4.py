"""AN4: learn to write down what somebody spells and says, letter by letter, from mel cepstra.

python recipes/speech_an4.py --data-dir data/an4  # etc/ and feat/, or an archive of them
python recipes/speech_an4.py --data-dir data/an4 --unit words
python recipes/speech_an4.py --data-dir data/an4 --decoder attention
"""

from rnn_zoo import Cepstra
from rnn_zoo.codecs.spoken import TOKEN_TYPES
from rnn_zoo.models.speech import DECODERS
from rnn_zoo.training import Recipe
from rnn_zoo.training.builds import SCALINGS, transcriber

main = Recipe(
    __file__, "speech", "an4", transcriber(Cepstra, velocities=True), cores=("gru", "lstm", "simple_rnn"), stack=3,
    time_warp=0.3, time_masks=3, feature_masks=0, widest_feature_mask=5, noise=0.3, dropout=0.4, epochs=80,
    batch_size=16, learning_rate=3e-3, smoke={"units": 4, "num_layers": 1},
    choices={"unit": TOKEN_TYPES, "decoder": DECODERS, "scaling": SCALINGS},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
