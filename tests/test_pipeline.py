"""From raw examples to batches. Example number i is the word `w<i>` repeated, so that a row tells which one it is."""

import gc
import itertools
import weakref

import keras
import numpy as np
import pytest

import rnn_zoo
from rnn_zoo.buckets import length_buckets
from rnn_zoo.preprocessors import Words

NUM_EXAMPLES = 50
LENGTHS = np.random.default_rng(0).integers(1, 100, NUM_EXAMPLES)
WORDS = [f"w{number}" for number in range(NUM_EXAMPLES)]
TEXTS = [" ".join([word] * length) for word, length in zip(WORDS, LENGTHS, strict=True)]
LABELS = [number % 2 for number in range(NUM_EXAMPLES)]


@pytest.fixture
def task():
    return rnn_zoo.sentiment_gru(
        rnn_zoo.Words(WORDS), rnn_zoo.Classes(["negative", "positive"]), embedding_dim=2, units=2, bidirectional=False
    )


def examples_of(inputs):
    """Which examples the rows of a batch are."""
    return (np.asarray(inputs)[:, 0] - 2).tolist()


def order_of(dataset):
    """Example numbers in the order of one pass."""
    return [number for inputs, _ in dataset for number in examples_of(inputs)]


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_pass_yields_every_example_once_padded_on_the_right_with_its_label(task, shuffle):
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8, shuffle=shuffle)
    seen = []
    for inputs, targets in dataset.as_numpy_iterator():
        assert inputs.dtype == np.int32 and targets.dtype == np.int32
        for row, number, target in zip(inputs, examples_of(inputs), targets, strict=True):
            expected = [number + 2] * LENGTHS[number]
            assert row.tolist() == expected + [0] * (len(row) - len(expected))
            assert target == LABELS[number]
            seen.append(number)
    assert sorted(seen) == list(range(NUM_EXAMPLES))


def test_the_dataset_knows_how_many_batches_it_has_and_all_but_one_are_full(task):
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8, shuffle=True)
    sizes = [len(targets) for _, targets in dataset]
    assert int(dataset.cardinality()) == len(sizes) == 7
    assert sorted(sizes) == [2, 8, 8, 8, 8, 8, 8]


def test_one_seed_gives_one_order_another_seed_another_and_each_epoch_its_own(task):
    def two_epochs(seed):
        dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8, shuffle=True, seed=seed)
        return order_of(dataset), order_of(dataset)

    first, second = two_epochs(seed=1)
    assert two_epochs(seed=1) == (first, second)
    assert first != second
    assert first != two_epochs(seed=2)[0]


def test_training_that_goes_on_at_a_later_epoch_sees_that_epochs_order(task):
    settings = {"batch_size": 8, "shuffle": True, "seed": 3}
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, **settings)
    epochs = [order_of(dataset) for _ in range(4)]
    resumed = rnn_zoo.batches(task, TEXTS, LABELS, **settings, initial_epoch=2)
    assert [order_of(resumed), order_of(resumed)] == epochs[2:]


def test_training_that_goes_on_within_an_epoch_sees_the_rest_of_it(task):
    settings = {"batch_size": 8, "shuffle": True, "seed": 3}
    whole = [batch[0].numpy().tolist() for batch in rnn_zoo.batches(task, TEXTS, LABELS, **settings)]
    rest = rnn_zoo.batches(task, TEXTS, LABELS, **settings, initial_step=5)
    assert int(rest.cardinality()) == len(whole) - 5
    assert [batch[0].numpy().tolist() for batch in rest] == whole[5:]


def test_fit_takes_one_pass_an_epoch(task, monkeypatch):
    """A pass that Keras took only to look at the data would shift the order of every later epoch."""
    passes = []

    def spy(*args, **options):
        passes.append(args)
        return length_buckets(*args, **options)

    monkeypatch.setattr("rnn_zoo.pipeline.length_buckets", spy)
    task.compile("sgd")
    dataset = rnn_zoo.batches(task, TEXTS[:16], LABELS[:16], batch_size=16, shuffle=True)
    task.fit(dataset, epochs=3, verbose=0)
    assert len(passes) == 3


