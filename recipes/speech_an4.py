"""AN4: learn to write down what somebody spells and says, letter by letter, from mel cepstra.

python recipes/speech_an4.py --data-dir data/an4  # etc/ and feat/, or an archive of them
python recipes/speech_an4.py --data-dir data/an4 --token-type words
python recipes/speech_an4.py --data-dir data/an4 --decoder attention
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "speech", "an4", velocities=True, stack=3, time_warp=0.3, time_masks=3, noise=0.3, dropout=0.4,
    epochs=80, batch_size=16, learning_rate=3e-3,
)  # fmt: skip
