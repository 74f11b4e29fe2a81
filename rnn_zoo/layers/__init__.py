"""Layers that Keras lacks: length-aware stacks and pooling, CRF, CTC, bigrams, word dropout, ..."""

from rnn_zoo.layers.attention import Attention
from rnn_zoo.layers.bigrams import BigramIds, beside_bigrams
from rnn_zoo.layers.crf import CRF
from rnn_zoo.layers.ctc import BlankPadding
from rnn_zoo.layers.decoder import RecurrentDecoder, decoder_context
from rnn_zoo.layers.lengths import (
    ClearPadding,
    EndStates,
    EveryTimestep,
    FoldTimesteps,
    MaskedMaxPooling,
    MaskedMeanPooling,
    RealTimesteps,
    ReverseByLength,
    SequenceLengths,
    TakeLast,
    UnfoldTimesteps,
)
from rnn_zoo.layers.motion import FrameDropout, RandomScale, RandomTimeWarp, RandomTurn
from rnn_zoo.layers.nucleotides import OneHot, RandomReverseComplement
from rnn_zoo.layers.ordinal import CumulativeLogits
from rnn_zoo.layers.positions import PlaceWeightedPooling
from rnn_zoo.layers.recurrent import CORES, ChronoBias, pooled_recurrent_stack, recurrent_stack
from rnn_zoo.layers.rollout import Rollout
from rnn_zoo.layers.scheduled_sampling import GrowingShare, ScheduledSampling
from rnn_zoo.layers.spectrograms import SpecAugment, StackedLengths, StackFrames
from rnn_zoo.layers.weight_drop import WeightDropGRU, WeightDropLSTM, WeightDropSimpleRNN
from rnn_zoo.layers.word_dropout import VectorDropout, WordDropout

__all__ = [
    "CORES",
    "CRF",
    "Attention",
    "BigramIds",
    "BlankPadding",
    "ChronoBias",
    "ClearPadding",
    "CumulativeLogits",
    "EndStates",
    "EveryTimestep",
    "FoldTimesteps",
    "FrameDropout",
    "GrowingShare",
    "MaskedMaxPooling",
    "MaskedMeanPooling",
    "OneHot",
    "PlaceWeightedPooling",
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
    "WeightDropGRU",
    "WeightDropLSTM",
    "WeightDropSimpleRNN",
    "WordDropout",
    "beside_bigrams",
    "decoder_context",
    "pooled_recurrent_stack",
    "recurrent_stack",
]
