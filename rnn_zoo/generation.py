"""The decoding engine: greedy, beam search and sampling in one loop inside the graph, over any step function.

A step is `next(prompt, cache, index) -> (logits, hidden, cache)`, as KerasHub's samplers take it: from the symbols
before `index` and what the network remembers, logits over the symbol at `index`, and the new memory.
"""

from typing import NamedTuple

import keras
from keras import ops

PADDING_ID = 0
IMPOSSIBLE = -1e30
KEPT, NEVER = 1e30, -1e31
DEAD = -1e29
"""Sums of log-probabilities below this are of hypotheses that do not exist."""


class Hypotheses(NamedTuple):
    """What decoding found, best first; samples in the order of their drawing.

    Attributes:
        symbols: `<int32>[batch, results, max_length]`, the forced prefix and the end among them; then 0.
        lengths: `<int32>[batch, results]`, how many of them.
        log_probabilities: `<float32>[batch, results]`, the sum over the symbols that were chosen, not forced; below
            `DEAD` where there are fewer hypotheses than results.
        scores: `<float32>[batch, results]`, the same with length and coverage penalties; for samples without.
        attention: `<float32>[batch, results, max_length, source timesteps]`, the weights when each symbol was chosen;
            no source timesteps without attention.
    """

    symbols: object
    lengths: object
    log_probabilities: object
    scores: object
    attention: object


class _Beams(NamedTuple):
    """All of the loop's memory; rows are batch * width hypotheses."""

    index: object
    symbols: object  # <int32>[rows, 1 + max_length], the start symbol first
    lengths: object  # <int32>[rows]
    scores: object  # <float32>[rows], sums of log-probabilities
    finished: object  # <bool>[rows]
    attention: object  # <float32>[rows, 1 + max_length, source]
    cache: object


def decode(
    next, prompt, cache, decoding, *, end_id, limits, prompt_lengths=None, banned=None, draws=None, source_mask=None
):
    """Choose symbols until each hypothesis has come to its end.

    Batching changes nothing: every example is decoded as it would be by itself.

    Args:
        next: a step, see the top of this module; it works on rows, `batch * decoding.width` of them, those of one
            example beside one another. hidden is None, or attention weights `<float32>[rows, source]`.
        prompt: `<int32>[batch, 1 + max_length]`: the start symbol, then the symbols of a forced prefix, then 0.
        cache: what `next` takes at first: a structure of tensors `[batch, ...]`.
        decoding: a `Decoding`.
        end_id: the symbol that ends a hypothesis; None if only limits do.
        limits: `<int32>[batch]`, the most symbols of each example, prefix and end among them, at most max_length.
        prompt_lengths: `<int32>[batch]`, symbols of the forced prefix; None for no prefix.
        banned: `<float32>[vocabulary_size]`, 1 for symbols never to be chosen; None for none.
        draws: for sampling, `<float32>[batch * width, max_length]` evenly drawn from [0, 1): a random number a symbol.
        source_mask: `<float32>[batch, source timesteps]`, 1 where `next` can give attention; None for no attention, or
            where nobody asks for it.

    Returns:
        Hypotheses.

    Source: beam search whose finished hypotheses leave the beam: Bahdanau, Cho & Bengio, "Neural machine translation by
    jointly learning to align and translate", ICLR 2015, section 4.2; penalties: Wu et al., "Google's neural machine
    translation system", arXiv:1609.08144, 2016, equation 14; sampling by inversion of the distribution function, with
    numbers drawn beforehand, so that neither the batch nor the backend matters.
    """
    batch, total = ops.shape(prompt)[0], ops.shape(prompt)[1]
    width = decoding.width
    rows = batch * width

    def repeat(one):
        return ops.repeat(one, width, axis=0)

    forced_lengths = ops.zeros((rows,), "int32") if prompt_lengths is None else repeat(prompt_lengths)
    forced, limits = repeat(prompt), repeat(limits)
    is_first = ops.tile(ops.arange(width) == 0, [batch])
    only_first = decoding.method != "sample"
    beams = _Beams(
        index=ops.convert_to_tensor(1, "int32"),
        symbols=ops.where(ops.arange(total)[None, :] <= forced_lengths[:, None], forced, PADDING_ID),
        lengths=ops.zeros((rows,), "int32"),
        scores=ops.where(is_first, 0.0, IMPOSSIBLE) if only_first else ops.zeros((rows,), "float32"),
        finished=limits < 1,
        attention=ops.zeros((rows, total, 0 if source_mask is None else ops.shape(source_mask)[1]), "float32"),
        cache=keras.tree.map_structure(repeat, cache),
    )

    def go_on(*state):
        state = _Beams(*state)
        return ops.logical_and(
            state.index < total, ops.logical_not(_is_settled(state, decoding, limits, width, source_mask))
        )

    def advance(*state):
        state = _Beams(*state)
        logits, attention, cache = next(state.symbols, state.cache, state.index)
        logits = ops.cast(logits, "float32")
        allowed = _allowed(logits, state, decoding, end_id, banned, forced_lengths)
        totals = ops.logsumexp(logits, axis=-1)  # log-probabilities are logits less these
        parents = None  # each row goes on from itself
        if decoding.method == "sample":
            chosen = _drawn(allowed, decoding, draws[:, state.index - 1])
        else:
            parents, chosen = _best(allowed, totals, state, width)
        is_forced = state.index <= forced_lengths
        parents = None if width == 1 or parents is None else ops.where(is_forced, ops.arange(rows), parents)
        chosen = ops.where(is_forced, ops.take(forced, state.index, axis=1), chosen)
        attention = None if source_mask is None else attention
        return tuple(_grown(state, parents, chosen, allowed, totals, attention, cache, is_forced, end_id, limits))

    beams = _Beams(*ops.while_loop(go_on, advance, tuple(beams)))
    return _ranked(beams, decoding, batch, source_mask)


