"""SavedModels of TensorFlow, which answer by their signatures; texts are read in the graph where that is exact."""

import json

import tensorflow as tf

from rnn_zoo.exporting.portable import network_of
from rnn_zoo.exporting.text_graph import reader_of

METADATA_FILE = "assets.extra/task.json"


def write(task, path, metadata, model, timesteps):
    """Write a Task's network; what goes with it is in `assets.extra/task.json`. See `litert.write`."""
    function, specs = network_of(model, timesteps)
    module = tf.Module()
    module.weights_of_task = [variable.value for variable in task.variables]
    of_inputs = tf.function(function, input_signature=[specs], autograph=False).get_concrete_function()
    signatures, reader = {"serving_default": of_inputs, "inputs": of_inputs}, reader_of(task.preprocessor)
    if reader is not None:
        module.vocabulary, (name,) = reader.vocabulary, specs

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "texts")], autograph=False)
        def of_texts(texts):
            return function({name: reader(texts)})

        signatures["serving_default"] = of_texts.get_concrete_function()
    tf.saved_model.save(module, str(path), signatures=signatures)
    (path / METADATA_FILE).parent.mkdir()
    (path / METADATA_FILE).write_text(json.dumps(metadata, ensure_ascii=False), encoding="utf-8")
    serve = tf.saved_model.load(str(path)).signatures["inputs"]

    def run(arrays):
        return {name: one.numpy() for name, one in serve(**{n: tf.constant(a) for n, a in arrays.items()}).items()}

    return run
