"""Task: a functional Keras model that knows how to read raw examples and how to say its answers."""

import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np

from rnn_zoo.files import replacing
from rnn_zoo.pipeline import length_buckets


@keras.saving.register_keras_serializable("rnn_zoo")
class Task(keras.Model):
    """A network with its Preprocessor and its Codec.

    `compile`, `fit`, `evaluate` and `predict` are Keras' own and take what `rnn_zoo.batches` yields; `infer` goes all
    the way from raw examples to answers. One `.keras` file holds everything.

    Args:
        inputs: a `keras.Input`, or a structure of them.
        outputs: the tensors computed from it: logits.
        preprocessor: turns raw examples into what `inputs` takes.
        codec: turns targets into numbers and `outputs` into answers.
        name: of the model.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> task.infer(["A great film, funny and moving."])[0]["label"]
        'positive'
    """

    def __init__(self, inputs, outputs, *, preprocessor, codec, name=None):
        super().__init__(inputs=inputs, outputs=outputs, name=name)
        self.preprocessor = preprocessor
        self.codec = codec
        self.loaded_from = None

    def compile(self, optimizer="adam", loss=None, *, metrics=None, **options):
        """Keras' `compile`, with the codec's loss and metrics where none are given."""
        loss = self.codec.loss() if loss is None else loss
        metrics = self.codec.metrics() if metrics is None else metrics
        super().compile(optimizer, loss, metrics=metrics, **options)

    def compile_from_config(self, config):
        """Compile as the saved Task was compiled."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def fit(self, x=None, y=None, *, shuffle=None, **options):
        """Keras' `fit`; a dataset from `rnn_zoo.batches` comes shuffled, so Keras is told not to."""
        return super().fit(x, y, shuffle=y is not None if shuffle is None else shuffle, **options)

    def teacher_forced(self, inputs, targets):
        """What the network takes to be taught; models that write also take the symbols before their targets."""
        return inputs

    def answer_metrics(self, raw, labels, answers=None):
        """How good the answers to examples are, by the codec's metrics.

        Args:
            raw: a list of examples, as the preprocessor takes them.
            labels: their targets as the codec takes them.
            answers: what `infer` answered, where that is known already.

        Returns:
            A dictionary from names of metrics to numbers.
        """
        return self.codec.measure(labels, self.infer(raw) if answers is None else answers)

    def prompts_of(self, raw):
        """The examples of a test part that `infer` shall answer: all of them, but for language models."""
        return raw

    def infer(self, raw, *, top_k=None, batch_size=64):
        """Answer raw examples.

        Args:
            raw: a list of examples, as the preprocessor takes them: strings for a text model.
            top_k: the k best answers to each example, as a list, instead of the best one.
            batch_size: examples computed at once.

        Returns:
            A list with one answer an example, in order: a class is `{"label": str, "score": float}`; the codec's
            `decode` says how others look.

        Raises:
            ValueError: for input that is no list of examples, with the place in the message, or illegal settings.
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be positive. Received: batch_size={batch_size}")
        return self._answers(raw, top_k, batch_size)

    def _answers(self, raw, top_k, batch_size):
        encoded = self.preprocessor.encode(raw)
        if not encoded:
            return []
        answers = [None] * len(encoded)
        for places, width in length_buckets(encoded, batch_size, self.preprocessor.bucket_width):
            examples = [encoded[place] for place in places]
            outputs = self.predict_on_batch(self.preprocessor.pad(examples, width))
            for place, answer in zip(places, self.codec.decode(outputs, examples, top_k=top_k), strict=True):
                answers[place] = answer
        return answers

    def plot(self, raw, labels, answers, folder, title=""):
        """Pictures that say how a test part went, as the codec draws them.

        Args:
            raw: examples.
            labels: their targets.
            answers: from `infer`.
            folder: where to write.
            title: above the pictures.

        Returns:
            The paths.
        """
        return self.codec.draw(raw, labels, answers, folder, title)

    def save(self, filepath, *, overwrite=True, include_optimizer=True, half_precision=False):
        """Write one `.keras` file: architecture, weights, vocabulary, class names and, if compiled, the optimizer.

        The file is written beside its place and renamed when it is complete, so an interruption leaves the old one.

        Args:
            filepath: where to; ends in `.keras`.
            overwrite: replace an existing file.
            include_optimizer: keep the optimizer's state, to go on training.
            half_precision: store weights as float16, half the size; they are float32 again when loaded. The optimizer's
                state keeps its precision.

        Raises:
            ValueError: for another ending, or for the file that this Task was loaded from.
            FileExistsError: if the file exists and overwrite is False.
        """
        path = Path(filepath)
        if path.suffix != ".keras":
            raise ValueError(f"filepath must end in .keras. Received: filepath={str(filepath)!r}")
        if self.loaded_from == path.resolve():
            raise ValueError(f"this Task came from {path}: save it under another name, so that the original stays.")
        if path.exists() and not overwrite:
            raise FileExistsError(f"{path} exists, and overwrite=False was given.")
        source = self if include_optimizer else copy_of(self)
        with replacing(path) as packed, tempfile.TemporaryDirectory() as scratch:
            plain = Path(scratch, "plain.keras")
            keras.saving.save_model(source, plain)
            _repack(plain, packed, half_precision)

    def get_config(self):
        """The network, the preprocessor and the codec, serialized."""
        return {
            "network": keras.saving.serialize_keras_object(keras.Model(self.input, self.output, name=self.name)),
            "preprocessor": keras.saving.serialize_keras_object(self.preprocessor),
            "codec": keras.saving.serialize_keras_object(self.codec),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Rebuild from `get_config()`."""
        network, preprocessor, codec = (
            keras.saving.deserialize_keras_object(config[key], custom_objects=custom_objects)
            for key in ("network", "preprocessor", "codec")
        )
        return cls(network.input, network.output, preprocessor=preprocessor, codec=codec, name=network.name)


