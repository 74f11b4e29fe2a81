"""The leaderboard: every cell at equal size, with equal tuning, on eight tasks, as rows of a table that grows."""

import csv
import functools
import inspect
import math
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from rnn_zoo import catalogue, plots
from rnn_zoo.builders import builder_of
from rnn_zoo.files import replacing
from rnn_zoo.formats.rows import write_rows as write_table
from rnn_zoo.layers.cells import CELLS
from rnn_zoo.training.loop import train

PARAMETERS, SMOKE_PARAMETERS = 70_000, 2_000
"""Of each model, tables of embedded tokens not counted."""
LAYERS = 2
"""So that cells without a matrix from state to state mix their units, too."""
LEARNING_RATES, SEEDS = (1e-3, 4e-3), (0, 1)
"""The first seed tries all rates, and the others take the one that was best on validation."""
COLUMNS = (
    "suite", "task", "cell", "seed", "learning_rate", "units", "parameters", "metric", "validation", "test", "seconds",
)  # fmt: skip
KEY = COLUMNS[:5]
HELD_OUT = 500
"""Examples of a probe that are measured, and at most of a dataset's validation and test parts."""


class Contest(NamedTuple):
    """What cells are compared on: a recipe, its metric, and settings, of which those of "full" come on top.

    `examples` are the most that are learned from; of a probe, `epochs` are training steps.
    """

    recipe: str
    metric: str
    epochs: int
    full_epochs: int
    examples: int | None = None
    is_better_higher: bool = False
    settings: dict = {}


IMDB = {"bidirectional": False, "num_bigrams": 0, "max_timesteps": 200}
"""The first and the last hundred words of a review, in one direction."""
CONTESTS = {
    "adding": Contest("memory_probes", "mse", 400, 3000, settings={"length": 200}),
    "copy": Contest("memory_probes", "cross_entropy", 600, 4000, settings={"length": 50}),
    "digits": Contest("sequential_image_digits", "accuracy", 10, 40, None, True),
    "jsb": Contest("music_jsb", "nll_per_frame", 8, 30),
    "fsdd": Contest("speech_fsdd", "accuracy", 4, 20, None, True),
    "cmudict": Contest("pronunciation_cmudict", "wer", 2, 10, 20_000),
    "promoters": Contest("dna_promoters", "matthews_correlation", 8, 20, None, True),
    "imdb": Contest("sentiment_imdb", "accuracy", 1, 1, None, True, IMDB),
}


class Probe:
    """A problem of `recipes/memory_probes.py`, which makes new examples at each step."""

    def __init__(self, name, contest, steps, smoke):
        self.script, self.name, self.steps = catalogue.load_script(contest.recipe), name, steps
        self.length = 10 if smoke else contest.settings["length"]

    def build(self, core, units):
        """A fresh model."""
        return self.script.build(self.name, core, units, None, LAYERS)

    def fit(self, model, learning_rate, seed):
        """Train."""
        losses = self.script.learn(model, self.name, self.length, self.steps, 32, learning_rate, seed)
        if not math.isfinite(losses[-1]):
            raise FloatingPointError

    def measure(self, model):
        """The losses on examples for validation and for test."""
        rngs = (np.random.default_rng([2**31, part]) for part in range(2))
        return [float(model.test_on_batch(*self.script.PROBES[self.name](rng, HELD_OUT, self.length))) for rng in rngs]


