"""What goes on inside networks: gradients, gates, attention, what words count."""

from pathlib import Path

import numpy as np

from rnn_zoo.plots.figures import COLOURS, draw_lines, families_for, name_timesteps, picture


def gradient_flow(flows, path, title=""):
    """Draw how strongly the loss depends on the state at every timestep, on a logarithmic scale.

    Args:
        flows: a dictionary of panels from left to right, `{heading: {line: <float>[timesteps]}}`; for example
            `{"at the start": {"LSTM": rnn_zoo.inspection.gradient_flow(...)["hidden_state"].mean(axis=0)}}`. A line
            keeps its colour in all panels; values that are 0, infinite or no numbers leave gaps, and those below 1e-16
            are not drawn.
    """
    return draw_lines(flows, path, title, "timestep", "mean |dL/dh_t| of the examples", first=1)


def gradient_norms(norms, path, title="", threshold=None):
    """Draw the norm of the gradient of all weights over the training steps, on a logarithmic scale.

    Args:
        norms: a dictionary of panels from left to right, `{heading: {line: <float>[steps]}}`, as in `gradient_flow`.
        threshold: where gradients are clipped, drawn as a line, or None.
    """
    marks = {} if threshold is None else dict.fromkeys(norms, threshold)
    return draw_lines(norms, path, title, "training step", "norm of the weights' gradient", 1, marks, "clipping norm")


def attention(weights, source, target, path, title=""):
    """Draw where a decoder looked when it wrote each token.

    Args:
        weights: `<float>[tokens, source timesteps]`, as `rnn_zoo.GenerativeTask.generate(..., with_attention=True)`
            gives them, or a list of them, one for each panel from left to right.
        source: the source tokens, a list of strings, or a list of lists; None for timesteps without names.
        target: the written tokens, likewise.
    """
    if np.ndim(weights[0]) == 1:
        weights, source, target = [weights], [source], [target]
    columns, rows = (max(np.shape(one)[axis] for one in weights) for axis in (1, 0))
    size = (1.2 + len(weights) * (0.9 + 0.3 * min(columns, 40)), 1.8 + 0.3 * rows)
    with picture(path, title, size, len(weights)) as axes:
        for axis, one, above, left in zip(axes, weights, source or [None] * len(weights), target, strict=True):
            one = np.asarray(one)
            if one.shape != (len(left), one.shape[1] if above is None else len(above)):
                raise ValueError(
                    f"weights must be [tokens, source timesteps]. Received: shape {one.shape}, {left}, {above}"
                )
            image = axis.imshow(one, cmap="Blues", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
            axis.set_yticks(range(len(left)), left, fontfamily=families_for("".join(left)))
            axis.set(ylabel="written", xlabel="read, timestep" if above is None else "read")
            if above is not None:
                name_timesteps(axis, above)
        axes[0].figure.colorbar(image, ax=axes, label="attention weight")
    return Path(path)


def saliency(tokens, values, path, title="", per_row=24):
    """Draw how much an answer depends on every token of a text.

    Args:
        tokens: a list of strings, from `rnn_zoo.inspection.tokens_of`.
        values: `<float>[timesteps]`, from `rnn_zoo.inspection.saliency`.
        per_row: tokens side by side.
    """
    if len(tokens) != len(values) or not len(tokens):
        raise ValueError(f"tokens and values must be of one length. Received: {len(tokens)} and {len(values)}")
    starts = range(0, len(tokens), per_row)
    width = min(per_row, len(tokens))
    size = (1.5 + 0.4 * width, 0.6 + 2.2 * len(starts))
    with picture(path, title, size, len(starts), columns=1, grid="y", sharey=True) as axes:
        for axis, start in zip(axes, starts, strict=True):
            row = np.asarray(values[start : start + per_row])
            axis.bar(range(len(row)), row, color=COLOURS[2])
            axis.set_xlim(-0.6, width - 0.4)
            name_timesteps(axis, tokens[start : start + per_row])
        axes[0].figure.supylabel("|dlogit/dx_t|, logit per unit of the input vector", fontsize=9)
    return Path(path)


def lstm_gates(gates, tokens, path, title=""):
    """Draw the forget, input and output gates and the cell state of an LSTM over a text, one line a unit.

    Units are in the order of how much they forget, the most forgetful one at the top.

    Args:
        gates: `rnn_zoo.inspection.LSTMGates` of one example: `<float>[timesteps, units]` each, or `[1, timesteps,
            units]` as `rnn_zoo.inspection.lstm_gates` gives them.
        tokens: a list of strings, from `rnn_zoo.inspection.tokens_of`.
    """
    shape = np.shape(gates.cell_state)
    if shape[:-1] not in ((len(tokens),), (1, len(tokens))):
        raise ValueError(f"gates must be of one example with {len(tokens)} timesteps. Received: shape {shape}")
    columns = [np.reshape(one, (len(tokens), -1)).T for one in gates]
    order = columns[1].mean(axis=1).argsort()
    limit = max(1e-6, np.abs(columns[3]).max())
    share, cell = {"vmin": 0, "vmax": 1, "cmap": "cividis"}, {"vmin": -limit, "vmax": limit, "cmap": "PuOr"}
    panels = (
        ("forget gate", "share of the cell state kept", columns[1], share),
        ("input gate", "share of the new content let in", columns[0], share),
        ("output gate", "share of the cell state shown", columns[2], share),
        ("cell state", "value", columns[3], cell),
    )
    size = (max(6, 2.5 + 0.3 * len(tokens)), 10)
    with picture(path, title, size, len(panels), columns=1, sharex=True) as axes:
        for axis, (name, unit, values, options) in zip(axes, panels, strict=True):
            image = axis.imshow(values[order], aspect="auto", interpolation="nearest", **options)
            axis.set_title(name, fontsize=10)
            axis.set(ylabel="unit", yticks=[])
            axis.figure.colorbar(image, ax=axis, label=unit, pad=0.01)
        name_timesteps(axes[-1], tokens)
    return Path(path)


def tag_heat_map(task, sentence, path, title=""):
    """Draw how probable a tagger finds each tag of each token; a frame marks the tags that it answers.

    The frames of a model with a CRF are the best path as a whole, which need not be the darkest fields.

    Args:
        task: a tagger.
        sentence: a string, or a list of tokens, with one token at least. Characters that no installed font has come out
            as boxes.
    """
    if not hasattr(task.codec, "probabilities"):
        raise ValueError(f"task must be a tagger. Received: task={task.name!r}")
    (encoded,) = task.preprocessor.encode([sentence])
    tokens = encoded.tokens
    if not tokens:
        raise ValueError(f"sentence must hold a token. Received: {sentence=!r:.60}")
    outputs = task.compute(task.preprocessor.pad([encoded]))
    probabilities, names = task.codec.probabilities(outputs)[0, : len(tokens)], task.codec.tag_names
    best = task.codec.best(outputs)[0, : len(tokens)]
    with picture(path, title, (2.2 + 0.42 * len(tokens), 1.6 + 0.26 * len(names))) as (axis,):
        image = axis.imshow(probabilities.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        axis.plot(range(len(tokens)), best, "s", markersize=12, markerfacecolor="none", markeredgecolor="tab:orange")
        name_timesteps(axis, tokens)
        axis.set_yticks(range(len(names)), names)
        axis.figure.colorbar(image, ax=axis, label="probability")
    return Path(path)
