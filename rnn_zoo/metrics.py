"""Metrics: what training shows, by the codec of a Task."""

import functools

import keras
from keras import ops

from rnn_zoo.codecs import Classes, Drawings, Forecast, Requests, Sequences, Tags, Transcripts
from rnn_zoo.layers.base import Configured
from rnn_zoo.layers.crf import best_path
from rnn_zoo.layers.ctc import best_alignments


@functools.singledispatch
def metrics_of(codec, *, soft=False):
    """The `keras.metrics.Metric`s that fit a codec; soft targets are probabilities, which only classes can be."""
    raise TypeError(f"codec must be one that metrics are known for. Received: {type(codec).__name__}")


@metrics_of.register
def _(codec: Classes, *, soft=False):
    kind = keras.metrics.CategoricalAccuracy if soft else keras.metrics.SparseCategoricalAccuracy
    return [kind(name="accuracy")]


metrics_of.register(Tags, lambda codec, *, soft=False: [TagAccuracy(codec.crf)])
metrics_of.register(
    Requests, lambda codec, *, soft=False: [RequestAccuracy(len(codec.intents), len(codec.tag_names), codec.crf)]
)
metrics_of.register(Sequences, lambda codec, *, soft=False: [Perplexity(name="perplexity")])
metrics_of.register(Transcripts, lambda codec, *, soft=False: [TranscriptAccuracy(name="accuracy")])
metrics_of.register(Drawings, lambda codec, *, soft=False: [])  # the loss says it all
metrics_of.register(Forecast, lambda codec, *, soft=False: [keras.metrics.MeanAbsoluteError(name="mae")])


@keras.saving.register_keras_serializable("rnn_zoo")
class TagAccuracy(Configured, keras.metrics.Mean):
    """Share of real timesteps whose tag is found; outputs are logits, or a CRF's scores.

    Example:
        >>> metric = TagAccuracy()
        >>> metric.update_state(np.array([[1, 0, -1]]), np.array([[[0.0, 1.0]] * 3]))
        >>> float(metric.result())
        0.5
    """

    def __init__(self, crf=False, name="accuracy", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.crf = crf

    def update_state(self, targets, outputs, sample_weight=None):
        super().update_state(self.found(outputs) == ops.cast(targets, "int32"), targets >= 0)

    def found(self, outputs):
        """The best tags, `<int32>[batch, timesteps]`."""
        return best_path(outputs) if self.crf else ops.cast(ops.argmax(outputs, axis=-1), "int32")


@keras.saving.register_keras_serializable("rnn_zoo")
class RequestAccuracy(TagAccuracy):
    """Share of requests whose intent and tags are all found; shapes are those of `rnn_zoo.losses.RequestLoss`.

    Example:
        >>> metric = RequestAccuracy(2, 2)
        >>> metric.update_state(np.array([[1, 0, -1], [1, 0, 0]]), np.array([[[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]] * 2))
        >>> float(metric.result())
        0.5
    """

    def __init__(self, num_intents, num_tags, crf=False, name="accuracy", dtype=None):
        super().__init__(crf, name=name, dtype=dtype)
        self.num_intents, self.num_tags = num_intents, num_tags

    def update_state(self, targets, outputs, sample_weight=None):
        targets, tags = ops.cast(targets, "int32"), self.found(outputs[:, 1:, : self.num_tags])
        intents = ops.cast(ops.argmax(outputs[:, 0, : self.num_intents], axis=-1), "int32")
        is_right = ops.all(ops.logical_or(tags == targets[:, 1:], targets[:, 1:] < 0), axis=1)
        keras.metrics.Mean.update_state(self, ops.logical_and(is_right, intents == targets[:, 0]))


@keras.saving.register_keras_serializable("rnn_zoo")
class Perplexity(keras.metrics.Mean):
    """The number of equally probable tokens that would be as hard to guess: exp of the mean cross-entropy in nats.

    Example:
        >>> metric = Perplexity()
        >>> metric.update_state(np.array([[2, 1, 0]]), np.zeros((1, 3, 4), "float32"))
        >>> round(float(metric.result()), 3)
        4.0
    """

    def update_state(self, targets, logits, sample_weight=None):
        losses = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        super().update_state(losses, targets != 0)

    def result(self):
        return ops.exp(super().result())


@keras.saving.register_keras_serializable("rnn_zoo")
class TranscriptAccuracy(keras.metrics.Mean):
    """Share of examples whose best alignment spells the whole text.

    Example:
        >>> metric = TranscriptAccuracy()
        >>> metric.update_state(np.array([[1, 2, 0]]), np.eye(3)[None, [1, 1, 0, 2]])
        >>> float(metric.result())
        1.0
    """

    def update_state(self, targets, logits, sample_weight=None):
        targets, found = ops.cast(targets, "int32"), ops.cast(best_alignments(logits), "int32")
        same = ops.concatenate([targets, 0 * found], axis=1) == ops.concatenate([found, 0 * targets], axis=1)
        super().update_state(ops.all(same, axis=1))
