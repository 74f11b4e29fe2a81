"""Forecasts: windows, scaling, baselines, the recurrence that feeds itself, and what is refused."""

import json

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import rnn_zoo
from rnn_zoo import cards, plots
from rnn_zoo.cli import main
from rnn_zoo.codecs import Forecast
from rnn_zoo.layers import Rollout
from rnn_zoo.preprocessors import Series
from rnn_zoo.training import write_card

WAVES = np.stack([np.sin(np.arange(60) * 0.5), 5 + 2 * np.cos(np.arange(60) * 0.5)], axis=1)


def forecaster(core="gru", *, targets=None, horizon=4, season=None, mean=None, std=None, **settings):
    series = Series(["a", "b"], 8, mean=mean, std=std)
    codec = Forecast.from_examples([np.zeros(horizon)], series, targets=targets, season=season)
    return getattr(rnn_zoo, f"forecast_{core}")(series, codec, **{"units": 6, "dropout": 0.0, **settings})


def test_the_last_window_is_scaled_and_what_comes_before_is_left_out():
    series = Series(["a", "b"], 3, mean=[1.0, 2.0], std=[2.0, 0.5])
    found = series([[[99, 99], [1, 2], [3, 2], [5, 3]]])
    assert found.dtype == np.float32 and found.tolist() == [[[0, 0], [1, 0], [2, 2]]]
    assert Series("a", 2)([[7, 8, 9]]).tolist() == [[[8], [9]]]
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(series))
    assert again.get_config() == {
        "variables": ["a", "b"],
        "window": 3,
        "mean": [1.0, 2.0],
        "std": [2.0, 0.5],
        "step_seconds": None,
    }


def test_the_scale_counts_a_timestep_that_windows_share_once():
    values = np.array([[0, 5], [2, 5], [4, 5], [30, 5]], "float32")
    known = Series.from_examples([values[place : place + 2] for place in range(3)])
    mean, std = known.mean, known.std
    assert mean == [9.0, 5.0] and std == pytest.approx([values[:, 0].std(), 1.0])
    assert Series.from_examples([values, values.copy()]).mean == [9.0, 5.0]


@pytest.mark.parametrize(
    ("histories", "message"),
    [
        (None, "must be a list.*Received: None"),
        ("history.csv", "must be a list: write .history. for a single one"),
        (
            [WAVES, WAVES[:, :1]],
            r"shape \[timesteps, 2\], a column for each of \['a', 'b'\]. Received: histories\[1\]=",
        ),
        ([np.arange(9.0)], r"Received: histories\[0\]=\[9, 1\]"),
        ([WAVES[:7]], r"must have 8 timesteps or more. Received: histories\[0\]=\[7, 2\]"),
        ([WAVES, np.where(np.arange(60)[:, None] == 57, np.nan, WAVES)], r"histories\[1\]=nan at timestep 57 of 'a'"),
        ([np.where(np.arange(60)[:, None] == 58, [0, np.inf], WAVES)], r"histories\[0\]=inf at timestep 58 of 'b'"),
        ([[["x", "y"]] * 9], r"arrays of numbers, data frames or CSV files. Received: histories\[0\]="),
        ([[[1, 2], [3]]], r"arrays of numbers.*Received: histories\[0\]="),
        (["history.txt"], r"name in .csv. Received: histories\[0\]='history.txt'"),
    ],
)
def test_what_is_no_history_is_refused_with_its_place(histories, message):
    with pytest.raises(ValueError, match=message):
        Series(["a", "b"], 8).encode(histories)


