"""Which examples share a batch, and how raw examples are answered in such batches; needs no Keras."""

import numpy as np

from rnn_zoo.preprocessors.base import warn_of_unknown


def answer(raw, compute, preprocessor, codec, *, top_k=None, batch_size=64):
    """Answer raw examples, of about equal length at once.

    Args:
        raw: a list of examples, as the preprocessor takes them.
        compute: from the preprocessor's inputs of a batch to the network's outputs, an array.
        preprocessor: of the model.
        codec: of the model.
        top_k: the k best answers to each example, as a list, instead of the best one.
        batch_size: examples computed at once.

    Returns:
        A list with one answer an example, in order. Examples of which nothing is known are warned of.
    """
    raw = preprocessor.listed(raw)
    encoded = preprocessor.encode(raw)
    warn_of_unknown(raw, encoded, preprocessor)
    answers = [None] * len(encoded)
    for positions, outputs in outputs_of(encoded, compute, preprocessor, batch_size):
        examples = [encoded[position] for position in positions]
        for position, one in zip(positions, codec.decode(outputs, examples, top_k=top_k), strict=True):
            answers[position] = one
    return answers


def outputs_of(encoded, compute, preprocessor, batch_size):
    """What a network gives for encoded examples, in batches of about equal length.

    Args:
        encoded: examples, as the preprocessor encoded them.
        compute: from the preprocessor's inputs of a batch to outputs, an array.
        preprocessor: pads them.
        batch_size: examples computed at once.

    Yields:
        Positions in encoded, and the outputs of these examples.
    """
    for positions, width in length_buckets(encoded, batch_size, preprocessor.bucket_width) if encoded else []:
        yield positions, compute(preprocessor.pad([encoded[position] for position in positions], width))


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
        A list of `(positions, width)`: `<int64>[batch]` into encoded, and the timesteps to pad to. Every position comes
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
