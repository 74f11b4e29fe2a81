"""Augmentation of sequences of frames: what another person, or another day, may change. At work in training only."""

import keras
from keras import ops


class _OfFrames(keras.layers.Layer):
    """What the layers below share: a strength, a seeded generator, and nothing to do outside training."""

    def __init__(self, strength, highest, seed, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= strength < highest:
            raise ValueError(f"{self.setting} must be in [0, {highest}). Received: {self.setting}={strength}")
        self.strength = strength
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def compute_output_spec(self, frames, lengths=None, training=False):
        """The shape of the input."""
        return keras.KerasTensor(frames.shape, dtype=self.compute_dtype)

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), self.setting: self.strength, "seed": self.seed}


@keras.saving.register_keras_serializable("rnn_zoo")
class FrameDropout(_OfFrames):
    """Whole frames go missing at random while training: all their features become 0, the mean of scaled ones.

    Args:
        rate: share of frames, in [0, 1).
        seed: of the random generator.

    Call arguments:
        frames: `<float>[batch, timesteps, feature]`.

    Returns:
        `<float>[batch, timesteps, feature]`; nothing is scaled up, for a frame is there or it is not.

    Raises:
        ValueError: for a rate outside [0, 1).

    Example:
        >>> FrameDropout(0.5)(np.ones((1, 2, 1)), training=False).numpy().ravel().tolist()
        [1.0, 1.0]
    """

    setting = "rate"

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(rate, 1, seed, **kwargs)

    def call(self, frames, training=False):
        """Draw one number a frame."""
        if not training or self.strength == 0:
            return frames
        draws = keras.random.uniform((*ops.shape(frames)[:2], 1), seed=self.seed_generator)
        return ops.where(draws < self.strength, ops.zeros_like(frames), frames)

    def compute_output_spec(self, frames, training=False):
        """The shape of the input."""
        return super().compute_output_spec(frames)


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomScale(_OfFrames):
    """Stretch or shrink every feature of a sequence by a factor of its own while training.

    Args:
        spread: factors are drawn evenly from [1 - spread, 1 + spread]; spread is in [0, 1).
        seed: of the random generator.

    Call arguments:
        frames: `<float>[batch, timesteps, feature]`.

    Returns:
        `<float>[batch, timesteps, feature]`.

    Raises:
        ValueError: for a spread outside [0, 1).

    Example:
        >>> RandomScale(0.2)(np.ones((1, 2, 1)), training=False).numpy().ravel().tolist()
        [1.0, 1.0]

    Source: scaling and warping of sensor data: Um et al., "Data augmentation of wearable sensor data for Parkinson's
    disease monitoring using convolutional neural networks", ICMI 2017.
    """

    setting = "spread"

    def __init__(self, spread, seed=None, **kwargs):
        super().__init__(spread, 1, seed, **kwargs)

    def call(self, frames, training=False):
        """Draw one factor a sequence and feature."""
        if not training or self.strength == 0:
            return frames
        shape = ops.shape(frames)
        low, high = 1 - self.strength, 1 + self.strength
        return frames * keras.random.uniform((shape[0], 1, shape[2]), low, high, frames.dtype, self.seed_generator)

    def compute_output_spec(self, frames, training=False):
        """The shape of the input."""
        return super().compute_output_spec(frames)


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomTimeWarp(_OfFrames):
    """Run sequences faster in one part and slower in another while training; begin, end and length stay.

    With u the share of a sequence that has gone by, frame u is taken from u + a sin(pi u) + b sin(2 pi u), with a and
    b drawn for each sequence so that time never runs backwards. Frames between two real ones are a mixture of them.

    Args:
        strength: in [0, 1): how far the speed, usually 1, may go from it, either way.
        seed: of the random generator.

    Call arguments:
        frames: `<float>[batch, timesteps, feature]`, right-padded.
        lengths: `<int32>[batch]`.

    Returns:
        `<float>[batch, timesteps, feature]`, the padding as it was.

    Raises:
        ValueError: for a strength outside [0, 1).

    Example:
        >>> RandomTimeWarp(0.5)(np.ones((1, 2, 1)), np.array([2]), training=False).numpy().ravel().tolist()
        [1.0, 1.0]

    Source: Um et al., ICMI 2017, as of `RandomScale`; there with cubic splines.
    """

    setting = "strength"

    def __init__(self, strength, seed=None, **kwargs):
        super().__init__(strength, 1, seed, **kwargs)

    def call(self, frames, lengths, training=False):
        """Find where each frame comes from, and mix its two neighbours."""
        if not training or self.strength == 0:
            return frames
        batch, timesteps, pi = ops.shape(frames)[0], ops.shape(frames)[1], 3.141592653589793
        draws = keras.random.uniform((batch, 2), -1, 1, "float32", self.seed_generator) * self.strength / 2
        slow, fast = draws[:, :1] / pi, draws[:, 1:] / (2 * pi)
        times = ops.cast(ops.arange(timesteps, dtype="int32"), "float32")[None, :]
        last = ops.cast(lengths, "float32")[:, None] - 1
        gone = times / ops.maximum(last, 1.0)
        places = last * (gone + slow * ops.sin(pi * gone) + fast * ops.sin(2 * pi * gone))
        places = ops.where(times <= last, ops.clip(places, 0.0, last), times)
        before = ops.floor(places)
        share = ops.cast(places - before, frames.dtype)[:, :, None]
        before = ops.cast(before, "int32")
        after = ops.minimum(before + 1, timesteps - 1)
        rows = timesteps * ops.arange(batch, dtype="int32")[:, None]
        flat = ops.reshape(frames, (-1, frames.shape[2]))
        return ops.take(flat, before + rows, axis=0) * (1 - share) + ops.take(flat, after + rows, axis=0) * share


