"""The decoding engine: greedy, beam search and sampling in one loop, over any step function and any kind of arrays.

`ops` is `keras.ops`, with which the loop is one graph, or `rnn_zoo.generation.numpy_ops`, which needs no Keras. A step
is `next(prompt, cache, index) -> (log_probabilities, hidden, cache)`, as KerasHub's samplers take it: from the tokens
before `index` and what the network remembers, natural logarithms of probabilities of the token at `index`, and the new
memory.
"""

from typing import NamedTuple

from rnn_zoo.generation.settings import DEAD

PADDING_ID = 0
IMPOSSIBLE = -1e30
KEPT, NEVER = 1e30, -1e31


class Hypotheses(NamedTuple):
    """What decoding found, best first; samples in the order of their drawing.

    Tokens are `<int32>[batch, results, max_length]`, prefix and end among them, then 0; attention is `<float32>[batch,
    results, max_length, source timesteps]`. Log-probabilities are sums over the tokens that were chosen, not forced,
    below `DEAD` where there are fewer hypotheses than results; penalized ones have length and coverage penalties.
    """

    tokens: object
    lengths: object
    log_probabilities: object
    penalized: object
    attention: object


class _Beams(NamedTuple):
    """All of the loop's memory; rows are batch * width hypotheses."""

    index: object
    tokens: object  # <int32>[rows, 1 + max_length], the start token first
    lengths: object  # <int32>[rows]
    sums: object  # <float32>[rows], of log-probabilities
    finished: object  # <bool>[rows]
    attention: object  # <float32>[rows, 1 + max_length, source]
    cache: object


def decode(ops, next, prompt, cache, decoding, *, end_id, limits, prompt_lengths, banned, draws=None, source_mask=None):
    """Choose tokens until each hypothesis has come to its end; every example is decoded as it would be by itself.

    Args:
        ops: of the arrays.
        next: a step, see the top of this module; it works on rows, `batch * decoding.width` of them, those of one
            example beside one another. hidden is None, or attention weights `<float32>[rows, source]`.
        prompt: `<int32>[batch, 1 + max_length]`: the start token, then the tokens of a forced prefix, then 0.
        cache: what `next` takes at first: tensors `[batch, ...]` in lists and dictionaries.
        decoding: a `Decoding`; its `NUMBERS` may be scalar tensors.
        end_id: the token that ends a hypothesis.
        limits: `<int32>[batch]`, the most tokens of each example, prefix and end among them, at most max_length.
        prompt_lengths: `<int32>[batch]`, tokens of the forced prefix.
        banned: `<float32>[vocabulary_size]`, 1 for tokens never to be chosen.
        draws: for sampling, `<float32>[batch * width, max_length]` evenly drawn from [0, 1): a random number a token.
        source_mask: `<float32>[batch, source timesteps]`, 1 where `next` can give attention; None where nobody asks.

    Returns:
        `Hypotheses`.

    Source: beam search whose finished hypotheses leave the beam: Bahdanau et al., ICLR 2015, section 4.2; penalties: Wu
    et al., arXiv:1609.08144, 2016, equation 14; sampling by inversion of the distribution function.
    """
    width, total = decoding.width, ops.shape(prompt)[1]
    forced, forced_lengths, limits, cache = mapped(
        lambda one: ops.repeat(one, width, axis=0), (prompt, prompt_lengths, limits, cache)
    )
    source_mask = None if source_mask is None else ops.cast(source_mask, "float32")
    rows = ops.shape(forced)[0]
    exists = ops.logical_or(decoding.method == "sample", ops.arange(rows, dtype="int32") % width == 0)
    beams = _Beams(
        index=ops.convert_to_tensor(1, "int32"),
        tokens=ops.where(ops.arange(total, dtype="int32")[None, :] <= forced_lengths[:, None], forced, PADDING_ID),
        lengths=ops.zeros((rows,), "int32"),
        sums=ops.cast(ops.where(exists, 0.0, IMPOSSIBLE), "float32"),
        finished=limits < 1,
        attention=ops.zeros((rows, total, 0 if source_mask is None else ops.shape(source_mask)[1]), "float32"),
        cache=cache,
    )

    def go_on(*state):
        state = _Beams(*state)
        settled = _is_settled(ops, state, decoding, limits, source_mask)
        return ops.logical_and(state.index < total, ops.logical_not(settled))

    def advance(*state):
        state = _Beams(*state)
        log_probabilities, attention, cache = next(state.tokens, state.cache, state.index)
        log_probabilities = ops.cast(log_probabilities, "float32")
        allowed = _allowed(ops, log_probabilities, state, decoding, end_id, banned, forced_lengths)
        is_forced = state.index <= forced_lengths
        parents = None  # each row goes on from itself
        if decoding.method == "sample":
            chosen = _drawn(ops, allowed, decoding, draws[:, state.index - 1])
        else:
            parents, chosen = _best(ops, allowed, state, width)
            parents = None if width == 1 else ops.where(is_forced, ops.arange(rows, dtype="int32"), parents)
        chosen = ops.where(is_forced, ops.take(forced, state.index, axis=1), chosen)
        state = state._replace(cache=cache)
        attention = None if source_mask is None else ops.cast(attention, "float32")
        return tuple(_grown(ops, state, parents, chosen, allowed, attention, is_forced, end_id, limits))

    beams = _Beams(*ops.while_loop(go_on, advance, tuple(beams)))
    return _ranked(ops, beams, decoding, source_mask)


