"""Pieces of music and their genres."""

import gzip
import json
import re
import sys

from rnn_zoo.datasets.downloads import data_folder
from rnn_zoo.datasets.made import made, tune
from rnn_zoo.datasets.records import TEXT, Dataset, Examples, Feature
from rnn_zoo.datasets.sources import files_of, fingerprint
from rnn_zoo.datasets.splits import cut_by_content, cut_by_group, joined, with_all_train
from rnn_zoo.extras import require
from rnn_zoo.files import DAMAGE, decode_text, read_bytes, replacing
from rnn_zoo.formats.midi import checked_piece, read_midi

FRAMES_PER_QUARTER = {"quarter": 1, "8th": 2, "16th": 4}
"""Frames that a quarter note takes, by subset."""

TUNES = {
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
"""Genres by how names of files begin."""

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

MIDI_FILE = re.compile(r"(?:^|/)MIDI/([a-z-]+)(\d+)\.mid$")
ABC_FILE = re.compile(r"\.abc$")
NTH_IS_TEST = 6
PIECE = {"genre": TEXT, "piece": Feature("piece")}


def kept(name, paths, read):
    """What `read()` returns, read once for the same files: JSON, kept in the data folder (`TFDS_DATA_DIR`).

    The name has a number that changes when reading does.
    """
    path = data_folder() / "rnn_zoo" / f"{name}_{fingerprint(paths)}.json.gz"
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


def read_jsb_chorales(files, subset):
    """All splits of the chorales: genres, all of them "chorale", and pieces."""
    path = files[subset]
    try:
        content = json.loads(decode_text(read_bytes(path), path), parse_float=_pitch)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}, line {error.lineno}: the file is damaged or cut short: {error.msg}") from error
    official = isinstance(content, dict) and "test" in content
    names = {"train": "train", "validation": "valid", **({"test": "test"} if official else {})}
    parts = {part: _chorales(path, content, name) for part, name in names.items()}
    if official:
        return with_all_train(parts, official_test=True)
    train = parts["train"]
    if len(train.raw) < NTH_IS_TEST:
        raise ValueError(f"{path} must hold {NTH_IS_TEST} chorales to cut a test part. Received: {len(train.raw)}")
    is_test = ["test" if number % NTH_IS_TEST == 0 else "train" for number in range(1, len(train.raw) + 1)]
    cut = cut_by_group(train, is_test, {"train": ["train"], "test": ["test"]})
    return {**cut, "validation": parts["validation"], "all_train": joined(train, parts["validation"])}


def _pitch(text):
    return int(float(text)) if float(text).is_integer() else float(text)  # some are written as 67.0


def _chorales(path, content, name):
    if not isinstance(content, dict) or not isinstance(content.get(name), list) or not content[name]:
        raise ValueError(f"{path} must hold a list {name!r} of chorales. Received: {str(content)[:60]}")
    pieces = [checked_piece(piece, f"{path}, {name}[{index}]") for index, piece in enumerate(content[name])]
    return Examples(["chorale"] * len(pieces), pieces)


def reader_of(name, read):
    """A reader of all splits, equal pieces being in one part; what `read(paths, frames)` finds is kept."""

    def read_splits(paths, subset):
        found = kept(f"{name}_{subset}_1", paths, lambda: read(paths, FRAMES_PER_QUARTER[subset]))
        return cut_by_content(Examples(*found), content=lambda genre, piece: json.dumps(piece))

    return read_splits


def _read_tunes(paths, frames_per_quarter):
    tunes = []
    for match, data, place in files_of(paths, MIDI_FILE):
        group, number = match.groups()
        genre = next((TUNES[one] for one in TUNES if group.startswith(one)), None)
        if genre is None:
            raise ValueError(f"{place}: a tune must be of one of the groups {list(TUNES)}. Received: {group!r}")
        piece = read_midi(place, frames_per_quarter=frames_per_quarter, in_c=True, data=data)
        tunes.append((group, int(number), genre, piece))
    if not tunes:
        raise ValueError(f"{paths[0]} must hold MIDI/jigs1.mid and so on. Received: an archive without them")
    tunes.sort(key=lambda tune: tune[:2])
    return [[genre for *_, genre, _ in tunes], [piece for *_, piece in tunes]]


def _read_songs(paths, frames_per_quarter):
    songs = [song for path in paths for song in read_abc(path, frames_per_quarter)]
    if not songs:
        raise ValueError(
            f"{paths[0].parent} must hold songs that the grid can write. Received: {len(paths)} files of none"
        )
    return list(map(list, zip(*songs, strict=True)))


def read_abc(path, frames_per_quarter):
    """Region and piece of each tune of an ABC file, without those that have shorter notes than a frame.

    Needs music21.
    """
    require("ABC files", "music21")
    from music21 import abcFormat
    from music21.exceptions21 import Music21Exception

    text = read_bytes(path).decode("latin-1")
    if not re.search(r"^X:", text, re.MULTILINE):
        raise ValueError(f"{path} must hold ABC tunes, which begin with X:. Received: {text[:60]!r}")
    songs = []
    for song in re.split(r"^(?=X:)", text, flags=re.MULTILINE)[1:]:
        place = f"{path}, tune {song[2:].split()[0] if song[2:].split() else '?'}"
        handler = abcFormat.ABCHandler(abcVersion=(2, 1, 0))  # accidentals hold to the end of the bar
        try:
            handler.process(song)
            piece = _frames_of(handler.tokens, abcFormat, frames_per_quarter)
        except (Music21Exception, ValueError, LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{place}: the tune is damaged: {error!r:.100}") from error
        if piece:
            songs.append((region_of(song), checked_piece(piece, place)))
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


JSB_CHORALES = Dataset(
    name="jsb",
    class_names=("chorale",),
    features=PIECE,
    read=read_jsb_chorales,
    subsets=("quarter", "8th", "16th"),
    usual="quarter",
)
NOTTINGHAM = Dataset(
    name="nottingham",
    class_names=tuple(TUNES.values()),
    features=PIECE,
    pattern=MIDI_FILE,
    wanted="the folder with MIDI/jigs1.mid and so on, or a tar archive of it,",
    read=reader_of("nottingham", _read_tunes),
    subsets=("8th", "quarter"),
    usual="8th",
    dummy=made(lambda index, rng: tune(index, rng, tuple(TUNES.values()), chords=True)),
)
ESSEN = Dataset(
    name="essen",
    class_names=tuple(REGIONS),
    features=PIECE,
    pattern=ABC_FILE,
    wanted="the folder with altdeu10.abc and so on",
    read=reader_of("essen", _read_songs),
    subsets=("16th", "8th"),
    usual="16th",
    dummy=made(lambda index, rng: tune(index, rng, tuple(REGIONS), held=True)),
)
