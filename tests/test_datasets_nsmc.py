import gzip
import lzma
from pathlib import Path

import pytest

from rnn_zoo.datasets import nsmc

DUMMY = Path(__file__).parent / "dummy_data" / "nsmc"
REBUILT = Path(__file__).parents[2] / "shared" / "data" / "nsmc" / "ratings_train.rebuilt.txt.xz"
HEADER = "id\tdocument\tlabel\n"


def sizes(splits):
    return {name: len(examples.raw) for name, examples in splits.items()}


@pytest.fixture
def ratings(tmp_path):
    def write(content, name="ratings_train.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.skipif(not REBUILT.exists(), reason=f"{REBUILT} is not there")
def test_the_rebuilt_nsmc_has_the_documented_size():
    splits = nsmc.read_splits(REBUILT.parent)
    assert sizes(splits) == {"all_train": 150000, "train": 120000, "validation": 15000, "test": 15000}
    assert [sum(splits[name].labels) for name in ("all_train", "test")] == [75000, 7500]


def test_nsmc_with_both_files_drops_empty_documents_and_keeps_the_test_file():
    splits = nsmc.read_splits(DUMMY)
    assert sizes(splits) == {"all_train": 20, "train": 17, "validation": 3, "test": 4}
    assert sorted(splits["train"].raw + splits["validation"].raw) == sorted(splits["all_train"].raw)
    assert splits["validation"].raw[-1] == "또 보고 싶다 19"
    assert all(text.strip() for part in splits.values() for text in part.raw)


@pytest.mark.parametrize(("ending", "compress"), [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_one_nsmc_file_is_cut_in_three(ratings, ending, compress):
    content = (DUMMY / "ratings_train.txt").read_bytes()
    path = ratings(compress(content), f"ratings_train.rebuilt.txt{ending}")
    splits = nsmc.read_splits(path.parent)
    assert sizes(splits) == {"all_train": 20, "train": 15, "validation": 2, "test": 3}
    assert splits == nsmc.read_splits(path)


def test_nsmc_without_its_test_file_is_refused(ratings):
    path = ratings(HEADER)
    with pytest.raises(FileNotFoundError, match=r"Missing: ratings_test\.txt"):
        nsmc.read_splits(path.parent)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + "1\t좋다\t1\n2\t좋다\t2\n", r"line 3: label must be an integer from 0 to 1. Received: label='2'"),
        (HEADER + "1\t좋다\t0.5\n", r"line 2: label must be an integer"),
        (HEADER + "1\t좋다\n", r"line 2: a row must have 3 columns. Received: 2"),
        (HEADER + "1\t좋다\t1\n\n", r"line 3: a row must have 3 columns. Received: 1"),
        ("1\t좋다\t1\n", r"line 1: columns must be"),
        (HEADER.encode() + "1\t좋다\t1\n".encode("cp949"), r"line 2: text must be UTF-8"),
        ("", r"must hold text. Received: an empty file"),
        (HEADER + "1\t\t1\n", r"must hold reviews. Received: a header and 1 rows"),
    ],
)
def test_a_bad_row_of_nsmc_is_named_with_its_line(ratings, content, message):
    with pytest.raises(ValueError, match=rf"ratings_train\.txt.*{message}"):
        nsmc.read_splits(ratings(content))


@pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_truncated_nsmc_file_is_refused(ratings, ending, compress):
    content = compress((DUMMY / "ratings_train.txt").read_bytes())
    with pytest.raises(ValueError, match="is damaged or cut short"):
        nsmc.read_splits(ratings(content[:-20], f"ratings.txt{ending}"))
