"""Datasets that TensorFlow Datasets (TFDS) offers, as our `Examples`. TFDS is imported when one is read.

TFDS prepares a dataset once, in `TFDS_DATA_DIR` or `~/tensorflow_datasets`, and then reads it without network. What it
has no part for is cut from its train part: of texts by their sha1 as `cut_by_content` does it, so that equal ones are
in one part; of anything else (images with all questions about them) the ninth and the tenth of every ten are validation
and test. With a limit no more is read and decoded than is needed. Names are those of TFDS 4.9.10.
"""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_zoo.datasets.records import Examples
from rnn_zoo.datasets.splits import part_of
from rnn_zoo.formats.tag_schemes import convert


class Entry(NamedTuple):
    """How a TFDS dataset becomes one of ours.

    Attributes:
        name: that of TFDS, with its config; `{}` stands for the subset.
        examples: from a row of TFDS to a list of `(raw, label)`.
        parts: what TFDS calls our parts; one that is missing is cut from train.
        subset: the usual one, or None for a dataset without subsets.
        taught: what stands in for `examples` in the parts that are trained on; None for nothing.
        part_of: from a row of TFDS's train part to the name of our part, or None to leave it out; None cuts as the top
            of this module says.
    """

    name: str
    examples: Callable
    parts: dict
    subset: str | None = None
    taught: Callable | None = None
    part_of: Callable | None = None


WITH_TEST = {"train": "train", "test": "test"}
OFFICIAL = {"train": "train", "validation": "validation", "test": "test"}
WITH_DEV = {"train": "train", "validation": "dev", "test": "test"}
TRAIN_ONLY = {"train": "train"}


def read_splits(dataset, wanted, *, subset=None, limit=None):
    """The `Examples` of some parts, in TFDS's order; each row is read once, and none beyond the limit."""
    import tensorflow_datasets as tfds

    entry, splits = dataset.tfds, {name: Examples([], []) for name in wanted}
    builder = builder_of(dataset, subset)
    prepare(builder, dataset.name)
    cut = [part for part in ("validation", "test") if part not in entry.parts]
    for own, part in entry.parts.items():
        inside = {own, *(cut if own == "train" else [])}
        inside |= {"all_train"} & {"all_train" for name in inside if name in ("train", "validation")}
        open_splits = {name: splits[name] for name in wanted if name in inside}
        if not open_splits:
            continue
        for index, row in enumerate(tfds.as_numpy(builder.as_dataset(split=part, shuffle_files=False))):
            made = {}
            for name, examples in open_splits.items():
                read = entry.taught if entry.taught and "train" in name else entry.examples
                if read not in made:
                    made[read] = read(row)  # once, so that parts share what they have in common
                found = _of_part(entry, name, row, index, made[read], cut if own == "train" else [])
                examples.raw.extend(raw for raw, _ in found)
                examples.labels.extend(label for _, label in found)
            open_splits = {name: one for name, one in open_splits.items() if limit is None or len(one.raw) < limit}
            if not open_splits:
                break
    return {name: Examples(*(column[:limit] for column in examples)) for name, examples in splits.items()}


def _of_part(entry, name, row, index, pairs, cut):
    """Those examples of a row that belong to a part."""
    if not cut:
        return pairs
    if entry.part_of:
        part = entry.part_of(row)
        return pairs if part == name or (name == "all_train" and part in ("train", "validation")) else []
    by_position = {9: "test", 8: "validation"}.get(index % 10, "train")
    parts = [part_of(raw) if isinstance(raw, str) else by_position for raw, _ in pairs]
    parts = [part if part in cut else "train" for part in parts]
    return [pair for pair, part in zip(pairs, parts, strict=True) if name in (part, "all_train")]


def builder_of(dataset, subset=None, data_dir=None):
    """TFDS's own builder of a dataset."""
    import tensorflow_datasets as tfds

    return tfds.builder(dataset.tfds.name.format(subset or dataset.tfds.subset), data_dir=data_dir)


def prepare(builder, name):
    """Download what is not there yet; says so on standard error."""
    import tensorflow_datasets as tfds

    if builder.is_prepared():
        return
    print(f"Downloading {builder.name} through TensorFlow Datasets to {builder.data_dir}", file=sys.stderr)
    try:
        for url in [url for url in builder.url_infos or () if url.startswith("http")][:1]:
            check_reachable(url)
        builder.download_and_prepare()
    except (OSError, tfds.download.DownloadError) as error:
        raise ConnectionError(
            f"Cannot download {builder.name} of TensorFlow Datasets for {name}: {error}. Set TFDS_DATA_DIR to a folder "
            "where it was prepared."
        ) from error


def check_reachable(url):
    """Fail at once where there is no network: TFDS's download manager tries again for minutes."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()


def text_and_label(row, text="text"):
    """One text and its class."""
    return [(row[text].decode(), int(row["label"]))]


def tagged_tokens(column, tags, left_out=()):
    """From a row to its tokens and tags, without those that have a tag of left_out, and without marks of documents."""

    def examples(row):
        pairs = [
            (token.decode(), tags[tag])
            for token, tag in zip(row["tokens"], row[column], strict=True)
            if tags[tag] not in left_out and token != b"-DOCSTART-"
        ]
        tokens, found = [list(one) for one in zip(*pairs, strict=True)] if pairs else ([], [])
        return [(tokens, found if left_out else convert(found, "BIO"))] if tokens else []

    return examples


def sentence_and_translation(row):
    """A sentence and its translation into English, or into Portuguese where English is not one of the two languages."""
    target = "en" if "en" in row else "pt"
    (source,) = set(row) - {target}
    pair = tuple(row[language].decode().strip() for language in (source, target))
    return [pair] if all(pair) else []


def smaller(image, height, width):
    """An image `<uint8>[rows, columns, 3]` in another size, with all of it in the picture."""
    from PIL import Image

    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
