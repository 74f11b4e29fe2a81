"""What is special about sound, skeletons, series and music: their files and archives, and who is in which part."""

import collections
import gzip
import importlib.util
import json
import lzma
import shutil
import tarfile
import wave
import zipfile

import numpy as np
import pytest
from dataset_files import copied, packed, sizes

import rnn_zoo
from rnn_zoo.datasets import DATASETS, SPLITS, class_names, load_splits, music
from rnn_zoo.datasets.motion import read_takes
from rnn_zoo.datasets.sketches import numbers_of, without_copies
from rnn_zoo.datasets.sources import DUMMY, fingerprint
from rnn_zoo.formats.arrays import read_ts
from rnn_zoo.formats.midi import write_midi
from rnn_zoo.formats.tables import parse_table

__all__ = ["copied"]
PARTS = SPLITS[:3]
needs_mido = pytest.mark.skipif(importlib.util.find_spec("mido") is None, reason="needs the extra `music`")
needs_music21 = pytest.mark.skipif(importlib.util.find_spec("music21") is None, reason="needs the extra `music`")


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    return tmp_path / "tfds"


@pytest.mark.parametrize(
    ("name", "exact"),
    [("imdb", True), ("kmou", True), ("msr_action3d", False), ("an4", False), ("fsdd", False)],
)
@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_an_archive_gives_the_same_as_its_folder(name, exact, mode, tmp_path):
    ending = "tar" + mode[1:].replace(":", ".")
    path = packed(DUMMY / name, tmp_path / f"all.{ending}", mode)
    whole = load_splits(name, source="dummy")
    for source in (path, tmp_path):
        found = load_splits(name, source=source)
        for part in SPLITS:
            assert found[part].labels == whole[part].labels
            assert not exact or found[part] == whole[part]
            if not exact:
                for one, other in zip(found[part].raw, whole[part].raw, strict=True):
                    np.testing.assert_array_equal(np.asarray(one[0]), np.asarray(other[0]))
    before = sorted(tmp_path.rglob("*"))
    for share in (0.0, 0.5, 0.95) if mode != "w" else (0.0,):
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
        with pytest.raises(ValueError, match=f"all.{ending} is damaged or cut short, or is no archive"):
            load_splits(name, source=path)
    assert sorted(tmp_path.rglob("*")) == before


def test_lost_joints_are_0_and_takes_without_any_joint_are_left_out():
    takes = read_takes(sorted((DUMMY / "msr_action3d").iterdir()))
    assert [(label, subject) for _, label, subject in takes] == [(a, s) for a in (0, 12) for s in (1, 1, 3, 7, 9)]
    assert all(frames.shape[1:] == (20, 3) and frames.dtype == np.float32 for frames, *_ in takes)
    bend = next(frames for frames, *rest in takes if rest == [12, 7])
    assert np.argwhere(~bend.any(axis=-1)).tolist() == [[2, 12]]
    assert (DUMMY / "msr_action3d" / "a13_s09_e02_skeleton.txt").is_file()


def test_who_is_in_which_part_is_an_option():
    splits = load_splits("msr_action3d", source="dummy", validation_subject=3, test_subject=1)
    assert sizes(splits) == {"train": 4, "validation": 2, "test": 4, "all_train": 10}


def test_ts_files_hold_frames_of_features_and_an_official_test_part(tmp_path):
    path = tmp_path / "a.ts.xz"
    path.write_bytes(lzma.compress(b"# text\n@problemName a\n@data\n1,2,3:4,5,6:walk\n\n7:8:run\n"))
    frames, labels = read_ts(path, ("run", "walk"), 2)
    assert [one.tolist() for one in frames] == [[[1, 4], [2, 5], [3, 6]], [[7, 8]]] and labels == [1, 0]
    for name in ("japanese_vowels", "basic_motions"):
        splits = load_splits(name, source="dummy")
        assert sizes(splits) == {"train": 18, "validation": 2, "test": 4, "all_train": 20}
        assert splits["test"].labels == {"japanese_vowels": ["1", "1", "5", "5"]}.get(name, [0, 0, 3, 3])


