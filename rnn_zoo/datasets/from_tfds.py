"""Datasets that TensorFlow Datasets (TFDS) offers, as our `Examples`: `load_dataset(name, split, source="tfds")`.

| our name | TFDS name | what it is | parts | to download |
|---|---|---|---|---|
| `mnist` | `mnist` | handwritten digits of 28 x 28 pixels | official test | 11 MiB |
| `yelp_polarity` | `yelp_polarity_reviews` | English reviews, negative or positive | official test | 158 MiB |
| `star_reviews` | `amazon_us_reviews/<subset>` | product reviews, 1 to 5 stars | all cut from train | by product |
| `genomics_ood` | `genomics_ood` | 250 bases, ten genera of bacteria | official | 0.9 GiB |
| `ucf101` | `ucf101/ucf101_1_256` | films of 101 actions, split 1 | official test | 6.5 GiB, and ffmpeg |
| `clevr` | `clevr` | questions about rendered scenes, 28 answers | test is the official validation | 18 GiB |
| `conll2003` | `conll2003` | names in news, BIO | official | 1 MiB |
| `wikiann` | `wikiann/<subset>` | names in Wikipedia, BIO; 176 languages | official | 223 MiB |
| `ud_english_ewt` | `universal_dependencies/en_ewt` | parts of speech (release 2.10) | official | 16 MiB |
| `ted_hrlr_translate` | `ted_hrlr_translate/<subset>` | talks and their translations | official | 125 MiB |
| `opus` | `opus/<subset>` | German texts of one kind and their translations | all cut from train | 7 MiB to 0.7 GiB |
| `coco_captions` | `coco_captions` | photographs, five captions each | official (Karpathy & Li) | 37 GiB |
| `tiny_shakespeare` | `tiny_shakespeare` | one long text | as without TFDS | 1 MiB |
| `librispeech` | `librispeech` | books read aloud, sound of 16 kHz | official clean ones, 100 h of train | 57 GiB |
| `spoken_digit`, `fsdd` | `spoken_digit` | spoken digits, sound of 8 kHz | by index, as `fsdd` | 11 MiB |

Names are those of TFDS 4.9.10. Two are not what one might expect: there is no set of Yelp's stars, only their polarity
(`yelp_polarity_reviews`); and `amazon_us_reviews` may no longer be downloadable: it then needs a copy that was prepared
before. For stars without it, give `star_reviews` a CSV file. The official test part of CLEVR has no answers.
Of LibriSpeech TFDS also downloads the parts that are not used here.

TFDS prepares a dataset once, in `TFDS_DATA_DIR` or `~/tensorflow_datasets`, and then reads it without network.
What TFDS has no part for is cut from its train part: of texts by their sha1 as `cut_by_content` does it, so that equal
ones are in one part; of anything else (images with all questions about them) the ninth and the tenth of every ten
are validation and test. Films of UCF101 come in groups of one scene; TFDS does not tell the group, so validation, not
the official test part, may show a scene of train. With a `limit` no more is read and decoded than is needed.

Translations are into English, or into Portuguese where English is not one of the two languages; the pair is the subset,
such as "pt_to_en", and that of OPUS the kind of text: "medical", "law", "koran", "IT" or "subtitles". Photographs of
COCO have 128 pixels on the shorter side; in train one comes with each of its captions, elsewhere once with all of them.
The part of COCO that TFDS calls restval is left out. `tiny_shakespeare` is put together again from TFDS's parts, and
cut where `rnn_zoo.datasets.tiny_shakespeare` cuts it.

TFDS's `imdb_reviews` mixes the reviews of all films: `load_dataset("imdb", ..., source="tfds")` therefore reads the
same archive itself and keeps films apart, see `rnn_zoo.datasets.imdb`. Builder classes of ours, such as
`rnn_zoo.datasets.Mnist`, read original files; with source="tfds" they download those.
"""

import sys
from typing import NamedTuple

import numpy as np
import tensorflow_datasets as tfds

from rnn_zoo.codecs.schemes import convert, tag_names
from rnn_zoo.datasets import conll2003, fsdd, mnist, ud_english_ewt
from rnn_zoo.datasets.original_files import Examples, digit_of
from rnn_zoo.datasets.sources import check_reachable

