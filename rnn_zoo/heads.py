"""Heads: the end of a network, by the codec that reads its outputs, and how it is taken off or replaced."""

import functools

import keras
from keras import layers

from rnn_zoo.codecs import Classes, Forecast, Ratings, Requests, Tags, Transcripts
from rnn_zoo.layers import MaskedMaxPooling
from rnn_zoo.layers.crf import CRF
from rnn_zoo.layers.ctc import BlankPadding
from rnn_zoo.layers.lengths import RowBefore
from rnn_zoo.layers.ordinal import CumulativeLogits


def copy_of(task):
    """A Task of its own with the same weights; training one leaves the other as it is."""
    copy = type(task).from_config(task.get_config())
    copy.set_weights(task.get_weights())
    return copy


def feature_extractor(task):
    """The network up to what the head sees.

    Args:
        task: a Task whose network has a layer named "features", as all of the zoo have.

    Returns:
        A `keras.Model` that shares the Task's weights; `<float32>[batch, feature]`, or `[batch, timesteps, feature]`
        of a tagger.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> features = rnn_zoo.feature_extractor(task).predict(task.preprocessor(["A great film."]), verbose=0)
    """
    return keras.Model(task.input, task.get_layer("features").output, name=f"{task.name}_features")


def replace_head(task, class_names):
    """A new Task with the same body and a fresh head for other classes: the start of fine-tuning.

    Args:
        task: a trained Task; it stays as it is.
        class_names: the new classes, tags, or types of entities, of the same kind as the Task's own.

    Returns:
        A Task whose head is new and untrained. All weights are trainable.

    Example:
        >>> stars = rnn_zoo.replace_head(rnn_zoo.sentiment_lstm(), ["1", "2", "3", "4", "5"])
        >>> len(stars.infer(["Not bad at all."], top_k=5)[0])
        5
    """
    body = copy_of(task)
    for layer in body.layers:  # one by one: TensorFlow ignores setting True what is True, as the copy itself is
        layer.trainable = True
    codec = body.codec.with_class_names(class_names)
    lengths = next((layer.output for layer in body.layers if layer.name == "lengths"), None)
    outputs = head_of(codec, body.get_layer("features").output, lengths)
    return type(task)(body.input, outputs, preprocessor=body.preprocessor, codec=codec, name=body.name)


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
