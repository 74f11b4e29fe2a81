"""Chorales, Nottingham tunes and Essen songs: their files, genres and parts."""

import collections
import gzip
import json
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import JsbChorales, essen, jsb_chorales, nottingham, pieces
from rnn_zoo.formats.midi import write_midi

SHARED = Path(__file__).parents[2] / "shared" / "data"
PARTS = ("train", "validation", "test")
needs_mido = pytest.mark.skipif(find_spec("mido") is None, reason="needs the extra `music`")
needs_music21 = pytest.mark.skipif(find_spec("music21") is None, reason="needs the extra `music`")

TUNE = """X:{number}
T: Made up
O: {origin}
M: 2/4
L: 1/8
K: {key}
{notes}

"""


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    return tmp_path / "tfds"


def chorales(count, first=0):
    return [[[72 + place % 7, 67, 48], [71, 67.0, 67, 50], []] for place in range(first, first + count)]


@pytest.fixture
def chorale_file(tmp_path):
    def write(content, name="jsb-chorales-quarter.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return tmp_path

    return write


def test_a_test_part_is_every_sixth_chorale_of_train_unless_there_is_one(chorale_file):
    content = {"train": chorales(13), "valid": chorales(2, 20)}
    splits = jsb_chorales.read_splits(chorale_file(content))
    train = [[[72 + place % 7, 67, 48], [71, 67, 50], []] for place in range(13)]
    assert splits["test"] == (["chorale"] * 2, [train[5], train[11]])
    assert splits["train"].labels == train[:5] + train[6:11] + train[12:]
    assert len(splits["all_train"].labels) == 15
    assert all(type(pitch) is int for piece in splits["train"].labels for frame in piece for pitch in frame)
    splits = jsb_chorales.read_splits(chorale_file({**content, "test": chorales(3, 5)}))
    assert len(splits["train"].raw) == 13 and len(splits["test"].raw) == 3 and len(splits["all_train"].raw) == 15


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"train": [[[60', "line 1: the file is damaged or cut short"),
        ({"train": chorales(7)}, "must hold a list 'valid' of chorales"),
        ([chorales(7)], "must hold a list 'train' of chorales"),
        ({"train": [], "valid": chorales(1)}, "must hold a list 'train' of chorales"),
        ({"train": chorales(3), "valid": chorales(1)}, "must hold 6 chorales to cut a test part. Received: 3"),
        ({"train": [[[60]], [[60], [60.5]]], "valid": chorales(1)}, r"train\[1\]: a pitch must be an integer.*60.5"),
        ({"train": [[[60]], [60]], "valid": chorales(1)}, r"train\[1\]: a frame must be a list of pitches"),
        ("", "must hold text"),
    ],
)
def test_damaged_chorales_are_refused_with_their_place(chorale_file, content, message):
    with pytest.raises(ValueError, match=rf"(?s)jsb-chorales-quarter.json.*{message}"):
        jsb_chorales.read_splits(chorale_file(content))


def test_missing_files_say_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="no default source.*source=.*--data-dir"):
        jsb_chorales.read_splits()
    with pytest.raises(FileNotFoundError, match="must be a folder with jsb-chorales-16th.json"):
        jsb_chorales.read_splits(tmp_path, subset="16th")
    with pytest.raises(ValueError, match="Received: subset='4th'"):
        rnn_zoo.load_dataset("jsb_chorales", "train", source=tmp_path, subset="4th")
    for source, message in ((None, "no default source"), (tmp_path, "must be a folder with MIDI/jigs1.mid")):
        with pytest.raises(FileNotFoundError, match=message):
            nottingham.read_splits(source)
    with pytest.raises(FileNotFoundError, match="must be a folder with altdeu10.abc"):
        essen.read_splits(tmp_path)
    with pytest.raises(FileNotFoundError, match="come with music21, source=None"):
        essen.read_splits("tfds")


def test_a_builder_prepares_chorales_and_reads_back_the_same(chorale_file, tmp_path):
    source = chorale_file({"train": chorales(7), "valid": chorales(2, 20)})
    builder = JsbChorales(source=source, data_dir=tmp_path / "prepared")
    builder.download_and_prepare()
    for part in PARTS:
        expected = rnn_zoo.load_dataset("jsb_chorales", part, source=source)
        found = [piece.to_list() for _, piece in builder.as_dataset(split=part, as_supervised=True)]
        assert sorted(found) == sorted(expected.labels)


@pytest.fixture
def tunes(tmp_path):
    """A folder with 40 jigs and reels of two notes and a chord, as in the repository."""
    folder = tmp_path / "nottingham" / "MIDI"
    for place in range(40):
        name = f"jigs{place}.mid" if place % 2 else f"reelsa-c{place}.mid"
        write_midi([[60 + place], [60 + place // 4, 48, 40]], folder / name, frames_per_quarter=2)
    write_midi([[60]], folder / "melody" / "jigs0.mid")
    return tmp_path / "nottingham"


@needs_mido
def test_tunes_come_from_a_folder_or_an_archive_alike(tunes, tmp_path):
    splits = nottingham.read_splits(tunes)
    assert collections.Counter(splits["all_train"].raw) == {"jig": 20, "reel": 20}
    assert splits["all_train"].labels[0] == [[61], [60, 48, 40]]
    assert sum(len(splits[part].raw) for part in PARTS) == 40
    with tarfile.open(tmp_path / "tunes.tar.xz", "w:xz") as archive:
        archive.add(tunes, "nottingham")
    assert nottingham.read_splits(tmp_path / "tunes.tar.xz") == splits
    assert nottingham.read_splits(tunes, subset="quarter")["all_train"].labels[0] == [[61]]


@needs_mido
def test_bad_tunes_are_refused_by_name(tunes, tmp_path):
    (tunes / "MIDI" / "jigs3.mid").write_bytes(b"no music")
    with pytest.raises(ValueError, match="jigs3.mid is damaged or is no MIDI file"):
        nottingham.read_splits(tunes)
    (tunes / "MIDI" / "jigs3.mid").rename(tunes / "MIDI" / "polkas3.mid")
    with pytest.raises(ValueError, match="polkas3.mid: a tune must be of one of the groups.*Received: 'polkas'"):
        nottingham.read_splits(tunes)
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    with pytest.raises(ValueError, match="empty.tar must hold MIDI/jigs1.mid and so on"):
        nottingham.read_splits(tmp_path / "empty.tar")


@needs_mido
def test_what_was_read_is_kept_until_the_files_change(tunes, data_dir, monkeypatch, capsys):
    splits = nottingham.read_splits(tunes)
    (path,) = (data_dir / "rnn_zoo").iterdir()
    monkeypatch.setattr(nottingham, "read_midi", pytest.fail)
    assert nottingham.read_splits(tunes) == splits
    monkeypatch.undo()
    monkeypatch.setenv("TFDS_DATA_DIR", str(data_dir))
    for damaged in (path.read_bytes()[:50], b"{", gzip.compress(b"{")):
        path.write_bytes(damaged)
        assert nottingham.read_splits(tunes) == splits
        assert "is damaged and is made anew" in capsys.readouterr().err
    write_midi([[50]], tunes / "MIDI" / "jigs1.mid", frames_per_quarter=2)
    assert nottingham.read_splits(tunes) != splits


def songs(path, notes, key="C", origin="Europa, Deutschland"):
    text = "".join(
        TUNE.format(number=number, origin=origin, key=key, notes=line) for number, line in enumerate(notes, start=1)
    )
    path.write_bytes(text.encode("latin-1"))
    return path


@needs_music21
@pytest.mark.parametrize(
    ("notes", "key", "piece"),
    [
        ("c2 z c/ c/", "C", [[72], [-72], [-72], [-72], [], [], [72], [72]]),
        ("z2 F B z2", "F", [[65], [-65], [70], [-70]]),
        ("_BB =B|B", "C", [[70], [-70], [70], [-70], [71], [-71], [71], [-71]]),
        ("F-|F F", "G", [[66], [-66], [-66], [-66], [66], [-66]]),
    ],
)
def test_songs_are_read_with_key_accidentals_ties_and_rests(tmp_path, notes, key, piece):
    found = essen.read_abc(songs(tmp_path / "a.abc", [notes], key), 4)
    assert found == [("germany", piece)]


@needs_music21
def test_songs_with_notes_shorter_than_a_frame_are_left_out(tmp_path):
    path = songs(tmp_path / "a.abc", ["c d", "c/ d/", "z4", "c// d//"])
    assert [piece for _, piece in essen.read_abc(path, 2)] == [[[72], [74]]]
    assert len(essen.read_abc(path, 4)) == 2


@pytest.mark.parametrize(
    ("origin", "region"),
    [("China, Shanxi", "china"), ("Mitteleuropa, Deutschland / Frankreich, Lothringen", "lorraine"),
     ("Europa, Mitteleuropa, Oesterreich", "austria"), ("Deutschland, Boehmen", "germany"), ("Osteuropa, Ungarn",
     "eastern europe"), ("", "elsewhere")],
)  # fmt: skip
def test_a_region_is_read_from_the_origin(origin, region):
    assert essen.region_of(TUNE.format(number=1, origin=origin, key="C", notes="c")) == region


@needs_music21
def test_bad_songs_are_refused_with_their_place(tmp_path):
    (tmp_path / "a.abc").write_text("c d e")
    with pytest.raises(ValueError, match="a.abc must hold ABC tunes, which begin with X:"):
        essen.read_splits(tmp_path)
    songs(tmp_path / "a.abc", ["c d", "C,,,, D"])
    with pytest.raises(ValueError, match=r"a.abc, tune 2: a pitch must be an integer from 21"):
        essen.read_splits(tmp_path)
    songs(tmp_path / "a.abc", ["c//"])
    with pytest.raises(ValueError, match="must hold songs that the grid can write. Received: 1 files of none"):
        essen.read_splits(tmp_path)


def test_more_keys_keep_each_piece_with_its_genre():
    examples = pieces.Examples(["jig", "reel"], [[[60]], [[72]]])
    found = pieces.in_more_keys(examples, 3)
    assert found.raw == ["jig", "reel", "jig", "jig", "jig", "reel", "reel", "reel"]
    assert found.labels[:2] == examples.labels and all(60 <= piece[0][0] <= 72 for piece in found.labels)


@pytest.mark.skipif(not (SHARED / "jsb_chorales").is_dir(), reason="needs the files of the chorales")
def test_the_chorales_have_the_documented_sizes():
    for subset, frames in (("quarter", 11831), ("16th", 45032)):
        splits = jsb_chorales.read_splits(SHARED / "jsb_chorales", subset=subset)
        sizes = {part: len(splits[part].raw) for part in (*PARTS, "all_train")}
        assert sizes == {"train": 191, "validation": 76, "test": 38, "all_train": 305}
        assert sum(map(len, splits["train"].labels)) == frames
        assert max(len(frame) for piece in splits["all_train"].labels for frame in piece) == 4
