"""What one metric does not tell of a model: its worst answers, and how good it is at each length."""

import warnings

import numpy as np

from rnn_zoo.cards import LOWER_IS_BETTER
from rnn_zoo.codecs import Classes
from rnn_zoo.codecs.codec import say_raw

NUM_WORST, NUM_BUCKETS, LONGEST_SAID = 5, 4, 200
MOST_EXAMPLES = 2_000
"""Of longer parts so many examples are looked at, evenly spread."""


def findings(task, examples, metric):
    """The worst answers to held-out examples, and the metric by length.

    Args:
        task: a Task whose answers its codec can compare with labels.
        examples: `(raw, labels)`, which were not trained on.
        metric: key of `task.answer_metrics`.

    Returns:
        A dictionary: "worst_answers", a list of dictionaries with the position of the example in its split, strings,
        and the metric of that example alone, the surest answers first among equals; and "by_length", from ranges of
        timesteps, a quarter of the examples each, to the metric. What does not apply is missing: no example is worse
        than others, all have one length, or the metric is none of answers.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> found = findings(task, (["A gem of a film.", "Dull.", "Not bad."], ["positive"] * 3), "accuracy")
        >>> found["worst_answers"][0]["example"]
        'Dull.'
    """
    if hasattr(task.codec, "compute_likelihood_metrics"):
        return {}
    step = -(-len(examples[0]) // MOST_EXAMPLES)
    raw, labels = (list(column)[::step] for column in examples)
    answers = task.infer(raw)

    def measured(positions):
        with warnings.catch_warnings():  # of classes that so few examples lack
            warnings.simplefilter("ignore")
            return task.codec.compute_metrics(*([column[one] for one in positions] for column in (labels, answers)))

    values = [measured([position]) for position in range(len(raw))]
    badness = np.array([[_badness(name, one[name]) for name in (metric, *one)] for one in values])
    sureness = [-one.get("score", 0.0) if isinstance(one, dict) else 0.0 for one in answers]
    entries = {}
    total = badness.sum(axis=1)
    for one in np.lexsort((sureness, -total, -badness[:, 0])):
        if total[one] > total.min() and len(entries) < NUM_WORST:
            said = {
                "example": say_raw(raw[one]),
                "answer": task.codec.to_text(None, answers[one]),
                "label": _name_of(task.codec, labels[one]),
            }
            said = {name: text[:LONGEST_SAID] for name, text in said.items()}
            entries.setdefault(tuple(said.values()), {"position": int(one) * step, **said, metric: values[one][metric]})
    by_length = {name: measured(some)[metric] for name, some in _buckets(task.preprocessor.encode(raw))}
    found = {"worst_answers": list(entries.values()), "by_length": by_length}
    return {name: one for name, one in found.items() if one}


def _badness(name, value):
    return value if name.endswith(LOWER_IS_BETTER) else -value


def _name_of(codec, label):
    return say_raw(codec.class_names[int(codec.encode([label])[0])] if isinstance(codec, Classes) else label)


def _buckets(encoded):
    """Ranges of timesteps with the positions of the examples that are as long, if lengths differ."""
    lengths = np.array([len(one) for one in encoded])
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, NUM_BUCKETS + 1)[1:]).astype(int))
    for low, high in zip([lengths.min() - 1, *edges[:-1]], edges, strict=True):
        positions = np.flatnonzero((lengths > low) & (lengths <= high))
        if len(edges) > 1 and len(positions):
            yield f"{lengths[positions].min()} to {lengths[positions].max()} timesteps", positions
