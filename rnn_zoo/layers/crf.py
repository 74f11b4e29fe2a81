"""A linear-chain conditional random field: it scores whole tag sequences, and knows which neighbours are forbidden.

    score(y) = start[y_1] + sum_t logits[t, y_t] + sum_t transitions[y_{t-1}, y_t] + end[y_T]
    p(y) = exp(score(y)) / Z,  Z = sum over all y of exp(score(y))

All functions work from one tensor, the scores, `[batch, tags + timesteps, tags]`. Its first rows are the transitions:
`scores[b, i, j]` is that of tag j after tag i, the same in all examples. Then comes a row a timestep: the logits, start
and end included. A padded timestep forbids every tag, which is how it is known; it repeats the tag before it at no
cost. So neither a mask nor lengths are needed once the scores are there. What is here serves training; answers are made
by `rnn_zoo.codecs.crf`.

Source: Lafferty, McCallum & Pereira, "Conditional random fields: probabilistic models for segmenting and labeling
sequence data", ICML 2001; the head of a network: Lample et al., "Neural architectures for named entity recognition",
NAACL 2016, section 2.2.
"""

import keras
from keras import ops

from rnn_zoo.codecs.crf import FORBIDDEN_SCORE
from rnn_zoo.layers.base import Layer

SMALLEST_SUM = 1e-25


def log_partition(scores):
    """The logarithm of the sum over all tag sequences of exp(score), `<float32>[batch]`."""
    ahead, is_exact = _forward_by_products(scores)
    ahead = ops.cond(is_exact, lambda: ahead, lambda: _forward(scores, ops.logsumexp)[-1])
    return ops.logsumexp(ahead, axis=1)


def path_score(scores, tags):
    """The score of the tag sequences `<int32>[batch, timesteps]`, padded with -1: `<float32>[batch]`."""
    num_tags = scores.shape[-1]
    taken = ops.one_hot(tags, num_tags, dtype=scores.dtype)  # -1 becomes zeros
    steps = ops.matmul(ops.transpose(taken[:, :-1], (0, 2, 1)), taken[:, 1:])
    return ops.sum(ops.concatenate([steps, taken], axis=1) * scores, axis=(1, 2))


def best_path(scores):
    """The tag sequence with the highest score, `<int32>[batch, timesteps]`, as `rnn_zoo.codecs.crf` finds it."""
    transitions, emissions = _parts(scores)
    into, num_tags = ops.transpose(transitions, (0, 2, 1)), scores.shape[-1]
    ahead = _forward(scores, ops.max)
    behind_the_end = ops.full_like(emissions[:1], FORBIDDEN_SCORE)
    next_is_real = ops.cast(_is_real(ops.concatenate([emissions[1:], behind_the_end], axis=0)), ahead.dtype)

    def trace_back(tags, here):  # which tag led to that of the next timestep? Cheaper than to note it for all tags
        arrived = ops.take_along_axis(into, tags[:, None, None], axis=1)[:, 0]
        tags = ops.cast(ops.argmax(here[:, :num_tags] + here[:, num_tags:] * arrived, axis=1), "int32")
        return tags, tags

    nothing = ops.zeros_like(ops.argmax(ahead[0], axis=1), dtype="int32")
    # A scan takes one tensor where the number of timesteps is unknown (Keras 3.15 under TensorFlow).
    _, tags = ops.scan(trace_back, nothing, ops.concatenate([ahead, next_is_real], axis=-1), reverse=True)
    return ops.transpose(tags)


