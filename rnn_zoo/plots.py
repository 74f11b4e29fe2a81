"""Pictures that people would rather look at than numbers. Needs the extra `plots`."""

import warnings
from pathlib import Path

import numpy as np

COLOURS = ("#D55E00", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#000000")
"""Colours that people with any kind of colour vision tell apart: Okabe & Ito, "Color universal design", 2008."""

_WIDE_FONTS = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo", "Unifont")
_LINE_STYLES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))


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


def learning_rate_curve(curve, path, title=""):
    """Draw the loss over a rising learning rate, and the rate that is suggested.

    Args:
        curve: from `rnn_zoo.training.find_learning_rate`.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.
    """
    figure = _figure_class()(figsize=(5.5, 3.6), layout="constrained")
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
    return _write(figure, path)


def scores_by_size(scores, path, title="", *, y_label="accuracy", baselines=None):
    """Draw how good several ways of training are with how many examples: each run a point, their means a line.

    Args:
        scores: a dictionary of ways, `{line: {number of examples: <float>[runs]}}`.
        path: PNG file to write.
        title: above the picture.
        y_label: what the scores are.
        baselines: a dictionary from names to scores that no examples change, drawn as dotted lines; None for none.

    Returns:
        The path.
    """
    figure = _figure_class()(figsize=(5.5, 3.8), layout="constrained")
    axis = figure.subplots()
    for place, (name, runs) in enumerate(scores.items()):
        sizes = sorted(runs)
        style = {"color": COLOURS[(place + 2) % len(COLOURS)]}
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


def gradient_flow(flows, path, title=""):
    """Draw how strongly the loss depends on the state at every timestep, on a logarithmic scale.

    Args:
        flows: a dictionary of panels from left to right, `{heading: {line: <float>[timesteps]}}`; for example
            `{"at the start": {"LSTM": rnn_zoo.inspection.gradient_flow(...)["hidden_state"].mean(axis=0)}}`. A line
            keeps its colour in all panels; values that are 0, infinite or no numbers leave gaps, and those below 1e-16
            are not drawn.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.
    """
    return _draw_lines(flows, path, title, "timestep", "mean |dL/dh_t| of the examples", first=1)


def gradient_norms(norms, path, title="", threshold=None):
    """Draw the norm of the gradient of all weights over the training steps, on a logarithmic scale.

    Args:
        norms: a dictionary of panels from left to right, `{heading: {line: <float>[steps]}}`, as in `gradient_flow`.
        path: PNG file to write.
        title: above the picture.
        threshold: where gradients are clipped, drawn as a line, or None.

    Returns:
        The path.
    """
    marks = {} if threshold is None else dict.fromkeys(norms, threshold)
    return _draw_lines(norms, path, title, "training step", "norm of the weights' gradient", 1, marks, "clipping norm")


def training_losses(losses, path, title="", *, every=1, baselines=None):
    """Draw the loss of several models over the training steps, on a logarithmic scale.

    Args:
        losses: a dictionary of panels from left to right, `{heading: {line: <float>[values]}}`, as in `gradient_flow`.
        path: PNG file to write.
        title: above the picture.
        every: training steps from one value to the next.
        baselines: for each panel the loss of who remembers nothing, drawn as a line; None for no lines.

    Returns:
        The path.
    """
    return _draw_lines(
        losses, path, title, "training step", "loss", every, baselines, "without memory", every, shared=False
    )


