"""The leaderboard: equal sizes, rows that are kept and not run again, what is best, and the command."""

import functools
import math

import keras
import pytest
from click.testing import CliRunner

from rnn_zoo.cli import main as cli
from rnn_zoo.layers.cells import CELLS
from rnn_zoo.training import leaderboard
from rnn_zoo.training.leaderboard import COLUMNS, CONTESTS, Probe, best_of, count_parameters, read_rows, units_for


def row(**given):
    usual = dict(zip(COLUMNS, ("small", "digits", "gru", 0, 0.001, 8, 70, "accuracy", 0.5, 0.4, 2.0), strict=True))
    return {**usual, **given}


@pytest.mark.parametrize("core", ["lstm", "ind_rnn", "min_gru"])
def test_models_of_all_cells_have_about_as_many_parameters(core):
    probe = Probe("adding", CONTESTS["adding"], 1, True)
    units = units_for(lambda units: probe.build(core, units), 2_000)
    assert count_parameters(probe.build(core, units)) == pytest.approx(2_000, rel=0.08)


def test_tables_of_tokens_do_not_count():
    tokens = keras.Input((3,), dtype="int32")
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(keras.layers.Embedding(1000, 4)(tokens)))
    assert count_parameters(keras.Model(tokens, outputs)) == 12 * 2 + 2


def test_the_best_rate_is_chosen_on_validation_and_failures_are_the_worst(tmp_path):
    rows = [
        row(validation=math.nan, test=math.nan),
        row(learning_rate=0.004, validation=0.7, test=0.6),
        row(learning_rate=0.004, seed=1, validation=0.1, test=0.8, seconds=4.0),
        row(cell="lstm", validation=0.9, test=0.5),
        row(cell="lstm", learning_rate=0.004, validation=0.8, test=0.9),
    ]
    assert best_of(rows[:2], CONTESTS["digits"]) is rows[1] and best_of(rows[3:], CONTESTS["jsb"]) is rows[4]
    assert leaderboard.summary(rows)["digits"] == {"gru": ([0.6, 0.8], 3.0), "lstm": ([0.5], 2.0)}
    assert "| `gru` | 0.700 ± 0.100, 3 s |" in leaderboard.table_of(rows)
    leaderboard.write_rows(tmp_path / "a.csv", rows)
    assert read_rows(tmp_path / "a.csv")[1:] == rows[1:] and read_rows(tmp_path / "none.csv") == []
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="must have the columns suite,.* Received: a,b"):
        read_rows(tmp_path / "a.csv")


def test_the_command_keeps_what_has_ended_and_goes_on_after_an_interruption(tmp_path, monkeypatch):
    def run(*more):
        options = ["benchmark", "--smoke", "--tasks", "adding", "--cells", "gru,gru", "--output", str(tmp_path), *more]
        return CliRunner().invoke(cli, options)

    fit, fitted = Probe.fit, []

    def interrupted(self, model, learning_rate, seed):
        fitted.append((learning_rate, seed))
        if len(fitted) == 2:
            raise KeyboardInterrupt
        if len(fitted) == 3:
            raise FloatingPointError
        self.steps = 1
        fit(self, model, learning_rate, seed)

    monkeypatch.setattr(Probe, "fit", interrupted)
    monkeypatch.setattr(keras.Model, "compile", functools.partialmethod(keras.Model.compile, run_eagerly=True))
    result = run()
    assert result.exit_code == 1 and "leaderboard.csv holds what has ended" in result.stderr
    assert [one["learning_rate"] for one in read_rows(tmp_path / "leaderboard.csv")] == [1e-3]
    result = run()
    assert result.exit_code == 0 and "3/3 adding gru, seed 1, rate 0.001" in result.output
    assert fitted == [(1e-3, 0), (4e-3, 0), (4e-3, 0), (1e-3, 1)]
    rows = read_rows(tmp_path / "leaderboard.csv")
    assert math.isnan(rows[1]["test"]) and rows[0]["parameters"] == pytest.approx(2_000, rel=0.1)
    assert (tmp_path / "leaderboard.md").read_text(encoding="utf-8").startswith("| cell | adding, mse ↓ |")
    assert (tmp_path / "leaderboard.png").read_bytes().startswith(b"\x89PNG")
    assert run("--cells", "rnn").stderr.startswith("Error: --cells must be one of")


@pytest.mark.slow
@pytest.mark.parametrize("task", [task for task in CONTESTS if task not in ("adding", "copy")])
def test_every_task_is_learned_by_a_cell_that_has_no_builder_of_it(task, tmp_path):
    path = tmp_path / "rows.csv"
    rows = leaderboard.run_leaderboard(path, tasks=(task,), cells=("min_gru",), seeds=(0,), smoke=True)
    assert len(rows) == 2 and rows == read_rows(path) and all(math.isfinite(one["test"]) for one in rows)
    assert {one["metric"] for one in rows} == {CONTESTS[task].metric} and "min_gru" in CELLS
