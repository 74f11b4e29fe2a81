"""What is special about datasets of images and videos: what is drawn, and what must not give the answer away."""

import gzip
import importlib.util
import shutil
import tarfile
import zipfile

import numpy as np
import pytest
from dataset_files import copied, sizes

from rnn_zoo.datasets import SPLITS, class_names, load_splits, videos
from rnn_zoo.datasets.sources import DUMMY

__all__ = ["copied"]
PARTS = SPLITS[:3]


def digit_rows(num_images):
    """Image i shows digit i % 10, and its first pixel tells how often that digit came before."""
    return [",".join(map(str, [place // 10, *[0] * 63, place % 10])) for place in range(num_images)]


@pytest.mark.parametrize(("ending", "compress"), [("", bytes), (".gz", gzip.compress)])
def test_digits_are_cut_by_the_place_of_an_image_among_those_of_its_digit(tmp_path, ending, compress):
    path = tmp_path / f"optdigits.tes{ending}"
    path.write_bytes(compress("\n".join(digit_rows(100)).encode()))
    splits = load_splits("digits", source=path)
    firsts = {name: sorted({int(image[0, 0]) for image in splits[name].raw}) for name in PARTS}
    assert firsts == {"train": [0, 1, 2, 3, 5, 6, 8], "validation": [7], "test": [4, 9]}
    assert np.bincount(splits["test"].labels).tolist() == [2] * 10
    np.testing.assert_array_equal(load_splits("digits", source=tmp_path)["test"].raw, splits["test"].raw)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n".join(digit_rows(3))[:-4], r"line 3: a line must have 65 columns. Received: 63"),
        (",".join(["17", *["0"] * 64]), r"line 1: pixel must be an integer from 0 to 16. Received: pixel='17'"),
        (",".join(["0.5", *["0"] * 64]), r"line 1: pixel must be an integer"),
        (",".join([*["0"] * 64, "10"]), r"line 1: label must be an integer from 0 to 9. Received: label='10'"),
        ("", "must hold text. Received: an empty file"),
        ("\n".join(digit_rows(93)), "10 images of each digit at least. Received: .10, 10, 10, 9"),
    ],
)
def test_a_bad_line_of_digits_is_named(tmp_path, content, message):
    path = tmp_path / "digits.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        load_splits("digits", source=tmp_path)


def test_the_digits_of_scikit_learn_are_in_proportion():
    pytest.importorskip("sklearn")
    splits = load_splits("digits")
    for name in PARTS:
        shares = np.bincount(splits[name].labels) / np.bincount(splits["all_train"].labels)
        assert shares.max() - shares.min() < 0.01
    image = splits["test"].raw[0]
    assert image.shape == (8, 8) and image.dtype == np.uint8
    assert max(image.max() for image in splits["all_train"].raw) == 16
    assert splits["all_train"].labels[:12] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def idx(values):
    values = np.asarray(values, "uint8")
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()


@pytest.fixture
def mnist(tmp_path):
    """A folder with 100 images to train on, image i showing digit i % 10, and 20 to test on."""

    def write(**contents):
        for half, count in (("train", 100), ("t10k", 20)):
            images = np.zeros((count, 28, 28), "uint8")
            images[:, 0, 0] = np.arange(count) + (100 if half == "t10k" else 0)
            given = {"images": idx(images), "labels": idx(np.arange(count) % 10)}
            for kind, axes in (("images", 3), ("labels", 1)):
                content = contents.get(f"{half}_{kind}", given[kind])
                if content is not None:
                    (tmp_path / f"{half}-{kind}-idx{axes}-ubyte").write_bytes(content)
        return tmp_path

    return write


def test_the_official_test_files_of_mnist_are_test_where_they_are_there(mnist, tmp_path):
    def numbers(splits):
        return [[int(image[0, 0]) for image in splits[name].raw] for name in PARTS]

    splits = load_splits("mnist", source=mnist())
    assert numbers(splits) == [list(range(90)), list(range(90, 100)), list(range(100, 120))]
    assert splits["test"].labels == [*range(10), *range(10)] and splits["test"].raw[0].dtype == np.uint8
    for path in tmp_path.glob("t10k*"):
        path.unlink()
    splits = load_splits("mnist", source=tmp_path)
    assert numbers(splits) == [list(range(80)), list(range(80, 90)), list(range(90, 100))]
    with pytest.raises(FileNotFoundError, match="Missing: t10k-labels-idx1-ubyte"):
        load_splits("mnist", source=mnist(t10k_labels=None))


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"train_images": idx(np.zeros((100, 28, 28)))[:-1]}, r"cut short: \[100, 28, 28\] need 78,416.*78,415 bytes"),
        ({"train_labels": idx(np.zeros(99))}, r"train-labels.* must hold 100 labels.*Received: 99"),
        ({"t10k_labels": idx([1, 10, *[0] * 18])}, r"t10k-labels.*from 0 to 9. Received: 10 at place 1"),
        ({"train_images": idx(np.zeros((100, 8, 8)))}, r"images must be 28 x 28. Received: \[8, 8\]"),
    ],
)
def test_images_and_labels_that_do_not_fit_are_named(mnist, contents, message):
    with pytest.raises(ValueError, match=message):
        load_splits("mnist", source=mnist(**contents))


