"""Connectionist temporal classification: a text as the sum over all ways to spread it over the frames.

At every frame a network names a symbol or the blank, number 0. An alignment is one name a frame; the text that it
spells is what remains when names that repeat are merged and blanks are dropped then: `- c c - a - t t` spells "cat".
The probability of a text is the sum over all alignments that spell it.

    p(alignment) = product over t of softmax(logits_t)[alignment_t],  p(text) = sum over its alignments of p(alignment)

All functions work from the logits alone: `BlankPadding` makes padded frames certain blanks, which no text can feel, so
that lengths need not be handed on.

Source: Graves, Fernández, Gomez & Schmidhuber, "Connectionist temporal classification: labelling unsegmented sequence
data with recurrent neural networks", ICML 2006.
"""

import keras
from keras import ops

BLANK = 0
IMPOSSIBLE = -1e30
CERTAIN_LOGIT = -1e9
"""The logit of a symbol where only a blank can be."""
LOWEST_SCORE = -1e8
"""Log-probabilities below this one are those of texts that cannot be."""


def ctc_losses(targets, logits):
    """Negative log-probability of texts, by the forward recursion over the text with blanks around its symbols.

    It is four times as fast as `keras.ops.ctc_loss` on a CPU under TensorFlow, gradient included, and equals it.

    Args:
        targets: `<int32>[batch, symbols]`, symbols from 1, padded on the right with 0.
        logits: `<float>[batch, timesteps, 1 + symbols]`, from `BlankPadding` if there is padding.

    Returns:
        `<float32>[batch]`, in nats; above 1e8 for a text that does not fit in the frames.

    Example:
        >>> loss = ctc_losses(np.array([[1, 2]]), np.zeros((1, 3, 3), "float32"))
        >>> round(float(np.exp(-loss[0])) * 27)  # -ab, a-b, ab-, aab, abb: 5 of the 3 ** 3 alignments
        5

    Source: Graves et al., ICML 2006, equations 6 and 7.
    """
    targets, scores = ops.cast(targets, "int32"), ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    num_symbols = ops.sum(ops.cast(targets != BLANK, "int32"), axis=1, keepdims=True)
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
    ends = ops.concatenate([2 * num_symbols, ops.maximum(2 * num_symbols - 1, 0)], axis=1)
    found = ops.take_along_axis(last, ends, axis=1)
    is_second = ops.logical_and(ops.arange(2) == 1, num_symbols == 0)  # an empty text ends in the one blank there is
    return -ops.logsumexp(ops.where(is_second, IMPOSSIBLE, found), axis=1)


def best_alignments(logits):
    """What the most probable alignment spells, which is not always the most probable text.

    Args:
        logits: `<float>[batch, timesteps, 1 + symbols]`, from `BlankPadding` if there is padding.

    Returns:
        `<int32>[batch, timesteps]`, symbols from 1, padded on the right with 0; and the logarithm of the probability of
        the alignment, `<float32>[batch]`.

    Example:
        >>> best, _ = best_alignments(np.eye(3)[None, [0, 1, 1, 0, 1, 2]])
        >>> best.numpy().tolist()
        [[1, 1, 2, 0, 0, 0]]
    """
    scores = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
    names = ops.cast(ops.argmax(scores, axis=-1), "int32")
    is_new = ops.logical_and(names != BLANK, names != _shifted(names, 1, BLANK))
    times, timesteps = ops.arange(ops.shape(names)[1], dtype="int32"), ops.shape(names)[1]
    order = ops.argsort(ops.where(is_new, times, times + timesteps), axis=1)
    spelled = ops.take_along_axis(ops.where(is_new, names, BLANK), order, axis=1)
    return spelled, ops.sum(ops.max(scores, axis=-1), axis=1)


