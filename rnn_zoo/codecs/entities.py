"""Entities: what tags of neighbouring timesteps spell together."""

import keras

from rnn_zoo.codecs.tags import Tags
from rnn_zoo.formats.tag_schemes import PREFIXES, convert, forbidden_transitions, spans_of, tag_names


@keras.saving.register_keras_serializable("rnn_zoo")
class EntityTags(Tags):
    """Entities: stretches of tokens with a type. Labels and answers are BIO tags whatever scheme the network works in.

    Args:
        class_names: the types of entities, such as "PER".
        scheme: tags of the network: "BIO", or "BIOES", which also marks where entities end.
        crf: score neighbouring tags too; what the scheme forbids then never comes out.

    Raises:
        ValueError: for no types, a type that comes twice, or an unknown scheme.

    Example:
        >>> codec = EntityTags(["PER", "LOC"])
        >>> codec([["B-PER", "I-PER", "O"]]).tolist()  # as B-PER, E-PER and O
        [[1, 3, 0]]
    """

    def __init__(self, class_names, *, scheme="BIOES", crf=True):
        if scheme not in PREFIXES:
            raise ValueError(f"scheme must be one of {list(PREFIXES)}. Received: scheme={scheme!r}")
        self.scheme = scheme
        super().__init__(class_names, crf=crf)

    @property
    def tag_names(self):
        """What the logits stand for."""
        return tag_names(self.class_names, self.scheme)

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return ["O", *self.class_names]

    def measure(self, labels, answers):
        """What a test part says of a model, by exact entities: right type, right start, right end; needs nervaluate.

        Args:
            labels: lists of BIO tags.
            answers: lists of BIO tags, as `decode` gives them for lists of tokens.

        Returns:
            `{"f1": float, "precision": float, "recall": float}`, over all types.
        """
        try:
            from nervaluate import Evaluator
        except ImportError as error:
            raise ImportError('entities are measured with nervaluate: pip install "rnn-zoo[metrics]"') from error

        true, found = (
            [[{"label": name, "start": start, "end": end - 1} for name, start, end in spans_of(tags)] for tags in one]
            for one in (labels, answers)
        )
        result = Evaluator(true, found, tags=self.class_names, loader="dict").evaluate()["overall"]["strict"]
        return {"f1": result.f1, "precision": result.precision, "recall": result.recall}

    def confusions(self, labels, answers):
        """What was taken for what, token by token: indices into `confusion_names`, two lists of one length."""
        indices = {name: index for index, name in enumerate(self.confusion_names)}
        return tuple(
            [indices[tag.partition("-")[2] or "O"] for tags in one for tag in tags] for one in (labels, answers)
        )

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {**super().get_config(), "scheme": self.scheme}

    def _checked(self, tags, place):
        known = {"O", *(f"{prefix}-{name}" for name in self.class_names for prefix in "BI")}
        before = "O"
        for step, tag in enumerate(tags):
            if tag not in known or (tag[0] == "I" and before[1:] != tag[1:]):
                raise ValueError(
                    f"labels must be BIO tags of {self.class_names}, an I-tag only within an entity. "
                    f"Received: labels[{place}][{step}]={tag!r:.60} after {before!r}"
                )
            before = tag
        return convert(tags, self.scheme)

    def _forbidden(self):
        return forbidden_transitions(self.class_names, self.scheme).tolist()

    def _answer(self, tags, scores, sentence):
        spans = spans_of(tags)
        if sentence.text is None:
            return convert(tags, "BIO")
        answers = []
        for name, first, end in spans:
            start, stop = sentence.offsets[first][0], sentence.offsets[end - 1][1]
            score = float(min(scores[first:end]))
            answers.append(
                {"text": sentence.text[start:stop], "label": name, "start": start, "end": stop, "score": score}
            )
        return answers
