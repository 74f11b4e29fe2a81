"""AN4 and FSDD: features and sound, parts by person or by index."""

import collections
import pickle
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import An4, Fsdd, an4, fsdd

DUMMY = Path(__file__).parent / "dummy_data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
PARTS = ("train", "validation", "test")


def sizes(splits):
    return tuple(len(splits[name].raw) for name in ("all_train", *PARTS))


@pytest.fixture
def copied(tmp_path):
    return lambda name: Path(shutil.copytree(DUMMY / name, tmp_path / name))


def packed(folder, path):
    with tarfile.open(path, "w:xz") as archive:
        archive.add(folder, arcname=folder.name)
    return path


def test_nobody_speaks_in_two_parts_of_an4():
    splits = an4.read_splits(DUMMY / "an4")
    assert sizes(splits) == (20, 16, 2, 2)
    training = an4.read_half(
        {path.as_posix(): path.read_bytes() for path in an4.original_files(DUMMY / "an4")}, "train", "dummy"
    )
    speakers = {one.frames.tobytes(): one.speaker for one in training}
    people = [{speakers[frames.tobytes()] for frames in splits[name].raw} for name in PARTS]
    assert people[1:] == [{"feve"}, {"med"}] and len(people[0]) == 8 and not people[0] & {"feve", "med"}
    assert splits["test"].labels == ["A B", "B A B"]
    assert splits["test"].raw[0].shape == (14, 13) and splits["test"].raw[0].dtype == np.float32
    assert splits["test"].raw[0][0, 0] == pytest.approx(2, abs=0.5)


def test_the_official_test_half_of_an4_is_test_where_it_is_there(copied):
    folder = copied("an4")
    name, text = "cen1-new-b", "AB'S B"
    (folder / "etc" / "an4_test.fileids").write_text(f"an4test_clstk/new/{name}\n")
    (folder / "etc" / "an4_test.transcription").write_text(f"<s> {text} </s> ({name})\n")
    (folder / "feat" / "an4test_clstk" / "new").mkdir(parents=True)
    file = folder / "feat" / "an4_clstk" / "fana" / "cen1-fana-b.mfc"
    shutil.copy(file, folder / "feat" / "an4test_clstk" / "new" / f"{name}.mfc")
    splits = an4.read_splits(folder)
    assert sizes(splits) == (20, 18, 2, 1) and splits["test"].labels == [text]


def test_the_official_test_half_of_fsdd_is_test_where_it_is_there(copied):
    folder = copied("fsdd")
    assert sizes(fsdd.read_splits(folder)) == (20, 12, 4, 4)
    shutil.copy(folder / "1_bo_5.wav", folder / "1_bo_0.wav")
    splits = fsdd.read_splits(folder)
    assert sizes(splits) == (20, 16, 4, 1) and splits["test"].labels == ["one"]


def test_samples_come_as_they_are_in_the_file():
    (samples, rate), *_ = fsdd.read_splits(DUMMY / "fsdd")["validation"].raw
    data = (DUMMY / "fsdd" / "0_ann_40.wav").read_bytes()
    np.testing.assert_array_equal(samples, np.frombuffer(data[44:], "<i2"))
    assert rate == 8000 and samples.dtype == np.int16


@pytest.mark.parametrize("module", [an4, fsdd])
def test_an_archive_gives_the_same_as_its_folder(module, tmp_path):
    name = module.__name__.rpartition(".")[2]
    expected = module.read_splits(DUMMY / name)
    path = packed(DUMMY / name, tmp_path / "all.tar.xz")
    for source in (path, tmp_path):
        found = module.read_splits(source)
        for part in PARTS:
            assert found[part].labels == expected[part].labels
            for one, other in zip(found[part].raw, expected[part].raw, strict=True):
                np.testing.assert_array_equal(np.asarray(one[0]), np.asarray(other[0]))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match="all.tar.xz is damaged or cut short"):
        module.read_splits(path)