def attention(weights, source, target, path, title=""):
    """Draw where a decoder looked when it wrote each symbol.

    Args:
        weights: `<float>[symbols, source timesteps]`, as `rnn_zoo.GenerativeTask.generate(..., with_attention=True)`
            gives them, or a list of them, one for each panel from left to right.
        source: the source symbols, a list of strings, or a list of lists; None for timesteps without names.
        target: the written symbols, likewise.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.

    Raises:
        ValueError: for another number of weights than of symbols.
    """
    if np.ndim(weights[0]) == 1:
        weights, source, target = [weights], [source], [target]
    columns, rows = (max(np.shape(one)[axis] for one in weights) for axis in (1, 0))
    size = (1.2 + len(weights) * (0.9 + 0.3 * min(columns, 40)), 1.8 + 0.3 * rows)
    figure = _figure_class()(figsize=size, layout="constrained")
    axes = figure.subplots(1, len(weights), squeeze=False)[0]
    for axis, one, above, left in zip(axes, weights, source or [None] * len(weights), target, strict=True):
        one = np.asarray(one)
        if one.shape != (len(left), one.shape[1] if above is None else len(above)):
            raise ValueError(
                f"weights must be [symbols, source timesteps]. Received: shape {one.shape}, {left}, {above}"
            )
        image = axis.imshow(one, cmap="Blues", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        axis.set_yticks(range(len(left)), left, fontfamily=_families_for("".join(left)))
        axis.set_ylabel("written")
        axis.set_xlabel("read, timestep" if above is None else "read")
        if above is not None:
            slanted = {"rotation": 60, "ha": "right", "rotation_mode": "anchor"} if max(map(len, above)) > 2 else {}
            axis.set_xticks(range(len(above)), above, fontfamily=_families_for("".join(above)), **slanted)
    figure.colorbar(image, ax=axes, label="attention weight")
    figure.suptitle(title)
    return _write(figure, path)


def saliency(symbols, values, path, title="", per_row=24):
    """Draw how much an answer depends on every symbol of a text.

    Args:
        symbols: a list of strings, from `rnn_zoo.inspection.symbols_of`.
        values: `<float>[timesteps]`, from `rnn_zoo.inspection.saliency`.
        path: PNG file to write.
        title: above the picture.
        per_row: symbols side by side.

    Returns:
        The path.

    Raises:
        ValueError: for another number of values than of symbols.
    """
    if len(symbols) != len(values) or not len(symbols):
        raise ValueError(f"symbols and values must be of one length. Received: {len(symbols)} and {len(values)}")
    starts = range(0, len(symbols), per_row)
    width = min(per_row, len(symbols))
    figure = _figure_class()(figsize=(1.5 + 0.4 * width, 0.6 + 2.2 * len(starts)), layout="constrained")
    for axis, start in zip(figure.subplots(len(starts), 1, sharey=True, squeeze=False)[:, 0], starts, strict=True):
        row = np.asarray(values[start : start + per_row])
        axis.bar(range(len(row)), row, color=COLOURS[2])
        axis.set_xlim(-0.6, width - 0.4)
        _name_timesteps(axis, symbols[start : start + per_row])
        axis.grid(axis="y", alpha=0.3)
        axis.set_axisbelow(True)
    figure.supylabel("|dlogit/dx_t|, logit per unit of the input vector", fontsize=9)
    figure.suptitle(title)
    return _write(figure, path)


def lstm_gates(gates, symbols, path, title=""):
    """Draw the forget, input and output gates and the cell state of an LSTM over a text, one line a unit.

    Units are in the order of how much they forget, the most forgetful one at the top.

    Args:
        gates: `rnn_zoo.inspection.LSTMGates` of one example: `<float>[timesteps, units]` each, or `[1, timesteps,
            units]` as `rnn_zoo.inspection.lstm_gates` gives them.
        symbols: a list of strings, from `rnn_zoo.inspection.symbols_of`.
        path: PNG file to write.
        title: above the picture.

    Returns:
        The path.

    Raises:
        ValueError: for another number of timesteps than of symbols, or several examples.
    """
    shape = np.shape(gates.cell_state)
    if shape[:-1] not in ((len(symbols),), (1, len(symbols))):
        raise ValueError(f"gates must be of one example with {len(symbols)} timesteps. Received: shape {shape}")
    columns = [np.reshape(one, (len(symbols), -1)).T for one in gates]
    order = columns[1].mean(axis=1).argsort()
    limit = max(1e-6, np.abs(columns[3]).max())
    panels = (
        ("forget gate", "share of the cell state kept", columns[1], {"vmin": 0, "vmax": 1, "cmap": "cividis"}),
        ("input gate", "share of the new content let in", columns[0], {"vmin": 0, "vmax": 1, "cmap": "cividis"}),
        ("output gate", "share of the cell state shown", columns[2], {"vmin": 0, "vmax": 1, "cmap": "cividis"}),
        ("cell state", "value", columns[3], {"vmin": -limit, "vmax": limit, "cmap": "PuOr"}),
    )
    figure = _figure_class()(figsize=(max(6, 2.5 + 0.3 * len(symbols)), 10), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True)
    for axis, (name, unit, values, options) in zip(axes, panels, strict=True):
        image = axis.imshow(values[order], aspect="auto", interpolation="nearest", **options)
        axis.set_title(name, fontsize=10)
        axis.set_ylabel("unit")
        axis.set_yticks([])
        figure.colorbar(image, ax=axis, label=unit, pad=0.01)
    _name_timesteps(axes[-1], symbols)
    figure.suptitle(title)
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


def piano_roll(piece, path, title="", *, frames_per_quarter=1, held=False, given=0):
    """Draw a piece: time from left to right, pitches from low to high, a bar for every note.

    Args:
        piece: a list of frames, see `rnn_zoo.music`.
        path: PNG file to write.
        title: above the picture.
        frames_per_quarter: frames that a quarter note takes.
        held: the piece tells struck from held notes; False joins equal pitches of neighbouring frames to one note.
        given: how many frames the piece was begun with; they are drawn in grey.

    Returns:
        The path.

    Raises:
        ValueError: for what is no piece, or a piece without a note.
    """
    from rnn_zoo.music import checked_piece, notes_of, pitch_range

    piece = checked_piece(piece)
    lowest, highest = pitch_range([piece])
    lowest, highest = min(lowest, highest - 11) - 1, highest + 2
    quarters = len(piece) / frames_per_quarter
    figure = _figure_class()(
        figsize=(min(20, 2.5 + 0.2 * quarters), 1.5 + 0.09 * (highest - lowest)), layout="constrained"
    )
    axis = figure.subplots()
    for pitch in range(lowest, highest):
        if pitch % 12 in (1, 3, 6, 8, 10):
            axis.axhspan(pitch - 0.5, pitch + 0.5, color="0.94", linewidth=0)
    for pitch, start, end in notes_of(piece, held):
        colour = "0.55" if start < given else COLOURS[2]
        span = [(start / frames_per_quarter, (end - start) / frames_per_quarter)]
        axis.broken_barh(span, (pitch - 0.45, 0.9), facecolor=colour, edgecolor="white", linewidth=0.8)
    octaves = [pitch for pitch in range(lowest, highest) if pitch % 12 == 0]
    axis.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axis.set_xlim(0, quarters)
    axis.set_ylim(lowest - 0.5, highest - 0.5)
    axis.grid(axis="x", alpha=0.3)
    axis.set_axisbelow(True)
    axis.set_xlabel("quarter notes")
    axis.set_ylabel("pitch")
    axis.set_title(title)
    return _write(figure, path)


def _draw_lines(panels, path, title, x_label, y_label, first=0, marks=None, mark="", every=1, shared=True):
    names = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    figure = _figure_class()(figsize=(2.4 + 4.2 * len(panels), 4.2), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=shared, squeeze=False)[0]
    for axis, (heading, lines) in zip(axes, panels.items(), strict=True):
        for name, values in lines.items():
            place = names.index(name)
            values = np.asarray(values, "float64")
            seen = np.where(np.isfinite(values) & (values > 0), values, np.nan)
            style = {"color": COLOURS[place % len(COLOURS)], "linestyle": _LINE_STYLES[place % len(_LINE_STYLES)]}
            timesteps = first + every * np.arange(len(values))
            axis.plot(timesteps, seen, label=name, linewidth=1.6, **style)
            if not np.isfinite(values).all() and np.isfinite(seen).any():  # where a line ends for good
                end = np.flatnonzero(np.isfinite(seen))[-1]
                axis.plot(timesteps[end], seen[end], marker="x", markersize=10, color=style["color"])
        if heading in (marks or {}):
            axis.axhline(marks[heading], color="black", linewidth=1, label=mark)
        lost = ", ".join(name for name, values in lines.items() if not np.isfinite(values).all())
        axis.set_yscale("log")
        axis.set_title(f"{heading}\n× no numbers any more: {lost}" if lost else heading, fontsize=10)
        axis.set_xlabel(x_label)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel(y_label)
    axes[0].set_ylim(bottom=max(axes[0].get_ylim()[0], 1e-16))
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper")
    figure.suptitle(title)
    return _write(figure, path)


def _name_timesteps(axis, symbols):
    """Write symbols below an axis, but only as many as can be read."""
    every = -(-len(symbols) // 120)
    places = range(0, len(symbols), every)
    axis.set_xticks(places, [symbols[place][:18] for place in places], rotation=60, ha="right", rotation_mode="anchor")


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
    with warnings.catch_warnings():  # a character that no installed font has is drawn as a box
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(path, dpi=120)
    return path
