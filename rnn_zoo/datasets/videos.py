"""Videos, and what happens in them."""

import numpy as np

from rnn_zoo.datasets.from_tfds import WITH_TEST, Entry, smaller
from rnn_zoo.datasets.images import DIGITS_WANTED, IMAGE_SIZES, read_digit_rows
from rnn_zoo.datasets.made import made, motion
from rnn_zoo.datasets.records import CLASS, Dataset, Examples, Feature
from rnn_zoo.datasets.splits import with_all_train

MOTIONS = ("left", "right", "up", "down", "clockwise", "anticlockwise", "growing", "shrinking")
HEIGHT, WIDTH = 28, 28
NUM_FRAMES = (6, 14)
SHARES = {"train": 0.64, "validation": 0.78, "test": 1.0}
VIDEO_FRAMES, VIDEO_SIDE = 16, 64


def read_moving_digits(files):
    """Videos of the digits of a file; the parts are cut where a writer begins."""
    images = Examples.of(read_digit_rows(files["images"]))
    splits, start = {}, 0
    for name, end in cuts(images.labels).items():
        splits[name] = videos_of(images.raw[start:end], start)
        start = end
    return with_all_train(splits, official_test=False)


def cuts(labels):
    """Where the parts end: at the first writer who begins behind the part's share of the images.

    The digits of each writer begin with 0 to 9 twice over.
    """
    beginning = list(range(10)) * 2
    writers = [start for start in range(len(labels)) if labels[start : start + 20] == beginning]
    writers = [start for start in writers if start - 10 not in writers]  # 0 to 9 may come three times
    positions = {}
    for name, share in SHARES.items():
        end = round(share * len(labels))
        positions[name] = next((writer for writer in writers if writer >= end), end)
    if sorted({0, *positions.values()}) != [0, *positions.values()] or positions["test"] != len(labels):
        raise ValueError(f"There must be images enough that no part is empty. Received: {len(labels)} images")
    return positions


def videos_of(images, first):
    """Eight videos `<uint8>[frames, 28, 28]` of every image, and indices into `MOTIONS`; positions are seeds."""
    videos = Examples([], [])
    for index, image in enumerate(images, start=first):
        rng = np.random.default_rng([17, index])
        for forwards in range(0, len(MOTIONS), 2):
            video = render(image, *path_of(MOTIONS[forwards], rng))
            videos.raw.extend([video, video[::-1].copy()])
            videos.labels.extend([forwards, forwards + 1])
    return videos


def path_of(motion, rng):
    """Where the digit is in every frame: centre (row and column), angle (clockwise in radians) and zoom."""
    frames = int(rng.integers(NUM_FRAMES[0], NUM_FRAMES[1] + 1))
    progress = np.linspace(-0.5, 0.5, frames)
    centre = np.array([HEIGHT / 2, WIDTH / 2]) + rng.uniform(-3, 3, 2) + rng.uniform(-0.5, 0.5, (frames, 2))
    angle = np.full(frames, rng.uniform(-0.4, 0.4))
    zoom = np.full(frames, rng.uniform(1.5, 2.2))
    if motion == "left":
        centre[:, 1] -= progress * rng.uniform(6, 12)
    elif motion == "up":
        centre[:, 0] -= progress * rng.uniform(6, 12)
    elif motion == "clockwise":
        angle += progress * rng.uniform(np.pi / 3, np.pi)
    else:
        zoom *= rng.uniform(1.5, 2.2) ** progress
    return centre, angle, zoom


def render(image, centre, angle, zoom):
    """Draw a digit where a path says, with linear interpolation between its pixels: `<uint8>[frames, 28, 28]`."""
    from scipy.ndimage import map_coordinates

    rows, columns = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), indexing="ij")
    down = rows - centre[:, 0, None, None]  # [frames, height, width], from the centre of the digit
    right = columns - centre[:, 1, None, None]
    cosine, sine = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    middle = (np.array(image.shape) - 1) / 2
    positions = np.stack([cosine * down - sine * right, sine * down + cosine * right]) / zoom[:, None, None]
    ink = map_coordinates(image.astype("float32"), positions + middle[:, None, None, None], order=1)
    return (ink * (255 / IMAGE_SIZES["digits"][2])).round().astype("uint8")


def video_and_label(row):
    """One video of at most 16 frames, evenly spread, of 64 x 64 pixels: `<uint8>[frames, 64, 64, 3]`, and its class."""
    video = row["video"]
    positions = np.linspace(0, len(video) - 1, min(VIDEO_FRAMES, len(video))).round().astype(int)
    return [(np.stack([smaller(video[index], VIDEO_SIDE, VIDEO_SIDE) for index in positions]), int(row["label"]))]


MOVING_DIGITS = Dataset(
    name="moving_digits",
    class_names=MOTIONS,
    features={"video": Feature("array", (None, HEIGHT, WIDTH), "uint8"), "label": CLASS},
    read=read_moving_digits,
    dummy=made(motion),
    wanted=DIGITS_WANTED,
)
UCF101 = Dataset(
    name="ucf101",
    class_names=None,
    tfds=Entry("ucf101/ucf101_1_256", video_and_label, WITH_TEST),
    dummy=made(lambda index, rng: motion(index, rng, shape=(VIDEO_SIDE, VIDEO_SIDE, 3))),
)
