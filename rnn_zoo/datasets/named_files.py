"""Datasets whose files say by their names what is in them: in a folder, or in archives."""

from pathlib import PurePath

from rnn_zoo.datasets.sources import files_of_archive, named_source
from rnn_zoo.files import read_bytes

ARCHIVES = ("tar", "tar.gz", "tar.xz")


def named_files(source, pattern, dataset, shape, example, homepage):
    """The files, or the archives of them, that a path stands for.

    Args:
        source: a file or a folder, see the dataset's module.
        pattern: a regular expression that the whole name of a file matches.
        dataset: what to call it in an error.
        shape: of the names, for an error: "DIGIT_SPEAKER_INDEX.wav".
        example: of a name, for an error.
        homepage: where the files are from.

    Returns:
        A list of paths, files before archives, each sorted.

    Raises:
        FileNotFoundError: if there are none.
    """
    wanted = f"the folder of {example} and the others, or their archive ({homepage}),"
    path = named_source(source, dataset, wanted)
    if path.is_file():
        return [path]
    found = sorted(one for one in path.rglob("*") if pattern.fullmatch(one.name))
    found += sorted(one for ending in ARCHIVES for one in path.glob(f"*.{ending}"))
    if not found:
        raise FileNotFoundError(f"{path} must be a folder with files {shape}, or archives of them.")
    return found


def contents(path, pattern):
    """Name, bytes and place of every file in an archive whose name matches the pattern, or of the one file."""
    if pattern.fullmatch(path.name):
        yield path.name, read_bytes(path), path
        return
    for member, data in files_of_archive(path, pattern):
        name = PurePath(member).name
        if pattern.fullmatch(name):
            yield name, data, f"{path}/{name}"
