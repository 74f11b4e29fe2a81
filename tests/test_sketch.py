"""Drawings: files and codec, the density of points, drawing with a model, and refusals."""

import json
import math

import numpy as np
import pytest
from keras import ops

import rnn_zoo
from rnn_zoo.formats.drawings import checked_drawing, read_quick_draw, strokes_of, write_svg

pytestmark = pytest.mark.usefixtures("loaded_once")
CORNER = [[0, 0, 0], [0, 30, 0], [30, 0, 1]]
CROSS = [[0, 0, 0], [30, 0, 1], [-15, -15, 0], [0, 30, 1]]


def formula(points, outputs):
    """Negative log densities by the equations of Ha & Eck, one point and one normal distribution at a time."""
    mixtures, found = (outputs.shape[-1] - 3) // 6, []
    for (x, y, state), row in zip(points, outputs, strict=True):
        weights, mean_x, mean_y, log_x, log_y, raw = np.split(row[:-3].astype("float64"), 6)
        weights = np.exp(weights) / np.exp(weights).sum()
        density = 0.0
        for index in range(mixtures):
            deviation_x, deviation_y = np.exp(log_x[index]) + 0.02, np.exp(log_y[index]) + 0.02
            correlation = 0.99 * np.tanh(raw[index])
            covariance = correlation * deviation_x * deviation_y
            matrix = np.array([[deviation_x**2, covariance], [covariance, deviation_y**2]])
            away = np.array([x - mean_x[index], y - mean_y[index]])
            exponent = away @ np.linalg.inv(matrix) @ away / 2
            density += weights[index] * np.exp(-exponent) / (2 * np.pi * np.sqrt(np.linalg.det(matrix)))
        pen = np.exp(row[-3:]) / np.exp(row[-3:]).sum()
        found.append(-np.log(density) - np.log(pen[int(state) - 1]))
    return found


def made_outputs(rows, mixtures=3, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, 6 * mixtures + 3)).astype("float32")


def test_drawings_are_checked_and_parted_into_strokes():
    assert checked_drawing([[7, 7, 0], [1, 2, 1]]).tolist() == [[0, 0, 0], [1, 2, 1]]
    assert [stroke.tolist() for stroke in strokes_of(CROSS)] == [[[0, 0], [30, 0]], [[15, -15], [15, 15]]]
    assert len(strokes_of(CROSS[:3])) == 2  # the last one is not finished
    for wrong, message in (
        ([[0, 0, 0]], "two points or more.*Received: drawing="),
        ([[0, 0], [1, 1]], "shape"),
        ("abc", "Received: drawing='abc'"),
        ([[0, 0, 0], [float("nan"), 0, 1]], "finite"),
        ([[0, 0, 0], [1, 1, 2]], r"Received: drawing\[1\]=\[1.0, 1.0, 2.0\]"),
        ([[0, 0, 1], [1, 1, 1]], r"down after the first point. Received: drawing\[0\]"),
    ):
        with pytest.raises(ValueError, match=message):
            checked_drawing(wrong)


def test_an_svg_file_has_a_path_a_stroke_within_its_box(tmp_path):
    text = write_svg(CROSS, tmp_path / "cross.svg").read_text(encoding="utf-8")
    assert 'd="M0.00,0.00 L30.00,0.00"' in text and 'd="M15.00,-15.00 L15.00,15.00"' in text
    assert 'viewBox="-1.50 -16.50 33.00 33.00"' in text


