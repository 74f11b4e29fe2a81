"""What a conditional random field answers, in NumPy: the best tags, and how probable each tag is.

Both read the scores that `rnn_zoo.layers.CRF` gives, `[batch, tags + timesteps, tags]`: first the transitions, in row i
and column j the score of tag j after tag i, the same in all examples; then the scores of every timestep. A padded
timestep forbids every tag.
"""

import numpy as np

FORBIDDEN_SCORE = -1e30
SMALLEST_SUM = 1e-250


def best_path(scores):
    """The tag sequence with the highest score, `<int64>[batch, timesteps]`; padded timesteps repeat the last tag.

    Source: Viterbi, "Error bounds for convolutional codes", IEEE Transactions on Information Theory 1967.
    """
    transitions, emissions, real = _parts(scores)
    ahead = _forward(lambda one: (one[:, :, None] + transitions).max(axis=1), emissions, real)
    tags = [ahead[-1].argmax(axis=1)]
    for here, next_is_real in zip(ahead[-2::-1], real[:0:-1], strict=True):
        tags.append((here + next_is_real * transitions.T[tags[-1]]).argmax(axis=1))
    return np.stack(tags[::-1], axis=1)


def marginals(scores):
    """The probability of every tag at every timestep, all sequences considered: `<float64>[batch, timesteps, tags]`.

    Source: the forward-backward recursion: Rabiner, Proceedings of the IEEE 1989, section III.A.
    """
    transitions, emissions, real = _parts(scores)
    ahead = _forward(_summed_over(transitions), emissions, real)
    move, behind = _summed_over(transitions.T), [np.zeros_like(ahead[0])]
    for emission, is_real in zip(emissions[:0:-1], real[:0:-1], strict=True):
        behind.append(np.where(is_real, move(emission + behind[-1]), behind[-1]))
    both = ahead + np.stack(behind[::-1])
    shares = np.exp(both - both.max(axis=2, keepdims=True))
    return (shares / shares.sum(axis=2, keepdims=True)).transpose(1, 0, 2)


def _parts(scores):
    """Transitions `[tags, tags]`, and by time: emissions `[timesteps, batch, tags]` and whether they are real."""
    scores = np.asarray(scores, "float64")
    emissions = scores[:, scores.shape[2] :].transpose(1, 0, 2)
    return scores[0, : scores.shape[2]], emissions, emissions.max(axis=2, keepdims=True) > FORBIDDEN_SCORE / 2


def _forward(move, emissions, real):
    """All paths that end in a tag, as one score, after each timestep: `[timesteps, batch, tags]`."""
    ahead = [emissions[0]]
    for emission, is_real in zip(emissions[1:], real[1:], strict=True):
        ahead.append(np.where(is_real, move(ahead[-1]) + emission, ahead[-1]))
    return np.stack(ahead)


def _summed_over(transitions):
    """A function from `[batch, tags]` to log(exp(it) @ exp(transitions)), exact for scores of any size."""
    highest = transitions.max()
    factors = np.exp(transitions - highest)

    def move(ahead):
        top = ahead.max(axis=1, keepdims=True)
        sums = np.exp(ahead - top) @ factors
        if sums.min() > SMALLEST_SUM:
            return np.log(sums) + top + highest
        return np.logaddexp.reduce(ahead[:, :, None] + transitions, axis=1)  # several times as slow

    return move
