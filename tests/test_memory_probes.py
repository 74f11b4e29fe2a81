"""The probes ask what their papers ask, and the recipe draws all cells."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from test_recipes import recipe

PROBES = recipe("memory_probes")


def test_adding_marks_one_number_in_each_half_and_wants_their_sum():
    inputs, sums = PROBES.adding(np.random.default_rng(0), 200, 11)
    numbers, marks = inputs[..., 0], inputs[..., 1]
    assert (marks[:, :5].sum(axis=1) == 1).all() and (marks[:, 5:].sum(axis=1) == 1).all()
    np.testing.assert_allclose(sums[:, 0], (numbers * marks).sum(axis=1), rtol=1e-6)
    assert np.mean((sums - 1) ** 2) == pytest.approx(PROBES.baseline("adding", 11), rel=0.2)


def test_copying_wants_the_first_symbols_after_the_mark():
    inputs, targets = PROBES.copying(np.random.default_rng(0), 50, 7)
    read = inputs.argmax(axis=-1)
    assert read.shape == targets.shape == (50, 27)
    np.testing.assert_array_equal(targets[:, -10:], read[:, :10])
    assert read[:, :10].min() == 1 and read[:, :10].max() == 8
    assert (read[:, 16] == 9).all() and (read[:, 10:16] == 0).all() and (read[:, 17:] == 0).all()
    assert (targets[:, :-10] == 0).all()
    # blanks for sure and a guess among 8 at ten of 27 timesteps
    assert PROBES.baseline("copy", 7) == pytest.approx(10 * np.log(8) / 27)


def test_too_few_steps_are_refused():
    result = CliRunner().invoke(PROBES.main, ["--steps", "0"])
    assert result.exit_code == 1 and "--steps 1 or more. Received: 60 and 0" in result.output


@pytest.mark.slow
def test_the_recipe_draws_and_keeps_the_losses_of_all_cells(tmp_path):
    options = ["--smoke", "--cores", "irnn,gru", "--output", str(tmp_path)]
    result = CliRunner().invoke(PROBES.main, options, catch_exceptions=False)
    assert result.exit_code == 0
    found = json.loads((tmp_path / "losses.json").read_text(encoding="utf-8"))
    assert list(found["losses"]) == ["adding, 10 timesteps", "copy, 10 blanks"]
    for lines in found["losses"].values():
        assert list(lines) == ["IRNN", "GRU", "GRU, chrono"]
        assert all(len(line) == 2 and np.isfinite(line).all() for line in lines.values())
        assert lines["GRU"] != lines["GRU, chrono"]
    copied = found["losses"]["copy, 10 blanks"]
    assert copied["GRU"][1] < copied["GRU"][0]
    assert Path(tmp_path, "memory_probes.png").read_bytes().startswith(b"\x89PNG")
