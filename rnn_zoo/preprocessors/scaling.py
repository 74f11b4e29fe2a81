"""Mean and standard deviation of features, which bring them to one scale."""

import numpy as np


def mean_and_std(rows):
    """Of every feature of `<float64>[rows, features]`, as a dictionary; the deviation 1 where it does not change."""
    return scale_of(rows.mean(axis=0), rows.std(axis=0), np.abs(rows).max(axis=0))


def scale_of(mean, std, largest):
    """Of what `rnn_zoo.summaries.Moments` finds, as `mean_and_std` gives it."""
    return {"mean": mean, "std": np.where(std > 1e-6 * np.maximum(largest, 1e-6), std, 1.0)}


def checked_scale(mean, std, num_features):
    """Means and deviations as lists of floats, one a feature; None for 0 and for 1."""
    mean = np.asarray(np.zeros(num_features) if mean is None else mean, "float64")
    std = np.asarray(np.ones(num_features) if std is None else std, "float64")
    if mean.shape != (num_features,) or std.shape != (num_features,) or not np.isfinite([mean, std]).all():
        raise ValueError(
            f"mean and std must be {num_features} finite numbers each. Received: mean={mean.tolist()!s:.60}, "
            f"std={std.tolist()!s:.60}"
        )
    if not (std > 0).all():
        raise ValueError(f"std must be above 0. Received: std={std.tolist()!s:.60}")
    return mean.tolist(), std.tolist()