STARS = tuple("12345")
GENERA = (
    "Bacillus", "Burkholderia", "Clostridium", "Escherichia", "Mycobacterium", "Pseudomonas", "Salmonella",
    "Staphylococcus", "Streptococcus", "Yersinia",
)  # fmt: skip
CLEVR_ANSWERS = (
    "no", "yes", *map(str, range(11)), "cube", "cylinder", "sphere", "large", "small", "metal", "rubber", "blue",
    "brown", "cyan", "gray", "green", "purple", "red", "yellow",
)  # fmt: skip
WIKIANN_NAMES = ("PER", "ORG", "LOC")
LIBRISPEECH_CHARACTERS = tuple(" 'ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LIBRISPEECH_RATE_HZ = 16_000
FILM_FRAMES, FILM_SIDE = 16, 64
CLEVR_HEIGHT, CLEVR_WIDTH = 80, 120
COCO_SIDE = 128
WRITTEN = ()
"""The class names of labels that are written and belong to no classes."""


class Entry(NamedTuple):
    """How a TFDS dataset becomes one of ours.

    Attributes:
        name: that of TFDS, with its config; `{}` stands for the subset.
        examples: from a row of TFDS to a list of `(raw, label)`.
        class_names: of the labels; `WRITTEN` where they are written, None for those that TFDS gives.
        parts: what TFDS calls our parts; one that is missing is cut from train.
        subset: the usual one, or None for a dataset without subsets.
        taught: what stands in for `examples` in the parts that are trained on; None for nothing.
        part_of: from a row of TFDS's train part to the name of our part, or None to leave it out; None cuts as the top
            of this module says.
    """

    name: str
    examples: callable
    class_names: tuple | None
    parts: dict
    subset: str | None = None
    taught: callable = None
    part_of: callable = None


def text_and_label(row, text="text", label="label"):
    """One text and its class."""
    return [(row[text].decode(), int(row[label]))]


def image_and_label(row):
    """One grey image `<uint8>[height, width]` and its class."""
    return [(row["image"][..., 0], int(row["label"]))]


def review_and_stars(row):
    """One product review and its stars, counted from 0."""
    return [(row["data"]["review_body"].decode(), int(row["data"]["star_rating"]) - 1)]


def film_and_label(row):
    """One film of at most 16 frames, evenly spread, of 64 x 64 pixels: `<uint8>[frames, 64, 64, 3]`, and its class."""
    film = row["video"]
    places = np.linspace(0, len(film) - 1, min(FILM_FRAMES, len(film))).round().astype(int)
    return [(np.stack([smaller(film[place], FILM_SIDE, FILM_SIDE) for place in places]), int(row["label"]))]


def scene_questions(row):
    """All questions about an image `<uint8>[80, 120, 3]`, which they share, as `((image, question), answer)`."""
    image = smaller(row["image"], CLEVR_HEIGHT, CLEVR_WIDTH)
    asked = row["question_answer"]
    return [
        ((image, question.decode()), CLEVR_ANSWERS.index(answer.decode()))
        for question, answer in zip(asked["question"], asked["answer"], strict=True)
    ]


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


def sound_and_text(row):
    """One recording `(samples <int16>, 16000)` and its transcript."""
    return [((row["speech"].astype("int16"), LIBRISPEECH_RATE_HZ), row["text"].decode())]


def sound_and_digit(row):
    """One recording `(samples <int16>, 8000)` and the digit in it as a word."""
    return [((row["audio"].astype("int16"), fsdd.SAMPLE_RATE_HZ), fsdd.CLASS_NAMES[row["label"]])]


def part_of_digit(row):
    """The part of a recording by the index in the name of its file."""
    *_, index = fsdd.FILE_NAME.fullmatch(row["audio/filename"].decode()).groups()
    return fsdd.part_of(int(index), official=True)


def smaller(image, height, width):
    """An image `<uint8>[rows, columns, 3]` in another size, with all of it in the picture."""
    from PIL import Image

    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))