@keras.saving.register_keras_serializable("rnn_zoo")
class CRF(Layer):
    """The head of a tagger: puts learned scores of neighbours, start and end to the logits of every timestep.

    It computes in float32 whatever the policy, because scores add up over the whole sequence.

    Args:
        forbidden: `<bool>[tags + 1, tags + 1]`, true where tag j must not follow tag i; the last row says what must not
            come first, the last column what must not come last. None allows everything.

    Call arguments:
        logits: `<float>[batch, timesteps, tags]`, right-padded.
        lengths: `<int32>[batch]`, at least 1.

    Returns:
        Scores `<float32>[batch, tags + timesteps, tags]`, for `log_partition`, `path_score` and `best_path`.

    Example:
        >>> CRF(None)(np.zeros((2, 5, 3), "float32"), np.array([5, 2])).shape
        TensorShape([2, 8, 3])
    """

    def __init__(self, forbidden=None, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.forbidden = forbidden if forbidden is None else [[bool(one) for one in row] for row in forbidden]

    def build(self, logits_shape, lengths_shape=None):
        tags = logits_shape[-1]
        if self.forbidden is not None and {len(self.forbidden), *map(len, self.forbidden)} != {tags + 1}:
            raise ValueError(f"forbidden must be {tags + 1} x {tags + 1}. Received: {len(self.forbidden)} rows")
        self.transitions = self.add_weight(shape=(tags, tags), initializer="zeros", name="transitions")
        self.start = self.add_weight(shape=(tags,), initializer="zeros", name="start")
        self.end = self.add_weight(shape=(tags,), initializer="zeros", name="end")

    def call(self, logits, lengths):
        transitions, start, end = self._allowed_scores()
        times = ops.arange(ops.shape(logits)[1], dtype="int32")[None, :, None]
        lengths = ops.cast(lengths, "int32")[:, None, None]
        emissions = logits + ops.where(times == 0, start, 0.0) + ops.where(times == lengths - 1, end, 0.0)
        emissions = ops.where(times < lengths, emissions, FORBIDDEN_SCORE)
        transitions = ops.broadcast_to(transitions, (ops.shape(logits)[0], *transitions.shape))
        return ops.concatenate([transitions, emissions], axis=1)

    def compute_output_spec(self, logits, lengths):
        batch, timesteps, tags = logits.shape
        return keras.KerasTensor((batch, None if timesteps is None else tags + timesteps, tags), dtype="float32")

    def _allowed_scores(self):
        scores = [ops.convert_to_tensor(weight) for weight in (self.transitions, self.start, self.end)]
        if self.forbidden is None:
            return scores
        mask = ops.convert_to_tensor(self.forbidden, dtype="bool")
        masks = (mask[:-1, :-1], mask[-1, :-1], mask[:-1, -1])
        return [ops.where(one, FORBIDDEN_SCORE, score) for one, score in zip(masks, scores, strict=True)]


def _parts(scores):
    """Transitions `[batch, tags, tags]`, and emissions by time, `[timesteps, batch, tags]`."""
    scores, tags = ops.convert_to_tensor(scores), scores.shape[-1]
    return scores[:, :tags], ops.transpose(scores[:, tags:], (1, 0, 2))


def _is_real(emissions):
    """Which rows are no padding: `[..., 1]`. A row with a NaN is none: it must reach the loss."""
    return ops.logical_not(ops.max(emissions, axis=-1, keepdims=True) <= FORBIDDEN_SCORE / 2)


def _after_the_first(emissions):
    """Emissions with the first row as if it were padding: where a scan starts with it, no step leads there."""
    return ops.concatenate([ops.full_like(emissions[:1], FORBIDDEN_SCORE), emissions[1:]], axis=0)


def _forward(scores, reduce):
    """All paths that end in a tag, reduced to one score, after each timestep: `[timesteps, batch, tags]`."""
    transitions, emissions = _parts(scores)

    def step(ahead, emission):
        moved = reduce(ahead[:, :, None] + transitions, axis=1) + emission
        ahead = ops.where(_is_real(emission), moved, ahead)
        return ahead, ahead

    return ops.scan(step, emissions[0], _after_the_first(emissions))[1]


def _forward_by_products(scores):
    """The last row of `_forward` with logsumexp, several times as fast: a step is one product of exponentials.

    With it comes a bool, whether that is right: no sum was so small that float32 may have lost parts of it, as when all
    that may come before a tag is some 50 below the best. It is false for a NaN.
    """
    transitions, emissions = _parts(scores)
    later = _after_the_first(emissions)
    highest = ops.stop_gradient(ops.max(transitions[0]))
    factors = ops.exp(transitions[0] - highest)  # the same for all examples

    def step(ahead, emission):
        top = ops.stop_gradient(ops.max(ahead, axis=1, keepdims=True))
        sums = ops.matmul(ops.exp(ahead - top), factors)
        moved = ops.log(ops.maximum(sums, SMALLEST_SUM)) + top + highest + emission
        return ops.where(_is_real(emission), moved, ahead), sums

    ahead, sums = ops.scan(step, emissions[0], later)
    return ahead, ops.all(ops.logical_or(sums > SMALLEST_SUM, ops.logical_not(_is_real(later))))
