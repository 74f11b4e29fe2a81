"""Flickr8k: photographs with five captions each."""

import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

from rnn_zoo.datasets import Flickr8k, flickr8k

DUMMY = Path(__file__).parent / "dummy_data" / "flickr8k"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "flickr8k_mini"


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
def test_the_subset_has_the_documented_size():
    splits = flickr8k.read_splits(SHARED)
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "train": 678 * 5, "validation": 75, "test": 113, "all_train": 753 * 5,
    }  # fmt: skip
    assert all(len(captions) == 5 for captions in splits["test"].labels)
    assert splits["test"].raw[0].dtype == np.uint8 and splits["test"].raw[0].shape[2] == 3


def test_photographs_of_train_come_once_a_caption_and_others_once():
    splits = flickr8k.read_splits(DUMMY)
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "train": 22, "validation": 1, "test": 4, "all_train": 24,
    }  # fmt: skip
    assert splits["train"].raw[0] is splits["train"].raw[1]
    assert splits["train"].labels[0].startswith("a ") and splits["train"].labels[1].startswith("the wall is ")
    assert len(splits["test"].labels[0]) == 2
    assert not {id(image) for image in splits["train"].raw} & {id(image) for image in splits["test"].raw}


def test_an_archive_serves_as_well_as_a_folder(tmp_path):
    shutil.copytree(DUMMY, tmp_path, dirs_exist_ok=True)
    with tarfile.open(tmp_path / "images_train_dev.tar", "w") as archive:
        archive.add(tmp_path / "images", "images")
    shutil.rmtree(tmp_path / "images")
    for one, other in zip(
        flickr8k.read_splits(tmp_path)["train"].raw, flickr8k.read_splits(DUMMY)["train"].raw, strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_bad_files_are_refused_with_their_place(tmp_path):
    shutil.copytree(DUMMY, tmp_path, dirs_exist_ok=True)
    captions = tmp_path / "captions_train_dev.token.txt"
    text = captions.read_text(encoding="utf-8")
    captions.write_text(text + "no caption\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"captions_train_dev.token.txt, line 33: must be name.jpg#number"):
        flickr8k.read_splits(tmp_path)
    captions.write_text(text, encoding="utf-8")
    with open(tmp_path / "images_dev.txt", "a", encoding="utf-8") as file:
        file.write("unknown.jpg\n")
    with pytest.raises(ValueError, match=r"images_dev.txt, line 5: a photograph must have captions"):
        flickr8k.read_splits(tmp_path)
    shutil.copy(DUMMY / "images_dev.txt", tmp_path)
    first = sorted((tmp_path / "images").iterdir())[0]
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(ValueError, match=f"{first.name} must be a whole JPEG"):
        flickr8k.read_splits(tmp_path)
    shutil.rmtree(tmp_path / "images")
    with pytest.raises(FileNotFoundError, match="Flicker8k_Dataset or images"):
        flickr8k.read_splits(tmp_path)


def test_the_builder_prepares_the_same_examples(tmp_path):
    builder = Flickr8k(source=DUMMY, data_dir=tmp_path)
    builder.download_and_prepare()
    found = [one["captions"].tolist() for one in builder.as_dataset(split="test").as_numpy_iterator()]
    expected = flickr8k.read_splits(DUMMY)["test"].labels
    assert sorted(found) == sorted([text.encode() for text in captions] for captions in expected)
