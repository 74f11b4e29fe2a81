"""Points of a pen: the density that a network gives the next one, and how one is drawn from it; needs no Keras.

For a point the network gives `6 * mixtures + 3` numbers: of each of some bivariate normal distributions the logit of
its weight, two means, the logs of two deviations and what its correlation is the tanh of, kind after kind; then the
logits of what the pen does: stay down, be lifted, end.

Source: Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850, 2013, equations 18 to 26; Ha &
Eck, "A neural representation of sketch drawings", ICLR 2018, equations 3, 4 and 8 to 10.
"""

import math

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
