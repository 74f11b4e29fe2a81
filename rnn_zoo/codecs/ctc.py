"""Prefix beam search in NumPy: the most probable texts of a network that names a token or a blank at every timestep.

What is kept of a beginning is where it stands in a tree of beginnings (its node, its parent, its last token) and two
sums over its alignments, so a timestep costs the same however long the beginnings are.
"""

import numpy as np

from rnn_zoo.generation.numpy_ops import log_softmax

LOWEST_SCORE = -1e8
"""Log-probabilities below this one are those of what cannot be: `rnn_zoo.layers.BlankPadding` makes them."""


def prefix_beam_search(logits, beam_width, num_best=1):
    """The most probable texts; alignments of one beginning are summed up, and the best beginnings are kept.

    For each example it gives a list of `(tokens from 1, log_probability)`, at most num_best, the best first. With a
    beam as wide as there are beginnings it is exact.

    Source: Hannun, Maas, Jurafsky & Ng, arXiv:1408.2873, 2014, algorithm 1, without a language model.
    """
    if not 1 <= num_best <= beam_width:
        raise ValueError(f"num_best must be in [1, {beam_width=}]. Received: {num_best=}")
    scores = log_softmax(np.asarray(logits, "float64"), axis=2)
    scores[scores < LOWEST_SCORE] = -np.inf
    highest = scores[:, :, 1:].max(axis=2)
    beams = _Beams(len(scores), beam_width)
    for timestep in range(scores.shape[1]):
        beams.advance(scores[:, timestep], highest[:, timestep])
    return beams.best(num_best)


class _Beams:
    """The best beginnings of every example, `[batch, beam_width]` each: where they stand in the tree, -2 being nowhere.

    Parents are where they stood before their last token, -1 for the empty beginning, whose last token is 0. `in_blank`
    and `in_token` sum up the log-probabilities of their alignments that end in a blank, and in the last token.
    """

    def __init__(self, batch, beam_width):
        shape = (batch, beam_width)
        self.nodes, self.parents, self.last = np.full(shape, -2), np.full(shape, -1), np.zeros(shape, int)
        self.in_blank, self.in_token = np.full(shape, -np.inf), np.full(shape, -np.inf)
        self.nodes[:, 0], self.in_blank[:, 0] = np.arange(batch), 0.0
        self._tree, self._numbers = [(-1, 0)] * batch, {}
        self._parent_beams, self._has_parent = np.zeros(shape, int), np.zeros(shape, bool)
        self._examples = np.arange(batch)[:, None]

    def advance(self, scores, highest):
        """Go on by a timestep's log-probabilities `<float64>[batch, 1 + tokens]`, of which the highest are known."""
        old_blank, either = self.in_blank, np.logaddexp(self.in_blank, self.in_token)
        positions = self._examples, self._parent_beams
        repeated = self.last[positions] == self.last  # a token comes again only behind a blank
        gained = np.where(self._has_parent, np.where(repeated, old_blank[positions], either[positions]), -np.inf)
        self.in_token = np.logaddexp(self.in_token, gained) + scores[self._examples, self.last]
        self.in_blank = either + scores[:, :1]
        kept = np.logaddexp(self.in_blank, self.in_token)
        can_grow = either.max(axis=1) + highest > kept.min(axis=1)
        if can_grow.any():  # else no new beginning is better than the worst of these
            rows = np.flatnonzero(can_grow)
            self._grow(rows, kept[rows], self._longer(rows, scores[rows], old_blank[rows], either[rows]))

    def best(self, num_best):
        """The best of them, as `prefix_beam_search` returns them."""
        totals = np.logaddexp(self.in_blank, self.in_token)
        order = np.argsort(-totals, axis=1, kind="stable")[:, :num_best]
        return [
            [(self._tokens(nodes[beam]), float(total[beam])) for beam in beams if total[beam] > -np.inf]
            for nodes, total, beams in zip(self.nodes, totals, order, strict=True)
        ]

    def _longer(self, rows, scores, in_blank, either):
        """Log-probabilities of beginnings one token longer, `[rows, beam_width, tokens]`; -inf of those there are."""
        longer = either[:, :, None] + scores[:, None, 1:]
        last = self.last[rows]
        row, beam = np.nonzero(last)
        longer[row, beam, last[row, beam] - 1] = in_blank[row, beam] + scores[row, last[row, beam]]
        row, beam = np.nonzero(self._has_parent[rows])
        longer[row, self._parent_beams[rows][row, beam], last[row, beam] - 1] = -np.inf
        return longer

    def _grow(self, rows, kept, longer):
        """Choose among the beginnings there are and those one token longer."""
        width, num_tokens = longer.shape[1:]
        candidates = np.concatenate([kept, longer.reshape(len(rows), -1)], axis=1)
        chosen = np.sort(np.argpartition(-candidates, width - 1, axis=1)[:, :width], axis=1)
        totals = np.take_along_axis(candidates, chosen, axis=1)
        order = np.argsort(-totals, axis=1, kind="stable")
        chosen, totals = (np.take_along_axis(one, order, axis=1) for one in (chosen, totals))
        is_longer, is_none = chosen >= width, totals == -np.inf
        from_beams = rows[:, None], np.where(is_longer, (chosen - width) // num_tokens, chosen)
        self.in_blank[rows] = np.where(is_longer, -np.inf, self.in_blank[from_beams])
        self.in_token[rows] = np.where(is_longer, totals, self.in_token[from_beams])
        last = np.where(is_longer, (chosen - width) % num_tokens + 1, self.last[from_beams])
        parents = np.where(is_longer, self.nodes[from_beams], self.parents[from_beams])
        nodes, is_new = self.nodes[from_beams], is_longer & ~is_none
        nodes[is_new] = [self._node(one) for one in zip(parents[is_new].tolist(), last[is_new].tolist(), strict=True)]
        nodes[is_none], parents[is_none], last[is_none] = -2, -1, 0
        self.nodes[rows], self.parents[rows], self.last[rows] = nodes, parents, last
        is_parent = nodes[:, :, None] == parents[:, None, :]
        self._parent_beams[rows], self._has_parent[rows] = is_parent.argmax(axis=1), is_parent.any(axis=1)

    def _node(self, parent_and_token):
        node = self._numbers.setdefault(parent_and_token, len(self._tree))
        if node == len(self._tree):
            self._tree.append(parent_and_token)
        return node

    def _tokens(self, node):
        tokens = []
        while self._tree[node][1]:
            node, token = self._tree[node]
            tokens.append(token)
        return tokens[::-1]