def test_nobody_speaks_in_two_parts_of_an4_and_an_official_test_half_is_test(copied):
    splits = load_splits("an4", source="dummy")
    assert sizes(splits) == {"train": 16, "validation": 2, "test": 2, "all_train": 20}
    from rnn_zoo.formats.sounds import read_cepstra

    files = (DUMMY / "an4" / "feat").rglob("*.mfc")
    speakers = {read_cepstra(path, 13).tobytes(): path.parent.name for path in files}
    people = [{speakers[frames.tobytes()] for frames in splits[name].raw} for name in PARTS]
    assert people[1:] == [{"feve"}, {"med"}] and len(people[0]) == 8 and not people[0] & {"feve", "med"}
    assert splits["test"].labels == ["A B", "B A B"]
    assert splits["test"].raw[0].shape == (14, 13) and splits["test"].raw[0].dtype == np.float32
    assert splits["test"].raw[0][0, 0] == pytest.approx(2, abs=0.5)
    folder, name = copied("an4"), "cen1-new-b"
    (folder / "etc" / "an4_test.fileids").write_text(f"an4test_clstk/new/{name}\n")
    (folder / "etc" / "an4_test.transcription").write_text(f"<s> AB'S B </s> ({name})\n")
    (folder / "feat" / "an4test_clstk" / "new").mkdir(parents=True)
    file = folder / "feat" / "an4_clstk" / "fana" / "cen1-fana-b.mfc"
    shutil.copy(file, folder / "feat" / "an4test_clstk" / "new" / f"{name}.mfc")
    splits = load_splits("an4", source=folder)
    assert sizes(splits) == {"train": 18, "validation": 2, "test": 1, "all_train": 20}
    assert splits["test"].labels == ["AB'S B"]


def test_samples_of_fsdd_come_as_they_are_and_an_official_test_half_is_test(copied):
    splits = load_splits("fsdd", source="dummy")
    samples, rate = splits["validation"].raw[0]
    data = (DUMMY / "fsdd" / "0_ann_40.wav").read_bytes()
    np.testing.assert_array_equal(samples, np.frombuffer(data[44:], "<i2"))
    assert rate == 8000 and samples.dtype == np.int16
    assert sizes(splits) == {"train": 12, "validation": 4, "test": 4, "all_train": 20}
    folder = copied("fsdd")
    shutil.copy(folder / "1_bo_5.wav", folder / "1_bo_0.wav")
    splits = load_splits("fsdd", source=folder)
    assert sizes(splits) == {"train": 16, "validation": 4, "test": 1, "all_train": 20}
    assert splits["test"].labels == ["one"]


def test_bad_recordings_are_named(copied):
    folder = copied("fsdd")
    whole = (folder / "0_bo_7.wav").read_bytes()
    for content, message in (
        (whole[:-10], r"cut short, \d+ of \d+ samples. Received: .*0_bo_7\.wav"),
        (whole[:24] + (16000).to_bytes(4, "little") + whole[28:], r"0_bo_7\.wav: .*Received: 16000 Hz"),
    ):
        (folder / "0_bo_7.wav").write_bytes(content)
        with pytest.raises(ValueError, match=message):
            load_splits("fsdd", source=folder)
    (folder / "0_bo_7.wav").write_bytes(whole)
    for path in folder.glob("*_*_40.wav"):
        path.unlink()
    with pytest.raises(ValueError, match="none of them for 'validation'"):
        load_splits("fsdd", source=folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "date,a\n2020-01-01,1\n\n2020-01-01,2\n",
            "line 4: time stamps must be there once. Received twice: 2020-01-01",
        ),
        ("Date,a\n2020-01-01,1\nyesterday,2\n", "line 3: a time stamp must be a date. Received: 'yesterday'"),
        ("a,b\n1,2\n3\n", "line 3: a line must have 2 columns. Received: 1"),
        ("a,b\n1,2\n3,x\n", "line 3: a value must be a finite number. Received: b='x'"),
        ("a,b\n1,\n", "line 2: a value must be a finite number. Received: b=''"),
        ("a,b\n1,nan\n", "line 2: a value must be a finite number. Received: b='nan'"),
        ("date,b\n2020-01-01,2\n", r"line 1: there must be columns \['a'\]. Received: \['date', 'b'\], without 'a'"),
    ],
)
def test_a_bad_line_of_a_series_is_named(content, message):
    with pytest.raises(ValueError, match=f"my.csv, {message}"):
        parse_table(content, "my.csv", columns=["a"] if "without" in message else None)


