"""Essen folk songs: 8,380 melodies, most of them from Germany, with the region as genre.

A piece is a list of frames: one pitch, or none in a rest. A note that goes on from the frame before is a negative
pitch, so that repeated notes can be told from long ones. Pitches are as notated, in all keys. Silence at the ends is
left out.

Subsets, by the grid: "16th", the usual one: 8,380 of the 8,514 tunes, those without shorter notes, 184 frames each; and
"8th": 4,209.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Essen`: None finds the corpus in the package music21 (pip, extra
`music`), a path is a folder with its ABC files `altdeu10.abc` and so on. music21 reads the files: minutes, once; what
was read is kept in the data folder.

Genres are read from the field O (origin) of a tune: "germany" 4,999, "china" 1,235, "lorraine", "luxembourg",
"austria", "alsace", "netherlands", "switzerland", "ireland", "eastern europe", and "elsewhere".

Splits: by the sha1 of the piece, see `cut_by_content`, so that equal ones never straddle parts; about 80, 10 and 10 %.
Variants of one song do.

Source: Schaffrath, "The Essen folksong collection in the Humdrum kern format", 1995; in ABC by S. Shlien, with music21
(Cuthbert & Ariza, ISMIR 2010). Licence: non-commercial distribution and use with music21 is permitted.
"""

import functools
import re

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.datasets.pieces import PIECE, cut_pieces, kept
from rnn_zoo.datasets.sources import find_package, find_source
from rnn_zoo.files import read_bytes
from rnn_zoo.formats.midi import checked_piece

REGIONS = {
    "china": "China|Yunnan|Hunan|Xinjiang",
    "ireland": "Irland",
    "luxembourg": "Luxemburg",
    "lorraine": "Lothringen",
    "alsace": "Elsass",
    "switzerland": "Schweiz",
    "austria": "Oesterreich|Steiermark|Tirol|Kaernten|Wien",
    "netherlands": "Niederlande|Holland|Belgien|flaemisch|Flamen",
    "germany": "Deutschland",
    "eastern europe": "Ungarn|Rumaen|Jugoslaw|Russ|Polen|Tschech|Boehmen|Osteuropa|Suedosteuropa|Ukraine",
    "elsewhere": "",
}
"""What the origin of a tune holds; the first that fits."""

CLASS_NAMES = tuple(REGIONS)
FRAMES_PER_QUARTER = {"16th": 4, "8th": 2}
SUBSETS = tuple(FRAMES_PER_QUARTER)
PACKAGE = "music21 10.5.1"
HOMEPAGE = "https://ifdo.ca/~seymour/runabc/esac/esacdatabase.html"
LICENCE = "Non-commercial distribution and use with music21 is permitted; see its corpus/essenFolksong/license.txt."


def read_splits(source=None, manager=None, subset="16th"):
    """All splits of the songs.

    Args:
        source: None or a folder, see the top of this module.
        manager: not used: there is nothing to download.
        subset: one of `SUBSETS`.

    Returns:
        A dictionary of `Examples`: genres and pieces.

    Raises:
        ValueError: for damaged files; the message names file and tune.
        FileNotFoundError: for missing files, or without music21.
        ModuleNotFoundError: without music21, for files elsewhere.
    """
    paths = original_files(source, subset)
    read = functools.partial(_read_songs, paths, FRAMES_PER_QUARTER[subset])
    return cut_pieces(Examples(*kept(f"essen_{subset}_1", paths, read)))


def original_files(source, subset="16th"):
    """The ABC files.

    Raises:
        FileNotFoundError: if there are none.
    """
    if source == "tfds":
        raise FileNotFoundError("The songs come with music21, source=None: there is no download of them.")
    if source is None:
        folder = find_package("music21", PACKAGE, extra="music") / "corpus" / "essenFolksong"
    else:
        folder = find_source(source)
    found = sorted(folder.glob("*.abc"))
    if not found:
        raise FileNotFoundError(f"{folder} must be a folder with altdeu10.abc and so on.")
    return found


def _read_songs(paths, frames_per_quarter):
    genres, pieces = [], []
    for path in paths:
        for genre, piece in read_abc(path, frames_per_quarter):
            genres.append(genre)
            pieces.append(piece)
    if not pieces:
        raise ValueError(
            f"{paths[0].parent} must hold songs that the grid can write. Received: {len(paths)} files of none"
        )
    return [genres, pieces]


def read_abc(path, frames_per_quarter):
    """Genre and piece of each tune of an ABC file, without those that have shorter notes than a frame. Needs music21.

    Raises:
        ValueError: for a file that music21 cannot read, or a note that a piano does not have; the message names the
            tune.
    """
    try:
        from music21 import abcFormat
        from music21.exceptions21 import Music21Exception
    except ModuleNotFoundError:
        raise ModuleNotFoundError('ABC files need music21: pip install "rnn-zoo[music]"') from None
    text = read_bytes(path).decode("latin-1")
    if not re.search(r"^X:", text, re.MULTILINE):
        raise ValueError(f"{path} must hold ABC tunes, which begin with X:. Received: {text[:60]!r}")
    songs = []
    for tune in re.split(r"^(?=X:)", text, flags=re.MULTILINE)[1:]:
        place = f"{path}, tune {tune[2:].split()[0] if tune[2:].split() else '?'}"
        handler = abcFormat.ABCHandler(abcVersion=(2, 1, 0))  # accidentals hold to the end of the bar
        try:
            handler.process(tune)
            piece = _frames_of(handler.tokens, abcFormat, frames_per_quarter)
        except (Music21Exception, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{place}: the tune is damaged: {error!r:.100}") from error
        if piece:
            songs.append((region_of(tune), checked_piece(piece, place)))
    return songs


def region_of(tune):
    """The region that the field O of a tune in ABC names."""
    origin = " ".join(re.findall(r"^O:(.*)$", tune, re.MULTILINE))
    return next(name for name, pattern in REGIONS.items() if re.search(pattern, origin))


def _frames_of(tokens, abc, frames_per_quarter):
    """The frames of a tune, without silence at its ends; none for one with shorter notes than a frame."""
    from music21.pitch import Pitch

    frames, is_tied = [], False
    for token in tokens:
        if isinstance(token, abc.ABCTie):
            is_tied = True
        elif isinstance(token, abc.ABCNote):
            length = token.quarterLength * frames_per_quarter
            if length % 1:
                return []
            pitch = None if token.isRest else int(Pitch(token.pitchName).midi)
            goes_on = is_tied and frames and pitch is not None and frames[-1] in ([pitch], [-pitch])
            for index in range(int(length)):
                frames.append([] if pitch is None else [-pitch if index or goes_on else pitch])
            is_tied = False
    sounding = [index for index, frame in enumerate(frames) if frame]
    return frames[sounding[0] : sounding[-1] + 1] if sounding else []


class Essen(OriginalFilesBuilder):
    """The tensorflow-datasets builder of the songs; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import Essen
        >>> builder = Essen(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = PIECE
