"""Layers that Keras lacks: length-aware recurrent stacks and pooling, word dropout, conditional random fields."""

from rnn_zoo.layers.crf import CRF
from rnn_zoo.layers.lengths import (
    FoldTimesteps,
    MaskedMaxPooling,
    MaskedMeanPooling,
    ReverseByLength,
    SequenceLengths,
    TakeLast,
    UnfoldTimesteps,
)
from rnn_zoo.layers.recurrent import CORES, recurrent_stack
from rnn_zoo.layers.word_dropout import WordDropout

__all__ = [
    "CORES",
    "CRF",
    "FoldTimesteps",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "ReverseByLength",
    "SequenceLengths",
    "TakeLast",
    "UnfoldTimesteps",
    "WordDropout",
    "recurrent_stack",
]
