"""MSR-Action3D and the two datasets of `.ts` files: parts by person, damaged files, builders."""

import lzma
import pickle
import tarfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import BasicMotions, JapaneseVowels, MsrAction3d, msr_action3d
from rnn_zoo.datasets.msr_action3d import Recording, cut_by_subject, read_recordings, read_skeleton
from rnn_zoo.datasets.ts_files import read_ts

DUMMY = Path(__file__).parent / "dummy_data"
MSR = DUMMY / "msr_action3d"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "msr_action3d"
PARTS = ("train", "validation", "test", "all_train")
JOINT = "1.0e+000 2 3 0.5\n"


def recordings(*subjects):
    return [Recording(np.full((2, 20, 3), subject), 0, subject) for subject in subjects]


def people(part):
    return [int(frames[0, 0, 0]) for frames in part.raw]


def test_skeletons_are_read_from_files_and_archives_alike(tmp_path):
    found = read_recordings(MSR)
    assert [(one.label, one.subject) for one in found] == [(a, s) for a in (0, 12) for s in (1, 1, 3, 7, 9)]
    assert all(one.frames.shape[1:] == (20, 3) and one.frames.dtype == np.float32 for one in found)
    with tarfile.open(tmp_path / "skeletons.tar.xz", "w:xz") as archive:
        archive.add(MSR, "inside")
    for source in (tmp_path, tmp_path / "skeletons.tar.xz"):
        again = read_recordings(source)
        assert [one[1:] for one in again] == [one[1:] for one in found]
        assert all((one.frames == other.frames).all() for one, other in zip(found, again, strict=True))


def test_lost_joints_are_0_and_takes_without_any_joint_are_left_out():
    bend = next(one for one in read_recordings(MSR) if (one.label, one.subject) == (12, 7))
    assert np.argwhere(~bend.frames.any(axis=-1)).tolist() == [[2, 12]]
    assert (MSR / "a13_s09_e02_skeleton.txt").is_file()


def test_nobody_is_in_two_parts():
    odd = cut_by_subject(recordings(1, 1, 3, 5, 7, 9))
    assert {name: people(odd[name]) for name in PARTS} == {
        "train": [1, 1, 3, 5], "validation": [7], "test": [9], "all_train": [1, 1, 3, 5, 7, 9],
    }  # fmt: skip
    both = cut_by_subject(recordings(1, 2, 7, 8, 9))
    assert {name: people(both[name]) for name in PARTS} == {
        "train": [1, 9], "validation": [7], "test": [2, 8], "all_train": [1, 7, 9],
    }  # fmt: skip
    assert people(cut_by_subject(recordings(1, 3, 9), 3, 1)["train"]) == [9]
    with pytest.raises(ValueError, match="recordings for 'validation'. Received: subjects"):
        cut_by_subject(recordings(1, 3, 9))
    with pytest.raises(ValueError, match="must differ. Received: validation_subject=9"):
        cut_by_subject(recordings(1, 7, 9), 9)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (JOINT * 19, "frame must have 20 joints. Received: 19 lines"),
        (JOINT * 3 + "1 2 3\n" + JOINT * 16, "line 4: a joint must be 4 numbers. Received: '1 2 3'"),
        (JOINT + "1 2 x 4\n", "line 2: a joint must be 4 numbers"),
        (JOINT + "1 2 nan 4\n", "line 2: a joint must be 4 numbers"),
        ("", "must hold text"),
    ],
)
def test_a_damaged_skeleton_is_named(content, message):
    with pytest.raises(ValueError, match="a01.txt.*" + message):
        read_skeleton(content.encode(), "a01.txt")


def test_other_files_and_folders_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no default source"):
        rnn_zoo.load_dataset("msr_action3d", "train")
    with pytest.raises(FileNotFoundError, match="must be a folder with files aAA_sSS_eEE_skeleton.txt"):
        rnn_zoo.load_dataset("msr_action3d", "train", source=tmp_path)
    (tmp_path / "a.tar").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="a.tar is damaged or cut short, or is no tar archive"):
        rnn_zoo.load_dataset("msr_action3d", "train", source=tmp_path)
    (tmp_path / "a.tar").unlink()
    (tmp_path / "a21_s01_e01_skeleton.txt").write_text(JOINT * 20)
    with pytest.raises(ValueError, match="actions are 01 to 20.*Received: a21_s01_e01_skeleton.txt"):
        rnn_zoo.load_dataset("msr_action3d", "train", source=tmp_path)


