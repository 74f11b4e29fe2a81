"""One class an example, where classes have an order: stars."""

import keras
import numpy as np

from rnn_zoo.codecs.classes import Classes
from rnn_zoo.layers.ordinal import CumulativeLogits

HEADS = ("softmax", "ordinal")


@keras.saving.register_keras_serializable("rnn_zoo")
class Ratings(Classes):
    """Classes from the lowest to the highest.

    Two questions have two best answers, whatever the head: the most probable class is the one that is right most often
    (accuracy), the median of the probabilities the one that is nearest on average (mean absolute error). An answer
    holds both, and `measure` takes each for its own question.

    Args:
        class_names: the classes in their order, which is that of the outputs.
        head: "softmax" learns every class by itself; "ordinal" one score and thresholds between the classes, see
            `rnn_zoo.layers.CumulativeLogits`.

    Raises:
        ValueError: for fewer than two names, a name that comes twice, or an unknown head.

    Example:
        >>> codec = Ratings(["1", "2", "3"])
        >>> answer = codec.decode(np.log([[0.4, 0.3, 0.3]]))[0]
        >>> answer["label"], answer["median"]
        ('1', '2')
    """

    def __init__(self, class_names, *, head="softmax"):
        super().__init__(class_names)
        if head not in HEADS:
            raise ValueError(f"head must be one of {HEADS}. Received: head={head!r}")
        self.kind_of_head = head

    def head(self, features, lengths=None):
        """Logits, or log-probabilities, `<float32>[batch, classes]` from features `<float>[batch, feature]`."""
        if self.kind_of_head == "softmax":
            return super().head(features, lengths)
        return CumulativeLogits(len(self.class_names), name="logits")(features)

    def decode(self, logits, encoded=None, *, top_k=None):
        """Outputs to answers.

        Args:
            logits: `<float32>[examples, classes]`.
            encoded: as in `Classes`.
            top_k: as in `Classes`; the k best come without medians.

        Returns:
            One `{"label": str, "score": float, "median": str}` an example: the most probable class, its probability,
            and the first class that at least half of the probability does not lie above.
        """
        answers = super().decode(logits, encoded, top_k=top_k)
        if top_k is not None:
            return answers
        logits = np.asarray(logits, "float64")
        shares = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
        medians = (shares >= 0.5 * shares[:, -1:]).argmax(axis=1)
        return [{**answer, "median": self.class_names[median]} for answer, median in zip(answers, medians, strict=True)]

    def renamed(self, class_names):
        """A codec of the same kind for other classes."""
        return Ratings(class_names, head=self.kind_of_head)

    def measure(self, labels, answers):
        """What a test part says of a model; needs scikit-learn.

        Args:
            labels: as `encode` takes them.
            answers: as `decode` gives them, without top_k.

        Returns:
            `{"accuracy": float, "mean_absolute_error": float}`: how often the label is right, and how many classes the
            median is off.
        """
        from sklearn.metrics import accuracy_score, mean_absolute_error

        true, found = self.confusions(labels, answers)
        medians = self.encode([answer["median"] for answer in answers])
        return {
            "accuracy": float(accuracy_score(true, found)),
            "mean_absolute_error": float(mean_absolute_error(true, medians)),
        }

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {**super().get_config(), "head": self.kind_of_head}
