import functools
import importlib.util
import json
import re
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from documented_commands import check_command, commands_of

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cli import main as cli
from rnn_zoo.codecs.codec import softmax
from rnn_zoo.datasets import Examples
from rnn_zoo.training import Recipe, train

RECIPES = Path(__file__).parent.parent / "recipes"
DUMMY = Path(rnn_zoo.__file__).parent / "datasets" / "dummy"
USUAL = sorted(path.stem for path in RECIPES.glob("*.py") if "\nmain = Recipe" in path.read_text("utf-8"))
NUM_COMMENTS = 40
FSDD = {"token_type": "words", "time_masks": 0, "feature_masks": 0}


def recipe(name):
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


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


TEACHING = {"data_dir": "dummy", "units": 4, "epochs": 1}


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


def test_a_recipe_may_fit_the_validation_part_and_still_measures_the_test_part_unless_told_not_to(
    aclimdb, tmp_path, monkeypatch
):
    fitted = []

    @functools.wraps(train)
    def spy(task, examples, validation, **settings):
        fitted.append((len(examples.raw), validation))
        return train(task, examples, validation, **settings)

    monkeypatch.setattr("rnn_zoo.training.recipe.train", spy)
    settings = {"core": "bag_of_words", "data_dir": str(aclimdb), "output": str(tmp_path), "epochs": 1}
    parts = [len(rnn_zoo.load_dataset("imdb", part, source=aclimdb).raw) for part in ("train", "validation")]
    metrics = recipe("sentiment_imdb").main(**settings, with_validation=True)
    assert "accuracy" in metrics and parts[1] > 0
    assert fitted == [(sum(parts), None)]
    assert recipe("sentiment_imdb").main(**settings, measure=False) == {}
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["history"]["loss"]
    with pytest.raises(ValueError, match="with_validation and all_train"):
        recipe("sentiment_imdb").main(**settings, with_validation=True, all_train=True)


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
        core="gru", data_dir=str(DUMMY / dataset), output=str(tmp_path), units=12, embedding_dim=12, epochs=12,
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


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("speech_an4", {"token_type": "words", "stack": 2, "time_masks": 0, "noise": 0.0}),
        pytest.param("speech_fsdd", {**FSDD, "decoder": "attention"}, marks=pytest.mark.slow),
        pytest.param("speech_fsdd", {**FSDD, "core": "simple_rnn"}, marks=pytest.mark.slow),
    ],
)
def test_a_speech_recipe_learns_its_dummy_data_and_leaves_results(name, settings, tmp_path, capsys):
    pytest.importorskip("jiwer", reason="needs the extra `metrics`")
    metrics = recipe(name).main(
        data_dir=str(DUMMY / name.removeprefix("speech_")), output=str(tmp_path), units=12, num_layers=1, epochs=25,
        batch_size=4, learning_rate=3e-2, dropout=0.0, **settings,
    )  # fmt: skip
    assert set(metrics) == {"cer", "wer", "accuracy"} and metrics["wer"] < 0.2
    printed = capsys.readouterr().out
    assert f"Test cer {metrics['cer']:.4f}, wer" in printed and "Validation cer" in printed
    assert (tmp_path / "confusion_matrix.png").read_bytes().startswith(b"\x89PNG")
    task = keras.saving.load_model(tmp_path / "model.keras")
    raw, labels = rnn_zoo.load_dataset(name[7:], "train", source=DUMMY / name[7:])
    assert task.infer(raw) == labels
    assert (tmp_path / "attention.png").exists() == (settings.get("decoder") == "attention")


