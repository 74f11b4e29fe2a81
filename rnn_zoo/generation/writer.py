"""How the network of a GenerativeTask writes: requests in batches, and the graph that answers them."""

import functools
from typing import NamedTuple

import numpy as np
from keras import ops

from rnn_zoo.buckets import length_buckets
from rnn_zoo.codecs.codec import listed as listed_labels
from rnn_zoo.generation.compiling import compiled
from rnn_zoo.generation.engine import decode
from rnn_zoo.generation.settings import DEAD, draws_for
from rnn_zoo.generation.texts import Generation, gone_on, is_blank
from rnn_zoo.pipeline import bucket_width_of
from rnn_zoo.preprocessors.base import warn_of_unknown

GRAPHS_KEPT = 8
"""Compiled graphs that are kept: those used last."""
WIDTH_STEP = 10
"""Tokens are written into tensors as wide as the next multiple of this."""


class Request(NamedTuple):
    """What is asked for about one example."""

    position: int  # among the raw examples; it fixes the random numbers
    source: object  # encoded; None for a blank text
    prefix: np.ndarray  # <int32>[tokens]
    given: object  # the prefix as it was given; None without


class Writer:
    """Writes with the network of a `GenerativeTask`, and keeps the graphs that it compiled last."""

    def __init__(self, task):
        self.task = task
        self._graph = functools.lru_cache(GRAPHS_KEPT)(
            lambda *graph: compiled(task, functools.partial(self._hypotheses, *graph))
        )

    def write(self, raw, prefix, decoding, with_attention, batch_size):
        """A list of `Generation` for each raw example; arguments are those of `GenerativeTask.generate`."""
        requests = self._requests(raw, prefix)
        found = [[Generation(one.given or "", 0.0, 0.0, one.prefix, None)] for one in requests]
        requests = [one for one in requests if one.source is not None]
        width = bucket_width_of(self.task.preprocessor)
        for positions, timesteps in length_buckets([one.source for one in requests], batch_size, width):
            group = [requests[index] for index in positions]
            hypotheses = self._run(group, timesteps, decoding, with_attention)
            for request, *row in zip(group, *hypotheses, strict=True):
                found[request.position] = self._generations(request, row, with_attention)
        return found

    def _requests(self, raw, prefix):
        task = self.task
        raw = task.preprocessor.listed(raw)
        given = (None if task.has_encoder else raw) if prefix is None else listed_labels(prefix)
        prefixes = None if given is None else task.codec.prefix(given)
        sources = self._sources(raw) if task.has_encoder else prefixes
        if given is None:
            given, prefixes = [None] * len(sources), [np.zeros(0, "int32")] * len(sources)
        if len(prefixes) != len(sources):
            raise ValueError(f"prefix must have one entry an example. Received: {len(prefixes)} and {len(sources)}")
        if not task.has_encoder:
            warn_of_unknown(given, prefixes, task.preprocessor)
        return [Request(position, *one) for position, one in enumerate(zip(sources, prefixes, given, strict=True))]

    def _sources(self, raw):
        """Examples as the encoder reads them; None for a blank text."""
        preprocessor = self.task.preprocessor
        if not hasattr(type(preprocessor), "join"):  # no text
            return preprocessor.encode(raw)
        # A text in place of a blank one, which some refuse: errors give the positions of all others.
        encoded = preprocessor.encode([preprocessor.tokens[-1] if is_blank(one) else one for one in raw])
        warn_of_unknown(raw, encoded, preprocessor)
        return [None if is_blank(one) else ids for one, ids in zip(raw, encoded, strict=True)]

    def _run(self, requests, timesteps, decoding, with_attention):
        """Hypotheses about one batch, as NumPy arrays."""
        task, codec = self.task, self.task.codec
        lengths = np.array([len(one.prefix) for one in requests], "int32")
        limits = lengths + [decoding.max_length or codec.limit(len(one.source)) for one in requests]
        total = -(-(int(limits.max()) + 1) // WIDTH_STEP) * WIDTH_STEP
        prompt = np.zeros((len(requests), total), "int32")
        prompt[:, 0] = codec.start_id
        for row, one in zip(prompt, requests, strict=True):
            row[1 : 1 + len(one.prefix)] = one.prefix
        graph, numbers = decoding.graph_and_numbers()
        arrays = {"prompt": prompt, "limits": limits.astype("int32"), "prefixes": lengths, "numbers": numbers}
        if task.has_encoder:
            arrays["source"] = task.named(task.preprocessor.pad([one.source for one in requests], timesteps))
        if decoding.method == "sample":
            arrays["draws"] = draws_for([one.position for one in requests], decoding, total - 1)
        attends = task.has_attention and (with_attention or decoding.coverage_penalty > 0)
        return self._graph(graph, attends)(arrays)

    def _hypotheses(self, graph, attends, tensors):
        """The graph: encode once, then one step after the other."""
        task, decoding = self.task, graph._replace(**tensors["numbers"])
        decoder = task.get_layer("decoder")
        context = task.get_layer("encoder")(tensors["source"], training=False) if task.has_encoder else None
        states = decoder.start(context, ops.shape(tensors["prompt"])[0])
        by_row = decoder.prepare(context) if context else None
        if context and "summary" in context:
            by_row = {**by_row, "summary": ops.repeat(context["summary"], decoding.width, axis=0)}

        def next(tokens, cache, index):
            return decoder.step(ops.take(tokens, index - 1, axis=1), cache, by_row)

        return decode(
            next, tensors["prompt"], states, decoding, end_id=task.codec.end_id, limits=tensors["limits"],
            prompt_lengths=tensors["prefixes"], banned=ops.convert_to_tensor(task.codec.banned),
            draws=tensors.get("draws"), source_mask=context["mask"] if attends else None,
        )  # fmt: skip

    def _generations(self, request, row, with_attention):
        codec, found = self.task.codec, []
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
