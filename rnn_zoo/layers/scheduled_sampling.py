"""Scheduled sampling: a decoder that is being taught also reads what it would have written itself."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.layers.base import SameShape

IMPOSSIBLE = -1e30


@keras.saving.register_keras_serializable("rnn_zoo")
class ScheduledSampling(SameShape):
    """Replace true tokens before the targets by a first pass's predictions, at random.

    The first pass reads the true tokens, so both passes are parallel over the timesteps and keep their fused kernels.
    No gradient goes through the choice. The present share is the variable `share`, 0 at first, which is pure teacher
    forcing; `GrowingShare` lets it grow from epoch to epoch.

    Args:
        final_share: share of the tokens that are replaced in the last epoch, in [0, 1].
        unread_ids: tokens that never stand before another, and are never chosen: padding, start, end, ...

    Call arguments:
        previous_ids: `<int32>[batch, timesteps]`, the token before each target; padded with 0, which stays.
        logits: `<float>[batch, timesteps, vocabulary_size]` of the first pass, which read `previous_ids`.

    Returns:
        `<int32>[batch, timesteps]`. The first token of each row, the start, stays.

    Example:
        >>> sampling = ScheduledSampling(1.0, unread_ids=[0])
        >>> logits = np.array([[[9.0, 1, 2], [0, 3, 1], [0, 1, 2]]])
        >>> sampling(np.array([[2, 1, 2]]), logits).numpy().tolist()  # the share is 0 still
        [[2, 1, 2]]
        >>> _ = sampling.share.assign(1.0)
        >>> sampling(np.array([[2, 1, 2]]), logits).numpy().tolist()
        [[2, 2, 1]]

    Source: Bengio, Vinyals, Jaitly & Shazeer, "Scheduled sampling for sequence prediction with recurrent neural
    networks", NIPS 2015; in two parallel passes: Mihaylova & Martins, "Scheduled sampling for transformers", ACL
    Student Research Workshop 2019.
    """

    def __init__(self, final_share, unread_ids=(), seed=None, name="scheduled_sampling", **kwargs):
        super().__init__(name=name, **kwargs)
        if not 0 <= final_share <= 1:
            raise ValueError(f"the share of scheduled sampling must be in [0, 1]. Received: {final_share=}")
        self.final_share = final_share
        self.unread_ids = [int(one) for one in unread_ids]
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, previous_ids_shape, logits_shape):
        self.share = self.add_weight(
            shape=(), initializer="zeros", dtype="float32", autocast=False, trainable=False, name="share"
        )

    def call(self, previous_ids, logits):
        unread = np.zeros(logits.shape[-1], "float32")
        unread[self.unread_ids] = IMPOSSIBLE
        logits = ops.cast(ops.stop_gradient(logits), "float32") + ops.convert_to_tensor(unread)
        guessed = ops.cast(ops.argmax(logits, axis=-1), previous_ids.dtype)
        guessed = ops.concatenate([previous_ids[:, :1], guessed[:, :-1]], axis=1)
        draws = keras.random.uniform(ops.shape(previous_ids), seed=self.seed_generator)
        replaced = ops.logical_and(draws < self.share, previous_ids != 0)
        return ops.where(replaced, guessed, previous_ids)


class GrowingShare(keras.callbacks.Callback):
    """Let the share of a `ScheduledSampling` grow in a straight line: 0 in the first epoch, all of it in the last.

    Args:
        sampling: the layer.
        epochs: the number of the last epoch, counted from 1, as `fit` takes it.
    """

    def __init__(self, sampling, epochs):
        super().__init__()
        self.sampling, self.epochs = sampling, epochs

    def on_epoch_begin(self, epoch, logs=None):
        self.sampling.share.assign(self.sampling.final_share * epoch / max(self.epochs - 1, 1))
