"""Which learning rate? Train a little with ever higher ones, and see where the loss falls."""

from typing import NamedTuple

import keras
import numpy as np

from rnn_zoo.heads import copy_of
from rnn_zoo.pipeline import batches


class LearningRateCurve(NamedTuple):
    """What `find_learning_rate` saw; `rnn_zoo.plots.learning_rate_curve` draws it.

    Attributes:
        learning_rates: `<float>[steps]`.
        losses: `<float>[steps]`, smoothed.
        suggestion: a tenth of the rate at the lowest loss.
    """

    learning_rates: list
    losses: list
    suggestion: float


def find_learning_rate(task, training, *, lowest=1e-6, highest=1.0, steps=100, batch_size=32, smoothing=0.9, seed=0):
    """Train a copy of a Task with a rate that rises from step to step, and say where it still learns well.

    Args:
        task: a Task; it stays as it is. Layers that are frozen stay so.
        training: raw examples and their labels.
        lowest: the first rate.
        highest: the last rate; it ends before that once the loss is four times its lowest value, or no number.
        steps: batches from the first rate to the last, at equal ratios.
        batch_size: examples a batch, as in the training to come.
        smoothing: of the loss, a moving average with this weight on the past, in [0, 1).
        seed: of the order of the examples.

    Returns:
        A `LearningRateCurve`.

    Example:
        >>> texts, labels = ["Awful.", "A masterpiece!"] * 8, ["negative", "positive"] * 8
        >>> curve = find_learning_rate(rnn_zoo.sentiment_lstm(), (texts, labels), lowest=1e-5, highest=1e-2, steps=4)
        >>> len(curve.learning_rates), 1e-6 <= curve.suggestion <= 1e-3
        (4, True)

    Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.3.
    """
    if not 0 < lowest < highest or steps < 2 or not 0 <= smoothing < 1:
        raise ValueError(
            "lowest must be above 0 and below highest, steps at least 2 and smoothing in [0, 1). "
            f"Received: {lowest=}, {highest=}, {steps=}, {smoothing=}"
        )
    trained = copy_of(task)
    for layer, original in zip(trained.layers, task.layers, strict=True):
        layer.trainable = original.trainable
    trained.compile(keras.optimizers.AdamW(lowest, global_clipnorm=1.0), metrics=[])
    rates, losses, average = [], [], 0.0
    dataset = batches(trained, *training, batch_size=batch_size, shuffle=True, seed=seed).repeat()
    for step, (rate, batch) in enumerate(zip(np.geomspace(lowest, highest, steps), dataset, strict=False), start=1):
        trained.optimizer.learning_rate = float(rate)
        inputs, targets = keras.tree.map_structure(np.asarray, batch)
        loss = float(trained.train_on_batch(inputs, targets))
        average = smoothing * average + (1 - smoothing) * loss
        smoothed = average / (1 - smoothing**step)  # without the zero that the average began with
        if not np.isfinite(smoothed) or (losses and smoothed > 4 * min(losses)):
            break
        rates.append(float(rate))
        losses.append(smoothed)
    if not losses:
        raise ValueError(f"the loss must be a number at the first rate. Received: {lowest=}, {loss=}")
    return LearningRateCurve(rates, losses, rates[int(np.argmin(losses))] / 10)
