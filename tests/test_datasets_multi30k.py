"""Multi30k: descriptions of photographs and their translations."""

import gzip
import shutil
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import Multi30k, multi30k

DUMMY = Path(__file__).parent / "dummy_data" / "multi30k"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "multi30k"


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
@pytest.mark.parametrize("subset", multi30k.SUBSETS)
def test_the_files_have_the_documented_sizes(subset):
    splits = multi30k.read_splits(SHARED, subset=subset)
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "train": 28000, "validation": 1000, "test": 1014, "all_train": 29000,
    }  # fmt: skip
    assert all(len(part.raw) == len(part.labels) for part in splits.values())
    assert splits["train"].raw[0].startswith("Two young, White males")


def test_without_test_files_the_official_validation_part_is_the_test_part():
    splits = multi30k.read_splits(DUMMY)
    lines = (DUMMY / "val.en").read_text(encoding="utf-8").splitlines()
    assert splits["test"].raw == lines
    assert len(splits["train"].raw) == 101 and len(splits["validation"].raw) == 11
    assert splits["train"].raw + splits["validation"].raw == splits["all_train"].raw
    assert [("four" in text) for text in lines] == [("vier" in text) for text in splits["test"].labels]


def test_with_test_files_all_parts_are_the_official_ones(tmp_path):
    shutil.copytree(DUMMY, tmp_path, dirs_exist_ok=True)
    for language in ("en", "de"):
        text = (DUMMY / f"val.{language}").read_bytes()
        (tmp_path / f"test_2016_flickr.{language}.gz").write_bytes(gzip.compress(text))
    splits = rnn_zoo.load_dataset("multi30k", "train", source=tmp_path), multi30k.read_splits(tmp_path)
    assert len(splits[0].raw) == 112
    assert splits[1]["test"] == splits[1]["validation"]


def test_bad_files_are_refused_with_their_place(tmp_path):
    shutil.copytree(DUMMY, tmp_path, dirs_exist_ok=True)
    (tmp_path / "val.de").write_text("eins\n\nzwei\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"val.de, line 2"):
        multi30k.read_splits(tmp_path)
    (tmp_path / "val.de").write_text("eins\nzwei\n", encoding="utf-8")
    with pytest.raises(ValueError, match="as many lines. Received: 16 and 2"):
        multi30k.read_splits(tmp_path)
    with pytest.raises(FileNotFoundError, match="train.fr"):
        multi30k.read_splits(tmp_path, subset="en_fr")
    with pytest.raises(ValueError, match="subset must be one of"):
        rnn_zoo.load_dataset("multi30k", "train", source=tmp_path, subset="en_ko")


def test_the_builder_prepares_the_same_examples(tmp_path):
    builder = Multi30k(source=DUMMY, data_dir=tmp_path)
    builder.download_and_prepare()
    found = {
        one["source"].decode(): one["target"].decode() for one in builder.as_dataset(split="test").as_numpy_iterator()
    }
    expected = multi30k.read_splits(DUMMY)["test"]
    assert found == dict(zip(*expected, strict=True))
