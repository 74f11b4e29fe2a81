"""CTC: loss and decoding equal an enumeration of all alignments."""

import itertools

import numpy as np
import pytest
from keras import ops

from rnn_zoo.codecs.ctc import prefix_beam_search
from rnn_zoo.layers.ctc import BlankPadding, best_alignments, ctc_losses

RNG = np.random.default_rng(0)


def spelled(alignment):
    merged = [name for name, _ in itertools.groupby(alignment)]
    return tuple(name for name in merged if name)


def by_enumeration(logits):
    """The probability of every text, of `[timesteps, tokens]`, from all alignments one by one."""
    probabilities = np.exp(logits.astype("float64"))
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    found = {}
    for alignment in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        text = spelled(alignment)
        found[text] = found.get(text, 0) + np.prod(probabilities[np.arange(len(logits)), alignment])
    return found


def padded(texts, width):
    return np.array([[*text, *[0] * (width - len(text))] for text in texts], "int32")


@pytest.mark.parametrize(("timesteps", "tokens"), [(1, 2), (4, 3), (5, 4), (6, 2)])
def test_the_loss_sums_all_alignments_of_every_text(timesteps, tokens):
    logits = RNG.normal(size=(timesteps, tokens)).astype("float32") * 2
    expected = by_enumeration(logits)
    texts = list(expected)
    losses = ops.convert_to_numpy(ctc_losses(padded(texts, timesteps), np.repeat(logits[None], len(texts), axis=0)))
    np.testing.assert_allclose(np.exp(-losses), [expected[text] for text in texts], rtol=1e-4, atol=1e-7)
    assert () in expected and sum(expected.values()) == pytest.approx(1)


def test_the_loss_and_its_gradient_equal_those_of_keras():
    import tensorflow as tf

    logits = tf.constant(RNG.normal(size=(4, 12, 5)).astype("float32"))
    targets = padded([(1, 1, 2), (4,), (3, 2, 1, 4, 4), (2, 2)], 6)
    found = []
    for losses in (
        lambda: ctc_losses(targets, logits),
        lambda: ops.ctc_loss(targets, logits, np.array([3, 1, 5, 2]), np.array([12] * 4)),
    ):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            values = losses()
        found.append((values.numpy(), tape.gradient(values, logits).numpy()))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_padding_changes_neither_loss_nor_gradient_nor_text():
    logits = RNG.normal(size=(2, 7, 4)).astype("float32")
    lengths = np.array([7, 4], "int32")
    noisy = np.concatenate([logits, RNG.normal(size=(2, 3, 4)).astype("float32") * 9], axis=1)
    noisy[1, 4:] = 9.0
    together = ops.convert_to_numpy(BlankPadding()(noisy, lengths))
    targets = padded([(1, 3), (2, 2)], 5)
    answers = prefix_beam_search(together, 20, 3)
    for row, length in enumerate(lengths):
        alone = logits[row : row + 1, :length]
        loss = ctc_losses(targets[row : row + 1], alone)
        np.testing.assert_allclose(ctc_losses(targets, together)[row], loss[0], rtol=1e-5)
        for (text, score), (text_alone, score_alone) in zip(
            answers[row], prefix_beam_search(alone, 20, 3)[0], strict=True
        ):
            assert text == text_alone and score == pytest.approx(score_alone, rel=1e-6)


def test_a_text_that_does_not_fit_is_impossible():
    losses = ctc_losses(padded([(1, 1), (1, 2), (1, 2)], 2), np.zeros((3, 2, 3), "float32"))
    assert losses[0] > 1e8 and float(losses[1]) == pytest.approx(np.log(9), rel=1e-5)


def test_a_beam_as_wide_as_the_space_finds_all_texts_in_their_order():
    for timesteps, tokens in ((1, 3), (4, 3), (5, 3), (6, 2)):
        logits = RNG.normal(size=(3, timesteps, tokens)).astype("float32") * 1.5
        expected = [by_enumeration(one) for one in logits]
        count = len(expected[0])
        for probabilities, found in zip(expected, prefix_beam_search(logits, count + 40, count + 2), strict=True):
            texts, scores = zip(*found, strict=True)
            best = sorted(probabilities, key=probabilities.get, reverse=True)
            assert [tuple(text) for text in texts] == best
            np.testing.assert_allclose(np.exp(scores), [probabilities[one] for one in best], rtol=1e-9)


def test_a_narrow_beam_never_says_more_than_there_is_and_merges_what_is_one_text():
    logits = RNG.normal(size=(5, 6, 4)).astype("float32")
    for width in (1, 2, 3, 8):
        for one, found in zip(logits, prefix_beam_search(logits, width, width), strict=True):
            exact, (texts, scores) = by_enumeration(one), zip(*found, strict=True)
            assert len(set(map(tuple, texts))) == width
            assert all(np.exp(score) <= exact[tuple(text)] * (1 + 1e-9) for text, score in found)
            assert (np.diff(scores) <= 0).all()


def test_the_best_alignment_is_merged_and_without_blanks():
    logits = RNG.normal(size=(6, 9, 3)).astype("float32")
    found = ops.convert_to_numpy(best_alignments(logits))
    for row, one in enumerate(logits):
        assert tuple(token for token in found[row].tolist() if token) == spelled(one.argmax(axis=-1).tolist())
        assert (np.diff((found[row] > 0).astype(int)) <= 0).all()


def plain_search(logits, beam_width):
    """The algorithm as it is written down: beginnings are whole texts in a dictionary."""
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    beams = {(): (1.0, 0.0)}
    for now in probabilities:
        grown = {}
        for text, (in_blank, in_token) in beams.items():
            grown.setdefault(text, [0.0, 0.0])[0] += (in_blank + in_token) * now[0]
            for token in range(1, len(now)):
                repeats = text[-1:] == (token,)
                if repeats:
                    grown[text][1] += in_token * now[token]
                longer = grown.setdefault((*text, token), [0.0, 0.0])
                longer[1] += (in_blank if repeats else in_blank + in_token) * now[token]
        beams = dict(sorted(grown.items(), key=lambda item: -sum(item[1]))[:beam_width])
    return {text: np.log(sum(both)) for text, both in beams.items()}


@pytest.mark.parametrize("blank", [0.0, 7.0])
@pytest.mark.parametrize("beam_width", [1, 3, 8])
def test_a_narrow_beam_keeps_what_the_algorithm_keeps_also_where_blanks_lead(beam_width, blank):
    logits = RNG.normal(size=(4, 60, 6)) * 2
    logits[:, RNG.random(60) < 0.7, 0] += blank
    logits[1, 20:30], logits[1, 20:30, 0] = -1e9, 0.0  # certain blanks
    for one, found in zip(logits, prefix_beam_search(logits, beam_width, beam_width), strict=True):
        expected = plain_search(one, beam_width)
        assert [tuple(text) for text, _ in found] == list(expected)
        np.testing.assert_allclose([score for _, score in found], list(expected.values()), rtol=1e-9)


def test_illegal_settings_are_refused():
    with pytest.raises(ValueError, match=r"num_best must be in \[1, beam_width=2\]. Received: num_best=3"):
        prefix_beam_search(np.zeros((1, 1, 2)), 2, 3)
    with pytest.raises(ValueError, match="stride must be positive. Received: stride=0"):
        BlankPadding(0)
