"""What the datasets of music share: genres and pieces, and keeping what takes long to read."""

import gzip
import json
import os
import sys
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, cut_by_content
from rnn_zoo.datasets.sources import fingerprint
from rnn_zoo.files import DAMAGE, replacing
from rnn_zoo.formats.midi import in_other_keys

PIECE = {
    "genre": tfds.features.Text(),
    "piece": tfds.features.Sequence(tfds.features.Sequence(np.int32)),
}
"""The features of a dataset of pieces, as `OriginalFilesBuilder.FEATURES` wants them."""


def cut_pieces(examples):
    """Cut genres and their pieces as `cut_by_content` does, by the pieces: equal ones never straddle parts."""
    return cut_by_content(examples, content=lambda genre, piece: json.dumps(piece))


def in_more_keys(examples, keys, seed=0):
    """Genres and pieces, and each piece in so many other keys, see `rnn_zoo.formats.midi.in_other_keys`."""
    found = in_other_keys(examples.labels, keys, seed)
    return Examples([examples.raw[place] for place, _ in found], [piece for _, piece in found])


def kept(name, paths, read):
    """What `read()` returns, read once for the same files: JSON, kept in the data folder (`TFDS_DATA_DIR`).

    Args:
        name: of the file, with a number that changes when reading does.
        paths: the files that it is read from.
        read: a function without arguments that returns lists, strings and numbers.

    Returns:
        What it returned now or before.
    """
    folder = Path(os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")).expanduser() / "rnn_zoo"
    path = folder / f"{name}_{fingerprint(paths)}.json.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        pass
    except (*DAMAGE, ValueError):
        print(f"{path} is damaged and is made anew.", file=sys.stderr)
    found = read()
    try:
        with replacing(path) as temporary, gzip.open(temporary, "wt", encoding="utf-8") as file:
            json.dump(found, file)
    except OSError as error:
        print(f"{path} could not be kept, and will be read again: {error}", file=sys.stderr)
    return found