def test_a_data_frame_is_read_by_name_and_in_order_of_time():
    pandas = pytest.importorskip("pandas", reason="needs the extra `series`")
    series = Series(["a", "b"], 8)
    expected = series([WAVES])
    days = pandas.date_range("2020-01-01", periods=60)
    frame = pandas.DataFrame({"other": 0, "b": WAVES[:, 1], "a": WAVES[:, 0]}, index=days)
    np.testing.assert_array_equal(series([frame]), expected)
    np.testing.assert_array_equal(series([frame.reset_index(names="date")]), expected)
    np.testing.assert_array_equal(Series(["a"], 8)([frame["b"]])[0, :, 0], expected[0, :, 1])
    np.testing.assert_array_equal(series([frame[::-1]]), expected)
    np.testing.assert_array_equal(series([frame.reset_index(drop=True)[::-1]]), expected)
    with pytest.raises(ValueError, match=r"row 31: time stamps must be there once. Received twice: 2020-01-31"):
        series.encode([frame.iloc[[*range(31), *range(30, 60)]].reset_index(names="Date")])
    with pytest.raises(ValueError, match=r"must have columns \['a', 'b'\]. Received: histories\[0\] without 'a'"):
        series.encode([frame[["b", "other"]]])
    with pytest.raises(ValueError, match=r"histories\[0\]=nan at timestep 58 of 'b'"):
        series.encode([frame.assign(b=frame["b"].where(frame.index != days[58]))])


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_columns_of_any_table_are_found_by_name(library):
    module = pytest.importorskip(library)
    values = np.arange(12.0).reshape(6, 2)
    series = Series(["a", "b"], 3)
    make = module.table if library == "pyarrow" else module.DataFrame
    table = make({"b": values[:, 1], "date": [f"2020-01-0{day}" for day in range(1, 7)], "a": values[:, 0]})
    np.testing.assert_array_equal(series([table]), series([values]))
    assert series.is_single(table) and not series.is_single([table])
    assert Series.from_examples([table]).variables == ["b", "a"]


def test_a_variable_that_never_changes_has_the_deviation_of_one():
    assert np.full(1000, 0.1).std() > 0  # by rounding alone
    found = Series.from_examples([np.full((1000, 2), 0.1) + [[0.0, 1.0]] * np.arange(1000)[:, None] * 1e-9])
    assert found.std[0] == 1.0 and found.std[1] == pytest.approx(1e-9 * np.arange(1000).std(), rel=1e-6)


def test_masked_values_are_gaps():
    values = np.ma.masked_array(np.ones((5, 1)), mask=np.arange(5)[:, None] == 3)
    with pytest.raises(ValueError, match=r"fill gaps before. Received: histories\[0\]=nan at timestep 3 of 'a'"):
        Series(["a"], 2).encode([values])


def test_a_csv_file_is_read_by_name(tmp_path):
    path = tmp_path / "history.csv"
    lines = [f"2020-01-{day:02d},{day * 10},{day}" for day in range(1, 12)]
    path.write_text("\n".join(["date,b,a", *lines]), encoding="utf-8")
    assert Series(["a", "b"], 2)([path])[0].tolist() == [[10, 100], [11, 110]]
    path.write_text("\n".join(["date,b,a", *lines[::-1]]), encoding="utf-8")
    assert Series(["a", "b"], 2)([str(path)])[0].tolist() == [[10, 100], [11, 110]]
    path.write_text("")
    with pytest.raises(ValueError, match="must hold text"):
        Series(["a", "b"], 2).encode([str(path)])
    with pytest.raises(FileNotFoundError, match=r"histories\[0\]='.*nothing.csv'"):
        Series(["a", "b"], 2).encode([tmp_path / "nothing.csv"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Series([], 3), "variables must be one or more different names"),
        (lambda: Series(["a", "a"], 3), "variables must be one or more different names"),
        (lambda: Series(["a"], 0), "window must be a positive integer. Received: window=0"),
        (lambda: Series(["a"], 3, mean=[1.0, 2.0]), "must be 1 finite numbers each. Received: mean=.1.0, 2.0."),
        (lambda: Series(["a"], 3, std=[0.0]), "std must be above 0"),
        (lambda: Forecast(["a"], 0), "horizon must be a positive integer. Received: horizon=0"),
        (lambda: Forecast(["a"], 2, season=0), "season must be a positive integer. Received: season=0"),
        (lambda: Forecast([], 2), "targets must be names"),
        (lambda: Forecast(["a"], 2, loss="mse2"), "loss must be one of"),
        (lambda: Rollout("rnn", 2, 3), "core must be one of .* Received: core='rnn'"),
        (lambda: forecaster(mode="directly"), "Did you mean 'direct'. Received: mode='directly'"),
        (lambda: forecaster(level="lost"), "Did you mean 'last'. Received: level='lost'"),
        (lambda: forecaster(targets=["c"]), "of targets among .'a', 'b'.. Received: 1, .'c'."),
        (lambda: forecaster(highway=9), "an integer from 0 to window=8. Received: highway=9"),
        (lambda: rnn_zoo.replace_head(forecaster(), ["x", "y"]), "Forecast has no classes to replace"),
        (lambda: forecaster().infer([WAVES], top_k=2), "top_k must be None"),
    ],
)
def test_illegal_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def values_of(answers):
    return [answer["values"] for answer in answers]


