"""Losses: what training minimizes, by the codec of a Task."""

import functools

import keras
from keras import ops

from rnn_zoo.codecs import Classes, Drawings, Forecast, Requests, Sequences, Tags, Transcripts
from rnn_zoo.generation.points import point_losses
from rnn_zoo.layers.crf import log_partition, path_score
from rnn_zoo.layers.ctc import ctc_losses


@functools.singledispatch
def loss_of(codec, *, soft=False):
    """The `keras.losses.Loss` that fits a codec; soft targets are probabilities, which only classes can be."""
    raise TypeError(f"codec must be one that a loss is known for. Received: {type(codec).__name__}")


@loss_of.register
def _(codec: Classes, *, soft=False):
    kind = keras.losses.CategoricalCrossentropy if soft else keras.losses.SparseCategoricalCrossentropy
    return kind(from_logits=True)


@loss_of.register
def _(codec: Forecast, *, soft=False):
    kinds = {
        "mse": keras.losses.MeanSquaredError, "mae": keras.losses.MeanAbsoluteError, "huber": keras.losses.Huber,
    }  # fmt: skip
    return kinds[codec.loss]()


loss_of.register(Tags, lambda codec, *, soft=False: TagLoss(codec.crf))
loss_of.register(
    Requests, lambda codec, *, soft=False: RequestLoss(len(codec.intents), len(codec.tag_names), codec.crf)
)
loss_of.register(Sequences, lambda codec, *, soft=False: SequenceLoss(codec.label_smoothing))
loss_of.register(Drawings, lambda codec, *, soft=False: PointLoss())
loss_of.register(Transcripts, lambda codec, *, soft=False: CTCLoss())


@keras.saving.register_keras_serializable("rnn_zoo")
class TagLoss(keras.losses.Loss):
    """Negative log-likelihood in nats, averaged over the real timesteps of a batch.

    Args:
        crf: outputs are a CRF's scores and not logits.

    Example:
        >>> targets, logits = np.array([[1, 0, -1]]), np.zeros((1, 3, 2), "float32")
        >>> round(float(np.exp(TagLoss()(targets, logits))), 3)
        2.0
    """

    def __init__(self, crf=False, name="tag_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.crf = crf

    def call(self, targets, outputs):
        """One value an example, whose mean is the mean over real timesteps; targets are padded with -1."""
        targets = ops.cast(targets, "int32")
        real = ops.cast(targets >= 0, "float32")
        if self.crf:
            losses = log_partition(outputs) - path_score(outputs, targets)
        else:
            scores = ops.log_softmax(ops.cast(outputs, "float32"), axis=-1)
            losses = -ops.sum(ops.one_hot(targets, outputs.shape[-1]) * scores, axis=(1, 2))
        return losses * ops.cast(ops.shape(targets)[0], "float32") / ops.maximum(ops.sum(real), 1.0)

    def get_config(self):
        return {**super().get_config(), "crf": self.crf}


@keras.saving.register_keras_serializable("rnn_zoo")
class RequestLoss(TagLoss):
    """The loss of tags, and that of the intent in the row before them: both negative log-likelihoods in nats.

    Args:
        num_intents: logits of the first row that count.
        num_tags: columns of the other rows that count.
        crf: the other rows are a CRF's scores and not logits.
        name: of the loss.
        **kwargs: as every Keras loss takes them.

    Example:
        >>> targets, outputs = np.array([[1, 0, -1]]), np.zeros((1, 3, 2), "float32")
        >>> round(float(np.exp(RequestLoss(2, 2)(targets, outputs))), 3)  # two intents, and two tags
        4.0
    """

    def __init__(self, num_intents, num_tags, crf=False, name="request_loss", **kwargs):
        super().__init__(crf, name=name, **kwargs)
        self.num_intents, self.num_tags = num_intents, num_tags

    def call(self, targets, outputs):
        """One value an example, scaled as `TagLoss` scales it.

        Args:
            targets: `[batch, 1 + timesteps]`, the intent and the tags, -1 where a sequence is padded.
            outputs: `<float32>[batch, 1 + rows, max(intents, tags)]`.
        """
        intents = ops.sparse_categorical_crossentropy(
            ops.cast(targets[:, 0], "int32"), outputs[:, 0, : self.num_intents], from_logits=True
        )
        return intents + super().call(targets[:, 1:], outputs[:, 1:, : self.num_tags])

    def get_config(self):
        """Arguments that rebuild the loss."""
        return {**super().get_config(), "num_intents": self.num_intents, "num_tags": self.num_tags}


@keras.saving.register_keras_serializable("rnn_zoo")
class SequenceLoss(keras.losses.Loss):
    """Cross-entropy in nats, averaged over the real tokens of a batch.

    Args:
        label_smoothing: share of the target that all tokens have alike, in [0, 1).

    Example:
        >>> targets, logits = np.array([[2, 1, 0]]), np.zeros((1, 3, 4), "float32")
        >>> round(float(np.exp(SequenceLoss()(targets, logits))), 3)
        4.0

    Source: label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016.
    """

    def __init__(self, label_smoothing=0.0, name="sequence_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, targets, logits):
        """One value an example, scaled so that their mean is the mean over tokens; targets are padded with 0."""
        real = ops.cast(targets != 0, "float32")
        losses = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        if self.label_smoothing:
            everywhere = ops.logsumexp(logits, axis=-1) - ops.mean(logits, axis=-1)
            losses = (1 - self.label_smoothing) * losses + self.label_smoothing * everywhere
        sums = ops.sum(losses * real, axis=1)
        return sums * ops.cast(ops.shape(targets)[0], "float32") / ops.maximum(ops.sum(real), 1.0)

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable("rnn_zoo")
class CTCLoss(keras.losses.Loss):
    """Negative log-likelihood of texts in nats, averaged over the tokens of a batch.

    Example:
        >>> loss = CTCLoss()(np.array([[1, 0]]), np.zeros((1, 2, 2), "float32"))
        >>> round(float(np.exp(-loss)), 2)  # a-, -a and aa, of 4 alignments
        0.75
    """

    def __init__(self, name="ctc_loss", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, targets, logits):
        """One value an example, scaled so that their mean is the mean over tokens; targets are padded with 0."""
        num_tokens = ops.sum(ops.cast(targets != 0, "float32"))
        size = ops.cast(ops.shape(targets)[0], "float32")
        return ctc_losses(targets, logits) * size / ops.maximum(num_tokens, 1.0)


@keras.saving.register_keras_serializable("rnn_zoo")
class PointLoss(keras.losses.Loss):
    """Negative log density of scaled steps and of what the pen does, in nats, averaged over the points of a batch.

    Example:
        >>> points, outputs = np.array([[[0.0, 0.0, 2.0], [0.0, 0.0, 0.0]]], "float32"), np.zeros((1, 2, 9), "float32")
        >>> round(float(np.exp(PointLoss()(points, outputs)) / (3 * 2 * np.pi * 1.02**2)), 3)
        1.0

    Source: Ha & Eck, "A neural representation of sketch drawings", ICLR 2018, equation 9, of the points alone.
    """

    def __init__(self, name="point_loss", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, targets, outputs):
        """One value an example, scaled so that their mean is the mean over points; targets are padded with 0."""
        real = ops.cast(targets[..., 2] > 0, "float32")
        sums = ops.sum(point_losses(ops, targets, outputs) * real, axis=1)
        return sums * ops.cast(ops.shape(targets)[0], "float32") / ops.maximum(ops.sum(real), 1.0)
