import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.catalogue import load_script as recipe
from rnn_zoo.cli import main as cli
from rnn_zoo.codecs.codec import softmax
from rnn_zoo.datasets import Examples

DUMMY = Path(rnn_zoo.__file__).parent / "datasets" / "dummy"
NUM_COMMENTS = 40
TEACHING = {"data_dir": "dummy", "units": 4, "epochs": 1}


@pytest.fixture
def nsmc(tmp_path):
    """A folder with the two original files."""
    folder = tmp_path / "nsmc"
    folder.mkdir()
    for name in ("ratings_train.txt", "ratings_test.txt"):
        lines = [f"{i}\t{'정말 좋아요' if i % 2 else '너무 싫어요'} {i % 5}\t{i % 2}" for i in range(NUM_COMMENTS)]
        (folder / name).write_text("\n".join(["id\tdocument\tlabel", *lines]) + "\n", encoding="utf-8")
    return folder


def test_the_imdb_recipe_leaves_a_task_plots_and_results(aclimdb, tmp_path, capsys):
    metrics = recipe("sentiment_imdb").main(
        data_dir=str(aclimdb), output=str(tmp_path / "out"), vocabulary_size=50, units=4, epochs=2, batch_size=8,
        embedding_dim=8, bidirectional=False, learning_rate=2e-2,
    )  # fmt: skip
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert result["metrics"] == metrics
    assert result["settings"]["units"] == 4
    assert len(result["history"]["val_accuracy"]) == 2
    assert keras.saving.load_model(tmp_path / "out" / "model.keras").infer(["lovely film"])[0]["label"] in (
        "negative",
        "positive",
    )
    for picture in ("learning_curves.png", "confusion_matrix.png"):
        assert (tmp_path / "out" / picture).read_bytes().startswith(b"\x89PNG")
    assert any((tmp_path / "out" / "tensorboard").rglob("events*"))
    printed = capsys.readouterr().out
    assert f"Test accuracy {metrics['accuracy']:.4f}" in printed
    assert len(re.findall(r"\n  (?:positive|negative)  [01]\.", printed)) == 3


def test_bag_of_words_learns_the_imdb_layout(aclimdb, tmp_path):
    metrics = recipe("sentiment_imdb").main(
        core="bag_of_words", data_dir=str(aclimdb), output=str(tmp_path / "out"), epochs=10, batch_size=8,
        learning_rate=5e-2,
    )  # fmt: skip
    assert metrics["accuracy"] == 1.0


@pytest.mark.slow
def test_a_teacher_of_imdb_begins_with_a_language_model_and_judges_unlabelled_reviews(tmp_path):
    teach, language_model, output = recipe("teach_imdb").run, str(tmp_path / "lm.keras"), str(tmp_path / "teacher.npz")
    with pytest.raises(ValueError, match="--output of a language_model must end in .keras"):
        teach(**TEACHING, teacher="language_model", output=output)
    teach(**TEACHING, teacher="language_model", batch_size=4, output=language_model)
    teach(**TEACHING, language_model=language_model, output=output)
    with np.load(output) as found:
        assert np.isnan(found["probabilities"]).all(axis=1).tolist() == [True] * 20 + [False] * 8


def test_the_imdb_recipe_learns_unlabelled_reviews_from_teachers(tmp_path):
    teach, files = recipe("teach_imdb").run, [str(tmp_path / f"{name}.npz") for name in ("linear", "models")]
    teach(**TEACHING, teacher="linear", output=files[0])
    student = {
        **TEACHING, "bidirectional": False, "bucket_width": 40, "min_count": 1, "embedding_dim": 4, "subset": "by_film",
        "teachers": (files[0], files[0]), "output": str(tmp_path / "out"),
    }  # fmt: skip
    main = recipe("sentiment_imdb").main
    assert 0 <= main(**student)["accuracy"] <= 1
    saved = str(tmp_path / "out" / "model.keras")
    assert keras.saving.load_model(saved).preprocessor.bucket_width == 5
    with pytest.raises(ValueError, match="--models are for --teacher models, and needed there"):
        teach(**TEACHING, models=(saved,))
    other = rnn_zoo.sentiment_bag_of_words.from_examples((["a", "b"], ["1", "2"]), min_count=1)
    other.save(tmp_path / "other.keras")
    with pytest.raises(ValueError, match=r"apart, in that order. Received: .*other.keras with \['1', '2'\]"):
        teach(**TEACHING, teacher="models", models=(saved, str(tmp_path / "other.keras")), output=files[1])
    teach(**TEACHING, teacher="models", models=(saved, saved), output=files[1])
    with np.load(files[1]) as found:
        answers = found["probabilities"]
    unlabelled = rnn_zoo.load_dataset("imdb", "unsupervised", source="dummy").raw
    said = softmax(keras.saving.load_model(saved).predict(unlabelled[:1], verbose=0))[0]
    np.testing.assert_allclose(answers[20], said, atol=1e-5)
    assert np.isnan(answers[:20]).all()
    with pytest.raises(ValueError, match="linear.npz must be about the 32 texts that are trained on"):
        main(**student, all_train=True)


