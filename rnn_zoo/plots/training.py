"""What training and measuring look like."""

from pathlib import Path

import numpy as np

from rnn_zoo.plots.figures import COLOURS, draw_lines, picture

MARKERS = "os^Dv<>pPX*"


def learning_curves(history, path, title=""):
    """Draw loss and metrics over the epochs, training beside validation.

    Args:
        history: a dictionary of lists, from `rnn_zoo.training.train` or Keras' `fit(...).history`.
    """
    names = [name for name in history if not name.startswith("val_") and name != "learning_rate"]
    with picture(path, title, (5 * len(names), 3.6), len(names), grid="both") as axes:
        for axis, name in zip(axes, names, strict=True):
            for key, label in ((name, "training"), (f"val_{name}", "validation")):
                if key in history:
                    epochs = range(1, len(history[key]) + 1)
                    axis.plot(epochs, history[key], marker="o", markersize=4, label=label)
            axis.set(xlabel="epoch", ylabel=name)
            axis.xaxis.get_major_locator().set_params(integer=True)
            axis.legend()
    return Path(path)


def learning_rate_curve(curve, path, title=""):
    """Draw the loss over a rising learning rate, and the rate that is suggested.

    Args:
        curve: from `rnn_zoo.training.find_learning_rate`.
    """
    suggested = f"suggested: {curve.suggestion:.1g}"
    with picture(path, title, (5.5, 3.6), grid="both") as (axis,):
        axis.plot(curve.learning_rates, curve.losses, color=COLOURS[2])
        axis.axvline(curve.suggestion, color="black", linewidth=1, linestyle=":", label=suggested)
        axis.set(xscale="log", xlabel="learning rate", ylabel="loss, smoothed")
        axis.legend()
    return Path(path)


def training_losses(losses, path, title="", *, every=1, baselines=None):
    """Draw the loss of several models over the training steps, on a logarithmic scale.

    Args:
        losses: a dictionary of panels from left to right, `{heading: {line: <float>[values]}}`, as in `gradient_flow`.
        every: training steps from one value to the next.
        baselines: for each panel the loss of who remembers nothing, drawn as a line; None for no lines.
    """
    return draw_lines(
        losses, path, title, "training step", "loss", every, baselines, "without memory", every, shared=False
    )


def scores_by_size(scores, path, title="", *, y_label="accuracy", baselines=None):
    """Draw how good several ways of training are with how many examples: each run a point, their means a line.

    Args:
        scores: a dictionary of ways, `{line: {number of examples: <float>[runs]}}`.
        y_label: what the scores are.
        baselines: a dictionary from names to scores that no examples change, drawn as dotted lines; None for none.
    """
    with picture(path, title, (5.5, 3.8), grid="both") as (axis,):
        for index, (name, runs) in enumerate(scores.items()):
            sizes = sorted(runs)
            style = {"color": COLOURS[(index + 2) % len(COLOURS)]}
            axis.plot(sizes, [np.mean(runs[size]) for size in sizes], label=name, linewidth=1.6, **style)
            for size in sizes:
                axis.plot([size] * len(runs[size]), runs[size], "o", markersize=4, alpha=0.6, **style)
        for name, score in (baselines or {}).items():
            axis.axhline(score, color="black", linewidth=1, linestyle=":", label=name)
        axis.set(xscale="log", xlabel="training examples", ylabel=y_label)
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.minorticks_off()
        axis.legend()
    return Path(path)


def confusion_matrix(labels, predictions, class_names, path, title=""):
    """Draw how often each class was taken for which; classes that are neither right nor an answer are left out.

    Args:
        labels: true class indices, `<int>[examples]`.
        predictions: predicted class indices, `<int>[examples]`.
        class_names: names in the order of the indices.
    """
    shown, counts = np.union1d(labels, predictions), np.bincount(labels, minlength=len(class_names))
    many = len(shown) > 40  # ten thousand numbers take a minute to draw
    side = 0.2 if many else min(1.4, 0.5 + 2.7 / len(shown))
    with picture(path, title, (1.5 + side * len(shown),) * 2) as (axis,):
        from sklearn.metrics import ConfusionMatrixDisplay

        names = [class_names[one] for one in shown]
        display = ConfusionMatrixDisplay.from_predictions(
            labels, predictions, labels=shown, display_labels=names, normalize="true", include_values=not many,
            values_format=".1%" if len(shown) < 8 else ".0%", cmap="Blues", colorbar=False, ax=axis,
        )  # fmt: skip
        axis.set_xticks(range(len(shown)), names, rotation=45, ha="right", rotation_mode="anchor")
        axis.set_yticks(range(len(shown)), [f"{class_names[one]} ({counts[one]:,})" for one in shown])
        axis.set_ylabel("True label (count)")
        for text, share in zip(axis.texts, np.ravel(display.confusion_matrix), strict=False):  # there may be no texts
            text.set_visible(share > 0)
    return Path(path)


def scores_by_seconds(panels, path, title=""):
    """Draw what several models reach against how long they were trained, a panel for each task.

    Args:
        panels: a dictionary from headings to models, `{heading: {name: (seconds, score)}}`; a heading names those whose
            score is no number.
    """
    names = list(dict.fromkeys(name for models in panels.values() for name in models))
    columns, dots = min(4, len(panels)), {}
    size = (1.6 + 3.2 * columns, 2.9 * -(-len(panels) // columns))
    with picture(path, title, size, len(panels), columns, grid="both") as axes:
        from matplotlib.ticker import LogLocator

        for axis, (heading, models) in zip(axes, panels.items(), strict=True):
            for name, (seconds, score) in models.items():
                index = names.index(name)
                style = {"color": COLOURS[index % len(COLOURS)], "marker": MARKERS[index % len(MARKERS)]}
                (dots[name],) = axis.plot(seconds, score, linestyle="", label=name, **style)
            lost = ", ".join(name for name, (_, score) in models.items() if not np.isfinite(score))
            axis.set_title(f"{heading}\nno number: {lost}" if lost else heading, fontsize=10)
            axis.set(xscale="log", xlabel="seconds of training")
            axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.xaxis.set_major_formatter("{x:g}")
            axis.xaxis.set_minor_formatter("")
            axis.margins(0.1)
        axes[0].figure.legend(dots.values(), dots, loc="outside right upper")
    return Path(path)
