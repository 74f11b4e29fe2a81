"""Entities: what tags of neighbouring timesteps spell together, alone or beside what somebody wants."""

import numpy as np

from rnn_zoo.checks import check_choice
from rnn_zoo.codecs.codec import in_order, listed, softmax
from rnn_zoo.codecs.tags import Tags
from rnn_zoo.formats.tag_schemes import PREFIXES, convert, forbidden_transitions, spans_of, tag_names
from rnn_zoo.summaries import Counts, summed


class EntityTags(Tags):
    """Entities: stretches of tokens with a type. Labels and answers are BIO tags whatever scheme the network works in.

    Args:
        class_names: the types of entities, such as "PER".
        scheme: tags of the network: "BIO", or "BIOES", which also marks where entities end.
        crf: score neighbouring tags too; what the scheme forbids then never comes out.

    Example:
        >>> codec = EntityTags(["PER", "LOC"])
        >>> codec([["B-PER", "I-PER", "O"]]).tolist()  # as B-PER, E-PER and O
        [[1, 3, 0]]
    """

    measured_with = ("nervaluate",)

    def __init__(self, class_names, *, scheme="BIOES", crf=True):
        check_choice("scheme", scheme, PREFIXES)
        self.scheme = scheme
        super().__init__(class_names, crf=crf)

    @classmethod
    def _seen_names(cls, labels):
        found = in_order(tag.partition("-")[2] for tag in super()._seen_names(labels) if tag[:2] in ("B-", "I-"))
        if not found:
            raise ValueError('labels must be lists of BIO tags, such as ["B-PER", "O"]. Received: no entity')
        return found

    @property
    def tag_names(self):
        return tag_names(self.class_names, self.scheme)

    @property
    def confusion_names(self):
        return ["O", *self.class_names]

    @property
    def forbidden(self):
        """Which tags must not be neighbours, as `rnn_zoo.layers.CRF` takes it."""
        return forbidden_transitions(self.class_names, self.scheme).tolist()

    def compute_metrics(self, labels, answers):
        """F1, precision and recall of exact entities: right type, right start, right end; needs nervaluate."""
        from nervaluate import Evaluator

        true, found = (
            [[{"label": name, "start": start, "end": end - 1} for name, start, end in spans_of(tags)] for tags in one]
            for one in (labels, answers)
        )
        result = Evaluator(true, found, tags=self.class_names, loader="dict").evaluate()["overall"]["strict"]
        return {"f1": result.f1, "precision": result.precision, "recall": result.recall}

    def confusions(self, labels, answers):
        indices = {name: index for index, name in enumerate(self.confusion_names)}
        return tuple(
            [indices[tag.partition("-")[2] or "O"] for tags in one for tag in tags] for one in (labels, answers)
        )

    def _checked(self, tags, index):
        before = "O"
        for step, tag in enumerate(tags):
            prefix, _, name = str(tag).partition("-")
            is_known = tag == "O" or (prefix in ("B", "I") and name in self.class_names)
            if not is_known or (prefix == "I" and before[1:] != tag[1:]):
                raise ValueError(
                    f"labels must be BIO tags of {self.class_names}, an I-tag only within an entity: "
                    "rnn_zoo.formats.tag_schemes.convert(tags, 'BIO') makes them of IOB1, BIOES and BILOU. "
                    f"Received: labels[{index}][{step}]={tag!r:.60} after {before!r}"
                )
            before = tag
        return convert(tags, self.scheme)

    def _labels(self, tags):
        return convert(tags, "BIO")

    def _spans(self, tags):
        return spans_of(tags)