def test_the_nsmc_recipe_runs_on_all_training_examples(nsmc, tmp_path):
    metrics = recipe("sentiment_nsmc").main(
        data_dir=str(nsmc), output=str(tmp_path / "out"), units=4, bidirectional=False, epochs=1, all_train=True
    )
    assert metrics == {}
    assert keras.saving.load_model(tmp_path / "out" / "model.keras").preprocessor.split("좋아") == ["좋", "아"]


@pytest.mark.parametrize(
    ("name", "dataset", "learned"),
    [
        ("pos_ewt", "ewt", {"accuracy", "macro_f1"}),
        pytest.param("ner_conll2003", "conll2003", {"f1", "precision", "recall"}, marks=pytest.mark.slow),
        pytest.param("ner_wnut17", "wnut17", {"f1", "precision", "recall"}, marks=pytest.mark.slow),
        pytest.param("ner_klue", "klue", {"f1", "precision", "recall"}, marks=pytest.mark.slow),
        pytest.param("ner_kmou", "kmou", {"f1", "precision", "recall"}, marks=pytest.mark.slow),
    ],
)
def test_a_tagging_recipe_learns_its_dummy_data_and_leaves_results(name, dataset, learned, tmp_path, capsys):
    metrics = recipe(name).main(
        core="gru", data_dir=str(DUMMY / dataset), output=str(tmp_path), units=12, embedding_dim=12, epochs=8,
        batch_size=4, learning_rate=3e-2,
    )  # fmt: skip
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert set(metrics) == set(result["validation_metrics"]) == learned
    assert result["metrics"] == metrics
    first = "accuracy" if dataset == "ewt" else "f1"
    assert metrics[first] > 0.9 and result["validation_metrics"][first] > 0.9
    assert (tmp_path / "confusion_matrix.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr().out
    assert f"Test {first} {metrics[first]:.4f}" in printed and f"Validation {first}" in printed
    assert "/PROPN" in printed or "/B-" in printed
    assert len(keras.saving.load_model(tmp_path / "model.keras").infer([["a", "b"]])[0]) == 2


@pytest.mark.slow
def test_the_rating_recipe_measures_a_bag_and_a_reader_alike(tmp_path, capsys):
    measured = {}
    for core, epochs in (("bag_of_words", 30), ("gru", 1)):
        measured[core] = recipe("rating_nsmc_stars").main(
            core=core, data_dir=str(DUMMY / "nsmc_stars"), output=str(tmp_path / core), epochs=epochs, batch_size=8,
            learning_rate=5e-2, ordinal=core == "gru", units=4,
        )  # fmt: skip
        assert set(measured[core]) == {"accuracy", "mean_absolute_error"}
        assert f"Test accuracy {measured[core]['accuracy']:.4f}, mean_absolute_error" in capsys.readouterr().out
    assert measured["bag_of_words"]["accuracy"] > 0.7 and measured["bag_of_words"]["mean_absolute_error"] < 1
    answer = keras.saving.load_model(tmp_path / "gru" / "model.keras").infer(["최고 정말 영화"])[0]
    assert set(answer) == {"label", "score", "median"}


@pytest.mark.slow
def test_the_english_korean_recipe_measures_its_sources_apart(tmp_path, capsys):
    pytest.importorskip("sacrebleu", reason="measures chrF")
    metrics = recipe("translation_en_ko").main(
        data_dir="dummy", output=str(tmp_path), token_type="characters", units=16, epochs=1
    )
    sources = {"tatoeba", "libreoffice", "krdict", "bible", "sts_mt", "sts_human", "news_park", "jhe", "ntrex", "pud"}
    assert set(metrics) == {f"{source}_{metric}" for source in sources for metric in ("bleu", "chrf")}
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["metrics"] == metrics
    assert f"Test on tatoeba: bleu {metrics['tatoeba_bleu']:.4f}" in capsys.readouterr().out


def test_english_and_korean_of_all_sources_are_learned_and_none_that_is_measured():
    main = recipe("translation_en_ko").main
    splits = main.splits(data_dir="dummy")
    held_out = {text for part in splits["test"].values() for column in part for text in column}
    learned = [pair for pair in zip(*splits["train"], strict=True)]
    assert held_out.isdisjoint({text for pair in learned for text in pair})
    verses = {english for english, korean in learned if "그가 저희에게" in korean}
    assert verses == {english for english, _ in learned if english.startswith("<bible> And he said ")} != set()
    assert {learned.count(pair) for pair in learned if "in picture" in pair[0]} == {4}
    short = main.splits(data_dir="dummy", max_characters=20)
    assert {max(map(len, pair)) > 20 for pair in learned} == {False, True}
    assert all(max(map(len, pair)) <= 20 for part in ("train", "validation") for pair in zip(*short[part], strict=True))
    assert short["test"] == splits["test"]


def test_both_languages_may_have_one_vocabulary(tmp_path):
    main = recipe("translation_tatoeba_en_fr").main
    settings = {"data_dir": "dummy", "token_type": "words", "output": str(tmp_path), "epochs": 1, "units": 4}
    main(**settings, min_count=1, measure=False)
    saved = str(tmp_path / "model.keras")
    task = keras.saving.load_model(saved)
    assert task.codec.tokenizer.vocabulary == task.preprocessor.vocabulary
    with pytest.raises(ValueError, match="start_from keeps the network.*Received: token_type, units too"):
        main(**settings, start_from=saved)
    with pytest.raises(ValueError, match=r"a model of \['translation_lstm'\]. Received: .*, translation_gru"):
        main(data_dir="dummy", start_from=saved, core="lstm")
    with pytest.raises(
        ValueError, match="start_from must be one of .*translation_gru.* Received: start_from='sentiment_gru'"
    ):
        main(data_dir="dummy", start_from="sentiment_gru:imdb")
    further = main._trained(saved, {"data_dir": "dummy", "core": "gru"})
    for one, other in zip(further.get_weights(), task.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_contractions_are_also_learned_written_out():
    prepare = recipe("translation_tatoeba_en_fr").prepare
    pairs = {
        "I'm sure it's Tom's.": "I am sure it is Tom's.",
        "I won't, and Anna can't.": "I will not, and Anna cannot.",
        "Don't go.": "Do not go.",
        "Don't you see? It's gone.": None,
        "Isn't Tom here?": None,
        "Let's say that's what they've got.": "Let us say that is what they have got.",
        "Good evening!": "Good evening.",
    }
    found = prepare(None, Examples(list(pairs), ["Bonsoir !"] * len(pairs)), None)
    assert found.raw[len(pairs) :] == [one for one in pairs.values() if one]
    assert found.labels[-1] == "Bonsoir."
    assert prepare(None, Examples(["I'm."], ["Moi."]), None, variants=False).raw == ["I'm."]


def test_two_languages_may_have_a_vocabulary_each():
    main = recipe("translation_tatoeba_en_fr").main
    apart = main.build(main.splits(data_dir="dummy")["train"], token_type="words", units=4, joint_vocabulary=False)
    assert set(apart.codec.tokenizer.vocabulary) != set(apart.preprocessor.vocabulary)


@pytest.mark.usefixtures("loaded_once")
@pytest.mark.slow
@pytest.mark.parametrize("tokens", ["words", "subwords"])
def test_the_translation_recipe_learns_a_tiny_language(tokens, tmp_path, capsys):
    if tokens == "subwords":
        pytest.importorskip("sentencepiece", reason="learns subwords")
    pytest.importorskip("sacrebleu", reason="measures BLEU")
    metrics = recipe("translation_multi30k").main(
        data_dir=str(DUMMY / "multi30k"), output=str(tmp_path), token_type=tokens, vocabulary_size=60, units=32,
        embedding_dim=32, epochs=16, batch_size=8, learning_rate=2e-2, dropout=0.0, embedding_dropout=0.0,
    )  # fmt: skip
    assert metrics["bleu"] > 60
    assert " -> " in capsys.readouterr().out
    task = catalogue.load_task(tmp_path / "model.keras")
    assert task.infer(["two old dogs run ."], top_k=2)[0][0]["text"].endswith(" .")
    result = CliRunner().invoke(cli, ["infer", str(tmp_path / "model.keras"), "two old dogs run ."])
    assert result.exit_code == 0, result.output
    assert task.infer(["two old dogs run ."])[0] in result.output
