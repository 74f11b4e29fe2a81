"""What is known of a dataset: a record and a card each."""

import dataclasses
import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rnn_zoo.formats.tables import read_cells


class Examples(NamedTuple):
    """Raw examples and their targets, of one length."""

    raw: list
    labels: list

    @classmethod
    def of(cls, pairs):
        """The examples that pairs of a raw one and its label are."""
        pairs = list(pairs)
        return cls([raw for raw, _ in pairs], [label for _, label in pairs])

    def take(self, positions):
        """Those at some positions, in this order."""
        positions = list(positions)
        return Examples(*([column[index] for index in positions] for column in self))


class Package(NamedTuple):
    """A pip package of `packages.json` that holds the files of datasets; the module is never imported.

    Files are in a folder of it, or a dictionary from role to path; some must have the sha256 of that version. The extra
    of rnn-zoo installs it.
    """

    datasets: list
    module: str
    requirement: str
    extra: str
    files: dict | str
    sha256: dict


class FileRow(NamedTuple):
    """A row of `files.tsv`: a file of a dataset, by its role, which `downloads.tsv` names too.

    Subsets are those that have it, with commas between, or `*`. Of several layouts the first that is complete counts.
    Files that may be missing have the name of a group, of which all are there or none; others `-`. Names are those that
    the file may have in a folder, also with `.gz` or `.xz`.
    """

    subsets: str
    layout: str
    role: str
    optional: str
    names: list


@functools.cache
def file_rows():
    """All rows of `files.tsv`: lists by the names of datasets."""
    found, header = {}, ("dataset", "subset", "layout", "role", "optional", "names")
    for _, (dataset, *facts, names) in read_cells(Path(__file__).parent / "files.tsv", header=header, tabs=True):
        found.setdefault(dataset, []).append(FileRow(*facts, names.split()))
    return found


class Card(NamedTuple):
    """What a person wants to know of a dataset, from `cards/<name>.md`: the text with its title, and single facts."""

    text: str
    homepage: str
    licence: str
    citation: str | None


class Feature(NamedTuple):
    """What tensorflow-datasets stores for one column of the examples; kinds are those of `datasets.builders`.

    An array, or the image of a question, has a shape, an array a dtype, sound a rate; names of classes are those of the
    dataset unless others are given, of intents and of tags both.
    """

    kind: str
    shape: tuple = ()
    dtype: str = "float32"
    names: tuple | None = None
    rate_hz: int = 0


def _stored(name):
    return json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


PACKAGES = {
    dataset: found for facts in _stored("packages.json") if (found := Package(**facts)) for dataset in found.datasets
}
NAMES = {key: tuple(names) for key, names in _stored("names.json").items()}
"""Long lists of names: of classes, tags, joints."""

TEXT, TEXTS, CLASS = Feature("text"), Feature("texts"), Feature("class")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dataset:
    """What a program must know of a dataset; `cards/<name>.md` says what a person wants to know.

    Attributes:
        name: as `rnn_zoo.load_dataset` takes it.
        class_names: of the labels, tags or variables in their order; empty where labels are written, None for those
            that TensorFlow Datasets gives. Or a function from a subset to them.
        features: names and `Feature`s of raw examples and, unless they are their own targets, of labels. Or a function
            from a subset to them.
        pattern: of the names of many files in a folder or in archives, where `files.tsv` has no rows.
        wanted: what to call the files in an error; None for their names.
        read: `read(files, [subset], *, option=default, ...)` from what was found, a path a role or a list of paths, to
            a dictionary of `Examples`; None for a dataset that TensorFlow Datasets alone has.
        subsets: what `subset=` may be.
        usual: the subset that None stands for.
        more_splits: splits beyond the usual four, read only on demand: `read` has an option of that name.
        tfds: how TensorFlow Datasets' rows become examples, a `rnn_zoo.datasets.from_tfds.Entry`, or None.
        dummy: for smoke runs, a function that makes a dictionary of `Examples`, or the name of another dataset; None
            for the files in `dummy/<name>`.
    """

    name: str
    class_names: tuple | Callable | None = ()
    features: dict | Callable = dataclasses.field(default_factory=lambda: {"text": TEXT, "label": CLASS})
    pattern: re.Pattern | None = None
    wanted: str | None = None
    read: Callable | None = None
    subsets: tuple = ()
    usual: str | None = None
    more_splits: tuple = ()
    tfds: tuple | None = None
    dummy: Callable | str | None = None

    @functools.cached_property
    def card(self):
        """The `Card`: what the dataset is, its peculiarities, how its splits are cut."""
        text = (Path(__file__).parent / "cards" / f"{self.name}.md").read_text(encoding="utf-8")
        text, _, citation = text.partition("\n```bibtex\n")
        facts = [re.search(f"^- {name}: (.*)$", text, re.MULTILINE)[1] for name in ("Home page", "Licence")]
        return Card(text.removeprefix("# ").strip(), *facts, citation.strip("`\n") or None)

    @property
    def package(self):
        """The `Package` that holds the files, or None."""
        return PACKAGES.get(self.name)

    def of(self, attribute, subset=None):
        """An attribute that may differ by subset; None is the usual one."""
        value = getattr(self, attribute)
        return value(self.usual if subset is None else subset) if callable(value) else value

    def files_of(self, subset=None):
        """The layouts that the files of a subset may have, `FileRow`s by their roles; None is the usual subset."""
        subset, layouts = self.usual if subset is None else subset, {}
        for row in file_rows().get(self.name, ()):
            if subset in (None, "all") or row.subsets == "*" or subset in row.subsets.split(","):
                layouts.setdefault(row.layout, {})[row.role] = row
        return list(layouts.values()) or [{}]


def needed(layout):
    """Those roles of a layout that must be there."""
    return [role for role, row in layout.items() if row.optional == "-"]
