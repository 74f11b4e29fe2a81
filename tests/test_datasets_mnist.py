"""MNIST: idx files, and parts of them."""

import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import Mnist, mnist

DUMMY = Path(__file__).parent / "dummy_data" / "mnist"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "mnist"
PARTS = ("train", "validation", "test")
NAMES = mnist.FILE_NAMES


def idx(values):
    values = np.asarray(values, "uint8")
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()


def images(num_images, first=0):
    """Image i has its number in its first two pixels."""
    found = np.zeros((num_images, 28, 28), "uint8")
    found[:, 0, 0], found[:, 0, 1] = divmod(np.arange(first, first + num_images), 256)
    return found


def numbers(part):
    return [int(image[0, 0]) * 256 + int(image[0, 1]) for image in part.raw]


@pytest.fixture
def folder(tmp_path):
    """A folder with 100 images to train on, image i showing digit i % 10, and 20 to test on."""

    def write(ending="", compress=bytes, **contents):
        parts = {"train": (100, 0), "t10k": (20, 1000)}
        for name in NAMES:
            count, first = parts[name.split("-")[0]]
            content = idx(images(count, first)) if "images" in name else idx(np.arange(count) % 10)
            content = contents.get(name.replace("-", "_"), content)
            if content is not None:
                (tmp_path / f"{name}{ending}").write_bytes(compress(content))
        return tmp_path

    return write


@pytest.mark.parametrize(("ending", "compress"), [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_the_official_test_files_are_the_test_part_where_they_are_there(folder, ending, compress):
    splits = mnist.read_splits(folder(ending, compress))
    assert numbers(splits["train"]) == list(range(90)) and numbers(splits["validation"]) == list(range(90, 100))
    assert numbers(splits["test"]) == list(range(1000, 1020))
    assert numbers(splits["all_train"]) == list(range(100))
    assert splits["test"].labels == [*range(10), *range(10)]
    image = splits["test"].raw[0]
    assert image.shape == (28, 28) and image.dtype == np.uint8


def test_without_them_the_test_part_is_cut_from_the_train_files(folder):
    splits = mnist.read_splits(folder(t10k_images_idx3_ubyte=None, t10k_labels_idx1_ubyte=None))
    assert [numbers(splits[name]) for name in PARTS] == [list(range(80)), list(range(80, 90)), list(range(90, 100))]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"train_images_idx3_ubyte": b"\x00\x00\x08\x01"}, r"train-images.*idx file of bytes with 3 axes. Received"),
        ({"train_labels_idx1_ubyte": b"PNG"}, r"train-labels.*idx file of bytes with 1 axes.*b'PNG'"),
        ({"train_images_idx3_ubyte": idx(images(100))[:-1]}, r"cut short: \[100, 28, 28\] need 78,416.*78,415 bytes"),
        ({"train_labels_idx1_ubyte": idx(np.zeros(99))}, r"train-labels.* must hold 100 labels.*Received: 99"),
        ({"t10k_labels_idx1_ubyte": idx([1, 10, *[0] * 18])}, r"t10k-labels.*from 0 to 9. Received: 10 at place 1"),
        ({"train_images_idx3_ubyte": idx(np.zeros((100, 8, 8)))}, r"images must be 28 x 28. Received: \[8, 8\]"),
    ],
)
def test_damaged_files_are_named(folder, contents, message):
    with pytest.raises(ValueError, match=message):
        mnist.read_splits(folder(**contents))


def test_damaged_archives_are_named(folder):
    source = folder(".gz", lambda content: gzip.compress(content)[:-9])
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.gz is damaged or cut short"):
        mnist.read_splits(source)


def test_missing_files_are_named(folder):
    with pytest.raises(FileNotFoundError, match=r"missing=\['t10k-labels-idx1-ubyte'\]"):
        mnist.read_splits(folder(t10k_labels_idx1_ubyte=None))
    with pytest.raises(FileNotFoundError, match=r"missing=\['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'\]"):
        mnist.original_files(Path(__file__).parent)


def test_the_downloads_have_the_checksums_that_tensorflow_datasets_knows():
    import tensorflow_datasets as tfds

    known = Path(tfds.__file__).parent / "url_checksums" / "mnist.txt"
    lines = {tuple(line.split("\t")[:3]) for line in known.read_text(encoding="utf-8").splitlines()}
    assert {(file.url, str(file.size), file.sha256) for file in mnist.DOWNLOADS} == lines


def test_the_builder_reads_back_the_same_images(tmp_path):
    builder = Mnist(source=DUMMY, data_dir=tmp_path / "tfds")
    builder.download_and_prepare()
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = sorted((image.tobytes(), int(label)) for image, label in dataset)
        expected = rnn_zoo.load_dataset("mnist", split, source=DUMMY)
        assert found == sorted((image.tobytes(), label) for image, label in zip(*expected, strict=True))


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not there")
def test_the_known_files_have_the_documented_sizes():
    splits = mnist.read_splits(SHARED)
    assert [len(splits[name].raw) for name in ("all_train", *PARTS)] == [60_000, 47_995, 5_999, 6_006]
    assert splits["all_train"].labels[:10] == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.mean(splits["all_train"].raw[:1000]) == pytest.approx(33.4, abs=1)