class Learned:
    """A dataset with the recipe's settings; what preprocessor and codec know of it is learned once."""

    def __init__(self, contest, epochs, smoke, data_dir):
        self.recipe, self.contest, self.epochs = catalogue.load_script(contest.recipe).main, contest, epochs
        own = {"num_layers": LAYERS, **contest.settings, **(self.recipe.smoke if smoke else {})}
        self.settings = {
            **self.recipe.settings,
            **own,
            "data_dir": "dummy" if smoke else _source(data_dir, self.recipe),
        }
        splits = self.recipe.splits(**self.recipe.reading_settings(self.settings))
        self.training = _few(splits["train"], contest.examples)
        self.held_out = [_few(splits[part], HELD_OUT) for part in ("validation", "test")]
        known = {name: value for name, value in self.settings.items() if name not in ("core", "units")}
        first = self.recipe.build(self.training, **known, core="gru", units=8)
        self.parts = first.preprocessor, first.codec

    def build(self, core, units):
        """A fresh Task, of cells that the catalogue lacks for this task, too."""
        row = next(row for row in catalogue.CATALOGUE if row.task == self.recipe.task and row.cores is None)
        builder = builder_of(row, core)
        taken = set(inspect.signature(builder).parameters) - {"preprocessor", "codec", "units", "weights"}
        settings = {name: value for name, value in self.settings.items() if name in taken}
        return builder(*self.parts, units=units, **settings)

    def fit(self, model, learning_rate, seed):
        """Train as the recipe does, but on its examples alone."""
        train(
            model, self.training, epochs=self.epochs, learning_rate=learning_rate, seed=seed, verbose=0,
            batch_size=self.settings["batch_size"], weight_decay=self.settings["weight_decay"],
        )  # fmt: skip

    def measure(self, model):
        """The metric on validation and on test."""
        return [float(model.answer_metrics(*part)[self.contest.metric]) for part in self.held_out]


def units_for(build, parameters):
    """The size of hidden state with which a model has the nearest number of parameters, a polynomial of degree two."""
    sizes = (8, 16, 32)
    factors = np.polyfit(sizes, [count_parameters(build(units)) - parameters for units in sizes], 2)
    return max(2, round(max(np.roots(factors.round(6)).real)))


def count_parameters(model):
    """Those that are trained, without tables of embedded tokens."""
    tables = [one for one in model._flatten_layers() if isinstance(one, keras.layers.Embedding)]
    own = {id(weight) for table in tables for weight in table.weights}
    return sum(math.prod(weight.shape) for weight in model.trainable_weights if id(weight) not in own)


def run_leaderboard(
    path, *, suite="small", tasks=tuple(CONTESTS), cells=tuple(CELLS), seeds=SEEDS, data_dir=None, smoke=False,
    say=print,
):  # fmt: skip
    """Run what is not in a table yet; each run is added to it once it has ended, whole or not at all.

    Args:
        path: of the CSV file.
        suite: "small", in about two hours of one core, or "full", with more epochs.
        tasks: of `CONTESTS`.
        cells: of `rnn_zoo.layers.CELLS`.
        seeds: of weights, order and dropout.
        data_dir: a folder with a folder of files for each dataset that neither pip nor a download brings.
        smoke: a run of seconds, on made-up data.
        say: is told each finished run, as a line.

    Returns:
        The rows of the suite, tasks and cells, dictionaries of `COLUMNS`.
    """
    rows, suite = read_rows(path), "smoke" if smoke else suite
    parameters = SMOKE_PARAMETERS if smoke else PARAMETERS
    done = {tuple(row[name] for name in KEY) for row in rows}
    total, count = len(tasks) * len(cells) * (len(LEARNING_RATES) + len(seeds) - 1), 0
    for task in tasks:
        contest, ready = CONTESTS[task], None
        for cell in cells:
            units = None
            for seed in seeds:
                tried = [row for row in rows if (row["suite"], row["task"], row["cell"]) == (suite, task, cell)]
                first = [row for row in tried if row["seed"] == seeds[0]]
                rates = LEARNING_RATES if seed == seeds[0] else [best_of(first, contest)["learning_rate"]]
                for rate in rates:
                    count += 1
                    if (suite, task, cell, seed, rate) in done:
                        continue
                    ready = ready or _ready(task, suite, smoke, data_dir)
                    row = dict(zip(KEY, (suite, task, cell, seed, rate), strict=True))
                    units = units or units_for(functools.partial(ready.build, cell), parameters)
                    row |= _run(ready, contest, cell, seed, rate, units)
                    rows.append(row)
                    write_rows(path, rows)
                    say(
                        f"{count}/{total} {task} {cell}, seed {seed}, rate {rate:g}: {contest.metric} {row['test']:.4f}"
                        f", {row['parameters']:,} parameters, {row['seconds']:.0f} s"
                    )
    return [row for row in rows if row["suite"] == suite and row["task"] in tasks and row["cell"] in cells]


