"""Training on what a frozen network saw of the images, computed once: an epoch then costs only what learns."""

import keras
import numpy as np

from rnn_zoo.generation.task import GenerativeTask, encoder_decoder
from rnn_zoo.preprocessors.base import Preprocessor

MAPS = "backbone_maps"
IMAGES_AT_ONCE = 32


def on_computed_maps(task, verbose=1):
    """A Task that shares the layers of one with a frozen backbone, and begins behind it; any other one as it is.

    What it learns, the given Task has learned. Its raw examples are the same: its preprocessor is the backbone, too,
    which shows how far it is unless verbose is 0.
    """
    encoder = next((layer for layer in task.layers if layer.name == "encoder"), None)
    maps = next((layer.output for layer in getattr(encoder, "layers", ()) if layer.name == MAPS), None)
    if type(task) is not GenerativeTask or maps is None:
        return task
    backbone = keras.Model(encoder.input, maps)
    if backbone.trainable_weights:
        return task
    seen = keras.Input(maps.shape[1:], dtype="float16", name="maps")
    behind = keras.Model({"maps": seen}, keras.Model(maps, encoder.output)(seen), name=encoder.name)
    preprocessor = _ComputedMaps(task.preprocessor, backbone, verbose)
    return encoder_decoder(
        behind, task.get_layer("decoder"), preprocessor=preprocessor, codec=task.codec, name=f"{task.name}_on_maps"
    )


class _ComputedMaps(Preprocessor):
    """Images to maps `<float16>[batch, rows, columns, features]`; each image is read once."""

    plural, singular = "images", "image"

    def __init__(self, preprocessor, network, verbose):
        self.preprocessor, self.network, self.verbose = preprocessor, network, verbose

    def is_single(self, raw):
        return self.preprocessor.is_single(raw)

    def encode(self, raw):
        encoded = self.preprocessor.encode(raw)
        images = list({id(one): one for one in encoded}.values())
        found, progress = {}, keras.utils.Progbar(len(images), verbose=int(bool(self.verbose)), unit_name="image")
        for first in range(0, len(images), IMAGES_AT_ONCE):
            some = images[first : first + IMAGES_AT_ONCE]
            filled = some + some[:1] * (IMAGES_AT_ONCE - len(some))  # one shape: a graph is compiled once
            maps = self.network.predict_on_batch({"image": self.preprocessor.pad(filled)})
            found |= {id(one): seen[None].astype("float16") for one, seen in zip(some, np.asarray(maps), strict=False)}
            progress.add(len(some))
        return [found[id(one)] for one in encoded]

    def pad(self, encoded, timesteps=None):
        return np.concatenate(encoded)
