"""Entities: what tags of neighbouring timesteps spell together."""

from rnn_zoo.checks import check_choice
from rnn_zoo.codecs.codec import in_order
from rnn_zoo.codecs.tags import Tags
from rnn_zoo.formats.tag_schemes import PREFIXES, convert, forbidden_transitions, spans_of, tag_names


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
