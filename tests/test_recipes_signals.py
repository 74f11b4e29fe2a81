import json
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo.catalogue import load_script as recipe
from rnn_zoo.cli import main as cli

DUMMY = Path(rnn_zoo.__file__).parent / "datasets" / "dummy"
FSDD = {"token_type": "words", "time_masks": 0, "feature_masks": 0}


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
        data_dir=str(DUMMY / name.removeprefix("speech_")), output=str(tmp_path), units=12, num_layers=1, epochs=18,
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
        "k": 2, "stride": 3, "max_timesteps": 1_000, "truncation": "start_and_end", "encoding": "ids",
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


def test_distorted_digits_stay_near_and_keep_their_labels():
    image = np.zeros((28, 28), "uint8")
    image[8:20, 12:16] = 255
    examples = rnn_zoo.datasets.Examples([image, image.T.copy()], ["1", "7"])
    add = recipe("sequential_image_mnist").add_distorted
    found = add(None, examples, {"seed": 3}, distorted=2)
    again = add(None, examples, {"seed": 3}, distorted=2)
    assert found.labels == ["1", "7"] * 3 and len(found.raw) == 6
    assert all(one is other for one, other in zip(found.raw, examples.raw, strict=False))
    for number, (one, other) in enumerate(zip(found.raw[2:], again.raw[2:], strict=True)):
        assert one.shape == (28, 28) and one.dtype == np.uint8
        np.testing.assert_array_equal(one, other)
        original = examples.raw[number % 2]
        assert (one != original).any()
        assert (one > 127)[original > 0].mean() > 0.3 and (one > 127).sum() == pytest.approx(48, rel=0.5)
    assert len(add(None, examples, {"seed": 3}).raw) == 2
    with pytest.raises(ValueError, match="distorted=-1"):
        add(None, examples, {"seed": 3}, distorted=-1)
