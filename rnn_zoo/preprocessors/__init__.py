"""Preprocessors: raw examples in, right-padded tensors out."""

from rnn_zoo.preprocessors.dna import DNA
from rnn_zoo.preprocessors.image import Pixels
from rnn_zoo.preprocessors.series import Series
from rnn_zoo.preprocessors.text import Characters, Jamo, Words
from rnn_zoo.preprocessors.tokens import Tokens
from rnn_zoo.preprocessors.word_vectors import read_word_vectors

__all__ = ["DNA", "Characters", "Jamo", "Pixels", "Series", "Tokens", "Words", "read_word_vectors"]
