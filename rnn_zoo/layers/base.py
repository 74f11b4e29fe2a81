"""What layers share."""

import inspect

import keras

_OF_KERAS = inspect.signature(keras.layers.Layer.__init__).parameters


class Step(keras.layers.Layer):
    """A layer, such as one step of a recurrence, that is rebuilt of its arguments: attributes of the same names."""

    def get_config(self):
        own = [name for name in inspect.signature(type(self).__init__).parameters if name not in _OF_KERAS]
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


class Layer(Step):
    """The same; its output is like its first input, where it does not say otherwise."""

    def compute_output_spec(self, sequence, *args, **kwargs):
        return keras.KerasTensor(sequence.shape, dtype=sequence.dtype)


class Augmentation(Layer):
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