def mapped(function, structure):
    """A structure of lists, tuples and dictionaries with a function's results in place of its tensors."""
    if isinstance(structure, dict):
        return {name: mapped(function, one) for name, one in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(mapped(function, one) for one in structure)
    return function(structure)


def next_token(ops, logits, tokens, index, decoding, *, end_id, prefix_lengths, banned, draws=None):
    """One token more for each row, `<int32>[rows]`, greedy or drawn, as `decode` would choose it.

    Logits are `<float32>[rows, vocabulary_size]`; tokens `<int32>[rows, 1 + max_length]`, the start token and all
    before the index; the lengths of forced prefixes `<int32>[rows]`; random numbers for sampling `<float32>[rows]`.
    """
    state = _Beams(index, tokens, *[None] * 5)
    allowed = _allowed(ops, ops.cast(logits, "float32"), state, decoding, end_id, banned, prefix_lengths)
    return ops.argmax(allowed, axis=-1) if draws is None else _drawn(ops, allowed, decoding, draws)


def _grown(ops, state, parents, chosen, allowed, attention, is_forced, end_id, limits):
    """The beams one token later: each row goes on from its parent; finished rows stay as they are."""

    def own(one):
        return one if parents is None else ops.take(one, parents, axis=0)

    was_finished = own(state.finished)
    chosen = ops.cast(ops.where(was_finished, PADDING_ID, chosen), "int32")
    rows, size = ops.shape(allowed)[0], allowed.shape[-1]
    flat = own(ops.arange(rows, dtype="int32")) * size + chosen
    gained = ops.take(ops.reshape(allowed, (-1,)), flat)
    gained = ops.where(ops.logical_or(is_forced, was_finished), 0.0, gained)
    here = ops.arange(ops.shape(state.tokens)[1], dtype="int32") == state.index
    sums = ops.maximum(own(state.sums) + gained, IMPOSSIBLE)
    ends = ops.logical_or(limits <= state.index, chosen == end_id)
    seen = own(state.attention)
    if attention is not None:
        weights = own(attention) * ops.cast(ops.logical_not(was_finished), "float32")[:, None]
        seen = ops.where(here[None, :, None], weights[:, None, :], seen)
    return _Beams(
        index=state.index + 1,
        tokens=ops.where(here[None, :], chosen[:, None], own(state.tokens)),
        lengths=ops.where(was_finished, own(state.lengths), state.index),
        sums=sums,
        finished=ops.logical_or(was_finished, ops.logical_and(ends, sums > DEAD)),
        attention=seen,
        cache=mapped(own, state.cache),
    )


def _allowed(ops, logits, state, decoding, end_id, banned, forced_lengths):
    """Logits with what must not come made impossible."""
    too_early = state.index - forced_lengths <= decoding.min_length
    is_end = ops.arange(logits.shape[-1]) == end_id
    refused = ops.logical_or(banned[None, :] > 0, ops.logical_and(is_end[None, :], too_early[:, None]))
    if decoding.no_repeat_ngram:
        refused = ops.logical_or(refused, _repeating(ops, state, decoding.no_repeat_ngram, logits.shape[-1]))
    return ops.where(refused, IMPOSSIBLE, logits)


def _repeating(ops, state, order, vocabulary_size):
    """Tokens that would complete a sequence of `order` tokens which a row already has, `<bool>[rows, vocabulary]`."""
    tokens, index = state.tokens, state.index
    rows, total = ops.shape(tokens)[0], ops.shape(tokens)[1]
    positions = ops.arange(total, dtype="int32")
    # the positions of the last token of an earlier sequence
    same = ops.logical_and(positions >= order, positions < index)[None, :]
    for back in range(1, order):
        last = ops.take(tokens, ops.maximum(index - back, 0), axis=1)
        before = ops.take(tokens, ops.maximum(positions - back, 0), axis=1)
        same = ops.logical_and(same, before == last[:, None])
    same = ops.logical_and(same, index > order)
    row = ops.broadcast_to(ops.arange(rows, dtype="int32")[:, None], (rows, total))
    where = ops.reshape(row * vocabulary_size + tokens, (-1,))
    found = ops.reshape(ops.cast(ops.broadcast_to(same, (rows, total)), "float32"), (-1,))
    counts = ops.segment_sum(found, where, num_segments=rows * vocabulary_size)
    return ops.reshape(counts, (rows, vocabulary_size)) > 0


def _best(ops, allowed, state, width):
    """The best continuations of each example's hypotheses: their parents and tokens, `<int32>[rows]` both.

    A finished hypothesis continues as itself, before all others, so those that go on share the positions left.
    """
    rows, few = ops.shape(allowed)[0], min(width, allowed.shape[-1])
    sums, tokens = ops.top_k(allowed, few)
    sums = state.sums[:, None] + sums
    kept = ops.where(ops.arange(few) == 0, KEPT, NEVER)
    sums = ops.where(state.finished[:, None], kept[None, :], sums)
    _, positions = ops.top_k(ops.reshape(sums, (-1, width * few)), width)
    positions = ops.reshape(ops.cast(positions, "int32"), (-1,))
    first = ops.arange(rows, dtype="int32") // width * width
    chosen = ops.take(ops.reshape(ops.cast(tokens, "int32"), (-1,)), first * few + positions)
    return first + positions // few, chosen


def _drawn(ops, allowed, decoding, draws):
    """A token for each row: where its random number falls in the distribution function."""
    logits, order = allowed / decoding.temperature, None
    if decoding.top_k is not None or decoding.cuts_tail:
        logits, order = ops.top_k(logits, decoding.top_k or logits.shape[-1])
    weights = ops.exp(logits - ops.max(logits, axis=-1, keepdims=True))
    probabilities = weights / ops.sum(weights, axis=-1, keepdims=True)
    if decoding.cuts_tail:
        before = ops.cumsum(probabilities, axis=-1) - probabilities
        probabilities = ops.where(before < decoding.top_p, probabilities, 0.0)
    reached = ops.cumsum(probabilities, axis=-1)
    passed = ops.cast(reached <= draws[:, None] * reached[:, -1:] * 0.999999, "int32")
    positions = ops.minimum(ops.sum(passed, axis=-1), logits.shape[-1] - 1)
    if order is None:
        return positions
    return ops.squeeze(ops.take_along_axis(ops.cast(order, "int32"), positions[:, None], axis=1), axis=1)


def _length_factor(ops, lengths, decoding):
    return ((5.0 + ops.cast(lengths, "float32")) / 6.0) ** decoding.length_penalty


def _penalized(ops, beams, decoding, source_mask):
    """Sums of log-probabilities with both penalties, of hypotheses as they are now, `<float32>[rows]`."""
    if decoding.method == "sample":
        return beams.sums
    sums = beams.sums / _length_factor(ops, beams.lengths, decoding)
    if source_mask is not None:
        covered = ops.clip(ops.sum(beams.attention, axis=1), 1e-6, 1.0)
        gaps = ops.sum(ops.log(covered) * ops.repeat(source_mask, decoding.width, axis=0), axis=-1)
        sums = sums + decoding.coverage_penalty * gaps
    return ops.where(beams.sums > DEAD, sums, IMPOSSIBLE)


def _is_settled(ops, state, decoding, limits, source_mask):
    """Whether all is finished, or nothing that goes on can still be among the results.

    The sum of an unfinished hypothesis can at best stay, and be divided by the length penalty of the longest one.
    """
    is_open = ops.logical_and(ops.logical_not(state.finished), state.sums > DEAD)
    if decoding.method != "beam":
        return ops.logical_not(ops.any(is_open))
    hopes = ops.where(is_open, state.sums / _length_factor(ops, limits, decoding), IMPOSSIBLE)
    done = ops.where(state.finished, _penalized(ops, state, decoding, source_mask), IMPOSSIBLE)
    worst = ops.top_k(ops.reshape(done, (-1, decoding.width)), decoding.num_results)[0][:, -1]
    best_hope = ops.max(ops.reshape(hopes, (-1, decoding.width)), axis=1)
    return ops.all(ops.logical_or(best_hope <= DEAD, best_hope <= worst))


def _ranked(ops, beams, decoding, source_mask):
    """Hypotheses from the rows, the best ones of each example first."""
    width, results = decoding.width, decoding.num_results
    penalized = _penalized(ops, beams, decoding, source_mask)
    batch = ops.shape(penalized)[0] // width
    rows = ops.arange(batch * width, dtype="int32")
    if decoding.method != "sample":
        positions = ops.cast(ops.top_k(ops.reshape(penalized, (batch, width)), results)[1], "int32")
        rows = ops.reshape(ops.reshape(rows, (batch, width))[:, :1] + positions, (-1,))

    def by_result(one):
        taken = ops.take(one, rows, axis=0)
        return ops.reshape(taken, (batch, results, *ops.shape(taken)[1:]))

    lives = ops.cast(beams.sums > DEAD, "int32")
    return Hypotheses(
        tokens=by_result(beams.tokens[:, 1:] * lives[:, None]),
        lengths=by_result(beams.lengths * lives),
        log_probabilities=by_result(beams.sums),
        penalized=by_result(penalized),
        attention=by_result(beams.attention[:, 1:]),
    )
