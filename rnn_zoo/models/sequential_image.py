"""Sequential images: which digit does an image show that is read pixel by pixel?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.layers import recurrent_stack
from rnn_zoo.preprocessors import PixelSequence, shuffled_order
from rnn_zoo.registry import zoo_model
from rnn_zoo.task import Task


def sequential_image(
    class_names=tuple("0123456789"),
    *,
    core,
    height=28,
    width=28,
    scale=255.0,
    pixels_per_step=1,
    permutation=None,
    units=128,
    num_layers=1,
    chrono=True,
    dropout=0.0,
):
    """Classify images read pixel by pixel: pixels -> {core} -> its last output -> logits.

    The test of long memory: what the first of 784 steps says must still be there at the last one.

    Args:
        class_names: names of the classes, in the order of the logits.
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink in arrays: 255 for usual uint8 images, 16 for scikit-learn's digits.
        pixels_per_step: pixels a timestep; it must divide their number. 1 is the usual task, width reads row by row.
        permutation: seed of a fixed order to read the pixels in, which tears neighbours apart and makes the task
            harder; None for row by row. The order is kept in the Task's file.
        units: size of the hidden state.
        num_layers: recurrent layers on top of one another.
        chrono: start the gates of LSTM and GRU so that they remember for up to the whole sequence, see
            `rnn_zoo.layers.ChronoBias`.
        dropout: rate between layers and before the head, in [0, 1).
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `<float32>[batch, timesteps, pixels_per_step]` in [0, 1], timesteps being height * width /
        pixels_per_step, to logits `<float32>[batch, classes]`.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> fresh = rnn_zoo.sequential_image_gru(weights=None, height=8, width=8, scale=16, permutation=1, units=8)
        >>> fresh.input_shape, fresh.output_shape
        ((None, 64, 1), (None, 10))

    Source: Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units",
    arXiv:1504.00941, 2015, section 4.2.
    """
    order = None if permutation is None else shuffled_order(height * width, permutation)
    preprocessor = PixelSequence(height, width, scale, pixels_per_step=pixels_per_step, order=order)
    codec = Classes(class_names)
    timesteps = preprocessor.timesteps
    pixels = keras.Input((timesteps, pixels_per_step), dtype="float32", name="pixels")
    memory = max(timesteps, 2) if chrono else None
    x = recurrent_stack(pixels, None, core, units, num_layers, dropout=dropout, last_only=True, memory=memory)
    x = layers.Dropout(dropout, name="features")(x)
    return Task(pixels, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=f"sequential_image_{core}")


sequential_image_simple_rnn = zoo_model(sequential_image, core="simple_rnn")
sequential_image_irnn = zoo_model(sequential_image, core="irnn")
sequential_image_gru = zoo_model(sequential_image, core="gru")
sequential_image_lstm = zoo_model(sequential_image, core="lstm")
