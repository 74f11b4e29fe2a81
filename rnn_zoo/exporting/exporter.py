"""`rnn_zoo.export`: write a Task as a file of another library, run the file, and compare it with the Task."""

import base64
import contextlib
import json
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import keras
import numpy as np

from rnn_zoo import runtime
from rnn_zoo.cards import LOWER_IS_BETTER
from rnn_zoo.catalogue import WEIGHTS_FOLDER
from rnn_zoo.checks import check_choice, check_positive
from rnn_zoo.exporting.decoders import convert_start, step_model
from rnn_zoo.exporting.graph import OPSET, Graph, Value, onnx_model, walk
from rnn_zoo.exporting.layer_functions import convert
from rnn_zoo.exporting.one_step import OneStep
from rnn_zoo.exporting.quantization import quantize_operators
from rnn_zoo.extras import require
from rnn_zoo.files import replacing
from rnn_zoo.generation import numpy_ops
from rnn_zoo.preprocessors import Series
from rnn_zoo.streaming import refuse

ENDINGS = {"onnx": (".onnx",), "litert": (".tflite",), "saved_model": ("",), "openvino": (".xml", ".bin")}
"""Of the files of each format; a SavedModel is a folder."""
LARGEST_DIFFERENCE = 1e-4
"""Of an output of the file from the Task's, by the larger of 1 and the Task's (of logits, the largest), in float32."""
LARGEST_ROUNDING = 1e-5
"""Of what Keras differs from itself by, in a batch and one example at a time; a network with more enlarges rounding."""
BATCHES = ((1, 1), (3, 7), (8, 40))
"""Examples and timesteps of the made-up batches that every file is checked on."""


class ExportReport(NamedTuple):
    """What `export` wrote.

    Attributes:
        path: of the file.
        size_bytes: of the file.
        opset: version of ONNX' operators; None for other formats.
        largest_difference: of an output from the Task's, by the larger of 1 and the Task's, of logits by the example's
            largest; of a model that writes, of the log-probability of a token.
        num_examples: that it was found on.
        metrics: of the Task and of the file on the validation data, two dictionaries; None without such data.
    """

    path: Path
    size_bytes: int
    opset: int | None
    largest_difference: float
    num_examples: int
    metrics: tuple | None

    def __str__(self):
        lines = [
            f"{self.path}: {self.size_bytes / 2**20:.1f} MiB" + (f", opset {self.opset}" if self.opset else ""),
            f"largest difference from Keras: {self.largest_difference:.1e}, on {self.num_examples} examples",
        ]
        for name, before in (self.metrics or [{}])[0].items():
            lines.append(f"{name}: {before:.4f} by Keras, {self.metrics[1][name]:.4f} by the file")
        return "\n".join(lines)


