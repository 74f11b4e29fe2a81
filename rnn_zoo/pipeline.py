"""From raw examples to batches: tokenize once, shuffle with a seed, bucket by length, pad to the bucket, prefetch."""

import concurrent.futures
import functools
import itertools
import threading
import weakref
from typing import NamedTuple

import keras
import numpy as np

from rnn_zoo.buckets import length_buckets
from rnn_zoo.checks import check_positive
from rnn_zoo.encoding import PIECE, encode, encode_each, weights_of
from rnn_zoo.shares import Share, side_by_side
from rnn_zoo.streams import is_source, stream_of

BATCHES_A_WINDOW = 100
"""So many batches of a stream are shuffled and bucketed together, if nothing else is said."""
_numbers = itertools.count()
"""Of datasets whose processes read a shard each, in the order in which they are made: the same in all of them."""


class Window(NamedTuple):
    """Encoded examples that are shuffled and bucketed together; targets and weights may be None."""

    encoded: list
    targets: list
    weights: np.ndarray | None = None


def batches(
    task, raw, labels=None, *, batch_size=64, shuffle=False, seed=0, bucket_width=None, initial_epoch=0, initial_step=0,
    share=None, sample_weight=None, buffer_size=None, workers=0,
):  # fmt: skip
    """Batches of a dataset, as `task.fit`, `task.evaluate` and `task.predict` take them.

    Examples of about the same length share a batch, so little of it is padding. Every pass over the dataset is one
    epoch with an order of its own, drawn from the seed and the epoch's number: the same from run to run.

    A stream is read anew each pass, window by window: the examples of one are encoded while the one before is trained
    on, and these two are all that is held. With a window that holds all examples, batches are those of the same
    examples in memory.

    Args:
        task: the Task to feed; its preprocessor and codec do the encoding, once, of a stream once a pass.
        raw: raw examples, as the preprocessor takes them: a list of strings for a text model. Or a `rnn_zoo.Stream` of
            pairs of them and their labels, or what it takes but for strings and lists.
        labels: their targets as the codec takes them; None for prediction.
        batch_size: examples a batch; at most one batch of a pass is smaller.
        shuffle: draw a new order each pass. Without it batches come in order of length, or, if labels is None, in the
            order of raw, so that predictions can be matched to it.
        seed: of the shuffle.
        bucket_width: sequences are padded to the next multiple of this many timesteps; None takes the preprocessor's.
        initial_epoch: number of the first pass, when training goes on; or a function that says the number of the pass
            that begins: Keras also begins passes only to look at their first batch.
        initial_step: batches to leave out of the first pass; such a dataset is for one pass.
        share: a `rnn_zoo.training.Share`, for training on several devices: batches are filled up to a multiple of
            `num_devices` with examples of their own, and hold the rows of one process, which of a stream reads no more
            than its shard. None for one device.
        sample_weight: `<float>[examples]`, by which the loss of each example is multiplied; None for 1.
        buffer_size: examples of a stream that are shuffled and bucketed together, a window, rounded up to whole
            batches; None for those of 100 batches. Where examples lie in an order, by class for example, it should hold
            many of all.
        workers: processes that encode, in the order of the examples; 0 for those of the stream, or this one. They end
            with each pass.

    Returns:
        A `tf.data.Dataset` that yields `(inputs, targets)`, with the weights of the examples if there are any, or
        inputs if there are no labels; of known cardinality but for a stream of unknown length.

    Raises:
        ValueError: for no examples, numbers of examples and labels that differ, or what preprocessor and codec refuse;
            labels or weights beside a stream. What is wrong further on in a stream ends the pass, with its place, as
            TensorFlow's `InvalidArgumentError`; `fit` and `evaluate` of a Task make it a ValueError again.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> dataset = rnn_zoo.batches(task, ["A great film.", "Dull."], ["positive", "negative"], bucket_width=5)
        >>> [inputs.shape.as_list() for inputs, targets in dataset]
        [[2, 5]]
    """
    import tensorflow as tf

    bucket_width = bucket_width_of(task.preprocessor) if bucket_width is None else bucket_width
    check_positive(batch_size=batch_size, bucket_width=bucket_width)
    check_positive(buffer_size=buffer_size)
    parts, all_of = (task.preprocessor, task.codec), None
    if is_source(raw):
        if labels is not None or sample_weight is not None:
            raise ValueError("a stream holds its own labels, and no weights: labels and sample_weight must be None.")
        stream, size = stream_of(raw), -(-(buffer_size or BATCHES_A_WINDOW * batch_size) // batch_size) * batch_size
        num_batches = None if stream.num_examples is None else -(-stream.num_examples // batch_size)
        batches_a_window = size // batch_size
        if share is not None and share.num_processes > 1:
            all_of, count = share, share.num_processes
            num_batches = None if stream.files else num_batches
            stream, size, batch_size = stream.shard(share.process, count), size // count, batch_size // count
            share = Share(share.num_devices // count)
        first = _window(encode_each(*parts, itertools.islice(stream.read(), 1)))
        if first is None:
            raise ValueError("a stream must have examples for each process. Received: none for this one.")

        def windows(epoch, skipped):
            rng = np.random.default_rng([seed, epoch]) if shuffle else None
            examples, ended = itertools.islice(stream.read(rng, size), skipped * size, None), threading.Event()
            examples = itertools.takewhile(lambda _: not ended.is_set(), examples)
            encoded = encode_each(*parts, examples, workers=workers or stream.workers, piece=min(PIECE, size))
            return _one_ahead(iter(lambda: _window(itertools.islice(encoded, size)), None), ended)

    else:
        if workers and labels is not None and len(raw) == len(labels):
            places = (f"example {number}" for number in itertools.count())
            first = _window(encode_each(*parts, zip(places, raw, labels, strict=False), workers=workers))
        else:
            first = Window(*encode(*parts, raw, labels))
        num_examples, num_batches = len(first.encoded), -(-len(first.encoded) // batch_size)
        batches_a_window = num_batches
        if sample_weight is not None:
            first = first._replace(weights=weights_of(sample_weight, num_examples))

        def windows(epoch, skipped):
            return [first][skipped:]

    epoch_of_pass = initial_epoch if callable(initial_epoch) else itertools.count(initial_epoch).__next__
    keeps_order = first.targets is None and not shuffle
    target_width = bucket_width_of(task.codec) if hasattr(task.codec, "bucket_width") else None  # of their own lengths

    def made_of(window, epoch, index, left_out=0):
        encoded, targets, weights = window
        rng = np.random.default_rng([seed, epoch, index]) if shuffle else None
        target_widths = [-(-len(target) // target_width) for target in targets or ()] if target_width else None
        groups = length_buckets(
            encoded, batch_size, bucket_width, rng, keeps_order=keeps_order, target_widths=target_widths
        )
        for positions, width in groups[left_out:]:
            if share is not None:
                positions = np.resize(positions, -(-len(positions) // share.num_devices) * share.num_devices)
            inputs = task.preprocessor.pad([encoded[index] for index in positions], width)
            if targets is None:
                batch = inputs
            else:
                if target_width:
                    width = target_width * max(target_widths[index] for index in positions)
                padded = task.codec.pad([targets[index] for index in positions], width)
                batch = task.teacher_forced(inputs, padded), padded
                batch += () if weights is None else (weights[positions],)
            yield batch if share is None else _rows_of(share, batch, len(positions))

    number = None if all_of is None else next(_numbers)

    def pass_of(epoch):
        skipped, left_out = divmod(initial_step, batches_a_window)
        for index, window in enumerate(windows(epoch, skipped), start=skipped):
            yield from made_of(window, epoch, index, left_out if index == skipped else 0)

    def one_pass():
        epoch = epoch_of_pass()
        found = pass_of(epoch)
        if all_of is not None:
            more = functools.cache(lambda: list(made_of(next(iter(windows(epoch, 0))), epoch, 0)))
            found = side_by_side(all_of, f"{number}/{epoch}", initial_step, found, more, task.codec.padding)
        yield from found

    signature = keras.tree.map_structure(lambda one: tf.TensorSpec([None, *one.shape[1:]], one.dtype), task.input)
    if first.targets is not None:
        padded = task.codec.pad(first.targets[:1])
        signature = (signature, tf.TensorSpec([None] * padded.ndim, padded.dtype))
        signature += () if first.weights is None else (tf.TensorSpec([None], "float32"),)
    return dataset_of(one_pass, signature, None if num_batches is None else num_batches - initial_step)


def _window(examples):
    """What an iterator of encoded examples gives as a `Window`; None if it gives nothing."""
    found = list(examples)
    return Window(*map(list, zip(*found, strict=True))) if found else None


def _one_ahead(iterator, ended):
    """What an iterator yields; a thread works on the next one meanwhile, and no further. At last an event is set."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        try:
            future = thread.submit(next, iterator, None)
            while (found := future.result()) is not None:
                future = thread.submit(next, iterator, None)
                yield found
        finally:
            ended.set()


def dataset_of(one_pass, signature, num_batches):
    """A `tf.data.Dataset` of the batches that a function yields, which goes with the dataset."""
    import tensorflow as tf

    alive = weakref.ref(one_pass)  # TensorFlow keeps what it is given for good: with it would stay data and Task
    dataset = tf.data.Dataset.from_generator(lambda: alive()(), output_signature=signature)
    dataset.one_pass = one_pass
    if num_batches is not None:
        dataset = dataset.apply(tf.data.experimental.assert_cardinality(num_batches))
    return dataset.prefetch(tf.data.AUTOTUNE)


def bucket_width_of(part):
    """Batches are padded to a multiple of it, in timesteps, by a preprocessor or a codec.

    JAX compiles each width anew, so fewer are better there.
    """
    return part.bucket_width * (5 if keras.backend.backend() == "jax" else 1)


def _rows_of(share, batch, num_rows):
    """What one process feeds; the whole batch was padded, so that all processes' parts have one shape."""
    size = num_rows // share.num_processes
    rows = slice(share.process * size, (share.process + 1) * size)
    return keras.tree.map_structure(lambda array: array[rows], batch)


def describe_batches(dataset, num_batches=20):
    """What a pipeline yields, for a person to read.

    Args:
        dataset: from `batches`, with or without targets.
        num_batches: how many batches to look at.

    Returns:
        Lines of text: dtype and shapes of inputs and targets, and the share of padding among the timesteps, if the
        inputs have any.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> dataset = rnn_zoo.batches(task, ["A great film."], [1], bucket_width=5)
        >>> print(rnn_zoo.describe_batches(dataset))
        inputs   int32    [1, 5]
        targets  int32    [1]
        padding  20 %
    """
    found, padding, size = {}, 0, 0
    for batch in dataset.take(num_batches):
        inputs, *targets = batch if isinstance(batch, tuple) else (batch,)
        inputs = inputs if isinstance(inputs, dict) else {"inputs": inputs}
        for name, tensor in [*inputs.items(), *(("targets", one) for one in targets)]:
            found.setdefault((name, tensor.dtype.name), {})[str(list(tensor.shape))] = True
        first = next(iter(inputs.values()))
        if first.dtype.is_integer or len(first.shape) > 2:
            values = first.numpy().reshape(*first.shape[:2], -1)
            padding += int((values == 0).all(axis=-1).sum())
            size += values.shape[0] * values.shape[1]
    lines, width = [], max([8, *(len(name) for name, _ in found)])
    for (name, dtype), shapes in found.items():
        more = f" and {len(shapes) - 3} more" if len(shapes) > 3 else ""
        lines.append(f"{name:<{width}} {dtype:<8} {', '.join(list(shapes)[:3])}{more}")
    if size:
        lines.append(f"{'padding':<{width}} {padding / size:.0%}".replace("%", " %"))
    return "\n".join(lines)
