"""What all codecs share: which labels they take, and how an example and its answer are said."""

import re
from pathlib import Path

import numpy as np

from rnn_zoo.generation import numpy_ops
from rnn_zoo.preprocessors import base

LONGEST_SHOWN = 300
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Codec(base.Rebuilt):
    """A label encoder and postprocessor: the base of all codecs.

    One that tells classes apart has `confusions(labels, answers)`, true and found indices into its `confusion_names`,
    two lists of one length. One whose answers a decoder writes has `answer`, which makes one of written ids, in place
    of `decode`.
    """

    measured_with = ()
    """Packages that `compute_metrics` needs."""

    says_examples = False
    """Whether `to_text` says the example, too."""

    padding = 0
    """What targets are padded with."""

    @classmethod
    def from_examples(cls, labels, *, class_names=None, **settings):
        """A codec that fits some examples.

        Args:
            labels: of the training examples, as `encode` takes them.
            class_names: classes, tags or types of entities in the order of the outputs; None for those among the
                labels, by value if all are numbers, else by the alphabet.
            **settings: other arguments of the class.

        Raises:
            ValueError: for labels that nothing can be learned from; the message gives the position.

        Example:
            >>> rnn_zoo.Classes.from_examples([10, 2, 2]).class_names
            ['2', '10']
            >>> rnn_zoo.EntityTags.from_examples([["B-PER", "I-PER", "O"], ["B-LOC"]]).class_names
            ['LOC', 'PER']
        """
        return cls(cls._seen_names(labels) if class_names is None else class_names, **settings)

    @classmethod
    def _seen_names(cls, labels):
        """The names among some labels, in order, see `from_examples`."""
        raise NotImplementedError

    def encode(self, labels, lengths=None):
        """Labels to numbers, not padded yet: the slow part, done once for a dataset and not each epoch.

        Args:
            labels: a list, one an example.
            lengths: timesteps of the examples, where a label must fit them.

        Returns:
            A list of arrays, or one array.
        """
        raise NotImplementedError

    def pad(self, encoded, timesteps=None):
        """Encoded labels to one tensor.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: those of the inputs, for labels that have one for each, or the width of what is written.
        """
        raise NotImplementedError

    def decode(self, outputs, encoded=None, *, top_k=None):
        """What a network gives to answers.

        Args:
            outputs: an array, `[examples, ...]`.
            encoded: the examples as the preprocessor encoded them.
            top_k: give the k best answers to every example, as a list, instead of the best one.

        Returns:
            A list with one answer an example.

        Raises:
            ValueError: for a top_k that there cannot be.
        """
        raise NotImplementedError

    def compute_metrics(self, labels, answers):
        """What a test part says of a model, a dictionary of floats; here accuracy and macro F1, with scikit-learn.

        Args:
            labels: as `encode` takes them.
            answers: as `decode` gives them, without top_k.
        """
        from sklearn.metrics import accuracy_score, f1_score

        true, found = self.confusions(labels, answers)
        return {
            "accuracy": float(accuracy_score(true, found)),
            "macro_f1": float(f1_score(true, found, average="macro")),
        }

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return self.class_names

    def __call__(self, labels):
        """Labels to targets as a model takes them: `pad(encode(labels))`."""
        return self.pad(self.encode(labels))

    def to_text(self, raw, answer):
        """An answer as a person reads it; here a text, or the best ones with their log-probabilities.

        Args:
            raw: the example, for codecs that say it beside the answer; None to leave it out.
            answer: one answer as `decode` gives it, or the k best ones.

        Returns:
            A string; it has several lines only if a text has.
        """
        if isinstance(answer, str):
            return answer
        return "  |  ".join(f"{one['text']}  {one['log_probability']:.2f}" for one in answer)

    def to_json(self, answer):
        """An answer as JSON holds it: a dictionary, or a list of them or, for tokens, of tags."""
        return {"text": answer} if isinstance(answer, str) else answer

    def plot(self, raw, labels, answers, folder, title=""):
        """Draw how a test part went, in a folder; here what was taken for what, if the codec tells classes apart.

        Returns the paths of the pictures.
        """
        if not hasattr(self, "confusions"):
            return []
        from rnn_zoo import plots

        path, pairs = Path(folder) / "confusion_matrix.png", self.confusions(labels, answers)
        return [plots.confusion_matrix(*pairs, self.confusion_names, path, title)] if len(pairs[0]) else []

    def with_class_names(self, class_names):
        """A codec of the same kind for other classes."""
        config = self.get_config()
        if "class_names" not in config:
            raise ValueError(f"{type(self).__name__} has no classes to replace. Received: {class_names=!r:.60}")
        return type(self)(**{**config, "class_names": class_names})


def listed(labels):
    """Labels as a list, see `rnn_zoo.preprocessors.base.listed`."""
    return base.listed(labels, "labels", "label")


def in_order(names):
    """Names without repetition: by value if all are numbers, else by the alphabet."""
    names = sorted(set(names))
    return sorted(names, key=float) if all(map(_NUMBER.fullmatch, names)) else names


def check_lengths(labels, answers):
    """Refuse labels and answers that are not as many."""
    if len(labels) != len(answers):
        raise ValueError(f"labels and answers must be of one length. Received: {len(labels)} and {len(answers)}")


def softmax(logits):
    """Probabilities `<float64>[..., classes]`."""
    return numpy_ops.softmax(np.asarray(logits, "float64"), axis=-1)


def say_labels(raw, found):
    """What was found, `{"label", "score"}` and maybe "text" each, and the example unless that is None; one line."""
    said = ["  ".join([*filter(None, [one.get("text")]), one["label"], f"{one['score']:.2f}"]) for one in found]
    return "  ".join([*said, *([] if raw is None else [say_raw(raw)])])


def say_raw(raw):
    """An example on one line: text, tokens, the name of a file, or the shape of an array."""
    if isinstance(raw, tuple):
        return ": ".join(map(say_raw, raw))
    if isinstance(raw, np.ndarray):
        return f"<{raw.dtype}>{list(raw.shape)}"
    if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
        raw = " ".join(raw)
    line = " ".join(str(raw.name if isinstance(raw, Path) else raw).splitlines())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}... ({len(line):,} characters)"