@keras.saving.register_keras_serializable("rnn_zoo")
class RandomTurn(_OfFrames):
    """Turn skeletons about the vertical axis, as if somebody stood at another angle to the camera, while training.

    Features are triples (right, down, away), of joints and of their velocities, scaled by one number a kind and with
    the centre of the body at 0, as `rnn_zoo.Frames` with `centre` and `from_examples(..., keep_shape=True)` gives them.

    Args:
        degrees: angles are drawn evenly from [-degrees, degrees], one a sequence; below 180.
        seed: of the random generator.

    Call arguments:
        frames: `<float>[batch, timesteps, feature]`, the number of features a multiple of 3.

    Returns:
        `<float>[batch, timesteps, feature]`.

    Raises:
        ValueError: for degrees outside [0, 180), or another number of features.

    Example:
        >>> RandomTurn(30)(np.ones((1, 2, 3)), training=False).numpy().ravel().tolist()
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]

    Source: Wang & Wang, "Modeling temporal dynamics and spatial configurations of actions using two-stream recurrent
    neural networks", CVPR 2017, section 3.4.
    """

    setting = "degrees"

    def __init__(self, degrees, seed=None, **kwargs):
        super().__init__(degrees, 180, seed, **kwargs)

    def build(self, input_shape):
        """Check the number of features."""
        if self.strength and input_shape[-1] % 3:
            raise ValueError(f"Features must be triples of coordinates. Received: {input_shape[-1]} features")

    def call(self, frames, training=False):
        """Draw one angle a sequence."""
        if not training or self.strength == 0:
            return frames
        shape = ops.shape(frames)
        largest = self.strength * 3.141592653589793 / 180
        angles = keras.random.uniform((shape[0], 1, 1), -largest, largest, "float32", self.seed_generator)
        cosine, sine = ops.cast(ops.cos(angles), frames.dtype), ops.cast(ops.sin(angles), frames.dtype)
        triples = ops.reshape(frames, (shape[0], shape[1], frames.shape[2] // 3, 3))
        right, down, away = triples[..., 0], triples[..., 1], triples[..., 2]
        turned = ops.stack([right * cosine - away * sine, down, right * sine + away * cosine], axis=-1)
        return ops.reshape(turned, shape)

    def compute_output_spec(self, frames, training=False):
        """The shape of the input."""
        return super().compute_output_spec(frames)
