"""GenerativeTask: a Task that writes its answer token by token."""

import functools
from pathlib import Path

import keras
import numpy as np

from rnn_zoo.generation.drawing import Drawing
from rnn_zoo.generation.texts import is_blank
from rnn_zoo.generation.writer import Network, Request
from rnn_zoo.generation.writing import Writing
from rnn_zoo.graphs import compiled
from rnn_zoo.layers.scheduled_sampling import GrowingShare
from rnn_zoo.pipeline import bucket_width_of
from rnn_zoo.task import Task

ALIGNMENTS = 3
"""Examples whose attention is plotted after training."""


def encoder_decoder(encoder, decoder, *, codec, kind=None, **settings):
    """A `GenerativeTask` of an encoder, which takes a dictionary and gives the context, and a `RecurrentDecoder`."""
    kind, read = kind or GenerativeTask, dict(encoder.input)
    previous = keras.Input((None, *codec.token_shape), dtype=codec.dtype, name=kind.previous_name)
    return kind({**read, previous.name: previous}, decoder(previous, encoder(read)), codec=codec, **settings)


@keras.saving.register_keras_serializable("rnn_zoo")
class GenerativeTask(Writing, Task):
    """A Task whose network is a decoder, fed by an encoder if it reads something first.

    The network has a layer named "decoder", a `rnn_zoo.layers.RecurrentDecoder`, and, unless it is a language model, a
    model named "encoder" whose outputs are the decoder's context. It is taught with the true tokens before each
    target, in its input "previous_ids", which `rnn_zoo.batches` adds; `generate` writes with the decoder's steps, in
    one compiled loop. `infer` uses the decoding settings that the Task came with.

    Args:
        inputs: a dictionary of `keras.Input`, the encoder's and "previous_ids".
        outputs: logits `<float32>[batch, tokens, vocabulary_size]`.
        preprocessor: turns raw examples into the encoder's inputs; without encoder raw examples are what is gone on
            from, and the codec reads them.
        codec: `rnn_zoo.Sequences`, or a codec like it.
        name: of the model.
        splits_sentences: `infer` answers texts sentence by sentence, as a model must that has learned from single ones.
    """

    def __init__(self, inputs, outputs, *, preprocessor, codec, name=None, splits_sentences=False):
        super().__init__(inputs, outputs, preprocessor=preprocessor, codec=codec, name=name)
        encoder = next((layer for layer in self.layers if layer.name == "encoder"), None)
        network = Network(
            keras.ops, functools.partial(compiled, self), encoder and functools.partial(encoder, training=False),
            [name for name in inputs if name != self.previous_name], self.get_layer("decoder"), keras.ops.log_softmax,
            self.compute, bucket_width_of(preprocessor),
        )  # fmt: skip
        self._write_with(network, splits_sentences)

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None, **options):
        """As every Task's; the share of scheduled sampling grows from 0 in the first epoch to all of it in the last."""
        sampling = self.get_layer("decoder").sampling
        if sampling is not None:
            callbacks = [GrowingShare(sampling, epochs), *keras.tree.flatten(callbacks or [])]
        return super().fit(x, y, batch_size=batch_size, epochs=epochs, verbose=verbose, callbacks=callbacks, **options)

    def drawn_answers(self, encoded, num_answers, *, seed, batch_size):
        """Answers drawn as the network finds them probable: a list of so many `Generation` for each encoded example."""
        decoding = self.codec.decoding._replace(
            method="sample", num_results=num_answers, temperature=1.0, top_k=None, top_p=1.0, seed=seed
        )
        nothing = np.zeros((0, *self.codec.token_shape), self.codec.dtype)
        requests = [Request(position, source, nothing, None) for position, source in enumerate(encoded)]
        return self._writer.answers(requests, decoding, False, batch_size)

    def prompts_of(self, raw):
        return self.codec.beginnings(raw) if hasattr(self.codec, "beginnings") else raw

    def plot(self, raw, labels, answers, folder, title=""):
        """As every Task's; of a model with attention, also what it attended to when it wrote about the first ones."""
        paths = list(super().plot(raw, labels, answers, folder, title))
        if self.has_encoder and self.has_attention:
            from rnn_zoo import plots

            first = [one for one in raw if not is_blank(one)][:ALIGNMENTS]
            source, written, weights = zip(*self.attended(first), strict=True)
            source = None if source[0] is None else source  # of a photograph's positions
            paths.append(plots.attention(weights, source, written, Path(folder) / "attention.png", title))
        return paths

    def get_config(self):
        return {**super().get_config(), "splits_sentences": self.splits_sentences}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        task = super().from_config(config, custom_objects)
        task.splits_sentences = config.get("splits_sentences", False)
        return task


@keras.saving.register_keras_serializable("rnn_zoo")
class DrawingTask(Drawing, GenerativeTask):
    """A `GenerativeTask` whose decoder is a `PenDecoder` over points, and whose codec is `rnn_zoo.Drawings`."""
