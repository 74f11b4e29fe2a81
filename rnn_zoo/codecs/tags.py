"""One tag a timestep."""

import numpy as np

from rnn_zoo.codecs.codec import Codec, in_order, listed, say_labels, softmax
from rnn_zoo.codecs.crf import best_path, marginals
from rnn_zoo.preprocessors.base import padded
from rnn_zoo.summaries import Counts, summed

PADDING_TARGET = -1


class Tags(Codec):
    """One tag for every timestep of an example.

    Args:
        class_names: the tags, in the order of the logits.
        crf: score neighbouring tags too, with a conditional random field on top of the logits.

    Example:
        >>> codec = Tags(["NOUN", "VERB"])
        >>> codec([["NOUN", "VERB"], ["VERB"]]).tolist()
        [[0, 1], [1, -1]]
    """

    measured_with = ("sklearn",)

    says_examples, padding = True, PADDING_TARGET
    forbidden = None
    """Which tags must not be neighbours, as `rnn_zoo.layers.CRF` takes it."""

    def __init__(self, class_names, *, crf=False):
        self.class_names = [str(name) for name in class_names]
        self.crf = bool(crf)
        if len(self.tag_names) < 2 or len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names must be two or more different names. Received: {self.class_names}")

    @classmethod
    def _seen_names(cls, labels):
        return in_order(summed(listed(labels), Counts(cls._tags)).counts)

    @staticmethod
    def _tags(labels):
        for index, tags in enumerate(tag_lists(labels)):
            for step, tag in enumerate(tags):
                if not isinstance(tag, str):
                    raise ValueError(f"tags must be strings. Received: labels[{index}][{step}]={tag!r:.60}")
            yield tags

    @property
    def tag_names(self):
        """What the logits stand for."""
        return self.class_names

    def encode(self, labels, lengths=None):
        """Lists of tags to `<int32>[timesteps]` each; with lengths there must be as many."""
        indices = {name: index for index, name in enumerate(self.tag_names)}
        encoded = []
        for index, tags in enumerate(tag_lists(labels)):
            tags = self._checked(tags, index)
            if lengths is not None and index < len(lengths) and len(tags) != lengths[index]:
                raise ValueError(
                    f"labels must have one tag a timestep. Expected {lengths[index]} tags. "
                    f"Received: labels[{index}] of length {len(tags)}"
                )
            encoded.append(np.array([indices[tag] for tag in tags], "int32"))
        return encoded

    def pad(self, encoded, timesteps=None):
        return padded(encoded, timesteps, padding=PADDING_TARGET)

    def decode(self, outputs, encoded, *, top_k=None):
        """Logits `<float32>[examples, timesteps, tags]`, or scores of a CRF, to answers.

        An example that was given as a list of tokens gets its tags, a list of strings; one that was given as a string a
        list of `{"text", "label", "start", "end", "score"}`, with positions in the string, end excluded. A score is the
        lowest probability of the part's tags. There are no alternatives: top_k is None.
        """
        if top_k is not None:
            raise ValueError(f"top_k must be None for a tagger. Received: {top_k=}")
        best, scores = self.best(outputs), None
        if any(sentence.text is not None for sentence in encoded):
            scores = np.take_along_axis(self.probabilities(outputs), best[:, :, None], axis=2)[:, :, 0]
        answers = []
        for row, sentence in enumerate(encoded):
            tags = [self.tag_names[index] for index in best[row, : len(sentence.tokens)]]
            if sentence.text is None:
                answers.append(self._labels(tags))
                continue
            parts = []
            for label, first, end in self._spans(tags):
                start, stop = sentence.offsets[first][0], sentence.offsets[end - 1][1]
                part = {"text": sentence.text[start:stop], "label": label, "start": start, "end": stop}
                parts.append({**part, "score": float(scores[row, first:end].min())})
            answers.append(parts)
        return answers

    def probabilities(self, outputs):
        """How probable each tag is, `<float64>[examples, timesteps, tags]`: a softmax, or the marginals of a CRF."""
        return marginals(outputs) if self.crf else softmax(outputs)

    def best(self, outputs):
        """The most probable tags, or path of a CRF: indices into `tag_names`, `<int>[examples, timesteps]`."""
        return best_path(outputs) if self.crf else np.asarray(outputs).argmax(axis=-1)

    def confusions(self, labels, answers):
        return tuple(np.concatenate(self.encode(tags)).tolist() for tags in (labels, answers))

    def to_text(self, raw, answer):
        if answer and isinstance(answer[0], str):
            return " ".join(map("/".join, zip(raw, answer, strict=True)) if raw else answer)
        return say_labels(raw, answer)

    def _checked(self, tags, index):
        for step, tag in enumerate(tags):
            if tag not in self.tag_names:
                raise ValueError(f"tags must be among {self.tag_names}. Received: labels[{index}][{step}]={tag!r:.60}")
        return tags

    def _labels(self, tags):
        """Tags of the network as labels are written."""
        return tags

    def _spans(self, tags):
        """What tags say of a string: `(label, start, end)`, positions of tokens, end excluded."""
        return [(tag, index, index + 1) for index, tag in enumerate(tags)]


def tag_lists(labels):
    """Yield the tags of each example as a list, after making sure that they are one."""
    for index, tags in enumerate(listed(labels)):
        if isinstance(tags, (str, bytes, dict)) or not hasattr(tags, "__iter__"):
            raise ValueError(f"labels must be lists of tags. Received: labels[{index}]={tags!r:.60}")
        yield list(tags)
