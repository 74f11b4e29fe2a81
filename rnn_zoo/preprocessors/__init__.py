"""Preprocessors: raw examples in, right-padded tensors out."""

from rnn_zoo.preprocessors.dna import DNA
from rnn_zoo.preprocessors.image import Pixels
from rnn_zoo.preprocessors.text import Characters, Jamo, Words

__all__ = ["DNA", "Characters", "Jamo", "Pixels", "Words"]
