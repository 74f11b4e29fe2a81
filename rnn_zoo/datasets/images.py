"""Images: what is written on them, and questions about them."""

import json

import numpy as np

from rnn_zoo.datasets.from_tfds import WITH_TEST, Entry, smaller
from rnn_zoo.datasets.made import digit, made, scene
from rnn_zoo.datasets.records import CLASS, NAMES, Dataset, Examples, Feature
from rnn_zoo.datasets.splits import cut_by_group, cut_by_part, cut_splits
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.formats.arrays import read_idx
from rnn_zoo.formats.tables import read_cells, read_label

DIGITS = tuple("0123456789")
IMAGE_SIZES = {"digits": (8, 8, 16), "mnist": (28, 28, 255)}
"""Of datasets of grey images: height, width, and the value of full ink."""

DIGIT_PARTS = ("train",) * 4 + ("test",) + ("train",) * 2 + ("validation", "train", "test")
SHAPES = ("circle", "rectangle", "triangle")
COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
EASY_VQA_ANSWERS = ("no", "yes", *SHAPES, *COLOURS)
CLEVR_ANSWERS = NAMES["clevr_answers"]
CLEVR_HEIGHT, CLEVR_WIDTH = 80, 120


def read_digit_rows(path):
    """The images of a file of 64 pixels and a digit a line, in its order."""
    height, width, ink = IMAGE_SIZES["digits"]
    for place, cells in read_cells(path):
        if len(cells) != height * width + 1:
            raise ValueError(f"{place}: a line must have {height * width + 1} columns. Received: {len(cells)}")
        pixels = [read_label(cell.strip(), ink + 1, place, "pixel") for cell in cells[:-1]]
        yield np.array(pixels, "uint8").reshape(height, width), read_label(cells[-1].strip(), len(DIGITS), place)


def read_digits(files):
    """Share out the images of each digit by their position among them, ten by ten."""
    examples = Examples.of(read_digit_rows(files["images"]))
    counts, names = [0] * len(DIGITS), []
    for label in examples.labels:
        names.append(DIGIT_PARTS[counts[label] % 10])
        counts[label] += 1
    if min(counts) < 10:
        raise ValueError(f"There must be 10 images of each digit at least. Received: {counts} of {DIGITS}")
    return cut_by_part(examples, names)


def read_mnist(files):
    """All splits of MNIST; the images of each part with their digits, in the order of the files."""
    halves = [("train_images", "train_labels"), ("test_images", "test_labels")]
    return cut_splits(*(_read_mnist_half(*map(files.get, roles)) for roles in halves if roles[0] in files))


def _read_mnist_half(images_path, labels_path):
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    height, width, _ = IMAGE_SIZES["mnist"]
    if images.shape[1:] != (height, width):
        raise ValueError(f"{images_path}: images must be {height} x {width}. Received: {list(images.shape[1:])}")
    if len(images) != len(labels):
        raise ValueError(f"{labels_path} must hold {len(images)} labels, one an image. Received: {len(labels)}")
    if wrong := np.flatnonzero(labels >= len(DIGITS)).tolist():
        raise ValueError(f"{labels_path}: labels must be from 0 to 9. Received: {labels[wrong[0]]} at place {wrong[0]}")
    return Examples(list(images), labels.tolist())


def read_easy_vqa(files):
    """Cut the official train part by the number of the image, so that an image is never on both sides."""
    train, test = (Examples.of(read_questions(files[part], files[f"{part}_images"])) for part in ("train", "test"))
    names = ["validation" if path.stem.endswith("9") else "train" for path, _ in train.raw]
    if len(set(names)) < 2 or not test.raw:
        raise ValueError(
            f"There must be questions about images whose numbers end in 9, and about others. Received: "
            f"{len(train.raw)} questions to train on, {len(test.raw)} to test on"
        )
    parts = cut_by_group(train, names, {name: [name] for name in ("train", "validation")})
    return {**parts, "test": test, "all_train": train}


def read_questions(path, folder):
    """The questions of a part, in the order of the file, as `(path of the image, question)`."""
    try:
        rows = json.loads(decode_text(read_bytes(path), path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is damaged or cut short: {error}") from error
    images = {image.name: image for image in folder.glob("*.png")}
    for number, row in enumerate(rows if isinstance(rows, list) else [rows]):
        place = f"{path}, row {number}"
        if not isinstance(row, list) or [type(column) for column in row] != [str, str, int]:
            raise ValueError(f"{place}: a row must be [question, answer, number of the image]. Received: {row!r:.80}")
        question, answer, image = row
        if answer not in EASY_VQA_ANSWERS:
            raise ValueError(f"{place}: answer must be one of {list(EASY_VQA_ANSWERS)}. Received: {answer=}")
        if f"{image}.png" not in images:
            raise ValueError(f"{place}: the image must be in {folder}. Received: {image}.png")
        yield (images[f"{image}.png"], question), EASY_VQA_ANSWERS.index(answer)


def scene_questions(row):
    """All questions about an image `<uint8>[80, 120, 3]`, which they share, as `((image, question), answer)`."""
    image = smaller(row["image"], CLEVR_HEIGHT, CLEVR_WIDTH)
    asked = row["question_answer"]
    return [
        ((image, question.decode()), CLEVR_ANSWERS.index(answer.decode()))
        for question, answer in zip(asked["question"], asked["answer"], strict=True)
    ]


DIGITS_WANTED = "optdigits.tes or digits.csv, or the folder of it,"
HANDWRITTEN_DIGITS = Dataset(
    name="digits",
    class_names=DIGITS,
    features={"image": Feature("array", (8, 8), "uint8"), "label": CLASS},
    read=read_digits,
    dummy=made(digit),
    wanted=DIGITS_WANTED,
)
MNIST = Dataset(
    name="mnist",
    class_names=DIGITS,
    features={"image": Feature("array", (28, 28), "uint8"), "label": CLASS},
    read=read_mnist,
    tfds=Entry("mnist", lambda row: [(row["image"][..., 0], int(row["label"]))], WITH_TEST),
)
EASY_VQA = Dataset(
    name="easy_vqa",
    class_names=EASY_VQA_ANSWERS,
    features={"image_and_question": Feature("question", (64, 64, 3)), "label": CLASS},
    read=read_easy_vqa,
)
CLEVR = Dataset(
    name="clevr",
    class_names=CLEVR_ANSWERS,
    tfds=Entry("clevr", scene_questions, {"train": "train", "test": "validation"}),
    dummy=made(lambda index, rng: scene(index, rng, CLEVR_ANSWERS)),
)
