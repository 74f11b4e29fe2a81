"""Files from the web: announced, checked, kept, and never there in part."""

import functools
import hashlib
import os
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

from rnn_zoo.datasets.records import needed
from rnn_zoo.files import DAMAGE, replacing
from rnn_zoo.formats.tables import read_cells

TABLE = Path(__file__).parent / "downloads.tsv"
COLUMNS = ("dataset", "role", "bytes", "digest", "address")


class File(NamedTuple):
    """A file on the web, a row of `downloads.tsv`, where it never changes; the size is 0 where nobody knows.

    The digest is `sha256:` and hexadecimal digits, or `git:` and git's name of its content. Or, of an archive that is
    packed on demand, `members:` and the sha256 of a text with a line `sha256 name` for each file that the dataset's
    pattern fits, in the order of names, which are those below its one folder.
    """

    url: str
    size: int
    digest: str


@functools.cache
def known_files():
    """All rows of the table: from names of datasets to roles to `File`s."""
    found = {}
    for _, (dataset, role, size, digest, url) in read_cells(TABLE, header=COLUMNS, tabs=True):
        found.setdefault(dataset, {})[role] = File(url, int(size), digest)
    return found


def downloads_of(dataset, subset=None):
    """A `File` a role, "archive" for a dataset with a pattern; empty if not all that is needed can be downloaded."""
    known = known_files().get(dataset.name, {})
    if dataset.pattern:
        return known
    for names in dataset.files_of(subset):
        found = {role: known[role] for role in names if role in known}
        if found and all(role in found for role in needed(names)):
            return found
    return {}


def data_folder():
    """Where downloads and prepared data are kept: `TFDS_DATA_DIR`, or `~/tensorflow_datasets`."""
    return Path(os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")).expanduser()


def download(dataset, files):
    """Download files that are not there yet; their paths, below `downloads/rnn_zoo` in the data folder, in order.

    Each goes to a temporary file that gets its name once it is checked.
    """
    folder = data_folder() / "downloads" / "rnn_zoo" / dataset.name
    paths = [folder / f"{file.digest.rpartition(':')[2][:8]}_{file.url.rpartition('/')[2]}" for file in files]
    missing = [(file, path) for file, path in zip(files, paths, strict=True) if not path.is_file()]
    if missing:
        import pooch  # its import takes a while

        print(f"Downloading {dataset.name} to {folder}. Licence: {dataset.card.licence}", file=sys.stderr)
    for file, path in missing:
        about = "about " * file.digest.startswith("members:")
        print(f"  {file.url} ({about}{file.size:,} bytes)" if file.size else f"  {file.url}", file=sys.stderr)
        try:
            with replacing(path) as temporary:
                pooch.HTTPDownloader(chunk_size=2**18)(file.url, str(temporary), None)
                check(file, temporary, dataset.pattern)
        except OSError as error:
            raise ConnectionError(
                f"Cannot download {file.url}: {error}. Try again, or get the files elsewhere and name their folder "
                "with source= (--data-dir of the recipes)."
            ) from error
    return paths


def check(file, path, pattern=None):
    """Make sure that a download is the expected `File`; of an archive the members that fit the pattern count."""
    kind, _, expected = file.digest.partition(":")
    if kind == "members":
        found = digest_of_members(path, pattern)
    else:
        data = path.read_bytes()
        found = (hashlib.sha1(b"blob %d\0" % len(data) + data) if kind == "git" else hashlib.sha256(data)).hexdigest()
    size = path.stat().st_size
    if found != expected or (kind != "members" and file.size not in (0, size)):
        raise ValueError(
            f"{file.url} is not the expected file: it must have {file.size:,} bytes and the checksum {expected}. "
            f"Received: {size:,} bytes, checksum {found}"
        )


def digest_of_members(path, pattern):
    """The sha256 of those files of a tar archive that fit a pattern, however they are packed, see `File`."""
    found = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = member.name.partition("/")[2]
                if member.isfile() and pattern.search(name):
                    found[name] = hashlib.sha256(archive.extractfile(member).read()).hexdigest()
    except (*DAMAGE, tarfile.TarError) as error:
        raise ValueError(f"{path} is damaged or cut short, or is no tar archive: {error}") from error
    lines = "".join(f"{digest} {name}\n" for name, digest in sorted(found.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
