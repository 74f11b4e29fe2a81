"""`rnn_zoo.export`: write a Task as an ONNX file, run the file, and compare it with the Task."""

import json
import tempfile
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from rnn_zoo import runtime
from rnn_zoo.catalogue import WEIGHTS_FOLDER, check_choice
from rnn_zoo.exporting.graph import OPSET, Graph, Value, onnx_model, walk
from rnn_zoo.exporting.layer_functions import convert
from rnn_zoo.exporting.quantization import quantize_operators
from rnn_zoo.files import replacing

FORMATS = ("onnx",)
LARGEST_DIFFERENCE = 1e-4
"""Of an output of the file from the Task's, by the larger of 1 and the Task's, in float32."""
BATCHES = ((1, 1), (3, 7), (8, 40))
"""Examples and timesteps of the made-up batches that every file is checked on."""
ERRORS = ("cer", "wer", "mean_absolute_error", "scaled_mse")
"""Metrics that come first in a codec's and are better if lower."""


class ExportReport(NamedTuple):
    """What `export` wrote.

    Attributes:
        path: of the file.
        size_bytes: of the file.
        opset: version of ONNX' operators.
        largest_difference: of an output from the Task's, by the larger of 1 and the Task's.
        num_examples: that it was found on.
        metrics: of the Task and of the file on the validation data, two dictionaries; None without such data.
    """

    path: Path
    size_bytes: int
    opset: int
    largest_difference: float
    num_examples: int
    metrics: tuple | None

    def __str__(self):
        lines = [
            f"{self.path}: {self.size_bytes / 2**20:.1f} MiB, opset {self.opset}",
            f"largest difference from Keras: {self.largest_difference:.1e}, on {self.num_examples} examples",
        ]
        for name, before in (self.metrics or [{}])[0].items():
            lines.append(f"{name}: {before:.4f} by Keras, {self.metrics[1][name]:.4f} by the file")
        return "\n".join(lines)


def export(task, path, *, format="onnx", quantize=None, examples=None, validation=None, max_drop=None):
    """Write a Task to a file that runs without Keras, once it was seen to give the same outputs.

    The file holds the network, and as metadata all else that an answer needs; `rnn_zoo.runtime.load(path).infer(raw)`
    answers with NumPy and onnxruntime alone.

    Args:
        task: a Task that chooses, tags, forecasts or transcribes. What a decoder writes cannot be exported yet.
        path: where to; ends in `.onnx`. The file is renamed to it when it is complete and right.
        format: "onnx".
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
        ModuleNotFoundError: without onnx and onnxruntime, which the extra `onnx` installs.

    Example:
        >>> report = rnn_zoo.export(rnn_zoo.digits_dense(), "digits.onnx")
        >>> report.largest_difference < 1e-4
        True
    """
    check_choice("format", format, FORMATS)
    check_choice("quantize", quantize, (None, "int8"))
    path = Path(path)
    if path.suffix != ".onnx":
        raise ValueError(f"path must end in .onnx. Received: path={str(path)!r}")
    if max_drop is not None and validation is None:
        raise ValueError(f"max_drop needs validation=(raw, labels). Received: max_drop={max_drop}, validation=None")
    if hasattr(task, "generate"):
        raise ValueError(f"{task.name} cannot be exported yet: a decoder writes its answers token by token.")
    onnx = _onnx()
    model = _onnx_of(task, int8=quantize == "int8")
    with replacing(path) as temporary:
        onnx.save(model, temporary)
        if quantize:
            with tempfile.TemporaryDirectory() as scratch:
                whole = Path(scratch, "whole.onnx")
                temporary.rename(whole)
                quantize_operators(whole, temporary)
        exported = runtime.load(temporary)
        difference, count = _largest_difference(task, exported, examples)
        if quantize is None and not difference <= LARGEST_DIFFERENCE:
            raise ValueError(
                f"{task.name} cannot be exported: outputs of the file differ from those of Keras by {difference:.1e}, "
                f"and {LARGEST_DIFFERENCE:.0e} is the most there may be."
            )
        metrics = None if validation is None else _metrics(task, exported, *validation)
        if max_drop is not None:
            _check_drop(metrics, max_drop)
        size = temporary.stat().st_size
    return ExportReport(path, size, OPSET, difference, count, metrics)


def _onnx():
    try:
        import onnx
        import onnxruntime  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f'export needs {error.name}: pip install "rnn-zoo[onnx]"') from None
    return onnx


def _onnx_of(task, int8):
    graph = Graph(int8)
    inputs = [Value(tensor.name, tuple(tensor.shape)) for tensor in task.inputs]
    (output,) = walk(task, graph, inputs, convert)
    fed = [(tensor.name, tensor.dtype, tensor.shape) for tensor in task.inputs]
    given = [(graph.in_time_order(output).name, "outputs", task.outputs[0].shape)]
    return onnx_model(graph, fed, given, {runtime.METADATA_KEY: json.dumps(_metadata(task), ensure_ascii=False)})


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
        "card": json.loads(source.with_suffix(".json").read_text(encoding="utf-8")) if is_ours else None,
    }


def _largest_difference(task, exported, examples):
    """Of all outputs that reach an answer, and the number of examples."""
    largest, count = 0.0, 0
    for inputs, lengths in (*_made_batches(task), *_real_batches(task, examples)):
        expected = keras.ops.convert_to_numpy(task(inputs, training=False))
        found = exported.compute(inputs)
        if found.shape != expected.shape:
            return np.inf, count
        differences = np.abs(found - expected) / np.maximum(1, np.abs(expected))
        if expected.ndim == 3 and lengths is not None and getattr(task.codec, "crf", None) is False:
            for row, length in zip(differences, lengths, strict=True):
                row[length:] = 0  # tags of padding, which no answer reads
        largest, count = max(largest, float(differences.max())), count + len(found)
    return largest, count


def _real_batches(task, examples):
    """The examples in batches of one, of three and so on."""
    encoded, size = [] if examples is None else task.preprocessor.encode(list(examples)), 1
    while encoded:
        part, encoded = encoded[:size], encoded[size:]
        yield task.preprocessor.pad(part), [len(one) for one in part]
        size = min(3 * size, 64)


def _made_batches(task):
    """Made-up inputs, right-padded, of several lengths; one example of each batch is as long as the batch is wide."""
    rng = np.random.default_rng(0)
    sizes = [getattr(layer, "input_dim", None) or getattr(layer, "vocabulary_size", None) for layer in task.layers]
    num_ids = min([size for size in sizes if isinstance(size, int)], default=2)
    for batch, timesteps in BATCHES:
        lengths = rng.permutation(np.linspace(1, timesteps, batch).astype("int32"))
        inputs = {}
        for tensor in task.inputs:
            shape = [batch, *(timesteps if size is None else size for size in tensor.shape[1:])]
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


def _metrics(task, exported, raw, labels):
    return task.answer_metrics(raw, labels), task.codec.compute_metrics(labels, exported.infer(raw))


def _check_drop(metrics, max_drop):
    name, before = next(iter(metrics[0].items()))
    drop = (metrics[1][name] - before) * (1 if name in ERRORS else -1)
    if drop > max_drop:
        raise ValueError(
            f"{name} is worse by {drop:.4f} ({before:.4f} by Keras, {metrics[1][name]:.4f} by the file), and "
            f"max_drop={max_drop} is the most there may be: no file was written."
        )
