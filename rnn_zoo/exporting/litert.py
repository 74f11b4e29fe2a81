"""LiteRT files (`.tflite`) of built-in operators alone, which its stock interpreter runs on phones and small boards."""

import json
import warnings
import zipfile

import numpy as np

from rnn_zoo.exporting.running import stepwise, whole

METADATA_FILE = "task.json"
"""In the zip archive at the end of a file, which is where LiteRT has what goes with a model."""


def write(task, path, metadata, one_step=False):
    """Write a Task's network, for any batch size and length, or one timestep of it with states in and out.

    Args:
        task: a Task.
        path: where to.
        metadata: a dictionary for JSON. Of one timestep it gets the "width" of its inputs, and "states": for each its
            size and the number that it begins with.
        one_step: write one timestep.

    Returns:
        A function that runs the file, from what the preprocessor gives to outputs.
    """
    import tensorflow as tf

    from rnn_zoo.exporting.portable import network_of, step_of, with_constant_weights

    function, specs, *step = step_of(task) if one_step else network_of(task)
    if step:
        metadata = {**metadata, "width": step[0].width, "states": [[len(one), float(one[0])] for one in step[0].first]}
    converter = tf.lite.TFLiteConverter.from_concrete_functions([with_constant_weights(task, function, specs)], task)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        path.write_bytes(converter.convert())
    except Exception as error:  # the converter has no class of its own
        raise ValueError(f"{task.name} cannot be exported to LiteRT: {str(error).strip():.300}") from error
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(METADATA_FILE, json.dumps(metadata, ensure_ascii=False))
    return stepwise(step[0], running(path)) if step else whole(task, running(path))


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
    return lambda arrays: {name: np.array(one) for name, one in runner(**arrays).items()}
