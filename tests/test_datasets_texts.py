"""Long texts: Tiny Shakespeare and the Penn Treebank, and how they are cut."""

import gzip
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo.datasets import Ptb, TinyShakespeare, ptb, tiny_shakespeare

DUMMY = Path(__file__).parent / "dummy_data"
SHARED = Path(__file__).parents[2] / "shared" / "data"
PARTS = ("train", "validation", "test")


def test_a_text_is_cut_at_85_and_90_per_cent(tmp_path):
    path = tmp_path / "input.txt"
    path.write_bytes("".join(chr(97 + place % 26) for place in range(200)).encode())
    splits = tiny_shakespeare.read_splits(tmp_path)
    assert [len(splits[name].raw[0]) for name in PARTS] == [170, 10, 20]
    assert "".join(splits[name].raw[0] for name in PARTS) == path.read_text()
    assert splits["all_train"].raw == [path.read_text()[:180]]
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "input.txt.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert tiny_shakespeare.read_splits(tmp_path / "b") == tiny_shakespeare.read_splits(path) == splits


def test_sentences_of_ptb_stay_in_order_and_test_is_valid_where_there_is_no_test_file(tmp_path):
    for name, count in (("train", 50), ("valid", 7)):
        (tmp_path / f"ptb.{name}.txt").write_text("".join(f" {name} {place} \n" for place in range(count)))
    splits = ptb.read_splits(tmp_path)
    assert splits["train"].raw == [f"train {place}" for place in range(45)]
    assert splits["validation"].raw == [f"train {place}" for place in range(45, 50)]
    assert splits["test"].raw == [f"valid {place}" for place in range(7)]
    assert splits["all_train"].raw == splits["train"].raw + splits["validation"].raw
    (tmp_path / "ptb.test.txt").write_text(" test 0 \n")
    official = ptb.read_splits(tmp_path)
    assert official["train"].raw == splits["all_train"].raw and official["validation"].raw == splits["test"].raw
    assert official["test"].raw == ["test 0"]


@pytest.mark.parametrize(
    ("builder_class", "name"), [(TinyShakespeare, "tiny_shakespeare"), (Ptb, "ptb")]
)  # fmt: skip
def test_a_builder_prepares_offline_and_reads_back_the_same_texts(builder_class, name, tmp_path):
    builder = builder_class(source=DUMMY / name, data_dir=tmp_path)
    builder.download_and_prepare()
    for part in PARTS:
        found = {one["text"].decode() for one in builder.as_dataset(split=part).as_numpy_iterator()}
        assert found == set(rnn_zoo.load_dataset(name, part, source=DUMMY / name).raw)
    ((text, again),) = builder.as_dataset(split="test", as_supervised=True).take(1).as_numpy_iterator()
    assert text == again


def test_bad_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no default source: name input.txt .*char-rnn.*--data-dir"):
        tiny_shakespeare.read_splits()
    with pytest.raises(FileNotFoundError, match="must hold input.txt"):
        tiny_shakespeare.read_splits(tmp_path)
    (tmp_path / "input.txt").write_text("too short")
    with pytest.raises(ValueError, match=r"input\.txt must hold 100 characters at least. Received: 9"):
        tiny_shakespeare.read_splits(tmp_path)
    with pytest.raises(FileNotFoundError, match="name the folder of ptb.train.txt and ptb.valid.txt"):
        ptb.read_splits()
    (tmp_path / "ptb.train.txt").write_text(" a \n \n b \n")
    (tmp_path / "ptb.valid.txt").write_text(" a \n")
    with pytest.raises(ValueError, match=r"ptb\.train\.txt, line 2: a sentence must not be empty"):
        ptb.read_splits(tmp_path)
    (tmp_path / "ptb.train.txt").write_text(" a \n b \n")
    with pytest.raises(ValueError, match="must hold 10 sentences at least. Received: 2"):
        ptb.read_splits(tmp_path)


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
def test_the_known_files_have_the_documented_size():
    splits = tiny_shakespeare.read_splits(SHARED / "tinyshakespeare")
    assert [len(splits[name].raw[0]) for name in PARTS] == [948_084, 55_770, 111_540]
    splits = ptb.read_splits(SHARED / "ptb")
    assert [len(splits[name].raw) for name in PARTS] == [38_698, 3370, 3370]
    words = sum(len(sentence.split()) + 1 for sentence in splits["test"].raw)
    assert words == 73_760
    assert len({word for sentence in splits["all_train"].raw for word in sentence.split()}) == 9999