def test_labels_are_scaled_and_answers_are_in_the_series_own_units():
    codec = Forecast(["a", "b"], 2, mean=[10.0, 0.0], std=[5.0, 2.0])
    labels = [[[15, 2], [20, 4]], [[10, 0], [5, -2]]]
    targets = codec(labels)
    assert targets.dtype == np.float32 and targets.tolist() == [[[1, 1], [2, 2]], [[0, 0], [-1, -1]]]
    np.testing.assert_allclose(values_of(codec.decode(targets)), labels)
    for bad in ([[1, 2]], "text", [[1, 2], [3, np.nan]], None):
        with pytest.raises(ValueError, match=r"\[horizon, targets\] = \[2, 2\]. Received: labels\[1\]="):
            codec.encode([labels[0], bad])


def test_errors_are_measured_in_both_units():
    codec = Forecast(["a", "b"], 2, std=[5.0, 2.0])
    truth = np.zeros((3, 2, 2))
    said = [{"values": values + [10.0, 2.0]} for values in truth]
    expected = {"scaled_mse": (4 + 1) / 2, "scaled_mae": 1.5, "mse": (100 + 4) / 2, "mae": 6.0}
    assert codec.compute_metrics(list(truth), said) == pytest.approx(expected)


def test_a_codec_from_examples_forecasts_as_far_as_these_and_scales_as_the_preprocessor():
    series = Series(["a", "b", "c"], 4, mean=[1.0, 2.0, 3.0], std=[4.0, 5.0, 6.0])
    codec = Forecast.from_examples(np.zeros((2, 7, 2)), series, targets=["c", "a"], season=3, loss="mae")
    expected = Forecast(["c", "a"], 7, columns=[2, 0], mean=[3.0, 1.0], std=[6.0, 4.0], season=3, loss="mae")
    assert codec.get_config() == expected.get_config()
    assert Forecast.from_examples([[1.0, 2.0]], Series(["a"], 4)).horizon == 2
    for labels, targets in (([], None), ([[1.0]], ["d"])):
        with pytest.raises(ValueError, match="there must be labels, of targets among"):
            Forecast.from_examples(labels, series, targets=targets)


def test_a_forecast_is_said_on_one_line_and_in_json_with_the_digits_of_float32():
    codec, answer = Forecast(["a", "b"], 2), {"values": np.array([[0.1, 2], [1e6, -3]], "float32")}
    assert codec.to_text(None, answer) == "0.1,2 1e+06,-3"
    assert json.dumps(codec.to_json(answer)) == '{"values": [[0.1, 2.0], [1000000.0, -3.0]]}'


