"""LiteRT files (`.tflite`) of built-in operators alone, which its stock interpreter runs on phones and small boards."""

import json
import warnings
import zipfile

import numpy as np

METADATA_FILE = "task.json"
"""In the zip archive at the end of a file, which is where LiteRT has what goes with a model."""


def write(task, path, metadata, model, timesteps):
    """Write a network.

    Args:
        task: a Task, whose weights are written.
        path: where to.
        metadata: a dictionary for JSON.
        model: the Task itself, or the model of a `rnn_zoo.exporting.one_step.OneStep`.
        timesteps: as of `rnn_zoo.exporting.portable.network_of`.

    Returns:
        A function that runs the file, from a dictionary of arrays to another.
    """
    import tensorflow as tf

    from rnn_zoo.exporting.portable import network_of, with_constant_weights

    function = with_constant_weights(task, *network_of(model, timesteps))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], task)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        path.write_bytes(converter.convert())
    except Exception as error:  # the converter has no class of its own
        raise ValueError(f"{task.name} cannot be exported to LiteRT: {str(error).strip():.300}") from error
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(METADATA_FILE, json.dumps(metadata, ensure_ascii=False))
    return running(path)


def running(path):
    """From a dictionary of arrays to another by the stock interpreter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's will move to the package ai-edge-litert
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ModuleNotFoundError:
            import tensorflow

            Interpreter = tensorflow.lite.Interpreter
        interpreter = Interpreter(str(path))
    runner = interpreter.get_signature_runner()
    shapes = {name: one["shape_signature"] for name, one in runner.get_input_details().items()}

    def run(arrays):
        padded = {name: _padded(one, shapes[name]) for name, one in arrays.items()}
        return {name: np.array(one) for name, one in runner(**padded).items()}

    return run


def _padded(array, shape):
    """An array with zeros at the end of axes that a file wants longer, such as the characters of tokens."""
    missing = [max(0, wanted - size) for wanted, size in zip(shape, array.shape, strict=True)]
    return np.pad(array, [(0, count) for count in missing]) if any(missing[1:]) else array
