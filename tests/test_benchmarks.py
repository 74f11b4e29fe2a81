"""The benchmarks run, count what they say they count, and compare the systems they name."""

import json
import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

import rnn_zoo

BENCHMARKS = Path(__file__).parent.parent / "recipes" / "benchmarks"


@pytest.fixture(autouse=True)
def beside_each_other(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)


def benchmark(name):
    return runpy.run_path(str(BENCHMARKS / f"{name}.py"))["main"]


@pytest.mark.slow
def test_the_benchmark_measures_both_keras_ways(aclimdb, tmp_path):
    command = benchmark("training_speed")
    options = ["--steps", "1", "--rounds", "1", "--warm-up", "1", "--batch-size", "2", "--vocabulary-size", "30"]
    options += ["--ways", "rnn_zoo,keras"]
    result = CliRunner().invoke(
        command, [*options, "--data-dir", str(aclimdb), "--json", str(tmp_path / "speed.json")], catch_exceptions=False
    )
    assert result.exit_code == 0
    speeds = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))["words_a_second"]
    assert speeds["rnn_zoo"] > 0 and speeds["keras"] > 0


@pytest.mark.slow
def test_the_benchmark_of_long_sequences_measures_speed_and_memory_of_a_cell(tmp_path):
    command = benchmark("long_sequences")
    options = ["--cores", "gru,min_gru", "--batch-sizes", "3", "--sides", "4", "--units", "4", "--steps", "2"]
    result = CliRunner().invoke(command, [*options, "--json", str(tmp_path / "long.json")], catch_exceptions=False)
    assert result.exit_code == 0
    plain, found, *parallel = json.loads((tmp_path / "long.json").read_text(encoding="utf-8"))
    assert (found["core"], found["batch_size"], found["timesteps"]) == ("gru", 3, 16)
    assert (plain["xla"], found["xla"]) == (False, True)
    assert found["timesteps_a_second"] == pytest.approx(3 * 16 / found["seconds_a_step"])
    assert 0 < found["processor_seconds_a_step"] and 0.1 < found["peak_memory_gib"] < 8
    assert [one["core"] for one in parallel] == ["min_gru", "min_gru"]
    lines = [line.split()[:4] for line in result.output.splitlines()]
    assert ["gru", "3", "16", "no"] in lines and ["min_gru", "3", "16", "yes"] in lines


@pytest.mark.slow
def test_the_benchmark_of_the_crf_compares_the_two_heads(tmp_path):
    command = benchmark("crf_speed")
    options = ["--batch-size", "2", "--length", "5", "--num-tags", "3", "--units", "4", "--rounds", "1"]
    result = CliRunner().invoke(command, [*options, "--json", str(tmp_path / "crf.json")], catch_exceptions=False)
    assert result.exit_code == 0
    found = json.loads((tmp_path / "crf.json").read_text(encoding="utf-8"))
    assert set(found["tokens_a_second"]) == {"loss", "viterbi", "softmax", "crf"}
    seconds = found["seconds"]
    assert found["tokens_a_second"]["loss"] == pytest.approx(10 / seconds["loss"]["wall"])
    assert found["crf_over_softmax"]["wall"] == pytest.approx(seconds["crf"]["wall"] / seconds["softmax"]["wall"])
    assert "A step with a CRF takes" in result.output


@pytest.mark.slow
def test_the_benchmark_of_decoding_writes_the_same_both_ways(tmp_path):
    command = benchmark("decoding_speed")
    options = ["--units", "8", "--length", "4", "--batch-sizes", "2", "--rounds", "1"]
    result = CliRunner().invoke(command, [*options, "--json", str(tmp_path / "speed.json")], catch_exceptions=False)
    assert result.exit_code == 0
    (found,) = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))["batches"]
    seconds = found["seconds"]
    assert found["times_as_fast"] == pytest.approx(seconds["predict"]["wall"] / seconds["rnn_zoo"]["wall"])
    assert found["times_as_fast"] > 2
    assert "x as fast" in result.output


@pytest.mark.slow
def test_the_benchmark_of_stacks_compares_three_systems_on_any_device(tmp_path):
    command = benchmark("gpu_speed")
    options = ["--cores", "gru", "--layers", "2", "--units", "4", "--batch-sizes", "3", "--timesteps", "5",
               "--steps", "2", "--rounds", "1", "--json", str(tmp_path / "speed.json")]  # fmt: skip
    result = CliRunner().invoke(command, options, catch_exceptions=False)
    assert result.exit_code == 0
    found = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))
    assert [(row["core"], row["layers"], row["precision"]) for row in found["rows"]] == [
        ("gru", 2, "float32"), ("gru", 2, "float16"),
    ]  # fmt: skip
    assert all({"rnn_zoo", "keras"} <= set(row["tokens_a_second"]) for row in found["rows"])
    assert all(speed > 0 for row in found["rows"] for speed in row["tokens_a_second"].values())
    assert found["device"] in result.output


