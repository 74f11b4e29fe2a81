"""Translation: learn from 28,000 descriptions of photographs to translate English into German, French or Czech.

python recipes/translation_multi30k.py --data-dir multi30k  # a folder with train.en, train.de, val.en, val.de
python recipes/translation_multi30k.py --data-dir multi30k --languages en_fr --core lstm
python recipes/translation_multi30k.py --data-dir multi30k --attention none  # the last state is all the decoder gets
"""

from rnn_zoo import load_dataset
from rnn_zoo.datasets import subsets
from rnn_zoo.training import Recipe
from rnn_zoo.training.writers import TRANSLATOR_CHOICES, translator


def load(part, source, *, languages="en_de"):
    """Sentences and their translations.

    Args:
        languages: from which language into which.
    """
    return load_dataset("multi30k", part, source=source, subset=languages)


main = Recipe(
    __file__, "translation", "multi30k", translator, cores=("gru", "lstm", "simple_rnn"), load=load, epochs=20,
    batch_size=64, learning_rate=2e-3, smoke={"units": 8, "vocabulary_size": 300}, smoke_share=100,
    choices={"languages": subsets("multi30k"), **TRANSLATOR_CHOICES},
)  # fmt: skip

if __name__ == "__main__":
    main.command()()
