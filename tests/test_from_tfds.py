"""Datasets of TensorFlow Datasets, with made-up rows of the true features in place of the downloads."""

import importlib
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

import rnn_zoo
from rnn_zoo.datasets import DATASETS, SPLITS, class_names, from_tfds, load_splits, tfds_builder

with warnings.catch_warnings():  # TFDS leaves out what it cannot import, and here a warning would be reason enough
    warnings.simplefilter("ignore")
    packages = ("audio", "image_classification", "object_detection", "structured", "text", "translate", "video")
    for package in packages:
        importlib.import_module(f"tensorflow_datasets.{package}")

RECIPES = Path(__file__).parent.parent / "recipes"
NUM_ROWS = 40
PARTS = SPLITS[:3]
ENTRIES = {name: record.tfds for name, record in DATASETS.items() if record.tfds}
REVIEWS = [f"review number {place} is {'good' if place % 2 else 'bad'}" for place in range(NUM_ROWS)]


def sentence(place):
    return [b"Ann", b"Lee", b"sings", b"in", b"Rome"][: 3 + place % 3] if place else [b"-DOCSTART-"]


def tags(place, *found):
    return list(found[: len(sentence(place))]) if place else [0]


ROWS = {
    "mnist": lambda place: {"image": np.full((28, 28, 1), place, "uint8"), "label": place % 10},
    "yelp_polarity_reviews": lambda place: {"text": REVIEWS[place], "label": place % 2},
    "amazon_us_reviews": lambda place: {"data": {"review_body": REVIEWS[place], "star_rating": 1 + place % 5}},
    "genomics_ood": lambda place: {"seq": "ACGT"[place % 4] * 250, "label": place % 10},
    "ucf101": lambda place: {"video": np.full((20, 256, 256, 3), 6 * place, "uint8"), "label": place % 101},
    "clevr": lambda place: {
        "image": np.full((320, 480, 3), 6 * place, "uint8"),
        "question_answer": {"question": ["Is it large?", "How many things?"], "answer": ["yes", str(place % 11)]},
    },
    "conll2003": lambda place: {"tokens": sentence(place), "ner": tags(place, 1, 2, 0, 0, 5)},
    "wikiann": lambda place: {"tokens": sentence(place), "tags": tags(place, 1, 2, 0, 0, 5)},
    "universal_dependencies": lambda place: {"tokens": sentence(place), "upos": tags(place, 11, 17, 15, 1, 11)},
    "ted_hrlr_translate": lambda place: {"pt": f"um cão {place} corre", "en": f"a dog {place} runs"},
    "opus": lambda place: {"de": f"Dosis {place}\n", "en": "\n" if place == 7 else f"dose {place}\n"},
    "coco_captions": lambda place: {
        "image": np.full((240, 320, 3), 6 * place, "uint8"),
        "captions": {"text": [f"dog {place} runs {word}" for word in ("a", "b", "c", "d", "e")]},
    },
    "librispeech": lambda place: {"speech": np.full(16_000 + place, 100, "int16"), "text": f"IT'S {'AB'[place % 2]}"},
    "speech_commands": lambda place: {"audio": np.full(16_000, 100 - place, "int64"), "label": place % 12},
    "spoken_digit": lambda place: {  # indices of all parts: 0, 1, 2, 3, 4, then 15 to 49
        "audio": np.full(2000 + place, 1000 - place, "int64"),
        "label": place % 10,
        "audio/filename": f"{place % 10}_ann_{place if place < 5 else place + 10}.wav",
    },
}
WRITTEN = [name for name in ENTRIES if DATASETS[name].class_names == ()]


def completed(given, features):
    """A row with made-up values for the columns that nobody reads."""
    if isinstance(features, dict):
        return {name: completed(given.get(name, {}) if given else {}, one) for name, one in features.items()}
    if given is not None and not isinstance(given, dict):
        return tf.constant(given, features.dtype)
    return tf.zeros([0 if size is None else size for size in features.shape], features.dtype)


@pytest.fixture
def offline(monkeypatch):
    """TFDS with `NUM_ROWS` rows in every part; yields the names of the parts that were asked for."""
    asked, made = [], []

    def as_dataset(self, *, split, **options):
        asked.append((self.name, str(split)))
        specs = self.info.features.get_tensor_info()
        specs = tf.nest.map_structure(lambda one: tf.TensorSpec(one.shape, one.dtype), specs)

        def rows():
            for place in range(NUM_ROWS):
                made.append(place)
                yield completed(ROWS[self.name](place), specs)

        return tf.data.Dataset.from_generator(rows, output_signature=specs)

    monkeypatch.setattr(from_tfds, "check_reachable", lambda url: None)
    with tfds.testing.mock_data(as_dataset_fn=as_dataset):
        yield asked, made


