"""Translation: learn from a dictionary, news, school books, an office suite and more to translate English into Korean.

python recipes/translation_en_ko.py --data-dir data  # see rnn_zoo.datasets.describe("en_ko") and "en_ko_general"
python recipes/translation_en_ko.py --data-dir data --core lstm --attention bahdanau
python recipes/translation_en_ko.py --data-dir data --phrases-an-epoch 3  # also 750 phrases of ours

All sources are learned together, those with few sentences several times an epoch, and measured apart. A verse has
`<bible>` in front, so that other sentences are not answered in its archaic Korean.
"""

from rnn_zoo.checks import check_below
from rnn_zoo.datasets import Examples, load_splits, phrases, subsets
from rnn_zoo.training import Recipe

DATASETS = ("en_ko", "en_ko_general")
TIMES = {"tatoeba": 4, "libreoffice": 2, "sts_human": 4, "news_park": 4, "jhe": 4}
"""How often an epoch goes through sources, if not once."""


def load(source, *, max_characters=250, phrases_an_epoch=0):
    """Read the texts of all sources together; test texts apart.

    Args:
        source: a folder that holds the files of both datasets.
        max_characters: longer texts, of either language, are not learned from.
        phrases_an_epoch: how often an epoch goes through the phrases of a traveller that come with the package; those
            that are measured on are left out.
    """
    parts = {
        name: load_splits(dataset, source=source, subset=name) for dataset in DATASETS for name in subsets(dataset)
    }
    for splits in parts["bible"].values():
        splits.raw[:] = [f"<bible> {text}" for text in splits.raw]
    held_out = {text for splits in parts.values() for name in ("validation", "test") for text in _texts(splits[name])}

    def learned(name, split, times=1):
        pairs = [pair for pair in zip(*parts[name][split], strict=True) if max(map(len, pair)) <= max_characters]
        return times * [pair for pair in pairs if split != "train" or held_out.isdisjoint(pair)]

    found = {
        split: [
            pair for name in parts for pair in learned(name, split, TIMES.get(name, 1) if split != "validation" else 1)
        ]
        for split in ("train", "validation", "all_train")
    }
    more = phrases("ko", held_out) * check_below(100, phrases_an_epoch=phrases_an_epoch)
    for split in ("train", "all_train"):
        found[split] += more
    found = {split: Examples.of(pairs) for split, pairs in found.items()}
    return {**found, "test": {name: splits["test"] for name, splits in parts.items() if splits["test"].raw}}


def _texts(examples):
    return [*examples.raw, *examples.labels]


main = Recipe.of(
    globals(), "translation", "en_ko", load=load, smoke={"vocabulary_size": 1_500}, vocabulary_size=6_000,
    embedding_dim=256, units=512, epochs=25, batch_size=256, learning_rate=3e-3, num_answers=0,
)  # fmt: skip
