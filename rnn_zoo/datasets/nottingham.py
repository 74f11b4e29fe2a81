"""Nottingham: 1,034 British and American folk tunes with chords, as piano rolls of eighth notes.

The usual encoding of the piano-roll benchmark, made from the MIDI files: what sounds at each eighth note (or quarter
note) of the score, melody and chords together, transposed to C major or C minor by the file's key signature, by at most
six semitones; shorter notes and triplets are heard only where they meet the grid. Silence before the first note is
dropped; repeats are as played in the files. Held notes are not told apart from repeated ones. 270 frames a tune.

The genre is that of the file: "ashover" and "playford" are collections, the others kinds of tunes.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Nottingham`: the repository jukedeck/nottingham-dataset, as a
folder with `MIDI/jigs1.mid` and so on in it, or as a tar archive of it. There is no default source. Reading takes a
quarter of a minute; what was read is kept in the data folder. Needs mido, in the extra `music`.

Subsets: "8th", the usual one, and "quarter".

Splits: by the sha1 of the piece, see `cut_by_content`, so that equal ones never straddle parts; about 80, 10 and 10 %.
They are not those of Boulanger-Lewandowski et al., who had 1,037 tunes.

Source: Nottingham Music Database (E. Foxley, S. Shlien), cleaned by Jukedeck; the encoding: Boulanger-Lewandowski,
Bengio & Vincent, ICML 2012. Licence: GPL-3.0 (the repository).
"""

import functools
import re

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.datasets.pieces import PIECE, cut_pieces, kept
from rnn_zoo.datasets.sources import files_of_archive, named_source
from rnn_zoo.formats.midi import read_midi

GENRES = {
    "ashover": "ashover",
    "hpps": "hornpipe",
    "jigs": "jig",
    "morris": "morris",
    "playford": "playford",
    "reels": "reel",
    "slip": "slip jig",
    "waltzes": "waltz",
    "xmas": "christmas",
}
CLASS_NAMES = tuple(GENRES.values())
FRAMES_PER_QUARTER = {"8th": 2, "quarter": 1}
SUBSETS = tuple(FRAMES_PER_QUARTER)
HOMEPAGE = "https://github.com/jukedeck/nottingham-dataset"
LICENCE = "GPL-3.0"
FILE_NAME = re.compile(r"(?:^|/)MIDI/([a-z-]+)(\d+)\.mid$")


def read_splits(source=None, manager=None, subset="8th"):
    """All splits of the tunes.

    Args:
        source: a path, see the top of this module.
        manager: not used: there is nothing to download.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`: genres and pieces.

    Raises:
        ValueError: for damaged files; the message names the file.
        FileNotFoundError: for missing files, or without a source.
        ModuleNotFoundError: without mido.
    """
    paths = original_files(source, subset)
    read = functools.partial(_read_tunes, paths, FRAMES_PER_QUARTER[subset])
    return cut_pieces(Examples(*kept(f"nottingham_{subset}_1", paths, read)))


def _read_tunes(paths, frames_per_quarter):
    if paths[0].suffix == ".mid":
        files = ((path.as_posix(), path.read_bytes()) for path in paths)
    else:
        files = files_of_archive(paths[0], FILE_NAME)
    tunes = []
    for name, data in files:
        group, number = FILE_NAME.search(name).groups()
        genre = next((GENRES[one] for one in GENRES if group.startswith(one)), None)
        if genre is None:
            raise ValueError(f"{name}: a tune must be of one of the groups {list(GENRES)}. Received: {group!r}")
        piece = read_midi(name, frames_per_quarter=frames_per_quarter, in_c=True, sampled=True, data=data)
        tunes.append((group, int(number), genre, piece))
    if not tunes:
        raise ValueError(f"{paths[0]} must hold MIDI/jigs1.mid and so on. Received: an archive without them")
    tunes.sort(key=lambda tune: tune[:2])
    return [[genre for *_, genre, _ in tunes], [piece for *_, piece in tunes]]


def original_files(source, subset="8th"):
    """The archive, or the MIDI files of the folder.

    Raises:
        FileNotFoundError: if there are none.
    """
    path = named_source(source, "The set of tunes", f"the folder or the archive of {HOMEPAGE}")
    if path.is_file():
        return [path]
    archives = sorted(path.glob("*.tar*"))
    found = sorted(one for one in path.rglob("*.mid") if FILE_NAME.search(one.as_posix()))
    if not found and len(archives) != 1:
        raise FileNotFoundError(
            f"{path} must be a folder with MIDI/jigs1.mid and so on, or with one tar archive of it."
        )
    return found or archives


class Nottingham(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the folk tunes; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import Nottingham
        >>> builder = Nottingham(source="data/nottingham", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = PIECE
