"""Stars of Korean film reviews."""

import lzma
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import NsmcStars, nsmc_stars

DUMMY = Path(__file__).parent / "dummy_data" / "nsmc_stars"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "nsmc"
SIZES = {"all_train": 118598, "train": 94789, "validation": 11972, "test": 11837}
PARTS = ("train", "validation", "test")


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
def test_the_file_has_the_documented_size_and_no_text_is_in_two_parts():
    splits = nsmc_stars.read_splits(SHARED)
    assert {name: len(part.raw) for name, part in splits.items()} == SIZES
    texts = [set(splits[part].raw) for part in PARTS]
    assert sum(map(len, texts)) == len(set.union(*texts))
    assert [splits["all_train"].labels.count(label) for label in range(10)] == [12000, 11022, 11576, *[12000] * 7]


def test_stars_are_counted_from_one_and_a_repeated_text_stays_in_one_part():
    splits = nsmc_stars.read_splits(DUMMY)
    assert sorted(splits["all_train"].raw) == sorted(text for part in PARTS for text in splits[part].raw)
    assert len(splits["all_train"].raw) == 122
    stars = {text: nsmc_stars.CLASS_NAMES[label] for text, label in zip(*splits["all_train"], strict=True)}
    assert stars["최악 정말 영화 0"] == "1" and stars["훌륭하다 정말 영화 0"] == "9"
    assert sorted(len(splits[part].raw) - len(set(splits[part].raw)) for part in PARTS) == [0, 0, 1]


def test_a_compressed_file_is_found_in_a_folder_or_named_itself(tmp_path):
    path = tmp_path / "stars_train.txt.xz"
    path.write_bytes(lzma.compress((DUMMY / "stars_train.txt").read_bytes()))
    assert nsmc_stars.read_splits(tmp_path) == nsmc_stars.read_splits(path) == nsmc_stars.read_splits(DUMMY)


@pytest.mark.parametrize("star", ["0", "11", "5.5", ""])
def test_what_is_no_star_is_named_with_its_line(tmp_path, star):
    path = tmp_path / "stars_train.txt"
    path.write_text(f"id\tdocument\tlabel\n1\t좋다\t10\n2\t좋다\t{star}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"stars_train.txt, line 3: label must be an integer from 1 to 10. Received"):
        nsmc_stars.read_splits(tmp_path)


def test_a_missing_file_says_what_to_get(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no default source: name .*raw/ of https://.*--data-dir"):
        rnn_zoo.load_dataset("nsmc_stars", "train")
    with pytest.raises(FileNotFoundError, match="Missing: stars_train.txt"):
        rnn_zoo.load_dataset("nsmc_stars", "train", source=tmp_path)


def test_a_builder_prepares_offline_and_reads_back_the_same_examples(tmp_path):
    builder = NsmcStars(source=DUMMY, data_dir=tmp_path)
    builder.download_and_prepare()
    assert tuple(builder.info.features["label"].names) == nsmc_stars.CLASS_NAMES
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        read_back = sorted((text.decode(), int(label)) for text, label in dataset)
        assert read_back == sorted(zip(*rnn_zoo.load_dataset("nsmc_stars", split, source=DUMMY), strict=True))
