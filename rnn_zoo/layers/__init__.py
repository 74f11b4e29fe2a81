"""Layers that Keras lacks: length-aware recurrent stacks and pooling, word dropout, one-hot, reverse complements."""

from rnn_zoo.layers.lengths import MaskedMaxPooling, MaskedMeanPooling, ReverseByLength, SequenceLengths, TakeLast
from rnn_zoo.layers.nucleotides import OneHot, RandomReverseComplement
from rnn_zoo.layers.recurrent import CORES, recurrent_stack
from rnn_zoo.layers.word_dropout import WordDropout

__all__ = [
    "CORES",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "OneHot",
    "RandomReverseComplement",
    "ReverseByLength",
    "SequenceLengths",
    "TakeLast",
    "WordDropout",
    "recurrent_stack",
]
