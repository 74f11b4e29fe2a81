"""What is learned from all examples piece by piece, so that processes may share the work: counts, moments, a sample."""

import collections
import hashlib

import numpy as np

from rnn_zoo.streams import Column


def summed(examples, summary):
    """An empty summary after it took in all examples: a list, or a `Column`, whose summaries share a pass."""
    if isinstance(examples, Column):
        return examples.summed(summary)
    summary.update(examples)
    summary.finish()
    return summary


class Counts:
    """How often each thing comes in the groups that a function finds in examples.

    Whenever more different things than the limit are counted, those that come more often than half of them are kept,
    and counts of the others start anew: what is frequent throughout is counted rightly, what is rare too low.

    Args:
        groups: takes a list of examples, and gives lists or sets of things.
        limit: of the different things that are counted at a time; None for no limit.
        parts: takes a thing that was counted, and gives those that count in its place; None for itself.
    """

    def __init__(self, groups, limit=None, parts=None):
        self.groups, self.limit, self.parts = groups, limit, parts
        self.counts = collections.Counter()

    def update(self, examples):
        for group in self.groups(examples):
            self.counts.update(group)
            self._keep_to_limit()

    def finish(self):
        if self.parts:
            whole, self.counts = self.counts, collections.Counter()
            for thing, count in whole.items():
                for part in self.parts(thing):
                    self.counts[part] += count

    def merge(self, other):
        self.counts.update(other.counts)
        self._keep_to_limit()

    def _keep_to_limit(self):
        if self.limit is not None and len(self.counts) > self.limit:
            middle = sorted(self.counts.values())[len(self.counts) // 2]
            self.counts = collections.Counter({one: count for one, count in self.counts.items() if count > middle})


class Moments:
    """Mean, spread and largest size of each feature in arrays `[rows, features]` that a function makes of examples.

    Source: Chan, Golub & LeVeque, "Algorithms for computing the sample variance", The American Statistician 1983.
    """

    def __init__(self, arrays):
        self.arrays = arrays
        self.size = self.mean = self.squares = self.largest = 0

    def update(self, examples):
        for rows in self.arrays(examples):
            rows = np.asarray(rows, "float64")
            mean = rows.mean(axis=0)
            self._add(len(rows), mean, ((rows - mean) ** 2).sum(axis=0), np.abs(rows).max(axis=0))

    def finish(self):
        pass

    def merge(self, other):
        if other.size:
            self._add(other.size, other.mean, other.squares, other.largest)

    def _add(self, size, mean, squares, largest):
        total, difference = self.size + size, mean - self.mean
        self.squares = self.squares + squares + difference**2 * self.size * size / total
        self.mean, self.size = self.mean + difference * size / total, total
        self.largest = np.maximum(self.largest, largest)


class Sample:
    """So many different texts at most, drawn by their content: the same ones in whatever order they come."""

    def __init__(self, size):
        self.size, self.texts = size, {}

    def update(self, examples):
        self.texts.update((hashlib.blake2b(text.encode(), digest_size=8).digest(), text) for text in examples)
        if len(self.texts) > 2 * self.size:
            self.finish()

    def finish(self):
        self.texts = dict(sorted(self.texts.items())[: self.size])

    def merge(self, other):
        self.texts |= other.texts
        self.finish()
