"""Preprocessors: raw examples in, right-padded tensors out."""

from rnn_zoo.preprocessors.text import Characters, Jamo, Words

__all__ = ["Characters", "Jamo", "Words"]
