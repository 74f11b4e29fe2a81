"""How a recipe ends: the metrics on the held-out parts, a few answers, plots, and the saved Task."""

import json
import statistics
from pathlib import Path

import click
import numpy as np

from rnn_zoo import plots
from rnn_zoo.calibration import calibrate, calibration_error
from rnn_zoo.codecs import Classes, Forecast
from rnn_zoo.codecs.codec import say_raw
from rnn_zoo.datasets import Examples
from rnn_zoo.files import replacing


def report(task, history, test, output, *, settings, minutes, samples=3, validation=None):
    """Evaluate once on the test split, show answers, plot, save `model.keras` and `result.json`; the metrics.

    The test split was never trained on or chosen with; it may be a dictionary of several parts, whose names then come
    before those of the metrics, or None. The validation split is measured the same way.
    """
    output = Path(output)
    path = output / "model.keras"
    task.loaded_from = None
    calibration = _calibrated(task, validation, test)
    task.save(path, include_optimizer=False)
    plots.learning_curves(history, output / "learning_curves.png", task.name)
    result = {"metrics": {}, "history": history, "settings": settings, "minutes": round(minutes, 2)}
    result["parameters"] = task.count_params()
    if calibration:
        result["calibration"] = calibration
        click.echo(f"Calibration on validation, expected error on test: {say(calibration)}")
    if validation is not None:
        result["validation_metrics"] = task.answer_metrics(validation.raw, validation.labels)
        click.echo(f"Validation {say(result['validation_metrics'])}")
    result["baselines"] = {}
    for name, examples in by_name(test).items():
        shown = task.prompts_of(examples.raw)
        answers = task.infer(shown)
        metrics = task.answer_metrics(examples.raw, examples.labels, answers)
        result["metrics"] |= {f"{name}_{key}".lstrip("_"): value for key, value in metrics.items()}
        task.plot(shown, examples.labels, answers, output / name, task.name)
        for position in np.linspace(0, len(shown) - 1, samples).astype(int):
            said = " / ".join(filter(None, task.codec.to_text(shown[position], answers[position]).splitlines()))
            before = "" if task.codec.says_examples else f"{say_raw(shown[position])[:60]} -> "
            click.echo(f"  {before}{said[:110]}")
        baselines = task.codec.baselines(examples.raw) if hasattr(task.codec, "baselines") else {}
        for baseline, found in baselines.items():
            result["baselines"][baseline] = task.codec.compute_metrics(examples.labels, found)
            click.echo(f"Test of {baseline}: {say(result['baselines'][baseline])}")
        click.echo(f"Test {f'on {name}: ' if name else ''}{say(metrics)}")
    write_json(output / "result.json", result)
    click.echo(f"Saved {path}, {output / 'learning_curves.png'} after {minutes:.1f} minutes of training.")
    return result["metrics"]


def _calibrated(task, validation, test):
    """Calibrate on validation; of classes, the expected calibration errors on the only test part before and after."""
    if validation is None or not isinstance(task.codec, (Classes, Forecast)):
        return {}
    if isinstance(task.codec, Forecast):
        if len(validation.labels) > 10:
            calibrate(task, validation)
        return {}
    if not isinstance(test, Examples):
        return {}
    before = calibration_error(task, test)
    found = calibrate(task, validation)
    return {"temperature": found.temperature, "before": before, "after": calibration_error(task, test)}


def by_name(test):
    """Test parts by their names; the only one has none."""
    if test is None:
        return {}
    return test if isinstance(test, dict) else {"": test}


def write_json(path, content):
    """Write JSON to a temporary file, then rename it into place."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def say_runs(values, digits=4):
    """Mean and standard deviation of a metric over runs."""
    spread = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def say(metrics):
    """Metrics on one line."""
    return ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
