"""Drawing point by point: the density of the next point, how one is drawn, and the loop; needs no Keras.

For a point the network gives `6 * mixtures + 3` numbers: of each of some bivariate normal distributions the logit of
its weight, two means, the logs of two deviations and what its correlation is the tanh of, kind after kind; then the
logits of what the pen does: stay down, be lifted, end.

Source: Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850, 2013, equations 18 to 26; Ha &
Eck, "A neural representation of sketch drawings", ICLR 2018, equations 3, 4 and 8 to 10.
"""

import math

from rnn_zoo.generation.engine import Hypotheses, mapped
from rnn_zoo.generation.writer import Writer

SMALLEST_DEVIATION = 0.02
"""Added to deviations, of scaled steps: points of a grid lie in lines, whose density would have no bound."""
LARGEST_LOG = 7.0
LARGEST_CORRELATION = 0.99


def mixture_of(ops, outputs):
    """Logits `<float32>[..., mixtures]`, means and deviations (two each), correlations, and logits of the pen."""
    mixtures = (outputs.shape[-1] - 3) // 6
    parts = [outputs[..., index * mixtures : (index + 1) * mixtures] for index in range(6)]
    deviations = [ops.exp(ops.clip(one, -LARGEST_LOG, LARGEST_LOG)) + SMALLEST_DEVIATION for one in parts[3:5]]
    return parts[0], parts[1:3], deviations, LARGEST_CORRELATION * ops.tanh(parts[5]), outputs[..., 6 * mixtures :]


def point_losses(ops, points, outputs):
    """Negative log density in nats, `<float32>[...]`, of points `<float32>[..., 3]`; that of padding means nothing."""
    logits, means, deviations, correlations, pen = mixture_of(ops, outputs)
    x, y = ((points[..., axis : axis + 1] - means[axis]) / deviations[axis] for axis in range(2))
    rest = 1 - ops.square(correlations)
    exponents = (ops.square(x) + ops.square(y) - 2 * correlations * x * y) / (2 * rest)
    norms = math.log(2 * math.pi) + ops.log(deviations[0]) + ops.log(deviations[1]) + ops.log(rest) / 2
    density = ops.logsumexp(ops.log_softmax(logits, axis=-1) - exponents - norms, axis=-1)
    states = ops.one_hot(ops.cast(points[..., 2], "int32") - 1, 3)
    return -density - ops.sum(states * ops.log_softmax(pen, axis=-1), axis=-1)


def next_points(ops, outputs, may_end, temperature=1.0, draws=None):
    """A point for each row, `<float32>[rows, 3]`: drawn, or without random numbers the most probable mean and pen.

    Outputs are `<float32>[rows, 6 * mixtures + 3]`, random numbers `<float32>[rows, 4]`; logits are divided by the
    temperature, variances multiplied.
    """
    logits, means, deviations, correlations, pen = mixture_of(ops, outputs)
    ending = ops.arange(3) == 2
    pen = ops.where(ops.logical_and(ending[None, :], ops.logical_not(may_end)[:, None]), -1e30, pen)
    if draws is None:
        chosen, state, normal = ops.argmax(logits, axis=-1), ops.argmax(pen, axis=-1), (0.0, 0.0)
    else:
        chosen, state = _drawn(ops, logits / temperature, draws[:, 0]), _drawn(ops, pen / temperature, draws[:, 1])
        even = ops.clip(2 * draws[:, 2:] - 1, -1 + 1e-6, 1 - 1e-6)
        normal = ops.erfinv(even) * ops.sqrt(ops.cast(2 * temperature, "float32"))
        normal = normal[:, 0], normal[:, 1]
    is_chosen = ops.one_hot(chosen, logits.shape[-1])
    own = [ops.sum(is_chosen * one, axis=-1) for one in (*means, *deviations, correlations)]
    x = own[0] + own[2] * normal[0]
    y = own[1] + own[3] * (own[4] * normal[0] + ops.sqrt(1 - ops.square(own[4])) * normal[1])
    return ops.stack([x, y, ops.cast(state + 1, "float32")], axis=-1)


def _drawn(ops, logits, draws):
    """Where random numbers `<float32>[rows]` fall in the distribution functions of rows."""
    sums = ops.cumsum(ops.softmax(logits, axis=-1), axis=-1)
    return ops.sum(ops.cast(sums < draws[:, None] * sums[:, -1:], "int32"), axis=-1)


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