class Requests(EntityTags):
    """An intent a sentence, and slots: stretches of its tokens with a type, in BIO tags.

    Labels are pairs `(intent, tags)`, or dictionaries like the answers. Outputs are those of `EntityTags` with the
    logits of the intents in a row before them.

    Args:
        class_names: the types of slots, such as "toloc.city_name".
        intents: their names, in the order of the logits.
        scheme: tags of the network, as of `EntityTags`.
        crf: score neighbouring tags too.

    Raises:
        ValueError: for fewer than two intents, one that comes twice, or what `EntityTags` refuses.

    Example:
        >>> codec = Requests(["city"], ["fare", "flight"])
        >>> codec([("flight", ["O", "B-city"])]).tolist()
        [[1, 0, 1]]

    Source: Liu & Lane, "Attention-based recurrent neural network models for joint intent detection and slot filling",
    Interspeech 2016.
    """

    def __init__(self, class_names, intents, *, scheme="BIO", crf=False):
        super().__init__(class_names, scheme=scheme, crf=crf)
        self.intents = [str(name) for name in intents]
        if len(self.intents) < 2 or len(set(self.intents)) < len(self.intents):
            raise ValueError(f"intents must be two or more different names. Received: {self.intents}")

    @classmethod
    def from_examples(cls, labels, *, class_names=None, intents=None, **settings):
        """As of every codec; class names are the types of slots."""
        names = cls._seen_names(labels) if class_names is None else class_names
        found = in_order(summed(listed(labels), Counts(_intents)).counts) if intents is None else intents
        return cls(names, found, **settings)

    @staticmethod
    def _tags(labels):
        return EntityTags._tags(_columns(labels)[1])

    @property
    def confusion_names(self):
        return self.intents

    def encode(self, labels, lengths=None):
        intents, tags = _columns(labels)
        for index, intent in enumerate(intents):
            if intent not in self.intents:
                raise ValueError(f"intents must be among {self.intents}. Received: labels[{index}]={intent!r:.60}")
        first = [[self.intents.index(intent)] for intent in intents]
        return [np.concatenate(pair).astype("int32") for pair in zip(first, super().encode(tags, lengths), strict=True)]

    def pad(self, encoded, timesteps=None):
        return super().pad(encoded, timesteps and 1 + timesteps)

    def decode(self, outputs, encoded, *, top_k=None):
        """Outputs `<float32>[examples, 1 + rows, max(intents, tags)]` to `{"intent", "score", "slots"}`.

        The logits of the intents come first, then what `EntityTags` decodes, to slots. The score is the intent's
        probability.
        """
        slots = super().decode(outputs[:, 1:, : len(self.tag_names)], encoded, top_k=top_k)
        scores = softmax(outputs[:, 0, : len(self.intents)])
        return [
            {"intent": self.intents[row.argmax()], "score": float(row.max()), "slots": found}
            for row, found in zip(scores, slots, strict=True)
        ]

    def compute_metrics(self, labels, answers):
        """F1 of exact slots, accuracy of intents, and the share of requests without a fault; needs nervaluate."""
        (true, tags), (found, slots) = _columns(labels), _columns(answers)
        intents = np.equal(true, found)
        return {
            **super().compute_metrics(tags, slots),
            "intent_accuracy": float(intents.mean()),
            "request_accuracy": float(np.mean(intents & [a == b for a, b in zip(tags, slots, strict=True)])),
        }

    def confusions(self, labels, answers):
        return tuple([self.intents.index(one) for one in _columns(column)[0]] for column in (labels, answers))

    def to_text(self, raw, answer):
        return f"{answer['intent']}  {answer['score']:.2f}  {super().to_text(raw, answer['slots'])}"


def _intents(labels):
    return [_columns(labels)[0]]


def _columns(labels):
    """The intents and the tags of labels."""
    intents, tags = [], []
    for index, label in enumerate(listed(labels)):
        pair = [label.get("intent"), label.get("slots")] if isinstance(label, dict) else label
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], str):
            raise ValueError(
                f"labels must be pairs of an intent and the tags of the tokens. Received: labels[{index}]={label!r:.60}"
            )
        intents.append(pair[0])
        tags.append(pair[1])
    return intents, tags
