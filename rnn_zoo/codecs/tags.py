"""One tag a timestep."""

from pathlib import Path

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.crf import CRF, best_path, log_partition, marginals, path_score

PADDING_TARGET = -1


@keras.saving.register_keras_serializable("rnn_zoo")
class TagLoss(keras.losses.Loss):
    """Negative log-likelihood in nats, averaged over the real timesteps of a batch.

    Args:
        crf: outputs are a CRF's scores and not logits.
        name: of the loss.

    Example:
        >>> targets, logits = np.array([[1, 0, -1]]), np.zeros((1, 3, 2), "float32")
        >>> round(float(np.exp(TagLoss()(targets, logits))), 3)
        2.0
    """

    def __init__(self, crf=False, name="tag_loss"):
        super().__init__(name=name)
        self.crf = crf

    def call(self, targets, outputs):
        """One value an example, scaled so that their mean is the mean over real timesteps.

        Args:
            targets: `[batch, timesteps]`, -1 where a sequence is padded.
            outputs: logits `<float32>[batch, timesteps, tags]`, or a CRF's `[batch, tags + timesteps, tags]`.
        """
        targets = ops.cast(targets, "int32")
        real = ops.cast(targets >= 0, "float32")
        if self.crf:
            losses = log_partition(outputs) - path_score(outputs, targets)
        else:
            scores = ops.log_softmax(ops.cast(outputs, "float32"), axis=-1)
            losses = -ops.sum(ops.one_hot(targets, outputs.shape[-1]) * scores, axis=(1, 2))
        return losses * ops.cast(ops.shape(targets)[0], "float32") / ops.maximum(ops.sum(real), 1.0)

    def get_config(self):
        """Arguments that rebuild the loss."""
        return {"crf": self.crf, "name": self.name}


@keras.saving.register_keras_serializable("rnn_zoo")
class TagAccuracy(keras.metrics.Mean):
    """Share of real timesteps whose tag is found.

    Args:
        crf: outputs are a CRF's scores and not logits.
        name: of the metric.

    Example:
        >>> metric = TagAccuracy()
        >>> metric.update_state(np.array([[1, 0, -1]]), np.array([[[0.0, 1.0]] * 3]))
        >>> float(metric.result())
        0.5
    """

    def __init__(self, crf=False, name="accuracy"):
        super().__init__(name=name)
        self.crf = crf

    def update_state(self, targets, outputs, sample_weight=None):
        """Count a batch; shapes as `TagLoss` takes them."""
        targets = ops.cast(targets, "int32")
        found = best_path(outputs) if self.crf else ops.cast(ops.argmax(outputs, axis=-1), "int32")
        super().update_state(ops.cast(found == targets, "float32"), ops.cast(targets >= 0, "float32"))

    def get_config(self):
        """Arguments that rebuild the metric."""
        return {"crf": self.crf, "name": self.name}


