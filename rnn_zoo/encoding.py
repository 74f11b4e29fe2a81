"""Raw examples to what a network is fed, here or in worker processes; needs neither Keras nor TensorFlow."""

import collections
import functools
import itertools
import os
import signal
import threading
import time

import numpy as np

from rnn_zoo.checks import check_positive

PIECE = 64
"""So many raw examples are encoded at a time."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Of each worker: threads of NumPy in several workers wait for one another."""


def encode(preprocessor, codec, raw, labels=None):
    """Raw examples and their labels, two lists, as `(encoded, targets)`; the targets are None without labels."""
    encoded = preprocessor.encode(raw)
    targets = None if labels is None else codec.encode(labels, [len(example) for example in encoded])
    if not encoded:
        raise ValueError("raw must hold at least one example. Received: an empty list")
    if targets is not None and len(targets) != len(encoded):
        raise ValueError(f"raw and labels must be of one length. Received: {len(encoded)} and {len(targets)}")
    return encoded, targets


def encode_each(preprocessor, codec, examples, *, workers=0, piece=PIECE):
    """Yield `(encoded, target)` of examples `(place, raw, label)` in their order, so many encoded at a time.

    Workers are processes, which encode a few pieces each ahead; 0 encodes here. An example that cannot be encoded is
    refused with its place, a ValueError; a worker that was killed, perhaps for want of memory, is an OSError.
    """
    pieces, encode_piece = pieces_of(examples, piece), functools.partial(_encode_piece, preprocessor, codec)
    for encoded, targets in by_workers(encode_piece, pieces, workers) if workers else map(encode_piece, pieces):
        yield from zip(encoded, targets, strict=True)


def pieces_of(examples, piece=PIECE):
    """What an iterator gives as lists of so many."""
    return iter(lambda: list(itertools.islice(examples, piece)), [])


def named_by_place(function, piece):
    """What a function makes of a list of `(place, raw, label)`; if it cannot, the one is named that it cannot take."""
    try:
        return function(piece)
    except (ValueError, OSError):
        for one in piece:
            try:
                function([one])
            except (ValueError, OSError) as error:
                raise ValueError(f"{one[0]}: {error}") from error
        raise


def _encode_piece(preprocessor, codec, piece):
    def encoded(piece):
        _, raw, labels = map(list, zip(*piece, strict=True))
        return encode(preprocessor, codec, raw, _together(labels))

    return named_by_place(encoded, piece)


def _together(labels):
    """Labels as codecs take them: probabilities of classes in one array."""
    is_soft = isinstance(labels[0], np.ndarray) and labels[0].ndim == 1 and labels[0].dtype.kind == "f"
    return np.stack(labels) if is_soft else labels


def by_workers(function, items, workers):
    """What a function makes of items, in their order; of unfinished ones there are never more than three a worker."""
    import loky

    check_positive(workers=workers)
    pool = loky.ProcessPoolExecutor(workers, initializer=_begin, initargs=(function, os.getpid()), env=ONE_THREAD)
    try:
        yield from in_order(pool, _work, items, 3 * workers)
    except loky.process_executor.BrokenProcessPool as error:
        raise OSError(f"a worker process was ended from outside, perhaps for want of memory: {error}") from error
    finally:
        pool.shutdown(wait=True, kill_workers=True)


def in_order(pool, function, items, most):
    """What a pool makes of items, in their order; so many of them are unfinished or wait at most."""
    waiting = collections.deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) == most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_of_this_worker = []


def _begin(function, parent):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the first process says when it is over
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _of_this_worker[:] = [function]


def _end_with(parent):
    """End this process when the one that started it is gone, killed for example."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _work(item):
    return _of_this_worker[0](item)


def weights_of(sample_weight, num_examples):
    """Weights of examples, `<float32>[examples]`, after making sure that there is a finite one of each."""
    weights = np.asarray(sample_weight, "float32")
    if weights.shape != (num_examples,):
        raise ValueError(
            f"sample_weight must be one number an example, {num_examples} in all. Received: shape {weights.shape}"
        )
    if len(wrong := np.flatnonzero(~np.isfinite(weights))):
        raise ValueError(f"sample_weight must be finite. Received: sample_weight[{wrong[0]}]={weights[wrong[0]]}")
    return weights