def prefix_beam_search(logits, beam_width, num_best=1):
    """The most probable texts, where alignments of one beginning are summed up and the best beginnings are kept.

    With a beam as wide as there are beginnings it is exact.

    Args:
        logits: `<float>[batch, timesteps, 1 + symbols]`, from `BlankPadding` if there is padding.
        beam_width: beginnings to keep at each frame.
        num_best: texts to return, at most beam_width.

    Returns:
        `<int32>[batch, num_best, timesteps]`, symbols from 1, padded on the right with 0, the best first; and the
        logarithms of their probabilities, `<float32>[batch, num_best]`, below -1e8 where there is no further text.

    Example:
        >>> logits = np.log([[[0.6, 0.4], [0.6, 0.4]]])  # --: 0.36, but a-, -a and aa: 0.64
        >>> texts, scores = prefix_beam_search(logits, 2)
        >>> texts.numpy().tolist(), round(float(np.exp(scores[0, 0])), 2)
        ([[[1, 0]]], 0.64)

    Source: Graves, "Supervised sequence labelling with recurrent neural networks", Springer 2012, algorithm 1; in this
    form: Hannun, Maas, Jurafsky & Ng, "First-pass large vocabulary continuous speech recognition using bi-directional
    recurrent DNNs", arXiv:1408.2873, 2014, algorithm 1, without a language model.
    """
    scores = ops.transpose(ops.log_softmax(ops.cast(logits, "float32"), axis=-1), (1, 0, 2))
    timesteps, batch = ops.shape(scores)[0], ops.shape(scores)[1]
    places = ops.arange(timesteps, dtype="int32")
    nothing = ops.full((batch, beam_width), IMPOSSIBLE, dtype="float32")
    start = (
        ops.zeros((batch, beam_width, timesteps), dtype="int32"),
        ops.zeros((batch, beam_width), dtype="int32"),
        ops.where(ops.arange(beam_width) == 0, 0.0, nothing),
        nothing,
    )

    def step(beams, now):
        texts, lengths, in_blank, in_symbol = beams
        kept_blank, kept_symbol, extended = _continue(texts, lengths, in_blank, in_symbol, now)
        kept = ops.logaddexp(kept_blank, kept_symbol)
        num_symbols = extended.shape[-1]
        flat = ops.reshape(extended, (-1, beam_width * num_symbols))
        best, chosen = ops.top_k(ops.concatenate([kept, flat], axis=1), beam_width)
        chosen = ops.cast(chosen, "int32")
        is_longer = chosen >= beam_width
        parents = ops.where(is_longer, (chosen - beam_width) // num_symbols, chosen)
        symbols = ops.where(is_longer, (chosen - beam_width) % num_symbols + 1, BLANK)
        texts = ops.take_along_axis(texts, parents[:, :, None], axis=1)
        lengths = ops.take_along_axis(lengths, parents, axis=1)
        is_here = ops.logical_and(is_longer[:, :, None], places == lengths[:, :, None])
        texts = ops.where(is_here, symbols[:, :, None], texts)
        in_blank = ops.where(is_longer, IMPOSSIBLE, ops.take_along_axis(kept_blank, parents, axis=1))
        in_symbol = ops.where(is_longer, best, ops.take_along_axis(kept_symbol, parents, axis=1))
        return (texts, lengths + ops.cast(is_longer, "int32"), in_blank, in_symbol), None

    (texts, _, in_blank, in_symbol), _ = ops.scan(step, start, scores)
    best, order = ops.top_k(ops.logaddexp(in_blank, in_symbol), num_best)
    return ops.take_along_axis(texts, ops.cast(order, "int32")[:, :, None], axis=1), best


def _continue(texts, lengths, in_blank, in_symbol, now):
    """Log-probabilities after one more frame.

    Args:
        texts: `<int32>[batch, beams, timesteps]`, beginnings, all different where they are possible.
        lengths: `<int32>[batch, beams]`, their symbols.
        in_blank: `<float32>[batch, beams]`, of their alignments that end in a blank.
        in_symbol: `<float32>[batch, beams]`, of those that end in the last symbol.
        now: `<float32>[batch, 1 + symbols]`, of the names at this frame.

    Returns:
        The last two for the same beginnings, and `<float32>[batch, beams, symbols]` for beginnings one symbol longer,
        without those that are among the same ones.
    """
    either = ops.logaddexp(in_blank, in_symbol)
    is_last = ops.arange(ops.shape(texts)[2], dtype="int32") == lengths[:, :, None] - 1
    last = ops.sum(ops.where(is_last, texts, 0), axis=2)
    last_one_hot = ops.one_hot(last, now.shape[-1], dtype="bool")[:, :, 1:]
    extended = now[:, None, 1:] + ops.where(last_one_hot, in_blank[:, :, None], either[:, :, None])
    now_last = ops.take_along_axis(now, last, axis=1)
    kept_symbol = ops.where(lengths > 0, in_symbol + now_last, IMPOSSIBLE)
    without_last = ops.where(is_last, 0, texts)
    is_child = ops.all(texts[:, :, None, :] == without_last[:, None, :, :], axis=3)
    possible = either > LOWEST_SCORE
    is_child = ops.logical_and(is_child, ops.logical_and(possible[:, None, :], lengths[:, None, :] > 0))
    # What beam i becomes with the last symbol of its child j, moved to j.
    by_last = ops.matmul(extended, ops.transpose(ops.cast(last_one_hot, "float32"), (0, 2, 1)))
    gained = ops.max(ops.where(is_child, by_last, IMPOSSIBLE), axis=1)
    taken = ops.matmul(ops.cast(is_child, "float32"), ops.cast(last_one_hot, "float32")) > 0
    extended = ops.where(taken, IMPOSSIBLE, extended)
    return either + now[:, :1], ops.logaddexp(kept_symbol, gained), extended


def _shifted(rows, places, filler):
    """Rows moved to the right, with a filler on the left."""
    front = ops.full_like(rows[:, :1], filler)
    return ops.concatenate([front] * places + [rows], axis=1)[:, : ops.shape(rows)[1]]


@keras.saving.register_keras_serializable("rnn_zoo")
class BlankPadding(keras.layers.Layer):
    """Make padded frames certain blanks, so that neither loss nor decoding needs to know lengths.

    It computes in float32 whatever the policy.

    Args:
        stride: frames of the input that became one timestep.

    Call arguments:
        logits: `<float>[batch, timesteps, 1 + symbols]`.
        lengths: `<int32>[batch]`, in frames of the input.

    Returns:
        `<float32>[batch, timesteps, 1 + symbols]`.

    Raises:
        ValueError: for a stride that is not positive.

    Example:
        >>> BlankPadding(2)(np.ones((1, 2, 2)), np.array([2])).numpy().tolist()
        [[[1.0, 1.0], [0.0, -1000000000.0]]]
    """

    def __init__(self, stride=1, **kwargs):
        kwargs["dtype"] = "float32"
        super().__init__(**kwargs)
        if stride < 1:
            raise ValueError(f"stride must be positive. Received: stride={stride}")
        self.stride = stride

    def call(self, logits, lengths):
        """Put a row of certainty wherever a sequence is over."""
        timesteps = (ops.cast(lengths, "int32") + self.stride - 1) // self.stride
        real = ops.arange(ops.shape(logits)[1], dtype="int32")[None, :] < timesteps[:, None]
        blank = ops.where(ops.arange(logits.shape[-1]) == BLANK, 0.0, CERTAIN_LOGIT)
        return ops.where(real[:, :, None], logits, ops.cast(blank, "float32"))

    def compute_output_spec(self, logits, lengths):
        """The shape of the logits."""
        return keras.KerasTensor(logits.shape, dtype="float32")

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), "stride": self.stride}


