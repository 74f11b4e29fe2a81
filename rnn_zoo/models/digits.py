"""Digits: which digit does a small image show?"""

import keras
from keras import layers

from rnn_zoo.checks import check_positive
from rnn_zoo.codecs import Classes
from rnn_zoo.heads import head_of
from rnn_zoo.preprocessors import Pixels
from rnn_zoo.task import Task

LEARN = {"preprocessor": Pixels, "codec": Classes}


def build(preprocessor, codec, *, core, name, units=256, num_layers=1, dropout=0.3):
    """Classify images: one row of pixels -> {core} layers with ReLU -> logits.

    One image in, one answer out: the plain network with which every sequence model is compared.

    Args:
        preprocessor: `rnn_zoo.Pixels`.
        codec: `rnn_zoo.Classes`.
        units: size of a hidden layer.
        dropout: rate after every hidden layer, in [0, 1).

    Returns:
        A Task: `<float32>[batch, height * width]` in [0, 1] to logits `<float32>[batch, classes]`.

    Example:
        >>> image = rnn_zoo.load_dataset("digits", "test").raw[0]
        >>> rnn_zoo.digits_dense().infer([image])[0]["label"]
        '5'
        >>> train = rnn_zoo.load_dataset("digits", "train")
        >>> fresh = rnn_zoo.digits_dense.from_examples(train, units=32)

    Source: Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 1986; ReLU:
    Glorot, Bordes & Bengio, "Deep sparse rectifier neural networks", AISTATS 2011; dropout: Srivastava et al., JMLR
    2014.
    """
    check_positive(num_layers=num_layers)
    pixels = keras.Input((preprocessor.height * preprocessor.width,), dtype="float32", name="pixels")
    x = pixels
    for index in range(num_layers):
        x = layers.Dense(units, activation="relu", kernel_initializer="he_normal", name=f"{core}_{index}")(x)
        x = layers.Dropout(dropout, name="features" if index == num_layers - 1 else f"dropout_{index}")(x)
    return Task(pixels, head_of(codec, x), preprocessor=preprocessor, codec=codec, name=name)