def test_easy_vqa_is_cut_by_the_number_of_the_image():
    def images(part):
        return {path.relative_to(path.parents[2]).as_posix() for path, _ in part.raw}

    splits = load_splits("easy_vqa", source="dummy")
    assert images(splits["validation"]) == {"train/images/9.png", "train/images/19.png"}
    assert images(splits["train"]) == {f"train/images/{number}.png" for number in range(8)}
    assert images(splits["test"]) == {f"test/images/{number}.png" for number in range(3)}
    assert splits["test"].raw[1][1] == "is there a red shape?"
    assert class_names("easy_vqa")[splits["test"].labels[1]] == "yes"
    if importlib.util.find_spec("easy_vqa"):
        splits = load_splits("easy_vqa")
        assert [len(images(splits[name])) for name in SPLITS] == [3600, 400, 1000, 4000]
        assert len({question for _, question in splits["train"].raw}) == 107
        names = [class_names("easy_vqa")[label] for label in splits["all_train"].labels]
        assert (names.count("yes"), names.count("no"), names.count("teal")) == (14229, 14178, 692)
        (path, question), answer = splits["all_train"].raw[0], names[0]
        assert (path.name, question, answer) == ("0.png", "what is the blue shape?", "rectangle")


def test_photographs_of_train_come_once_a_caption_and_others_once(copied):
    splits = load_splits("flickr8k", source="dummy")
    assert sizes(splits) == {"train": 22, "validation": 1, "test": 4, "all_train": 24}
    assert splits["train"].raw[0] is splits["train"].raw[1]
    assert splits["train"].labels[0].startswith("a ") and splits["train"].labels[1].startswith("the wall is ")
    assert len(splits["test"].labels[0]) == 2 and splits["test"].raw[0].dtype == np.uint8
    assert not {id(image) for image in splits["train"].raw} & {id(image) for image in splits["test"].raw}
    folder = copied("flickr8k")
    with tarfile.open(folder / "images_train_dev.tar", "w") as archive:
        archive.add(folder / "images", "images")
    first = sorted((folder / "images").iterdir())[0]
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(ValueError, match=f"must be a whole PNG, JPEG.*Received: .*{first.name}"):
        load_splits("flickr8k", source=folder)
    shutil.rmtree(folder / "images")
    found = load_splits("flickr8k", source=folder)
    assert all((one == other).all() for one, other in zip(found["train"].raw, splits["train"].raw, strict=True))
    (folder / "images_train_dev.tar").unlink()
    with pytest.raises(FileNotFoundError, match="Missing: Flicker8k_Dataset"):
        load_splits("flickr8k", source=folder)


def test_the_smaller_copy_of_flickr8k_has_a_table_and_an_archive_a_part(tmp_path):
    original, folder = load_splits("flickr8k", source="dummy"), DUMMY / "flickr8k"
    captions = [line.split("\t") for line in (folder / "captions_train_dev.token.txt").read_text().splitlines()]
    for part in ("train", "dev"):
        names = (folder / f"images_{part}.txt").read_text().split()
        rows = [f"{name}\t{text}" for name in names for key, text in captions if key.split("#")[0] == name]
        (tmp_path / f"{part}_captions.tsv").write_text("image\tcaption\n" + "\n".join(rows) + "\n")
        with zipfile.ZipFile(tmp_path / f"{part}_images.zip", "w") as archive:
            for name in names:
                archive.write(folder / "images" / name, name)
    found = load_splits("flickr8k", source=tmp_path)
    assert sizes(found) == sizes(original)
    for part in SPLITS:
        assert sorted(map(str, found[part].labels)) == sorted(map(str, original[part].labels))
    for part, stem in (("test", "dev"), ("dev", "dev")):
        for kind in ("captions.tsv", "images.zip"):
            if part != stem:
                shutil.copy(tmp_path / f"{stem}_{kind}", tmp_path / f"{part}_{kind}")
    assert sizes(load_splits("flickr8k", source=tmp_path)) == {"train": 24, "validation": 4, "test": 4, "all_train": 32}
    (tmp_path / "test_images.zip").unlink()
    with pytest.raises(FileNotFoundError, match="must be the folder of Flickr8k.token.txt"):
        load_splits("flickr8k", source=tmp_path)


