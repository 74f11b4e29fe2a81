"""Public datasets, each in two forms: raw examples at once, and a tensorflow-datasets builder.

>>> import rnn_zoo
>>> train = rnn_zoo.load_dataset("imdb", "train")
>>> len(train.raw), train.labels[0]
(20000, 0)

A new dataset is one module here, which is named as the dataset and has a function `read_splits(source, manager)` and a
builder class, and one line in `DATASETS`.
"""

import importlib

from rnn_zoo.registry import check_choice

DATASETS = {
    "digits": "Digits",
    "dna_gene_family": "DnaGeneFamily",
    "easy_vqa": "EasyVqa",
    "moving_digits": "MovingDigits",
    "imdb": "Imdb",
    "mnist": "Mnist",
    "nsmc": "Nsmc",
    "nsmc_stars": "NsmcStars",
    "promoters": "Promoters",
    "ud_english_ewt": "UdEnglishEwt",
    "conll2003": "Conll2003",
    "klue_ner": "KlueNer",
    "kmou_ner": "KmouNer",
    "wnut17": "Wnut17",
    "msr_action3d": "MsrAction3d",
    "japanese_vowels": "JapaneseVowels",
    "basic_motions": "BasicMotions",
    "ett": "Ett",
    "exchange_rate": "ExchangeRate",
    "daily_min_temperatures": "DailyMinTemperatures",
    "stock_indices": "StockIndices",
    "stocks": "Stocks",
    "multi30k": "Multi30k",
    "english_korean": "EnglishKorean",
    "flickr8k": "Flickr8k",
    "tiny_shakespeare": "TinyShakespeare",
    "ptb": "Ptb",
}
SPLITS = ("train", "validation", "test", "all_train")

__all__ = ["DATASETS", "SPLITS", "load_dataset", *DATASETS.values()]


def load_dataset(name, split, *, source=None, subset=None):
    """Raw examples of a dataset, in the order of its original files.

    Args:
        name: one of `rnn_zoo.datasets.DATASETS`, for example "imdb" (English film reviews), "conll2003" (names in news)
            or "digits" (images); the docstring of `rnn_zoo.datasets.<name>` says what is in it.
        split: "train", "validation" or "test", which share no example; or "all_train", everything but an official
            test half: for final training once all settings are fixed. Where the dataset has an official test half,
            "all_train" is train + validation; where it has none, test was cut from the same half, so "all_train" is
            train + validation + test and nothing is left to test on.
        source: where the original files are. None is the default source of the dataset, "tfds" downloads them through
            tensorflow-datasets, and a path is a folder or an archive that holds them. The dataset's module says what
            it takes. Downloads are announced on standard error and checked.
        subset: one of the `SUBSETS` of the dataset's module, for datasets that have them: the species of a gene family,
            the organism of promoters. None for the usual one.

    Returns:
        `Examples(raw, labels)`. Raw is a list of str, of `<uint8>[height, width]` for images, `<uint8>[frames, height,
        width]` for films, `<float32>[frames, ...]` for sensors, `(path, question)` for questions about images, of lists
        of tokens, or of histories `<float32>[timesteps, variables]`. Labels are a list of int, where label i stands for
        `CLASS_NAMES[i]` of the dataset's module, or of lists of tags, or of what followed, or the texts themselves, of
        which each symbol is to be guessed from those before it. `batches(task, *examples)`
        takes it as it is.

    Raises:
        ValueError: for an unknown name, split or subset, and for damaged files; the message names the file and the
        place. FileNotFoundError: for missing files or a missing data package.
        ConnectionError: for a download that fails.

    Example:
        >>> import rnn_zoo
        >>> test = rnn_zoo.load_dataset("imdb", "test")
        >>> len(test.raw), sum(test.labels)
        (2500, 1250)
    """
    check_choice("name", str(name), list(DATASETS))
    check_choice("split", str(split), SPLITS)
    module = importlib.import_module(f"rnn_zoo.datasets.{name}")
    if subset is None:
        return module.read_splits(source)[split]
    if not hasattr(module, "SUBSETS"):
        raise ValueError(f"subset must be None: {name} has no subsets. Received: subset={subset!r}")
    check_choice("subset", subset, module.SUBSETS)
    return module.read_splits(source, subset=subset)[split]


def __getattr__(name):
    """Import a builder class from its module on first use."""
    for module, builder in DATASETS.items():
        if name == builder:
            return getattr(importlib.import_module(f"rnn_zoo.datasets.{module}"), builder)
    raise AttributeError(f"module 'rnn_zoo.datasets' has no attribute {name!r}")
