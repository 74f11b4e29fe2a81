"""Flickr8k: photographs of people and animals, each described in English by five persons.

8,091 photographs, 6,000 in the official train part, 1,000 in dev and 1,000 in test. A subset of 866 photographs, the
first ones by name, of which 753 are in train and 113 in dev, goes around as well; one learns little from it.

Source, the `source=` of `rnn_zoo.load_dataset` and of `Flickr8k`: a folder with

* `Flickr8k.token.txt` or `captions_train_dev.token.txt`: lines `name.jpg#number TAB caption`;
* `Flickr_8k.trainImages.txt` and `Flickr_8k.devImages.txt`, or `images_train.txt` and `images_dev.txt`: a name a line;
  `Flickr_8k.testImages.txt` if there is one;
* the photographs, in `Flicker8k_Dataset/`, in `images/` or in `images_train_dev.tar`.

There is no default source. Listed photographs that are not there are left out.

Splits: train, validation and test are the official train, dev and test. Without a list of test photographs test is the
official dev, and validation the last tenth of train. In train every photograph comes five times, once with each
caption; elsewhere once, its label being the list of captions.

Source: Hodosh, Young & Hockenmaier, "Framing image description as a ranking task", JAIR 2013. No licence is stated; the
photographs are those of Flickr users, for research only.
"""

import re

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder
from rnn_zoo.datasets.sources import files_of_archive, find_source
from rnn_zoo.files import decode_text, read_bytes

HOMEPAGE = "https://hockenmaier.cs.illinois.edu/Framing_Image_Description/KCCA.html"
LICENCE = "None stated; the photographs are for research only."
CITATION = """@article{hodosh2013framing,
  author = {Hodosh, Micah and Young, Peter and Hockenmaier, Julia},
  title = {Framing Image Description as a Ranking Task: Data, Models and Evaluation Metrics},
  journal = {Journal of Artificial Intelligence Research},
  volume = {47},
  year = {2013},
  pages = {853--899}
}"""
CAPTIONS = ("Flickr8k.token.txt", "captions_train_dev.token.txt")
LISTS = {
    "train": ("Flickr_8k.trainImages.txt", "images_train.txt"),
    "validation": ("Flickr_8k.devImages.txt", "images_dev.txt"),
    "test": ("Flickr_8k.testImages.txt", "images_test.txt"),
}
PHOTOGRAPHS = ("Flicker8k_Dataset", "images", "images_train_dev.tar")


def read_splits(source=None, manager=None):
    """All splits of Flickr8k.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.

    Returns:
        A dictionary of `Examples`: photographs `<uint8>[height, width, 3]`, and captions, a string in train and
        "all_train", a list of strings in validation and test.

    Raises:
        ValueError: for damaged files, or a line that is no caption; the message names it.
        FileNotFoundError: for missing files.
    """
    folder = find_source(source)
    captions = read_captions(_find(folder, CAPTIONS))
    names = {part: _find(folder, files, optional=part == "test") for part, files in LISTS.items()}
    names = {part: read_names(path, captions) for part, path in names.items() if path}
    photographs = read_photographs(_find(folder, PHOTOGRAPHS), {name for part in names.values() for name in part})
    names = {part: [name for name in listed if name in photographs] for part, listed in names.items()}
    if "test" not in names:
        train, share = names["train"], max(1, len(names["train"]) // 10)
        names = {"train": train[:-share], "validation": train[-share:], "test": names["validation"]}
    for part, listed in names.items():
        if not listed:
            raise ValueError(f"{folder} must hold photographs of every part. Received: none of {part!r}")
    splits = {
        part: Examples([photographs[name] for name in names[part]], [captions[name] for name in names[part]])
        for part in ("validation", "test")
    }
    for part, listed in (("train", names["train"]), ("all_train", names["train"] + names["validation"])):
        pairs = [(photographs[name], caption) for name in listed for caption in captions[name]]
        splits[part] = Examples(*map(list, zip(*pairs, strict=True)))
    return splits


def read_captions(path):
    """The captions of each photograph.

    Raises:
        ValueError: for a line of another form; the message names it.
    """
    found = {}
    for number, line in enumerate(_lines(path), start=1):
        match = re.fullmatch(r"([^#\t]+)#\d+\t(.*\S)\s*", line)
        if match is None:
            raise ValueError(f"{path}, line {number}: must be name.jpg#number TAB caption. Received: {line[:60]!r}")
        found.setdefault(match[1], []).append(match[2])
    return found


def read_names(path, captions):
    """The names of the photographs of a part.

    Raises:
        ValueError: for a name without captions; the message names the line.
    """
    names = [line.strip() for line in _lines(path)]
    for number, name in enumerate(names, start=1):
        if name not in captions:
            raise ValueError(f"{path}, line {number}: a photograph must have captions. Received: {name[:60]!r}")
    return names


def read_photographs(path, names):
    """Those of the named photographs that are there, decoded.

    Args:
        path: a folder, or a tar archive.
        names: file names.

    Returns:
        A dictionary of `<uint8>[height, width, 3]`.

    Raises:
        ValueError: for a file that is no photograph.
    """
    import tensorflow as tf

    if path.is_dir():
        files = ((name, (path / name).read_bytes()) for name in sorted(names) if (path / name).is_file())
    else:
        files = (
            (name.rpartition("/")[2], data) for name, data in files_of_archive(path, re.compile(r"\.jpe?g$|\.png$"))
        )
    found = {}
    for name, data in files:
        if name in names:
            try:
                found[name] = np.asarray(tf.io.decode_image(data, channels=3, expand_animations=False))
            except tf.errors.InvalidArgumentError:
                raise ValueError(f"{path}: {name} must be a whole JPEG or PNG file, {len(data)} bytes") from None
    return found


def original_files(source):
    """The paths of the files of a folder; of photographs in a folder of their own that folder."""
    folder = find_source(source)
    groups = [CAPTIONS, *LISTS.values(), PHOTOGRAPHS]
    return [path for names in groups if (path := _find(folder, names, optional=True)) is not None]


def _find(folder, names, *, optional=False):
    found = next((folder / name for name in names if (folder / name).exists()), None)
    if found is None and not optional:
        raise FileNotFoundError(f"{folder} must hold {' or '.join(names)}, see {HOMEPAGE}.")
    return found


def _lines(path):
    return decode_text(read_bytes(path), path).replace("\r\n", "\n").removesuffix("\n").split("\n")


class Flickr8k(OriginalFilesBuilder):
    """The tensorflow-datasets builder of Flickr8k; the top of this module describes source and splits.

    Example:
        >>> from rnn_zoo.datasets import Flickr8k
        >>> builder = Flickr8k(source="data/flickr8k", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = {
        "image": tfds.features.Image(shape=(None, None, 3)),
        "captions": tfds.features.Sequence(tfds.features.Text()),
    }

    def _generate_examples(self, examples):
        labels = [[label] if isinstance(label, str) else label for label in examples.labels]
        yield from super()._generate_examples(examples._replace(labels=labels))