def copy_of(task):
    """A Task of its own with the same weights; training one leaves the other as it is."""
    copy = type(task).from_config(task.get_config())
    copy.set_weights(task.get_weights())
    return copy


def feature_extractor(task):
    """The network up to what the head sees.

    Args:
        task: a Task whose network has a layer named "features", as all of the zoo have.

    Returns:
        A `keras.Model` that shares the Task's weights; `<float32>[batch, feature]`, or `[batch, timesteps, feature]`
        of a tagger.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> features = rnn_zoo.feature_extractor(task).predict(task.preprocessor(["A great film."]), verbose=0)
    """
    return keras.Model(task.input, task.get_layer("features").output, name=f"{task.name}_features")


def replace_head(task, class_names):
    """A new Task with the same body and a fresh head for other classes: the start of fine-tuning.

    Args:
        task: a trained Task; it stays as it is.
        class_names: the new classes, tags, or types of entities, of the same kind as the Task's own.

    Returns:
        A Task whose head is new and untrained. All weights are trainable.

    Example:
        >>> stars = rnn_zoo.replace_head(rnn_zoo.sentiment_lstm(), ["1", "2", "3", "4", "5"])
        >>> len(stars.infer(["Not bad at all."], top_k=5)[0])
        5
    """
    body = copy_of(task)
    for layer in body.layers:  # one by one: TensorFlow ignores setting True what is True, as the copy itself is
        layer.trainable = True
    codec = body.codec.renamed(class_names)
    lengths = next((layer.output for layer in body.layers if layer.name == "lengths"), None)
    outputs = codec.head(body.get_layer("features").output, lengths)
    return Task(body.input, outputs, preprocessor=body.preprocessor, codec=codec, name=body.name)


def _repack(plain, packed, half_precision):
    import h5py

    smallest = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", **smallest) as target:
        for name in source.namelist():
            data = source.read(name)
            if half_precision and name == "model.weights.h5":
                scratch = plain.with_suffix(".h5")
                scratch.write_bytes(data)
                with h5py.File(scratch, "r") as old, h5py.File(scratch.with_suffix(".half"), "w") as new:
                    _copy_in_half_precision(old, new)
                data = scratch.with_suffix(".half").read_bytes()
            target.writestr(name, data)


def _copy_in_half_precision(old, new):
    import h5py

    new.attrs.update(old.attrs)
    for name, item in old.items():
        if name == "optimizer":  # float16 would round the learning rate and Adam's small second moments to zero
            old.copy(item, new, name)
        elif isinstance(item, h5py.Group):
            _copy_in_half_precision(item, new.create_group(name))
        else:
            values = item[()]
            new[name] = values.astype("float16") if values.dtype == np.float32 else values
            new[name].attrs.update(item.attrs)