@pytest.mark.parametrize(
    ("name", "length"),
    [("ett", 240), ("exchange_rate", 320), ("temperatures", 620), ("stock_indices", 160), ("stocks", 44)],
)
def test_the_parts_of_a_series_follow_one_another_to_the_end(name, length):
    splits = load_splits(name, source="dummy")
    first = splits["all_train"].raw[0]
    context, horizon = len(first), len(splits["all_train"].labels[0])
    assert DATASETS[name].features["future"].shape == (horizon, len(class_names(name)))
    assert len(splits["all_train"].raw) == length - context - horizon + 1
    starts = {name: [one.ctypes.data for one in splits[name].labels] for name in PARTS}
    for earlier, later in (("train", "validation"), ("validation", "test")):
        assert starts[later][0] == starts[earlier][-1] + horizon * first.strides[0]
    assert starts["test"][-1] == splits["all_train"].labels[-1].ctypes.data


def test_stocks_begin_where_all_have_prices():
    splits = load_splits("stocks", source="dummy")
    prices = [line.split(",") for line in (DUMMY / "stocks" / "stocks.csv").read_text().splitlines()]
    may_2001 = {token: float(price) for token, date, price in prices[1:] if date == "May 1 2001"}
    np.testing.assert_allclose(splits["train"].raw[0][0], [may_2001[name] for name in class_names("stocks")], rtol=1e-6)


def test_ett_reads_the_customary_months_of_a_whole_file_and_carves_test_from_a_cut_one(tmp_path):
    lines = ["date," + ",".join(class_names("ett"))]
    values, hours = np.arange(17_420) % 97, np.datetime64("2016-07-01T00") + np.arange(17_420)
    lines += [f"{hour}:00:00," + ",".join([str(value)] * 7) for hour, value in zip(hours, values, strict=True)]
    (tmp_path / "ETTh1.csv").write_text("\n".join(lines))
    (tmp_path / "ETTh2.csv.gz").write_bytes(gzip.compress("\n".join(lines[:11_521]).encode()))
    whole = load_splits("ett", source=tmp_path)
    expected = {"train": 8640 - 96 - 23, "validation": 2880 - 23, "test": 2880 - 23, "all_train": 11_520 - 96 - 23}
    assert sizes(whole) == expected and whole["test"].labels[0][0, 0] == 11_520 % 97
    cut = rnn_zoo.load_dataset("ett", "test", source=tmp_path, subset="etth2")
    assert len(cut.raw) == 1440 - 23 and cut.labels[0][0, 0] == 10_080 % 97


def chorales(count, first=0):
    return [[[72 + place % 7, 67, 48], [71, 67.0, 67, 50], []] for place in range(first, first + count)]


def test_a_test_part_of_chorales_is_every_sixth_of_train_unless_there_is_one(tmp_path):
    path, content = tmp_path / "jsb-chorales-quarter.json", {"train": chorales(13), "valid": chorales(2, 20)}
    path.write_text(json.dumps(content))
    splits = load_splits("jsb", source=tmp_path)
    train = [[[72 + place % 7, 67, 48], [71, 67, 50], []] for place in range(13)]
    assert splits["test"] == (["chorale"] * 2, [train[5], train[11]])
    assert splits["train"].labels == train[:5] + train[6:11] + train[12:]
    assert splits["all_train"].labels[:13] == train and len(splits["all_train"].labels) == 15
    assert all(type(pitch) is int for piece in splits["train"].labels for frame in piece for pitch in frame)
    path.write_text(json.dumps({**content, "test": chorales(3, 5)}))
    assert sizes(load_splits("jsb", source=tmp_path)) == {
        "train": 13, "validation": 2, "test": 3, "all_train": 15,
    }  # fmt: skip


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
    splits = load_splits("nottingham", source=tunes)
    assert collections.Counter(splits["all_train"].raw) == {"jig": 20, "reel": 20}
    assert splits["all_train"].labels[0] == [[61], [60, 48, 40]]
    assert sum(len(splits[part].raw) for part in PARTS) == 40
    path = packed(tunes, tmp_path / "tunes.tar.xz")
    assert load_splits("nottingham", source=path) == splits
    assert load_splits("nottingham", source=tunes, subset="quarter")["all_train"].labels[0] == [[61], [60, 48, 40]]


