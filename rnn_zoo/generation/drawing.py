"""Drawing point by point: the loop of a network whose answers are places and not tokens; needs no Keras."""

import math

from rnn_zoo.generation.engine import Hypotheses, mapped
from rnn_zoo.generation.points import next_points, point_losses
from rnn_zoo.generation.writer import Writer


class Drawing:
    """What is another in a `rnn_zoo.generation.writing.Writing` that draws, whose codec is `rnn_zoo.Drawings`.

    Probabilities are densities, of steps in the units of the data.
    """

    previous_name = "previous_points"

    def _write_with(self, network, splits_sentences):
        super()._write_with(network, splits_sentences)
        self._writer = PenWriter(self, network)

    def losses_of(self, targets, logits):
        return point_losses(self._writer.network.ops, targets, logits) + 2 * math.log(self.codec.scale)

    def _decoding(self, options):
        return self.codec.checked(super()._decoding(options))


class PenWriter(Writer):
    """Draws with the network of a `Drawing`."""

    def _hypotheses(self, graph, attends, tensors):
        """The graph: encode once, then one point after the other until all drawings have come to their ends."""
        model, ops, numbers, width = self.model, self.network.ops, tensors["numbers"], graph.width
        decoder, context = self.network.decoder, self.network.encoder(tensors["source"])
        prompt, limits, given, summary, states = mapped(
            lambda one: ops.repeat(one, width, axis=0),
            (
                tensors["prompt"], tensors["limits"], tensors["prefixes"], context["summary"],
                decoder.start(context, ops.shape(tensors["prompt"])[0]),
            ),
        )  # fmt: skip
        rows, total = ops.shape(prompt)[0], ops.shape(prompt)[1]
        draws = tensors.get("draws")
        draws = None if draws is None else ops.reshape(draws, (rows, -1, model.codec.draws_a_token))

        def go_on(index, points, lengths, sums, finished, states):
            return ops.logical_and(index < total, ops.logical_not(ops.all(finished)))

        def advance(index, points, lengths, sums, finished, states):
            before = ops.take(points, index - 1, axis=1)
            outputs, _, states = decoder.step(before, states, {**context, "summary": summary})
            random = None if draws is None else ops.take(draws, index - 1, axis=1)
            point = next_points(ops, outputs, index - given > numbers["min_length"], numbers["temperature"], random)
            is_given = index <= given
            point = ops.where(is_given[:, None], ops.take(prompt, index, axis=1), point)
            gained = -model.losses_of(point, outputs)
            sums = sums + ops.where(ops.logical_or(is_given, finished), 0.0, gained)
            point = ops.where(finished[:, None], 0.0, point)
            points = ops.where((ops.arange(total) == index)[None, :, None], point[:, None], points)
            ends = ops.logical_or(point[:, 2] == model.codec.end_id, limits <= index)
            lengths = ops.where(finished, lengths, index)
            return index + 1, points, lengths, sums, ops.logical_or(finished, ends), states

        start = ops.convert_to_tensor(1, "int32"), prompt, 0 * limits, ops.zeros((rows,), "float32"), limits < 1, states
        _, points, lengths, sums, _, _ = ops.while_loop(go_on, advance, start)
        lengths, sums = (ops.reshape(one, (-1, width)) for one in (lengths, sums))
        points = ops.reshape(points[:, 1:], (-1, width, total - 1, 3))
        return Hypotheses(points, lengths, sums, sums, lengths)
