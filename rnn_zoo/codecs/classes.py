"""One class an example."""

from pathlib import Path

import keras
import numpy as np


@keras.saving.register_keras_serializable("rnn_zoo")
class Classes:
    """One class an example.

    Args:
        class_names: the classes, in the order of the logits.

    Raises:
        ValueError: for fewer than two names, or a name that comes twice.

    Example:
        >>> codec = Classes(["negative", "positive"])
        >>> codec.encode(["positive", 0]).tolist()
        [1, 0]
        >>> codec.decode(np.array([[0.0, 1000.0]]))
        [{'label': 'positive', 'score': 1.0}]
    """

    def __init__(self, class_names):
        self.class_names = [str(name) for name in class_names]
        if len(self.class_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names must be two or more different names. Received: {self.class_names}")

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return self.class_names

    def encode(self, labels, lengths=None):
        """Class names or indices to indices.

        Args:
            labels: names, or integers in [0, number of classes); or probabilities, `<float32>[examples, classes]`.
            lengths: timesteps of the examples; a class fits any length.

        Returns:
            `<int32>[examples]`, or the probabilities as they came.

        Raises:
            ValueError: for a label that is no class; the message gives its place.
        """
        if isinstance(labels, np.ndarray) and labels.ndim == 2:
            return self._checked_probabilities(np.asarray(labels, "float32"))
        indices = {name: index for index, name in enumerate(self.class_names)}
        indices.update({index: index for index in range(len(self.class_names))})
        encoded = np.empty(len(labels), "int32")
        for place, label in enumerate(labels):
            label = label.item() if isinstance(label, np.generic) else label
            if isinstance(label, bool) or not isinstance(label, (str, int)) or label not in indices:
                raise ValueError(
                    f"labels must be one of {self.class_names} or an index below {len(self.class_names)}. "
                    f"Received: labels[{place}]={label!r}"
                )
            encoded[place] = indices[label]
        return encoded

    def pad(self, encoded, timesteps=None):
        """Encoded labels to one tensor; a class has no timesteps to pad.

        Returns:
            `<int32>[examples]`, or `<float32>[examples, classes]` for probabilities.
        """
        return np.array(encoded) if len(encoded) else np.zeros(0, "int32")

    def __call__(self, labels):
        """Labels to targets as a model takes them: `pad(encode(labels))`."""
        return self.pad(self.encode(labels))

    def decode(self, logits, encoded=None, *, top_k=None):
        """Logits to answers.

        Args:
            logits: `<float32>[examples, classes]`.
            encoded: the examples as the preprocessor encoded them; a class says nothing of their parts.
            top_k: give the k best classes of every example, as a list, instead of the best one.

        Returns:
            One `{"label": str, "score": float}` an example, or a list of them if top_k is given. Scores are
            probabilities: the softmax of the logits.

        Raises:
            ValueError: for a top_k that is not in [1, number of classes].
        """
        if top_k is not None and not (isinstance(top_k, int) and 1 <= top_k <= len(self.class_names)):
            raise ValueError(f"top_k must be in [1, {len(self.class_names)}]. Received: top_k={top_k!r}")
        logits = np.asarray(logits, "float64")
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores = exponentials / exponentials.sum(axis=1, keepdims=True)
        best = np.argsort(-scores, axis=1, kind="stable")[:, : top_k or 1]
        answers = [
            [{"label": self.class_names[index], "score": float(row[index])} for index in order]
            for row, order in zip(scores, best, strict=True)
        ]
        return answers if top_k else [answer[0] for answer in answers]

    def head(self, features, lengths=None):
        """Logits `<float32>[batch, classes]` from features `<float>[batch, feature]`."""
        return keras.layers.Dense(len(self.class_names), dtype="float32", name="logits")(features)

    def renamed(self, class_names):
        """A codec of the same kind for other classes."""
        return Classes(class_names)

    def loss(self, *, soft=False):
        """Cross-entropy from logits; `soft` is for targets that are probabilities."""
        if soft:
            return keras.losses.CategoricalCrossentropy(from_logits=True)
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def metrics(self, *, soft=False):
        """Accuracy; `soft` is for targets that are probabilities."""
        if soft:
            return [keras.metrics.CategoricalAccuracy(name="accuracy")]
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]

    def _checked_probabilities(self, probabilities):
        num_classes = len(self.class_names)
        if probabilities.shape[1] != num_classes or not np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-3):
            raise ValueError(
                f"labels of two axes must be probabilities of {num_classes} classes, each row with the sum 1. "
                f"Received: labels of shape {probabilities.shape}"
            )
        return probabilities

    def measure(self, labels, answers):
        """What a test part says of a model; needs scikit-learn.

        Args:
            labels: as `encode` takes them.
            answers: as `decode` gives them, without top_k.

        Returns:
            `{"accuracy": float, "macro_f1": float, "matthews_correlation": float}`.
        """
        from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

        true, found = self.confusions(labels, answers)
        return {
            "accuracy": float(accuracy_score(true, found)),
            "macro_f1": float(f1_score(true, found, average="macro")),
            "matthews_correlation": float(matthews_corrcoef(true, found)),
        }

    def confusions(self, labels, answers):
        """What was taken for what: true and found indices into `confusion_names`, two lists of one length."""
        return self.encode(labels).tolist(), self.encode([answer["label"] for answer in answers]).tolist()

    def draw(self, raw, labels, answers, folder, title=""):
        """Draw what was taken for what; returns the paths of the pictures."""
        from rnn_zoo import plots

        path = Path(folder) / "confusion_matrix.png"
        return [plots.confusion_matrix(*self.confusions(labels, answers), self.confusion_names, path, title)]

    def describe(self, raw, answer):
        """An example and its answer on one line."""
        return f"{answer['label']} {answer['score']:.2f}  {say_raw(raw)[:90]}"

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {"class_names": self.class_names}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)


def say_raw(raw):
    """A raw example on one line: text, the name of a file, or the shape of an array."""
    if isinstance(raw, tuple):
        return ": ".join(map(say_raw, raw))
    if isinstance(raw, np.ndarray):
        return f"<{raw.dtype}>{list(raw.shape)}"
    return " ".join((raw.name if isinstance(raw, Path) else str(raw)).split())
