"""What the datasets share: examples, cutting them into splits, and the base of the builders."""

import hashlib
import sys
from typing import NamedTuple

import tensorflow_datasets as tfds

from rnn_zoo.datasets.sources import fingerprint, url_infos


class Examples(NamedTuple):
    """Raw examples and their targets, of one length."""

    raw: list
    labels: list


def read_label(text, num_classes, place, name="label", first=0):
    """The label that a file spells in decimal digits, counted from 0.

    Args:
        text: the digits.
        num_classes: how many labels there are.
        place: what to call it in an error, for example its file and line.
        name: as what to name it there.
        first: what the file calls label 0.

    Raises:
        ValueError: for anything but first ... first + num_classes - 1.
    """
    if text not in map(str, range(first, first + num_classes)):
        last = first + num_classes - 1
        raise ValueError(f"{place}: {name} must be an integer from {first} to {last}. Received: {name}={text!r}")
    return int(text) - first


def cut_splits(labelled, official_test=None):
    """Cut contiguous blocks from each class; nothing is shuffled, so neighbours stay together.

    Args:
        labelled: all `Examples` that may be trained on.
        official_test: the `Examples` of an official test half; None cuts a test split too.

    Returns:
        A dictionary of `Examples`. Without a test half train, validation and test are the first 80 %, the next 10 %
        and the last 10 % of each class; with one, train and validation are the first 90 % and the last 10 %.
        "all_train" is all labelled examples.

    Raises:
        ValueError: for so few examples that a split would be empty.
    """
    ends = {"train": 90, "validation": 100} if official_test else {"train": 80, "validation": 90, "test": 100}
    groups = {}
    for place, label in enumerate(labelled.labels):
        groups.setdefault(label, []).append(place)
    splits, start = {}, 0
    for name, end in ends.items():
        blocks = [places[len(places) * start // 100 : len(places) * end // 100] for places in groups.values()]
        if not all(blocks):
            raise ValueError(
                f"There must be examples enough that no part of {name!r} is empty, 10 of a class at least. "
                f"Received: {len(labelled.labels)} examples"
            )
        places = sorted(place for block in blocks for place in block)
        splits[name] = Examples(*([column[place] for place in places] for column in labelled))
        start = end
    return {"all_train": labelled, "test": official_test, **splits}


def cut_by_content(labelled, content=None):
    """Cut examples by the sha1 of their text, so that equal ones never straddle parts, in whatever file they are.

    Args:
        labelled: all `Examples` that may be trained on.
        content: `content(raw, label)` gives the text of an example that counts; None takes raw itself, a string.

    Returns:
        A dictionary of `Examples`, each in the order of labelled. With d = (sha1 // 5) mod 10, where sha1 is that of
        the UTF-8 text read as an integer, test has d = 0, validation d = 1, train the others: about 10 %, 10 % and 80
        %. "all_train" is all labelled examples.

    Raises:
        ValueError: for so few examples that a split is empty.
    """
    splits = {name: Examples([], []) for name in ("train", "validation", "test")}
    for raw, label in zip(*labelled, strict=True):
        text = raw if content is None else content(raw, label)
        part = splits[{0: "test", 1: "validation"}.get(digit_of(text), "train")]
        part.raw.append(raw)
        part.labels.append(label)
    for name, part in splits.items():
        if not part.raw:
            raise ValueError(f"There must be examples enough. Received: {len(labelled.raw)}, none of them for {name!r}")
    return {"all_train": labelled, **splits}


def digit_of(text):
    """A digit from 0 to 9 by the sha1 of a text: the same wherever the text stands, see `cut_by_content`."""
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) // 5 % 10


def labelled(name, feature, class_names):
    """The features of a dataset with one class an example.

    Args:
        name: of the raw feature, for example "text".
        feature: its `tfds.features` connector.
        class_names: names of the classes, in the order of the labels.

    Returns:
        A dictionary, the raw feature first, as `OriginalFilesBuilder.FEATURES` wants it.
    """
    return {name: feature, "label": tfds.features.ClassLabel(names=list(class_names))}


class OriginalFilesBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """A tensorflow-datasets builder whose original files can come from several sources.

    What is prepared from one source never stands in for another: the source is part of the config's name
    (`default`, `tfds` or `files_<fingerprint>`), and so of the folder of the prepared files.

    A subclass sets `FEATURES`, the raw feature first and the label second; texts that are their own targets have one
    feature. All else stands in its module: the
    docstring, `CLASS_NAMES`, `HOMEPAGE`, `LICENCE`, `CITATION` (if there is one), `DOWNLOADS` (if there are any), and
    the functions `read_splits(source, manager)`, which returns what `cut_splits` does, and `original_files(source)`,
    the paths that a path as source stands for.

    Args:
        source: as `rnn_zoo.load_dataset` takes it.
        subset: as `rnn_zoo.load_dataset` takes it; `read_splits` and `original_files` get it too, unless it is None.
        data_dir: where tensorflow-datasets keeps prepared files; None for its usual folder.
        version: as every builder takes it.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    FEATURES = None

    def __init_subclass__(cls, **options):
        """Stay out of TFDS's register, where other datasets have the same names: `mnist`, `conll2003`."""
        super().__init_subclass__(**{**options, "skip_registration": True})

    def __init__(self, *, source=None, subset=None, data_dir=None, version=None):
        self.module = sys.modules[type(self).__module__]
        self.source = source
        self.chosen = {} if subset is None else {"subset": subset}
        name = source or "default"
        if source not in (None, "tfds"):
            name = f"files_{fingerprint(self.module.original_files(source, **self.chosen))}"
        if subset is not None:
            name += f"_{subset}"
        self.BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=name, description=f"Prepared from source={source!r}.")]
        super().__init__(data_dir=data_dir, version=version)
        # What pickling hands to __init__ again.
        self._original_state = {"source": source, "subset": subset, "data_dir": data_dir, "version": version}

    @property
    def url_infos(self):
        """Sizes and checksums of the downloads."""
        return url_infos(getattr(self.module, "DOWNLOADS", ()))

    def _info(self):
        raw_name, *label_name = self.FEATURES
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.module.__doc__,
            features=tfds.features.FeaturesDict(self.FEATURES),
            homepage=self.module.HOMEPAGE,
            citation=getattr(self.module, "CITATION", None),
            license=self.module.LICENCE,
            supervised_keys=(raw_name, *(label_name or [raw_name])),
        )

    def _split_generators(self, dl_manager):
        splits = self.module.read_splits(self.source, dl_manager, **self.chosen)
        return {name: self._generate_examples(splits[name]) for name in ("train", "validation", "test")}

    def _generate_examples(self, examples):
        raw_name, label_name = self.info.supervised_keys
        for key, (raw, label) in enumerate(zip(*examples, strict=True)):
            yield key, {raw_name: raw, label_name: label}