def test_files_of_quick_draw_are_read_with_dots_and_lines_are_named(tmp_path):
    path = tmp_path / "cat.ndjson"
    row = {"word": "cat", "drawing": [[[5, 35], [9, 9], [0, 70]], [[20], [1]]], "key_id": "1"}
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    ((word, points),) = read_quick_draw(path)
    assert word == "cat" and points.tolist() == [[0, 0, 0], [30, 0, 1], [-15, -8, 0], [0, 0, 1]]
    path.write_text(json.dumps(row) + '\n{"word": "cat"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="cat.ndjson, line 2: a drawing must be"):
        read_quick_draw(path)


def test_own_drawings_are_cut_by_what_is_drawn(tmp_path):
    from rnn_zoo.datasets.own import read_own

    rows = [
        {"word": "line" if place % 2 else "hook", "drawing": [[[0, 5, place], [9, place, 9]]]} for place in range(99)
    ]
    (tmp_path / "all.ndjson").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    parts, _ = read_own("sketch", tmp_path)
    assert sum(len(parts[name].raw) for name in ("train", "validation", "test")) == 99 and len(parts["train"].raw) > 60
    assert set(parts["train"].raw) == {"line", "hook"} and parts["test"].labels[0].shape == (3, 3)


def test_the_codec_scales_steps_and_knows_ends_and_beginnings():
    codec = rnn_zoo.Drawings.from_examples([CORNER, CROSS], num_mixtures=2)
    assert codec.scale == pytest.approx(np.std([[0, 30], [30, 0], [30, 0], [-15, -15], [0, 30]]))
    targets = codec([CORNER, CROSS])
    assert targets.shape == (2, 3, 3) and targets[:, :, 2].tolist() == [[1, 3, 0], [2, 1, 3]]
    assert codec.previous(targets)[:, :, 2].tolist() == [[1, 1, 0], [1, 2, 1]]
    np.testing.assert_allclose(codec.answer(targets[1])["points"], CROSS, rtol=1e-6)
    assert codec.prefix([CROSS[:2], CROSS[:3]])[0][-1, 2] == 2 and codec.prefix([CROSS[:3]])[0][-1, 2] == 1
    assert codec.to_text(None, {"points": CROSS}) == "0,0 30,0 | 15,-15 15,15"
    assert codec.to_json({"points": np.array(CORNER) / 3})["points"][1] == [0.0, 10.0, 0.0]
    assert type(codec).from_config(codec.get_config()).get_config() == codec.get_config()
    for make, message in (
        (lambda: rnn_zoo.Drawings.from_examples([[[0, 0, 0], [0, 0, 1]]]), "steps of several lengths"),
        (lambda: rnn_zoo.Drawings(scale=0), "scale must be positive"),
        (lambda: rnn_zoo.Drawings(decoding={"method": "beam"}), "Received: method='beam'"),
        (lambda: codec.encode([CORNER, [[0, 0, 0]]]), r"Received: labels\[1\]="),
        (lambda: codec.write({"points": CROSS}, "cross.gif"), r"must end in one of \('.svg', '.png'\)"),
    ):
        with pytest.raises(ValueError, match=message):
            make()


def test_losses_are_those_of_the_equations_and_padding_counts_nothing():
    from rnn_zoo.generation.drawing import point_losses
    from rnn_zoo.losses import PointLoss

    outputs = made_outputs(5)
    points = np.array([[0, 0, 1], [0.5, -1, 2], [2, 1, 3], [-0.3, 0.1, 1], [1, 1, 2]], "float32")
    expected = formula(points, outputs)
    np.testing.assert_allclose(np.array(point_losses(ops, points, outputs)), expected, rtol=1e-4)
    targets = np.stack([points[:3], [*points[3:], [0, 0, 0]]])
    loss = PointLoss()(targets, np.stack([outputs[:3], [*outputs[3:], 100 * outputs[0]]]))
    assert float(loss) == pytest.approx(np.mean(expected), rel=1e-4)


def test_the_density_of_all_steps_and_pens_together_is_one():
    from rnn_zoo.generation.drawing import point_losses

    places = np.linspace(-25, 25, 501, dtype="float32")
    grid = np.stack([*np.meshgrid(places, places), np.ones((501, 501), "float32")], axis=-1).reshape(-1, 3)
    outputs, total = made_outputs(1, mixtures=4, seed=1), 0.0
    for state in (1, 2, 3):
        losses = np.array(point_losses(ops, grid + [0, 0, state - 1], np.broadcast_to(outputs, (len(grid), 27))))
        total += np.exp(-losses).sum() * 0.1**2
    assert total == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("place", [0.0, 1e4, -1e6])
@pytest.mark.parametrize("size", [1.0, 50.0])
def test_losses_and_gradients_are_finite_far_away_and_with_wild_outputs(place, size):
    import tensorflow as tf

    from rnn_zoo.generation.drawing import point_losses

    outputs = tf.constant(size * made_outputs(4))
    points = tf.constant([[place, -place, 1.0]] * 4)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        losses = point_losses(ops, points, outputs)
    assert np.isfinite(losses).all() and np.isfinite(tape.gradient(losses, outputs)).all()


def test_points_are_drawn_from_the_density_and_colder_ones_lie_closer():
    from rnn_zoo.generation.drawing import next_points

    rows = 20_000
    row = [math.log(3), 0, 2, -4, 1, 0, *np.log([0.48, 0.08, 0.98, 0.18]), np.arctanh(0.5 / 0.99), 0, 0, math.log(2), 0]
    outputs = np.tile(np.array(row, "float32"), (rows, 1))
    draws = np.random.default_rng(0).random((rows, 4)).astype("float32")
    points = np.array(next_points(ops, outputs, np.ones(rows, bool), 1.0, draws))
    first = points[points[:, 0] > -2]
    assert len(first) / rows == pytest.approx(0.75, abs=0.01)
    np.testing.assert_allclose(first[:, :2].mean(axis=0), [2, 1], atol=0.03)
    np.testing.assert_allclose(np.cov(first[:, :2].T), [[0.25, 0.25], [0.25, 1]], atol=0.03)
    assert np.bincount(points[:, 2].astype(int))[1:] / rows == pytest.approx([0.25, 0.5, 0.25], abs=0.015)
    cold = np.array(next_points(ops, outputs, np.ones(rows, bool), 0.25, draws))
    assert cold[cold[:, 0] > -2, 0].std() == pytest.approx(0.25, abs=0.01) and (cold[:, 2] == 2).mean() > 0.85
    assert (np.array(next_points(ops, outputs, np.zeros(rows, bool), 1.0, draws))[:, 2] < 3).all()
    best = np.array(next_points(ops, outputs[:1], np.ones(1, bool)))
    np.testing.assert_allclose(best, [[2, 1, 2]], rtol=1e-6)


@pytest.fixture(scope="module")
def drawer():
    """A model that has learned two drawings by heart."""
    import keras

    keras.utils.set_random_seed(1)
    examples = ["corner", "cross"], [CORNER, CROSS]
    task = rnn_zoo.sketch_gru.from_examples(examples, num_mixtures=2, units=32, subject_dropout=0.0, dropout=0.0)
    task.compile(keras.optimizers.Adam(0.01, global_clipnorm=1.0))
    targets = task.codec(examples[1])
    inputs = task.teacher_forced(task.preprocessor(examples[0]), targets)
    for _ in range(150):
        task.train_on_batch(inputs, targets)
    return task, *examples


def test_a_subject_begins_its_own_drawing_and_first_strokes_are_kept(drawer):
    task, subjects, drawings = drawer
    for (drawn,), drawing in zip(task.generate(subjects, temperature=1e-3), drawings, strict=True):
        assert drawn.answer["points"].dtype == np.float32
        np.testing.assert_allclose(drawn.answer["points"], drawing, atol=5)
    ((drawn,),) = task.generate(["cross"], prefix=[[[0, 0, 0], [33, 2, 1]]], method="greedy", max_length=5)
    np.testing.assert_allclose(drawn.answer["points"][:2], [[0, 0, 0], [33, 2, 1]], rtol=1e-6)
    assert 2 < len(drawn.answer["points"]) <= 2 + 5
    ((long,),) = task.generate([None], min_length=30, max_length=30, seed=2)
    assert len(long.answer["points"]) == 31
    first, second = task.infer("corner", top_k=2)
    assert first["points"] != second["points"] and first["log_probability"] < 0


def test_of_many_answers_the_first_ones_are_drawn(drawer, tmp_path):
    task, subjects, _ = drawer
    answers = task.infer(subjects[:1]) * 45
    (path,) = task.plot(subjects[:1] * 45, None, answers, tmp_path)
    assert path.stat().st_size and len(list(tmp_path.glob("*.svg"))) == 3


def test_samples_are_those_of_their_seed_alone_or_in_a_batch_and_after_loading(drawer, tmp_path):
    import keras

    task, subjects, _ = drawer
    options = {"num_results": 3, "temperature": 2.0, "max_length": 8}

    def drawn(task, raw, seed):
        return [[one.answer["points"].tolist() for one in found] for found in task.generate(raw, seed=seed, **options)]

    together = drawn(task, subjects, 1)
    assert len({str(one) for one in together[0]}) == 3
    np.testing.assert_allclose(drawn(task, subjects[:1], 1)[0][0], together[0][0], atol=1e-4)
    assert drawn(task, subjects, 2) != together
    task.loaded_from = None
    task.save(tmp_path / "task.keras")
    assert drawn(keras.saving.load_model(tmp_path / "task.keras"), subjects, 1) == together


def test_the_likelihood_of_a_drawing_is_in_its_own_units_and_counts_points(drawer):
    task, subjects, drawings = drawer
    found = task.log_likelihood(subjects, drawings)
    assert [points for _, points in found] == [2, 3]
    targets = task.codec.encode(drawings)
    for place in range(2):
        inputs = task.teacher_forced(task.preprocessor(subjects[place : place + 1]), targets[place][None])
        losses = formula(targets[place], np.asarray(task.predict_on_batch(inputs))[0])
        assert found[place][0] == pytest.approx(-sum(losses) - 2 * len(losses) * math.log(task.codec.scale), abs=1e-3)
    (drawn,) = task.generate(["cross"], seed=3, temperature=1.0)[0]
    ((again, _),) = task.log_likelihood(["cross"], [drawn.answer["points"]])
    assert drawn.log_probability == pytest.approx(again, abs=1e-2)
    metrics = task.answer_metrics(subjects, drawings)
    assert metrics == {"nll_per_point": pytest.approx(-(found[0][0] + found[1][0]) / 5)}


def test_the_command_line_writes_svg_files_and_pictures(drawer, tmp_path):
    from click.testing import CliRunner

    from rnn_zoo.cli import main as cli

    task, subjects, _ = drawer
    task.save(tmp_path / "task.keras")

    def run(*arguments):
        return CliRunner().invoke(cli, ["generate", str(tmp_path / "task.keras"), *map(str, arguments)])

    svg, png = tmp_path / "x.svg", tmp_path / "x.png"
    result = run("cross", "corner", "--output", svg, "--output", png, "--temperature", "0.1")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [str(tmp_path / name) for name in ("x_1.svg", "x_2.svg", "x_1.png", "x_2.png")]
    assert (tmp_path / "x_1.svg").read_text(encoding="utf-8").count("<path") == 2
    assert (tmp_path / "x_2.png").read_bytes().startswith(b"\x89PNG")
    assert run("cross", "--seed", "3").output == run("cross", "--seed", "3").output
    assert json.loads(run("cross", "--json").output)["results"][0]["points"][0] == [0, 0, 0]
    refused = run("cross", "--top-p", "0.9")
    assert refused.exit_code == 1 and "drawing takes method 'sample' or 'greedy'" in refused.stderr
    assert "Received: subjects[0]='dog'" in run("dog").stderr


def test_bad_requests_for_drawings_are_refused(drawer):
    task, *_ = drawer
    for settings in ({"method": "beam"}, {"temperature": 0.0}, {"top_k": 3}, {"max_length": 0}):
        with pytest.raises(ValueError, match=list(settings)[0]):
            task.generate(["cross"], **settings)
    with pytest.raises(ValueError, match=r"Received: labels\[0\]"):
        task.generate(["cross"], prefix=[[[0, 0, 0]]])
    assert task.infer([]) == []
