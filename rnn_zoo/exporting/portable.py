"""Networks in TensorFlow's operators that run anywhere: no kernel of a GPU, and none of LiteRT's missing ones.

LiteRT's files (`.tflite`) hold built-in operators alone, which its stock interpreter runs on phones and small boards.
SavedModels answer by their signatures, and read texts in the graph where that is exact.
"""

import json
import warnings
import zipfile

import keras
import numpy as np
import tensorflow as tf

from rnn_zoo.exporting.graph import walk
from rnn_zoo.exporting.text_graph import reader_of
from rnn_zoo.extras import require
from rnn_zoo.layers import BigramIds, Rollout
from rnn_zoo.layers.cells import is_recurrent, state_sizes
from rnn_zoo.layers.tokens import FIRST_ID

METADATA_FILE = "task.json"
"""In the zip archive at the end of a LiteRT file, and in `assets.extra` of a SavedModel."""


def write(task, path, format, metadata, model, timesteps):
    """Write a network.

    Args:
        task: a Task, whose weights are written.
        path: where to.
        format: "litert", "saved_model", or "openvino", which also writes a `.bin` beside the `.xml`.
        metadata: a dictionary for JSON, which gets the timesteps too.
        model: the Task itself, or the model of a `rnn_zoo.exporting.one_step.OneStep`.
        timesteps: as of `network_of`.

    Returns:
        A function that runs the file, from a dictionary of arrays to another.
    """
    writer = {"litert": _write_litert, "saved_model": _write_saved_model, "openvino": _write_openvino}[format]
    metadata = json.dumps(metadata | {"timesteps": timesteps}, ensure_ascii=False)
    return writer(task, path, metadata, *network_of(model, timesteps))


def _write_litert(task, path, metadata, function, specs):
    converter = tf.lite.TFLiteConverter.from_concrete_functions([_with_constant_weights(task, function, specs)], task)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        path.write_bytes(converter.convert())
    except Exception as error:  # the converter has no class of its own
        raise ValueError(f"{task.name} cannot be exported to LiteRT: {str(error).strip():.300}") from error
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(METADATA_FILE, metadata)
    return litert_runner(path)


