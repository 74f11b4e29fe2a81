import collections
import pickle
import shutil
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

import rnn_zoo
from rnn_zoo.datasets import Imdb, Nsmc, nsmc
from rnn_zoo.datasets.original_files import Examples, cut_splits
from rnn_zoo.datasets.sources import Download, download, url_infos
from rnn_zoo.catalogue import sha256_of

DUMMY = Path(__file__).parent / "dummy_data"
PARTS = ("train", "validation", "test")


def pairs(*examples):
    return collections.Counter(pair for part in examples for pair in zip(*part, strict=True))


@pytest.mark.parametrize("with_test", [True, False])
def test_blocks_are_contiguous_do_not_overlap_and_cover_everything(with_test):
    labelled = Examples([f"review {place}" for place in range(137)], [place * place % 3 % 2 for place in range(137)])
    official_test = Examples(["held out"], [1]) if with_test else None
    splits = cut_splits(labelled, official_test)
    cut = [splits[name] for name in (PARTS[:2] if with_test else PARTS)]
    assert sum(len(part.raw) for part in cut) == 137
    assert pairs(*cut) == pairs(splits["all_train"]) == pairs(labelled)
    for label in (0, 1):
        texts = [text for part in cut for text, found in zip(*part, strict=True) if found == label]
        assert texts == [text for text, found in zip(*labelled, strict=True) if found == label]
    if with_test:
        assert splits["test"] == official_test


def test_too_few_examples_to_cut_get_a_clear_error():
    with pytest.raises(ValueError, match="10 of a class at least. Received: 4 examples"):
        cut_splits(Examples(list("abcd"), [0, 0, 1, 1]))


def test_an_unknown_name_or_split_suggests_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'imdb'"):
        rnn_zoo.load_dataset("imbd", "train")
    with pytest.raises(ValueError, match="Did you mean 'validation'.*Received: split='valid'"):
        rnn_zoo.load_dataset("imdb", "valid")
    with pytest.raises(FileNotFoundError, match="existing path. Received: source='no/such/folder'"):
        rnn_zoo.load_dataset("nsmc", "train", source="no/such/folder")


def files_to_download(sha256=None):
    paths = [DUMMY / "nsmc" / f"ratings_{half}.txt" for half in ("train", "test")]
    return [Download(path.as_uri(), path.stat().st_size, sha256 or sha256_of(path)) for path in paths]


def test_a_download_is_announced_once_and_then_kept(tmp_path, monkeypatch, capsys):
    files = files_to_download()
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(nsmc, "DOWNLOADS", files)
    assert nsmc.read_splits() == nsmc.read_splits(DUMMY / "nsmc")
    announced = capsys.readouterr().err
    assert all(f"Downloading {file.url} ({file.size:,} bytes)" in announced for file in files)
    monkeypatch.setattr("rnn_zoo.datasets.sources.check_reachable", pytest.fail)
    assert nsmc.read_splits("tfds") == nsmc.read_splits(DUMMY / "nsmc")
    assert "Downloading" not in capsys.readouterr().err


def test_a_download_with_the_wrong_checksum_is_refused_and_removed(tmp_path):
    files = files_to_download("0" * 64)
    manager = tfds.download.DownloadManager(download_dir=tmp_path, url_infos=url_infos(files), dataset_name="nsmc")
    with pytest.raises(ValueError, match="(?s)not the expected file.*wrong checksum"):
        download(files, "nsmc", manager)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_download_without_network_names_the_files_and_the_way_out(tmp_path, monkeypatch):
    def no_network(url):
        raise OSError("no network")

    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("rnn_zoo.datasets.sources.check_reachable", no_network)
    with pytest.raises(
        ConnectionError, match="ratings_train.txt and .*ratings_test.txt: no network.*source=.*--data-dir"
    ):
        rnn_zoo.load_dataset("nsmc", "train")


@pytest.mark.parametrize(("builder_class", "name"), [(Imdb, "imdb"), (Nsmc, "nsmc")])
def test_a_builder_prepares_offline_and_reads_back_the_same_examples(tmp_path, builder_class, name):
    builder = builder_class(source=DUMMY / name, data_dir=tmp_path)
    builder.download_and_prepare()
    class_label = builder.info.features["label"]
    assert tuple(class_label.names) == builder.module.CLASS_NAMES == ("negative", "positive")
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        read_back = collections.Counter((text.decode(), int(label)) for text, label in dataset)
        assert read_back == pairs(rnn_zoo.load_dataset(name, split, source=DUMMY / name))
        assert builder.info.splits[split].num_examples == read_back.total()
    assert pickle.loads(pickle.dumps(builder)).data_path == builder.data_path


def test_builders_of_different_sources_do_not_share_prepared_files(tmp_path):
    train_only = tmp_path / "aclImdb"
    shutil.copytree(DUMMY / "imdb" / "aclImdb" / "train", train_only / "train")
    sources = (None, "tfds", DUMMY / "imdb", train_only)
    folders = {str(Imdb(source=source, data_dir=tmp_path / "tfds").data_path) for source in sources}
    (train_only / "train" / "neg" / "12_1.txt").write_text("One more.")
    folders.add(str(Imdb(source=train_only, data_dir=tmp_path / "tfds").data_path))
    assert len(folders) == 5


def test_a_builder_that_fails_leaves_no_prepared_files(tmp_path):
    ratings = tmp_path / "ratings.txt"
    ratings.write_text("id\tdocument\tlabel\n1\t좋다\t1\n2\t좋다\n", encoding="utf-8")
    builder = Nsmc(source=ratings, data_dir=tmp_path / "tfds")
    with pytest.raises(ValueError, match="line 3: a row must have 3 columns"):
        builder.download_and_prepare()
    assert not list(builder.data_path.parent.iterdir())
