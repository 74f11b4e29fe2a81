"""How the network of a GenerativeTask reads what is written already: the log-probability of every token."""

import functools

import keras
import numpy as np
from keras import ops

from rnn_zoo.buckets import length_buckets
from rnn_zoo.generation.compiling import compiled
from rnn_zoo.pipeline import bucket_width_of

LOGITS_AT_ONCE = 2**24
LONGEST_WINDOW = 256


class Reader:
    """Reads targets with the network of a `GenerativeTask`."""

    def __init__(self, task):
        self.task = task
        self._graph = functools.lru_cache(1)(lambda: compiled(task, self._read))

    def scores(self, raw, targets, batch_size):
        """Log-probabilities of the tokens of each example's target, `<float64>[tokens]` each."""
        task = self.task
        encoded = task.preprocessor.encode(raw) if task.has_encoder else targets
        if len(targets) != len(encoded):
            raise ValueError(f"raw and labels must be of one length. Received: {len(encoded)} and {len(targets)}")
        found = [None] * len(encoded)
        sizes, width = [len(one) for one in targets], bucket_width_of(task.preprocessor)
        for positions, timesteps in length_buckets(encoded, batch_size, width, target_widths=sizes):
            chosen = [targets[index] for index in positions]
            if task.has_encoder:
                inputs = task.preprocessor.pad([encoded[index] for index in positions], timesteps)
                scores = self._scores_of_answers(inputs, chosen)
            else:
                scores = self.scores_of_texts(chosen)
            for index, one in zip(positions, scores, strict=True):
                found[index] = one
        return found

    def _scores_of_answers(self, inputs, targets):
        padded = self.task.codec.pad(targets)
        logits = ops.convert_to_tensor(self.task.predict_on_batch(self.task.teacher_forced(inputs, padded)))
        losses = ops.convert_to_numpy(ops.sparse_categorical_crossentropy(padded, logits, from_logits=True))
        return [-row[: len(one)].astype("float64") for row, one in zip(losses, targets, strict=True)]

    def scores_of_texts(self, targets):
        """Those of the tokens of texts, window by window; what is remembered is carried along."""
        codec, decoder = self.task.codec, self.task.get_layer("decoder")
        padded = codec.pad(targets)
        previous = codec.previous(padded)
        size = int(np.clip(LOGITS_AT_ONCE // (len(padded) * codec.vocabulary_size), 1, LONGEST_WINDOW))
        states, scores = decoder.start(None, len(padded)), []
        for first in range(0, padded.shape[1], size):
            window = slice(first, first + size)
            found, states = self._graph()(
                {"targets": padded[:, window], "previous_ids": previous[:, window], "states": states}
            )
            scores.append(found.astype("float64"))
        scores = np.concatenate(scores, axis=1)
        return [row[: len(one)] for row, one in zip(scores, targets, strict=True)]

    def _read(self, tensors):
        """The graph of a window: log-probabilities of its targets, and all states at its end."""
        decoder = self.task.get_layer("decoder")
        states = keras.tree.map_structure(  # whose sizes a traced graph does not know
            lambda zeros, state: ops.reshape(state, (-1, zeros.shape[-1])), decoder.start(None, 1), tensors["states"]
        )
        logits, states = decoder.read(tensors["previous_ids"], states)
        losses = ops.sparse_categorical_crossentropy(tensors["targets"], logits, from_logits=True)
        return -losses, states