def litert_runner(path):
    """From a dictionary of arrays to another by LiteRT's stock interpreter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's will move to the package ai-edge-litert
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ModuleNotFoundError:
            Interpreter = tf.lite.Interpreter
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


def _write_saved_model(task, path, metadata, function, specs):
    module = tf.Module()
    module.weights_of_task = [variable.value for variable in task.variables]
    of_inputs = tf.function(function, input_signature=[specs], autograph=False).get_concrete_function()
    signatures, reader = {"serving_default": of_inputs, "inputs": of_inputs}, reader_of(task.preprocessor)
    if reader is not None:
        module.tables, (name, *_) = reader.tables, specs

        @tf.function(input_signature=[tf.TensorSpec([None] * reader.rank, tf.string, reader.name)], autograph=False)
        def of_texts(texts):
            inputs = reader(texts)
            return function(inputs if isinstance(inputs, dict) else {name: inputs})

        signatures["serving_default"] = of_texts.get_concrete_function()
    tf.saved_model.save(module, str(path), signatures=signatures)
    (path / "assets.extra").mkdir()
    (path / "assets.extra" / METADATA_FILE).write_text(metadata, encoding="utf-8")
    serve = tf.saved_model.load(str(path)).signatures["inputs"]

    def run(arrays):
        return {name: one.numpy() for name, one in serve(**{n: tf.constant(a) for n, a in arrays.items()}).items()}

    return run


def _write_openvino(task, path, metadata, function, specs):
    require("files of OpenVINO", "openvino")
    import openvino

    converted = openvino.convert_model(_with_constant_weights(task, function, specs))
    converted.set_rt_info(metadata, "rnn_zoo")
    openvino.save_model(converted, str(path), compress_to_fp16=False)
    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    names = {one.any_name.partition(":")[0]: one for one in compiled.inputs}
    return lambda arrays: {"outputs": np.array(compiled({names[n]: a for n, a in arrays.items()})[0])}


def network_of(model, timesteps=None):
    """A model as a function of tensors by the names of its inputs, and what it takes.

    Args:
        model: a functional model, of several outputs only if it is that of a `rnn_zoo.exporting.one_step.OneStep`; or
            a language model, of which it is the step from a token to log-probabilities of the next one.
        timesteps: of the sequences that it takes, whose recurrences are unrolled then; None for any.

    Returns:
        The function, to a dictionary with "outputs" and the states after a timestep, "next_state_0" and so on; and a
        dictionary of `tf.TensorSpec`.
    """
    if hasattr(model, "generate"):
        return _writing_step(model)
    names, fixed = [one.name for one in model.inputs], {}
    if timesteps:
        fixed = {1: timesteps, 2: getattr(model.preprocessor, "widest_spelling", None)}
    shapes = [[fixed.get(axis) if size is None else size for axis, size in enumerate(one.shape)]
              for one in model.inputs]  # fmt: skip
    specs = {
        one.name: tf.TensorSpec(shape, one.dtype, one.name) for one, shape in zip(model.inputs, shapes, strict=True)
    }
    given = ["outputs", *(f"next_{name}" for name in names[1:])]

    def function(tensors):
        return dict(zip(given, walk(model, timesteps, [tensors[name] for name in names], _convert), strict=False))

    return function, specs


def _writing_step(task):
    decoder, previous = task.get_layer("decoder"), task.previous_name
    sizes = {f"state_{index}": size for index, size in enumerate(sum(map(list, decoder.state_sizes), []))}
    specs = {previous: tf.TensorSpec((None, 1), "int32", previous)}
    specs |= {name: tf.TensorSpec((None, size), "float32", name) for name, size in sizes.items()}

    def function(tensors):
        states = iter([tensors[name] for name in sizes])
        before = [[next(states) for _ in some] for some in decoder.state_sizes]
        logits, _, after = decoder.step(tensors[previous][:, 0], before)
        given = {f"next_{name}": state for name, state in zip(sizes, sum(after, []), strict=True)}
        return {"outputs": tf.nn.log_softmax(logits), **given}

    return function, specs


def _with_constant_weights(task, function, specs):
    """The function with weights as constants, traced: a concrete function of TensorFlow."""
    values = [keras.ops.convert_to_numpy(variable) for variable in task.variables]

    def constant(tensors):
        weights = [(variable, tf.constant(value)) for variable, value in zip(task.variables, values, strict=True)]
        with keras.StatelessScope(weights):
            return function(tensors)

    return tf.function(constant, input_signature=[specs], autograph=False).get_concrete_function()


def _convert(unrolled, layer, args, kwargs, outputs):
    options = {name: one for name, one in kwargs.items() if name != "mask"}
    if is_recurrent(layer):
        return [_loop(layer, args[0], unrolled)]
    if isinstance(layer, Rollout):
        return [_rollout(layer, *args)]
    found = _bigram_ids(layer, args[0]) if isinstance(layer, BigramIds) else layer(*args, **options)
    return found if isinstance(found, list) else [found]


def _loop(layer, sequence, unrolled):
    """A recurrent layer as a loop over the steps of its cell, or as so many steps one after another."""
    by_time = tf.transpose(sequence, (1, 0, 2))
    timesteps, batch = tf.shape(by_time)[0], tf.shape(by_time)[1]
    sizes = state_sizes(layer.cell)
    states = [tf.zeros((batch, size), layer.compute_dtype) for size in sizes]

    def one(time, *states):
        output, after = layer.cell(by_time[time], list(states))
        return output, [tf.reshape(state, (-1, size)) for state, size in zip(after, sizes, strict=True)]

    if unrolled:
        outputs = []
        for time in range(by_time.shape[0]):
            output, states = one(time, *states)
            outputs.append(output)
        return tf.stack(outputs, axis=1) if layer.return_sequences else output

    def looped(time, outputs, *states):
        output, after = one(time, *states)
        return time + 1, tf.tensor_scatter_nd_update(outputs, [[time]], output[None]), *after

    outputs = tf.zeros((timesteps, batch, layer.cell.units), layer.compute_dtype)
    shapes = [(), (None, None, layer.cell.units), *((None, size) for size in sizes)]
    _, outputs, *_ = tf.while_loop(
        lambda time, *_: time < timesteps, looped, (tf.constant(0), outputs, *states),
        shape_invariants=tuple(map(tf.TensorShape, shapes)),
    )  # fmt: skip
    outputs = tf.transpose(outputs, (1, 0, 2))
    return outputs if layer.return_sequences else outputs[:, -1]


def _rollout(layer, features, first):
    """As many steps of the cell as the horizon has, one after another."""
    states, values = tf.split(layer.states(features), state_sizes(layer.cell), axis=-1), [first]
    for _ in range(layer.horizon):
        hidden, states = layer.cell(values[-1], states)
        values.append(values[-1] + layer.step(hidden))
    return tf.stack(values[1:], axis=1)


def _bigram_ids(layer, token_ids):
    """A binary search without branches: LiteRT has no operator that searches a sorted list."""
    token_ids = tf.cast(token_ids, "int32")
    numbers = tf.pad(token_ids[:, :-1], ((0, 0), (1, 0))) * layer.vocabulary_size + token_ids
    step = 1 << (layer.num_bigrams.bit_length() - 1)
    filler = tf.fill((2 * step - layer.num_bigrams,), tf.int32.max)
    known, smaller = tf.concat([keras.ops.convert_to_tensor(layer.known), filler], axis=0), tf.zeros_like(numbers)
    while step:
        smaller += tf.where(tf.gather(known, smaller + step - 1) < numbers, step, 0)
        step //= 2
    ids = tf.where(tf.gather(known, smaller) == numbers, smaller + FIRST_ID, 1)
    return tf.where(token_ids == 0, 0, ids)