def export(
    task, path, *, format="onnx", one_step=False, timesteps=None, quantize=None, examples=None, validation=None,
    max_drop=None,
):  # fmt: skip
    """Write a Task to a file that runs without Keras, once it was seen to give the same outputs.

    The file holds the network, and as metadata all else that an answer needs; from ONNX
    `rnn_zoo.runtime.load(path).infer(raw)` answers with NumPy and onnxruntime alone.

    Args:
        task: a Task; for formats other than ONNX one that does not write token by token.
        path: where to; ends in `.onnx`, `.tflite` or `.xml` (with `.bin` beside it), or is a folder that there is not
            yet, for a SavedModel. The file is renamed to it when it is complete and right.
        format: "onnx", "litert" (built-in operators alone), "saved_model" or "openvino".
        one_step: write one timestep with states in and out, of a model that `rnn_zoo.to_streaming` takes; ONNX, whose
            file `rnn_zoo.runtime.load` gives as what that gives, and LiteRT. Of forecasts it is the whole network,
            whose state is its window. LiteRT also of language models: a token to log-probabilities of the next one.
        timesteps: unroll recurrences to inputs of so many timesteps, shorter ones padded; LiteRT only. None for any
            number, by loops.
        quantize: "int8" stores large weights in a quarter of their size, see `rnn_zoo.exporting.quantization`; None
            leaves them as they are.
        examples: raw examples to compare outputs on, beside made-up ones; None for these alone.
        validation: `(raw, labels)` to measure the Task and the file on.
        max_drop: how much worse the first metric of the codec may be on the validation data, of int8 for example; None
            for any. A worse file is refused.

    Returns:
        An `ExportReport`.

    Raises:
        ValueError: for another format or ending; a layer that cannot be exported, naming it; outputs that differ by
            more than 1e-4 in float32, or a metric that is worse by more than max_drop: no file is left then.
        ModuleNotFoundError: without onnx and onnxruntime, or openvino, which the extras `onnx` and `openvino` install.

    Example:
        >>> report = rnn_zoo.export(rnn_zoo.digits_dense(), "digits.onnx")
        >>> report.largest_difference < 1e-4
        True
    """
    check_choice("format", format, ENDINGS)
    check_choice("quantize", quantize, (None, "int8"))
    path = Path(path)
    if path.suffix != ENDINGS[format][0] or (not path.suffix and path.exists()):
        ending = f"end in {ENDINGS[format][0]}" if ENDINGS[format][0] else "name a new folder, without an ending,"
        raise ValueError(f"path must {ending} for {format}. Received: path={str(path)!r}")
    if max_drop is not None and validation is None:
        raise ValueError(f"max_drop needs validation=(raw, labels). Received: max_drop={max_drop}, validation=None")
    check_positive(timesteps=timesteps)
    examples = None if examples is None else task.preprocessor.listed(examples)
    writes = hasattr(task, "generate") and (task.has_encoder or not one_step)
    if format != "onnx" and (quantize or validation or writes):
        raise ValueError(f"int8, validation and models that write are for onnx. Received: {format=}, {task.name}")
    if (one_step and (format not in ("onnx", "litert") or timesteps)) or (timesteps and format != "litert"):
        raise ValueError(f"one_step is for onnx and litert, timesteps for litert. Received: {format=}, {timesteps=}")
    if one_step and validation is not None:
        raise ValueError("validation must be None with one_step, whose file reads pieces. Received: validation data")
    with contextlib.ExitStack() as stack:
        temporary, *beside = [stack.enter_context(replacing(path.with_suffix(one))) for one in ENDINGS[format]]
        exported = _written(task, temporary, format, one_step, timesteps, quantize)
        difference, count, rounding = _largest_difference(task, exported, examples, timesteps)
        most = LARGEST_DIFFERENCE if rounding < LARGEST_ROUNDING else 10 * rounding
        if quantize is None and not difference <= most:
            raise ValueError(
                f"{task.name} cannot be exported: outputs of the file differ from those of Keras by {difference:.1e}, "
                f"and {most:.0e} is the most there may be."
            )
        metrics = None if validation is None else tuple(one.answer_metrics(*validation) for one in (task, exported))
        if max_drop is not None:
            _check_drop(metrics, max_drop)
        files = [*beside, *(temporary.rglob("*") if temporary.is_dir() else [temporary])]
        size = sum(file.stat().st_size for file in files)
    return ExportReport(path, size, OPSET if format == "onnx" else None, difference, count, metrics)


def _written(task, path, format, one_step, timesteps, quantize):
    """Write a file; what runs it, with a function `compute` from what the preprocessor gives to outputs."""
    model, metadata = task, _metadata(task) | {"one_step": one_step}
    if one_step and hasattr(task, "generate"):
        if format == "onnx":
            refuse(task, "the file of what writes token by token holds the step already, without one_step")
        states = [[size, 0.0] for some in task.get_layer("decoder").state_sizes for size in some]
        metadata |= {"input": task.previous_name, "width": 1, "states": states}
    elif one_step and not isinstance(task.preprocessor, Series):
        step = OneStep(task)
        model, states = step.model, [[len(one), float(one[0])] for one in step.first]
        metadata |= {"input": step.input_name, "width": step.width, "states": states}
    if format == "onnx":
        int8 = quantize == "int8"
        _write_onnx(path, task, model, metadata | ({"int8": True} if int8 else {}), int8)
        return runtime.load(path)
    if keras.backend.backend() != "tensorflow":
        raise ValueError(f"{format} is written by TensorFlow: set KERAS_BACKEND. Received: {keras.backend.backend()}")
    from rnn_zoo.exporting import portable  # imports TensorFlow

    run, name = portable.write(task, path, format, metadata, model, timesteps), task.inputs[0].name
    if "states" in metadata:
        steps = runtime.steps_of(run, metadata)
        return SimpleNamespace(compute=_every_step(steps)) if hasattr(task, "generate") else steps
    return SimpleNamespace(
        compute=lambda inputs: run(inputs if isinstance(inputs, dict) else {name: inputs})["outputs"]
    )


