"""Public datasets, each in two forms: raw examples at once, and a tensorflow-datasets builder.

>>> import rnn_zoo
>>> train = rnn_zoo.load_dataset("imdb", "train")
>>> len(train.raw), train.labels[0]
(20000, 0)

A new dataset is one module here, which is named as the dataset and has a function `read_splits(source, manager)` and a
builder class, and one line in `DATASETS`.
"""

import importlib

from rnn_zoo.catalogue import check_choice

DATASETS = {
    "an4": "An4",
    "digits": "Digits",
    "dna_gene_family": "DnaGeneFamily",
    "easy_vqa": "EasyVqa",
    "fsdd": "Fsdd",
    "moving_digits": "MovingDigits",
    "imdb": "Imdb",
    "mnist": "Mnist",
    "nsmc": "Nsmc",
    "nsmc_stars": "NsmcStars",
    "promoters": "Promoters",
    "rotten_tomatoes": "RottenTomatoes",
    "ud_english_ewt": "UdEnglishEwt",
    "conll2003": "Conll2003",
    "klue_ner": "KlueNer",
    "kmou_ner": "KmouNer",
    "wnut17": "Wnut17",
    "msr_action3d": "MsrAction3d",
    "japanese_vowels": "JapaneseVowels",
    "basic_motions": "BasicMotions",
    "jsb_chorales": "JsbChorales",
    "nottingham": "Nottingham",
    "essen": "Essen",
    "ett": "Ett",
    "exchange_rate": "ExchangeRate",
    "daily_min_temperatures": "DailyMinTemperatures",
    "stock_indices": "StockIndices",
    "stocks": "Stocks",
    "multi30k": "Multi30k",
    "english_korean": "EnglishKorean",
    "flickr8k": "Flickr8k",
    "star_reviews": "StarReviews",
    "cmudict": "Cmudict",
    "tiny_shakespeare": "TinyShakespeare",
    "ptb": "Ptb",
}
ONLY_TFDS = (
    "clevr", "coco_captions", "genomics_ood", "librispeech", "opus", "spoken_digit", "ted_hrlr_translate", "ucf101",
    "wikiann", "yelp_polarity",
)  # fmt: skip
"""Datasets that TensorFlow Datasets prepares and nobody else; `rnn_zoo.datasets.from_tfds` describes them."""

SPLITS = ("train", "validation", "test", "all_train")

__all__ = ["DATASETS", "ONLY_TFDS", "SPLITS", "class_names", "load_dataset", *DATASETS.values()]


def load_dataset(name, split, *, source=None, subset=None, limit=None):
    """Raw examples of a dataset, in the order of its original files.

    Args:
        name: one of `rnn_zoo.datasets.DATASETS`, for example "imdb" (English film reviews), "conll2003" (names in news)
            or "digits" (images); the docstring of `rnn_zoo.datasets.<name>` says what is in it. Or one of `ONLY_TFDS`,
            which `rnn_zoo.datasets.from_tfds` describes.
        split: "train", "validation" or "test", which share no example; or "all_train", everything but an official
            test half: for final training once all settings are fixed. Where the dataset has an official test half,
            "all_train" is train + validation; where it has none, test was cut from the same half, so "all_train" is
            train + validation + test and nothing is left to test on.
        source: where the original files are. None is the default source of the dataset; "tfds" is the dataset as
            TensorFlow Datasets prepares it, where the table in `rnn_zoo.datasets.from_tfds` has it; a path is a folder
            or an archive that holds the files. The dataset's module says what it takes. Downloads are announced on
            standard error and checked.
        subset: one of the `SUBSETS` of the dataset's module, for datasets that have them: the species of a gene family,
            the organism of promoters, the language of Wikipedia. None for the usual one.
        limit: so many examples at most, the first ones; None for all. From TensorFlow Datasets no more is read.

    Returns:
        `Examples(raw, labels)`. Raw is a list of str, of `<uint8>[height, width]` for images, `<uint8>[frames, height,
        width]` for films, `<float32>[frames, ...]` for sensors and features of speech, `(samples, sample_rate_hz)` for
        sound, `(path, question)` for questions about images, of lists of tokens, of histories `<float32>[timesteps,
        variables]`, or of genres. Labels are a list of int, where label i stands for `class_names(name)[i]`, or of
        lists of tags, of texts or lists of them, of what followed, or of pieces of music (see `rnn_zoo.formats.midi`);
        of a text to be gone on from the text itself. `batches(task, *examples)` takes it as it is.

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
    check_choice("name", str(name), [*DATASETS, *ONLY_TFDS])
    check_choice("split", str(split), SPLITS)
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be positive or None. Received: limit={limit}")
    if name in ONLY_TFDS and source not in (None, "tfds"):
        raise ValueError(
            f"{name} comes from TensorFlow Datasets alone: give source=None, and TFDS_DATA_DIR for where it is. "
            f"Received: source={str(source)!r}"
        )
    if name in ONLY_TFDS or source == "tfds":
        from rnn_zoo.datasets import from_tfds

        if name in from_tfds.ENTRIES:
            return from_tfds.read_split(name, split, subset=subset, limit=limit)
    found = _read_splits(name, source, subset)[split]
    return type(found)(*(column[:limit] for column in found))


def class_names(name):
    """What the labels of a dataset stand for.

    Args:
        name: as `load_dataset` takes it.

    Returns:
        Names of the classes, tags or types of entities in the order of the labels, or of the variables of a series;
        None where labels are what is written, such as translations.

    Example:
        >>> import rnn_zoo
        >>> rnn_zoo.datasets.class_names("imdb")
        ('negative', 'positive')
    """
    check_choice("name", str(name), [*DATASETS, *ONLY_TFDS])
    module = importlib.import_module(f"rnn_zoo.datasets.{'from_tfds' if name in ONLY_TFDS else name}")
    if name in ONLY_TFDS:
        return module.class_names(name)
    return getattr(module, "CLASS_NAMES", None) or getattr(module, "VARIABLES", None)


def _read_splits(name, source, subset):
    module = importlib.import_module(f"rnn_zoo.datasets.{name}")
    if subset is None:
        return module.read_splits(source)
    if not hasattr(module, "SUBSETS"):
        raise ValueError(f"subset must be None: {name} has no subsets. Received: subset={subset!r}")
    check_choice("subset", subset, module.SUBSETS)
    return module.read_splits(source, subset=subset)


def __getattr__(name):
    """Import a builder class from its module on first use."""
    for module, builder in DATASETS.items():
        if name == builder:
            return getattr(importlib.import_module(f"rnn_zoo.datasets.{module}"), builder)
    raise AttributeError(f"module 'rnn_zoo.datasets' has no attribute {name!r}")
