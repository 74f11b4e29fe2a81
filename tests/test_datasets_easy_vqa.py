"""Questions about images: the package easy-vqa, and folders like it."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import EasyVqa, easy_vqa

DUMMY = Path(__file__).parent / "dummy_data" / "easy_vqa"
PARTS = ("train", "validation", "test")


def images_of(part):
    return {path.relative_to(path.parents[2]).as_posix() for path, _ in part.raw}


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(DUMMY, tmp_path / "data"))


@pytest.mark.skipif(find_spec("easy_vqa") is None, reason="needs the extra `data`")
def test_the_package_has_the_documented_sizes_and_no_image_is_on_two_sides():
    splits = easy_vqa.read_splits()
    assert {name: (len(part.raw), len(images_of(part))) for name, part in splits.items()} == {
        "all_train": (38575, 4000), "train": (34683, 3600), "validation": (3892, 400), "test": (9673, 1000),
    }  # fmt: skip
    assert not images_of(splits["train"]) & images_of(splits["validation"])
    assert len({question for _, question in splits["train"].raw}) == 107
    names = [easy_vqa.CLASS_NAMES[label] for label in splits["all_train"].labels]
    assert (names.count("yes"), names.count("no"), names.count("teal")) == (14229, 14178, 692)
    path, question = splits["all_train"].raw[0]
    assert (path.name, question, names[0]) == ("0.png", "what is the blue shape?", "rectangle")


def test_a_folder_is_cut_by_the_number_of_the_image():
    splits = easy_vqa.read_splits(DUMMY)
    assert images_of(splits["validation"]) == {"train/images/9.png", "train/images/19.png"}
    assert images_of(splits["train"]) == {f"train/images/{number}.png" for number in range(8)}
    assert images_of(splits["test"]) == {f"test/images/{number}.png" for number in range(3)}
    assert len(splits["all_train"].raw) == 30
    assert splits["test"].raw[1][1] == "is there a red shape?"
    assert easy_vqa.CLASS_NAMES[splits["test"].labels[1]] == "yes"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["what?", "red", 0], ["what?", "purple", 0]], r"row 1: answer must be one of .*Received: answer='purple'"),
        ([["what?", "red"]], r"row 0: a row must be .question, answer, number of the image.. Received: \['what\?'"),
        ([["what?", "red", "0"]], r"row 0: a row must be"),
        ([["what?", "red", True]], r"row 0: a row must be"),
        ({"what?": "red"}, r"row 0: a row must be"),
        ([["what?", "red", 77]], r"row 0: the image must be in .*images. Received: 77.png"),
        ([["what?", "red", 0]], r"numbers end in 9, and about others. Received: 1 questions to train on, 9 to test"),
    ],
)
def test_a_bad_row_is_named(folder, rows, message):
    (folder / "train" / "questions.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        easy_vqa.read_splits(folder)


def test_what_holds_no_questions_is_refused(folder, monkeypatch):
    with pytest.raises(ValueError, match="comes as a package.*Received: source='tfds'"):
        easy_vqa.read_splits("tfds")
    path = folder / "test" / "questions.json"
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    with pytest.raises(ValueError, match=r"questions.json is damaged or cut short"):
        easy_vqa.read_splits(folder)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"Missing: \['test'\]"):
        easy_vqa.read_splits(folder)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r'pip install "rnn-zoo\[data\]"'):
        easy_vqa.read_splits()


def test_another_version_of_the_package_is_refused(folder):
    with pytest.raises(ValueError, match=r"must be that of easy-vqa 1.0.* Received: sha256="):
        easy_vqa.check_package(folder)


def test_the_builder_reads_back_the_same_questions_and_pixels(tmp_path):
    builder = EasyVqa(source=DUMMY, data_dir=tmp_path / "tfds")
    builder.download_and_prepare()
    preprocessor = rnn_zoo.ImageQuestions(["red"], easy_vqa.HEIGHT, easy_vqa.WIDTH)
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = [(raw["question"].decode(), raw["image"].tobytes(), int(label)) for raw, label in dataset]
        raw, labels = rnn_zoo.load_dataset("easy_vqa", split, source=DUMMY)
        images = [example.image for example in preprocessor.encode(raw)]
        expected = [(pair[1], image.tobytes(), label) for pair, image, label in zip(raw, images, labels, strict=True)]
        assert sorted(found) == sorted(expected)
        assert np.ptp(images[0]) > 0
