"""Pictures that people would rather look at than numbers. Needs the extra `plots`."""

from pathlib import Path


def learning_curves(history, path, title=""):
    """Draw loss and metrics over the epochs, training beside validation.

    Args:
        history: a dictionary of lists, from `rnn_zoo.training.train` or Keras' `fit(...).history`.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.
    """
    figure_class = _figure_class()
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
    return _write(figure, path)


def confusion_matrix(labels, predictions, class_names, path, title=""):
    """Draw how often each class was taken for which.

    Args:
        labels: true class indices, `<int>[examples]`.
        predictions: predicted class indices, `<int>[examples]`.
        class_names: names in the order of the indices.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.
    """
    figure_class = _figure_class()
    from sklearn.metrics import ConfusionMatrixDisplay

    figure = figure_class(
        figsize=(1.5 + min(1.4, 0.5 + 2.7 / len(class_names)) * len(class_names),) * 2, layout="constrained"
    )
    axis = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        labels, predictions, labels=range(len(class_names)), display_labels=class_names, normalize="true",
        values_format=".1%" if len(class_names) < 8 else ".0%", cmap="Blues", colorbar=False, ax=axis,
        xticks_rotation=45,
    )  # fmt: skip
    axis.set_title(title)
    return _write(figure, path)


def forecast_with_history(history, truth, forecast, names, path, title="", baselines=None):
    """Draw how series went on beside how they were said to, a panel for each variable, four at most.

    Args:
        history: `<float>[timesteps, variables]`.
        truth: what came then, `<float>[horizon, variables]`, or None.
        forecast: `<float>[horizon, variables]`.
        names: of the variables.
        path: PNG file to write.
        title: above the picture.
        baselines: a dictionary of other forecasts.

    Returns:
        The path.
    """
    figure_class = _figure_class()
    num_panels = min(len(names), 4)
    figure = figure_class(figsize=(9, 1.2 + 2.2 * num_panels), layout="constrained")
    axes = figure.subplots(num_panels, 1, squeeze=False, sharex=True)[:, 0]
    after = range(len(forecast) + 1)
    for column, axis in enumerate(axes):
        before = [row[column] for row in history]
        lines = {**(baselines or {}), **({} if truth is None else {"truth": truth}), "forecast": forecast}
        axis.plot(range(1 - len(before), 1), before, color="black", label="history")
        for name, values in lines.items():
            style = {"truth": "k:", "forecast": "C3-"}.get(name, "-")
            faint = {"alpha": 0.5, "linewidth": 1} if name in (baselines or {}) else {}
            axis.plot(after, [before[-1], *(row[column] for row in values)], style, label=name, **faint)
        axis.axvline(0, color="grey", linewidth=0.5)
        axis.set_ylabel(names[column])
        axis.grid(alpha=0.3)
    axes[0].legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=5, fontsize="small", frameon=False)
    axes[-1].set_xlabel("timesteps from the last known one")
    figure.suptitle(title)
    return _write(figure, path)


def _figure_class():
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError('plots need matplotlib and scikit-learn: pip install "rnn-zoo[plots]"') from error
    return Figure


def _write(figure, path):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return path
