"""English: learn from articles of Wikipedia and old novels which subword comes next, and go on with a text.

python recipes/language_model_english.py --data-dir en_text  # see rnn_zoo.datasets.describe("en_text")
python recipes/language_model_english.py --data-dir en_text --core gru
python recipes/language_model_english.py --data-dir en_text --epochs 20 --batch-size 256 --dropout 0.25  # GPU
rnn-zoo generate runs/language_model_english/model.keras "The city was founded in"

Documents are read one after the other, in windows, each with the state that the one before ended with. Articles and
novels of the test split, none of which is in another, are measured apart; bits a character compare models of different
vocabularies.
"""

from rnn_zoo.datasets import load_subsets
from rnn_zoo.training import Recipe


def load(source):
    """Articles, then novels; those of the test split apart."""
    return load_subsets("en_text", source=source)


main = Recipe.of(
    globals(), "language_model", "en_text", core="lstm", load=load, token_type="subwords", vocabulary_size=5000,
    character_coverage=0.9998, embedding_dim=320, units=576, tied=True, embedding_dropout=0.1, dropout=0.1, epochs=4,
    batch_size=64, timesteps=64, learning_rate=3e-3, smoke={"embedding_dim": 8, "batch_size": 4},
)  # fmt: skip
