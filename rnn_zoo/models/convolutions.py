"""What reads images: a small network to be trained, and frozen ones of `keras.applications`."""

import keras
from keras import layers

from rnn_zoo.checks import check_choice
from rnn_zoo.models.efficientnet_lite import efficientnet_lite0

SMALLEST_SIDE = 32


BACKBONES = {
    "efficientnet_lite0": (efficientnet_lite0, 1 / 128, -127 / 128),
    "mobilenet_v2": (keras.applications.MobileNetV2, 1 / 127.5, -1.0),
    "efficientnet_v2_b0": (keras.applications.EfficientNetV2B0, 1.0, 0.0),
    "resnet50_v2": (keras.applications.ResNet50V2, 1 / 127.5, -1.0),
}
"""Functions that make a network, and what they want of a pixel from 0 to 255: scale * pixel + offset."""


def image_vectors(
    images, output_dim, *, backbone, weights, filters, activation, dropout, prefix, keep_positions=True,
    background=127.5,
):  # fmt: skip
    """Images `<uint8>[batch, height, width, channels]` to vectors: a small CNN, or one of `BACKBONES`, -> Dense.

    Maps of the small CNN are flattened, or their maximum over the plane is taken, which says what is there wherever it
    is, and needs far fewer images to learn that; of those of a backbone it is the mean.
    """
    if backbone is None:
        x = small_cnn_maps(images, filters, background=background, prefix=prefix)
        x = (layers.Flatten if keep_positions else layers.GlobalMaxPooling2D)(name=f"{prefix}maps")(x)
    else:
        x = layers.GlobalAveragePooling2D(name="backbone_mean")(frozen_backbone_maps(images, backbone, weights))
    x = layers.Dropout(dropout, name=f"{prefix}dropout")(x)
    return layers.Dense(output_dim, activation=activation, name=f"{prefix}vector")(x)


def small_cnn_maps(images, filters, *, background=127.5, prefix=""):
    """Images to maps `<float>[batch, rows, columns, filters[-1]]`: convolutions that halve height and width.

    The background is the value of a pixel that becomes 0, in [0, 255].
    """
    x = layers.Rescaling(1 / 127.5, offset=-background / 127.5, name=f"{prefix}scaling")(images)
    for index, size in enumerate(filters):
        x = layers.Conv2D(size, 3, 2, padding="same", activation="relu", name=f"{prefix}convolution_{index}")(x)
    return x


def frozen_backbone_maps(images, name, weights):
    """Images to maps with one of `BACKBONES`, which does not learn; grey images become three equal channels.

    Weights are "imagenet" (of "efficientnet_lite0" those of an installed package, of others Keras downloads them once,
    and says so), a `.weights.h5` file, or None for random ones.
    """
    check_choice("backbone", name, list(BACKBONES))
    height, width, channels = images.shape[1:]
    if min(height, width) < SMALLEST_SIDE:
        raise ValueError(
            f"height and width must be {SMALLEST_SIDE} at least for backbone {name!r}. Received: {height=}, {width=}"
        )
    function, scale, offset = BACKBONES[name]
    x = layers.Rescaling(scale, offset=offset, name="backbone_scaling")(images)
    if channels == 1:
        x = layers.Concatenate(name="grey_to_colour")([x, x, x])
    network = function(include_top=False, weights=weights, input_shape=(height, width, 3), name="backbone")
    network.trainable = False
    return layers.Identity(name="backbone_maps")(network(x, training=False))