def test_baselines_repeat_the_last_value_or_the_last_season():
    codec = Forecast(["b"], 5, columns=[1], season=3)
    history = np.arange(8)[:, None] * [1, 10]
    found = codec.baselines([history])
    assert found["naive"][0]["values"].ravel().tolist() == [70] * 5
    assert found["seasonal_naive"][0]["values"].ravel().tolist() == [50, 60, 70, 50, 60]
    assert set(Forecast(["b"], 5, columns=[1]).baselines([history])) == {"naive"}
    assert set(codec.baselines([history, history[:2]])) == {"naive"}


def test_baselines_know_the_targets_of_histories_of_any_kind(tmp_path):
    pandas = pytest.importorskip("pandas")
    days, path = pandas.date_range("2020-01-01", periods=3), tmp_path / "history.csv"
    frame = pandas.DataFrame({"date": days[::-1], "a": [7.0, 8.0, 9.0], "b": [3.0, 2.0, 1.0]})
    frame.to_csv(path, index=False)
    found = Forecast("b", 2, columns=[1]).baselines([frame, path, frame[["a", "b"]].to_numpy()[::-1]])
    assert [one["values"].tolist() for one in found["naive"]] == [[[3.0], [3.0]]] * 3
    assert Forecast("b", 1).baselines([np.arange(4.0)])["naive"][0]["values"].tolist() == [[3.0]]


@pytest.mark.parametrize("mode", ["direct", "autoregressive"])
@pytest.mark.parametrize(("level", "moves"), [("last", True), ("mean", True), ("none", False)])
def test_a_new_level_moves_the_forecast_with_it(mode, level, moves):
    task = forecaster(mode=mode, level=level, highway=4)
    low, high = values_of(task.infer([WAVES, WAVES + 7]))
    assert low.shape == (4, 2)
    assert np.allclose(high - low, 7, atol=1e-4) == moves


def numpy_step(core, x, states, cell):
    """One step of a cell by the equations of its paper."""
    kernel, recurrent, bias = (weight.numpy() for weight in cell.weights)

    def sigmoid(value):
        return 1 / (1 + np.exp(-value))

    if core == "simple_rnn":
        hidden = np.tanh(x @ kernel + states[0] @ recurrent + bias)
        return hidden, [hidden]
    if core == "gru":
        inner = np.split(x @ kernel + bias[0], 3, axis=1)
        outer = np.split(states[0] @ recurrent + bias[1], 3, axis=1)
        update, reset = sigmoid(inner[0] + outer[0]), sigmoid(inner[1] + outer[1])
        hidden = update * states[0] + (1 - update) * np.tanh(inner[2] + reset * outer[2])
        return hidden, [hidden]
    into, forget, candidate, out = np.split(x @ kernel + states[0] @ recurrent + bias, 4, axis=1)
    carried = sigmoid(forget) * states[1] + sigmoid(into) * np.tanh(candidate)
    hidden = sigmoid(out) * np.tanh(carried)
    return hidden, [hidden, carried]


