"""Translation: learn from everyday sentences and from an office suite's messages to translate English into Korean.

python recipes/translation_en_ko.py --data-dir data  # see rnn_zoo.datasets.describe("en_ko")
python recipes/translation_en_ko.py --data-dir data --core lstm --attention bahdanau

Both domains are learned together and measured apart.
"""

from rnn_zoo.datasets import load_splits, subsets
from rnn_zoo.training import Recipe


def load(source):
    """Texts of all domains together; test texts apart."""
    apart = {domain: load_splits("en_ko", source=source, subset=domain)["test"] for domain in subsets("en_ko")}
    return {**load_splits("en_ko", source=source), "test": apart}


main = Recipe.of(
    globals(), "translation", "en_ko", load=load, epochs=30, batch_size=64, learning_rate=2e-3,
)  # fmt: skip
