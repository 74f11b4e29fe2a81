"""Pictures that people would rather look at than numbers. Needs the extra `plots`."""

from pathlib import Path

_WIDE_FONTS = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo", "Unifont")


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


def tag_heat_map(task, sentence, path, title=""):
    """Draw how probable a tagger finds each tag of each token; a frame marks the tags that it answers.

    The frames of a model with a CRF are the best path as a whole, which need not be the darkest fields.

    Args:
        task: a tagger.
        sentence: a string, or a list of tokens, with one token at least. Characters that no installed font has come out
            as boxes.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.

    Raises:
        ValueError: for a Task that is no tagger, or a sentence without tokens.
    """
    figure_class = _figure_class()
    if not hasattr(task.codec, "probabilities"):
        raise ValueError(f"task must be a tagger. Received: task={task.name!r}")
    (encoded,) = task.preprocessor.encode([sentence])
    tokens = encoded.tokens
    if not tokens:
        raise ValueError(f"sentence must hold a token. Received: sentence={sentence!r:.60}")
    outputs = task.predict_on_batch(task.preprocessor.pad([encoded]))
    probabilities, names = task.codec.probabilities(outputs)[0, : len(tokens)], task.codec.tag_names
    best = task.codec.best(outputs)[0, : len(tokens)]
    figure = figure_class(figsize=(2.2 + 0.42 * len(tokens), 1.6 + 0.26 * len(names)), layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(probabilities.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.plot(range(len(tokens)), best, "s", markersize=12, markerfacecolor="none", markeredgecolor="tab:orange")
    families = _families_for("".join(tokens))
    axis.set_xticks(range(len(tokens)), tokens, rotation=45, ha="right", rotation_mode="anchor", fontfamily=families)
    axis.set_yticks(range(len(names)), names)
    figure.colorbar(image, ax=axis, label="probability")
    axis.set_title(title, fontfamily=families)
    return _write(figure, path)


def _families_for(text):
    """The usual font, and behind it one that has the characters which it lacks, if one is installed."""
    from matplotlib import font_manager

    properties = font_manager.FontProperties()
    usual = properties.get_family()
    known = font_manager.get_font(font_manager.findfont(properties)).get_charmap()
    if all(ord(character) in known for character in text):
        return usual
    installed = font_manager.get_font_names()
    return [*usual, *(name for name in _WIDE_FONTS if name in installed)]


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
