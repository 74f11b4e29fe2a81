"""A linear-chain conditional random field: it scores whole tag sequences, and knows which neighbours are forbidden.

All functions work from one tensor, the potentials: `potentials[b, t, i, j]` is the score of tag j at timestep t after
tag i at timestep t - 1, emission included. Before the first timestep stands tag 0; a padded timestep repeats the tag
before it at no cost. So neither a mask nor lengths are needed once the potentials are there.

    score(y) = start[y_1] + sum_t logits[t, y_t] + sum_t transitions[y_{t-1}, y_t] + end[y_T]
    p(y) = exp(score(y)) / Z,  Z = sum over all y of exp(score(y))

Source: Lafferty, McCallum & Pereira, "Conditional random fields: probabilistic models for segmenting and labeling
sequence data", ICML 2001; the head of a network: Lample et al., "Neural architectures for named entity recognition",
NAACL 2016, section 2.2.
"""

import keras
from keras import ops

FORBIDDEN_SCORE = -1e30


def log_partition(potentials):
    """The logarithm of the sum over all tag sequences of exp(score).

    Args:
        potentials: `<float32>[batch, timesteps, tags, tags]`, from `CRF`.

    Returns:
        `<float32>[batch]`.

    Example:
        >>> scores = CRF(None)(np.zeros((1, 3, 2), "float32"), np.array([3]))
        >>> round(float(np.exp(log_partition(scores)[0])))  # 2 tags, 3 timesteps, all scores 0
        8
    """
    return ops.logsumexp(_forward(potentials)[0], axis=1)


def path_score(potentials, tags):
    """The score of one tag sequence.

    Args:
        potentials: `<float32>[batch, timesteps, tags, tags]`, from `CRF`.
        tags: `<int32>[batch, timesteps]`, padded with -1.

    Returns:
        `<float32>[batch]`; the negative log-likelihood is `log_partition(potentials) - path_score(potentials, tags)`.
    """
    tags = ops.cast(tags, "int32")
    before = ops.concatenate([ops.zeros_like(tags[:, :1]), tags[:, :-1]], axis=1)
    names = ops.arange(potentials.shape[-1], dtype="int32")
    taken = ops.logical_and(before[:, :, None, None] == names[:, None], tags[:, :, None, None] == names)
    return ops.sum(ops.where(taken, potentials, ops.zeros_like(potentials)), axis=(1, 2, 3))


def best_path(potentials):
    """The tag sequence with the highest score, by Viterbi's algorithm.

    Args:
        potentials: `<float32>[batch, timesteps, tags, tags]`, from `CRF`.

    Returns:
        `<int32>[batch, timesteps]`; padded timesteps repeat the last tag.

    Example:
        >>> scores = CRF(None)(np.array([[[3.0, 1.0], [0.0, 2.0]]], "float32"), np.array([2]))
        >>> best_path(scores).numpy().tolist()
        [[0, 1]]

    Source: Viterbi, "Error bounds for convolutional codes", IEEE Transactions on Information Theory 1967.
    """

    def step(carry, scores):
        extended = carry[0][:, :, None] + scores
        carry = (ops.max(extended, axis=1), ops.cast(ops.argmax(extended, axis=1), "int32"))
        return carry, carry

    start = _before_the_first(potentials)
    (scores, _), (_, best_before) = ops.scan(step, (start, ops.cast(start, "int32")), _by_time(potentials))

    def trace_back(tags, best_before):
        return ops.take_along_axis(best_before, tags[:, None], axis=1)[:, 0], tags

    last = ops.cast(ops.argmax(scores, axis=1), "int32")
    _, tags = ops.scan(trace_back, last, best_before, reverse=True)
    return ops.transpose(tags)


def marginals(potentials):
    """The probability of every tag at every timestep, all sequences considered.

    Args:
        potentials: `<float32>[batch, timesteps, tags, tags]`, from `CRF`.

    Returns:
        `<float32>[batch, timesteps, tags]`; each timestep sums to 1.

    Source: the forward-backward recursion: Rabiner, "A tutorial on hidden Markov models", Proceedings of the IEEE 1989,
    section III.A.
    """

    def step(scores_behind, scores):
        return ops.logsumexp(scores + scores_behind[:, None, :], axis=2), scores_behind

    _, ahead = _forward(potentials)
    _, behind = ops.scan(step, ops.zeros_like(ahead[0]), _by_time(potentials), reverse=True)
    return ops.transpose(ops.softmax(ahead + behind, axis=-1), (1, 0, 2))


