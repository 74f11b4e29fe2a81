import json
from pathlib import Path

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.datasets import Examples
from rnn_zoo.training import write_card
from rnn_zoo.training.cards import add_seeds, complete_card

PUBLISHED = Path(__file__).parent.parent / "recipes" / "publish.json"


def test_a_card_holds_what_was_measured_and_the_files_hash(tmp_path):
    codec = rnn_zoo.Classes(["negative", "positive"])
    task = rnn_zoo.sentiment_gru(rnn_zoo.Words(["good", "bad"]), codec, units=4, embedding_dim=4)
    runs = []
    for seed, accuracy in ((0, 0.8), (1, 0.9)):
        run = tmp_path / f"seed_{seed}"
        task.save(run / "model.keras", include_optimizer=False)
        task.loaded_from = None
        result = {
            "metrics": {"accuracy": accuracy, "mean_absolute_error": 1.5 + seed / 2},
            "settings": {"seed": seed},
            "minutes": 1.5,
            "history": {"loss": [0.70001, 0.5 + seed], "accuracy": [0.5, 0.7]},
        }
        (run / "result.json").write_text(json.dumps(result), encoding="utf-8")
        runs.append(run)
    facts = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    folder = tmp_path / "weights"
    card = write_card(
        "sentiment_gru", "imdb", runs[0], runs, {**facts["imdb"], **facts["sentiment_gru_imdb"]}, folder=folder
    )
    assert card["metric"]["mean"] == pytest.approx(0.85)
    assert card["metric"]["std"] == pytest.approx(np.std([0.8, 0.9], ddof=1))
    assert card["metric"]["seeds"] == [0, 1]
    assert card["other_metrics"] == {"mean_absolute_error": pytest.approx(1.75)}
    assert card["learning_curve"] == {"loss": [0.7, 0.5]}
    assert card["sha256"] == catalogue.sha256_of(folder / card["file"])
    assert json.loads((folder / "sentiment_gru_imdb.json").read_text(encoding="utf-8")) == card


def run_of(folder, seed, part="metrics", **settings):
    """The output folder of a run that reached 0.8 with its first seed, and a tenth more with the next."""
    run = folder / f"seed_{seed}"
    run.mkdir(exist_ok=True)
    result = {
        "metrics": {"accuracy": 0.1},
        part: {"accuracy": 0.8 + seed / 10, "macro_f1": 0.6 + seed / 10},
        "settings": {"seed": seed} | settings,
    }
    (run / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return run


@pytest.mark.parametrize(("split", "part"), [("test", "metrics"), ("validation", "validation_metrics")])
def test_another_seed_is_added_to_a_card(split, part, tmp_path):
    metric = {"name": "accuracy", "split": split, "mean": 0.8, "std": None, "seeds": [0], "values": [0.8], "note": "x"}
    card = {"metric": metric, "other_metrics": {"macro_f1": 0.6, "kappa": 0.5}, "file": "a.keras"}
    (tmp_path / "dna_gru_promoters.json").write_text(json.dumps(card), encoding="utf-8")
    asked = {"seed": 0, "units": 8, "kernel_sizes": (3, 5), "output": "runs/x", "data_dir": "promoters"}
    ran = {"part": part, "units": 8, "kernel_sizes": [3, 5], "output": "elsewhere", "data_dir": "data"}
    found = add_seeds("dna_gru", "promoters", [run_of(tmp_path, 1, **ran)], asked, folder=tmp_path)
    assert json.loads((tmp_path / "dna_gru_promoters.json").read_text(encoding="utf-8")) == found
    assert found["metric"] == metric | {
        "mean": pytest.approx(0.85), "std": pytest.approx(np.std([0.8, 0.9], ddof=1)), "seeds": [0, 1],
        "values": pytest.approx([0.8, 0.9]),
    }  # fmt: skip
    assert found["other_metrics"] == {"macro_f1": pytest.approx(0.65), "kappa": 0.5}
    with pytest.raises(ValueError, match=r"other seeds than \[0, 1\]"):
        add_seeds("dna_gru", "promoters", [run_of(tmp_path, 1, **ran)], asked, folder=tmp_path)
    with pytest.raises(ValueError, match="units.: 16"):
        add_seeds("dna_gru", "promoters", [run_of(tmp_path, 2, **ran | {"units": 16})], asked, folder=tmp_path)


def test_a_card_is_completed_by_what_is_found_and_the_stored_weights_stay(tmp_path, monkeypatch):
    keras.utils.set_random_seed(0)
    codec = rnn_zoo.Classes(["negative", "positive"])
    task = rnn_zoo.sentiment_gru(rnn_zoo.Words(["good", "bad"]), codec, units=4, embedding_dim=4)
    path = tmp_path / "sentiment_gru_imdb.keras"
    task.save(path)
    metric = {"name": "accuracy", "split": "test"}
    card = {"metric": metric, "dataset": {}, "command": "python x.py", "example": {"input": "good"}, "file": path.name}
    path.with_suffix(".json").write_text(json.dumps({**card, "sha256": catalogue.sha256_of(path)}), encoding="utf-8")
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    examples = Examples(["good", "bad bad good", "bad", "good good"] * 3, [1, 0, 0, 1] * 3)
    assert complete_card("sentiment_gru", "imdb", {"validation": examples, "test": examples}) == [
        "by_length", "calibration", "size_bytes", "worst_answers",
    ]  # fmt: skip
    found = catalogue.load_weights("sentiment_gru", "imdb")
    assert found.codec.temperature != 1 and found.loaded_from is not None
    for before, after in zip(task.weights, found.weights, strict=True):
        np.testing.assert_array_equal(before, after)
    card = catalogue.read_card("sentiment_gru", "imdb")
    assert set(card["calibration"]) == {"expected_error_before", "expected_error_after"}
    assert set(card["by_length"]) == {"1 to 1 timesteps", "2 to 2 timesteps", "3 to 3 timesteps"}
    assert {one["label"] for one in card["worst_answers"]} < {"positive", "negative"}
    assert all(one["answer"].split()[0] != one["label"] for one in card["worst_answers"])
    assert len({one["example"] for one in card["worst_answers"]}) == len(card["worst_answers"])


def test_the_text_of_a_dataset_that_must_not_be_redistributed_is_on_no_card():
    for path in catalogue.WEIGHTS_FOLDER.glob("*_conll2003.json"):
        assert "worst_answers" not in json.loads(path.read_text(encoding="utf-8"))
