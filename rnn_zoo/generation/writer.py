"""How a network writes: requests in batches, and the graph that answers them; needs no Keras."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_zoo.buckets import length_buckets
from rnn_zoo.codecs.codec import listed as listed_labels
from rnn_zoo.generation.engine import decode
from rnn_zoo.generation.settings import DEAD, draws_for
from rnn_zoo.generation.texts import Generation, gone_on, is_blank
from rnn_zoo.preprocessors.base import warn_of_unknown

GRAPHS_KEPT = 8
"""Compiled graphs that are kept: those used last."""
WIDTH_STEP = 10
"""Tokens are written into tensors as wide as the next multiple of this."""


class Network(NamedTuple):
    """What writes for a model: the layers of a `GenerativeTask`, or the graphs of an exported file.

    Attributes:
        ops: of its arrays: `keras.ops`, or `rnn_zoo.generation.numpy_ops`.
        compiled: from a function of a dictionary of arrays to one that does the same.
        encoder: from a dictionary of inputs to the context, a dictionary; None if nothing is read.
        input_names: of the encoder.
        decoder: with `start`, `prepare`, `step`, `read` and `state_sizes` of `rnn_zoo.layers.RecurrentDecoder`.
        normalize: from what its steps give to log-probabilities.
        compute: from the inputs of a model that is taught to its logits, arrays.
        bucket_width: batches are padded to a multiple of it, in timesteps.
        map: as Python's own, over batches; those of an exported file share the processors.
    """

    ops: object
    compiled: Callable
    encoder: Callable | None
    input_names: list
    decoder: object
    normalize: Callable
    compute: Callable
    bucket_width: int
    map: Callable = map

    def graphs(self, function):
        """From settings to a function of these and of tensors, compiled; those used last are kept."""
        return functools.lru_cache(GRAPHS_KEPT)(lambda *settings: self.compiled(functools.partial(function, *settings)))

    def read(self, previous_ids, states):
        """As the decoder does; sizes of states are set, which a traced graph does not know."""
        sized = [
            [self.ops.reshape(one, (-1, size)) for one, size in zip(some, sizes, strict=True)]
            for some, sizes in zip(states, self.decoder.state_sizes, strict=True)
        ]
        return self.decoder.read(previous_ids, sized)


class Request(NamedTuple):
    """What is asked for about one example."""

    position: int  # among the raw examples; it fixes the random numbers
    source: object  # encoded; None for a blank text
    prefix: np.ndarray  # <int32>[tokens]
    given: object  # the prefix as it was given; None without


class Writer:
    """Writes with the network of a `Writing`."""

    def __init__(self, model, network):
        self.model, self.network = model, network
        self._graph = network.graphs(self._hypotheses)

    def write(self, raw, prefix, decoding, with_attention, batch_size):
        """A list of `Generation` for each raw example; arguments are those of `Writing.generate`."""
        return self.answers(self._requests(raw, prefix), decoding, with_attention, batch_size)

    def answers(self, requests, decoding, with_attention, batch_size):
        """A list of `Generation` for each `Request`."""
        found = [[Generation(one.given or "", 0.0, 0.0, one.prefix, None)] for one in requests]
        requests = [one for one in requests if one.source is not None]
        groups = length_buckets([one.source for one in requests], batch_size, self.network.bucket_width)

        def run(group):
            asked = [requests[index] for index in group[0]]
            return asked, self._run(asked, group[1], decoding, with_attention)

        for asked, hypotheses in self.network.map(run, groups):
            for request, *row in zip(asked, *hypotheses, strict=True):
                found[request.position] = self._generations(request, row, with_attention)
        return found

    def _requests(self, raw, prefix):
        model = self.model
        raw = model.preprocessor.listed(raw)
        given = (None if model.has_encoder else raw) if prefix is None else listed_labels(prefix)
        prefixes = None if given is None else model.codec.prefix(given)
        sources = self._sources(raw) if model.has_encoder else prefixes
        if given is None:
            nothing = np.zeros((0, *model.codec.token_shape), model.codec.dtype)
            given, prefixes = [None] * len(sources), [nothing] * len(sources)
        if len(prefixes) != len(sources):
            raise ValueError(f"prefix must have one entry an example. Received: {len(prefixes)} and {len(sources)}")
        if not model.has_encoder:
            warn_of_unknown(given, prefixes, model.preprocessor)
        return [Request(position, *one) for position, one in enumerate(zip(sources, prefixes, given, strict=True))]

    def _sources(self, raw):
        """Examples as the encoder reads them; None for a blank text."""
        preprocessor = self.model.preprocessor
        is_text = hasattr(type(preprocessor), "join")
        # A text in place of a blank one, which some refuse: errors give the positions of all others.
        read = [preprocessor.tokens[-1] if is_blank(one) else one for one in raw] if is_text else raw
        encoded = preprocessor.encode(read)
        warn_of_unknown(raw, encoded, preprocessor)
        return [None if is_text and is_blank(one) else ids for one, ids in zip(raw, encoded, strict=True)]

    def _run(self, requests, timesteps, decoding, with_attention):
        """Hypotheses about one batch, as NumPy arrays."""
        model, codec = self.model, self.model.codec
        lengths = np.array([len(one.prefix) for one in requests], "int32")
        limits = lengths + [decoding.max_length or codec.limit(len(one.source)) for one in requests]
        total = -(-(int(limits.max()) + 1) // WIDTH_STEP) * WIDTH_STEP
        prompt = np.zeros((len(requests), total, *codec.token_shape), codec.dtype)
        prompt[:, 0] = codec.start_id
        for row, one in zip(prompt, requests, strict=True):
            row[1 : 1 + len(one.prefix)] = one.prefix
        graph, numbers = decoding.graph_and_numbers()
        arrays = {"prompt": prompt, "limits": limits.astype("int32"), "prefixes": lengths, "numbers": numbers}
        if model.has_encoder:
            arrays["source"] = model.named(model.preprocessor.pad([one.source for one in requests], timesteps))
        if decoding.method == "sample":
            count = (total - 1) * codec.draws_a_token
            arrays["draws"] = draws_for([one.position for one in requests], decoding, count)
        attends = model.has_attention and (with_attention or decoding.coverage_penalty > 0)
        return self._graph(graph, attends)(arrays)

    def _hypotheses(self, graph, attends, tensors):
        """The graph: encode once, then one step after the other."""
        ops, codec, decoder = self.network.ops, self.model.codec, self.network.decoder
        decoding = graph._replace(**tensors["numbers"])
        context = self.network.encoder(tensors["source"]) if self.network.encoder else None
        states = decoder.start(context, ops.shape(tensors["prompt"])[0])
        by_row = decoder.prepare(context) if context else None
        if context and "summary" in context:
            by_row = {**by_row, "summary": ops.repeat(context["summary"], decoding.width, axis=0)}

        def next(tokens, cache, index):
            logits, *others = decoder.step(ops.take(tokens, index - 1, axis=1), cache, by_row)
            return self.network.normalize(logits), *others

        return decode(
            ops, next, tensors["prompt"], states, decoding, end_id=codec.end_id, limits=tensors["limits"],
            prompt_lengths=tensors["prefixes"], banned=ops.convert_to_tensor(codec.banned),
            draws=tensors.get("draws"), source_mask=context["mask"] if attends else None,
        )  # fmt: skip

    def _generations(self, request, row, with_attention):
        codec, found = self.model.codec, []
        steps = -(-len(request.source) // codec.stride)
        for tokens, length, total, penalized, attention in zip(*row, strict=True):
            if total > DEAD:
                tokens = tokens[:length]
                if isinstance(request.given, str):
                    answer = gone_on(request.given, tokens, len(request.prefix), codec.answer)
                else:
                    answer = codec.answer(tokens)
                weights = attention[:length, :steps] if with_attention else None
                found.append(Generation(answer, float(total), float(penalized), tokens, weights))
        return found
