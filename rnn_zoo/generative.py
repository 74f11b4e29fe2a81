"""GenerativeTask: a Task that writes its answer symbol by symbol."""

import itertools
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from rnn_zoo import plots
from rnn_zoo.compiled import compiled
from rnn_zoo.decoding import Decoding, draws_for
from rnn_zoo.generation import DEAD, decode
from rnn_zoo.layers.scheduled_sampling import GrowingShare
from rnn_zoo.pipeline import length_buckets
from rnn_zoo.task import Task

LOGITS_AT_ONCE = 2**24
LONGEST_WINDOW = 256
ALIGNMENTS = 3
"""Examples whose attention is drawn after training."""


class Generation(NamedTuple):
    """One thing that was written.

    Attributes:
        answer: as the codec says it: a string for text.
        score: what hypotheses were compared by: the log-probability with length and coverage penalties.
        log_probability: of the symbols that were chosen, in nats.
        symbols: `<int32>[symbols]`, a forced prefix and the end among them.
        attention: `<float32>[symbols, source timesteps]` if it was asked for, else None.
    """

    answer: object
    score: float
    log_probability: float
    symbols: np.ndarray
    attention: np.ndarray | None


def encoder_decoder(encoder, decoder, *, preprocessor, codec, name):
    """A Task that reads something and writes about it.

    Args:
        encoder: a model named "encoder" that takes a dictionary; its outputs are the decoder's context.
        decoder: a `rnn_zoo.layers.RecurrentDecoder`.
        preprocessor: turns raw examples into the encoder's inputs.
        codec: `rnn_zoo.Sequences`, or a codec like it.
        name: of the model.

    Returns:
        A `GenerativeTask`.
    """
    previous_ids = keras.Input((None,), dtype="int32", name="previous_ids")
    read = dict(encoder.input)
    logits = decoder(previous_ids, encoder(read))
    return GenerativeTask(
        {**read, "previous_ids": previous_ids}, logits, preprocessor=preprocessor, codec=codec, name=name
    )


