"""What the tests of datasets share: dummy files to be spoiled, archives of them, sizes of splits."""

import shutil
import tarfile
from pathlib import Path

import pytest

from rnn_zoo.datasets.sources import DUMMY


@pytest.fixture
def copied(tmp_path):
    """Copy the dummy files of a dataset."""
    return lambda name: Path(shutil.copytree(DUMMY / name, tmp_path / name))


def sizes(splits):
    """How many examples there are in each split."""
    return {name: len(part.raw) for name, part in splits.items()}


def packed(folder, path, mode="w:xz"):
    """A tar archive of a folder, its files backwards."""
    with tarfile.open(path, mode) as archive:
        for file in sorted(folder.rglob("*"), reverse=True):
            archive.add(file, f"{folder.name}/{file.relative_to(folder)}", recursive=False)
    return path
