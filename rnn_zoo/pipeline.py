"""From raw examples to batches: tokenize once, shuffle with a seed, bucket by length, pad to the bucket, prefetch."""

import itertools
import weakref

import keras
import numpy as np


def batches(
    task, raw, labels=None, *, batch_size=64, shuffle=False, seed=0, bucket_width=None, initial_epoch=0, initial_step=0,
    share=None, sample_weight=None,
):  # fmt: skip
    """Batches of a dataset, as `task.fit`, `task.evaluate` and `task.predict` take them.

    Examples of about the same length share a batch, so little of it is padding. Every pass over the dataset is one
    epoch with an order of its own, drawn from the seed and the epoch's number: the same from run to run.

    Args:
        task: the Task to feed; its preprocessor and codec do the encoding, once.
        raw: raw examples, as the preprocessor takes them: a list of strings for a text model.
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
            `num_devices` with examples of their own, and hold the rows of one process. None for one device.
        sample_weight: `<float>[examples]`, by which the loss of each example is multiplied; None for 1.

    Returns:
        A `tf.data.Dataset` of known cardinality that yields `(inputs, targets)`, with the weights of the examples if
        there are any, or inputs if labels is None.

    Raises:
        ValueError: for no examples, numbers of examples and labels that differ, or what preprocessor and codec refuse.

    Example:
        >>> task = rnn_zoo.sentiment_lstm()
        >>> dataset = rnn_zoo.batches(task, ["A great film.", "Dull."], ["positive", "negative"], bucket_width=5)
        >>> [inputs.shape.as_list() for inputs, targets in dataset]
        [[2, 5]]
    """
    import tensorflow as tf

    encoded = task.preprocessor.encode(raw)
    lengths = [len(example) for example in encoded]
    targets = None if labels is None else task.codec.encode(labels, lengths)
    if not encoded:
        raise ValueError("raw must hold at least one example. Received: an empty list")
    if targets is not None and len(targets) != len(encoded):
        raise ValueError(f"raw and labels must be of one length. Received: {len(encoded)} and {len(targets)}")
    weights = None if sample_weight is None else _weights(sample_weight, len(encoded))
    bucket_width = bucket_width_of(task.preprocessor) if bucket_width is None else bucket_width
    if batch_size < 1 or bucket_width < 1:
        raise ValueError(f"batch_size and bucket_width must be positive. Received: {batch_size=}, {bucket_width=}")
    epoch_of_pass = initial_epoch if callable(initial_epoch) else itertools.count(initial_epoch).__next__
    keeps_order = targets is None and not shuffle
    target_width = getattr(task.codec, "bucket_width", None)  # of targets with lengths of their own
    target_widths = [-(-len(target) // target_width) for target in targets or ()] if target_width else None

    def one_pass():
        rng = np.random.default_rng([seed, epoch_of_pass()]) if shuffle else None
        groups = length_buckets(
            encoded, batch_size, bucket_width, rng, keeps_order=keeps_order, target_widths=target_widths
        )
        for positions, width in groups[initial_step:]:
            if share is not None:
                positions = np.resize(positions, -(-len(positions) // share.num_devices) * share.num_devices)
            inputs = task.preprocessor.pad([encoded[place] for place in positions], width)
            if targets is None:
                batch = inputs
            else:
                padded = task.codec.pad([targets[place] for place in positions], width)
                batch = task.teacher_forced(inputs, padded), padded
                batch += () if weights is None else (weights[positions],)
            yield batch if share is None else _rows_of(share, batch, len(positions))

    signature = keras.tree.map_structure(lambda one: tf.TensorSpec([None, *one.shape[1:]], one.dtype), task.input)
    if targets is not None:
        padded = task.codec.pad(targets[:1])
        signature = (signature, tf.TensorSpec([None] * padded.ndim, padded.dtype))
        signature += () if weights is None else (tf.TensorSpec([None], "float32"),)
    return dataset_of(one_pass, signature, -(-len(encoded) // batch_size) - initial_step)


def dataset_of(one_pass, signature, num_batches):
    """A `tf.data.Dataset` of what a function yields, which goes with the dataset.

    Args:
        one_pass: a function without arguments that yields the batches of one pass.
        signature: their `tf.TensorSpec`s.
        num_batches: of the first pass.
    """
    import tensorflow as tf

    alive = weakref.ref(one_pass)  # TensorFlow keeps what it is given for good: with it would stay data and Task
    dataset = tf.data.Dataset.from_generator(lambda: alive()(), output_signature=signature)
    dataset.one_pass = one_pass
    return dataset.apply(tf.data.experimental.assert_cardinality(num_batches)).prefetch(tf.data.AUTOTUNE)


def bucket_width_of(preprocessor):
    """Batches are padded to a multiple of it, in timesteps. JAX compiles each width anew, so fewer are better there."""
    return preprocessor.bucket_width * (5 if keras.backend.backend() == "jax" else 1)


def _weights(sample_weight, num_examples):
    weights = np.asarray(sample_weight, "float32")
    if weights.shape != (num_examples,):
        raise ValueError(
            f"sample_weight must be one number an example, {num_examples} in all. Received: shape {weights.shape}"
        )
    return weights


def _rows_of(share, batch, num_rows):
    """What one process feeds; the whole batch was padded, so that all processes' parts have one shape."""
    size = num_rows // share.num_processes
    rows = slice(share.process * size, (share.process + 1) * size)
    return keras.tree.map_structure(lambda array: array[rows], batch)


def length_buckets(encoded, batch_size, bucket_width, rng=None, *, keeps_order=False, target_widths=None):
    """Share out examples to batches of about equal length.

    Args:
        encoded: examples whose `len` is their number of timesteps.
        batch_size: examples a batch.
        bucket_width: batches are as wide as the next multiple of this.
        rng: a NumPy generator to shuffle with; None keeps the order of length.
        keeps_order: leave the examples in their order, whatever their lengths.
        target_widths: by which examples of one width are put in order; None for no such order.

    Returns:
        A list of `(positions, width)`: `<int64>[batch]` into encoded, and the timesteps to pad to. Every place comes
        once and all batches are full, but for the one with the longest examples.
    """
    widths = np.array([-(-len(example) // bucket_width) * bucket_width for example in encoded], int)
    order = np.arange(len(encoded)) if rng is None else rng.permutation(len(encoded))
    if not keeps_order:
        keys = widths if not target_widths else widths * (1 + max(target_widths)) + np.array(target_widths)
        order = order[np.argsort(keys[order], kind="stable")]
    cuts = np.arange(batch_size, len(order), batch_size)
    groups = [(positions, int(widths[positions].max())) for positions in np.split(order, cuts) if len(positions)]
    return groups if rng is None else [groups[index] for index in rng.permutation(len(groups))]


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
