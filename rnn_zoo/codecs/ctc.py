"""What training of `rnn_zoo.Transcripts` needs: its loss and its metric."""

import keras
from keras import ops

from rnn_zoo.layers.ctc import best_alignments, ctc_losses


@keras.saving.register_keras_serializable("rnn_zoo")
class CTCLoss(keras.losses.Loss):
    """Negative log-likelihood of texts in nats, averaged over the symbols of a batch.

    Args:
        name: of the loss.

    Example:
        >>> loss = CTCLoss()(np.array([[1, 0]]), np.zeros((1, 2, 2), "float32"))
        >>> round(float(np.exp(-loss)), 2)  # a-, -a and aa, of 4 alignments
        0.75
    """

    def __init__(self, name="ctc_loss"):
        super().__init__(name=name)

    def call(self, targets, logits):
        """One value an example, scaled so that their mean is the mean over symbols.

        Args:
            targets: `[batch, symbols]`, symbols from 1, padded on the right with 0.
            logits: `<float32>[batch, timesteps, 1 + symbols]`.
        """
        num_symbols = ops.sum(ops.cast(targets != 0, "float32"))
        size = ops.cast(ops.shape(targets)[0], "float32")
        return ctc_losses(targets, logits) * size / ops.maximum(num_symbols, 1.0)

    def get_config(self):
        """Arguments that rebuild the loss."""
        return {"name": self.name}


@keras.saving.register_keras_serializable("rnn_zoo")
class TranscriptAccuracy(keras.metrics.Mean):
    """Share of examples whose best alignment spells the whole text.

    Args:
        name: of the metric.

    Example:
        >>> metric = TranscriptAccuracy()
        >>> metric.update_state(np.array([[1, 2, 0]]), np.eye(3)[None, [1, 1, 0, 2]])
        >>> float(metric.result())
        1.0
    """

    def __init__(self, name="accuracy"):
        super().__init__(name=name)

    def update_state(self, targets, logits, sample_weight=None):
        """Count a batch; shapes as `CTCLoss` takes them."""
        targets, (found, _) = ops.cast(targets, "int32"), best_alignments(logits)
        found = ops.cast(found, "int32")
        same = ops.concatenate([targets, 0 * found], axis=1) == ops.concatenate([found, 0 * targets], axis=1)
        super().update_state(ops.cast(ops.all(same, axis=1), "float32"))

    def get_config(self):
        """Arguments that rebuild the metric."""
        return {"name": self.name}