@pytest.mark.parametrize(
    ("file", "content", "error", "message"),
    [
        ("etc/an4_train.transcription", "A B (cen0-fana-b)\n", ValueError, "20 files and 1 lines"),
        ("etc/an4_train.transcription", "a b (cen0-fana-b)\n" * 20, ValueError, r"line 1: a line must be WORDS"),
        ("etc/an4_train.transcription", "A B (cen0-fana-b)\n" * 20, ValueError, r"line 2: .*WORDS \(cen1-fana-b\)"),
        ("feat/an4_clstk/mbob/cen0-mbob-b.mfc", "cut", ValueError, r"cen0-mbob-b\.mfc with 3 bytes"),
        ("feat/an4_clstk/mbob/cen0-mbob-b.mfc", None, FileNotFoundError, "must hold feat/an4_clstk/mbob/cen0-mbob-b"),
        ("etc/an4_train.fileids", None, FileNotFoundError, "must hold etc/an4_train.fileids"),
    ],
)
def test_bad_files_of_an4_are_named(copied, file, content, error, message):
    path = copied("an4") / file
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(error, match=message):
        an4.read_splits(path.parents[len(Path(file).parts) - 1])


def test_bad_files_of_fsdd_are_named(copied):
    folder = copied("fsdd")
    whole = (folder / "0_bo_7.wav").read_bytes()
    for content, message in (
        (whole[:-10], r"cut short, \d+ of \d+ samples. Received: .*0_bo_7\.wav"),
        (whole[:24] + (16000).to_bytes(4, "little") + whole[28:], r"0_bo_7\.wav: .*Received: 16000 Hz"),
    ):
        (folder / "0_bo_7.wav").write_bytes(content)
        with pytest.raises(ValueError, match=message):
            fsdd.read_splits(folder)
    with pytest.raises(ValueError, match="recordings for 'validation'"):
        for path in folder.glob("*_*_40.wav"):
            path.unlink()
        (folder / "0_bo_7.wav").write_bytes(whole)
        fsdd.read_splits(folder)


def test_too_few_people_get_a_clear_error():
    one = an4.Utterance(np.zeros((2, 13)), "A", "ann")
    with pytest.raises(ValueError, match="10 at least. Received: 1, none for 'validation'"):
        an4.cut_by_speaker([one])
    with pytest.raises(ValueError, match="Nobody must be in both halves. Received: 'ann'"):
        an4.cut_by_speaker([one], [one])


@pytest.mark.parametrize("module", [an4, fsdd])
def test_a_missing_source_is_said(module, tmp_path):
    for source in (None, "tfds"):
        with pytest.raises(FileNotFoundError, match="has no default source: name the folder"):
            module.read_splits(source)
    with pytest.raises(FileNotFoundError, match="must be a folder with"):
        module.read_splits(tmp_path)


@pytest.mark.parametrize(("builder_class", "name"), [(An4, "an4"), (Fsdd, "fsdd")])
def test_a_builder_prepares_offline_and_reads_back_the_same_examples(tmp_path, builder_class, name):
    builder = builder_class(source=DUMMY / name, data_dir=tmp_path)
    builder.download_and_prepare()
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = collections.Counter((raw.tobytes(), text.decode()) for raw, text in dataset)
        raw, labels = rnn_zoo.load_dataset(name, split, source=DUMMY / name)
        arrays = [one[0] if isinstance(one, tuple) else one for one in raw]
        assert found == collections.Counter(zip([one.tobytes() for one in arrays], labels, strict=True))
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
@pytest.mark.parametrize(
    ("module", "expected"), [(an4, (948, 768, 89, 91)), (fsdd, (2700, 2100, 300, 300))], ids=["an4", "fsdd"]
)
def test_the_known_files_have_the_documented_size(module, expected):
    splits = module.read_splits(SHARED / module.__name__.rpartition(".")[2])
    assert sizes(splits) == expected
    symbols = set("".join(splits["all_train"].labels)) if module is an4 else set(splits["all_train"].labels)
    assert symbols == set(module.CLASS_NAMES)
