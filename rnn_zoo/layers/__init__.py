"""Layers that Keras lacks: length-aware recurrent stacks and pooling, word dropout."""

from rnn_zoo.layers.lengths import MaskedMaxPooling, MaskedMeanPooling, ReverseByLength, SequenceLengths, TakeLast
from rnn_zoo.layers.recurrent import CORES, recurrent_stack
from rnn_zoo.layers.word_dropout import WordDropout

__all__ = [
    "CORES",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "ReverseByLength",
    "SequenceLengths",
    "TakeLast",
    "WordDropout",
    "recurrent_stack",
]
