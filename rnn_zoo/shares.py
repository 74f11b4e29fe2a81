"""What each of several processes feeds when they train together."""

import itertools
import json
from typing import NamedTuple

import keras
import numpy as np

PATIENCE_SECONDS = 24 * 3600
"""For what another process says; if one ends, JAX ends the others much sooner."""


class Share(NamedTuple):
    """Which part of each batch a process feeds.

    Attributes:
        num_devices: of all processes; every batch must be a multiple of it.
        process: number of this process.
        num_processes: how many there are.
    """

    num_devices: int = 1
    process: int = 0
    num_processes: int = 1

    def exchange(self, key, value):
        """What each process says under a key, a list; nothing is computed on devices, so any thread may ask.

        Keys stay, so that a pass that was given up by one process, and not yet by another, leaves nobody waiting.
        """
        from jax._src import distributed  # orbax, too, finds the client here

        client, path = distributed.global_state.client, f"rnn_zoo/{key}"
        client.key_value_set(f"{path}/{self.process}", json.dumps(value), allow_overwrite=True)
        found = (f"{path}/{one}" for one in range(self.num_processes))
        return [json.loads(client.blocking_key_value_get(one, 1000 * PATIENCE_SECONDS)) for one in found]


def side_by_side(share, key, first_step, batches, more, padding):
    """Yield batches of one process in the shapes that those of all have together: padded, and rows repeated.

    Each process yields as many; `more()` gives a list of batches for the steps that only others have examples for. The
    key is of the pass, the same in all processes. Targets are padded with `padding`, inputs with 0.
    """
    for step in itertools.count(first_step):
        batch = next(batches, None)
        shapes = share.exchange(f"{key}/{step}", _shapes(batch))
        if None in shapes:
            if not any(shapes):
                return
            batch = more()[step % len(more())] if batch is None else batch
            shapes = share.exchange(f"{key}/{step}/filled", _shapes(batch))
        wanted = [np.max(of_each, axis=0) for of_each in zip(*shapes, strict=True)]
        *inputs, targets = zip(keras.tree.flatten(batch), wanted, strict=True)
        grown = [*(_grown(*one, 0) for one in inputs), _grown(*targets, padding)]
        yield keras.tree.pack_sequence_as(batch, grown)


def _shapes(batch):
    return None if batch is None else [np.shape(array) for array in keras.tree.flatten(batch)]


def _grown(array, shape, padding):
    rows = array[np.arange(shape[0]) % len(array)]
    more = [(0, 0), *((0, width - size) for width, size in zip(shape[1:], rows.shape[1:], strict=True))]
    return np.pad(rows, more, constant_values=padding)
