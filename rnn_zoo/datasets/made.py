"""Small made-up examples for smoke runs of datasets that cannot have dummy files. They are the same every time."""

import numpy as np

from rnn_zoo.datasets.records import Examples
from rnn_zoo.datasets.splits import with_all_train

SIZES = {"train": 48, "validation": 12, "test": 12}
COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200), "yellow": (200, 200, 30)}


def made(make):
    """A function as `Dataset.dummy` wants it, of splits of the pairs that `make(index, NumPy generator)` returns."""

    def splits():
        parts, start = {}, 0
        for name, size in SIZES.items():
            pairs = [make(index, np.random.default_rng(index)) for index in range(start, start + size)]
            parts[name] = Examples.of(pairs)
            start += size
        return with_all_train(parts, official_test=True)

    return splits


def digit(index, rng, *, height=8, width=8, ink=16):
    """A grey image with a bar whose row is the class."""
    image = rng.integers(0, 3, (height, width)).astype("uint8")
    label = index % 10
    image[label * height // 10] = ink - rng.integers(0, 3, width)
    return image, label


def motion(index, rng, *, shape=(28, 28), num_classes=8):
    """A video of a square that moves, in a direction and at a speed that tell the class."""
    label, frames = index % num_classes, int(rng.integers(6, 10))
    start = np.zeros(shape, "uint8")
    start[10:16, 10:16] = 255 - rng.integers(0, 30)
    axis, step = label % 2, (1 + label // 4) * (1 if label // 2 % 2 else -1)
    return np.stack([np.roll(start, step * frame, axis) for frame in range(frames)]), label


def scene(index, rng, answers, *, height=80, width=120):
    """An image of one colour, and the question which."""
    name = list(COLOURS)[index % len(COLOURS)]
    image = np.full((height, width, 3), COLOURS[name], "uint8") + rng.integers(0, 20, (height, width, 3), "uint8")
    return (image, "what color is the thing?"), answers.index(name)


def bases(index, rng, *, num_classes=10, length=250):
    """DNA with more or less of each base, by class."""
    label = index % num_classes
    share = np.roll([0.55, 0.25, 0.1, 0.1], label % 4) if label < 4 else np.roll([0.4, 0.4, 0.1, 0.1], label % 4)
    return "".join(rng.choice(list("ACGT"), length, p=share)), label


def spoken(index, rng, *, rate_hz=16_000):
    """A tone for each letter of a text, 0.2 seconds each."""
    text = "".join("AB '"[index] for index in rng.integers(0, 2, 2 + index % 3))
    times = np.arange(rate_hz // 5) / rate_hz
    tones = [np.sin(2 * np.pi * (300 if letter == "A" else 900) * times) for letter in text]
    return ((np.concatenate(tones) * 8000 + rng.normal(0, 50, len(text) * len(times))).astype("int16"), rate_hz), text


def keyword(index, rng, *, rate_hz=16_000):
    """A second of two tones after one another, which tell the class."""
    label, times = index % 10, np.arange(rate_hz) / rate_hz
    tones = np.where(times < 0.5, 200 + 150 * (label % 4), 1000 + 300 * (label // 4))
    samples = np.sin(2 * np.pi * tones * times) * 8000 + rng.normal(0, 200, rate_hz)
    return (samples.astype("int16"), rate_hz), label


def strokes(index, rng):
    """A drawing of one to three lines with corners, `<int16>[points, 3]`: steps, and 1 where the pen is lifted."""
    number = 1 + index % 3
    points = rng.integers(-40, 40, (number * (3 + index % 5), 3)).astype("int16")
    points[0], points[:, 2] = 0, np.arange(len(points)) % (len(points) // number) == len(points) // number - 1
    return str(number), points


def named(index, rng):
    """A sentence with a name at one of two positions."""
    name = [["Ann", "Lee"], ["Bob"], ["Eve", "Kim"]][index % 3]
    tags = ["B-PER", "I-PER"][: len(name)]
    town = str(rng.choice(["Rome", "Oslo", "Bonn"]))
    if index % 2:
        return [*name, "lived", "in", town, str(index)], [*tags, "O", "O", "B-LOC", "O"]
    return ["in", town, str(index), "saw", *name], ["O", "B-LOC", "O", "O", *tags]


def tune(index, rng, genres, *, chords=False, held=False):
    """A tune that goes up or down from a note by steps, 16 to 24 frames; the genre says which way."""
    genre, pitch, piece = genres[index % len(genres)], 60 + int(rng.integers(0, 7)), []
    for step in range(16 + index % 9):
        if held and step % 2:
            piece.append([-pitch])
            continue
        pitch += int(rng.integers(1, 3)) * (1 if index % 2 else -1)
        pitch = 62 + (pitch - 62) % 12
        piece.append([pitch, 52, 48] if chords else [pitch])
    return genre, piece
