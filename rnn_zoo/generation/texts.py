"""What writing owes to texts: nothing about blank ones, prompts as they were given, and sentences one by one."""

import heapq
import re
from typing import NamedTuple

import numpy as np

SENTENCE_END = re.compile(r"""(\s?)([.!?…]+)(?:\s?»|["'”’“)\]])*(\s+)|\s*\n\s*""")
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st jr sr vs etc no vol pp p fig approx inc ltd tel addr "  # English
    "hr fr nr str ca bzw usw vgl evtl mme mlle env av".split()  # German, French
)


class Generation(NamedTuple):
    """One thing that was written: the answer as `infer` gives it, its log-probability in nats, and its tokens.

    Hypotheses were compared by the penalized one. A forced prefix and the end are among the tokens, `<int32>[tokens]`;
    attention is `<float32>[tokens, source timesteps]` if it was asked for.
    """

    answer: object
    log_probability: float
    penalized_log_probability: float
    tokens: np.ndarray
    attention: np.ndarray | None


def is_blank(raw):
    """Whether an example is a text without anything in it."""
    return isinstance(raw, str) and not raw.strip()


def gone_on(given, ids, num_given, answer):
    """What was written, with its beginning letter by letter as it was given; `answer` makes text of ids."""
    begun, whole = answer(ids[:num_given]), answer(ids)
    rest = whole[len(begun) :] if whole.startswith(begun) else answer(ids[num_given:])
    if given[-1:].isspace() and not begun[-1:].isspace():  # the space between words
        rest = rest.removeprefix(" ")
    return given + rest


def split_sentences(text):
    """A text to its sentences and the white space behind each, for languages with the marks of English or Korean.

    A sentence ends where a line ends, and at full stops, exclamation and question marks behind which no lower-case
    letter comes; not at abbreviations, initials and ordinal numbers. A full stop that stands apart always ends one.
    """
    text = text.strip()
    found, start = [], 0
    for match in SENTENCE_END.finditer(text):
        before, mark, gap = match.groups()
        if mark is None:  # the end of a line
            found.append((text[start : match.start()], match[0]))
        elif "\n" in gap or (before and mark == ".") or _is_end(text[start : match.start()], mark, text[match.end()]):
            found.append((text[start : match.start(3)], gap))
        else:
            continue
        start = match.end()
    return [*found, (text[start:], "")]


def _is_end(sentence, mark, following):
    """Whether a mark ends a sentence."""
    word = re.split(r"[\s(\"'„«]", sentence)[-1]
    is_short = len(word) == 1 and word.isalpha() or "." in word or word.lower() in ABBREVIATIONS
    is_ordinal = word.isdigit() and len(word) <= 2
    return not (following.islower() or (mark == "." and (is_short or is_ordinal)))


def joined(parts, most):
    """The best answers for a text from the `(generations, gap)` of its sentences; their log-probabilities add up."""
    (best, gap), *rest = parts
    for results, next_gap in rest:
        pairs = [
            Generation(
                one.answer + gap + other.answer, one.log_probability + other.log_probability,
                one.penalized_log_probability + other.penalized_log_probability,
                np.concatenate([one.tokens, other.tokens]), None,
            )
            for one in best for other in results
        ]  # fmt: skip
        best, gap = heapq.nlargest(most, pairs, key=lambda one: one.penalized_log_probability), next_gap
    return best
