"""The CRF against enumeration of every tag sequence."""

import itertools

import keras
import numpy as np
import pytest

from rnn_zoo.codecs import crf
from rnn_zoo.formats.tag_schemes import forbidden_transitions
from rnn_zoo.layers import CRF
from rnn_zoo.layers.crf import _forward_by_products, best_path, log_partition, path_score

LENGTHS = [4, 1, 3, 2]
TIMESTEPS, TAGS = 4, 3
TOLERANCE = 1e-5
FORBIDDEN = np.zeros((TAGS + 1, TAGS + 1), bool)
FORBIDDEN[0, 2] = FORBIDDEN[2, 2] = True  # tag 2 neither after tag 0 nor after itself
FORBIDDEN[TAGS, 1] = True  # tag 1 not first
FORBIDDEN[0, TAGS] = True  # tag 0 not last


def to_numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def random_crf(forbidden, tags=TAGS, scale=1.5):
    rng = np.random.default_rng(1)
    layer = CRF(forbidden)
    layer.build((None, None, tags), (None,))
    layer.set_weights([rng.normal(scale=scale, size=weight.shape) for weight in layer.get_weights()])
    return layer


@pytest.fixture(params=[1.5, 150.0])
def logits(request):
    """Of a usual size, and so large that float32 cannot hold their exponentials."""
    return np.random.default_rng(2).normal(scale=request.param, size=(len(LENGTHS), TIMESTEPS, TAGS)).astype("float32")


def enumerate_paths(layer, logits, length):
    """Every allowed tag sequence of one example with its score, in float64."""
    transitions, start, end = (weight.astype("float64") for weight in layer.get_weights())
    forbidden = np.zeros((TAGS + 1, TAGS + 1), bool) if layer.forbidden is None else np.array(layer.forbidden)
    scores = {}
    for path in itertools.product(range(TAGS), repeat=length):
        steps = list(itertools.pairwise([TAGS, *path, TAGS]))
        if any(forbidden[step] for step in steps):
            continue
        emitted = sum(logits[time, tag] for time, tag in enumerate(path))
        moved = sum(transitions[step] for step in itertools.pairwise(path))
        scores[path] = start[path[0]] + emitted + moved + end[path[-1]]
    return scores


@pytest.mark.parametrize("forbidden", [None, FORBIDDEN])
def test_partition_marginals_and_best_path_equal_enumeration(logits, forbidden):
    layer = random_crf(forbidden)
    lattice = layer(logits, np.array(LENGTHS))
    found = [to_numpy(function(lattice)) for function in (log_partition, crf.marginals, best_path, crf.best_path)]
    for row, length in enumerate(LENGTHS):
        scores = enumerate_paths(layer, logits[row], length)
        total = np.logaddexp.reduce(list(scores.values()))
        assert found[0][row] == pytest.approx(total, rel=1e-6, abs=TOLERANCE)
        expected = np.zeros((length, TAGS))
        for path, score in scores.items():
            expected[np.arange(length), path] += np.exp(score - total)
        np.testing.assert_allclose(found[1][row, :length], expected, atol=TOLERANCE)
        assert tuple(found[2][row, :length]) == tuple(found[3][row, :length]) == max(scores, key=scores.get)


@pytest.mark.parametrize("forbidden", [None, FORBIDDEN])
def test_the_score_of_every_path_equals_the_formula_and_probabilities_sum_to_one(logits, forbidden):
    layer = random_crf(forbidden)
    for row, length in enumerate(LENGTHS):
        scores = enumerate_paths(layer, logits[row], length)
        lattice = layer(np.repeat(logits[row : row + 1], len(scores), axis=0), np.full(len(scores), length))
        tags = np.array([[*path, *[-1] * (TIMESTEPS - length)] for path in scores])
        found = to_numpy(path_score(lattice, tags))
        np.testing.assert_allclose(found, list(scores.values()), rtol=1e-6, atol=TOLERANCE)
        digits_lost = 1e-6 * float(np.abs(found).max())
        assert np.exp(found - to_numpy(log_partition(lattice))).sum() == pytest.approx(1, abs=TOLERANCE + digits_lost)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by TensorFlow's tape")
def test_gradients_of_the_partition_equal_expectations_by_enumeration(logits):
    """d log Z / d logits is the marginal; d log Z / d transitions the expected number of such steps."""
    import tensorflow as tf

    layer = random_crf(FORBIDDEN)
    inputs = tf.Variable(logits)

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(log_partition(layer(inputs, np.array(LENGTHS))))
        return tape.gradient(total, [inputs, *layer.trainable_weights])

    found = [to_numpy(gradient) for gradient in gradients()]
    expected = [np.zeros_like(gradient) for gradient in found]
    for row, length in enumerate(LENGTHS):
        scores = enumerate_paths(layer, logits[row], length)
        total = np.logaddexp.reduce(list(scores.values()))
        for path, score in scores.items():
            probability = np.exp(score - total)
            expected[0][row, np.arange(length), path] += probability
            for step in itertools.pairwise(path):
                expected[1][step] += probability
            expected[2][path[0]] += probability
            expected[3][path[-1]] += probability
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=TOLERANCE)


