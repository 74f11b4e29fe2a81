"""What the datasets share: reading original files, downloading them, cutting splits, and the base of the builders."""

import hashlib
import importlib.util
import os
import shutil
import sys
import tarfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.checksums import UrlInfo
from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

from rnn_zoo.files import DAMAGE, decode_text, read_bytes
from rnn_zoo.registry import sha256_of

__all__ = [
    "Download",
    "Examples",
    "OriginalFilesBuilder",
    "cut_by_content",
    "cut_splits",
    "decode_text",
    "digit_of",
    "download",
    "files_of_archive",
    "find_package",
    "find_package_file",
    "find_source",
    "fingerprint",
    "labelled",
    "named_source",
    "read_bytes",
    "read_label",
    "url_infos",
]


class Examples(NamedTuple):
    """Raw examples and their targets, of one length."""

    raw: list
    labels: list


class Download(NamedTuple):
    """A file on the web: its address, its size in bytes and its sha256."""

    url: str
    size: int
    sha256: str


def find_source(source):
    """The path of a source that is neither None nor "tfds".

    Raises:
        FileNotFoundError: if there is nothing.
    """
    path = Path(source).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"source must be None, 'tfds' or an existing path. Received: source={str(source)!r}")
    return path


def named_source(source, dataset, wanted):
    """The path of the source of a dataset that has no default one.

    Args:
        source: as `rnn_zoo.load_dataset` takes it.
        dataset: what to call it in an error, at the beginning of a sentence.
        wanted: the files or folder to name, and where they are from, for an error.

    Raises:
        FileNotFoundError: for no source, or a path that does not exist.
    """
    if source in (None, "tfds"):
        raise FileNotFoundError(
            f"{dataset} has no default source: name {wanted} with source= (--data-dir of the recipes)."
        )
    return find_source(source)


def find_package(module, package, *, extra="data"):
    """The folder of an installed package, which is not imported.

    Args:
        module: the package's name in Python.
        package: its name and version for pip, for an error.
        extra: the extra of rnn-zoo that installs it.

    Raises:
        FileNotFoundError: if the package is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin:  # a mere folder of that name has no origin
        raise FileNotFoundError(
            f'This data comes with the package {package}: pip install "rnn-zoo[{extra}]". Or name the path of the '
            "original files with source= (--data-dir of the recipes)."
        )
    return Path(spec.origin).parent


def find_package_file(module, package, file, sha256, *, extra="data"):
    """The path of a data file of an installed package, which is not imported.

    Args:
        module: the package's name in Python.
        package: its name and version for pip, for an error.
        file: the path of the file inside it.
        sha256: of the file of that version.
        extra: the extra of rnn-zoo that installs it.

    Raises:
        FileNotFoundError: if the package is not installed.
        ValueError: if the file is not that of the version we know.
    """
    path = find_package(module, package, extra=extra) / file
    found = sha256_of(path) if path.is_file() else None
    if found != sha256:
        raise ValueError(
            f'{path} must be that of {package}: pip install "rnn-zoo[{extra}]". Expected sha256={sha256}. '
            f"Received: sha256={found}"
        )
    return path


def files_of_archive(path, pattern):
    """Yield name and bytes of those files in a tar archive whose names hold a regular expression.

    Raises:
        ValueError: for a damaged archive.
    """
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and pattern.search(member.name):
                    yield member.name, archive.extractfile(member).read()
    except (*DAMAGE, tarfile.TarError) as error:
        raise ValueError(f"{path} is damaged or cut short, or is no tar archive: {error}") from error


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


def download(files, dataset_name, manager=None):
    """Download files through tensorflow-datasets, which keeps and checks them; says so on standard error.

    Args:
        files: `Download`s.
        dataset_name: the folder to keep them in, below the downloads folder.
        manager: a `tfds.download.DownloadManager`; None for one in the usual data folder (`TFDS_DATA_DIR`).

    Returns:
        Their paths, in order.

    Raises:
        ConnectionError: if they cannot be had.
        ValueError: for a file that is not the expected one. Either way nothing half-written stays behind.
    """
    if manager is None:
        data_dir = Path(os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")).expanduser()
        manager = tfds.download.DownloadManager(
            download_dir=data_dir / "downloads", url_infos=url_infos(files), dataset_name=dataset_name
        )
    folder = Path(manager.download_dir) / dataset_name
    there_before = set(folder.glob("*"))
    kept_sizes = {path.stat().st_size for path in there_before}
    try:
        for file in files:
            if file.size not in kept_sizes:
                print(f"Downloading {file.url} ({file.size:,} bytes) to {folder}", file=sys.stderr)
                check_reachable(file.url)
        return [Path(path) for path in manager.download([file.url for file in files])]
    except NonMatchingChecksumError as error:
        raise ValueError(f"A download of {dataset_name} is not the expected file. {error}") from error
    except (OSError, tfds.download.DownloadError) as error:
        urls = " and ".join(file.url for file in files)
        raise ConnectionError(
            f"Cannot download {urls}: {error}. Get the files elsewhere and name their folder with source= "
            "(--data-dir of the recipes)."
        ) from error
    finally:
        for leftover in set(folder.glob("*.tmp.*")) - there_before:
            shutil.rmtree(leftover, ignore_errors=True)


def check_reachable(url):
    """Fail at once where there is no network: the download manager tries again for minutes.

    Raises:
        OSError: if there is no way to the server. What the server answers is left to the download manager.
    """
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()


def url_infos(files):
    """The form in which tensorflow-datasets wants sizes and checksums of downloads."""
    return {file.url: UrlInfo(file.size, file.sha256, file.url.rpartition("/")[2]) for file in files}


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


def fingerprint(paths):
    """12 hexadecimal digits that change when a file is added, removed, renamed, resized or written anew."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(repr((path.parts[-3:], status.st_size, status.st_mtime_ns)).encode())
    return digest.hexdigest()[:12]


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