@keras.saving.register_keras_serializable("rnn_zoo")
class PrefixBeamSearch(keras.layers.Layer):
    """`prefix_beam_search` as a layer, so that a model of it is compiled.

    Args:
        beam_width: beginnings to keep at each frame.
        num_best: texts to return.

    Call arguments:
        logits: `<float>[batch, timesteps, 1 + symbols]`.

    Returns:
        Texts `<int32>[batch, num_best, timesteps]` and log-probabilities `<float32>[batch, num_best]`.

    Raises:
        ValueError: for more texts than beginnings.

    Example:
        >>> texts, _ = PrefixBeamSearch(4, 2)(np.log([[[0.5, 0.2, 0.3]]]))
        >>> texts.numpy().tolist()
        [[[0], [2]]]
    """

    def __init__(self, beam_width, num_best=1, **kwargs):
        super().__init__(**kwargs)
        if not 1 <= num_best <= beam_width:
            raise ValueError(f"num_best must be in [1, beam_width={beam_width}]. Received: num_best={num_best}")
        self.beam_width = beam_width
        self.num_best = num_best

    def call(self, logits):
        """Search."""
        return prefix_beam_search(logits, self.beam_width, self.num_best)

    def compute_output_spec(self, logits):
        """Texts and log-probabilities."""
        batch, timesteps, _ = logits.shape
        texts = keras.KerasTensor((batch, self.num_best, timesteps), dtype="int32")
        return texts, keras.KerasTensor((batch, self.num_best), dtype="float32")

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), "beam_width": self.beam_width, "num_best": self.num_best}