def _grown(state, parents, chosen, allowed, totals, attention, cache, is_forced, end_id, limits):
    """The beams one symbol later: each row goes on from its parent; finished rows stay as they are."""

    def own(one):
        return one if parents is None else ops.take(one, parents, axis=0)

    was_finished = own(state.finished)
    chosen = ops.cast(ops.where(was_finished, PADDING_ID, chosen), "int32")
    rows, size = ops.shape(allowed)[0], allowed.shape[-1]
    flat = own(ops.arange(rows, dtype="int32")) * size + chosen
    gained = ops.take(ops.reshape(allowed, (-1,)), flat) - own(totals)
    gained = ops.where(ops.logical_or(is_forced, was_finished), 0.0, gained)
    here = ops.arange(ops.shape(state.symbols)[1]) == state.index
    new_scores = ops.maximum(own(state.scores) + gained, IMPOSSIBLE)
    ends = limits <= state.index
    if end_id is not None:
        ends = ops.logical_or(ends, chosen == end_id)
    seen = own(state.attention)
    if attention is not None:
        weights = own(attention) * ops.cast(ops.logical_not(was_finished), "float32")[:, None]
        seen = ops.where(here[None, :, None], weights[:, None, :], seen)
    return _Beams(
        index=state.index + 1,
        symbols=ops.where(here[None, :], chosen[:, None], own(state.symbols)),
        lengths=ops.where(was_finished, own(state.lengths), state.index),
        scores=new_scores,
        finished=ops.logical_or(was_finished, ops.logical_and(ends, new_scores > DEAD)),
        attention=seen,
        cache=keras.tree.map_structure(own, cache),
    )


def _allowed(scores, state, decoding, end_id, banned, forced_lengths):
    """Logits with what must not come made impossible."""
    vocabulary = ops.arange(scores.shape[-1])
    refused = ops.zeros_like(scores[:1], dtype="bool") if banned is None else banned[None, :] > 0
    if end_id is not None and decoding.min_length:
        too_early = state.index - forced_lengths <= decoding.min_length
        refused = ops.logical_or(refused, ops.logical_and((vocabulary == end_id)[None, :], too_early[:, None]))
    if decoding.no_repeat_ngram:
        refused = ops.logical_or(refused, _repeating(state, decoding.no_repeat_ngram, scores.shape[-1]))
    return ops.where(refused, IMPOSSIBLE, scores)


def _repeating(state, order, vocabulary_size):
    """Symbols that would complete a sequence of `order` symbols which a row already has, `<bool>[rows, symbols]`."""
    symbols, index = state.symbols, state.index
    rows, total = ops.shape(symbols)[0], ops.shape(symbols)[1]
    places = ops.arange(total)
    same = ops.logical_and(places >= order, places < index)[None, :]  # places of an earlier sequence's last symbol
    for back in range(1, order):
        last = ops.take(symbols, ops.maximum(index - back, 0), axis=1)
        before = ops.take(symbols, ops.maximum(places - back, 0), axis=1)
        same = ops.logical_and(same, before == last[:, None])
    same = ops.logical_and(same, index > order)
    row = ops.broadcast_to(ops.arange(rows)[:, None], (rows, total))
    where = ops.reshape(row * vocabulary_size + symbols, (-1,))
    found = ops.reshape(ops.cast(ops.broadcast_to(same, (rows, total)), "float32"), (-1,))
    counts = ops.segment_sum(found, where, num_segments=rows * vocabulary_size)
    return ops.reshape(counts, (rows, vocabulary_size)) > 0