def test_ts_files_hold_frames_of_features(tmp_path):
    path = tmp_path / "a.ts.xz"
    path.write_bytes(lzma.compress(b"# text\n@problemName a\n@data\n1,2,3:4,5,6:walk\n\n7:8:run\n"))
    examples = read_ts(path, ("run", "walk"), 2)
    assert [frames.tolist() for frames in examples.raw] == [[[1, 4], [2, 5], [3, 6]], [[7, 8]]]
    assert examples.labels == [1, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("@problemName a\n1:2:run\n", "with a line '@data'. Received: '@problemName a'"),
        ("@data\n1:2:run\n1:2:swim\n", "line 3: the class must be one of .*Received: 'swim'"),
        ("@data\n1:2,3:run\n", r"line 2: there must be 2 features of one length. Received: lengths \[1, 2\]"),
        ("@data\n1:run\n", "line 2: there must be 2 features"),
        ("@data\n1,?:2,3:run\n", "line 2: features must be numbers .*'\\?'"),
        ("@data\n1,NaN:2,3:run\n", "line 2: features must be finite numbers. Received: nan"),
        ("@data\n", "must hold a series"),
    ],
)
def test_a_bad_line_of_ts_is_named(tmp_path, content, message):
    path = tmp_path / "a.ts"
    path.write_text(content)
    with pytest.raises(ValueError, match="a.ts.*" + message):
        read_ts(path, ("run", "walk"), 2)


@pytest.mark.parametrize("name", ["japanese_vowels", "basic_motions"])
def test_ts_datasets_have_an_official_test_part(name, tmp_path):
    parts = {part: rnn_zoo.load_dataset(name, part, source=DUMMY / name) for part in PARTS}
    assert [len(part.raw) for part in parts.values()] == [18, 2, 4, 20]
    assert parts["test"].labels == [0, 0, max(parts["test"].labels), max(parts["test"].labels)]
    with pytest.raises(ValueError, match="comes with the package aeon"):
        rnn_zoo.load_dataset(name, "train", source="tfds")
    with pytest.raises(FileNotFoundError, match="must be a folder with .*_TRAIN.ts and .*_TEST.ts"):
        rnn_zoo.load_dataset(name, "train", source=tmp_path)


def test_without_aeon_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r'pip install "rnn-zoo\[frames\]"'):
        rnn_zoo.load_dataset("japanese_vowels", "train")


@pytest.mark.parametrize(
    ("builder_class", "name"),
    [(MsrAction3d, "msr_action3d"), (JapaneseVowels, "japanese_vowels"), (BasicMotions, "basic_motions")],
)
def test_a_builder_prepares_offline_and_reads_back_the_same_examples(tmp_path, builder_class, name):
    builder = builder_class(source=DUMMY / name, data_dir=tmp_path)
    builder.download_and_prepare()
    assert tuple(builder.info.features["label"].names) == builder.module.CLASS_NAMES
    for split in PARTS[:3]:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = sorted((int(label), frames.tolist()) for frames, label in dataset)
        expected = rnn_zoo.load_dataset(name, split, source=DUMMY / name)
        assert found == sorted((label, frames.tolist()) for frames, label in zip(*expected, strict=True))
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
def test_the_known_archive_has_the_documented_size():
    found = read_recordings(SHARED)
    parts = cut_by_subject(found)
    assert [len(parts[name].raw) for name in PARTS] == [173, 59, 59, 291]
    lengths = [len(one.frames) for one in found]
    assert (min(lengths), max(lengths)) == (13, 255)
    assert {one.label for one in found} == set(range(len(msr_action3d.CLASS_NAMES)))


@pytest.mark.skipif(find_spec("aeon") is None, reason="needs the extra `frames`")
@pytest.mark.parametrize(("name", "sizes"), [("japanese_vowels", (243, 27, 370)), ("basic_motions", (36, 4, 40))])
def test_the_files_of_aeon_have_the_documented_size(name, sizes):
    assert tuple(len(rnn_zoo.load_dataset(name, part).raw) for part in PARTS[:3]) == sizes