@keras.saving.register_keras_serializable("rnn_zoo")
class GenerativeTask(Task):
    """A Task whose network is a decoder, fed by an encoder if it reads something first.

    The network has a layer named "decoder", a `rnn_zoo.layers.RecurrentDecoder`, and, unless it is a language model, a
    model named "encoder" whose outputs are the decoder's context. It is taught with the true symbols before each
    target, in its input "previous_ids", which `rnn_zoo.batches` adds; `generate` writes with the decoder's steps, in
    one compiled loop.

    Args:
        inputs: a dictionary of `keras.Input`, the encoder's and "previous_ids".
        outputs: logits `<float32>[batch, symbols, vocabulary_size]`.
        preprocessor: turns raw examples into the encoder's inputs; without encoder raw examples are what is gone on
            from, and the codec reads them.
        codec: `rnn_zoo.Sequences`, or a codec like it.
        name: of the model.
    """

    def __init__(self, inputs, outputs, *, preprocessor, codec, name=None):
        super().__init__(inputs, outputs, preprocessor=preprocessor, codec=codec, name=name)
        self._writers = {}

    @property
    def has_encoder(self):
        """Whether something is read before writing begins."""
        return any(layer.name == "encoder" for layer in self.layers)

    def teacher_forced(self, inputs, targets):
        """What the network takes to be taught.

        Args:
            inputs: what the preprocessor gives.
            targets: `<int32>[batch, symbols]`, padded with 0.

        Returns:
            A dictionary of arrays, "previous_ids" among them.
        """
        previous = {"previous_ids": self.codec.previous(targets)}
        if not self.has_encoder:
            return previous
        return {**self._named(inputs), **previous}

    def fit(self, x=None, y=None, *, epochs=1, callbacks=None, **options):
        """As every Task's; the share of scheduled sampling grows from 0 in the first epoch to all of it in the last."""
        sampling = getattr(self.get_layer("decoder"), "sampling", None)
        if sampling is not None:
            callbacks = [GrowingShare(sampling, epochs), *keras.tree.flatten(callbacks or [])]
        return super().fit(x, y, epochs=epochs, callbacks=callbacks, **options)

    def infer(self, raw, *, top_k=None, batch_size=64):
        """Answer raw examples with the decoding settings that the Task came with.

        Args:
            raw: a list of examples, as the preprocessor takes them.
            top_k: the k best answers with their log-probabilities, as a list, instead of the best one.
            batch_size: examples computed at once.

        Returns:
            A list with one answer an example, in order: a string for text.

        Raises:
            ValueError: for input that is no list of examples, with the place in the message, or illegal settings.
        """
        options = {}
        if top_k is not None:
            settings = self.codec.decoding
            method = "beam" if settings.method == "greedy" else settings.method
            options = {"num_results": top_k, "num_beams": max(settings.num_beams, top_k), "method": method}
        found = self.generate(raw, batch_size=batch_size, **options)
        if top_k is None:
            return [results[0].answer for results in found]
        return [
            [{**self.codec.to_json(one.answer), "log_probability": one.log_probability} for one in results]
            for results in found
        ]

    def generate(self, raw, *, prefix=None, with_attention=False, batch_size=64, **options):
        """Write, with the decoding settings of one's choice.

        Args:
            raw: a list of examples, as the preprocessor takes them; for a language model what is to be gone on from.
            prefix: what each answer must begin with, as labels are written; None for nothing.
            with_attention: also return the attention weights, of a model that has attention.
            batch_size: examples computed at once.
            **options: settings of `rnn_zoo.decoding.Decoding`, such as `method`, `num_beams`, `num_results`,
                `temperature`, `max_length`, `seed`; those not given are the Task's own, `task.codec.decoding`.

        Returns:
            A list with a list of `Generation` for each example, the best one first.

        Raises:
            ValueError: for illegal settings, or what preprocessor and codec refuse.
            TypeError: for a setting that there is not.
        """
        decoding = self._decoding(options)
        if batch_size < 1:
            raise ValueError(f"batch_size must be positive. Received: batch_size={batch_size}")
        raw = list(raw) if not isinstance(raw, (str, bytes)) and hasattr(raw, "__iter__") else raw
        if not self.has_encoder and prefix is None:
            prefix = raw
        prefixes = None if prefix is None else self.codec.prefix(prefix)
        encoded = self.preprocessor.encode(raw) if self.has_encoder else prefixes
        if prefixes is not None and len(prefixes) != len(encoded):
            raise ValueError(f"prefix must have one entry an example. Received: {len(prefixes)} and {len(encoded)}")
        if with_attention and self.get_layer("decoder").attention is None:
            raise ValueError("with_attention=True needs a model with attention. Received: one without")
        found = [None] * len(encoded)
        width = self.preprocessor.bucket_width
        for places, timesteps in length_buckets(encoded, batch_size, width) if encoded else ():
            examples = [encoded[place] for place in places]
            begun = [prefixes[place] for place in places] if prefixes else [np.zeros(0, "int32")] * len(places)
            hypotheses = self._write(examples, begun, timesteps, places, decoding, with_attention)
            for row, place in enumerate(places):
                timesteps_seen = -(-len(examples[row]) // self.codec.stride)
                found[place] = self._generations(hypotheses, row, timesteps_seen, with_attention)
        return found

    def log_likelihood(self, raw, labels=None, *, batch_size=64, carried=False):
        """How probable the network finds what is written.

        Texts of a language model may be of any length: they are read window by window.

        Args:
            raw: a list of examples, as `infer` takes them; for a language model the texts themselves.
            labels: the answers to score; None for a language model, whose texts are raw.
            batch_size: examples computed at once.
            carried: read the texts of a language model as one, each with what is remembered of those before.

        Returns:
            A list of `(float, int)`: the sum of the natural-log probabilities of an example's symbols, the end among
            them, and their number; for music the number of frames.

        Raises:
            ValueError: for what preprocessor and codec refuse, missing labels, or `carried` with an encoder.
        """
        if self.has_encoder and (labels is None or carried):
            wanted = "labels must be the answers to score" if labels is None else "carried must be False"
            raise ValueError(f"{wanted} of a model with an encoder. Received: {labels=!r:.40}, carried={carried}")
        targets = self.codec.encode(raw if labels is None else labels)
        if carried and targets:
            (together,) = self._text_scores([np.concatenate(targets)])
            scores = np.split(together, np.cumsum([len(one) for one in targets])[:-1])
        else:
            scores = self._scores(raw, targets, batch_size)
        return [(float(one.sum()), self.codec.count(ids)) for one, ids in zip(scores, targets, strict=True)]

    def measure(self, raw, labels, answers=None):
        """As every Task's, or from log-likelihoods where the codec measures these; texts are read as one."""
        if not hasattr(self.codec, "compute_likelihood_metrics"):
            return super().measure(raw, labels, answers)
        return self.codec.compute_likelihood_metrics(self.log_likelihood(raw, labels, carried=not self.has_encoder))

    def to_show(self, raw):
        """Examples that `infer` shall answer; of texts that are only read, beginnings to go on from."""
        return self.codec.beginnings(raw) if hasattr(self.codec, "beginnings") else raw

    def draw(self, raw, labels, answers, folder, title=""):
        """As every Task's; of a model with attention, also where it looked when it wrote about the first examples."""
        paths = list(super().draw(raw, labels, answers, folder, title))
        decoder = next((layer for layer in self.layers if layer.name == "decoder"), None)
        if self.has_encoder and getattr(decoder, "attention", None) is not None:
            shown = raw[:ALIGNMENTS]
            found = [results[0] for results in self.generate(shown, with_attention=True)]
            names = getattr(self.preprocessor, "symbols", None)  # a photograph's places have none
            source = names and [[names[one] for one in ids] for ids in self.preprocessor.encode(shown)]
            written = [[self.codec.symbols[one] for one in result.symbols] for result in found]
            weights = [result.attention for result in found]
            paths.append(plots.attention(weights, source, written, Path(folder) / "attention.png", title))
        return paths

    def _decoding(self, options):
        unknown = sorted(set(options) - set(Decoding._fields))
        if unknown:
            raise TypeError(f"decoding settings must be among {list(Decoding._fields)}. Received: {', '.join(unknown)}")
        return self.codec.decoding._replace(**options).checked(self.codec.num_symbols)

    def _named(self, inputs):
        """Encoder inputs as a dictionary."""
        names = [name for name in self.input if name != "previous_ids"]
        return inputs if isinstance(inputs, dict) else {names[0]: inputs}

    def _scores(self, raw, targets, batch_size):
        """Log-probabilities of the symbols of each example's target, `<float64>[symbols]` each."""
        encoded = self.preprocessor.encode(raw) if self.has_encoder else targets
        if len(targets) != len(encoded):
            raise ValueError(f"raw and labels must be of one length. Received: {len(encoded)} and {len(targets)}")
        found = [None] * len(encoded)
        sizes, width = [len(one) for one in targets], self.preprocessor.bucket_width
        for places, timesteps in length_buckets(encoded, batch_size, width, target_widths=sizes) if encoded else ():
            chosen = [targets[place] for place in places]
            if self.has_encoder:
                padded = self.codec.pad(chosen)
                inputs = self.preprocessor.pad([encoded[place] for place in places], timesteps)
                logits = ops.convert_to_tensor(self.predict_on_batch(self.teacher_forced(inputs, padded)))
                losses = ops.convert_to_numpy(ops.sparse_categorical_crossentropy(padded, logits, from_logits=True))
                scores = [-row[: len(one)].astype("float64") for row, one in zip(losses, chosen, strict=True)]
            else:
                scores = self._text_scores(chosen)
            for place, one in zip(places, scores, strict=True):
                found[place] = one
        return found

    def _text_scores(self, targets):
        """Log-probabilities of the symbols of texts, window by window; what is remembered is carried along."""
        padded = self.codec.pad(targets)
        previous = self.codec.previous(padded)
        window = int(np.clip(LOGITS_AT_ONCE // (len(padded) * self.codec.num_symbols), 1, LONGEST_WINDOW))
        states = keras.tree.flatten(self.get_layer("decoder").start(None, len(padded)))
        if "reader" not in self._writers:
            self._writers["reader"] = compiled(self, self._read)
        scores = []
        for first in range(0, padded.shape[1], window):
            tensors = {
                "targets": padded[:, first : first + window],
                "previous_ids": previous[:, first : first + window],
            }
            tensors |= {f"state_{index}": state for index, state in enumerate(states)}
            found, *states = self._writers["reader"](keras.tree.map_structure(ops.convert_to_tensor, tensors))
            scores.append(ops.convert_to_numpy(found).astype("float64"))
        scores = np.concatenate(scores, axis=1)
        return [row[: len(one)] for row, one in zip(scores, targets, strict=True)]

    def _read(self, tensors):
        """The graph of a window: log-probabilities of its targets, then all states at its end."""
        decoder = self.get_layer("decoder")
        states = decoder.start(None, ops.shape(tensors["targets"])[0])
        given = (ops.reshape(tensors[f"state_{index}"], (-1, decoder.units)) for index in itertools.count())
        states = keras.tree.map_structure(lambda _: next(given), states)
        logits, states = decoder.read(tensors["previous_ids"], states)
        losses = ops.sparse_categorical_crossentropy(tensors["targets"], logits, from_logits=True)
        return [-losses, *keras.tree.flatten(states)]

    def _write(self, examples, begun, timesteps, places, decoding, with_attention):
        """Hypotheses for one batch, as NumPy arrays."""
        longest = decoding.max_length
        limits = np.array([len(one) for one in begun], "int32") + np.array(
            [longest or self.codec.limit(len(one)) for one in examples], "int32"
        )
        total = -(-(int(limits.max()) + 1) // 10) * 10  # few widths, so that few are compiled
        prompt = np.zeros((len(examples), total), "int32")
        prompt[:, 0] = self.codec.start_id
        for row, ids in zip(prompt, begun, strict=True):
            row[1 : 1 + len(ids)] = ids
        tensors = {"prompt": prompt, "limits": limits, "prefixes": np.array([len(one) for one in begun], "int32")}
        if self.has_encoder:
            tensors["source"] = self._named(self.preprocessor.pad(examples, timesteps))
        if decoding.method == "sample":
            tensors["draws"] = draws_for(places, decoding, total - 1)
        looks = with_attention or decoding.coverage_penalty > 0
        settings = decoding._replace(seed=0, max_length=None)  # neither is part of the graph
        if (settings, looks) not in self._writers:
            self._writers[settings, looks] = compiled(self, lambda one: self._hypotheses(one, settings, looks))
        tensors = keras.tree.map_structure(ops.convert_to_tensor, tensors)
        hypotheses = self._writers[settings, looks](tensors)
        return type(hypotheses)(*map(ops.convert_to_numpy, hypotheses))

    def _hypotheses(self, tensors, decoding, looks):
        """The graph: encode once, then one step after the other."""
        decoder = self.get_layer("decoder")
        context = self.get_layer("encoder")(tensors["source"], training=False) if self.has_encoder else None
        states = decoder.start(context, ops.shape(tensors["prompt"])[0])
        by_row = decoder.prepare(context) if context else None
        if context and "summary" in context:
            by_row = {**by_row, "summary": ops.repeat(context["summary"], decoding.width, axis=0)}

        def next(symbols, cache, index):
            return decoder.step(ops.take(symbols, index - 1, axis=1), cache, by_row)

        return decode(
            next, tensors["prompt"], states, decoding, end_id=self.codec.end_id, limits=tensors["limits"],
            prompt_lengths=tensors["prefixes"], banned=ops.convert_to_tensor(self.codec.banned),
            draws=tensors.get("draws"), source_mask=context["mask"] if looks and decoder.attention else None,
        )  # fmt: skip

    def _generations(self, hypotheses, row, source, with_attention):
        found = []
        for symbols, length, total, score, attention in zip(*(one[row] for one in hypotheses), strict=True):
            if total > DEAD:
                weights = attention[:length, :source] if with_attention else None
                answer = self.codec.answer(symbols[:length])
                found.append(Generation(answer, float(score), float(total), symbols[:length], weights))
        return found
