"""Tiny Shakespeare: learn from a million characters of his plays what comes next, and go on in his manner.

python recipes/language_model_tiny_shakespeare.py --data-dir tinyshakespeare  # a folder with input.txt
python recipes/language_model_tiny_shakespeare.py --data-dir tinyshakespeare --core lstm
python recipes/language_model_tiny_shakespeare.py --data-dir tfds  # downloads it
rnn-zoo generate runs/language_model_tiny_shakespeare/model.keras "ROMEO:"

The text is read in windows, each with the state that the one before ended with; what counts is nats a character on the
last 10 % of the text, read once.
"""

from rnn_zoo.layers import CELLS
from rnn_zoo.training import Recipe

WITHOUT_A_KERNEL = [core for core, cell in CELLS.items() if cell.recurrent_kernel is None]  # nothing for weight drop

main = Recipe(
    __file__, "language_model", "tiny_shakespeare", embedding_dropout=0.1, dropout=0.4, weight_drop=0.2, epochs=20,
    batch_size=32, timesteps=100, learning_rate=4e-3, smoke={"units": 16},
    by_core=dict.fromkeys(WITHOUT_A_KERNEL, {"weight_drop": 0.0}),
)  # fmt: skip


if __name__ == "__main__":
    main.command()()
