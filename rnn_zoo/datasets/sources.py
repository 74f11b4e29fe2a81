"""Where the original files of datasets are: folders and archives that are named, installed packages, downloads."""

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

from rnn_zoo.files import DAMAGE
from rnn_zoo.catalogue import sha256_of


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


def fingerprint(paths):
    """12 hexadecimal digits that change when a file is added, removed, renamed, resized or written anew."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(repr((path.parts[-3:], status.st_size, status.st_mtime_ns)).encode())
    return digest.hexdigest()[:12]