BLOT = np.zeros((8, 8), "uint8")
BLOT[2:7, 3:5] = 16
BLOT[2, 3:7] = 16


@pytest.fixture(scope="module")
def moving():
    """Videos by class, of one long blot that is easy to follow."""
    pytest.importorskip("scipy")
    found = videos.videos_of([BLOT] * 12, 0)
    return {
        name: [video for video, label in zip(*found, strict=True) if videos.MOTIONS[label] == name]
        for name in videos.MOTIONS
    }


def centre_of(frame):
    ink = frame / frame.sum()
    return (ink.sum(1) @ np.arange(28), ink.sum(0) @ np.arange(28))


def angle_of(frame):
    """Direction of the heavier end of the ink, clockwise from the right, in radians."""
    row, column = centre_of(frame)
    down, right = np.arange(28)[:, None] - row, np.arange(28)[None] - column
    return np.angle(((right + 1j * down) ** 3 * frame).sum()) / 3


@pytest.mark.parametrize(("motion", "axis", "sign"), [("left", 1, -1), ("right", 1, 1), ("up", 0, -1), ("down", 0, 1)])
def test_digits_go_where_the_class_says(moving, motion, axis, sign):
    for video in moving[motion]:
        first, last = centre_of(video[0]), centre_of(video[-1])
        assert 4 < sign * (last[axis] - first[axis]) < 13
        assert abs(last[1 - axis] - first[1 - axis]) < 1.5


@pytest.mark.parametrize(("motion", "sign"), [("growing", 1), ("shrinking", -1)])
def test_digits_become_larger_or_smaller(moving, motion, sign):
    for video in moving[motion]:
        assert sign * np.log(video[-1].sum() / video[0].sum()) > 0.6


@pytest.mark.parametrize(("motion", "sign"), [("clockwise", 1), ("anticlockwise", -1)])
def test_digits_turn_the_way_the_class_says(moving, motion, sign):
    for video in moving[motion]:
        steps = np.diff(np.unwrap([angle_of(frame) for frame in video], period=2 * np.pi / 3))
        assert 0.8 < sign * steps.sum() < 3.5
        assert np.abs(np.subtract(centre_of(video[-1]), centre_of(video[0]))).max() < 4


def test_neither_the_digit_nor_single_frames_tell_the_motion(tmp_path):
    pytest.importorskip("scipy")
    rng, lines = np.random.default_rng(0), []
    for place in range(60):
        image = np.zeros((8, 8), int)
        image[1:7, 2:6] = rng.integers(4, 17, (6, 4))
        lines.append(",".join(map(str, [*image.ravel(), place % 10])))
    (tmp_path / "digits.csv").write_text("\n".join(lines))
    splits, again = (load_splits("moving_digits", source=tmp_path) for _ in range(2))
    for part in (splits[name] for name in PARTS):
        assert part.labels == list(range(8)) * (len(part.raw) // 8)
        for place in range(0, len(part.raw), 2):
            np.testing.assert_array_equal(part.raw[place], part.raw[place + 1][::-1])
    lengths = {len(video) for video in splits["all_train"].raw}
    assert min(lengths) >= 6 and max(lengths) <= 14 and len(lengths) > 4
    found = [video.tobytes() for video in splits["all_train"].raw]
    assert found == [video.tobytes() for video in again["all_train"].raw] and len(set(found)) == 480


def test_videos_are_cut_where_a_writer_begins(monkeypatch):
    writer = [*list(range(10)) * 2, 3, 1, 4, 1, 5]
    assert videos.cuts(writer * 10) == {"train": 175, "validation": 200, "test": 250}
    assert videos.cuts([7] * 100) == {"train": 64, "validation": 78, "test": 100}
    thrice = [*list(range(10)) * 3, 5]
    assert videos.cuts(thrice * 10) == {"train": 217, "validation": 248, "test": 310}
    for labels in ([], [1], [1, 2]):
        with pytest.raises(ValueError, match=f"images enough that no part is empty. Received: {len(labels)} images"):
            videos.cuts(labels)
    pytest.importorskip("sklearn")
    monkeypatch.setattr(videos, "render", lambda image, *path: np.array(image))
    splits = load_splits("moving_digits")
    assert sizes(splits) == {"train": 9256, "validation": 2064, "test": 3056, "all_train": 14_376}
    seen = [{video.tobytes() for video in splits[name].raw} for name in PARTS]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