@pytest.mark.parametrize(("dataset", "tokens"), [("an4", " ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ("fsdd", "efghinorstuvwxz")])
def test_a_speech_recipe_knows_the_characters_of_its_dataset_and_that_there_are_other_words(dataset, tokens):
    main, settings = recipe(f"speech_{dataset}").main, {"units": 4, "num_layers": 1}
    training = main.splits(data_dir=str(DUMMY / dataset))["train"]
    for decoder in ("ctc", "attention"):
        task = main.build(training, decoder=decoder, token_type="characters", **settings)
        assert "".join(task.codec.tokens[0 if decoder == "ctc" else 2 :]).startswith(tokens)
        assert isinstance(task.preprocessor.scaling, dict) == (dataset == "fsdd")
        by_word = main.build(training, decoder=decoder, token_type="words", **settings)
        assert by_word.codec.encode(["NEW"])[0][0] == by_word.codec.tokens.index("<unk>") + (decoder == "ctc")


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


def run_smoke(name, output):
    command = recipe(name).main.command()
    result = CliRunner().invoke(command, ["--smoke", "--output", str(output)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "Test " in result.output and (output / "model.keras").exists()


def test_a_smoke_run_needs_no_data(tmp_path):
    run_smoke("digits", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", USUAL)
def test_a_smoke_run_of_every_recipe_needs_no_data(name, tmp_path):
    run_smoke(name, tmp_path)


def test_the_digits_recipe_learns_and_shows_answers(tmp_path, capsys):
    metrics = recipe("digits").main(output=str(tmp_path), epochs=4, units=32, learning_rate=1e-2)
    assert metrics["accuracy"] > 0.9
    task = keras.saving.load_model(tmp_path / "model.keras")
    test = rnn_zoo.load_dataset("digits", "test")
    found = [answer["label"] for answer in task.infer(test.raw)]
    right = np.mean([label == str(digit) for label, digit in zip(found, test.labels, strict=True)])
    assert right == pytest.approx(metrics["accuracy"])
    assert "matthews_correlation 0.9" in capsys.readouterr().out


@pytest.mark.slow
def test_the_gene_family_recipe_learns_from_one_species_and_tests_on_another(tmp_path):
    metrics = recipe("dna_gene_family").main(
        data_dir=str(DUMMY / "gene_family"), output=str(tmp_path), train_subset="dog", subset="human", k=2,
        units=4, epochs=1,
    )  # fmt: skip
    assert set(metrics) == {"accuracy", "macro_f1", "matthews_correlation"}
    task = keras.saving.load_model(tmp_path / "model.keras")
    assert task.preprocessor.get_config() == {
        "k": 2, "stride": 3, "max_timesteps": 600, "truncation": "start_and_end", "encoding": "ids",
    }  # fmt: skip
    answers = task.infer(["atgnnatgca", "A"], top_k=7)
    assert {answer["label"] for answer in answers[1]} == set(task.codec.class_names)


@pytest.mark.slow
def test_the_promoter_recipe_learns_a_tiny_data_set(tmp_path):
    """The dummy promoters are rich in A and T, the others in G and C."""
    metrics = recipe("dna_promoters").main(
        data_dir=str(DUMMY / "promoters"), output=str(tmp_path), k=1, units=8, num_layers=1, epochs=40, batch_size=8,
        embedding_dropout=0.0, dropout=0.0, learning_rate=2e-2,
    )  # fmt: skip
    assert metrics["accuracy"] == 1.0
    task = keras.saving.load_model(tmp_path / "model.keras")
    answers = task.infer(["GCGCGGCCGCGCGGCCGCCG", "ATTATATTTAATATATAATA"])
    assert [answer["label"] for answer in answers] == ["non-promoter", "promoter"]


@pytest.mark.slow
def test_the_action_recipe_learns_from_some_people_and_tests_on_another(tmp_path):
    """In the dummy takes a hand is raised, or somebody bends."""
    metrics = recipe("activity_msr_action3d").main(
        data_dir=str(DUMMY / "msr_action3d"), output=str(tmp_path), units=8, projection_dim=8, epochs=15, batch_size=4,
        dropout=0.0, learning_rate=2e-2, validation_subject=3,
    )  # fmt: skip
    assert metrics["accuracy"] == 1.0
    task = keras.saving.load_model(tmp_path / "model.keras")
    standing = np.full([7, 20, 3], [160, 120, 650]) + np.arange(60).reshape(20, 3)
    assert task.infer([standing, standing[:2].tolist()])[0]["label"] in task.codec.class_names
    assert len(task.preprocessor.scaling["mean"]) == 120


@pytest.mark.slow
@pytest.mark.parametrize("name", ["japanese_vowels", "basic_motions"])
def test_a_sensor_recipe_learns_its_dummy_data(name, tmp_path):
    metrics = recipe(f"activity_{name}").main(
        core="gru", data_dir=str(DUMMY / name), output=str(tmp_path), units=8, projection_dim=8, epochs=8,
        batch_size=4, dropout=0.0, learning_rate=2e-2,
    )  # fmt: skip
    assert metrics["accuracy"] == 1.0
    assert keras.saving.load_model(tmp_path / "model.keras").preprocessor.velocities


@pytest.mark.slow
def test_the_vqa_recipe_learns_a_tiny_data_set(tmp_path, capsys):
    """Two shapes in two colours: who does not look gets half of the questions right, who sees colours two of three."""
    metrics = recipe("vqa_easy_vqa").main(
        data_dir=str(DUMMY / "easy_vqa"), output=str(tmp_path), core="gru", fusion="sum", units=8, fusion_dim=16,
        epochs=15, batch_size=8, learning_rate=2e-2, dropout=0.0,
    )  # fmt: skip
    assert metrics["accuracy"] > 0.6
    assert "0.png: what color is the shape?" in capsys.readouterr().out
    task = keras.saving.load_model(tmp_path / "model.keras")
    image = DUMMY / "easy_vqa" / "train" / "images" / "0.png"
    assert task.infer([(image, "what color is the shape?")])[0]["label"] == "red"
    line = f"{image}: what color is the shape?"
    result = CliRunner().invoke(cli, ["infer", str(tmp_path / "model.keras"), line])
    assert result.exit_code == 0 and result.output.startswith("red  ")


@pytest.mark.slow
def test_the_video_recipe_learns_which_way_blots_move(tmp_path, capsys):
    rng, lines = np.random.default_rng(0), []
    for place in range(60):
        image = np.zeros((8, 8), int)
        image[1:7, 2:6] = rng.integers(4, 17, (6, 4))
        lines.append(",".join(map(str, [*image.ravel(), place % 10])))
    (tmp_path / "digits.csv").write_text("\n".join(lines), encoding="utf-8")
    metrics = recipe("video_moving_digits").main(
        data_dir=str(tmp_path), output=str(tmp_path / "out"), units=16, frame_dim=16, epochs=8, batch_size=32,
        learning_rate=1e-2, dropout=0.0,
    )  # fmt: skip
    assert metrics["accuracy"] > 0.5  # an eighth by chance
    assert "<uint8>[" in capsys.readouterr().out
    task = keras.saving.load_model(tmp_path / "out" / "model.keras")
    assert len(task.infer([np.zeros((3, 28, 28), "uint8")], top_k=8)[0]) == 8
    pillow = pytest.importorskip("PIL.Image", reason="writes a GIF file with Pillow")
    video, path = rnn_zoo.load_dataset("moving_digits", "test", source=tmp_path).raw[0], tmp_path / "video.gif"
    first, *others = map(pillow.fromarray, video)
    first.save(path, save_all=True, append_images=others)
    result = CliRunner().invoke(cli, ["infer", str(tmp_path / "out/model.keras"), str(path)])
    answer = task.infer([video])[0]
    assert result.output == f"{answer['label']}  {answer['score']:.2f}  {path}\n"


@pytest.mark.slow
def test_the_chorales_recipe_learns_to_compose(tmp_path, capsys):
    pytest.importorskip("mido", reason="writes MIDI files")
    metrics = recipe("music_jsb").main(
        data_dir=str(DUMMY / "jsb"), output=str(tmp_path), units=24, embedding_dim=16, epochs=8, batch_size=4,
        learning_rate=3e-2, dropout=0.0, embedding_dropout=0.0, max_tokens=40,
    )  # fmt: skip
    assert metrics["nll_per_frame"] < 9  # about 22 to begin with
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert set(result["validation_metrics"]) == set(metrics) == {"nll_per_frame"}
    assert "chorale -> " in capsys.readouterr().out
    assert (tmp_path / "piece_0.mid").read_bytes().startswith(b"MThd")
    assert (tmp_path / "piece_0.png").read_bytes().startswith(b"\x89PNG")
    task = keras.saving.load_model(tmp_path / "model.keras")
    ((piece,),) = task.generate(["chorale"], prefix=[[[72, 67, 64, 48]]], method="greedy")
    assert piece.answer["notes"][0] == [72, 67, 64, 48]
    model = str(tmp_path / "model.keras")
    result = CliRunner().invoke(cli, ["infer", model, "chorale"], catch_exceptions=False)
    assert result.output == task.codec.to_text("chorale", task.infer(["chorale"])[0]) + "\n"


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


@pytest.mark.slow
def test_the_caption_recipe_learns_colours(tmp_path, capsys):
    pytest.importorskip("sacrebleu", reason="measures BLEU")
    metrics = recipe("caption_flickr8k").main(
        data_dir=str(DUMMY / "flickr8k"), output=str(tmp_path), height=16, width=16, units=24, embedding_dim=16,
        epochs=40, batch_size=8, learning_rate=1e-2, condition="both", dropout=0.0, embedding_dropout=0.0,
        image_dropout=0.0,
    )  # fmt: skip
    assert metrics["bleu"] > 80
    task = keras.saving.load_model(tmp_path / "model.keras")
    learned = (DUMMY / "flickr8k" / "images_train.txt").read_text(encoding="utf-8").split()
    image = DUMMY / "flickr8k" / "images" / next(name for name in learned if "red" in name)
    (said,) = task.infer([image])
    assert "wall" in said and "red" in said
    result = CliRunner().invoke(cli, ["infer", str(tmp_path / "model.keras"), str(image)])
    assert result.output == f"{said}\n"


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


def test_a_trained_model_goes_on_with_the_classes_of_another_dataset(tmp_path):
    learned = recipe("ner_wnut17").main._trained("ner_gru:conll2003", {})
    assert learned.codec.class_names == list(rnn_zoo.datasets.class_names("wnut17"))
    body, known = learned.get_layer("gru_0"), rnn_zoo.ner_gru(weights="conll2003").get_layer("gru_0")
    for one, other in zip(body.get_weights(), known.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    metrics = recipe("sentiment_imdb").main(
        start_from="sentiment_bag_of_words:imdb", core="bag_of_words", smoke=True, output=str(tmp_path)
    )
    assert metrics["accuracy"] > 0.7 and (tmp_path / "model.keras").exists()


def test_the_core_that_is_told_is_that_of_the_model_that_was_gone_on_from(tmp_path):
    settings = {"start_from": "pos_gru:ewt", "smoke": True, "measure": False, "output": str(tmp_path)}
    recipe("pos_ewt").main(**settings)
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["settings"]["core"] == "gru"


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


@pytest.mark.parametrize(
    ("name", "dataset", "settings"),
    [
        ("forecast_ett", "ett", {"mode": "autoregressive", "window": 12, "highway": 12, "horizon": 3}),
        pytest.param(
            "forecast_exchange_rate",
            "exchange_rate",
            {"window": 24, "horizon": 4, "core": "lstm"},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "forecast_temperatures",
            "temperatures",
            {"window": 14, "season": 14, "highway": 14, "horizon": 3},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "forecast_stock_indices",
            "stock_indices",
            {"window": 10, "level": "mean", "core": "simple_rnn"},
            marks=pytest.mark.slow,
        ),
        pytest.param("forecast_stocks", "stocks", {"level": "none"}, marks=pytest.mark.slow),
    ],
)
def test_a_forecasting_recipe_prints_the_baselines_beside_the_model(name, dataset, settings, tmp_path, capsys):
    main = recipe(name).main
    metrics = main(data_dir=str(DUMMY / dataset), output=str(tmp_path), units=4, epochs=1, stride=3, **settings)
    assert set(metrics) - {"coverage"} == {"scaled_mse", "scaled_mae", "mse", "mae"}
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert set(result["baselines"]) == {"naive", "seasonal_naive"}
    printed = capsys.readouterr().out
    assert f"Test scaled_mse {metrics['scaled_mse']:.4f}" in printed
    assert f"Test of naive: scaled_mse {result['baselines']['naive']['scaled_mse']:.4f}" in printed
    assert (tmp_path / "forecast.png").read_bytes().startswith(b"\x89PNG")
    task = keras.saving.load_model(tmp_path / "model.keras")
    has_intervals = dataset != "stocks"  # whose validation part has ten windows: too few
    assert (task.codec.interval is not None) == has_intervals == (0 <= metrics.get("coverage", -1) <= 1)
    used = {name: {**main.settings, **settings}[name] for name in ("window", "horizon", "season")}
    test = main.splits(data_dir=DUMMY / dataset, **used)["test"]
    assert task.codec.compute_metrics(test.labels, task.infer(test.raw)) == pytest.approx(metrics, rel=1e-4)


def test_the_sequential_mnist_recipe_learns_bars_and_keeps_the_order_of_pixels(tmp_path):
    """The place of a bar is the digit; the image is read in four steps, in a fixed order without neighbours."""
    metrics = recipe("sequential_image_mnist").main(
        data_dir=str(DUMMY / "mnist"), output=str(tmp_path), permutation=1, pixels_per_step=196, units=24, epochs=12,
        batch_size=8, learning_rate=2e-2,
    )  # fmt: skip
    assert metrics["accuracy"] == 1.0
    task = keras.saving.load_model(tmp_path / "model.keras")
    assert task.input_shape == (None, 4, 196) and sorted(task.preprocessor.order) == list(range(784))
    test = rnn_zoo.load_dataset("mnist", "test", source=DUMMY / "mnist")
    assert [int(answer["label"]) for answer in task.infer(test.raw)] == test.labels


def test_the_sequential_digits_recipe_runs_with_a_core_without_gates(tmp_path):
    metrics = recipe("sequential_image_digits").main(
        output=str(tmp_path), core="irnn", pixels_per_step=16, units=32, epochs=2, learning_rate=2e-2
    )
    assert metrics["accuracy"] > 0.5


@pytest.mark.parametrize("name", USUAL)
def test_help_says_of_every_flag_what_it_is_and_shows_commands_that_exist(name):
    main = recipe(name).main
    command = main.command()
    printed, flags = CliRunner().invoke(command, ["--help"]).output, [option.opts[0] for option in command.params]
    for flag in ("--epochs", "--batch-size", "--data-dir", "--output", "--seed", "--smoke", "--resume",
                 "--mixed-precision", "--distribute"):  # fmt: skip
        assert flag in flags
    assert len(flags) == len(set(flags))
    assert all(option.help.endswith(".") for option in command.params)
    nothing = {name for name, value in main.settings.items() if value is None} - {"data_dir", "start_from"}
    assert all(option.default == "none" for option in command.params if option.name in nothing)
    assert f"python recipes/{name}.py" in printed
    for line in command.help.replace("\\\n", "").splitlines():
        for words in commands_of(line) if line.startswith("python ") else ():
            check_command(words)


def test_a_folder_that_is_not_there_is_named_on_one_line():
    command = recipe("fine_tune_rotten_tomatoes").main
    result = CliRunner().invoke(command, ["--data-dir", "/nowhere"])
    assert result.exit_code == 1 and "Received: source='/nowhere'" in result.output
    assert "python recipes/fine_tune_rotten_tomatoes.py" in CliRunner().invoke(command, ["--help"]).output


def test_a_recipe_refuses_settings_that_it_does_not_have():
    with pytest.raises(TypeError, match="Received: unit$"):
        recipe("digits").main(unit=3)
    with pytest.raises(TypeError, match="Received: layers$"):
        Recipe("x.py", "digits", "digits", core="dense", layers=2)


def test_the_help_of_a_flag_is_what_the_builder_says_of_its_argument():
    printed = " ".join(CliRunner().invoke(recipe("ner_wnut17").main.command(), ["--help"]).output.split())
    assert "Size of the hidden state of one direction over characters." in printed
    assert "--token-type [words|characters]" in printed and "[default: words]" in printed
    assert recipe("pos_ewt").main.settings["crf"] is False and recipe("ner_wnut17").main.settings["crf"] is True
    assert "--core" not in CliRunner().invoke(recipe("digits").main.command(), ["--help"]).output
    command = recipe("forecast_ett").main.command()
    assert command.make_context("", ["--targets", "OT,HUFL", "--season", "none"]).params["targets"] == ("OT", "HUFL")
    assert recipe("vqa_clevr").main.command().make_context("", ["--filters", "4,8"]).params["filters"] == (4, 8)
    flags = ["--camera", "160,120,285", "--centre", "none"]
    skeletons = recipe("activity_msr_action3d").main.command().make_context("", flags).params
    assert skeletons["camera"] == (160, 120, 285) and skeletons["centre"] is None
    assert recipe("digits").main.command().make_context("", ["--height", "8"]).params["height"] == 8


@pytest.mark.slow
def test_the_gradient_flow_recipe_draws_cells_with_and_without_clipping(tmp_path):
    options = ["--cores", "irnn,lstm", "--pixels-per-step", "16", "--units", "4", "--steps", "3"]
    result = CliRunner().invoke(
        recipe("gradient_flow").main, [*options, "--output", str(tmp_path)], catch_exceptions=False
    )
    assert result.exit_code == 0
    found = json.loads((tmp_path / "gradients.json").read_text(encoding="utf-8"))
    assert [len(line) for panel in found["gradient_flow"].values() for line in panel.values()] == [4] * 6
    assert all(value > 0 for panel in found["gradient_norms"].values() for line in panel.values() for value in line)
    for picture in ("gradient_flow.png", "gradient_norms.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