LARGE = ("clevr", "ucf101")
"""Of which the tests of parts and forms read some rows, too."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=pytest.mark.slow if one in LARGE else ()) for one in ENTRIES if one not in WRITTEN],
)
def test_every_entry_names_a_dataset_of_tfds_whose_features_it_reads(name, offline):
    parts = {part: rnn_zoo.load_dataset(name, part, source="tfds") for part in PARTS}
    names = class_names(name)
    for part in parts.values():
        assert 0 < len(part.raw) == len(part.labels)
        tags = [label if isinstance(label, list) else [label] for label in part.labels]
        tagged = isinstance(part.labels[0], list)
        known = {"O", *names, *(f"{prefix}-{one}" for one in names for prefix in "BI")} if tagged else range(len(names))
        if isinstance(part.labels[0], str):
            known = [*names, *{text for text in part.labels if set(text) <= set(names)}]
        assert {tag for one in tags for tag in one} <= set(known)
        if tagged:
            assert [len(one) for one in part.raw] == [len(one) for one in part.labels]
    official = [*ENTRIES[name].parts, *(["test"] if ENTRIES[name].part_of else [])]
    every = rnn_zoo.load_dataset(name, "all_train", source="tfds")
    expected = [parts["train"], parts["validation"], *([] if "test" in official else [parts["test"]])]
    assert len(every.raw) == sum(len(part.raw) for part in expected)


def test_labels_are_counted_as_tfds_counts_them():
    features = {name: from_tfds.builder_of(DATASETS[name]).info.features for name in ENTRIES}
    tags = {name: features[name][column].feature.names for name, column in [("conll2003", "ner"), ("wikiann", "tags")]}
    assert tags["conll2003"] == [*tags["wikiann"], "B-MISC", "I-MISC"]
    assert tags["wikiann"] == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    assert tuple(features["ewt"]["upos"].feature.names[:-1]) == class_names("ewt")
    assert tuple(features["genomics_ood"]["label"].names[:10]) == class_names("genomics_ood")
    assert (len(class_names("ucf101")), len(class_names("clevr"))) == (101, 28)


def test_parts_that_are_cut_share_no_text_and_no_image(offline):
    stars = [set(rnn_zoo.load_dataset("star_reviews", part, source="tfds").raw) for part in PARTS]
    assert set.union(*stars) == set(REVIEWS) and sum(map(len, stars)) == NUM_ROWS
    scenes = [
        {int(image[0, 0, 0]) for (image, _), _ in zip(*rnn_zoo.load_dataset("clevr", part), strict=True)}
        for part in ("train", "validation")
    ]
    assert not scenes[0] & scenes[1] and [len(one) for one in scenes] == [36, 4]


def test_what_a_dataset_yields_is_in_our_form(offline):
    ucf = rnn_zoo.load_dataset("ucf101", "test", limit=2)
    assert ucf.raw[1].shape == (16, 64, 64, 3) and ucf.raw[1].dtype == np.uint8 and (ucf.raw[1] == 6).all()
    (image, question), answer = (column[1] for column in rnn_zoo.load_dataset("clevr", "train", limit=2))
    assert (image.shape, question, answer) == ((80, 120, 3), "How many things?", "0")
    assert rnn_zoo.load_dataset("mnist", "test", source="tfds", limit=1).raw[0].shape == (28, 28)
    names = rnn_zoo.load_dataset("conll2003", "test", source="tfds", limit=2)
    assert (names.raw[0], names.labels[0]) == (["Ann", "Lee", "sings", "in"], ["B-PER", "I-PER", "O", "O"])
    words = rnn_zoo.load_dataset("ewt", "test", source="tfds", limit=3)
    assert (words.raw[1], words.labels[1]) == (["Ann", "sings", "in", "Rome"], ["PROPN", "VERB", "ADP", "PROPN"])


def test_what_is_written_comes_as_pairs_in_its_own_parts(offline):
    asked, _ = offline
    assert set(WRITTEN) == {"ted_hrlr_translate", "opus", "coco_captions"}
    assert [class_names(name) for name in WRITTEN] == [None] * 3
    talks = rnn_zoo.load_dataset("ted_hrlr_translate", "validation", subset="pt_to_en", source="tfds")
    assert (talks.raw[3], talks.labels[3]) == ("um cão 3 corre", "a dog 3 runs") and len(talks.raw) == NUM_ROWS
    assert asked == [("ted_hrlr_translate", "validation")]
    leaflets = [rnn_zoo.load_dataset("opus", part) for part in PARTS]
    german = [text for part in leaflets for text in part.raw]
    assert sorted(german) == sorted(f"Dosis {place}" for place in range(NUM_ROWS) if place != 7)
    assert all(part.labels == [text.replace("Dosis", "dose") for text in part.raw] for part in leaflets)
    with pytest.raises(ValueError, match="(?s)cooking"):
        rnn_zoo.load_dataset("opus", "train", subset="cooking")


def test_photographs_come_with_each_caption_to_be_taught_and_once_to_be_measured(offline):
    train, test = (rnn_zoo.load_dataset("coco_captions", part, limit=7) for part in ("train", "test"))
    assert train.raw[5].shape == (128, 171, 3) and train.raw[0] is train.raw[4] and (train.raw[5] == 6).all()
    assert train.labels[4:6] == ["dog 0 runs e", "dog 1 runs a"]
    assert len(test.raw) == 7 and test.labels[6] == [f"dog 6 runs {word}" for word in "abcde"]
    assert offline[0] == [("coco_captions", "train"), ("coco_captions", "test")]


def test_sound_comes_with_its_rate_and_digits_in_the_official_parts(offline):
    (samples, rate), text = (column[2] for column in rnn_zoo.load_dataset("librispeech", "validation", limit=3))
    assert (samples.dtype, samples.shape, rate, text) == (np.int16, (16_002,), 16_000, "IT'S A")
    assert offline[0] == [("librispeech", "dev_clean")]
    parts = {part: rnn_zoo.load_dataset("spoken_digit", part) for part in (*PARTS, "all_train")}
    assert [samples[0] for (samples, _) in parts["test"].raw] == [1000, 999, 998, 997, 996]
    assert [samples[0] for (samples, _) in parts["validation"].raw] == [970, 969, 968, 967, 966]
    assert (len(parts["train"].raw), len(parts["all_train"].raw)) == (30, 35)
    assert parts["test"].raw[0][1] == 8000 and parts["test"].labels[:2] == ["zero", "one"]
    same = rnn_zoo.load_dataset("fsdd", "test", source="tfds")
    assert same.labels == parts["test"].labels and rnn_zoo.LogMel(8000)(same.raw)["lengths"].tolist() == [24] * 5


def test_a_limit_stops_reading(offline):
    _, made = offline
    assert len(rnn_zoo.load_dataset("ucf101", "test", limit=3).raw) == 3
    assert len(made) < NUM_ROWS / 2
    assert len(rnn_zoo.load_dataset("digits", "train", limit=5).raw) == 5


def test_subsets_are_checked_by_tfds(offline):
    with pytest.raises(ValueError, match="(?s)xx"):
        rnn_zoo.load_dataset("wikiann", "train", subset="xx")


@pytest.mark.parametrize("name", ["mnist", "coco_captions", "opus", "conll2003"])
def test_all_splits_at_once_are_the_same_and_each_row_is_read_once(name, offline):
    _, made = offline
    splits = load_splits(name, source="tfds")
    assert list(splits) == list(SPLITS) and len(made) == NUM_ROWS * len(ENTRIES[name].parts)
    for part in SPLITS:
        alone = rnn_zoo.load_dataset(name, part, source="tfds")
        assert repr(splits[part]) == repr(alone)
    few = load_splits(name, source="tfds", limit=3)
    assert {part: repr(few[part]) for part in SPLITS} == {
        part: repr(type(one)(one.raw[:3], one.labels[:3])) for part, one in splits.items()
    }


def test_parts_share_what_they_have_in_common(offline):
    splits = load_splits("clevr")
    assert splits["train"].raw[0] is splits["all_train"].raw[0]


def test_the_builder_of_a_dataset_that_is_only_there_is_its_own():
    assert tfds_builder("wikiann", subset="ko").info.full_name.startswith("wikiann/ko/")
    assert tfds_builder("yelp_polarity").name == "yelp_polarity_reviews"


def test_without_network_the_error_says_what_and_where_to(monkeypatch, tmp_path, capsys):
    def no_network(url):
        raise OSError("no network")

    monkeypatch.setattr(from_tfds, "check_reachable", no_network)
    monkeypatch.setattr(tfds.core.DatasetBuilder, "is_prepared", lambda self: False)
    with pytest.raises(ConnectionError, match="Cannot download mnist of .* no network.*TFDS_DATA_DIR"):
        rnn_zoo.load_dataset("mnist", "train", source="tfds")
    assert "Downloading mnist through" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "rating_star_reviews", "caption_coco_captions", "dna_genomics_ood", "ner_wikiann", "speech_fsdd",
        "speech_librispeech", "translation_ted_hrlr_translate", "video_ucf101", "vqa_clevr",
    ],
)  # fmt: skip
def test_a_recipe_runs_on_what_tfds_gives(name, offline, tmp_path):
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    source = "tfds" if name in ("rating_star_reviews", "speech_fsdd") else None
    options = {"token_type": "words", "scheduled_sampling": 0.5} if name.startswith("translation") else {}
    metrics = module.main(smoke=True, data_dir=source, output=str(tmp_path), batch_size=16, **options)
    assert metrics and all(np.isfinite(value) for value in metrics.values())
    assert (rnn_zoo.datasets.class_names(module.main.dataset) is None) == name.startswith(("caption", "translation"))