def _best(allowed, totals, state, width):
    """The best continuations of each example's hypotheses: their parents and symbols, `<int32>[rows]` both.

    The best of an example are among the best of each of its rows. A finished hypothesis continues as itself, before all
    others, so those that go on share the places left.
    """
    rows, few = ops.shape(allowed)[0], min(width, allowed.shape[-1])
    scores, symbols = ops.top_k(allowed, few)
    scores = state.scores[:, None] + scores - totals[:, None]
    kept = ops.where(ops.arange(few) == 0, KEPT, NEVER)
    scores = ops.where(state.finished[:, None], kept[None, :], scores)
    _, places = ops.top_k(ops.reshape(scores, (-1, width * few)), width)
    places = ops.reshape(ops.cast(places, "int32"), (-1,))
    first = ops.arange(rows, dtype="int32") // width * width
    chosen = ops.take(ops.reshape(ops.cast(symbols, "int32"), (-1,)), first * few + places)
    return first + places // few, chosen


def _drawn(allowed, decoding, draws):
    """A symbol for each row: where its random number falls in the distribution function."""
    scores, order = allowed / decoding.temperature, None
    if decoding.top_k is not None or decoding.top_p < 1:
        scores, order = ops.top_k(scores, decoding.top_k or scores.shape[-1])
    weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    probabilities = weights / ops.sum(weights, axis=-1, keepdims=True)
    if decoding.top_p < 1:
        before = ops.cumsum(probabilities, axis=-1) - probabilities
        probabilities = ops.where(before < decoding.top_p, probabilities, 0.0)
    reached = ops.cumsum(probabilities, axis=-1)
    passed = ops.cast(reached <= draws[:, None] * reached[:, -1:] * 0.999999, "int32")
    places = ops.minimum(ops.sum(passed, axis=-1), scores.shape[-1] - 1)
    if order is None:
        return places
    return ops.squeeze(ops.take_along_axis(ops.cast(order, "int32"), places[:, None], axis=1), axis=1)


def _final_scores(beams, decoding, width, source_mask):
    """Sums of log-probabilities with both penalties, of hypotheses as they are now, `<float32>[rows]`."""
    scores = beams.scores / _length_factor(beams.lengths, decoding)
    if decoding.coverage_penalty and source_mask is not None:
        covered = ops.clip(ops.sum(beams.attention, axis=1), 1e-6, 1.0)
        gaps = ops.sum(ops.log(covered) * ops.repeat(source_mask, width, axis=0), axis=-1)
        scores = scores + decoding.coverage_penalty * gaps
    return ops.where(beams.scores > DEAD, scores, IMPOSSIBLE)


def _length_factor(lengths, decoding):
    if decoding.method == "sample":
        return 1.0
    return ((5.0 + ops.cast(lengths, "float32")) / 6.0) ** decoding.length_penalty


def _is_settled(state, decoding, limits, width, source_mask):
    """Whether all is finished, or nothing that goes on can still be among the results.

    The score of an unfinished hypothesis can at best stay, and be divided by the length penalty of the longest one.
    """
    is_open = ops.logical_and(ops.logical_not(state.finished), state.scores > DEAD)
    if decoding.method != "beam":
        return ops.logical_not(ops.any(is_open))
    hopes = ops.where(is_open, state.scores / _length_factor(limits, decoding), IMPOSSIBLE)
    done = ops.where(state.finished, _final_scores(state, decoding, width, source_mask), IMPOSSIBLE)
    worst = ops.top_k(ops.reshape(done, (-1, width)), decoding.num_results)[0][:, -1]
    best_hope = ops.max(ops.reshape(hopes, (-1, width)), axis=1)
    return ops.all(ops.logical_or(best_hope <= DEAD, best_hope <= worst))


def _ranked(beams, decoding, batch, source_mask):
    """Hypotheses from the rows, the best ones of each example first."""
    width, results = decoding.width, decoding.num_results
    scores = _final_scores(beams, decoding, width, source_mask)
    if decoding.method == "sample":
        rows = ops.arange(batch * width)
    else:
        _, places = ops.top_k(ops.reshape(scores, (-1, width)), results)
        rows = ops.reshape(ops.cast(places, "int32") + width * ops.arange(batch, dtype="int32")[:, None], (-1,))

    def by_result(one):
        taken = ops.take(one, rows, axis=0)
        return ops.reshape(taken, (batch, results, *ops.shape(taken)[1:]))

    lives = ops.cast(beams.scores > DEAD, "int32")
    return Hypotheses(
        symbols=by_result(beams.symbols[:, 1:] * lives[:, None]),
        lengths=by_result(beams.lengths * lives),
        log_probabilities=by_result(beams.scores),
        scores=by_result(scores),
        attention=by_result(beams.attention[:, 1:]),
    )
