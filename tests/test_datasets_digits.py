"""The digits of scikit-learn, and files of digits."""

import gzip

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import Digits, digits

PARTS = ("train", "validation", "test")


def lines(num_images):
    """Lines of a file: image i shows digit i % 10, and its first pixel tells how often that digit came before."""
    return [",".join(map(str, [place // 10, *[0] * 63, place % 10])) for place in range(num_images)]


@pytest.fixture
def file(tmp_path):
    def write(content, name="optdigits.tes"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_digits_have_the_documented_sizes_and_every_image_is_in_one_part():
    pytest.importorskip("sklearn")
    splits = digits.read_splits()
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "all_train": 1797, "train": 1264, "validation": 178, "test": 355,
    }  # fmt: skip
    everything = sorted(image.tobytes() for image in splits["all_train"].raw)
    assert sorted(image.tobytes() for name in PARTS for image in splits[name].raw) == everything
    for name in PARTS:
        shares = np.bincount(splits[name].labels) / np.bincount(splits["all_train"].labels)
        assert shares.max() - shares.min() < 0.01
    image = splits["test"].raw[0]
    assert image.shape == (8, 8) and image.dtype == np.uint8
    assert max(image.max() for image in splits["all_train"].raw) == 16
    assert splits["all_train"].labels[:12] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


@pytest.mark.parametrize(("ending", "compress"), [("", bytes), (".gz", gzip.compress)])
def test_a_file_is_cut_by_the_place_of_an_image_among_those_of_its_digit(file, ending, compress):
    path = file(compress("\n".join(lines(100)).encode()), f"optdigits.tes{ending}")
    splits = digits.read_splits(path)
    firsts = {name: sorted({int(image[0, 0]) for image in splits[name].raw}) for name in PARTS}
    assert firsts == {"train": [0, 1, 2, 3, 5, 6, 8], "validation": [7], "test": [4, 9]}
    assert np.bincount(splits["test"].labels).tolist() == [2] * 10
    by_folder = digits.read_splits(path.parent)
    np.testing.assert_array_equal(by_folder["test"].raw, splits["test"].raw)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n".join(lines(3))[:-4], r"line 3: a line must have 65 columns. Received: 63"),
        (",".join(["17", *["0"] * 64]), r"line 1: pixel must be an integer from 0 to 16. Received: pixel='17'"),
        (",".join(["0.5", *["0"] * 64]), r"line 1: pixel must be an integer"),
        (",".join([*["0"] * 64, "10"]), r"line 1: label must be an integer from 0 to 9. Received: label='10'"),
        ("", "must hold text. Received: an empty file"),
    ],
)
def test_a_bad_line_of_digits_is_named(file, content, message):
    with pytest.raises(ValueError, match=rf"optdigits\.tes.*{message}"):
        digits.read_splits(file(content))


def test_what_holds_too_few_or_no_digits_is_refused(file, tmp_path):
    with pytest.raises(ValueError, match="10 images of each digit at least. Received: .10, 10, 10, 9"):
        digits.read_splits(file("\n".join(lines(93))))
    with pytest.raises(ValueError, match="come with scikit-learn.*Received: source='tfds'"):
        digits.read_splits("tfds")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="must hold optdigits.tes or digits.csv"):
        digits.read_splits(tmp_path / "empty")


def test_the_builder_reads_back_the_same_images(file, tmp_path):
    source = file("\n".join(lines(100)))
    builder = Digits(source=source, data_dir=tmp_path / "tfds")
    builder.download_and_prepare()
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = sorted((image.tobytes(), int(label)) for image, label in dataset)
        expected = rnn_zoo.load_dataset("digits", split, source=source)
        assert found == sorted((image.tobytes(), label) for image, label in zip(*expected, strict=True))