@needs_mido
def test_bad_tunes_are_refused_by_name(tunes, tmp_path):
    (tunes / "MIDI" / "jigs3.mid").write_bytes(b"no music")
    with pytest.raises(ValueError, match="jigs3.mid is damaged or is no MIDI file"):
        load_splits("nottingham", source=tunes)
    (tunes / "MIDI" / "jigs3.mid").rename(tunes / "MIDI" / "polkas3.mid")
    with pytest.raises(ValueError, match="polkas3.mid: a tune must be of one of the groups.*Received: 'polkas'"):
        load_splits("nottingham", source=tunes)
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    with pytest.raises(ValueError, match="empty.tar must hold MIDI/jigs1.mid and so on"):
        load_splits("nottingham", source=tmp_path / "empty.tar")


@needs_mido
def test_what_was_read_is_kept_until_the_files_change(tunes, data_dir, monkeypatch, capsys):
    splits = load_splits("nottingham", source=tunes)
    (path,) = (data_dir / "rnn_zoo").iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(music, "read_midi", pytest.fail)
        assert load_splits("nottingham", source=tunes) == splits
    for damaged in (path.read_bytes()[:50], b"{", gzip.compress(b"{")):
        path.write_bytes(damaged)
        assert load_splits("nottingham", source=tunes) == splits
        assert "is damaged and is made anew" in capsys.readouterr().err
    before = fingerprint(sorted(tunes.rglob("*.mid")))
    write_midi([[50]], tunes / "MIDI" / "jigs1.mid", frames_per_quarter=2)
    assert load_splits("nottingham", source=tunes) != splits
    assert fingerprint(sorted(tunes.rglob("*.mid"))) != before


TUNE = "X:{number}\nT: Made up\nO: {origin}\nM: 2/4\nL: 1/8\nK: {key}\n{notes}\n\n"


def songs(path, notes, key="C", origin="Europa, Deutschland"):
    text = "".join(TUNE.format(number=i, origin=origin, key=key, notes=line) for i, line in enumerate(notes, start=1))
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
    found = music.read_abc(songs(tmp_path / "a.abc", [notes], key), 4)
    assert found == [("germany", piece)]


@needs_music21
def test_songs_with_notes_shorter_than_a_frame_are_left_out(tmp_path):
    path = songs(tmp_path / "a.abc", ["c d", "c/ d/", "z4", "c// d//"])
    assert [piece for _, piece in music.read_abc(path, 2)] == [[[72], [74]]]
    assert len(music.read_abc(path, 4)) == 2


@pytest.mark.parametrize(
    ("origin", "region"),
    [("China, Shanxi", "china"), ("Mitteleuropa, Deutschland / Frankreich, Lothringen", "lorraine"),
     ("Europa, Mitteleuropa, Oesterreich", "austria"), ("Deutschland, Boehmen", "germany"),
     ("Osteuropa, Ungarn", "eastern europe"), ("", "elsewhere")],
)  # fmt: skip
def test_a_region_is_read_from_the_origin(origin, region):
    assert music.region_of(TUNE.format(number=1, origin=origin, key="C", notes="c")) == region


@needs_music21
def test_bad_songs_are_refused_with_their_place(tmp_path):
    (tmp_path / "a.abc").write_text("c d e")
    with pytest.raises(ValueError, match="a.abc must hold ABC tunes, which begin with X:"):
        load_splits("essen", source=tmp_path)
    songs(tmp_path / "a.abc", ["c d", "C,,,, D"])
    with pytest.raises(ValueError, match=r"a.abc, tune 2: a pitch must be an integer from 21"):
        load_splits("essen", source=tmp_path)
    songs(tmp_path / "a.abc", ["c//"])
    with pytest.raises(ValueError, match="must hold songs that the grid can write. Received: 1 files of none"):
        load_splits("essen", source=tmp_path)


def clip(path, samples, rate=16_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())


