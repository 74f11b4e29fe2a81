"""Which examples share a batch, and how raw examples are answered in such batches; needs no Keras."""

import numpy as np

from rnn_zoo.preprocessors.base import warn_of_unknown


def answer(raw, compute, preprocessor, codec, *, top_k=None, batch_size=64):
    """Answer a list of raw examples, of about equal length at once; `compute` is the network, on arrays.

    Examples of which nothing is known are warned of.
    """
    raw = preprocessor.listed(raw)
    encoded = preprocessor.encode(raw)
    answers = [None] * len(encoded)
    for positions, outputs in outputs_of(encoded, compute, preprocessor, batch_size):
        examples = [encoded[position] for position in positions]
        for position, one in zip(positions, codec.decode(outputs, examples, top_k=top_k), strict=True):
            answers[position] = one
    warn_of_unknown(raw, encoded, preprocessor, answers)
    return answers


def unknown_share(raw, preprocessor):
    """The share of unknown tokens of each raw example, or of a single one; see `rnn_zoo.Task.unknown_share`."""
    is_single = preprocessor.is_single(raw)
    shares = preprocessor.unknown_share([raw] if is_single else raw)
    return shares[0] if shares and is_single else shares


def outputs_of(encoded, compute, preprocessor, batch_size):
    """Yield positions in encoded and what a network gives for these examples, in batches of about equal length."""
    for positions, width in length_buckets(encoded, batch_size, preprocessor.bucket_width) if encoded else []:
        yield positions, compute(preprocessor.pad([encoded[position] for position in positions], width))


def length_buckets(encoded, batch_size, bucket_width, rng=None, *, keeps_order=False, target_widths=None):
    """Share out examples to batches of about equal length: `(positions <int64>[batch], timesteps to pad to)` each.

    All batches are full, but for the one with the longest examples. Without a NumPy generator they come in order of
    length; `keeps_order` leaves the examples as they are; `target_widths` puts those of one width in order.
    """
    widths = np.array([-(-len(example) // bucket_width) * bucket_width for example in encoded], int)
    order = np.arange(len(encoded)) if rng is None else rng.permutation(len(encoded))
    if not keeps_order:
        keys = widths if not target_widths else widths * (1 + max(target_widths)) + np.array(target_widths)
        order = order[np.argsort(keys[order], kind="stable")]
    cuts = np.arange(batch_size, len(order), batch_size)
    groups = [(positions, int(widths[positions].max())) for positions in np.split(order, cuts) if len(positions)]
    return groups if rng is None else [groups[index] for index in rng.permutation(len(groups))]
