"""Calibration: scores of classifiers that are as high as they are right."""

from typing import NamedTuple

import numpy as np

from rnn_zoo.codecs import Classes
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


def calibrate(task, validation):
    """Make the scores of a classifier as high as they are right, by one temperature; its labels stay as they are.

    The temperature is the one with the highest likelihood of the validation labels. It is kept in the codec, and saved
    with the Task.

    Args:
        task: a Task that answers with a class; its codec is changed.
        validation: `(raw, labels)`: examples that were not trained on, a few hundred or more. The errors are measured
            on them too: one temperature hardly overfits.

    Returns:
        A `Calibration`.

    Raises:
        ValueError: for a Task that answers with something else, or what preprocessor and codec refuse.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> found = rnn_zoo.calibrate(task, (["A great film.", "Dull.", "A dull masterpiece."], [1, 0, 0]))
        >>> task.codec.temperature == found.temperature
        True

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.
    """
    from scipy.optimize import minimize_scalar

    if not isinstance(task.codec, Classes):
        raise ValueError(f"task must answer with one class an example. Received: {task.name}")
    raw, labels = validation
    raw = [raw] if task.preprocessor.is_single(raw) else raw
    logits, true = np.asarray(task.predict(raw, verbose=0), "float64"), task.codec.encode(labels)
    if len(logits) != len(true) or true.ndim != 1:
        raise ValueError(f"validation must hold one class for each example. Received: {len(logits)} and {len(true)}")

    def loss(log_temperature):
        return -np.log(softmax(logits / np.exp(log_temperature))[np.arange(len(true)), true] + 1e-300).mean()

    before = expected_calibration_error(softmax(logits / task.codec.temperature), true)
    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded")
    task.codec.temperature = float(np.exp(found.x))
    after = expected_calibration_error(softmax(logits / task.codec.temperature), true)
    return Calibration(task.codec.temperature, before, after)


def expected_calibration_error(probabilities, labels, *, num_bins=15):
    """How far the score of the best class is from how often that class is right, on average.

    Args:
        probabilities: `<float>[examples, classes]`.
        labels: `<int>[examples]`, the true classes.
        num_bins: intervals of one width, within which scores and right answers are averaged.

    Returns:
        A number in [0, 1].

    Example:
        >>> expected_calibration_error(np.array([[0.9, 0.1]] * 4), np.array([0, 0, 0, 1]))  # 0.9 - 0.75
        0.15

    Source: Guo et al., ICML 2017, equation 3.
    """
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    scores, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((scores * num_bins).astype(int), num_bins - 1)
    gaps = [scores[places == place].sum() - right[places == place].sum() for place in range(num_bins)]
    return round(float(np.abs(gaps).sum() / len(scores)), 12)