def test_commands_are_cut_by_who_speaks_and_a_test_archive_is_test(tmp_path):
    for speaker in range(40):
        for take in range(2):
            clip(tmp_path / "clips" / ("yes", "no")[take] / f"{speaker:x}a_nohash_{take}.wav", np.full(5, speaker))
    splits = load_splits("speech_commands", source=tmp_path / "clips")
    people = [{int(samples[0]) for samples, _ in splits[part].raw} for part in PARTS]
    assert sum(map(len, people)) == len(set().union(*people)) == 40
    assert {class_names("speech_commands")[label] for label in splits["train"].labels} == {"yes", "no"}
    (samples, rate), *_ = splits["train"].raw
    assert (samples.dtype, rate) == (np.int16, 16_000)
    clip(tmp_path / "stop" / "ff_0.wav", np.full(5, 99))
    for name, folder in (("train", "clips"), ("test", "stop")):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            root = tmp_path / folder if name == "train" else tmp_path
            for path in sorted((tmp_path / folder).rglob("*.wav")):
                archive.write(path, path.relative_to(root))
    archives = tmp_path / "archives"
    archives.mkdir()
    for name in ("train", "test"):
        shutil.move(tmp_path / f"{name}.zip", archives)
    official = load_splits("speech_commands", source=archives)
    assert official["test"].labels == [class_names("speech_commands").index("stop")]
    assert len(official["train"].raw) + len(official["validation"].raw) == len(official["all_train"].raw) == 80
    clip(tmp_path / "clips" / "go" / "0_0.wav", np.zeros(5), rate=8000)
    with pytest.raises(ValueError, match="0_0.wav: a recording must be of 16000 Hz.*Received: 8000 Hz"):
        load_splits("speech_commands", source=tmp_path / "clips")


def write_drawings(path, **parts):
    """Drawings of one stroke of two points, in all parts together further and further apart."""
    arrays, first = {}, len(parts) * 10 * ("test" in parts)
    for name, count in parts.items():
        steps = 10 * np.arange(first, first + count)
        points = [[[0, 0, 0], [step, -step, 1]] for step in steps]
        arrays[name] = np.reshape(points, (-1, 3)).astype("int16")
        arrays[f"{name}_offsets"] = 2 * np.arange(count + 1, dtype="int32")
        first += count
    np.savez(path, **arrays)


def test_drawings_are_divided_by_their_offsets_and_have_official_parts(tmp_path):
    write_drawings(tmp_path / "kanji_train.npz", train=40, valid=3)
    splits = load_splits("sketches", source=tmp_path)
    assert [len(splits[part].raw) for part in SPLITS] == [37, 3, 3, 40]
    assert [int(one[1, 0]) for one in splits["validation"].labels] == [370, 380, 390]
    assert splits["train"].raw[:2] == ["1", "1"]
    write_drawings(tmp_path / "kanji_test.npz", test=2)  # like two of those to train with
    assert [len(part.raw) for part in load_splits("sketches", source=tmp_path).values()] == [38, 3, 2, 41]


def test_of_drawings_alike_one_part_has_one_and_strokes_are_counted():
    line, other, cross = (np.array([[0, 0, 0], *steps], "int16") for steps in (
        [[50, 0, 1]], [[52, 3, 1]], [[50, 0, 1], [-25, -25, 0], [0, 50, 1]]))  # fmt: skip
    far = line + np.array([[0, 0, 0], [8, 0, 0]], "int16")
    kept = without_copies([line, cross, other, far], [])
    assert [one.tolist() for one in kept] == [one.tolist() for one in (cross, other, far)]
    assert len(without_copies([line, cross], [other])) == 1
    assert numbers_of("omniglot")[-2:] == ("9", "10 or more")


def test_damaged_drawings_are_named(tmp_path):
    path = tmp_path / "kanji_train.npz"
    for arrays, message in (
        ({"train": np.zeros((4, 3)), "valid": np.zeros((1, 3))}, "kanji_train.npz: train must be rows of .* 0 offsets"),
        ({"train": np.zeros((4, 2)), "train_offsets": [0, 4]}, r"train must be rows.*shape \[4, 2\]"),
        (
            {"train": np.zeros((4, 3)), "train_offsets": [0, 4]},
            "must hold the arrays train and valid. Missing: validation",
        ),
        ({"train": np.array([{}], object)}, "is damaged or cut short, or is no npz file"),
    ):
        np.savez(path, **arrays)
        with pytest.raises(ValueError, match=message):
            load_splits("sketches", source=tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="kanji_train.npz is damaged or cut short, or is no npz file"):
        load_splits("sketches", source=tmp_path)