@keras.saving.register_keras_serializable("rnn_zoo")
class CRF(keras.layers.Layer):
    """The head of a tagger: per-timestep logits to potentials, with learned scores of neighbours, start and end.

    It computes in float32 whatever the policy, because scores add up over the whole sequence.

    Args:
        forbidden: `<bool>[tags + 1, tags + 1]`, true where tag j must not follow tag i; the last row says what must not
            come first, the last column what must not come last. None allows everything.

    Call arguments:
        logits: `<float>[batch, timesteps, tags]`, right-padded.
        lengths: `<int32>[batch]`, at least 1.

    Returns:
        Potentials `<float32>[batch, timesteps, tags, tags]`, for `log_partition`, `path_score`, `best_path` and
        `marginals`.

    Raises:
        ValueError: when built, for a mask that does not fit the number of tags.

    Example:
        >>> CRF(None)(np.zeros((2, 5, 3), "float32"), np.array([5, 2])).shape
        TensorShape([2, 5, 3, 3])
    """

    def __init__(self, forbidden=None, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.forbidden = forbidden if forbidden is None else [[bool(one) for one in row] for row in forbidden]

    def build(self, logits_shape, lengths_shape=None):
        """Transition scores, and scores of the first and the last tag."""
        tags = logits_shape[-1]
        if self.forbidden is not None and {len(self.forbidden), *map(len, self.forbidden)} != {tags + 1}:
            raise ValueError(f"forbidden must be {tags + 1} x {tags + 1}. Received: {len(self.forbidden)} rows")
        self.transitions = self.add_weight(shape=(tags, tags), initializer="zeros", name="transitions")
        self.start = self.add_weight(shape=(tags,), initializer="zeros", name="start")
        self.end = self.add_weight(shape=(tags,), initializer="zeros", name="end")

    def call(self, logits, lengths):
        """Broadcast emissions, transitions, start and end to one tensor; padding repeats the tag before it."""
        transitions, start, end = self._allowed_scores()
        tags = logits.shape[-1]
        times = ops.arange(ops.shape(logits)[1], dtype="int32")[None, :, None, None]
        lengths = ops.cast(lengths, "int32")[:, None, None, None]
        first_row = ops.arange(tags, dtype="int32")[:, None] == 0
        entering = ops.where(first_row, start[None, :], FORBIDDEN_SCORE)
        scores = logits[:, :, None, :] + ops.where(times == 0, entering, transitions)
        scores = scores + ops.where(times == lengths - 1, end, 0.0)
        same = ops.where(ops.eye(tags, dtype="bool"), 0.0, FORBIDDEN_SCORE)
        return ops.where(times < lengths, scores, same)

    def compute_output_spec(self, logits, lengths):
        """Tag by tag."""
        return keras.KerasTensor((*logits.shape, logits.shape[-1]), dtype="float32")

    def get_config(self):
        """Arguments that rebuild the layer."""
        return {**super().get_config(), "forbidden": self.forbidden}

    def _allowed_scores(self):
        scores = [ops.convert_to_tensor(weight) for weight in (self.transitions, self.start, self.end)]
        if self.forbidden is None:
            return scores
        mask = ops.convert_to_tensor(self.forbidden, dtype="bool")
        masks = (mask[:-1, :-1], mask[-1, :-1], mask[:-1, -1])
        return [ops.where(one, FORBIDDEN_SCORE, score) for one, score in zip(masks, scores, strict=True)]


def _by_time(potentials):
    return ops.transpose(potentials, (1, 0, 2, 3))


def _before_the_first(potentials):
    is_first = ops.arange(potentials.shape[-1], dtype="int32") == 0
    return ops.where(is_first, 0.0, FORBIDDEN_SCORE) + ops.zeros_like(potentials[:, 0, 0])


def _forward(potentials):
    """Log-sums of all paths that end in a tag: after the last timestep `[batch, tags]`, and after each, time first."""

    def step(scores_ahead, scores):
        scores_ahead = ops.logsumexp(scores_ahead[:, :, None] + scores, axis=1)
        return scores_ahead, scores_ahead

    return ops.scan(step, _before_the_first(potentials), _by_time(potentials))
