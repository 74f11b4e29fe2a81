"""A cell that is one class and one line in the table has models for every task."""

import numpy as np
import pytest
from dummy_cells import DUMMIES
from tiny_models import TINY

import rnn_zoo
from rnn_zoo import catalogue
from rnn_zoo.builders import find_builder
from rnn_zoo.layers import CELLS

AT_ONCE = ("dna", "forecast", "ner", "language_model", "speech", "translation", "music")
TASKS = [
    pytest.param("counting", row.task, marks=() if row.task in AT_ONCE else pytest.mark.slow, id=row.task)
    for row in catalogue.CATALOGUE
    if row.cores is None
]


@pytest.mark.parametrize(("core", "task"), [*TASKS, ("leaky", "language_model")])
def test_a_new_cell_builds_fits_answers_and_is_stored_for_every_task(core, task, monkeypatch, tmp_path):
    monkeypatch.setitem(CELLS, core, DUMMIES[core])
    name, tiny = f"{task}_{core}", TINY[task](core)
    assert name in rnn_zoo.list_models(task=task)
    made = find_builder(name).from_examples(tiny.examples, **tiny.settings)
    before = [np.array(weight) for weight in made.trainable_weights]
    made.compile(run_eagerly=True)
    made.fit(tiny.inputs, tiny.targets, epochs=1, verbose=0)
    assert all((np.array(new) != old).any() for new, old in zip(made.trainable_weights, before, strict=True))
    made.save(tmp_path / "made.keras")
    loaded = find_builder(name)(weights=tmp_path / "made.keras")
    found, expected = loaded.infer(tiny.inputs[:2]), made.infer(tiny.inputs[:2])
    assert [str(one) for one in map(rounded, found)] == [str(one) for one in map(rounded, expected)]


def rounded(answer):
    """An answer whose probabilities have few digits."""
    if not isinstance(answer, dict):
        return answer
    numbers = float, np.ndarray
    return {key: np.round(value, 4) if isinstance(value, numbers) else value for key, value in answer.items()}
