"""Translation: learn from everyday sentences and from an office suite's messages to translate English into Korean.

python recipes/translation_en_ko.py --data-dir data  # see rnn_zoo.datasets.describe("english_korean")
python recipes/translation_en_ko.py --data-dir data --core lstm --attention bahdanau

Both domains are learned together and measured apart.
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import TRANSLATOR_CHOICES, translator


def load(part, source):
    """Texts of both domains together; test texts apart."""
    if part == "test":
        return {
            domain: load_dataset("english_korean", part, source=source, subset=domain)
            for domain in subsets("english_korean")
        }
    return load_dataset("english_korean", part, source=source)


main = Recipe(
    __file__, "translation", "english_korean", translator, cores=("gru", "lstm", "simple_rnn"), load=load, epochs=30,
    batch_size=64, learning_rate=2e-3, smoke={"units": 8, "vocabulary_size": 300}, smoke_share=100,
    choices=TRANSLATOR_CHOICES,
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