def _every_step(steps):
    """A function from taught tokens to what the steps of a language model give, one after the other."""

    def compute(inputs):
        (previous,), found = inputs.values(), []
        lengths, states = np.ones(len(previous), int), [np.stack([one] * len(previous)) for one in steps.begun.network]
        for tokens in previous.T:
            outputs, states = steps.advance(tokens[:, None], lengths, states)
            found.append(outputs)
        return np.stack(found, axis=1)

    return compute


def _write_onnx(path, task, model, metadata, int8):
    """The Task, or the model of a timestep, as one model; a decoder's step travels in the metadata of the encoder."""
    require("files of ONNX", "onnx", "onnxruntime")
    import onnx

    parts = _writing_parts(task, int8) if hasattr(task, "generate") else [_network_of(model, int8)]
    main, *step = map(quantize_operators, parts) if int8 else parts
    metadata = {runtime.METADATA_KEY: json.dumps(metadata, ensure_ascii=False)}
    if step:
        metadata[runtime.STEP_KEY] = base64.b64encode(step[0].SerializeToString()).decode()
    onnx.helper.set_model_props(main, metadata)
    onnx.save(main, path)


def _network_of(model, int8):
    """A functional model; of a timestep also the states behind it."""
    graph = Graph(int8)
    values = walk(model, graph, list(map(_value, model.inputs)), convert)
    names = ["outputs", *(f"next_{one.name}" for one in model.inputs[1:])][: len(values)]
    given = [(graph.in_time_order(one).name, name, one.shape) for one, name in zip(values, names, strict=True)]
    return onnx_model(graph, list(map(_fed, model.inputs)), given)


def _writing_parts(task, int8):
    """The encoder, if there is one, with what the decoder computes once; and a step of the decoder."""
    decoder, previous = task.get_layer("decoder"), task.input[task.previous_name]
    if not task.has_encoder:
        return [step_model(decoder, {}, int8, previous)]
    encoder, graph = task.get_layer("encoder"), Graph(int8)
    values = walk(encoder, graph, list(map(_value, encoder.inputs)), convert)
    found = {id(tensor): graph.in_time_order(one) for tensor, one in zip(encoder.outputs, values, strict=True)}
    context = convert_start(graph, decoder, {name: found[id(tensor)] for name, tensor in encoder.output.items()})
    given = [(one.name, name, one.shape) for name, one in context.items()]
    return [onnx_model(graph, list(map(_fed, encoder.inputs)), given), step_model(decoder, context, int8, previous)]


def _value(tensor):
    return Value(tensor.name, tuple(tensor.shape))


def _fed(tensor):
    return tensor.name, tensor.dtype, tensor.shape


def _metadata(task):
    """What `rnn_zoo.runtime` needs beside the network, and where the weights come from."""
    import rnn_zoo

    source = task.loaded_from
    is_ours = source is not None and source.parent == WEIGHTS_FOLDER.resolve()
    return {
        "version": rnn_zoo.__version__,
        "builder": task.name,
        "preprocessor": runtime.described(task.preprocessor),
        "codec": runtime.described(task.codec),
        "splits_sentences": getattr(task, "splits_sentences", None),
        "card": json.loads(source.with_suffix(".json").read_text(encoding="utf-8")) if is_ours else None,
    }


