"""What layers share that change sequences at random while training."""

import keras


def check_below(highest, **setting):
    """The value of one setting, after making sure that it is in [0, highest).

    Raises:
        ValueError: naming the setting.
    """
    ((name, value),) = setting.items()
    if not 0 <= value < highest:
        raise ValueError(f"{name} must be in [0, {highest}). Received: {name}={value}")
    return value


class Augmentation(keras.layers.Layer):
    """A layer that changes sequences at random while training, never their shape, and does nothing otherwise.

    A subclass writes `augment(sequence, lengths)`.

    Args:
        settings: arguments that rebuild the layer, but the seed.
        seed: of the random generator.
        active: whether there is anything to do while training.

    Call arguments:
        sequence: `<float>[batch, timesteps, feature]` or `<int32>[batch, timesteps]`, right-padded.
        lengths: `<int32>[batch]`, for the layers that say so.

    Returns:
        A sequence of the same shape, padded where it was.

    Raises:
        ValueError: for settings outside their legal values.
    """

    def __init__(self, settings, seed, *, active=True, **kwargs):
        super().__init__(**kwargs)
        self.settings, self.active = {**settings, "seed": seed}, bool(active)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, sequence, lengths=None, training=False):
        return self.augment(sequence, lengths) if training and self.active else sequence

    def compute_output_spec(self, sequence, lengths=None, training=False):
        return keras.KerasTensor(sequence.shape, dtype=sequence.dtype)

    def get_config(self):
        return {**super().get_config(), **self.settings}