def test_the_benchmark_of_checkpoints_tells_their_share():
    command = benchmark("checkpoint_cost")
    result = CliRunner().invoke(command, ["--recipe", "digits", "--smoke"], catch_exceptions=False)
    said = r"digits: ([\d.]+) s of training, .* in 1 checkpoints of .*: ([\d.]+) %"
    training, share = re.search(said, result.output).groups()
    assert float(training) > 0 and 0 <= float(share) < 100


@pytest.mark.slow
def test_the_benchmark_of_accuracy_trains_each_way_once(tmp_path):
    ways = ["--ways", "mixed_precision,mirrored"]
    options = ["--recipe", "digits", *ways, "--seeds", "1", "--smoke", "--output", str(tmp_path)]
    said = [CliRunner().invoke(benchmark("same_accuracy"), options, catch_exceptions=False).output for _ in range(2)]
    assert said[0] == said[1]  # the second time it only reads
    settings = {
        way: json.loads((tmp_path / f"digits_{way}_0" / "result.json").read_text(encoding="utf-8"))["settings"]
        for way in ("mixed_precision", "mirrored")
    }
    assert [one["mixed_precision"] for one in settings.values()] == [True, False]
    assert settings["mirrored"]["distribute"] == "mirrored"
    assert re.search(r"^mirrored +0\.\d{4}$", said[0], re.MULTILINE)


@pytest.mark.slow
def test_the_benchmark_of_large_data_trains_on_the_same_reviews_both_ways(aclimdb, tmp_path):
    options = ["--rows", "70", "--steps", "2", "--warm-up", "1", "--batch-size", "4", "--units", "2", "--hours", "0.02"]
    options += ["--seconds", "0.5", "--workers", "1"]
    result = CliRunner().invoke(
        benchmark("large_data"),
        [*options, "--data-dir", str(aclimdb), "--folder", str(tmp_path), "--json", str(tmp_path / "large.json")],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    found = json.loads((tmp_path / "large.json").read_text(encoding="utf-8"))
    ways = ["memory", "stream", "stream, 1 workers"]
    assert [(way["of"], way["way"]) for way in found["ways"].values()] == [
        (of, way) for of in ("reviews", "sounds") for way in ways
    ]
    for way in found["ways"].values():
        assert way["timesteps_a_second"] > 0 and 0.1 < way["gib_to_train"] < 8 and 0.1 < way["gib_to_learn"] < 8
        assert (
            way["seconds_to_learn"] > 0 and way["processor_seconds_to_learn"] > 0 and way["seconds_to_first_step"] > 0
        )
        assert way["way"] == "memory" or (way["encoded_a_second"] > 10 and 0 < way["cores_busy"] < 9)
    assert list(found["stream_over_memory"]["reviews"]) == ways
    assert found["stream_over_memory"]["reviews"]["memory"] == 1
    assert "| reviews | stream | 70 |" in result.output
    raw, labels = rnn_zoo.Stream(tmp_path / "reviews_70").take(100)
    assert len(raw) == 70 and set(labels) == {"negative", "positive"}


@pytest.mark.slow
def test_the_benchmark_of_inference_compares_keras_with_exported_files(aclimdb, tmp_path):
    pytest.importorskip("onnxruntime", reason='the extra "onnx" is not installed')
    options = ["--num-examples", "2", "--rounds", "1", "--data-dir", str(aclimdb), "--json", str(tmp_path / "s.json")]
    result = CliRunner().invoke(benchmark("inference_speed"), options, catch_exceptions=False)
    assert result.exit_code == 0
    found = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    for label in ("batches", "one_by_one"):
        assert set(found[label]) == {"keras", "onnx", "onnx_int8"}
        keras = found[label]["keras"]["examples_a_second"]
        for one in found[label].values():
            assert one["ratio_to_keras"] == pytest.approx(one["examples_a_second"] / keras) and keras > 0
    options = ["--network", "--rounds", "1", "--json", str(tmp_path / "n.json")]
    assert CliRunner().invoke(benchmark("inference_speed"), options, catch_exceptions=False).exit_code == 0
    found = json.loads((tmp_path / "n.json").read_text(encoding="utf-8"))
    for one in found["batch_64"], found["batch_1"]:
        assert one.keys() >= {"keras", "graph", "onnx", "onnx_int8"} and min(one.values()) > 0
