"""Cards: what trained weights are, where they come from and what they reached."""

import importlib.metadata
import json
import platform
import statistics
import tempfile
import zipfile
from pathlib import Path

from rnn_zoo import catalogue
from rnn_zoo.calibration import calibrate, calibration_error
from rnn_zoo.codecs import Classes
from rnn_zoo.datasets import load_dataset
from rnn_zoo.files import replacing
from rnn_zoo.training.findings import findings
from rnn_zoo.training.report import by_name, write_json

STORED_WHOLE = 250_000
"""Models of no more parameters are stored in float32: rounding moves small recurrent networks over long sequences."""
FREE = {"seed", "output", "data_dir", "word_vectors", "start_from", "resume", "workers", "with_validation", "all_train"}
"""Settings of a measured run that may be others than those on the card: places, and how much was learned from."""
LARGEST_MIB, LARGEST_MIB_OF_SOME = 6, {"caption": 12, "sentiment": 12, "translation": 12}
"""Of a file, and of those tasks whose vocabularies are large."""


def write_card(builder, weights, released, measured, facts, *, metric="accuracy", folder=None):
    """Put trained weights into the package with their card.

    Args:
        builder: name of the builder, for example "sentiment_lstm".
        weights: name of the weights: the dataset's.
        released: output folder of the run whose `model.keras` is released.
        measured: output folders of the runs whose `result.json` were measured on the test part, one a seed. They may
            be trained on less data than the released one, never on the test part.
        facts: the card's entries that a person writes: description, dataset, intended_use, limits, example_input,
            command, metric_note; and "split", if it is not on the test split that runs are measured.
        metric: key of the metric in `result.json`.
        folder: where to write; None for the package's own folder.

    Returns:
        The card, a dictionary.
    """
    folder = Path(folder or catalogue.WEIGHTS_FOLDER)
    results = [json.loads(Path(run, "result.json").read_text(encoding="utf-8")) for run in measured]
    split = facts.get("split", "test")
    if split != "test":
        for run, result in zip(measured, results, strict=True):
            examples = load_dataset(weights, split, source=result["settings"]["data_dir"])
            result["metrics"] = catalogue.load_task(Path(run, "model.keras")).answer_metrics(*examples)
    if not results or not all(metric in result["metrics"] for result in results):
        raise ValueError(f"measured must be runs whose result.json has {metric!r}. Received: {list(measured)}")
    final = json.loads(Path(released, "result.json").read_text(encoding="utf-8"))
    task = catalogue.load_task(Path(released, "model.keras"))
    path = folder / f"{builder}_{weights}.keras"
    _save(task, path)
    values = [result["metrics"][metric] for result in results]
    row = catalogue.ROWS[builder]
    card = {
        "builder": builder,
        "weights": weights,
        "file": path.name,
        "parameters": task.count_params(),
        "version": "1",
        "task": row.task,
        "io_type": row.io_type,
        "description": facts["description"],
        "dataset": facts["dataset"],
        "metric": {
            "name": metric,
            "split": split,
            **_spread([result["settings"]["seed"] for result in results], values),
            "note": facts["metric_note"],
        },
        "other_metrics": {
            name: statistics.mean(result["metrics"][name] for result in results)
            for name in results[0]["metrics"]
            if name != metric and all(name in result["metrics"] for result in results)
        },
        "recipe": facts["command"].split()[1],
        "command": facts["command"],
        "train_minutes": final["minutes"],
        "hardware": facts.get("hardware", f"2 CPU cores ({platform.machine()})"),
        "versions": {name: importlib.metadata.version(name) for name in ("keras", "tensorflow", "numpy")},
        "intended_use": facts["intended_use"],
        "limits": facts["limits"],
        **_facts_of(path, facts["example_input"]),
    }
    if found := [result["calibration"] for result in results if "calibration" in result]:
        card["calibration"] = {
            f"expected_error_{when}": statistics.mean(one[when] for one in found) for when in ("before", "after")
        }
    if results[0].get("baselines"):
        card["baselines"] = results[0]["baselines"]
    if results[0].get("history"):
        curves = {name: values for name, values in results[0]["history"].items() if name.endswith("loss")}
        card["learning_curve"] = {name: [round(one, 4) for one in values] for name, values in curves.items()}
    write_json(folder / f"{builder}_{weights}.json", card)
    return card


