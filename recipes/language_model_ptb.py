"""Penn Treebank: learn from 42,000 sentences of a newspaper which word comes next.

python recipes/language_model_ptb.py --data-dir ptb  # a folder with ptb.train.txt and ptb.valid.txt
python recipes/language_model_ptb.py --data-dir ptb --core gru

Sentences are read one after the other, in windows, each with the state that the one before ended with; the end of a
line counts as a word, as usual. The treebank's licence does not let us ship weights.
"""

from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import word_language_model

main = Recipe(
    __file__, "language_model", "ptb", word_language_model, epochs=12, batch_size=20, timesteps=35, learning_rate=3e-3,
    smoke={"units": 8, "embedding_dim": 8, "batch_size": 4}, smoke_share=100,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