def test_without_shuffling_batches_come_in_order_of_length_in_every_pass(task):
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8, bucket_width=10)
    order = order_of(dataset)
    assert order == order_of(dataset)
    buckets = [-(-LENGTHS[number] // 10) for number in order]
    assert buckets == sorted(buckets)


def test_shuffling_mixes_what_shares_a_batch(task):
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8, shuffle=True, bucket_width=100)
    first, second = ({frozenset(examples_of(inputs)) for inputs, _ in dataset.as_numpy_iterator()} for _ in range(2))
    assert not first & second


def test_shuffling_does_not_train_from_short_to_long(task):
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=4, shuffle=True, bucket_width=25)
    widths = [inputs.shape[1] for inputs, _ in dataset]
    assert len(set(widths)) == 4
    assert widths != sorted(widths)


@pytest.mark.parametrize("bucket_width", [1, 10, 25])
def test_a_batch_is_as_wide_as_the_next_multiple_of_the_bucket_width(task, bucket_width):
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8, shuffle=True, bucket_width=bucket_width)
    for inputs, _ in dataset.as_numpy_iterator():
        longest = max(LENGTHS[number] for number in examples_of(inputs))
        assert inputs.shape[1] == -(-longest // bucket_width) * bucket_width


def test_under_jax_which_compiles_each_shape_few_widths_are_made_of_what_is_read_and_written(monkeypatch):
    texts = [" ".join(["w"] * length) for length in range(1, 31)]
    task = rnn_zoo.translation_gru.from_examples((texts, texts[::-1]), token_type="words", units=2, embedding_dim=2)
    widths = {}
    for backend in ("tensorflow", "jax"):
        monkeypatch.setattr(keras.backend, "backend", lambda backend=backend: backend)
        found = list(rnn_zoo.batches(task, texts, texts[::-1], batch_size=1).as_numpy_iterator())
        assert all(inputs["previous_ids"].shape == targets.shape for inputs, targets in found)
        widths[backend] = {(inputs["source_ids"].shape[1], targets.shape[1]) for inputs, targets in found}
    assert widths["jax"] == {(25, 25), (25, 50), (50, 25)}
    assert widths["tensorflow"] > {(5, 35), (30, 5)} and len(widths["tensorflow"]) >= 6


def test_buckets_leave_far_less_padding_than_one_wide_batch(task):
    def padding_share(**settings):
        widths = [inputs.shape for inputs, _ in rnn_zoo.batches(task, TEXTS, LABELS, **settings)]
        return 1 - LENGTHS.sum() / sum(rows * width for rows, width in widths)

    in_buckets, in_one_batch = padding_share(batch_size=8), padding_share(batch_size=NUM_EXAMPLES)
    # 50 lengths spread evenly over 1 to 99: about half is padding in one batch, about a quarter in buckets of 25.
    assert in_one_batch > 0.4
    assert in_buckets < 0.6 * in_one_batch


def test_texts_are_tokenized_once_and_not_each_epoch(task, monkeypatch):
    calls = []
    split = Words.split
    monkeypatch.setattr(Words, "split", classmethod(lambda cls, text: calls.append(text) or split(text)))
    dataset = rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8)
    for _ in range(3):
        assert len(order_of(dataset)) == NUM_EXAMPLES
    assert calls == TEXTS


def test_without_labels_a_batch_is_the_inputs_alone(task):
    (inputs,) = rnn_zoo.batches(task, TEXTS[:3])
    assert inputs.shape[0] == 3


def test_without_labels_batches_come_in_the_order_of_the_examples(task):
    dataset = rnn_zoo.batches(task, TEXTS, batch_size=8)
    assert [number for inputs in dataset for number in examples_of(inputs)] == list(range(NUM_EXAMPLES))
    shuffled = rnn_zoo.batches(task, TEXTS, batch_size=8, shuffle=True)
    order = [number for inputs in shuffled for number in examples_of(inputs)]
    assert order != sorted(order) == list(range(NUM_EXAMPLES))


def test_labels_may_be_names(task):
    ((_, targets),) = rnn_zoo.batches(task, ["w1", "w1"], ["positive", "negative"])
    assert targets.numpy().tolist() == [1, 0]


