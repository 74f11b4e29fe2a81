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