@pytest.mark.parametrize("core", ["simple_rnn", "gru", "lstm"])
def test_a_rollout_feeds_every_answer_back(core):
    rng = np.random.default_rng(0)
    features, value = rng.normal(size=(3, 5)), rng.normal(size=(3, 2))
    layer = Rollout(core, 4, horizon=6)
    layer.build((3, 5), (3, 2))
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape) * 0.5)
    found = keras.ops.convert_to_numpy(layer(features.astype("float32"), value.astype("float32")))
    states = np.tanh(features @ layer.states.kernel + layer.states.bias)
    states = np.split(states, states.shape[1] // layer.units, axis=1)
    for step in range(6):
        hidden, states = numpy_step(core, value, states, layer.cell)
        value = value + hidden @ layer.step.kernel.numpy() + layer.step.bias.numpy()
        np.testing.assert_allclose(found[:, step], value, rtol=1e-4, atol=1e-5)


def test_an_autoregressive_model_learns_saves_and_answers_the_same(tmp_path):
    known = Series.from_examples([WAVES])
    task = forecaster("lstm", targets=["b"], mode="autoregressive", mean=known.mean, std=known.std, season=3)
    histories = [WAVES[place : place + 10] for place in range(45)]
    futures = [WAVES[place + 10 : place + 14, 1:] for place in range(45)]
    task.compile(keras.optimizers.Adam(0.02))
    before = [weight.numpy().copy() for weight in task.trainable_weights]
    task.fit(rnn_zoo.batches(task, histories, futures, batch_size=16, shuffle=True), epochs=12, verbose=0)
    assert all(
        np.abs(weight.numpy() - old).max() > 1e-3 for weight, old in zip(task.trainable_weights, before, strict=True)
    )
    answers = task.infer(histories)
    naive = task.codec.compute_metrics(futures, task.codec.baselines(histories)["naive"])
    assert task.codec.compute_metrics(futures, answers)["mae"] < 0.5 * naive["mae"]
    task.save(tmp_path / "task.keras")
    loaded = keras.saving.load_model(tmp_path / "task.keras")
    np.testing.assert_allclose(values_of(loaded.infer(histories)), values_of(answers), rtol=1e-5, atol=1e-5)
    assert loaded.codec.get_config() == task.codec.get_config()
    features = rnn_zoo.feature_extractor(task)(task.preprocessor(histories[:2]))
    assert features.shape == (2, 6)


def test_as_many_histories_as_the_horizon_has_timesteps_are_answered_as_each_by_itself():
    task = forecaster(targets=["b"], horizon=4)
    histories = [WAVES[place : place + 8] for place in range(4)]
    together = [answer["values"] for answer in task.infer(histories)]
    np.testing.assert_allclose(together, [task.infer(one)["values"] for one in histories], rtol=1e-5)


def test_a_forecast_is_drawn_with_its_history(tmp_path):
    path = plots.forecast_with_history(
        WAVES[:20], WAVES[20:24], WAVES[:4], ["a", "b"], tmp_path / "forecast.png", "waves", {"naive": WAVES[16:20]}
    )
    assert path.read_bytes().startswith(b"\x89PNG")
    assert plots.forecast_with_history(WAVES, None, WAVES[:4], ["a", "b"], path).exists()


def test_the_command_line_answers_a_csv_file_and_a_card_holds_numbers(tmp_path):
    task = forecaster(horizon=2)
    task.save(tmp_path / "model.keras", include_optimizer=False)
    history = tmp_path / "history.csv"
    history.write_text("\n".join(["a,b", *(f"{a},{b}" for a, b in WAVES)]), encoding="utf-8")
    (expected,) = values_of(task.infer([WAVES]))
    arguments = ["infer", str(tmp_path / "model.keras"), str(history)]
    said = CliRunner().invoke(main, arguments, catch_exceptions=False).output.split()
    np.testing.assert_allclose([[float(one) for one in step.split(",")] for step in said], expected, rtol=1e-3)
    line = json.loads(CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False).output)
    np.testing.assert_allclose(line["values"], expected, rtol=1e-4)

    metrics = {"scaled_mse": 0.5}
    result = {"metrics": metrics, "settings": {"seed": 0}, "minutes": 1, "baselines": {"naive": {"scaled_mse": 0.9}}}
    (tmp_path / "result.json").write_text(json.dumps(result), encoding="utf-8")
    facts = dict.fromkeys(("description", "dataset", "metric_note", "intended_use", "limits"), "-")
    facts |= {"command": "python recipes/forecast_ett.py", "example_input": WAVES.tolist()}
    card = write_card("forecast_gru", "waves", tmp_path, [tmp_path], facts, metric="scaled_mse", folder=tmp_path / "w")
    np.testing.assert_allclose(card["example"]["answer"]["values"], expected, rtol=1e-2)
    shown = dict(cards.facts_of("forecast_gru", card))
    assert shown["example"].startswith("60 timesteps, the last [") and "naive: scaled_mse: 0.9" in shown["baselines"]
