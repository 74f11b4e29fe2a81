"""Task: a functional Keras model that knows how to read raw examples and how to say its answers."""

import contextlib
import re
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np

from rnn_zoo.buckets import Answering, outputs_of
from rnn_zoo.catalogue import HUB, WEIGHTS_FOLDER
from rnn_zoo.extras import require
from rnn_zoo.files import repack, replacing
from rnn_zoo.graphs import computing, forgetting_gradients
from rnn_zoo.heads import copy_of, feature_extractor
from rnn_zoo.losses import loss_of
from rnn_zoo.metrics import metrics_of
from rnn_zoo.pipeline import batches
from rnn_zoo.streams import holds_examples, is_source

BATCH_SIZE = 32
"""Of `fit`, `evaluate` and `predict` where none is given, as in Keras."""
LEARNING_RATE = 2e-3


@keras.saving.register_keras_serializable("rnn_zoo")
class Task(Answering, keras.Model):
    """A network with its Preprocessor and its Codec.

    `compile`, `fit`, `evaluate` and `predict` are Keras' own, and take raw examples and labels, or what
    `rnn_zoo.batches` yields; `infer` goes all the way from raw examples to answers. One `.keras` file holds everything.

    Args:
        inputs: a `keras.Input`, or a structure of them.
        outputs: the tensors computed from it: logits.
        preprocessor: turns raw examples into what `inputs` takes.
        codec: turns targets into numbers and `outputs` into answers.
        name: of the model.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> task.infer("A great film, funny and moving.")["label"]
        'positive'
    """

    def __init__(self, inputs, outputs, *, preprocessor, codec, name=None):
        super().__init__(inputs=inputs, outputs=outputs, name=name)
        self.preprocessor = preprocessor
        self.codec = codec
        self.loaded_from = None
        self._compute = computing(self)

    def compile(self, optimizer="auto", loss=None, *, metrics=None, **options):
        """Keras' `compile`; "auto" is AdamW with clipped gradients, and loss and metrics are the codec's."""
        if optimizer == "auto":
            optimizer = keras.optimizers.AdamW(LEARNING_RATE, global_clipnorm=1.0)
        loss = loss_of(self.codec) if loss is None else loss
        metrics = metrics_of(self.codec) if metrics is None else metrics
        super().compile(optimizer, loss, metrics=metrics, **options)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def make_train_function(self, force=False):
        if self.optimizer is not None and not self.optimizer.built:  # a step that makes variables is traced twice
            self.optimizer.build(self.trainable_variables)
        return super().make_train_function(force)

    def fit(
        self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None, validation_split=0.0,
        validation_data=None, shuffle=True, class_weight=None, sample_weight=None, **options,
    ):  # fmt: skip
        """Keras' `fit` on raw examples and their labels, or on what `rnn_zoo.batches` gives, which comes shuffled.

        A Task that was not compiled is compiled with `compile()`. Other arguments are those of Keras.

        Args:
            x: raw examples, as the preprocessor takes them; a `rnn_zoo.Stream` of them and their labels, or what
                `rnn_zoo.batches` takes for one; or a dataset, whose batches are the network's inputs and targets.
            y: labels of raw examples, as the codec takes them; None where x holds them.
            batch_size: examples a batch; None for 32.
            epochs: as in Keras.
            verbose: as in Keras.
            callbacks: as in Keras.
            validation_split: share of raw examples, the last ones, that are held out.
            validation_data: `(raw, labels)`, or what x may be.
            shuffle: raw examples come in a new order each epoch, drawn from NumPy's random state.
            class_weight: weights of classes by name or index; for one class an example only.
            sample_weight: a weight for each raw example.
            **options: `initial_epoch`, `steps_per_epoch` and the others of Keras' `fit`.

        Returns:
            Keras' `History`.

        Raises:
            ValueError: for raw examples without labels, class weights of a model that names many things an example,
                or weights of parts of an example.
        """
        if not self.compiled:
            self.compile()
        if is_fed(x):
            shuffle = False
        else:
            if validation_split and validation_data is None:
                if is_source(x):
                    raise ValueError(f"validation_split needs examples in memory: give validation_data. Received: {x=}")
                x, y, sample_weight, validation_data = _split(x, y, sample_weight, validation_split)
            x = self._batches(x, y, batch_size, shuffle, sample_weight)
            y = sample_weight = None
        size = options.get("validation_batch_size")
        if isinstance(validation_data, (tuple, list)) and not is_fed(validation_data[0]):
            validation_data = self._batches(*validation_data[:2], size or batch_size, False, *validation_data[2:])
        elif validation_data is not None and not is_fed(validation_data):
            validation_data = self._batches(validation_data, None, size or batch_size, False)
        if class_weight is not None:
            class_weight = self._class_weight(class_weight)
        with feeding(), forgetting_gradients():
            return super().fit(
                x, y, batch_size=None, epochs=epochs, verbose=verbose, callbacks=callbacks,
                validation_data=validation_data, shuffle=False, class_weight=class_weight, sample_weight=sample_weight,
                **options,
            )  # fmt: skip

    def evaluate(self, x=None, y=None, batch_size=None, verbose="auto", sample_weight=None, **options):
        """Keras' `evaluate` on raw examples and their labels, or on what `rnn_zoo.batches` gives."""
        if not is_fed(x):
            if not self.compiled:
                self.compile()
            x, y, sample_weight = self._batches(x, y, batch_size, False, sample_weight), None, None
        with feeding():
            return super().evaluate(x, y, batch_size=None, verbose=verbose, sample_weight=sample_weight, **options)

    def predict(self, x, batch_size=None, verbose="auto", **options):
        """Keras' `predict` on raw examples, or on what `rnn_zoo.batches` gives: the network's outputs.

        Sequences of raw examples are padded to one width, that of the longest.
        """
        if not is_fed(x):
            longest = max(map(len, self.preprocessor.encode(x)), default=1)
            x = batches(self, x, batch_size=batch_size or BATCH_SIZE, bucket_width=longest)
        return super().predict(x, batch_size=None, verbose=verbose, **options)

    def teacher_forced(self, inputs, targets):
        """What the network takes to be taught; models that write also take the tokens before their targets."""
        return inputs

    def prompts_of(self, raw):
        """The examples of a test split that `infer` shall answer: all of them, but for language models."""
        return raw

    def compute(self, inputs):
        """The network's outputs without training, an array, from what the preprocessor gives; compiled once."""
        return self._compute(inputs)

    def embed(self, raw, *, batch_size=64):
        """Vectors of raw examples: what the head of the network sees.

        Args:
            raw: a list of examples, as the preprocessor takes them; or a single one.
            batch_size: examples computed at once.

        Returns:
            `<float32>[examples, feature]`, in order, or `<float32>[feature]` for a single example; of a tagger a list
            of `<float32>[timesteps, feature]`, or one.

        Raises:
            ValueError: for input that is no list of examples, with the place in the message, or a network without a
                layer named "features".

        Example:
            >>> vectors = rnn_zoo.sentiment_lstm().embed(["A great film.", "Dull."])
            >>> len(vectors)
            2
        """
        if all(layer.name != "features" for layer in self.layers):
            raise ValueError(f'a Task that embeds must have a layer named "features". Received: {self.name}')
        is_single, extractor = self.preprocessor.is_single(raw), feature_extractor(self)
        encoded = self.preprocessor.encode([raw] if is_single else raw)
        vectors = [None] * len(encoded)
        for positions, features in outputs_of(encoded, computing(extractor), self.preprocessor, batch_size):
            for position, one in zip(positions, features, strict=True):
                vectors[position] = one if one.ndim == 1 else one[: len(encoded[position])]
        if is_single or len(extractor.output_shape) > 2:
            return vectors[0] if is_single else vectors
        return np.array(vectors, extractor.output.dtype).reshape(-1, extractor.output_shape[-1])

    def plot(self, raw, labels, answers, folder, title=""):
        """Plots that say how a test split went, by the codec, in a folder; the paths."""
        return self.codec.plot(raw, labels, answers, folder, title)

    def save(self, filepath, *, overwrite=True, include_optimizer=True, half_precision=False):
        """Write one `.keras` file: architecture, weights, vocabulary, class names and, if compiled, the optimizer.

        The file is written beside its place and renamed when it is complete, so an interruption leaves the old one.

        Args:
            filepath: where to; ends in `.keras`. Or `hf://<user>/<name>`, where Keras uploads it to the Hugging Face
                Hub as float32.
            overwrite: replace an existing file.
            include_optimizer: keep the optimizer's state, to go on training.
            half_precision: store weights with the eight significant bits of bfloat16, at about 0.4 of the size; they
                are float32 again when loaded. The optimizer's state keeps its precision.

        Raises:
            ValueError: for another ending, or for the file that this Task was loaded from.
            FileExistsError: if the file exists and overwrite is False.
        """
        if str(filepath).startswith(HUB):
            require("models of the Hugging Face Hub", "huggingface_hub")
            keras.saving.save_model(self if include_optimizer else copy_of(self), filepath)
            return
        path = Path(filepath)
        if path.suffix != ".keras":
            raise ValueError(f"filepath must end in .keras. Received: filepath={str(filepath)!r}")
        if path.resolve().parent == WEIGHTS_FOLDER.resolve() and self.loaded_from == path.resolve():
            raise ValueError(f"{path} is a weights file of the package: save the Task under another name.")
        if path.exists() and not overwrite:
            raise FileExistsError(f"{path} exists, and overwrite=False was given.")
        source = self if include_optimizer else copy_of(self)
        with replacing(path) as packed, tempfile.TemporaryDirectory() as scratch:
            plain = Path(scratch, "plain.keras")
            keras.saving.save_model(source, plain)
            repack(plain, packed, half_precision)

    def _batches(self, raw, labels, batch_size, shuffle, sample_weight=None):
        if labels is None and not is_source(raw):
            raise ValueError("y must be the labels of raw examples. Received: y=None")
        is_soft = isinstance(labels, np.ndarray) and labels.ndim == 2 and labels.shape[1] > 1
        if is_soft and isinstance(self.loss, keras.losses.SparseCategoricalCrossentropy):
            raise ValueError(
                "y must be one class an example, y.argmax(axis=1) of probabilities; rnn_zoo.training.train learns "
                f"these too. Received: y of shape {list(labels.shape)}"
            )
        seed = int(np.random.randint(2**31)) if shuffle else 0
        return batches(
            self, raw, labels, batch_size=BATCH_SIZE if batch_size is None else batch_size, shuffle=shuffle, seed=seed,
            sample_weight=sample_weight,
        )  # fmt: skip

    def _class_weight(self, class_weight):
        """Class weights by index, as Keras takes them."""
        names = getattr(self.codec, "class_names", ())
        if len(self.output_shape) != 2 or not names:
            raise ValueError(
                "class_weight weighs one class an example, and this model names more: give sample_weight, one number "
                f"an example. Received: {class_weight=!r:.60}"
            )
        indices = self.codec.encode(list(class_weight)).tolist()
        weights = dict(zip(indices, map(float, class_weight.values()), strict=True))
        if len(weights) < len(class_weight):
            raise ValueError(f"class_weight must name each class once. Received: {class_weight=!r:.60}")
        return weights

    def get_config(self):
        return {
            "network": keras.saving.serialize_keras_object(keras.Model(self.input, self.output, name=self.name)),
            "preprocessor": keras.saving.serialize_keras_object(self.preprocessor),
            "codec": keras.saving.serialize_keras_object(self.codec),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        network, preprocessor, codec = (
            keras.saving.deserialize_keras_object(config[key], custom_objects=custom_objects)
            for key in ("network", "preprocessor", "codec")
        )
        return cls(network.input, network.output, preprocessor=preprocessor, codec=codec, name=network.name)


def is_fed(x):
    """Whether something gives batches, and is no raw examples: a `tf.data.Dataset` and whatever else Keras iterates."""
    if hasattr(x, "element_spec"):
        return not holds_examples(x)
    return hasattr(x, "__next__") or isinstance(x, keras.utils.PyDataset) or type(x).__name__ == "DataLoader"


@contextlib.contextmanager
def feeding():
    """What is wrong with an example further on in a stream is a ValueError, without what TensorFlow says around it.

    Keras does not warn where a pass ends whose length it did not know.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Your input ran out of data")
        try:
            yield
        except Exception as error:
            said = re.search(r"\b(?:\w+Error): (.*?)\nTraceback \(most", getattr(error, "message", ""), re.DOTALL)
            if not said:
                raise
            raise ValueError(said[1]) from error


def _split(raw, labels, sample_weight, share):
    """The first raw examples to fit, and the last ones to validate on."""
    if not 0 < share < 1:
        raise ValueError(f"validation_split must be in [0, 1). Received: validation_split={share}")
    raw, labels = list(raw), labels if isinstance(labels, np.ndarray) else list(labels)
    first = len(raw) - int(share * len(raw))
    weights = () if sample_weight is None else (sample_weight[first:],)
    held_out = (raw[first:], labels[first:], *weights)
    return raw[:first], labels[:first], None if sample_weight is None else sample_weight[:first], held_out
