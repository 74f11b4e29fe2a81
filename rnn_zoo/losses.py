"""Losses: what training minimizes, by the codec of a Task."""

import functools

import keras
from keras import ops

from rnn_zoo.codecs import Classes, Drawings, Forecast, Requests, Sequences, Tags, Transcripts
from rnn_zoo.generation.drawing import point_losses
from rnn_zoo.layers.base import Configured
from rnn_zoo.layers.crf import log_partition, path_score
from rnn_zoo.layers.ctc import ctc_losses

FORECAST_LOSSES = {
    "mse": keras.losses.MeanSquaredError, "mae": keras.losses.MeanAbsoluteError, "huber": keras.losses.Huber,
}  # fmt: skip


@functools.singledispatch
def loss_of(codec, *, soft=False):
    """The `keras.losses.Loss` that fits a codec; soft targets are probabilities, which only classes can be."""
    raise TypeError(f"codec must be one that a loss is known for. Received: {type(codec).__name__}")


@loss_of.register
def _(codec: Classes, *, soft=False):
    kind = keras.losses.CategoricalCrossentropy if soft else keras.losses.SparseCategoricalCrossentropy
    return kind(from_logits=True)


loss_of.register(Forecast, lambda codec, *, soft=False: FORECAST_LOSSES[codec.loss]())
loss_of.register(Tags, lambda codec, *, soft=False: TagLoss(codec.crf))
loss_of.register(
    Requests, lambda codec, *, soft=False: RequestLoss(len(codec.intents), len(codec.tag_names), codec.crf)
)
loss_of.register(Sequences, lambda codec, *, soft=False: SequenceLoss(codec.label_smoothing))
loss_of.register(Drawings, lambda codec, *, soft=False: PointLoss())
loss_of.register(Transcripts, lambda codec, *, soft=False: CTCLoss())


class LossOfParts(Configured, keras.losses.Loss):
    """A loss in nats whose mean over a batch is that over the real parts of its examples, such as their tokens.

    A subclass has `sums(targets, outputs)`: the loss of all parts of each example, `<float32>[batch]`, and which parts
    are real.
    """

    def call(self, targets, outputs):
        """One value an example."""
        sums, real = self.sums(targets, outputs)
        batch = ops.cast(ops.shape(targets)[0], "float32")
        return sums * batch / ops.maximum(ops.sum(ops.cast(real, "float32")), 1.0)


@keras.saving.register_keras_serializable("rnn_zoo")
class TagLoss(LossOfParts):
    """Negative log-likelihood of tags, padded with -1; outputs are logits, or a CRF's scores.

    Example:
        >>> targets, logits = np.array([[1, 0, -1]]), np.zeros((1, 3, 2), "float32")
        >>> round(float(np.exp(TagLoss()(targets, logits))), 3)
        2.0
    """

    def __init__(self, crf=False, **kwargs):
        super().__init__(**kwargs)
        self.crf = crf

    def sums(self, targets, outputs):
        targets = ops.cast(targets, "int32")
        if self.crf:
            return log_partition(outputs) - path_score(outputs, targets), targets >= 0
        scores = ops.log_softmax(ops.cast(outputs, "float32"), axis=-1)
        return -ops.sum(ops.one_hot(targets, outputs.shape[-1]) * scores, axis=(1, 2)), targets >= 0


@keras.saving.register_keras_serializable("rnn_zoo")
class RequestLoss(TagLoss):
    """The loss of tags, and that of the intent in the row before them.

    Targets are `[batch, 1 + timesteps]`, outputs `<float32>[batch, 1 + rows, max(intents, tags)]`.

    Example:
        >>> targets, outputs = np.array([[1, 0, -1]]), np.zeros((1, 3, 2), "float32")
        >>> round(float(np.exp(RequestLoss(2, 2)(targets, outputs))), 3)  # two intents, and two tags
        4.0
    """

    def __init__(self, num_intents, num_tags, crf=False, **kwargs):
        super().__init__(crf, **kwargs)
        self.num_intents, self.num_tags = num_intents, num_tags

    def call(self, targets, outputs):
        intents = ops.sparse_categorical_crossentropy(
            ops.cast(targets[:, 0], "int32"), outputs[:, 0, : self.num_intents], from_logits=True
        )
        return intents + super().call(targets[:, 1:], outputs[:, 1:, : self.num_tags])


@keras.saving.register_keras_serializable("rnn_zoo")
class SequenceLoss(LossOfParts):
    """Cross-entropy of tokens, padded with 0.

    Args:
        label_smoothing: share of the target that all tokens have alike, in [0, 1) (Szegedy et al., CVPR 2016).
        **kwargs: as every Keras loss takes them.

    Example:
        >>> targets, logits = np.array([[2, 1, 0]]), np.zeros((1, 3, 4), "float32")
        >>> round(float(np.exp(SequenceLoss()(targets, logits))), 3)
        4.0
    """

    def __init__(self, label_smoothing=0.0, **kwargs):
        super().__init__(**kwargs)
        self.label_smoothing = label_smoothing

    def sums(self, targets, logits):
        losses = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        if self.label_smoothing:
            everywhere = ops.logsumexp(logits, axis=-1) - ops.mean(logits, axis=-1)
            losses = (1 - self.label_smoothing) * losses + self.label_smoothing * everywhere
        return ops.sum(losses * ops.cast(targets != 0, "float32"), axis=1), targets != 0


@keras.saving.register_keras_serializable("rnn_zoo")
class CTCLoss(LossOfParts):
    """Negative log-likelihood of texts, a mean over their tokens, padded with 0.

    Example:
        >>> loss = CTCLoss()(np.array([[1, 0]]), np.zeros((1, 2, 2), "float32"))
        >>> round(float(np.exp(-loss)), 2)  # a-, -a and aa, of 4 alignments
        0.75
    """

    def sums(self, targets, logits):
        return ctc_losses(targets, logits), targets != 0


@keras.saving.register_keras_serializable("rnn_zoo")
class PointLoss(LossOfParts):
    """Negative log density of scaled steps and of what the pen does, padded with 0 (Ha & Eck, ICLR 2018, equation 9).

    Example:
        >>> points, outputs = np.array([[[0.0, 0.0, 2.0], [0.0, 0.0, 0.0]]], "float32"), np.zeros((1, 2, 9), "float32")
        >>> round(float(np.exp(PointLoss()(points, outputs)) / (3 * 2 * np.pi * 1.02**2)), 3)
        1.0
    """

    def sums(self, targets, outputs):
        real = ops.cast(targets[..., 2] > 0, "float32")
        return ops.sum(point_losses(ops, targets, outputs) * real, axis=1), real
