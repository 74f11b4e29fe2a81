import functools
import json
import weakref
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from documented_commands import check_command, commands_of

import rnn_zoo
from rnn_zoo.catalogue import load_script as recipe
from rnn_zoo.training import Recipe, script_command, train

RECIPES = Path(__file__).parent.parent / "recipes"
USUAL = sorted(path.stem for path in RECIPES.glob("*.py") if "\nmain = Recipe" in path.read_text("utf-8"))


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
    settings = {"start_from": "dna_lstm:promoters", "smoke": True, "measure": False, "output": str(tmp_path)}
    recipe("dna_promoters").main(**settings)
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["settings"]["core"] == "lstm"


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


def test_an_interrupted_run_holds_nothing_when_python_ends():
    held = []

    def run(*, epochs=1):
        """Train."""
        iterator = type("Iterator", (), {})()
        iterator.itself = iterator
        held.append(weakref.ref(iterator))
        raise KeyboardInterrupt

    command = script_command({"__name__": "recipe", "__doc__": "A recipe."}, run)
    assert CliRunner().invoke(command).exit_code == 130 and held[0]() is None
