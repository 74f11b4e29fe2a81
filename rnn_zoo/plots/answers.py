"""What networks answer: forecasts, music and drawings."""

from pathlib import Path

from rnn_zoo.plots.figures import COLOURS, picture


def forecast_with_history(history, truth, forecast, names, path, title="", baselines=None):
    """Draw how series went on beside how they were said to, a panel for each variable, four at most.

    Args:
        history: `<float>[timesteps, variables]`.
        truth: what came then, `<float>[horizon, variables]`, or None.
        forecast: `<float>[horizon, variables]`.
        names: of the variables.
        baselines: a dictionary of other forecasts.
    """
    count = min(len(names), 4)
    with picture(path, title, (9, 1.2 + 2.2 * count), count, columns=1, grid="both", sharex=True) as axes:
        for column, axis in enumerate(axes):
            before = [row[column] for row in history]
            lines = {**(baselines or {}), **({} if truth is None else {"truth": truth}), "forecast": forecast}
            axis.plot(range(1 - len(before), 1), before, color="black", label="history")
            for name, values in lines.items():
                style = {"truth": "k:", "forecast": "C3-"}.get(name, "-")
                faint = {"alpha": 0.5, "linewidth": 1} if name in (baselines or {}) else {}
                went_on = [before[-1], *(row[column] for row in values)]
                axis.plot(range(len(went_on)), went_on, style, label=name, **faint)
            axis.axvline(0, color="grey", linewidth=0.5)
            axis.set_ylabel(names[column])
        axes[0].legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=5, fontsize="small", frameon=False)
        axes[-1].set_xlabel("timesteps from the last known one")
    return Path(path)


def piano_roll(piece, path, title="", *, frames_per_quarter=1, held=False, given=0):
    """Draw a piece: time from left to right, pitches from low to high, a bar for every note.

    Args:
        piece: a list of frames, see `rnn_zoo.formats.midi`.
        frames_per_quarter: frames that a quarter note takes.
        held: the piece tells struck from held notes; False joins equal pitches of neighbouring frames to one note.
        given: how many frames the piece was begun with; they are drawn in grey.
    """
    from rnn_zoo.formats.midi import checked_piece, notes_of, pitch_range

    piece = checked_piece(piece)
    lowest, highest = pitch_range([piece])
    lowest, highest = min(lowest, highest - 11) - 1, highest + 2
    quarters = len(piece) / frames_per_quarter
    size = (min(20, 2.5 + 0.2 * quarters), 1.5 + 0.09 * (highest - lowest))
    with picture(path, title, size, grid="x") as (axis,):
        for pitch in range(lowest, highest):
            if pitch % 12 in (1, 3, 6, 8, 10):
                axis.axhspan(pitch - 0.5, pitch + 0.5, color="0.94", linewidth=0)
        for pitch, start, end in notes_of(piece, held):
            colour = "0.55" if start < given else COLOURS[2]
            span = [(start / frames_per_quarter, (end - start) / frames_per_quarter)]
            axis.broken_barh(span, (pitch - 0.45, 0.9), facecolor=colour, edgecolor="white", linewidth=0.8)
        octaves = [pitch for pitch in range(lowest, highest) if pitch % 12 == 0]
        axis.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
        limits = {"xlim": (0, quarters), "ylim": (lowest - 0.5, highest - 0.5)}
        axis.set(**limits, xlabel="quarter notes", ylabel="pitch")
    return Path(path)


def drawings(drawings, path, title="", headings=None):
    """Draw drawings beside one another, ten a row, as large as they are to one another.

    Args:
        drawings: a list of `[points, 3]`, see `rnn_zoo.formats.drawings`.
        headings: what stands above each; None for nothing.
    """
    from rnn_zoo.formats.drawings import strokes_of

    columns = min(10, len(drawings))
    size = (1.2 * columns + 0.3, 1.3 * -(-len(drawings) // columns) + 0.5)
    with picture(path, title, size, len(drawings), columns) as axes:
        for axis, points, heading in zip(axes, drawings, headings or [None] * len(drawings), strict=True):
            for stroke in strokes_of(points):
                axis.plot(*stroke.T, color="black", linewidth=1.6, solid_capstyle="round")
            axis.set_aspect("equal", "datalim")
            axis.invert_yaxis()
            axis.set_axis_off()
            axis.set_title(heading or "", fontsize=8)
    return Path(path)
