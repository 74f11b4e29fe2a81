"""The decoding engine equals what its definitions say, tried on a step function that is a table."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from rnn_zoo.generation import numpy_ops
from rnn_zoo.generation.engine import decode
from rnn_zoo.generation.settings import DEAD, Decoding, draws_for

VOCABULARY, START, END, LONGEST = 5, 1, 4, 4  # 0 is padding
BANNED = np.array([1, 1, 0, 0, 0], "float32")


@pytest.fixture(params=["keras", "numpy"], autouse=True)
def either_ops(request, monkeypatch):
    """All that is said here is so for a graph of Keras and for NumPy alone."""
    if request.param == "numpy":
        monkeypatch.setitem(globals(), "ops", numpy_ops)


def table_step(seed=0, source=None):
    """Logits that depend on the last two tokens: the one before the last travels in the cache."""
    table = np.random.default_rng(seed).normal(0, 2, (VOCABULARY, VOCABULARY, VOCABULARY)).astype("float32")

    def next(tokens, cache, index):
        last = ops.take(tokens, index - 1, axis=1)
        logits = ops.take(
            ops.reshape(ops.convert_to_tensor(table), (-1, VOCABULARY)), cache["before"] * VOCABULARY + last, axis=0
        )
        weights = None if source is None else ops.exp(ops.log_softmax(logits[:, :source], axis=-1))
        return ops.log_softmax(logits, axis=-1), weights, {"before": last}

    return next, table


def run(decoding, *, batch=1, seed=0, prompts=None, limits=None, rows=None, source_mask=None):
    """Decode `batch` examples that differ in what the cache holds at first."""
    source = None if source_mask is None else source_mask.shape[1]
    next, _ = table_step(seed, source)
    prompt = np.zeros((batch, 1 + LONGEST), "int32")
    prompt[:, 0] = START
    lengths = np.zeros(batch, "int32")
    for place, prefix in enumerate(prompts or []):
        prompt[place, 1 : 1 + len(prefix)] = prefix
        lengths[place] = len(prefix)
    before = np.arange(batch, dtype="int32") if rows is None else np.array(rows, "int32")
    found = decode(
        ops,
        next,
        ops.convert_to_tensor(prompt),
        {"before": ops.convert_to_tensor(before % VOCABULARY)},
        decoding,
        end_id=END,
        limits=ops.convert_to_tensor(np.full(batch, LONGEST, "int32") if limits is None else np.array(limits, "int32")),
        prompt_lengths=ops.convert_to_tensor(lengths),
        banned=ops.convert_to_tensor(BANNED),
        draws=ops.convert_to_tensor(draws_for(before, decoding, LONGEST)),
        source_mask=None if source_mask is None else ops.convert_to_tensor(source_mask),
    )
    return type(found)(*map(ops.convert_to_numpy, found))


def log_probability(table, before, tokens):
    """Sum over a sequence, with plain NumPy."""
    total, last = 0.0, START
    for token in tokens:
        logits = table[before, last].astype("float64")
        total += logits[token] - np.log(np.exp(logits).sum())
        before, last = last, token
    return total


def all_sequences():
    """Every sequence that ends with the end or with the limit."""
    for length in range(1, LONGEST + 1):
        for body in itertools.product((2, 3), repeat=length - 1):
            yield (*body, END)
            if length == LONGEST:
                yield from ((*body, last) for last in (2, 3))


def said(found, example=0, result=0):
    return tuple(found.tokens[example, result, : found.lengths[example, result]].tolist())


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("before", [0, 2, 3])
def test_a_beam_as_wide_as_the_space_equals_exhaustive_search(penalty, before):
    _, table = table_step()
    decoding = Decoding("beam", num_beams=40, num_results=5, length_penalty=penalty)
    found = run(decoding, rows=[before])
    expected = sorted(
        ((log_probability(table, before, one) / ((5 + len(one)) / 6) ** penalty, one) for one in all_sequences()),
        reverse=True,
    )[:5]
    assert [said(found, 0, rank) for rank in range(5)] == [one for _, one in expected]
    np.testing.assert_allclose(found.penalized[0], [score for score, _ in expected], rtol=1e-5)


def test_greedy_equals_a_loop_and_beam_1_equals_greedy():
    _, table = table_step()
    greedy, beam = run(Decoding("greedy"), batch=5), run(Decoding("beam", num_beams=1), batch=5)
    for example in range(5):
        before, last, expected = example, START, []
        while len(expected) < LONGEST and last != END:
            best = int(np.argmax(np.where(BANNED > 0, -np.inf, table[before, last])))
            before, last = last, best
            expected.append(best)
        assert said(greedy, example) == tuple(expected)
    np.testing.assert_array_equal(greedy.tokens, beam.tokens)
    np.testing.assert_allclose(greedy.log_probabilities, beam.log_probabilities)


def test_the_sum_of_log_probabilities_is_that_of_the_tokens():
    _, table = table_step()
    for decoding in (Decoding("beam", num_beams=3, num_results=3), Decoding("sample", num_results=3, temperature=2.0)):
        found = run(decoding, batch=5)
        for example, result in itertools.product(range(5), range(3)):
            if found.log_probabilities[example, result] > DEAD:
                expected = log_probability(table, example, said(found, example, result))
                np.testing.assert_allclose(found.log_probabilities[example, result], expected, rtol=1e-5)


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding("greedy"),
        Decoding("beam", num_beams=3, num_results=2),
        Decoding("beam", num_beams=3, num_results=2, no_repeat_ngram=2, min_length=2),
        Decoding("sample", num_results=2, seed=3),
    ],
)
def test_batching_changes_nothing(decoding):
    together = run(decoding, batch=5, limits=[4, 1, 2, 3, 4], prompts=[[], [2], [], [3, 2], []])
    for example, (limit, prompt) in enumerate(zip([4, 1, 2, 3, 4], [[], [2], [], [3, 2], []], strict=True)):
        alone = run(decoding, rows=[example], limits=[limit], prompts=[prompt])
        np.testing.assert_array_equal(together.tokens[example], alone.tokens[0])
        np.testing.assert_allclose(together.penalized[example], alone.penalized[0], rtol=1e-6)


def test_a_forced_prefix_comes_first_and_costs_nothing():
    _, table = table_step()
    for decoding in (Decoding("greedy"), Decoding("beam", num_beams=3), Decoding("sample")):
        found = run(decoding, prompts=[[3, 3]])
        assert said(found)[:2] == (3, 3)
        expected = log_probability(table, 0, said(found)) - log_probability(table, 0, (3, 3))
        np.testing.assert_allclose(found.log_probabilities[0, 0], expected, rtol=1e-5)


def test_a_finished_hypothesis_keeps_its_score_whatever_comes_later():
    _, table = table_step()
    found = run(Decoding("beam", num_beams=4, num_results=4, length_penalty=0.0), batch=5)
    for example, result in itertools.product(range(5), range(4)):
        if found.log_probabilities[example, result] > DEAD:
            tokens = said(found, example, result)
            np.testing.assert_allclose(
                found.penalized[example, result], log_probability(table, example, tokens), rtol=1e-5
            )
            assert END not in tokens[:-1]


def test_no_ngram_comes_twice():
    for seed, order in itertools.product(range(5), (1, 2)):
        found = run(Decoding("beam", num_beams=3, no_repeat_ngram=order, min_length=2), seed=seed, batch=5)
        for example in range(5):
            tokens = said(found, example)
            ngrams = list(zip(*(tokens[shift:] for shift in range(order)), strict=False))
            assert len(ngrams) == len(set(ngrams))


def test_the_end_waits_for_the_minimum_length():
    lengths = [run(Decoding("beam", min_length=shortest), batch=5).lengths.min() for shortest in (0, 1, 2, 3)]
    assert all(length > shortest for shortest, length in enumerate(lengths))


def test_samples_follow_the_distribution_and_the_filters():
    _, table = table_step()
    found = run(Decoding("sample", num_results=4000, seed=1), rows=[2])
    probabilities = np.where(BANNED > 0, 0, np.exp(table[2, START]))
    probabilities /= probabilities.sum()
    shares = np.bincount(found.tokens[0, :, 0], minlength=VOCABULARY) / 4000
    np.testing.assert_allclose(shares, probabilities, atol=0.03)

    only_best = run(Decoding("sample", num_results=50, top_k=1), rows=[2])
    assert {said(only_best, 0, one) for one in range(50)} == {said(run(Decoding("greedy"), rows=[2]))}
    nucleus = run(Decoding("sample", num_results=500, top_p=float(np.sort(probabilities)[-1]) + 1e-3), rows=[2])
    assert set(nucleus.tokens[0, :, 0]) == set(np.argsort(probabilities)[-2:])


def test_a_seed_fixes_the_samples():
    first, second, other = (
        run(Decoding("sample", num_results=3, seed=seed, temperature=3.0), batch=5).tokens for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_the_coverage_penalty_is_the_paper_s():
    mask = np.array([[1, 1, 0]], "float32")
    plain = run(Decoding("beam", num_beams=3, num_results=3), source_mask=mask)
    found = run(Decoding("beam", num_beams=3, num_results=3, coverage_penalty=0.4), source_mask=mask)
    for result in range(3):
        same = [said(plain, 0, one) for one in range(3)].index(said(found, 0, result))
        covered = np.minimum(found.attention[0, result].sum(axis=0), 1.0)[:2]
        expected = plain.penalized[0, same] + 0.4 * np.log(covered).sum()
        np.testing.assert_allclose(found.penalized[0, result], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"method": "best"}, "method"),
        ({"num_beams": 0}, "num_beams"),
        ({"top_k": 9}, "top_k must be None, or 1 to 5"),
        ({"num_results": 2}, "num_results"),
        ({"method": "beam", "num_results": 6, "num_beams": 5}, "num_results"),
        ({"temperature": 0.0}, "temperature"),
        ({"top_k": 0}, "top_k"),
        ({"top_p": 1.5}, "top_p"),
        ({"max_length": 0}, "max_length"),
        ({"min_length": 5, "max_length": 4}, "max_length"),
        ({"length_penalty": -1.0}, "length_penalty"),
        ({"max_length": 2.5}, "max_length must be an integer. Received: max_length=2.5"),
        ({"seed": -1}, "seed must be 0 or more. Received: seed=-1"),
    ],
)
def test_illegal_settings_are_named(settings, named):
    with pytest.raises(ValueError, match=named):
        Decoding(**settings).checked(VOCABULARY)


@pytest.mark.parametrize("method", ["greedy", "beam", "sample"])
def test_a_network_in_double_precision_writes_the_same(method):
    mask = np.ones((5, 3), "float32")
    expected = run(Decoding(method), batch=5, source_mask=mask)
    keras.config.set_floatx("float64")
    try:
        found = run(Decoding(method), batch=5, source_mask=mask.astype("float64"))
    finally:
        keras.config.set_floatx("float32")
    np.testing.assert_array_equal(found.tokens, expected.tokens)
    assert found.log_probabilities.dtype == "float32"
