"""Tiny Shakespeare: learn from a million characters of his plays what comes next, and go on in his manner.

python recipes/language_model_tiny_shakespeare.py --data-dir tinyshakespeare  # a folder with input.txt
python recipes/language_model_tiny_shakespeare.py --data-dir tinyshakespeare --core lstm
python recipes/language_model_tiny_shakespeare.py --data-dir tfds  # downloads it
rnn-zoo generate language_model_gru --weights runs/language_model_tiny_shakespeare/model.keras "ROMEO:"

The text is read in windows, each with the state that the one before ended with; what counts is nats a character on the
last 10 % of the text, read once.
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import character_language_model

main = Recipe(
    __file__, "language_model", "tiny_shakespeare", character_language_model, cores=("gru", "lstm", "simple_rnn"),
    epochs=20, batch_size=32, timesteps=100, learning_rate=4e-3, smoke={"units": 16}, smoke_share=50,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
