"""Layers over the frames of speech: masks that make training harder, and fewer, larger frames."""

import keras
from keras import ops

from rnn_zoo.layers.base import Augmentation, Layer


@keras.saving.register_keras_serializable("rnn_zoo")
class SpecAugment(Augmentation):
    """Blank out stretches of time and bands of features at random while training: they become 0, the mean.

    Time can be warped too, by `RandomTimeWarp` before this layer. The layer needs the lengths.

    Args:
        time_masks: stretches a sequence.
        longest_time_mask: frames of the longest stretch; each length up to it is as likely.
        longest_share: a stretch is at most this share of its sequence, in [0, 1].
        feature_masks: bands a sequence.
        widest_feature_mask: features of the widest band.

    Source: Park, Chan, Zhang, Chiu, Zoph, Cubuk & Le, "SpecAugment: a simple data augmentation method for automatic
    speech recognition", Interspeech 2019, section 2; the share of a sequence: Park et al., "SpecAugment on large scale
    datasets", ICASSP 2020.
    """

    def __init__(
        self, time_masks=0, longest_time_mask=0, *, longest_share=0.2, feature_masks=0, widest_feature_mask=0,
        seed=None, **kwargs,
    ):  # fmt: skip
        counts = {
            "time_masks": time_masks, "longest_time_mask": longest_time_mask, "feature_masks": feature_masks,
            "widest_feature_mask": widest_feature_mask,
        }  # fmt: skip
        for name, count in counts.items():
            if count != int(count) or count < 0:
                raise ValueError(f"{name} must be an integer of at least 0. Received: {name}={count!r}")
        if not 0 <= longest_share <= 1:
            raise ValueError(f"longest_share must be in [0, 1]. Received: {longest_share=}")
        super().__init__(seed, **kwargs)
        self.time_masks, self.longest_time_mask, self.longest_share = time_masks, longest_time_mask, longest_share
        self.feature_masks, self.widest_feature_mask = feature_masks, widest_feature_mask

    def build(self, sequence_shape, lengths_shape=None):
        if self.widest_feature_mask > sequence_shape[-1]:
            raise ValueError(
                f"widest_feature_mask must be at most {sequence_shape[-1]}. Received: {self.widest_feature_mask}"
            )

    def augment(self, frames, lengths):
        lengths = ops.cast(lengths, "float32")[:, None]
        if self.time_masks and self.longest_time_mask:
            longest = ops.minimum(float(self.longest_time_mask), lengths * self.longest_share)
            hidden = self._draw(self.time_masks, longest, lengths, ops.shape(frames)[1])
            frames = ops.where(hidden[:, :, None], ops.zeros_like(frames), frames)
        if self.feature_masks and self.widest_feature_mask:
            features = ops.full_like(lengths, frames.shape[2])
            widest = ops.full_like(lengths, self.widest_feature_mask)
            hidden = self._draw(self.feature_masks, widest, features, frames.shape[2])
            frames = ops.where(hidden[:, None, :], ops.zeros_like(frames), frames)
        return frames

    def _draw(self, count, widest, sizes, num_positions):
        """Positions that are hidden, `<bool>[batch, num_positions]`, from `<float32>[batch, 1]` of each sequence."""
        draws = keras.random.uniform((ops.shape(sizes)[0], 2 * count), dtype="float32", seed=self.seed_generator)
        widths = ops.floor(draws[:, :count] * (ops.floor(widest) + 1))
        starts = ops.floor(draws[:, count:] * (sizes - widths + 1))
        positions = ops.cast(ops.arange(num_positions, dtype="int32"), "float32")[None, :, None]
        return ops.any(
            ops.logical_and(positions >= starts[:, None, :], positions < (starts + widths)[:, None, :]), axis=2
        )


@keras.saving.register_keras_serializable("rnn_zoo")
class StackFrames(Layer):
    """Put neighbouring frames side by side, so that there are fewer timesteps with more features each.

    Args:
        size: frames that become one timestep; the last one is filled up with zeros.

    `<float>[batch, timesteps, feature]` becomes `<float>[batch, ceil(timesteps / size), size * feature]`.

    Example:
        >>> StackFrames(2)(np.array([[[1.0], [2.0], [3.0]]])).numpy().tolist()
        [[[1.0, 2.0], [3.0, 0.0]]]

    Source: Sak, Senior, Rao & Beaufays, "Fast and accurate recurrent neural network acoustic models for speech
    recognition", Interspeech 2015, section 3.
    """

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        if size != int(size) or size < 1:
            raise ValueError(f"size must be a positive integer. Received: {size=}")
        self.size = int(size)

    def call(self, frames):
        if self.size == 1:
            return frames
        filled = ops.pad(frames, ((0, 0), (0, self.size - 1), (0, 0)))
        batch, timesteps = ops.shape(frames)[0], (ops.shape(frames)[1] + self.size - 1) // self.size
        return ops.reshape(filled[:, : timesteps * self.size], (batch, timesteps, self.size * frames.shape[2]))


@keras.saving.register_keras_serializable("rnn_zoo")
class StackedLengths(Layer):
    """Lengths `<int32>[batch]` after `StackFrames` of that size, rounded up.

    Example:
        >>> StackedLengths(2)(np.array([3, 4], "int32")).numpy().tolist()
        [2, 2]
    """

    def __init__(self, size, **kwargs):
        super().__init__(**{**kwargs, "dtype": "int32"})
        self.size = size

    def call(self, lengths):
        return (lengths + self.size - 1) // self.size
