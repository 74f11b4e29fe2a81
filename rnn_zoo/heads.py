"""Heads: the end of a network, by the codec that reads its outputs."""

import functools

from keras import layers

from rnn_zoo.codecs import Classes, Forecast, Ratings, Requests, Tags, Transcripts
from rnn_zoo.layers import MaskedMaxPooling
from rnn_zoo.layers.crf import CRF
from rnn_zoo.layers.ctc import BlankPadding
from rnn_zoo.layers.lengths import RowBefore
from rnn_zoo.layers.ordinal import CumulativeLogits


@functools.singledispatch
def head_of(codec, features, lengths=None):
    """The outputs `<float32>[batch, ...]` that a codec decodes, from the features of a network.

    Features are `<float>[batch, feature]`; for tags and transcripts `[batch, timesteps, feature]`, which need the
    lengths `<int32>[batch]` of the examples.
    """
    raise TypeError(f"codec must be one that a head is known for. Received: {type(codec).__name__}")


@head_of.register
def _(codec: Classes, features, lengths=None):
    return _logits(features, len(codec.class_names))


@head_of.register
def _(codec: Ratings, features, lengths=None):
    if codec.ordinal:
        return CumulativeLogits(len(codec.class_names), name="logits")(features)
    return _logits(features, len(codec.class_names))


@head_of.register
def _(codec: Tags, features, lengths=None):
    logits = _logits(features, len(codec.tag_names))
    return CRF(codec.forbidden, name="crf")(logits, lengths) if codec.crf else logits


@head_of.register
def _(codec: Requests, features, lengths=None):
    sentence = MaskedMaxPooling(name="sentence")(features, lengths)
    intents = layers.Dense(len(codec.intents), dtype="float32", name="intent_logits")(sentence)
    return RowBefore(name="request")(intents, head_of.dispatch(Tags)(codec, features, lengths))


@head_of.register
def _(codec: Transcripts, features, lengths=None):
    return BlankPadding(codec.stride, name="blank_padding")(_logits(features, 1 + len(codec.tokens)), lengths)


@head_of.register
def _(codec: Forecast, features, lengths=None):
    shape = (codec.horizon, len(codec.targets))
    steps = layers.Dense(codec.horizon * len(codec.targets), dtype="float32", name="steps")(features)
    return layers.Reshape(shape, dtype="float32", name="forecast")(steps)


def _logits(features, size):
    return layers.Dense(size, dtype="float32", name="logits")(features)
