"""Texts of language models while they are written, piece by piece; needs no Keras."""

import os
import time

import numpy as np

from rnn_zoo.generation.engine import mapped, next_token
from rnn_zoo.generation.settings import draws_for
from rnn_zoo.generation.texts import gone_on


class LiveWriter:
    """Writes with the network of a language model."""

    def __init__(self, codec, network):
        self.codec, self.network = codec, network
        self._graph = network.graphs(self._next)

    def write(self, raw, prefix, decoding, stop, max_seconds):
        """Yield pieces; arguments are those of `Writing.stream`, the prefix as ids."""
        shown, before = "", raw
        longest = max(map(len, stop), default=1)
        for text in self._texts(raw, prefix, decoding, max_seconds):
            ends = [place for one in stop if (place := text.find(one, len(raw))) >= 0]
            if ends:
                before = text[: min(ends)]
                break
            # A token may still change the one before it, and a stop string may have begun.
            settled = os.path.commonprefix([before, text])
            settled = settled[: max(len(raw), min(len(settled), len(text) - longest + 1))]
            if settled.startswith(shown) and settled != shown:
                yield settled[len(shown) :]
                shown = settled
            before = text
        if rest := before[len(shown) :]:
            yield rest

    def _texts(self, raw, prefix, decoding, max_seconds):
        """Yield the whole text after every token."""
        codec, network, start = self.codec, self.network, time.monotonic()
        limit = len(prefix) + (decoding.max_length or codec.limit(len(prefix)))
        tokens = np.zeros((1, 1 + limit), "int32")
        tokens[0, : 1 + len(prefix)] = [codec.start_id, *prefix]
        graph, numbers = decoding.graph_and_numbers()
        fixed = {"tokens": tokens, "prefixes": np.array([len(prefix)], "int32"), "numbers": numbers}
        draws = draws_for([0], decoding, limit) if decoding.method == "sample" else None
        states, first = mapped(network.ops.convert_to_numpy, network.decoder.start(None, 1)), 0
        yield raw
        for index in range(1 + len(prefix), 1 + limit):
            if max_seconds is not None and time.monotonic() - start >= max_seconds:
                return
            here = {} if draws is None else {"draws": draws[:, index - 1]}
            here |= {"index": np.int32(index), "previous_ids": tokens[:, first:index], "states": states}
            chosen, states = self._graph(graph)(fixed | here)
            tokens[0, index], first = chosen[0], index
            yield gone_on(raw, tokens[0, 1 : 1 + index], len(prefix), codec.answer)
            if chosen[0] == codec.end_id:
                return

    def _next(self, graph, tensors):
        """The graph: read what is new, and choose the token behind it."""
        ops, codec = self.network.ops, self.codec
        logits, states = self.network.read(tensors["previous_ids"], tensors["states"])
        chosen = next_token(
            ops, logits[:, -1], tensors["tokens"], tensors["index"], graph._replace(**tensors["numbers"]),
            end_id=codec.end_id, prefix_lengths=tensors["prefixes"], banned=ops.convert_to_tensor(codec.banned),
            draws=tensors.get("draws"),
        )  # fmt: skip
        return chosen, states
