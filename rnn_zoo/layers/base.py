"""What layers share."""

import inspect

import keras


class Configured:
    """Rebuilt by Keras of its own arguments, which are attributes of the same names."""

    def get_config(self):
        known = super().get_config()
        own = inspect.signature(type(self).__init__).parameters.values()
        own = [one.name for one in own if one.name not in known and one.name != "self" and one.kind != one.VAR_KEYWORD]
        return {**known, **{name: getattr(self, name) for name in own}}


class Layer(Configured, keras.layers.Layer):
    """A layer, or one step of a recurrence."""


class SameShape(Layer):
    """A layer whose output is like its first input; others are traced for what they give."""

    def compute_output_spec(self, sequence, *args, **kwargs):
        return keras.KerasTensor(sequence.shape, dtype=sequence.dtype)


class Augmentation(SameShape):
    """A layer that changes sequences at random while training, never their shape, and does nothing otherwise.

    A subclass writes `augment(sequence, lengths)`. It is called with `<float>[batch, timesteps, feature]` or
    `<int32>[batch, timesteps]`, right-padded, and with lengths `<int32>[batch]` where it says so. The seed is that of
    its random generator.
    """

    def __init__(self, seed, *, active=True, **kwargs):
        super().__init__(**kwargs)
        self.seed, self.active = seed, bool(active)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, sequence, lengths=None, training=False):
        return self.augment(sequence, lengths) if training and self.active else sequence
