"""Layers that Keras lacks: length-aware stacks and pooling, CRF, CTC, bigrams, word dropout, ...

They are imported when they are first used, so that the table of cells can be read without Keras.
"""

import lazy_loader

MODULES = {
    "attention": ["Attention", "decoder_context"],
    "cells": ["CELLS", "Cell", "find_cell"],
    "chrono_bias": ["ChronoBias"],
    "crf": ["CRF"],
    "ctc": ["BlankPadding"],
    "decoder": ["RecurrentDecoder"],
    "frames": [
        "FrameDropout",
        "RandomScale",
        "RandomTimeWarp",
        "RandomTurn",
        "SpecAugment",
        "StackedLengths",
        "StackFrames",
    ],
    "lengths": [
        "ClearPadding",
        "FoldTimesteps",
        "RealTimesteps",
        "ReverseByLength",
        "RowBefore",
        "SequenceLengths",
        "UnfoldTimesteps",
    ],
    "lru": ["LRU"],
    "minimal": ["MinGRU", "MinLSTM", "QRNN"],
    "ordinal": ["CumulativeLogits"],
    "pooling": ["EndStates", "MaskedMaxPooling", "MaskedMeanPooling", "PositionWeightedPooling", "TakeLast"],
    "recurrent": ["pooled_recurrent_stack", "recurrent_stack"],
    "rollout": ["Rollout"],
    "scheduled_sampling": ["GrowingShare", "ScheduledSampling"],
    "scans": ["linear_recurrence"],
    "tokens": [
        "BigramIds",
        "OneHot",
        "RandomReverseComplement",
        "VectorDropout",
        "WordDropout",
        "beside_bigrams",
    ],
    "weight_drop": ["WeightDrop"],
}

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=MODULES)
