"""The tensorflow-datasets builder of any dataset. Importing this module imports tensorflow-datasets."""

import functools

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.from_tfds import builder_of
from rnn_zoo.datasets.sources import fingerprint, locate, paths_of
from rnn_zoo.datasets.splits import SPLITS

KINDS = {
    "text": lambda feature: tfds.features.Text(),
    "texts": lambda feature: tfds.features.Sequence(tfds.features.Text()),
    "class": lambda feature: tfds.features.ClassLabel(names=list(feature.names)),
    "classes": lambda feature: tfds.features.Sequence(tfds.features.ClassLabel(names=list(feature.names))),
    "intent_and_tags": lambda feature: tfds.features.FeaturesDict(
        {
            "intent": tfds.features.ClassLabel(names=list(feature.names[0])),
            "tags": tfds.features.Sequence(tfds.features.ClassLabel(names=list(feature.names[1]))),
        }
    ),
    "array": lambda feature: tfds.features.Tensor(shape=feature.shape, dtype=np.dtype(feature.dtype)),
    "photo": lambda feature: tfds.features.Image(shape=(None, None, 3)),
    "question": lambda feature: tfds.features.FeaturesDict(
        {"image": tfds.features.Image(shape=feature.shape), "question": tfds.features.Text()}
    ),
    "sound": lambda feature: tfds.features.Audio(shape=(None,), dtype=np.int16, sample_rate=feature.rate_hz),
    "piece": lambda feature: tfds.features.Sequence(tfds.features.Sequence(np.int32)),
}
STORED = {
    "texts": lambda value: [value] if isinstance(value, str) else value,
    "intent_and_tags": lambda value: {"intent": value[0], "tags": value[1]},
    "question": lambda value: {"image": str(value[0]), "question": value[1]},
    "sound": lambda value: value[0],
}
"""How examples are stored that are not stored as they are."""


def make_builder(dataset, read_splits, *, source=None, subset=None, data_dir=None):
    """The builder of a record, see `rnn_zoo.datasets.tfds_builder`; `read_splits()` reads what it prepares."""
    if dataset.read is None:
        return builder_of(dataset, subset, data_dir)
    config = source or "default"
    if source not in (None, "tfds", "dummy"):
        config = f"files_{fingerprint(paths_of(locate(dataset, source, subset or dataset.usual)))}"
    config += f"_{subset}" if subset else ""
    arguments = {"name": dataset.name, "source": source, "subset": subset, "data_dir": data_dir}
    return _class_of(dataset.name)(dataset, read_splits, config, arguments)


class FilesBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """A builder that prepares what is read from original files.

    The source is part of the config's name (`default`, `tfds`, `dummy` or `files_<fingerprint>`), and so of the folder
    of the prepared files: what is prepared from one source never stands in for another.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}

    def __init_subclass__(cls, **options):
        """Stay out of TFDS's register, where other datasets have the same names: `mnist`, `conll2003`."""
        super().__init_subclass__(**{**options, "skip_registration": True})

    def __init__(self, dataset, read_splits, config, arguments):
        self.dataset, self.read_splits, self.arguments = dataset, read_splits, arguments
        names = dataset.of("class_names", arguments["subset"])
        self.features = {
            name: one if one.names else one._replace(names=names)
            for name, one in dataset.of("features", arguments["subset"]).items()
        }
        description = f"Prepared from source={arguments['source']!r}."
        self.BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=config, description=description)]
        super().__init__(data_dir=arguments["data_dir"])

    def __reduce__(self):
        return _again, (self.arguments,)

    def _info(self):
        raw, *label = self.features
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.dataset.card.text,
            features=tfds.features.FeaturesDict({name: KINDS[one.kind](one) for name, one in self.features.items()}),
            homepage=self.dataset.card.homepage,
            citation=self.dataset.card.citation,
            license=self.dataset.card.licence,
            supervised_keys=(raw, *(label or [raw])),
        )

    def _split_generators(self, dl_manager):
        splits = self.read_splits()
        return {name: self._generate_examples(splits[name]) for name in SPLITS[:3]}

    def _generate_examples(self, examples):
        names = self.info.supervised_keys
        kinds = [self.features[name].kind for name in names]
        for key, example in enumerate(zip(*examples, strict=True)):
            values = [STORED.get(kind, lambda value: value)(one) for kind, one in zip(kinds, example, strict=True)]
            yield key, dict(zip(names, values, strict=True))


@functools.cache
def _class_of(name):
    """A class for each dataset: tensorflow-datasets keeps the name, and what it prepared, with the class."""
    return type("".join(map(str.capitalize, name.split("_"))), (FilesBuilder,), {"name": name})


def _again(arguments):
    from rnn_zoo.datasets import tfds_builder

    return tfds_builder(**arguments)