def best_of(rows, contest):
    """The row that is best on validation; one that failed is the worst."""
    sign = -1 if contest.is_better_higher else 1
    return min(rows, key=lambda row: math.inf if math.isnan(row["validation"]) else sign * row["validation"])


def summary(rows):
    """Of each task and cell, at the rate that was best: `{task: {cell: (tests, mean seconds)}}`."""
    found = {}
    for task, cell in dict.fromkeys((row["task"], row["cell"]) for row in rows):
        own = [row for row in rows if (row["task"], row["cell"]) == (task, cell)]
        first = [row for row in own if row["seed"] == own[0]["seed"]]
        own = [row for row in own if row["learning_rate"] == best_of(first, CONTESTS[task])["learning_rate"]]
        found.setdefault(task, {})[cell] = (
            [row["test"] for row in own], statistics.mean(row["seconds"] for row in own),
        )  # fmt: skip
    return found


def table_of(rows):
    """A table in Markdown: a row a cell, a column a task; mean and half the range over seeds, and mean seconds."""
    found = summary(rows)
    lines = [["cell", *(heading(task, ", ") for task in found)], ["---"] * (1 + len(found))]
    for cell in dict.fromkeys(row["cell"] for row in rows):
        texts = []
        for task in found:
            tests, seconds = found[task].get(cell, ([], 0))
            spread = f" ± {(max(tests) - min(tests)) / 2:.3f}" if len(tests) > 1 else ""
            said = (
                "diverged" if any(map(math.isnan, tests)) else f"{statistics.mean(tests):.3f}{spread}" if tests else ""
            )
            texts.append(f"{said}, {seconds:.0f} s" if tests else "-")
        lines.append([f"`{cell}`", *texts])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def heading(task, between=": "):
    """A task, its metric, and which way is better."""
    return f"{task}{between}{CONTESTS[task].metric} {'↑' if CONTESTS[task].is_better_higher else '↓'}"


def plot(rows, path):
    """Draw the metric of each task against seconds of training; returns the path."""
    panels = {
        heading(task): {cell: (one[1], statistics.mean(one[0])) for cell, one in of.items()}
        for task, of in summary(rows).items()
    }
    return plots.scores_by_seconds(panels, path)


def read_rows(path):
    """The rows of a table; none if there is no file."""
    if not Path(path).is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if rows and tuple(rows[0]) != COLUMNS:
        raise ValueError(f"{path} must have the columns {','.join(COLUMNS)}. Received: {','.join(rows[0])}")
    kinds = {"seed": int, "units": int, "parameters": int} | dict.fromkeys(
        ("learning_rate", "validation", "test", "seconds"), float
    )
    return [{name: kinds.get(name, str)(value) for name, value in row.items()} for row in rows]


def write_rows(path, rows):
    """Write a table, whole or not at all."""
    with replacing(path) as temporary:
        write_table(temporary, COLUMNS, rows)


def _ready(task, suite, smoke, data_dir):
    contest = CONTESTS[task]
    epochs = 1 if smoke else contest.full_epochs if suite == "full" else contest.epochs
    if contest.recipe == "memory_probes":
        return Probe(task, contest, 10 * epochs if smoke else epochs, smoke)
    return Learned(contest, epochs, smoke, data_dir)


def _run(ready, contest, cell, seed, rate, units):
    """Build, fit and measure; what is no longer a number stays one in the table."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = ready.build(cell, units)
    began = time.perf_counter()
    try:
        ready.fit(model, rate, seed)
        seconds = time.perf_counter() - began
        validation, test = ready.measure(model)
    except FloatingPointError:
        seconds, validation, test = time.perf_counter() - began, math.nan, math.nan
    return {
        "units": units, "parameters": count_parameters(model), "metric": contest.metric, "validation": validation,
        "test": test, "seconds": round(seconds, 2),
    }  # fmt: skip


def _few(examples, most):
    """So many examples at most, from all places."""
    count = len(examples.raw)
    return examples if most is None or count <= most else examples.take(np.arange(most) * count // most)


def _source(data_dir, recipe):
    """The folder of a dataset among others, which begins with its name; None if there is none."""
    found = sorted(Path(data_dir).glob(f"{recipe.dataset}*")) if data_dir else []
    return str(found[0]) if found else None
