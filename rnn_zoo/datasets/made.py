"""Small made-up examples for smoke runs of datasets that cannot have dummy files. They are the same every time."""

import numpy as np

from rnn_zoo.datasets.records import Examples
from rnn_zoo.datasets.splits import with_all_train

SIZES = {"train": 48, "validation": 12, "test": 12}
COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200), "yellow": (200, 200, 30)}
SAMPLE_RATE_HZ = 16_000


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


def digit(index, rng):
    """A grey image with a bar whose row is the class."""
    image = rng.integers(0, 3, (8, 8)).astype("uint8")
    label = index % 10
    image[label * 8 // 10] = 16 - rng.integers(0, 3, 8)
    return image, label


def motion(index, rng, *, shape=(28, 28)):
    """A video of a square that moves, in a direction and at a speed that tell the class."""
    label, frames = index % 8, int(rng.integers(6, 10))
    start = np.zeros(shape, "uint8")
    start[10:16, 10:16] = 255 - rng.integers(0, 30)
    axis, step = label % 2, (1 + label // 4) * (1 if label // 2 % 2 else -1)
    return np.stack([np.roll(start, step * frame, axis) for frame in range(frames)]), label


def scene(index, rng, answers):
    """An image of one colour, and the question which."""
    name = list(COLOURS)[index % len(COLOURS)]
    image = np.full((80, 120, 3), COLOURS[name], "uint8") + rng.integers(0, 20, (80, 120, 3), "uint8")
    return (image, "what color is the thing?"), answers.index(name)


def bases(index, rng):
    """DNA with more or less of each base, by class."""
    label = index % 10
    share = np.roll([0.55, 0.25, 0.1, 0.1], label % 4) if label < 4 else np.roll([0.4, 0.4, 0.1, 0.1], label % 4)
    return "".join(rng.choice(list("ACGT"), 250, p=share)), label


def spoken(index, rng):
    """A tone for each letter of a text, 0.2 seconds each."""
    text = "".join("AB '"[index] for index in rng.integers(0, 2, 2 + index % 3))
    times = np.arange(SAMPLE_RATE_HZ // 5) / SAMPLE_RATE_HZ
    tones = [np.sin(2 * np.pi * (300 if letter == "A" else 900) * times) for letter in text]
    samples = np.concatenate(tones) * 8000 + rng.normal(0, 50, len(text) * len(times))
    return (samples.astype("int16"), SAMPLE_RATE_HZ), text


def keyword(index, rng):
    """A second of two tones after one another, which tell the class."""
    label, times = index % 10, np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tones = np.where(times < 0.5, 200 + 150 * (label % 4), 1000 + 300 * (label // 4))
    samples = np.sin(2 * np.pi * tones * times) * 8000 + rng.normal(0, 200, SAMPLE_RATE_HZ)
    return (samples.astype("int16"), SAMPLE_RATE_HZ), label


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
