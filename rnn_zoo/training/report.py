"""How a recipe ends: the metrics on the held-out parts, a few answers, plots, and the saved Task."""

import json
from pathlib import Path

import click
import numpy as np

from rnn_zoo import plots
from rnn_zoo.files import replacing


def report(task, history, test, output, *, settings, minutes, samples=3, validation=None):
    """Evaluate once on the test part, show answers, plot, save.

    Args:
        task: trained; its codec measures and draws, and knows baselines, if any.
        history: from `train`.
        test: raw examples and labels never trained on or chosen with; None if nothing was held out.
        output: folder to write `model.keras`, `result.json` and the plots to.
        settings: the recipe's settings, kept in `result.json`.
        minutes: time the training took.
        samples: how many answers to print.
        validation: raw examples and labels that settings are chosen on, to be measured the same way, or None.

    Returns:
        The metrics on the test part, a dictionary; empty without one.
    """
    output = Path(output)
    path = output / "model.keras"
    task.loaded_from = None
    task.save(path, include_optimizer=False)
    plots.learning_curves(history, output / "learning_curves.png", task.name)
    result = {"metrics": {}, "history": history, "settings": settings, "minutes": round(minutes, 2)}
    result["parameters"] = task.count_params()
    if validation is not None:
        result["validation_metrics"] = task.measure(validation.raw, validation.labels)
        click.echo(f"Validation {_say(result['validation_metrics'])}")
    if test is not None:
        shown = task.to_show(test.raw)
        answers = task.infer(shown)
        result["metrics"] = task.measure(test.raw, test.labels, answers)
        task.codec.draw(shown, test.labels, answers, output, task.name)
        for place in np.linspace(0, len(shown) - 1, samples).astype(int):
            click.echo(f"  {task.codec.describe(shown[place], answers[place])}")
        baselines = task.codec.baselines(test.raw) if hasattr(task.codec, "baselines") else {}
        result["baselines"] = {name: task.codec.measure(test.labels, found) for name, found in baselines.items()}
        for name, metrics in result["baselines"].items():
            click.echo(f"Test of {name}: {_say(metrics)}")
        click.echo(f"Test {_say(result['metrics'])}")
    write_json(output / "result.json", result)
    click.echo(f"Saved {path}, {output / 'learning_curves.png'} after {minutes:.1f} minutes of training.")
    return result["metrics"]


def write_json(path, content):
    """Write JSON to a temporary file, then rename it into place."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _say(metrics):
    return ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
