"""How a recipe ends: the metric on the test part, a few answers, plots, and the saved Task."""

import json
from pathlib import Path

import click
import numpy as np

from rnn_zoo import plots
from rnn_zoo.files import replacing
from rnn_zoo.pipeline import batches


def report(task, history, test, output, *, settings, minutes, samples=3):
    """Evaluate a classifier once on the test part, show answers, plot, save.

    Args:
        task: trained, with a `Classes` codec.
        history: from `train`.
        test: raw examples and labels never trained on or chosen with; None if nothing was held out.
        output: folder to write `model.keras`, `result.json` and the plots to.
        settings: the recipe's settings, kept in `result.json`.
        minutes: time the training took.
        samples: how many answers to print.

    Returns:
        The metrics on the test part, a dictionary; empty without one.
    """
    output = Path(output)
    path = output / "model.keras"
    task.loaded_from = None
    task.save(path, include_optimizer=False)
    metrics = {}
    plots.learning_curves(history, output / "learning_curves.png", task.name)
    if test is not None:
        labels = task.codec.encode(test.labels)
        predictions = task.predict(batches(task, test.raw), verbose=0).argmax(axis=-1)
        metrics = _classification_metrics(labels, predictions)
        plots.confusion_matrix(labels, predictions, task.codec.class_names, output / "confusion_matrix.png", task.name)
    result = {"metrics": metrics, "history": history, "settings": settings, "minutes": round(minutes, 2)}
    result["parameters"] = task.count_params()
    write_json(output / "result.json", result)
    if test is not None:
        picked = [test.raw[place] for place in np.linspace(0, len(test.raw) - 1, samples).astype(int)]
        for text, answer in zip(picked, task.infer(picked), strict=True):
            click.echo(f"  {answer['label']} {answer['score']:.2f}  {' '.join(str(text).split())[:90]}")
        click.echo("Test " + ", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
    click.echo(f"Saved {path}, {output / 'learning_curves.png'} after {minutes:.1f} minutes of training.")
    return metrics


def write_json(path, content):
    """Write JSON to a temporary file, then rename it into place."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _classification_metrics(labels, predictions):
    from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

    return {
        "accuracy": float(accuracy_score(labels, predictions)),
        "macro_f1": float(f1_score(labels, predictions, average="macro")),
        "matthews_correlation": float(matthews_corrcoef(labels, predictions)),
    }
