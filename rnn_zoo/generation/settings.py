"""How tokens are chosen: the settings of the decoding engine, and the random numbers of sampling. Needs no Keras."""

from typing import NamedTuple

import numpy as np

METHODS = ("greedy", "beam", "sample")
NUMBERS = {
    "length_penalty": "float32", "coverage_penalty": "float32", "temperature": "float32", "top_p": "float32",
    "min_length": "int32",
}  # fmt: skip
"""Settings that a compiled graph takes as inputs, and as what."""
COUNTS = ("num_beams", "num_results", "top_k", "no_repeat_ngram", "min_length", "max_length", "seed")
"""Settings that are integers."""
DEAD = -1e29
"""Sums of log-probabilities below this are of hypotheses that do not exist."""


class Decoding(NamedTuple):
    """How tokens are chosen.

    Attributes:
        method: "greedy" takes the most probable token, "beam" keeps the best few hypotheses, "sample" draws.
        num_beams: hypotheses kept by "beam"; a finished one leaves the beam and keeps its place among the results.
        num_results: best hypotheses returned, at most `num_beams`; or samples drawn.
        length_penalty: the power alpha of ((5 + tokens) / 6) by which a sum of log-probabilities is divided before
            hypotheses are compared: 0 prefers short ones, 1 nearly compares means (Wu et al. 2016, equation 14).
        coverage_penalty: beta, the weight of the log of attention that each source timestep got, at most 1 of it: above
            0 prefers hypotheses that leave nothing out (Wu et al. 2016, equation 14).
        temperature: logits are divided by it before "sample": below 1 is more careful, above 1 bolder.
        top_k: "sample" draws among the k most probable tokens only; None for all.
        top_p: "sample" draws among the most probable tokens that together reach this probability (Holtzman et al.
            2020); 1 for all.
        no_repeat_ngram: no sequence of so many tokens comes twice; 0 for no such rule.
        min_length: tokens, beyond a forced prefix, before the end may come.
        max_length: tokens at most, beyond a forced prefix, the end among them; None for what the model holds for
            enough.
        seed: of "sample".
    """

    method: str = "greedy"
    num_beams: int = 5
    num_results: int = 1
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0
    no_repeat_ngram: int = 0
    min_length: int = 0
    max_length: int | None = None
    seed: int = 0

    @property
    def width(self):
        """Hypotheses carried along for each example."""
        return {"greedy": 1, "beam": self.num_beams, "sample": self.num_results}[self.method]

    @property
    def cuts_tail(self):
        """Whether `top_p` may leave tokens out; it may where it is an input of a graph."""
        return not isinstance(self.top_p, (int, float)) or self.top_p < 1

    def graph_and_numbers(self):
        """What a graph is compiled for, and the `NUMBERS` that it takes each time: `(Decoding, dict)`."""
        draws = self.method == "sample"
        used = [name for name in NUMBERS if name != "top_p" or (draws and self.cuts_tail)]
        numbers = {name: np.array(getattr(self, name), NUMBERS[name]) for name in used}
        graph = Decoding(
            self.method, self.num_beams if self.method == "beam" else 1, self.num_results,
            top_k=self.top_k if draws else None, no_repeat_ngram=self.no_repeat_ngram,
        )  # fmt: skip
        return graph._replace(**dict.fromkeys(numbers)), numbers

    def checked(self, vocabulary_size=None):
        """Itself, after making sure that all is legal; the vocabulary size is the most that `top_k` can be."""
        most = vocabulary_size or float("inf")
        most_results = {"greedy": 1, "beam": self.num_beams}.get(self.method, float("inf"))
        rules = {
            "method": (self.method in METHODS, f"one of {METHODS}"),
            "num_beams": (self.num_beams >= 1, "positive"),
            "num_results": (
                1 <= self.num_results <= most_results,
                "1 for greedy, 1 to num_beams for beam, positive for sample",
            ),
            "length_penalty": (self.length_penalty >= 0, "0 or more"),
            "coverage_penalty": (self.coverage_penalty >= 0, "0 or more"),
            "temperature": (self.temperature > 0, "above 0; for none of it take method='greedy'"),
            "top_k": (self.top_k is None or 1 <= self.top_k <= most, f"None, or 1 to {most}, the number of tokens"),
            "top_p": (0 < self.top_p <= 1, "above 0 and at most 1"),
            "no_repeat_ngram": (self.no_repeat_ngram >= 0, "0 or more"),
            "min_length": (self.min_length >= 0, "0 or more"),
            "max_length": (
                self.max_length is None or self.max_length >= max(1, self.min_length),
                "None, or positive and no less than min_length",
            ),
            "seed": (self.seed is not None and self.seed >= 0, "0 or more"),
        }
        for name in COUNTS:
            if not isinstance(getattr(self, name), (int, np.integer, type(None))):
                raise ValueError(f"{name} must be an integer. Received: {name}={getattr(self, name)!r}")
        for name, (legal, expected) in rules.items():
            if not legal:
                raise ValueError(f"{name} must be {expected}. Received: {name}={getattr(self, name)!r}")
        return self


def draws_for(examples, decoding, max_length):
    """Random numbers `<float32>[examples * results, max_length]`, by the positions of examples, whatever batch."""
    size = (decoding.num_results, max_length)
    numbers = [np.random.default_rng([decoding.seed, int(index)]).random(size[::-1]).T for index in examples]
    return np.concatenate(numbers).astype("float32")
