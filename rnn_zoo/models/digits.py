"""Digits: which digit does a small image show?"""

import keras
from keras import layers

from rnn_zoo.codecs import Classes
from rnn_zoo.preprocessors import Pixels
from rnn_zoo.registry import zoo_model
from rnn_zoo.task import Task


def digits(
    class_names=tuple("0123456789"), *, core, height=8, width=8, scale=16.0, units=256, num_layers=1, dropout=0.3
):
    """Classify images: one row of pixels -> {core} layers with ReLU -> logits.

    One image in, one answer out: the plain network with which every sequence model is compared.

    Args:
        class_names: names of the classes, in the order of the logits.
        height: rows of an image.
        width: columns of an image.
        scale: the value of full ink in arrays: 16 for scikit-learn's digits, 255 for usual uint8 images.
        units: size of a hidden layer.
        num_layers: hidden layers on top of one another.
        dropout: rate after every hidden layer, in [0, 1).
        weights: a trained model by name (see `rnn_zoo.list_weights`), the path of a `.keras` file, or None for a fresh
            model. Without any argument: the default trained model.

    Returns:
        A Task: `<float32>[batch, height * width]` in [0, 1] to logits `<float32>[batch, classes]`.

    Raises:
        ValueError: for weights together with architecture arguments, unknown weights, or illegal settings.

    Example:
        >>> image = rnn_zoo.load_dataset("digits", "test").raw[0]
        >>> rnn_zoo.digits_dense().infer([image])[0]["label"]
        '5'
        >>> fresh = rnn_zoo.digits_dense(weights=None, units=32)

    Source: Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 1986; ReLU:
    Glorot, Bordes & Bengio, "Deep sparse rectifier neural networks", AISTATS 2011; dropout: Srivastava et al., JMLR
    2014.
    """
    if num_layers < 1:
        raise ValueError(f"num_layers must be positive. Received: num_layers={num_layers}")
    preprocessor = Pixels(height, width, scale)
    codec = Classes(class_names)
    pixels = keras.Input((height * width,), dtype="float32", name="pixels")
    x = pixels
    for index in range(num_layers):
        x = layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=f"{core}_{index}")(x)
        x = layers.Dropout(dropout, name="features" if index == num_layers - 1 else f"dropout_{index}")(x)
    logits = layers.Dense(len(codec.class_names), dtype="float32", name="logits")(x)
    return Task(pixels, logits, preprocessor=preprocessor, codec=codec, name=f"digits_{core}")


digits_dense = zoo_model(digits, core="dense")
