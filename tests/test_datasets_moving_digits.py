"""Films of moving digits: what is drawn, and what must not give the motion away."""

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.datasets import MovingDigits, moving_digits

CLASSES = moving_digits.CLASS_NAMES
PARTS = ("train", "validation", "test")


def csv_of(num_images, seed=0):
    """Lines of a file of digits: blots, each somewhere else."""
    rng, lines = np.random.default_rng(seed), []
    for place in range(num_images):
        image = np.zeros((8, 8), int)
        image[1:7, 2:6] = rng.integers(4, 17, (6, 4))
        lines.append(",".join(map(str, [*image.ravel(), place % 10])))
    return "\n".join(lines)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_text(csv_of(60), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def films():
    """Films by class, of one long blot that is easy to follow."""
    blot = np.zeros((8, 8), "uint8")
    blot[2:7, 3:5] = 16
    blot[2, 3:7] = 16
    found = moving_digits.films_of([blot] * 12, 0)
    return {name: [film for film, label in zip(*found, strict=True) if CLASSES[label] == name] for name in CLASSES}


def centre_of(frame):
    ink = frame / frame.sum()
    return (ink.sum(1) @ np.arange(28), ink.sum(0) @ np.arange(28))


def angle_of(frame):
    """Direction of the heavier end of the ink, clockwise from the right, in radians."""
    row, column = centre_of(frame)
    down, right = np.arange(28)[:, None] - row, np.arange(28)[None] - column
    return np.angle(((right + 1j * down) ** 3 * frame).sum()) / 3


@pytest.mark.parametrize(("motion", "axis", "sign"), [("left", 1, -1), ("right", 1, 1), ("up", 0, -1), ("down", 0, 1)])
def test_digits_go_where_the_class_says(films, motion, axis, sign):
    for film in films[motion]:
        first, last = centre_of(film[0]), centre_of(film[-1])
        assert 4 < sign * (last[axis] - first[axis]) < 13
        assert abs(last[1 - axis] - first[1 - axis]) < 1.5


@pytest.mark.parametrize(("motion", "sign"), [("growing", 1), ("shrinking", -1)])
def test_digits_become_larger_or_smaller(films, motion, sign):
    for film in films[motion]:
        assert sign * np.log(film[-1].sum() / film[0].sum()) > 0.6


@pytest.mark.parametrize(("motion", "sign"), [("clockwise", 1), ("anticlockwise", -1)])
def test_digits_turn_the_way_the_class_says(films, motion, sign):
    for film in films[motion]:
        steps = np.diff(np.unwrap([angle_of(frame) for frame in film], period=2 * np.pi / 3))
        assert 0.8 < sign * steps.sum() < 3.5
        assert np.abs(np.subtract(centre_of(film[-1]), centre_of(film[0]))).max() < 4


def test_neither_the_digit_nor_single_frames_tell_the_class(file):
    for part in (moving_digits.read_splits(file)[name] for name in PARTS):
        assert part.labels == list(range(8)) * (len(part.raw) // 8)
        for place in range(0, len(part.raw), 2):
            np.testing.assert_array_equal(part.raw[place], part.raw[place + 1][::-1])
    lengths = {len(film) for film in part.raw}
    assert min(lengths) >= 6 and max(lengths) <= 14 and len(lengths) > 4


def test_films_are_the_same_every_time_and_differ_from_one_another(file):
    first, again = (moving_digits.read_splits(file)["all_train"] for _ in range(2))
    assert [film.tobytes() for film in first.raw] == [film.tobytes() for film in again.raw]
    assert len({film.tobytes() for film in first.raw}) == len(first.raw) == 480


def test_parts_are_cut_where_a_writer_begins():
    writer = [*list(range(10)) * 2, 3, 1, 4, 1, 5]
    ends = moving_digits.cuts(writer * 10)
    assert ends == {"train": 175, "validation": 200, "test": 250}
    assert moving_digits.cuts([7] * 100) == {"train": 64, "validation": 78, "test": 100}
    thrice = [*list(range(10)) * 3, 5]
    assert moving_digits.cuts(thrice * 10) == {"train": 217, "validation": 248, "test": 310}
    for labels in ([], [1], [1, 2]):
        with pytest.raises(ValueError, match=f"images enough that no part is empty. Received: {len(labels)} images"):
            moving_digits.cuts(labels)


def test_the_parts_have_the_documented_sizes(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setattr(moving_digits, "render", lambda image, *path: np.array(image))
    splits = moving_digits.read_splits()
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "all_train": 14376, "train": 9256, "validation": 2064, "test": 3056,
    }  # fmt: skip
    seen = [{film.tobytes() for film in splits[name].raw} for name in PARTS]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]


def test_sources_that_hold_no_digits_are_refused(tmp_path):
    with pytest.raises(ValueError, match="made here.*Received: source='tfds'"):
        moving_digits.read_splits("tfds")
    with pytest.raises(FileNotFoundError, match="optdigits.tes or digits.csv"):
        moving_digits.read_splits(tmp_path)


def test_the_builder_reads_back_the_same_films(file, tmp_path):
    builder = MovingDigits(source=file, data_dir=tmp_path / "tfds")
    builder.download_and_prepare()
    for split in PARTS:
        dataset = builder.as_dataset(split=split, as_supervised=True).as_numpy_iterator()
        found = sorted((film.tobytes(), int(label)) for film, label in dataset)
        expected = rnn_zoo.load_dataset("moving_digits", split, source=file)
        assert found == sorted((film.tobytes(), label) for film, label in zip(*expected, strict=True))
