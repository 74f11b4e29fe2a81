"""What training and measuring look like."""

import numpy as np

from rnn_zoo.plots.figures import COLOURS, draw_lines, new_figure_class, write_figure


def learning_curves(history, path, title=""):
    """Draw loss and metrics over the epochs, training beside validation.

    Args:
        history: a dictionary of lists, from `rnn_zoo.training.train` or Keras' `fit(...).history`.
    """
    figure_class = new_figure_class()
    names = [name for name in history if not name.startswith("val_") and name != "learning_rate"]
    figure = figure_class(figsize=(5 * len(names), 3.6), layout="constrained")
    for axis, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            if key in history:
                epochs = range(1, len(history[key]) + 1)
                axis.plot(epochs, history[key], marker="o", markersize=4, label=label)
        axis.set_xlabel("epoch")
        axis.set_ylabel(name)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.suptitle(title)
    return write_figure(figure, path)


def learning_rate_curve(curve, path, title=""):
    """Draw the loss over a rising learning rate, and the rate that is suggested.

    Args:
        curve: from `rnn_zoo.training.find_learning_rate`.
    """
    figure = new_figure_class()(figsize=(5.5, 3.6), layout="constrained")
    axis = figure.subplots()
    axis.plot(curve.learning_rates, curve.losses, color=COLOURS[2])
    axis.axvline(
        curve.suggestion, color="black", linewidth=1, linestyle=":", label=f"suggested: {curve.suggestion:.1g}"
    )
    axis.set_xscale("log")
    axis.set_xlabel("learning rate")
    axis.set_ylabel("loss, smoothed")
    axis.grid(alpha=0.3)
    axis.legend()
    axis.set_title(title)
    return write_figure(figure, path)


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
    figure = new_figure_class()(figsize=(5.5, 3.8), layout="constrained")
    axis = figure.subplots()
    for index, (name, runs) in enumerate(scores.items()):
        sizes = sorted(runs)
        style = {"color": COLOURS[(index + 2) % len(COLOURS)]}
        axis.plot(sizes, [np.mean(runs[size]) for size in sizes], label=name, linewidth=1.6, **style)
        for size in sizes:
            axis.plot([size] * len(runs[size]), runs[size], "o", markersize=4, alpha=0.6, **style)
    for name, score in (baselines or {}).items():
        axis.axhline(score, color="black", linewidth=1, linestyle=":", label=name)
    axis.set_xscale("log")
    axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axis.minorticks_off()
    axis.set_xlabel("training examples")
    axis.set_ylabel(y_label)
    axis.grid(alpha=0.3)
    axis.legend()
    axis.set_title(title)
    return write_figure(figure, path)


def confusion_matrix(labels, predictions, class_names, path, title=""):
    """Draw how often each class was taken for which.

    Args:
        labels: true class indices, `<int>[examples]`.
        predictions: predicted class indices, `<int>[examples]`.
        class_names: names in the order of the indices.
    """
    figure_class = new_figure_class()
    from sklearn.metrics import ConfusionMatrixDisplay

    many = len(class_names) > 40  # ten thousand numbers take a minute to draw
    side = 0.2 if many else min(1.4, 0.5 + 2.7 / len(class_names))
    figure = figure_class(figsize=(1.5 + side * len(class_names),) * 2, layout="constrained")
    axis = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        labels, predictions, labels=range(len(class_names)), display_labels=class_names, normalize="true",
        values_format=".1%" if len(class_names) < 8 else ".0%", cmap="Blues", colorbar=False, ax=axis,
        xticks_rotation=45, include_values=not many,
    )  # fmt: skip
    axis.set_title(title)
    return write_figure(figure, path)


def scores_by_seconds(panels, path, title=""):
    """Draw what several models reach against how long they were trained, a panel for each task.

    Args:
        panels: a dictionary from headings to models, `{heading: {name: (seconds, score)}}`.
    """
    columns = min(4, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure_class()(figsize=(4.2 * columns, 3.2 * rows), layout="constrained")
    for place, (heading, models) in enumerate(panels.items(), start=1):
        axis = figure.add_subplot(rows, columns, place)
        for index, (name, (seconds, score)) in enumerate(models.items()):
            axis.plot(seconds, score, "o", color=COLOURS[index % len(COLOURS)])
            axis.annotate(name, (seconds, score), xytext=(4, 3), textcoords="offset points", fontsize=7)
        axis.set_xscale("log")
        axis.margins(0.2)
        axis.set_title(heading, fontsize=10)
        axis.set_xlabel("seconds of training")
        axis.grid(alpha=0.3)
    figure.suptitle(title)
    return write_figure(figure, path)
