"""Answers from an exported file with NumPy and onnxruntime alone: neither Keras nor TensorFlow is imported.

The extra `onnx` installs onnxruntime; `rnn_zoo.export` writes the files.
"""

import base64
import functools
import itertools
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from rnn_zoo import codecs, preprocessors
from rnn_zoo.buckets import Answering, outputs_of
from rnn_zoo.encoding import in_order
from rnn_zoo.extras import require
from rnn_zoo.generation import numpy_ops
from rnn_zoo.generation.drawing import Drawing
from rnn_zoo.generation.writer import Network
from rnn_zoo.generation.writing import Writing
from rnn_zoo.streaming import Steps, Streaming

METADATA_KEY = "rnn_zoo"
"""Under which a file holds, as JSON, what is not the network."""
STEP_KEY = "rnn_zoo_step"
"""Under which an encoder's file holds the step of its decoder, an ONNX model in base64."""


def load(path):
    """Load an exported model.

    Args:
        path: of a file that `rnn_zoo.export` wrote.

    Returns:
        A `Model`; of what writes token by token, a `WritingModel`; of one timestep, a `rnn_zoo.streaming.Streaming`.

    Raises:
        FileNotFoundError: for a path that does not exist.
        ValueError: for another kind of file.
        ModuleNotFoundError: without onnxruntime.
    """
    require("exported models", "onnxruntime")
    import onnxruntime

    if not Path(path).is_file():
        raise FileNotFoundError(f"path must name a file that rnn_zoo.export wrote. Received: path={str(path)!r}")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3

    def session_of(file):  # of its path, or its bytes
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    try:
        session = session_of(str(path))
        properties = session.get_modelmeta().custom_metadata_map
        metadata = json.loads(properties[METADATA_KEY])
        writes, has_encoder = metadata.get("splits_sentences") is not None, STEP_KEY in properties
        options.intra_op_num_threads = 1  # a step, or a product of int8, is too small to be shared: batches are
        if metadata.get("int8") and not writes:
            session = session_of(str(path))
        if writes:
            step = session_of(base64.b64decode(properties[STEP_KEY]) if has_encoder else str(path))
    except Exception as error:  # onnxruntime has a class for each of its own, outside of its public names
        raise ValueError(f"{path} is damaged or is no file that rnn_zoo.export wrote: {error!r:.200}") from error
    if not writes:
        model = Model(session, metadata)
        return _streaming(model, session, metadata) if metadata.get("one_step") else model
    kind = DrawingModel if metadata["codec"]["class_name"] == "Drawings" else WritingModel
    return kind(step, metadata, session if has_encoder else None)


def _streaming(model, session, metadata):
    if "states" not in metadata:
        return Streaming(model)
    return Streaming(model, steps_of(functools.partial(_outputs_of, session), metadata))


def steps_of(run, metadata):
    """What a file of one timestep reads sequences by; `run` runs it, from a dictionary of arrays to another."""
    first = [np.full(size, value, "float32") for size, value in metadata["states"]]
    return Steps(run, metadata["input"], metadata["width"], first)