def _largest_difference(task, exported, examples, width=None):
    """Of outputs that reach an answer, the number of examples, and, where it matters, Keras' difference from itself."""
    largest, count, rounding = 0.0, 0, 0.0
    for inputs, lengths in (*_made_batches(task, width), *_real_batches(task, examples, width)):
        expected, found = _outputs_of(task, inputs), exported.compute(inputs)
        if found.shape != expected.shape:
            return np.inf, count, rounding
        sizes = np.maximum(1, np.abs(expected))
        if expected.ndim == 2 and hasattr(task.codec, "class_names"):  # logits are sums of the same numbers
            sizes = sizes.max(axis=1, keepdims=True)
        differences = np.abs(found - expected) / sizes
        if expected.ndim == 3 and lengths is not None and getattr(task.codec, "crf", None) is False:
            for row, length in zip(differences, lengths, strict=True):
                row[length:] = 0  # tags of padding, which no answer reads
        largest, count = max(largest, float(differences.max())), count + len(found)
        if differences.max() > LARGEST_DIFFERENCE and isinstance(inputs, dict):
            rows = ({name: one[row : row + 1] for name, one in inputs.items()} for row in range(len(found)))
            alone = np.concatenate([_outputs_of(task, one) for one in rows])
            rounding = max(rounding, float((np.abs(alone - expected) / sizes).max()))
    return largest, count, rounding


def _outputs_of(task, inputs):
    """What Keras gives; of tokens log-probabilities, as steps do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*softmax over axis -1")  # attention to the only timestep that there is
        outputs = task.compute(inputs)
    return numpy_ops.log_softmax(outputs, axis=-1) if getattr(task.codec, "token_shape", None) == () else outputs


def _real_batches(task, examples, width):
    """The examples in batches of one, of three and so on; a decoder reads what the Task writes about them."""
    encoded, size = [] if examples is None else task.preprocessor.encode(examples), 1
    encoded = encoded if width is None else [one for one in encoded if len(one) <= width]
    written = [one[0].tokens for one in task.generate(examples)] if encoded and hasattr(task, "generate") else encoded
    while encoded:
        part, encoded = encoded[:size], encoded[size:]
        tokens, written = written[:size], written[size:]
        inputs = task.preprocessor.pad(part, width)
        if hasattr(task, "generate"):
            inputs = task.teacher_forced(inputs, task.codec.pad(tokens))
        yield inputs, [len(one) for one in part]
        size = min(3 * size, 64)


def _made_batches(task, width):
    """Made-up inputs, right-padded, of several lengths; one example of each batch is as long as the batch is wide."""
    rng = np.random.default_rng(0)
    layers = task._flatten_layers(include_self=False)
    sizes = [getattr(layer, "input_dim", None) or getattr(layer, "vocabulary_size", None) for layer in layers]
    num_ids = min([size for size in sizes if isinstance(size, int)], default=2)
    for batch, longest in BATCHES:
        timesteps = width or longest
        lengths = rng.permutation(np.linspace(1, timesteps, batch).astype("int32"))
        inputs, longest_spelling = {}, min(timesteps, getattr(task.preprocessor, "widest_spelling", timesteps))
        for tensor in task.inputs:
            free = zip((timesteps, *[longest_spelling] * len(tensor.shape)), tensor.shape[1:], strict=False)
            shape = [batch, *(most if size is None else size for most, size in free)]
            dtype = np.dtype(tensor.dtype)
            if len(shape) == 1:
                inputs[tensor.name] = lengths
                continue
            highest = {"uint8": 256, "int32": num_ids}.get(tensor.dtype)
            made = rng.normal(size=shape) if highest is None else rng.integers(min(1, highest - 1), highest, shape)
            if None in tensor.shape[1:2]:
                made[np.arange(timesteps) >= lengths[:, None]] = 0
            inputs[tensor.name] = made.astype(dtype)
        yield (inputs if isinstance(task.input, dict) else next(iter(inputs.values()))), lengths


def _check_drop(metrics, max_drop):
    name, before = next(iter(metrics[0].items()))
    drop = (metrics[1][name] - before) * (1 if name.endswith(LOWER_IS_BETTER) else -1)
    if drop > max_drop:
        raise ValueError(
            f"{name} is worse by {drop:.4f} ({before:.4f} by Keras, {metrics[1][name]:.4f} by the file), and "
            f"max_drop={max_drop} is the most there may be: no file was written."
        )
