"""Layers that Keras lacks: length-aware stacks and pooling, CRF, CTC, bigrams, word dropout, ..."""

from rnn_zoo.layers.attention import Attention, decoder_context
from rnn_zoo.layers.bigrams import BigramIds, beside_bigrams
from rnn_zoo.layers.cells import CELLS, Cell, find_cell
from rnn_zoo.layers.chrono_bias import ChronoBias
from rnn_zoo.layers.crf import CRF
from rnn_zoo.layers.ctc import BlankPadding
from rnn_zoo.layers.decoder import RecurrentDecoder
from rnn_zoo.layers.lengths import (
    ClearPadding,
    FoldTimesteps,
    RealTimesteps,
    ReverseByLength,
    SequenceLengths,
    UnfoldTimesteps,
)
from rnn_zoo.layers.motion import FrameDropout, RandomScale, RandomTimeWarp, RandomTurn
from rnn_zoo.layers.nucleotides import OneHot, RandomReverseComplement
from rnn_zoo.layers.ordinal import CumulativeLogits
from rnn_zoo.layers.pooling import EndStates, MaskedMaxPooling, MaskedMeanPooling, PositionWeightedPooling, TakeLast
from rnn_zoo.layers.recurrent import pooled_recurrent_stack, recurrent_stack
from rnn_zoo.layers.rollout import Rollout
from rnn_zoo.layers.scheduled_sampling import GrowingShare, ScheduledSampling
from rnn_zoo.layers.spectrograms import SpecAugment, StackedLengths, StackFrames
from rnn_zoo.layers.weight_drop import WeightDrop
from rnn_zoo.layers.word_dropout import VectorDropout, WordDropout

__all__ = [
    "CELLS",
    "CRF",
    "Attention",
    "BigramIds",
    "BlankPadding",
    "Cell",
    "ChronoBias",
    "ClearPadding",
    "CumulativeLogits",
    "EndStates",
    "FoldTimesteps",
    "FrameDropout",
    "GrowingShare",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "OneHot",
    "PositionWeightedPooling",
    "RealTimesteps",
    "RecurrentDecoder",
    "RandomReverseComplement",
    "RandomScale",
    "RandomTimeWarp",
    "RandomTurn",
    "ReverseByLength",
    "Rollout",
    "ScheduledSampling",
    "SequenceLengths",
    "SpecAugment",
    "StackFrames",
    "StackedLengths",
    "TakeLast",
    "UnfoldTimesteps",
    "VectorDropout",
    "WeightDrop",
    "WordDropout",
    "beside_bigrams",
    "decoder_context",
    "find_cell",
    "pooled_recurrent_stack",
    "recurrent_stack",
]