@keras.saving.register_keras_serializable("rnn_zoo")
class Tags:
    """One tag for every timestep of an example.

    Args:
        class_names: the tags, in the order of the logits.
        crf: score neighbouring tags too, with a conditional random field on top of the logits.

    Raises:
        ValueError: for fewer than two tags, or a tag that comes twice.

    Example:
        >>> codec = Tags(["NOUN", "VERB"])
        >>> codec([["NOUN", "VERB"], ["VERB"]]).tolist()
        [[0, 1], [1, -1]]
    """

    def __init__(self, class_names, *, crf=False):
        self.class_names = [str(name) for name in class_names]
        self.crf = crf
        if len(self.tag_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names must be two or more different names. Received: {self.class_names}")

    @property
    def tag_names(self):
        """What the logits stand for."""
        return self.class_names

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return self.class_names

    def encode(self, labels, lengths=None):
        """Lists of tags to indices, not padded yet.

        Args:
            labels: a list of tag names for every example.
            lengths: timesteps of the examples; as many tags are then demanded.

        Returns:
            A list of `<int32>[timesteps]` arrays.

        Raises:
            ValueError: for a tag that is none, or for more or fewer tags than timesteps; the message gives the place.
        """
        indices = {name: index for index, name in enumerate(self.tag_names)}
        encoded = []
        for place, tags in enumerate(labels):
            if isinstance(tags, (str, bytes)) or not hasattr(tags, "__iter__"):
                raise ValueError(f"labels must be lists of tags. Received: labels[{place}]={tags!r:.60}")
            tags = self._checked(list(tags), place)
            if lengths is not None and place < len(lengths) and len(tags) != lengths[place]:
                raise ValueError(
                    f"labels must have one tag a timestep. Expected {lengths[place]} tags. "
                    f"Received: labels[{place}] of length {len(tags)}"
                )
            encoded.append(np.array([indices[tag] for tag in tags], "int32"))
        return encoded

    def pad(self, encoded, timesteps=None):
        """Encoded tags to one tensor.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: width to pad to; None pads to the longest.

        Returns:
            `<int32>[batch, timesteps]`, padded on the right with -1.
        """
        targets = np.full((len(encoded), timesteps or max(map(len, encoded), default=1)), PADDING_TARGET, "int32")
        for row, tags in zip(targets, encoded, strict=True):
            row[: len(tags)] = tags
        return targets

    def __call__(self, labels):
        """Lists of tags to targets as a model takes them: `pad(encode(labels))`."""
        return self.pad(self.encode(labels))

    def decode(self, outputs, encoded, *, top_k=None):
        """A network's outputs to answers.

        Args:
            outputs: logits `<float32>[examples, timesteps, tags]`; with a CRF its scores,
                `[examples, tags + timesteps, tags]`.
            encoded: the examples as `rnn_zoo.Tokens` encoded them.
            top_k: only None: a sequence of tags has one best answer.

        Returns:
            For an example that was given as a list of tokens: its tags, a list of strings. For one that was given as a
            string: a list of `{"text", "label", "start", "end", "score"}`, with places in the string, end excluded.
            A score is the probability of the tag.

        Raises:
            ValueError: for a top_k.
        """
        if top_k is not None:
            raise ValueError(f"top_k must be None for a tagger. Received: top_k={top_k!r}")
        best, probabilities = self.best(outputs), self.probabilities(outputs)
        answers = []
        for indices, rows, sentence in zip(best, probabilities, encoded, strict=True):
            indices = indices[: len(sentence.tokens)]
            tags = [self.tag_names[index] for index in indices]
            scores = rows[np.arange(len(indices)), indices]
            answers.append(self._answer(tags, scores, sentence))
        return answers

    def probabilities(self, outputs):
        """How probable each tag is at each timestep: a softmax, or with a CRF the marginals over all paths.

        Args:
            outputs: as `decode` takes them.

        Returns:
            `<float32>[examples, timesteps, tags]`; padding has no meaning.
        """
        if self.crf:
            return ops.convert_to_numpy(marginals(outputs))
        return ops.convert_to_numpy(ops.softmax(ops.convert_to_tensor(outputs), axis=-1))

    def best(self, outputs):
        """The tags to answer: the most probable ones, or with a CRF the most probable path.

        Args:
            outputs: as `decode` takes them.

        Returns:
            `<int>[examples, timesteps]`, indices into `tag_names`; padding has no meaning.
        """
        if self.crf:
            return ops.convert_to_numpy(best_path(outputs))
        return ops.convert_to_numpy(ops.convert_to_tensor(outputs)).argmax(axis=-1)

    def head(self, features, lengths):
        """What `decode` and `loss` take, from features `<float>[batch, timesteps, feature]` and their lengths."""
        logits = keras.layers.Dense(len(self.tag_names), dtype="float32", name="logits")(features)
        return CRF(self._forbidden(), name="crf")(logits, lengths) if self.crf else logits

    def renamed(self, class_names):
        """A codec of the same kind for other tags."""
        return type(self)(**{**self.get_config(), "class_names": class_names})

    def loss(self):
        """Negative log-likelihood of the tags, averaged over real timesteps."""
        return TagLoss(self.crf)

    def metrics(self):
        """Accuracy over real timesteps."""
        return [TagAccuracy(self.crf)]

    def measure(self, labels, answers):
        """What a test part says of a model; needs scikit-learn.

        Args:
            labels: as `encode` takes them.
            answers: lists of tags, as `decode` gives them for lists of tokens.

        Returns:
            `{"accuracy": float, "macro_f1": float}` over all timesteps.
        """
        from sklearn.metrics import accuracy_score, f1_score

        true, found = self.confusions(labels, answers)
        return {
            "accuracy": float(accuracy_score(true, found)),
            "macro_f1": float(f1_score(true, found, average="macro")),
        }

    def confusions(self, labels, answers):
        """What was taken for what: true and found indices into `confusion_names`, two lists of one length."""
        return tuple(np.concatenate(self.encode(tags)).tolist() for tags in (labels, answers))

    def draw(self, raw, labels, answers, folder, title=""):
        """Draw what was taken for what; returns the paths of the pictures."""
        from rnn_zoo import plots

        path = Path(folder) / "confusion_matrix.png"
        return [plots.confusion_matrix(*self.confusions(labels, answers), self.confusion_names, path, title)]

    def describe(self, raw, answer):
        """An example and its answer on one line."""
        return " ".join(f"{token}/{tag}" for token, tag in zip(raw, answer, strict=True))[:110]

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {"class_names": self.class_names, "crf": self.crf}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _checked(self, tags, place):
        for step, tag in enumerate(tags):
            if tag not in self.tag_names:
                raise ValueError(f"tags must be among {self.tag_names}. Received: labels[{place}][{step}]={tag!r:.60}")
        return tags

    def _forbidden(self):
        return None

    def _answer(self, tags, scores, sentence):
        if sentence.text is None:
            return tags
        return [
            {"text": sentence.text[start:end], "label": tag, "start": start, "end": end, "score": float(score)}
            for tag, score, (start, end) in zip(tags, scores, sentence.offsets, strict=True)
        ]
