"""Augmentation of frames `<float>[batch, timesteps, feature]`: what another person, or another day, may change."""

import keras
from keras import ops

from rnn_zoo.checks import check_below
from rnn_zoo.layers.base import Augmentation


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