SPOKEN_DIGIT = Entry("spoken_digit", sound_and_digit, fsdd.CLASS_NAMES, {"train": "train"}, part_of=part_of_digit)
WITH_TEST = {"train": "train", "test": "test"}
OFFICIAL = {"train": "train", "validation": "validation", "test": "test"}
WITH_DEV = {"train": "train", "validation": "dev", "test": "test"}
ENTRIES = {
    "mnist": Entry("mnist", image_and_label, mnist.CLASS_NAMES, WITH_TEST),
    "yelp_polarity": Entry("yelp_polarity_reviews", text_and_label, ("negative", "positive"), WITH_TEST),
    "star_reviews": Entry(
        "amazon_us_reviews/{}", review_and_stars, STARS, {"train": "train"}, "Musical_Instruments_v1_00"
    ),
    "genomics_ood": Entry("genomics_ood", lambda row: text_and_label(row, "seq"), GENERA, OFFICIAL),
    "ucf101": Entry("ucf101/ucf101_1_256", film_and_label, None, WITH_TEST),
    "clevr": Entry("clevr", scene_questions, CLEVR_ANSWERS, {"train": "train", "test": "validation"}),
    "conll2003": Entry(
        "conll2003",
        tagged_tokens("ner", tag_names(("PER", "ORG", "LOC", "MISC"), "BIO")),
        conll2003.CLASS_NAMES,
        WITH_DEV,
    ),
    "wikiann": Entry(
        "wikiann/{}", tagged_tokens("tags", tag_names(WIKIANN_NAMES, "BIO")), WIKIANN_NAMES, OFFICIAL, "en"
    ),
    "ud_english_ewt": Entry(
        "universal_dependencies/en_ewt",
        tagged_tokens("upos", (*ud_english_ewt.CLASS_NAMES, "_"), left_out="_"),
        ud_english_ewt.CLASS_NAMES,
        WITH_DEV,
    ),
    "ted_hrlr_translate": Entry("ted_hrlr_translate/{}", sentence_and_translation, WRITTEN, OFFICIAL, "pt_to_en"),
    "opus": Entry("opus/{}", sentence_and_translation, WRITTEN, {"train": "train"}, "medical"),
    "coco_captions": Entry(
        "coco_captions",
        photograph_and_captions,
        WRITTEN,
        {"train": "train", "validation": "val", "test": "test"},
        taught=photograph_and_each_caption,
    ),
    "librispeech": Entry(
        "librispeech",
        sound_and_text,
        LIBRISPEECH_CHARACTERS,
        {"train": "train_clean100", "validation": "dev_clean", "test": "test_clean"},
    ),
    "spoken_digit": SPOKEN_DIGIT,
    "fsdd": SPOKEN_DIGIT,
}


def read_split(name, split, *, subset=None, limit=None):
    """The examples of a part, in TFDS's order.

    Args:
        name: a key of `ENTRIES`.
        split: as `rnn_zoo.load_dataset` takes it.
        subset: the config of TFDS, where the table above says so; None for the usual one.
        limit: stop reading after so many examples; None reads all.

    Returns:
        `Examples`.

    Raises:
        ValueError: for a subset that there is not.
        ConnectionError: for a download that fails.
    """
    entry, examples = ENTRIES[name], Examples([], [])
    to_examples = entry.taught if entry.taught and "train" in split else entry.examples
    builder = builder_of(name, subset)
    prepare(builder, name)
    cut = [part for part in ("validation", "test") if part not in entry.parts]
    for tfds_split, wanted in _rows_of(split, entry, cut):
        rows = builder.as_dataset(split=tfds_split, shuffle_files=False)
        for place, row in enumerate(tfds.as_numpy(rows)):
            if wanted and entry.part_of and entry.part_of(row) not in wanted:
                continue
            for raw, label in to_examples(row):
                if wanted and not entry.part_of and _part_of(place, raw, cut) not in wanted:
                    continue
                examples.raw.append(raw)
                examples.labels.append(label)
                if len(examples.raw) == limit:
                    return examples
    return examples


def class_names(name, subset=None):
    """The names of the classes, or types of entities, of a dataset; None where labels are what is written."""
    names = ENTRIES[name].class_names
    return tuple(builder_of(name, subset).info.features["label"].names) if names is None else names or None


def builder_of(name, subset=None):
    """TFDS's builder of one of our names.

    Raises:
        ValueError: for a subset that there is not.
    """
    entry = ENTRIES[name]
    if subset is not None and entry.subset is None:
        raise ValueError(f"subset must be None: {name} has no subsets. Received: subset={subset!r}")
    return tfds.builder(entry.name.format(subset or entry.subset))


def prepare(builder, name):
    """Download what is not there yet; says so on standard error.

    Raises:
        ConnectionError: if it cannot be had.
    """
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


def _rows_of(split, entry, cut):
    """Which parts of TFDS hold our part, each with the parts to cut from it; None for all of it."""
    parts = entry.parts
    if split == "all_train":
        wanted = ("train", "validation") if entry.part_of else None
        return [(parts[part], wanted) for part in ("train", "validation") if part in parts]
    if split in cut or (split == "train" and cut):
        return [(parts["train"], (split,))]
    return [(parts[split], None)]


def _part_of(place, raw, cut):
    """Which part a row of TFDS's train part belongs to."""
    digit = digit_of(raw) if isinstance(raw, str) else 9 - place % 10
    part = {0: "test", 1: "validation"}.get(digit, "train")
    return part if part in cut else "train"
