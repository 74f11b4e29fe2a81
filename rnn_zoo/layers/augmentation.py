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

    A subclass keeps its settings in attributes of their names, and writes `augment(sequence, lengths)`.

    Args:
        settings: arguments that rebuild the layer, but the seed.
        seed: of the random generator.
        active: whether there is anything to do while training.
    """

    def __init__(self, settings, seed, *, active=True, **kwargs):
        super().__init__(**kwargs)
        self.settings, self.active = {**settings, "seed": seed}, bool(active)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, sequence, lengths=None, training=False):
        """The sequence, or what `augment` makes of it."""
        return self.augment(sequence, lengths) if training and self.active else sequence

    def compute_output_spec(self, sequence, lengths=None, training=False):
        """The shape of the input."""
        return keras.KerasTensor(sequence.shape, dtype=sequence.dtype)

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), **self.settings}