def test_products_of_exponentials_do_for_scores_of_a_usual_size_and_say_when_they_do_not():
    layer = random_crf(forbidden_transitions(["PER"], "BIOES"), tags=5)
    logits = np.random.default_rng(2).normal(size=(8, 20, 5)).astype("float32")
    lattices = [layer(scale * logits, np.full(8, 20)) for scale in (1, 10, 150)]
    assert [bool(_forward_by_products(lattice)[1]) for lattice in lattices] == [True, True, False]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by TensorFlow's tape")
@pytest.mark.parametrize("scale", [1, 10, 300])
def test_answers_in_numpy_equal_those_of_the_layer_for_scores_of_any_size(scale):
    """The gradient of the log-partition with respect to the logits is the marginal."""
    import tensorflow as tf

    layer = random_crf(forbidden_transitions(["PER", "LOC"], "BIOES"), tags=9)
    rng = np.random.default_rng(7)
    logits = tf.constant(scale * rng.normal(size=(6, 25, 9)), "float32")
    lengths = np.array([25, 1, 2, 13, 24, 7])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        lattice = layer(logits, lengths)
        total = log_partition(lattice)
    found, expected = crf.marginals(lattice), tape.gradient(total, logits).numpy()
    for row, length in enumerate(lengths):
        np.testing.assert_allclose(found[row, :length], expected[row, :length], atol=2e-6 * scale)
    np.testing.assert_array_equal(crf.best_path(lattice), to_numpy(best_path(lattice)))


@pytest.mark.parametrize("more", [1, 7])
def test_padding_never_changes_anything(logits, more):
    layer = random_crf(FORBIDDEN)
    noise = np.random.default_rng(3).normal(scale=50, size=(len(LENGTHS), more, TAGS)).astype("float32")
    short, long = (layer(one, np.array(LENGTHS)) for one in (logits, np.concatenate([logits, noise], axis=1)))
    np.testing.assert_array_equal(to_numpy(log_partition(short)), to_numpy(log_partition(long)))
    np.testing.assert_array_equal(to_numpy(best_path(short)), to_numpy(best_path(long))[:, :TIMESTEPS])
    np.testing.assert_array_equal(crf.best_path(short), crf.best_path(long)[:, :TIMESTEPS])
    np.testing.assert_allclose(crf.marginals(short), crf.marginals(long)[:, :TIMESTEPS], rtol=1e-12)


def test_forbidden_transitions_are_never_decoded_however_much_the_logits_want_them():
    layer = random_crf(FORBIDDEN)
    logits = np.random.default_rng(4).normal(scale=1e5, size=(200, 9, TAGS)).astype("float32")
    logits[:, :, 2] += 1e6
    lengths = np.random.default_rng(5).integers(1, 10, 200)
    lattice = layer(logits, lengths)
    np.testing.assert_array_equal(crf.best_path(lattice), to_numpy(best_path(lattice)))
    for path, probabilities, length in zip(crf.best_path(lattice), crf.marginals(lattice), lengths, strict=True):
        steps = itertools.pairwise([TAGS, *path[:length], TAGS])
        assert not any(FORBIDDEN[step] for step in steps)
        assert np.isfinite(probabilities).all() and probabilities[0, 1] == 0


def test_long_sequences_and_large_scores_stay_finite():
    layer = random_crf(FORBIDDEN)
    logits = np.random.default_rng(6).normal(scale=400, size=(2, 120, TAGS)).astype("float32")
    lattice = layer(logits, np.array([120, 100]))
    total = to_numpy(log_partition(lattice))
    best = to_numpy(best_path(lattice))
    best[1, 100:] = -1
    score = to_numpy(path_score(lattice, best))
    assert np.isfinite(total).all() and np.isfinite(crf.marginals(lattice)).all()
    np.testing.assert_array_equal(crf.best_path(lattice)[0], best[0])
    # In float32 a sum of 120 scores around 400 is right to about 1e-6 of its size.
    assert (total >= score * (1 - 1e-5)).all()


def test_a_float16_policy_changes_nothing(logits):
    expected = to_numpy(log_partition(random_crf(FORBIDDEN)(logits, np.array(LENGTHS))))
    keras.config.set_dtype_policy("mixed_float16")
    lattice = random_crf(FORBIDDEN)(logits, np.array(LENGTHS))
    assert keras.backend.standardize_dtype(lattice.dtype) == "float32"
    np.testing.assert_array_equal(to_numpy(log_partition(lattice)), expected)


def test_a_score_that_is_no_number_reaches_the_loss(logits):
    logits[0, 1, 2] = np.nan
    found = to_numpy(log_partition(random_crf(FORBIDDEN)(logits, np.array(LENGTHS))))
    assert np.isnan(found).tolist() == [True, False, False, False]


def test_a_crf_is_rebuilt_from_its_config():
    layer = random_crf(FORBIDDEN)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is CRF
    assert again.forbidden == layer.forbidden == FORBIDDEN.tolist()


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(ValueError, match="forbidden must be 3 x 3. Received: 4 rows"):
        CRF(FORBIDDEN)(np.zeros((1, 2, 2), "float32"), np.array([2]))