def add_seeds(builder, weights, measured, settings, *, folder=None):
    """Add to a card of the package what runs with other seeds reached.

    Args:
        builder: name of the builder.
        weights: name of the weights.
        measured: output folders of the runs, whose `result.json` were measured on the card's part.
        settings: those of the command on the card, from names to values.
        folder: where the card is; None for the package's own folder.

    Returns:
        The card, a dictionary.

    Raises:
        ValueError: for a run of a seed that is on the card, or of other settings.
    """
    path = Path(folder or catalogue.WEIGHTS_FOLDER, f"{builder}_{weights}.json")
    card = json.loads(path.read_text(encoding="utf-8"))
    metric, others, wanted = card["metric"], card["other_metrics"], json.loads(json.dumps(settings))
    for run in measured:
        result = json.loads(Path(run, "result.json").read_text(encoding="utf-8"))
        reached = result.get("metrics" if metric["split"] == "test" else f"{metric['split']}_metrics", {})
        found, seed = result["settings"], result["settings"]["seed"]
        if seed in metric["seeds"]:
            raise ValueError(f"measured must be runs of other seeds than {metric['seeds']}. Received: {run}")
        changed = {name: found.get(name) for name in wanted.keys() - FREE if found.get(name) != wanted[name]}
        if changed or metric["name"] not in reached:
            raise ValueError(
                f"measured must be runs of the card's command, with {metric['name']!r} of the {metric['split']} split. "
                f"Received: {run} with {changed or sorted(reached)}"
            )
        count = len(metric["seeds"])
        metric |= _spread([*metric["seeds"], seed], [*metric["values"], reached[metric["name"]]])
        for name in others.keys() & reached.keys():
            others[name] += (reached[name] - others[name]) / (count + 1)
    write_json(path, card)
    return card


def complete_card(builder, weights, splits):
    """Add to a card of the package what is found on held-out data that its weights have not seen.

    That are the worst answers and the metric by length. Of a classifier, the scores are calibrated on validation, too,
    which changes its file but no label, and the expected calibration errors on the test part are written down.

    Args:
        builder: name of the builder.
        weights: name of the weights, which must be those of a measured run.
        splits: from names of splits to `Examples`, as the recipe of the weights reads them.

    Returns:
        The names of the entries that were added to the card.
    """
    card, task = catalogue.read_card(builder, weights), catalogue.load_weights(builder, weights)
    metric, parts = card["metric"]["name"], by_name(splits[card["metric"]["split"]])
    part = next(one for one in sorted(parts, key=len, reverse=True) if metric.startswith(one))
    before, path = set(card), catalogue.WEIGHTS_FOLDER / card["file"]
    if isinstance(task.codec, Classes) and "calibration" not in card and "--with-validation" not in card["command"]:
        card["calibration"] = {"expected_error_before": calibration_error(task, parts[part])}
        calibrate(task, splits["validation"])
        card["calibration"]["expected_error_after"] = calibration_error(task, parts[part])
        _replace_config(path, task)
        card |= _facts_of(path, card["example"]["input"])
    card |= findings(task, parts[part], metric.removeprefix(f"{part}_") if part else metric)
    if not card["dataset"].get("quotable", True):  # its examples must not be redistributed
        card.pop("worst_answers", None)
    write_json(path.with_suffix(".json"), card)
    return sorted(set(card) - before)


def _spread(seeds, values):
    std = statistics.stdev(values) if len(values) > 1 else None
    return {"mean": statistics.mean(values), "std": std, "seeds": seeds, "values": values}


def _save(task, path):
    with replacing(path) as temporary:
        task.save(temporary, include_optimizer=False, half_precision=task.count_params() > STORED_WHOLE)
        limit, size = LARGEST_MIB_OF_SOME.get(catalogue.ROWS[task.name].task, LARGEST_MIB), temporary.stat().st_size
        if size > limit * 2**20:
            raise ValueError(f"weights must not be larger than {limit} MiB. Received: {task.name} of {size} bytes")


def _replace_config(path, task):
    """Write what a Task is made of into its file again, beside the same stored weights."""
    with replacing(path) as temporary, tempfile.TemporaryDirectory() as scratch:
        task.save(scratch := Path(scratch, "new.keras"), include_optimizer=False)
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(scratch) as new, zipfile.ZipFile(temporary, "w") as merged:
            for entry in old.infolist():
                merged.writestr(entry, (new if entry.filename == "config.json" else old).read(entry.filename))


def _facts_of(path, example):
    """What a card says of the file, and how the weights in it answer the example."""
    task = catalogue.load_task(path)
    return {
        "sha256": catalogue.sha256_of(path),
        "size_bytes": path.stat().st_size,
        "example": {"input": example, "answer": task.codec.to_json(task.infer([example])[0])},
    }