@pytest.mark.parametrize(
    ("raw", "labels", "settings", "message"),
    [
        (["a", "b"], [0], {}, "of one length. Received: 2 and 1"),
        (["a", "b"], [0, 2], {}, r"index below 2. Received: labels\[1\]=2"),
        (["a", "b"], [0, "good"], {}, r"Received: labels\[1\]='good'"),
        ([], [], {}, "at least one example. Received: an empty list"),
        ([], None, {}, "at least one example. Received: an empty list"),
        (["a", 3], [0, 1], {}, r"Received: texts\[1\]=3"),
        ("a film", [0], {}, "must be a list"),
        (["a"], [0], {"batch_size": 0}, "batch_size=0"),
        (["a"], [0], {"bucket_width": 0}, "bucket_width=0"),
    ],
)
def test_bad_input_is_refused_before_the_first_batch(task, raw, labels, settings, message):
    with pytest.raises(ValueError, match=message):
        rnn_zoo.batches(task, raw, labels, **settings)


@pytest.mark.parametrize(("num_examples", "batch_size"), [(1, 1), (1, 64), (64, 64), (65, 64), (10, 3)])
def test_buckets_hold_every_place_once_in_full_batches_but_one(num_examples, batch_size):
    encoded = [np.zeros(length) for length in np.random.default_rng(1).integers(1, 60, num_examples)]
    for rng in (None, np.random.default_rng(2)):
        groups = length_buckets(encoded, batch_size, 25, rng)
        positions = list(itertools.chain.from_iterable(positions for positions, _ in groups))
        assert sorted(positions) == list(range(num_examples))
        assert sum(len(positions) < batch_size for positions, _ in groups) == (num_examples % batch_size > 0)


def test_a_pipeline_is_described_by_dtypes_shapes_and_share_of_padding(task):
    dataset = rnn_zoo.batches(task, ["w1 w2 w3", "w1", "w1 w2"], [0, 1, 0], batch_size=2, bucket_width=4)
    assert rnn_zoo.describe_batches(dataset).split("\n") == [
        "inputs   int32    [2, 4], [1, 4]",
        "targets  int32    [2], [1]",
        "padding  50 %",
    ]


def test_a_description_counts_the_shapes_that_it_leaves_out(task):
    texts = [" ".join(["w1"] * length) for length in (1, 2, 3, 4, 5)]
    dataset = rnn_zoo.batches(task, texts, [0] * 5, batch_size=1, bucket_width=1)
    assert "[1, 1], [1, 2], [1, 3] and 2 more" in rnn_zoo.describe_batches(dataset)
    assert "more" not in rnn_zoo.describe_batches(dataset, num_batches=3)


def test_a_bag_of_words_has_no_padding_to_describe():
    task = rnn_zoo.sentiment_bag_of_words(
        rnn_zoo.Words(WORDS, encoding="bag_of_words"), rnn_zoo.Classes(["negative", "positive"])
    )
    dataset = rnn_zoo.batches(task, ["w1 w2", "w3"], [0, 1])
    assert rnn_zoo.describe_batches(dataset).split("\n") == ["inputs   float32  [2, 52]", "targets  int32    [2]"]


def test_describe_batches_needs_no_targets(task):
    lines = rnn_zoo.describe_batches(rnn_zoo.batches(task, ["good film", "bad"], bucket_width=25)).splitlines()
    assert lines[0].split() == ["inputs", "int32", "[2,", "25]"]
    assert lines[1].split() == ["padding", "94", "%"]


def test_a_dataset_holds_the_task_as_long_as_it_is_read_and_no_longer():
    task = rnn_zoo.sentiment_gru(Words(WORDS), rnn_zoo.Classes(["negative", "positive"]), embedding_dim=2, units=2)
    iterator = iter(rnn_zoo.batches(task, TEXTS, LABELS, batch_size=8).map(lambda inputs, targets: targets))
    task, held = None, weakref.ref(task)
    gc.collect()
    assert sum(len(targets) for targets in iterator) == NUM_EXAMPLES
    iterator = None
    gc.collect()
    assert held() is None


def test_no_examples_are_no_batches_and_have_no_answers(task):
    assert length_buckets([], 4, 5) == [] and task.infer([]) == []
