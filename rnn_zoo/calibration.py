"""Calibration: scores of classifiers that are as high as they are right."""

from typing import NamedTuple

import numpy as np

from rnn_zoo.buckets import outputs_of
from rnn_zoo.codecs import Classes, Forecast
from rnn_zoo.codecs.codec import softmax


class Calibration(NamedTuple):
    """What `calibrate` found.

    Attributes:
        temperature: by which the codec of the Task divides logits from now on.
        error_before: expected calibration error of the scores before, in [0, 1].
        error_after: the same after.
    """

    temperature: float
    error_before: float
    error_after: float


class Intervals(NamedTuple):
    """What `calibrate` found for forecasts.

    Attributes:
        interval: share of the true values that the intervals are to hold.
        margins: `<float64>[horizon, targets]`, how far the ends are from the forecast.
    """

    interval: float
    margins: np.ndarray


def calibrate(task, validation, *, interval=0.9):
    """Make the scores of a classifier as high as they are right, or give forecasts intervals that hold what they say.

    Of a classifier one temperature is found, the one with the highest likelihood of the validation labels; its labels
    stay as they are. Of a forecast it is how far answers were off, for every timestep and target by itself: `infer`
    then answers "lower" and "upper" too (split conformal prediction). What is found is kept in the codec, and saved
    with the Task.

    Args:
        task: a Task that answers with a class or a forecast; its codec is changed.
        validation: `(raw, labels)`: examples that were not trained on, a few hundred or more. The errors of classes are
            measured on them too: one temperature hardly overfits.
        interval: share of the true values that the intervals of a forecast shall hold, in (0, 1). They do where what
            comes is like validation.

    Returns:
        A `Calibration`, or `Intervals`.

    Raises:
        ValueError: for a Task that answers with something else, an illegal interval, too few examples for it, or what
            preprocessor and codec refuse.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> found = rnn_zoo.calibrate(task, (["A great film.", "Dull.", "A dull masterpiece."], [1, 0, 0]))
        >>> task.codec.temperature == found.temperature
        True

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2; Lei et al.,
    "Distribution-free predictive inference for regression", JASA 2018, algorithm 2, for every timestep by itself.
    """
    if isinstance(task.codec, Forecast):
        return _intervals(task, *validation, interval)
    from scipy.optimize import minimize_scalar

    logits, true = _logits_and_labels(task, validation)

    def loss(log_temperature):
        return -np.log(softmax(logits / np.exp(log_temperature))[np.arange(len(true)), true] + 1e-300).mean()

    before = expected_calibration_error(softmax(logits / task.codec.temperature), true)
    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded")
    task.codec.temperature = float(np.exp(found.x))
    after = expected_calibration_error(softmax(logits / task.codec.temperature), true)
    return Calibration(task.codec.temperature, before, after)


def calibration_error(task, examples):
    """The expected calibration error of a classifier as it is.

    Args:
        task: a Task that answers with a class.
        examples: `(raw, labels)`.

    Returns:
        A number in [0, 1].
    """
    logits, true = _logits_and_labels(task, examples)
    return expected_calibration_error(softmax(logits / task.codec.temperature), true)


def _logits_and_labels(task, examples):
    if not isinstance(task.codec, Classes):
        raise ValueError(f"task must answer with one class an example, or a forecast. Received: {task.name}")
    raw, labels = examples
    raw = [raw] if task.preprocessor.is_single(raw) else raw
    encoded, true = task.preprocessor.encode(raw), task.codec.encode(labels)
    logits = np.zeros((len(encoded), task.output_shape[-1]))
    for positions, outputs in outputs_of(encoded, task.compute, task.preprocessor, 64):
        logits[positions] = outputs
    if len(logits) != len(true) or true.ndim != 1:
        raise ValueError(f"validation must hold one class for each example. Received: {len(logits)} and {len(true)}")
    return logits, true


def _intervals(task, raw, labels, interval):
    count = len(labels)
    rank = np.ceil((count + 1) * interval)
    if not 0 < interval < 1 or rank > count:
        raise ValueError(
            "interval must be in (0, 1), and validation hold interval / (1 - interval) examples at least. "
            f"Received: interval={interval}, {count} examples"
        )
    task.codec.encode(labels)  # which refuses those of another shape
    said = np.array([answer["values"] for answer in task.infer(list(raw))], "float64")
    if len(said) != count:
        raise ValueError(f"validation must hold one label for each example. Received: {len(said)} and {count}")
    errors = np.sort(np.abs(np.reshape(np.asarray(labels, "float64"), said.shape) - said), axis=0)
    margins = errors[int(rank) - 1]
    task.codec.interval, task.codec.margins = float(interval), margins.tolist()
    return Intervals(task.codec.interval, margins)


def expected_calibration_error(probabilities, labels, *, num_bins=15):
    """How far the best class' score is from how often it is right, on average (Guo et al., ICML 2017, equation 3)."""
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    scores, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((scores * num_bins).astype(int), num_bins - 1)
    gaps = [scores[places == place].sum() - right[places == place].sum() for place in range(num_bins)]
    return round(float(np.abs(gaps).sum() / len(scores)), 12)
