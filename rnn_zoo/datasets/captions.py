"""Photographs and what people say of them."""

import re

from rnn_zoo.datasets.from_tfds import Entry, smaller
from rnn_zoo.datasets.records import TEXTS, Dataset, Examples, Feature
from rnn_zoo.datasets.sources import files_of
from rnn_zoo.files import read_lines
from rnn_zoo.formats.images import read_image
from rnn_zoo.formats.tables import read_cells

COCO_SIDE = 128
PHOTO_NAME = re.compile(r"(?:^|/)([^/]+\.(?:jpe?g|png))$")
CAPTION_LINE = re.compile(r"([^#\t]+)#\d+\t(.*\S)\s*")


def read_flickr8k(files):
    """All splits of Flickr8k; listed photographs that are not there are left out."""
    captions, names, photographs = _smaller_copy(files) if "train_photographs" in files else _original(files)
    names = {part: [name for name in listed if name in photographs] for part, listed in names.items()}
    if "test" not in names:
        train, share = names["train"], max(1, len(names["train"]) // 10)
        names = {"train": train[:-share], "validation": train[-share:], "test": names["validation"]}
    for part, listed in names.items():
        if not listed:
            raise ValueError(f"There must be photographs of every part. Received: none of {part!r}")
    splits = {
        part: Examples.of((photographs[name], captions[name]) for name in names[part])
        for part in ("validation", "test")
    }
    for part, listed in (("train", names["train"]), ("all_train", names["train"] + names["validation"])):
        splits[part] = Examples.of((photographs[name], caption) for name in listed for caption in captions[name])
    return splits


def _original(files):
    captions = read_captions(files["captions"])
    names = {part: read_names(files[part], captions) for part in ("train", "validation", "test") if part in files}
    listed = {name for part in names.values() for name in part}
    return captions, names, read_photographs(files["photographs"], listed)


def _smaller_copy(files):
    """Captions, the names of each part, and photographs, of a copy with a table and an archive a part."""
    captions, names, photographs = {}, {}, {}
    for part in ("train", "validation", "test"):
        if part in files:
            own = {}
            for _, (name, caption) in read_cells(files[part], header=["image", "caption"], tabs=True):
                own.setdefault(name, []).append(caption.strip())
            captions, names[part] = captions | own, list(own)
            photographs |= read_photographs(files[f"{part}_photographs"], set(own))
    return captions, names, photographs


def read_captions(path):
    """The captions of each photograph."""
    found = {}
    for number, line in enumerate(read_lines(path), start=1):
        match = CAPTION_LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"{path}, line {number}: must be name.jpg#number TAB caption. Received: {line[:60]!r}")
        found.setdefault(match[1], []).append(match[2])
    return found


def read_names(path, captions):
    """The names of the photographs of a part."""
    names = [line.strip() for line in read_lines(path)]
    for number, name in enumerate(names, start=1):
        if name not in captions:
            raise ValueError(f"{path}, line {number}: a photograph must have captions. Received: {name[:60]!r}")
    return names


def read_photographs(path, names):
    """Those of the named photographs that are in a folder or a tar archive, as `<uint8>[height, width, 3]`."""
    found, paths = {}, [path]
    if path.is_dir():
        paths = [path / name for name in sorted(names) if (path / name).is_file()]
    for match, data, place in files_of(paths, PHOTO_NAME):
        if match[1] in names:
            found[match[1]] = read_image(data, str(place))
    return found


def photograph_and_captions(row):
    """A photograph `<uint8>[height, width, 3]`, 128 pixels on the shorter side, and the list of its captions."""
    height, width = row["image"].shape[:2]
    scale = COCO_SIDE / min(height, width)
    image = smaller(row["image"], round(height * scale), round(width * scale))
    return [(image, [text.decode().strip() for text in row["captions"]["text"]])]


def photograph_and_each_caption(row):
    """A photograph with each of its captions, which share it."""
    ((image, captions),) = photograph_and_captions(row)
    return [(image, caption) for caption in captions]


FLICKR8K = Dataset(
    name="flickr8k",
    features={"image": Feature("photo"), "captions": TEXTS},
    read=read_flickr8k,
)
COCO_CAPTIONS = Dataset(
    name="coco_captions",
    tfds=Entry(
        "coco_captions",
        photograph_and_captions,
        {"train": "train", "validation": "val", "test": "test"},
        taught=photograph_and_each_caption,
    ),
    dummy="flickr8k",
)
