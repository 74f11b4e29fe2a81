"""Answers from an exported file with NumPy and onnxruntime alone: neither Keras nor TensorFlow is imported.

The extra `onnx` installs onnxruntime; `rnn_zoo.export` writes the files.
"""

import json
from pathlib import Path

import numpy as np

from rnn_zoo import codecs, preprocessors
from rnn_zoo.buckets import answer

METADATA_KEY = "rnn_zoo"
"""Under which a file holds, as JSON, what is not the network."""


def load(path):
    """Load an exported model.

    Args:
        path: of a file that `rnn_zoo.export` wrote.

    Returns:
        A `Model`.

    Raises:
        FileNotFoundError: for a path that does not exist.
        ValueError: for another kind of file.
        ModuleNotFoundError: without onnxruntime.
    """
    onnxruntime = _onnxruntime()
    if not Path(path).is_file():
        raise FileNotFoundError(f"path must name a file that rnn_zoo.export wrote. Received: path={str(path)!r}")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        metadata = json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])
    except Exception as error:  # onnxruntime has a class for each of its own, outside of its public names
        raise ValueError(f"{path} is damaged or is no file that rnn_zoo.export wrote: {error!r:.200}") from error
    return Model(session, metadata)


class Model:
    """A model that was exported.

    Attributes:
        metadata: a dictionary: name of the builder, settings, the card of trained weights or None.
        preprocessor: turns raw examples into the network's inputs.
        codec: turns the network's outputs into answers.
    """

    def __init__(self, session, metadata):
        self.metadata, self._session = metadata, session
        self.preprocessor = _rebuilt(metadata["preprocessor"], preprocessors)
        self.codec = _rebuilt(metadata["codec"], codecs)
        self._input_names = [one.name for one in session.get_inputs()]

    def infer(self, raw, *, top_k=None, batch_size=64):
        """Answer raw examples as `rnn_zoo.Task.infer` does.

        Args:
            raw: a list of examples, as the preprocessor takes them; or a single one.
            top_k: the k best answers to each example, as a list, instead of the best one.
            batch_size: examples computed at once.

        Returns:
            A list with one answer an example, in order, or the answer to a single example.

        Raises:
            ValueError: for input that is no list of examples, with the position in the message, or illegal settings.
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be positive. Received: batch_size={batch_size}")
        is_single = self.preprocessor.is_single(raw)
        examples = [raw] if is_single else raw
        answers = answer(
            examples, self.compute, self.preprocessor, self.codec, top_k=top_k, batch_size=batch_size
        )  # fmt: skip
        return answers[0] if is_single else answers

    def compute(self, inputs):
        """The network's outputs, an array, from what the preprocessor gives: an array or a dictionary of them."""
        fed = inputs if isinstance(inputs, dict) else {self._input_names[0]: inputs}
        return self._session.run(None, {name: np.asarray(fed[name]) for name in self._input_names})[0]


def described(part):
    """A preprocessor or a codec as JSON holds it; `load` rebuilds it."""
    return {"class_name": type(part).__name__, "config": part.get_config()}


def _rebuilt(description, room):
    if description["class_name"] not in room.__all__:
        raise ValueError(f"The file needs a newer rnn_zoo. Received: {description['class_name']}")
    return getattr(room, description["class_name"]).from_config(description["config"])


def _onnxruntime():
    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise ModuleNotFoundError('exported models need onnxruntime: pip install "rnn-zoo[onnx]"') from None
    return onnxruntime
