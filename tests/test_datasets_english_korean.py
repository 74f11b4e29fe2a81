"""English and Korean pairs of two domains."""

import gzip
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import EnglishKorean, english_korean

DUMMY = Path(__file__).parent / "dummy_data" / "english_korean"
SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.skipif(not (SHARED / "libreoffice_ko").exists(), reason=f"{SHARED}/libreoffice_ko is not there")
def test_the_files_have_the_documented_sizes_and_no_english_text_is_in_two_parts():
    splits = english_korean.read_splits(SHARED)
    assert len(splits["all_train"].raw) == 3459 + 12816
    parts = [set(splits[part].raw) for part in ("train", "validation", "test")]
    for domain in english_korean.SUBSETS:
        own = english_korean.read_splits(SHARED, subset=domain)
        own = [set(own[part].raw) for part in ("train", "validation", "test")]
        assert sum(map(len, own)) == len(set.union(*own))
    assert all(parts)


def test_both_domains_are_one_after_the_other():
    both = english_korean.read_splits(DUMMY)
    domains = [english_korean.read_splits(DUMMY, subset=domain) for domain in english_korean.SUBSETS]
    for part in ("train", "validation", "test", "all_train"):
        assert both[part].raw == domains[0][part].raw + domains[1][part].raw
    assert dict(zip(*both["all_train"], strict=True))["I see dogs."] == "개 봐요."
    assert rnn_zoo.load_dataset("english_korean", "test", source=DUMMY, subset="tatoeba") == domains[0]["test"]


def test_bad_files_are_refused_with_their_place(tmp_path):
    text = (DUMMY / "ko_train.txt").read_bytes()
    (tmp_path / "libreoffice_ko").mkdir()
    (tmp_path / "libreoffice_ko" / "ko_train.txt.gz").write_bytes(gzip.compress(text))
    assert english_korean.read_splits(tmp_path, subset="libreoffice")["all_train"].labels[0] == "파일 삭제"
    with pytest.raises(FileNotFoundError, match="tatoeba_kor_eng/kor_train.txt"):
        english_korean.read_splits(tmp_path)
    (tmp_path / "ko_train.txt").write_text("Yes\t네\nNo\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"ko_train.txt, line 2: must be English TAB Korean"):
        english_korean.read_pairs(tmp_path / "ko_train.txt")


def test_the_builder_prepares_the_same_examples(tmp_path):
    builder = EnglishKorean(source=DUMMY, subset="libreoffice", data_dir=tmp_path)
    builder.download_and_prepare()
    found = {
        one["source"].decode(): one["target"].decode() for one in builder.as_dataset(split="test").as_numpy_iterator()
    }
    assert found == dict(zip(*english_korean.read_splits(DUMMY, subset="libreoffice")["test"], strict=True))
