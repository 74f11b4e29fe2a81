"""CTC: loss and decoding equal an enumeration of all alignments."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from rnn_zoo.layers.ctc import BlankPadding, PrefixBeamSearch, best_alignments, ctc_losses, prefix_beam_search

RNG = np.random.default_rng(0)


def spelled(alignment):
    merged = [name for name, _ in itertools.groupby(alignment)]
    return tuple(name for name in merged if name)


def by_enumeration(logits):
    """The probability of every text, of `[timesteps, symbols]`, from all alignments one by one."""
    probabilities = np.exp(logits.astype("float64"))
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    found = {}
    for alignment in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        text = spelled(alignment)
        found[text] = found.get(text, 0) + np.prod(probabilities[np.arange(len(logits)), alignment])
    return found


def padded(texts, width):
    return np.array([[*text, *[0] * (width - len(text))] for text in texts], "int32")


@pytest.mark.parametrize(("timesteps", "symbols"), [(1, 2), (4, 3), (5, 4), (6, 2)])
def test_the_loss_sums_all_alignments_of_every_text(timesteps, symbols):
    logits = RNG.normal(size=(timesteps, symbols)).astype("float32") * 2
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
    texts, scores = (ops.convert_to_numpy(one) for one in prefix_beam_search(together, 20, 3))
    for row, length in enumerate(lengths):
        alone = logits[row : row + 1, :length]
        loss = ctc_losses(targets[row : row + 1], alone)
        np.testing.assert_allclose(ctc_losses(targets, together)[row], loss[0], rtol=1e-5)
        text, score = (ops.convert_to_numpy(one)[0] for one in prefix_beam_search(alone, 20, 3))
        np.testing.assert_array_equal(texts[row, :, :length], text)
        np.testing.assert_allclose(scores[row], score, rtol=1e-5)
        assert not texts[row, :, length:].any()


def test_a_text_that_does_not_fit_is_impossible():
    losses = ctc_losses(padded([(1, 1), (1, 2), (1, 2)], 2), np.zeros((3, 2, 3), "float32"))
    assert losses[0] > 1e8 and float(losses[1]) == pytest.approx(np.log(9), rel=1e-5)


def test_a_beam_as_wide_as_the_space_finds_all_texts_in_their_order():
    for timesteps, symbols in ((1, 3), (4, 3), (5, 3), (6, 2)):
        logits = RNG.normal(size=(3, timesteps, symbols)).astype("float32") * 1.5
        expected = [by_enumeration(one) for one in logits]
        count = len(expected[0])
        texts, scores = (ops.convert_to_numpy(one) for one in prefix_beam_search(logits, count + 40, count + 2))
        for row, probabilities in enumerate(expected):
            best = sorted(probabilities, key=probabilities.get, reverse=True)
            np.testing.assert_array_equal(texts[row, :count], padded(best, timesteps))
            np.testing.assert_allclose(np.exp(scores[row, :count]), [probabilities[one] for one in best], rtol=1e-4)
            assert (scores[row, count:] < -1e8).all()


def test_a_narrow_beam_never_says_more_than_there_is_and_merges_what_is_one_text():
    logits = RNG.normal(size=(5, 6, 4)).astype("float32")
    for width in (1, 2, 3, 8):
        texts, scores = (ops.convert_to_numpy(one) for one in prefix_beam_search(logits, width, width))
        for row, one in enumerate(logits):
            exact = by_enumeration(one)
            rows = [tuple(symbol for symbol in text if symbol) for text in texts[row].tolist()]
            assert len(set(rows)) == width
            assert all(np.exp(score) <= exact[text] * 1.0001 for text, score in zip(rows, scores[row], strict=True))
            assert (np.diff(scores[row]) <= 0).all()


def test_the_best_alignment_is_merged_and_without_blanks():
    logits = RNG.normal(size=(6, 9, 3)).astype("float32")
    found, scores = (ops.convert_to_numpy(one) for one in best_alignments(logits))
    for row, one in enumerate(logits):
        assert tuple(symbol for symbol in found[row].tolist() if symbol) == spelled(one.argmax(axis=-1).tolist())
        log_probabilities = one - np.log(np.exp(one).sum(axis=-1, keepdims=True))
        assert scores[row] == pytest.approx(log_probabilities.max(axis=-1).sum(), rel=1e-5)
        assert (np.diff((found[row] > 0).astype(int)) <= 0).all()


def test_a_compiled_search_finds_the_same_for_any_shape():
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, PrefixBeamSearch(6, 2)(inputs))
    for batch, timesteps in ((2, 5), (1, 3)):
        logits = RNG.normal(size=(batch, timesteps, 4)).astype("float32")
        texts, scores = model.predict_on_batch(logits)
        expected_texts, expected_scores = prefix_beam_search(logits, 6, 2)
        np.testing.assert_array_equal(texts, expected_texts)
        np.testing.assert_allclose(scores, expected_scores, rtol=1e-5)


def test_illegal_settings_are_refused():
    with pytest.raises(ValueError, match=r"num_best must be in \[1, beam_width=2\]. Received: num_best=3"):
        PrefixBeamSearch(2, 3)
    with pytest.raises(ValueError, match="stride must be positive. Received: stride=0"):
        BlankPadding(0)
