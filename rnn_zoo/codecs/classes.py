"""One class an example, also where classes have an order."""

import re

import numpy as np

from rnn_zoo.codecs.codec import Codec, in_order, listed, say_labels, softmax
from rnn_zoo.summaries import Counts, summed

_INTEGER = re.compile(r"-?\d+")


class Classes(Codec):
    """One class an example.

    Args:
        class_names: the classes, in the order of the logits.
        temperature: by which logits are divided before their softmax, above 0; `rnn_zoo.calibrate` finds it.

    Example:
        >>> codec = Classes(["negative", "positive"])
        >>> codec.encode(["positive", 0]).tolist()
        [1, 0]
        >>> codec.decode(np.array([[0.0, 1000.0]]))
        [{'label': 'positive', 'score': 1.0}]
    """

    measured_with = ("sklearn",)

    says_examples = True

    def __init__(self, class_names, *, temperature=1.0):
        self.class_names = [str(name) for name in class_names]
        if len(self.class_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names must be two or more different names. Received: {self.class_names}")
        self.temperature = float(temperature)
        if not 0 < self.temperature < float("inf"):
            raise ValueError(f"temperature must be above 0. Received: {temperature=}")

    @classmethod
    def _seen_names(cls, labels):
        if isinstance(labels, np.ndarray) and labels.ndim == 2:
            raise ValueError(f"class_names must be given with probabilities. Received: labels of shape {labels.shape}")
        return in_order(summed(listed(labels), Counts(_names)).counts)

    def encode(self, labels, lengths=None):
        """Class names or indices to indices.

        Args:
            labels: names, or integers: where names are integers too, the names that they spell, else indices in
                [0, number of classes); or probabilities, `<float32>[examples, classes]`.
            lengths: not used: a class fits any length.

        Returns:
            `<int32>[examples]`, or the probabilities as they came.
        """
        if isinstance(labels, np.ndarray) and labels.ndim == 2:
            num_classes = len(self.class_names)
            are_shares = np.allclose(labels.sum(axis=1), 1.0, atol=1e-3) and labels.min(initial=0) >= 0
            if labels.shape[1] != num_classes or not are_shares:
                raise ValueError(
                    f"labels of two axes must be probabilities of {num_classes} classes, each row with the sum 1. "
                    f"Received: labels of shape {labels.shape}"
                )
            return np.asarray(labels, "float32")
        indices, expected = {name: index for index, name in enumerate(self.class_names)}, f"one of {self.class_names}"
        integers = [name for name in self.class_names if _INTEGER.fullmatch(name)]
        if integers:
            indices |= {int(name): indices[name] for name in integers if name == str(int(name))}
        else:
            indices |= {index: index for index in range(len(self.class_names))}
            expected += f" or an index below {len(self.class_names)}"
        encoded = []
        for index, label in enumerate(map(_plain, listed(labels))):
            if not _is_name(label) or label not in indices:
                raise ValueError(f"labels must be {expected}. Received: labels[{index}]={label!r}")
            encoded.append(indices[label])
        return np.array(encoded, "int32")

    def pad(self, encoded, timesteps=None):
        return np.array(encoded) if len(encoded) else np.zeros(0, "int32")

    def decode(self, outputs, encoded=None, *, top_k=None):
        """Logits `<float32>[examples, classes]` to `{"label": str, "score": float}`.

        Scores are the softmax of logits / temperature.
        """
        if top_k is not None and not (isinstance(top_k, int) and 1 <= top_k <= len(self.class_names)):
            raise ValueError(f"top_k must be in [1, {len(self.class_names)}]. Received: {top_k=}")
        scores = softmax(np.asarray(outputs) / self.temperature)
        best = np.argsort(-scores, axis=1, kind="stable")[:, : top_k or 1]
        answers = [
            [{"label": self.class_names[index], "score": float(row[index]), **more} for index in order]
            for row, order, more in zip(scores, best, self._facts(scores), strict=True)
        ]
        return answers if top_k else [answer[0] for answer in answers]

    def with_class_names(self, class_names):
        return type(self)(**{**self.get_config(), "class_names": class_names, "temperature": 1.0})

    def compute_metrics(self, labels, answers):
        """Accuracy, macro F1 and Matthews' correlation."""
        from sklearn.metrics import matthews_corrcoef

        correlation = float(matthews_corrcoef(*self.confusions(labels, answers)))
        return {**super().compute_metrics(labels, answers), "matthews_correlation": correlation}

    def confusions(self, labels, answers):
        return self.encode(labels).tolist(), self.encode([answer["label"] for answer in answers]).tolist()

    def to_text(self, raw, answer):
        return say_labels(raw, answer if isinstance(answer, list) else [answer])

    def _facts(self, scores):
        """What answers hold besides label and score, a dictionary an example."""
        return [{}] * len(scores)


class Ratings(Classes):
    """Classes from the lowest to the highest.

    Two questions have two best answers, whatever the head: the most probable class is the one that is right most often
    (accuracy), the median of the probabilities the one that is nearest on average (mean absolute error). An answer
    holds both, and `compute_metrics` takes each for its own question.

    Args:
        class_names: the classes in their order, which is that of the outputs.
        ordinal: learn one score and thresholds between the classes, see `rnn_zoo.layers.CumulativeLogits`, instead of
            every class by itself.
        temperature: as of `Classes`.

    Example:
        >>> codec = Ratings(["1", "2", "3"])
        >>> answer = codec.decode(np.log([[0.4, 0.3, 0.3]]))[0]
        >>> answer["label"], answer["median"]
        ('1', '2')
    """

    def __init__(self, class_names, *, ordinal=False, temperature=1.0):
        super().__init__(class_names, temperature=temperature)
        self.ordinal = bool(ordinal)

    def compute_metrics(self, labels, answers):
        """How often the label is right, and how many classes the median is off on average; needs scikit-learn."""
        from sklearn.metrics import accuracy_score, mean_absolute_error

        true, found = self.confusions(labels, answers)
        medians = self.encode([answer["median"] for answer in answers])
        error = float(mean_absolute_error(true, medians))
        return {"accuracy": float(accuracy_score(true, found)), "mean_absolute_error": error}

    def _facts(self, scores):
        shares = scores.cumsum(axis=1)
        return [{"median": self.class_names[one]} for one in (shares >= 0.5 * shares[:, -1:]).argmax(axis=1)]


def _plain(label):
    return label.item() if isinstance(label, np.generic) else label


def _names(labels):
    for index, label in enumerate(map(_plain, labels)):
        if not _is_name(label):
            raise ValueError(f"labels must be names or integers. Received: labels[{index}]={label!r:.60}")
        yield [str(label)]


def _is_name(label):
    return isinstance(label, (str, int)) and not isinstance(label, bool)
