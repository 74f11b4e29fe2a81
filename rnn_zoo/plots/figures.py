"""How pictures begin and end, and lines in panels. Needs the extra `plots`."""

import contextlib
import warnings
from pathlib import Path

import numpy as np

from rnn_zoo.extras import require
from rnn_zoo.files import replacing

COLOURS = ("#D55E00", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#000000")
"""Colours that people with any kind of colour vision tell apart: Okabe & Ito, "Color universal design", 2008."""

_WIDE_FONTS = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo", "Unifont")
_LINE_STYLES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))


@contextlib.contextmanager
def picture(path, title, size, panels=1, columns=None, grid=None, **shared):
    """The panels of a picture, Matplotlib's axes; it is written, whole or not at all, when the block ends well.

    The size is in inches, `columns` is how many panels lie side by side, None for all; faint lines behind them are
    those of one axis, "x" or "y", or of "both".
    """
    require("plots", "matplotlib")
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    columns = columns or panels
    axes = figure.subplots(-(-panels // columns), columns, squeeze=False, **shared).ravel().tolist()
    for axis in axes[panels:]:
        axis.remove()
    for axis in axes if grid else ():
        axis.grid(axis=grid, alpha=0.3)
        axis.set_axisbelow(True)
    yield axes[:panels]
    (figure.suptitle if panels > 1 or axes[0].get_title() else axes[0].set_title)(title, fontfamily=families_for(title))
    with replacing(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # such a character is drawn as a box
        figure.savefig(temporary, dpi=120)


def draw_lines(panels, path, title, x_label, y_label, first=0, marks=None, mark="", every=1, shared=True):
    """Lines with a logarithmic scale, a panel each, with one legend; those that end for good end in a cross.

    Panels are dictionaries, by heading, from names of lines to their values; marks are heights of a dashed line by
    heading, `every` is how far values are apart on the x axis, which begins at `first`.
    """
    names = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    with picture(path, title, (2.4 + 4.2 * len(panels), 4.2), len(panels), grid="both", sharey=shared) as axes:
        for axis, (heading, lines) in zip(axes, panels.items(), strict=True):
            for name, values in lines.items():
                index = names.index(name)
                values = np.asarray(values, "float64")
                seen = np.where(np.isfinite(values) & (values > 0), values, np.nan)
                style = {"color": COLOURS[index % len(COLOURS)], "linestyle": _LINE_STYLES[index % len(_LINE_STYLES)]}
                timesteps = first + every * np.arange(len(values))
                axis.plot(timesteps, seen, label=name, linewidth=1.6, **style)
                if not np.isfinite(values).all() and np.isfinite(seen).any():  # where a line ends for good
                    end = np.flatnonzero(np.isfinite(seen))[-1]
                    axis.plot(timesteps[end], seen[end], marker="x", markersize=10, color=style["color"])
            if heading in (marks or {}):
                axis.axhline(marks[heading], color="black", linewidth=1, label=mark)
            lost = ", ".join(name for name, values in lines.items() if not np.isfinite(values).all())
            axis.set_title(f"{heading}\n× no numbers any more: {lost}" if lost else heading, fontsize=10)
            axis.set(yscale="log", xlabel=x_label)
        axes[0].set_ylabel(y_label)
        axes[0].set_ylim(bottom=max(axes[0].get_ylim()[0], 1e-16))
        axes[0].figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper")
    return Path(path)


def name_timesteps(axis, tokens):
    """Write tokens below an axis, slanted unless they are short, but only as many as can be read."""
    every = -(-len(tokens) // 120)
    shown = [token[:18] for token in tokens[::every]]
    slanted = {"rotation": 60, "ha": "right", "rotation_mode": "anchor"} if max(map(len, shown)) > 2 else {}
    axis.set_xticks(range(0, len(tokens), every), shown, fontfamily=families_for("".join(shown)), **slanted)


def families_for(text):
    """The usual font, and behind it one that has the characters which it lacks, if one is installed."""
    from matplotlib import font_manager

    properties = font_manager.FontProperties()
    usual = properties.get_family()
    known = font_manager.get_font(font_manager.findfont(properties)).get_charmap()
    if all(ord(character) in known for character in text):
        return usual
    installed = font_manager.get_font_names()
    return [*usual, *(name for name in _WIDE_FONTS if name in installed)]
