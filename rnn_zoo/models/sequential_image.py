"""Sequential images: which digit does an image show that is read pixel by pixel?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import recurrent_stack
from rnn_zoo.preprocessors import PixelSequence
from rnn_zoo.task import Task

LEARN = {"preprocessor": PixelSequence, "codec": Classes}


def build(preprocessor, codec, *, core, name, units=128, num_layers=1, chrono=True, dropout=0.0):
    """Classify images read pixel by pixel: pixels -> {core} -> its last output -> logits.

    The test of long memory: what the first of 784 steps says must still be there at the last one.

    Args:
        preprocessor: `rnn_zoo.PixelSequence`.
        codec: `rnn_zoo.Classes`.
        chrono: start the gates of LSTM and GRU so that they remember for up to the whole sequence, see
            `rnn_zoo.layers.ChronoBias`.

    Returns:
        A Task: `<float32>[batch, timesteps, pixels_per_step]` in [0, 1], timesteps being height * width /
        pixels_per_step, to logits `<float32>[batch, classes]`.

    Example:
        >>> digits = rnn_zoo.load_dataset("digits", "train")
        >>> fresh = rnn_zoo.sequential_image_gru.from_examples(digits, scale=16, permutation=1, units=8)
        >>> fresh.input_shape, fresh.output_shape
        ((None, 64, 1), (None, 10))

    Source: Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units",
    arXiv:1504.00941, 2015, section 4.2.
    """
    timesteps = preprocessor.timesteps
    pixels = keras.Input((timesteps, preprocessor.pixels_per_step), dtype="float32", name="pixels")
    longest = max(timesteps, 2) if chrono else None
    x = recurrent_stack(pixels, None, core, units, num_layers, dropout=dropout, last_only=True, longest_memory=longest)
    x = layers.Dropout(dropout, name="features")(x)
    return Task(pixels, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
