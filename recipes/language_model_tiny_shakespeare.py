"""Tiny Shakespeare: learn from a million characters of his plays what comes next, and go on in his manner.

python recipes/language_model_tiny_shakespeare.py --data-dir tinyshakespeare  # a folder with input.txt
python recipes/language_model_tiny_shakespeare.py --data-dir tinyshakespeare --core lstm
python recipes/language_model_tiny_shakespeare.py --data-dir tfds  # downloads it
rnn-zoo generate runs/language_model_tiny_shakespeare/model.keras "ROMEO:"

The text is read in windows, each with the state that the one before ended with; what counts is nats a character on the
last 10 % of the text, read once.
"""

from rnn_zoo.training import WITHOUT_WEIGHT_DROP, Recipe

main = Recipe.of(
    globals(), "language_model", "tiny_shakespeare", embedding_dropout=0.1, dropout=0.4, weight_drop=0.2, epochs=20,
    batch_size=32, timesteps=100, learning_rate=4e-3, by_core=WITHOUT_WEIGHT_DROP,
)  # fmt: skip
