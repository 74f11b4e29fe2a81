"""SavedModels of TensorFlow, which answer by their signatures; texts are read in the graph where that is exact."""

import json

import tensorflow as tf

from rnn_zoo.exporting.portable import network_of
from rnn_zoo.exporting.running import whole

METADATA_FILE = "assets.extra/task.json"


def write(task, path, metadata):
    """Write a Task's network; what goes with it is in `assets.extra/task.json`. See `litert.write`."""
    function, specs = network_of(task)
    module = tf.Module()
    module.weights_of_task = [variable.value for variable in task.variables]
    signature = tf.function(function, input_signature=[specs], autograph=False).get_concrete_function()
    tf.saved_model.save(module, str(path), signatures={"serving_default": signature})
    (path / METADATA_FILE).parent.mkdir()
    (path / METADATA_FILE).write_text(json.dumps(metadata, ensure_ascii=False), encoding="utf-8")
    loaded = tf.saved_model.load(str(path))
    serve = loaded.signatures["serving_default"]

    def run(arrays):
        return {name: one.numpy() for name, one in serve(**{n: tf.constant(a) for n, a in arrays.items()}).items()}

    return whole(task, run)
