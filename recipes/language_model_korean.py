"""Korean: learn from articles of Wikipedia and old novels which subword comes next, and go on with a text.

python recipes/language_model_korean.py --data-dir ko_text  # see rnn_zoo.datasets.describe("ko_text")
python recipes/language_model_korean.py --data-dir ko_text --core gru
python recipes/language_model_korean.py --data-dir ko_text --epochs 30 --batch-size 256 --dropout 0.3  # GPU
rnn-zoo generate runs/language_model_korean/model.keras "서울은 대한민국의"

As `language_model_english.py`. Of ten thousand characters five, most of them Chinese, are too rare for a piece of their
own, and unknown.
"""

from rnn_zoo.datasets import load_subsets
from rnn_zoo.training import Recipe


def load(source):
    """Articles, then novels; those of the test split apart."""
    return load_subsets("ko_text", source=source)


main = Recipe.of(
    globals(), "language_model", "ko_text", core="lstm", load=load, token_type="subwords", vocabulary_size=7000,
    character_coverage=0.9995, embedding_dim=256, units=576, tied=True, embedding_dropout=0.1, dropout=0.2, epochs=4,
    batch_size=64, timesteps=64, learning_rate=3e-3,
    smoke={"embedding_dim": 8, "batch_size": 4, "vocabulary_size": 2000, "character_coverage": 0.98},
)  # fmt: skip
