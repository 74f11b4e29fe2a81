"""Connectionist temporal classification: a text as the sum over all ways to spread it over the frames.

At every frame a network names a token or the blank, number 0. An alignment is one name a frame; the text that it
spells is what remains when names that repeat are merged and blanks are dropped then: `- c c - a - t t` spells "cat".
The probability of a text is the sum over all alignments that spell it.

    p(alignment) = product over t of softmax(logits_t)[alignment_t],  p(text) = sum over its alignments of p(alignment)

All functions work from the logits alone: `BlankPadding` makes padded frames certain blanks, which no text can feel, so
that lengths need not be handed on. What is here serves training; answers are made by `rnn_zoo.codecs.ctc`.

Source: Graves, Fernández, Gomez & Schmidhuber, "Connectionist temporal classification: labelling unsegmented sequence
data with recurrent neural networks", ICML 2006.
"""

import keras
from keras import ops

from rnn_zoo.checks import check_positive
from rnn_zoo.layers.base import Layer
from rnn_zoo.layers.lengths import is_real

BLANK = 0
IMPOSSIBLE = -1e30
CERTAIN_LOGIT = -1e9
"""The logit of a token where only a blank can be."""


def ctc_losses(targets, logits):
    """Negative log-probability of texts, `<float32>[batch]`; above 1e8 for a text that does not fit in the frames.

    It is the forward recursion over the text with blanks around its tokens (Graves et al., ICML 2006, equations 6 and
    7), four times as fast as `keras.ops.ctc_loss` on a CPU under TensorFlow, gradient included, and equals it.
    """
    targets, scores = ops.cast(targets, "int32"), ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    num_tokens = ops.sum(ops.cast(targets != BLANK, "int32"), axis=1, keepdims=True)
    spread = ops.reshape(ops.stack([ops.zeros_like(targets), targets], axis=-1), (-1, 2 * ops.shape(targets)[1]))
    spread = ops.concatenate([spread, ops.zeros_like(spread[:, :1])], axis=1)
    one_hot = ops.one_hot(spread, logits.shape[-1], dtype="float32")
    emissions = ops.transpose(ops.matmul(scores, ops.transpose(one_hot, (0, 2, 1))), (1, 0, 2))
    nothing = ops.full_like(emissions[0], IMPOSSIBLE)
    may_skip = ops.logical_and(spread != BLANK, spread != _shifted(spread, 2, 0))
    skip = ops.where(may_skip, 0.0, nothing)
    start = ops.where(ops.arange(ops.shape(spread)[1]) == 0, 0.0, nothing)

    def step(ahead, emission):
        one_on, two_on = _shifted(ahead, 1, IMPOSSIBLE), _shifted(ahead, 2, IMPOSSIBLE) + skip
        highest = ops.maximum(ops.maximum(ahead, one_on), two_on)
        total = ops.exp(ahead - highest) + ops.exp(one_on - highest) + ops.exp(two_on - highest)
        return highest + ops.log(total) + emission, None

    last, _ = ops.scan(step, start, emissions)
    ends = ops.concatenate([2 * num_tokens, ops.maximum(2 * num_tokens - 1, 0)], axis=1)
    found = ops.take_along_axis(last, ends, axis=1)
    is_second = ops.logical_and(ops.arange(2) == 1, num_tokens == 0)  # an empty text ends in the one blank there is
    return -ops.logsumexp(ops.where(is_second, IMPOSSIBLE, found), axis=1)


def best_alignments(logits):
    """What the best alignment spells, `<int32>[batch, timesteps]`, which is not always the most probable text."""
    names = ops.cast(ops.argmax(logits, axis=-1), "int32")
    is_new = ops.logical_and(names != BLANK, names != _shifted(names, 1, BLANK))
    times, timesteps = ops.arange(ops.shape(names)[1], dtype="int32"), ops.shape(names)[1]
    order = ops.argsort(ops.where(is_new, times, times + timesteps), axis=1)
    return ops.take_along_axis(ops.where(is_new, names, BLANK), order, axis=1)


def _shifted(rows, positions, filler):
    """Rows moved to the right, with a filler on the left."""
    front = ops.full_like(rows[:, :1], filler)
    return ops.concatenate([front] * positions + [rows], axis=1)[:, : ops.shape(rows)[1]]


@keras.saving.register_keras_serializable("rnn_zoo")
class BlankPadding(Layer):
    """Make padded frames certain blanks, so that neither loss nor decoding needs to know lengths.

    It computes in float32 whatever the policy.

    Args:
        stride: frames of the input that became one timestep.

    It reads logits `<float>[batch, timesteps, 1 + tokens]` and lengths `<int32>[batch]` in frames of the input.

    Example:
        >>> BlankPadding(2)(np.ones((1, 2, 2)), np.array([2])).numpy().tolist()
        [[[1.0, 1.0], [0.0, -1000000000.0]]]
    """

    def __init__(self, stride=1, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        check_positive(stride=stride)
        self.stride = stride

    def call(self, logits, lengths):
        timesteps = (ops.cast(lengths, "int32") + self.stride - 1) // self.stride
        blank = ops.where(ops.arange(logits.shape[-1]) == BLANK, 0.0, CERTAIN_LOGIT)
        return ops.where(is_real(logits, timesteps), logits, ops.cast(blank, "float32"))
