"""One class an example, where classes have an order: stars."""

from rnn_zoo.codecs.classes import Classes


class Ratings(Classes):
    """Classes from the lowest to the highest.

    Two questions have two best answers, whatever the head: the most probable class is the one that is right most often
    (accuracy), the median of the probabilities the one that is nearest on average (mean absolute error). An answer
    holds both, and `compute_metrics` takes each for its own question.

    Args:
        class_names: the classes in their order, which is that of the outputs.
        ordinal: learn one score and thresholds between the classes, see `rnn_zoo.layers.CumulativeLogits`, instead of
            every class by itself.

    Raises:
        ValueError: for fewer than two names, or a name that comes twice.

    Example:
        >>> codec = Ratings(["1", "2", "3"])
        >>> answer = codec.decode(np.log([[0.4, 0.3, 0.3]]))[0]
        >>> answer["label"], answer["median"]
        ('1', '2')
    """

    def __init__(self, class_names, *, ordinal=False):
        super().__init__(class_names)
        self.ordinal = bool(ordinal)

    def compute_metrics(self, labels, answers):
        """How often the label is right, and how many classes the median is off on average; needs scikit-learn."""
        from sklearn.metrics import accuracy_score, mean_absolute_error

        true, found = self.confusions(labels, answers)
        medians = self.encode([answer["median"] for answer in answers])
        return {
            "accuracy": float(accuracy_score(true, found)),
            "mean_absolute_error": float(mean_absolute_error(true, medians)),
        }

    def _facts(self, scores):
        """The median: the first class that at least half of the probability does not lie above."""
        shares = scores.cumsum(axis=1)
        return [{"median": self.class_names[one]} for one in (shares >= 0.5 * shares[:, -1:]).argmax(axis=1)]
