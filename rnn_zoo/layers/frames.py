"""Layers over frames `<float>[batch, timesteps, feature]`: changes at random while training, and larger frames."""

import keras
from keras import ops

from rnn_zoo.checks import check_below
from rnn_zoo.layers.base import Augmentation, Layer


@keras.saving.register_keras_serializable("rnn_zoo")
class FrameDropout(Augmentation):
    """Whole frames go missing at random while training: all their features become 0, the mean of scaled ones.

    Nothing is scaled up, for a frame is there or it is not.

    Args:
        rate: share of frames, in [0, 1).
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(seed, active=check_below(1, rate=rate), **kwargs)
        self.rate = rate

    def augment(self, frames, lengths):
        draws = keras.random.uniform((*ops.shape(frames)[:2], 1), seed=self.seed_generator)
        return ops.where(draws < self.rate, ops.zeros_like(frames), frames)


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomScale(Augmentation):
    """Stretch or shrink every feature of a sequence by a factor of its own while training.

    Args:
        spread: factors are drawn evenly from [1 - spread, 1 + spread]; spread is in [0, 1).

    Source: scaling and warping of sensor data: Um et al., "Data augmentation of wearable sensor data for Parkinson's
    disease monitoring using convolutional neural networks", ICMI 2017.
    """

    def __init__(self, spread, seed=None, **kwargs):
        super().__init__(seed, active=check_below(1, spread=spread), **kwargs)
        self.spread = spread

    def augment(self, frames, lengths):
        shape = ops.shape(frames)
        low, high = 1 - self.spread, 1 + self.spread
        return frames * keras.random.uniform((shape[0], 1, shape[2]), low, high, frames.dtype, self.seed_generator)


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomTimeWarp(Augmentation):
    """Run sequences faster in one part and slower in another while training; begin, end and length stay.

    With u the share of a sequence that has gone by, frame u is taken from u + a sin(pi u) + b sin(2 pi u), with a and
    b drawn for each sequence so that time never runs backwards. Frames between two real ones are a mixture of them. The
    layer needs the lengths.

    Args:
        strength: in [0, 1): how far the speed, usually 1, may go from it, either way.

    Source: Um et al., ICMI 2017, as of `RandomScale`; there with cubic splines.
    """

    def __init__(self, strength, seed=None, **kwargs):
        super().__init__(seed, active=check_below(1, strength=strength), **kwargs)
        self.strength = strength

    def augment(self, frames, lengths):
        batch, timesteps, pi = ops.shape(frames)[0], ops.shape(frames)[1], 3.141592653589793
        draws = keras.random.uniform((batch, 2), -1, 1, "float32", self.seed_generator) * self.strength / 2
        slow, fast = draws[:, :1] / pi, draws[:, 1:] / (2 * pi)
        times = ops.cast(ops.arange(timesteps, dtype="int32"), "float32")[None, :]
        last = ops.cast(lengths, "float32")[:, None] - 1
        gone = times / ops.maximum(last, 1.0)
        positions = last * (gone + slow * ops.sin(pi * gone) + fast * ops.sin(2 * pi * gone))
        positions = ops.where(times <= last, ops.clip(positions, 0.0, last), times)
        before = ops.floor(positions)
        share = ops.cast(positions - before, frames.dtype)[:, :, None]
        before = ops.cast(before, "int32")
        after = ops.minimum(before + 1, timesteps - 1)
        rows = timesteps * ops.arange(batch, dtype="int32")[:, None]
        flat = ops.reshape(frames, (-1, frames.shape[2]))
        return ops.take(flat, before + rows, axis=0) * (1 - share) + ops.take(flat, after + rows, axis=0) * share


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomTurn(Augmentation):
    """Turn skeletons about the vertical axis, as if somebody stood at another angle to the camera, while training.

    Features are triples (right, down, away), of joints and of their velocities, scaled by one number a kind and with
    the centre of the body at 0, as `rnn_zoo.Frames` with `centre` and `from_examples(..., keep_shape=True)` gives them.

    Args:
        degrees: angles are drawn evenly from [-degrees, degrees], one a sequence; below 180.

    Source: Wang & Wang, "Modeling temporal dynamics and spatial configurations of actions using two-stream recurrent
    neural networks", CVPR 2017, section 3.4.
    """

    def __init__(self, degrees, seed=None, **kwargs):
        super().__init__(seed, active=check_below(180, degrees=degrees), **kwargs)
        self.degrees = degrees

    def build(self, sequence_shape):
        if self.degrees and sequence_shape[-1] % 3:
            raise ValueError(f"Features must be triples of coordinates. Received: {sequence_shape[-1]} features")

    def augment(self, frames, lengths):
        shape = ops.shape(frames)
        largest = self.degrees * 3.141592653589793 / 180
        angles = keras.random.uniform((shape[0], 1, 1), -largest, largest, "float32", self.seed_generator)
        cosine, sine = ops.cast(ops.cos(angles), frames.dtype), ops.cast(ops.sin(angles), frames.dtype)
        triples = ops.reshape(frames, (shape[0], shape[1], frames.shape[2] // 3, 3))
        right, down, away = triples[..., 0], triples[..., 1], triples[..., 2]
        turned = ops.stack([right * cosine - away * sine, down, right * sine + away * cosine], axis=-1)
        return ops.reshape(turned, shape)


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
