"""How recipes on series and on music read their data."""

from rnn_zoo.datasets import Examples, load_splits
from rnn_zoo.formats.midi import in_other_keys
from rnn_zoo.layers import CELLS

GRIDS = {
    "quarter": {"frames_per_quarter": 1}, "8th": {"frames_per_quarter": 2}, "16th": {"frames_per_quarter": 4},
}  # fmt: skip
"""Settings of recipes on music by the note that is one frame, which is the subset that is read."""


WITHOUT_WEIGHT_DROP = {core: {"weight_drop": 0.0} for core, cell in CELLS.items() if cell.recurrent_kernel is None}
"""Settings of recipes with weight drop by cells that have no matrix from state to state."""


def series_windows(dataset):
    """The `load` of a recipe on the windows of a series, a dataset by its name."""

    def load(source, *, subset: str | None = None, window=96, horizon=24, stride=1, season: int | None = None):
        """Read histories long enough for the model and for the baselines, and what followed.

        Args:
            source: as `rnn_zoo.load_dataset` takes it.
            subset: which of the series to learn.
            window: timesteps that the model reads.
            horizon: timesteps that are forecast.
            stride: timesteps from one training example to the next.
            season: timesteps after which the series repeats itself, for the seasonal-naive baseline; None for none.
        """
        context = max(window, season or 0)
        return load_splits(dataset, source=source, subset=subset, context=context, horizon=horizon, stride=stride)

    return load


def music_in_more_keys(task, examples, run, *, keys=0):
    """The `prepare` of a recipe on music.

    Args:
        task: not used.
        examples: genres and pieces.
        run: all settings of the recipe.
        keys: other keys that each piece is also learned in.
    """
    found = in_other_keys(examples.labels, keys, run["seed"])
    return Examples([examples.raw[position] for position, _ in found], [piece for _, piece in found])
