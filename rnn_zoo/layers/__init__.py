"""Layers that Keras lacks: length-aware stacks and pooling, CRF, bigrams, word dropout, reverse complements, ..."""

from rnn_zoo.layers.bigrams import BigramIds
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
from rnn_zoo.layers.nucleotides import OneHot, RandomReverseComplement
from rnn_zoo.layers.recurrent import CORES, recurrent_stack
from rnn_zoo.layers.rollout import Rollout
from rnn_zoo.layers.word_dropout import WordDropout

__all__ = [
    "CORES",
    "CRF",
    "BigramIds",
    "FoldTimesteps",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "OneHot",
    "RandomReverseComplement",
    "ReverseByLength",
    "Rollout",
    "SequenceLengths",
    "TakeLast",
    "UnfoldTimesteps",
    "WordDropout",
    "recurrent_stack",
]