class Model(Answering):
    """A model that was exported.

    Attributes:
        metadata: a dictionary: name of the builder, settings, the card of trained weights or None.
        name: of the builder.
        preprocessor: turns raw examples into the network's inputs.
        codec: turns the network's outputs into answers.
    """

    def __init__(self, session, metadata):
        self.metadata, self.name, self._session = metadata, metadata["builder"], session
        self.preprocessor = _rebuilt(metadata["preprocessor"], preprocessors)
        self.codec = _rebuilt(metadata["codec"], codecs)
        self._in_threads = bool(metadata.get("int8"))
        self._input_names = [one.name for one in session.get_inputs()]

    def compute(self, inputs):
        """The network's outputs, an array, from what the preprocessor gives: an array or a dictionary of them."""
        fed = inputs if isinstance(inputs, dict) else {self._input_names[0]: inputs}
        batch, count = len(fed[self._input_names[0]]), os.cpu_count()
        if not self._in_threads or batch == 1:
            return self._run(fed)
        cuts = [batch * part // count for part in range(count + 1)]
        shares = [slice(*ends) for ends in itertools.pairwise(cuts) if ends[0] < ends[1]]
        parts = [{name: array[share] for name, array in fed.items()} for share in shares]
        return np.concatenate(list(_map_in_threads(self._run, parts)))

    def _outputs_of(self, encoded, batch_size):
        if not self._in_threads or len(encoded) == 1:
            return super()._outputs_of(encoded, batch_size)
        batch_size = min(batch_size, -(-len(encoded) // os.cpu_count()) or 1)
        return outputs_of(encoded, self._run, self.preprocessor, batch_size, _map_in_threads)

    def _run(self, inputs):
        fed = inputs if isinstance(inputs, dict) else {self._input_names[0]: inputs}
        return self._session.run(None, {name: np.asarray(fed[name]) for name in self._input_names})[0]


class WritingModel(Writing, Model):
    """A model that was exported and writes token by token, as a `rnn_zoo.GenerativeTask` does.

    Args:
        step: a session of a step of the decoder.
        metadata: as of `Model`.
        encoder: a session of the encoder; None without one.
    """

    def __init__(self, step, metadata, encoder=None):
        super().__init__(encoder or step, metadata)
        self._decoder = _Decoder(step)
        network = Network(
            numpy_ops, _same, encoder and self._context, self._input_names, self._decoder, _same, self.compute,
            self.preprocessor.bucket_width, _map_in_threads,
        )  # fmt: skip
        self._write_with(network, metadata["splits_sentences"])

    def compute(self, inputs):
        """What the steps give for taught tokens, one after the other, from what `teacher_forced` gives."""
        previous, context = inputs[self.previous_name], self._context(inputs) if self.has_encoder else {}
        states, found = self._decoder.start(context, len(previous)), []
        for tokens in np.swapaxes(previous, 0, 1):
            one, _, states = self._decoder.step(tokens, states, context)
            found.append(one)
        return np.stack(found, axis=1)

    def _context(self, inputs):
        return _outputs_of(self._session, {name: inputs[name] for name in self._input_names})


class DrawingModel(Drawing, WritingModel):
    """A model that was exported and draws, as a `sketch` does."""


class _Decoder:
    """A step's graph, with the methods of a `rnn_zoo.layers.RecurrentDecoder`; its states are as of one layer.

    Of tokens it gives log-probabilities in place of logits.
    """

    def __init__(self, session):
        self._session = session
        self._inputs = {one.name: one.shape for one in session.get_inputs()}
        self._previous, self._outputs = next(iter(self._inputs)), [one.name for one in session.get_outputs()]
        self._states = [name for name in self._inputs if name.startswith("state_")]
        self.state_sizes = [[self._inputs[name][1] for name in self._states]]
        self.attention = "attention" if "attention" in self._outputs else None

    def start(self, context, batch):
        given = context or {}
        zeros = (np.zeros((batch, size), "float32") for size in self.state_sizes[0])
        return [[given.get(name, one) for name, one in zip(self._states, zeros, strict=True)]]

    def prepare(self, context):
        return context

    def step(self, previous, states, context=None):
        found, weights, states = self._run(previous[:, None], states, context or {})
        return found[:, 0], None if weights is None else weights[:, 0], states

    def read(self, previous_ids, states):
        found, _, states = self._run(previous_ids, states, {})
        return found, states

    def _run(self, previous, states, context):
        given = {**context, **dict(zip(self._states, states[0], strict=True)), self._previous: previous}
        found = _outputs_of(self._session, {name: given[name] for name in self._inputs})
        return found[self._outputs[0]], found.get("attention"), [[found[f"next_{name}"] for name in self._states]]


def _outputs_of(session, arrays):
    """What a network gives, arrays by their names."""
    names = [one.name for one in session.get_outputs()]
    return dict(zip(names, session.run(None, arrays), strict=True))


def _same(value):
    return value


def _map_in_threads(function, inputs):
    """As `map`, by as many threads as there are processors; few results wait."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from in_order(pool, function, inputs, 2 * os.cpu_count())


def described(part):
    """A preprocessor or a codec as JSON holds it; `load` rebuilds it."""
    return {"class_name": type(part).__name__, "config": part.get_config()}


def _rebuilt(description, room):
    if description["class_name"] not in room.__all__:
        raise ValueError(f"The file needs a newer rnn_zoo. Received: {description['class_name']}")
    return getattr(room, description["class_name"]).from_config(description["config"])
