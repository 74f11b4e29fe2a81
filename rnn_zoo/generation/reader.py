"""How a network that writes reads what is written already: the log-probability of every token; needs no Keras."""

import numpy as np

from rnn_zoo.buckets import length_buckets

LOGITS_AT_ONCE = 2**24
LONGEST_WINDOW = 256


class Reader:
    """Reads targets with the network of a `Writing`."""

    def __init__(self, model, network):
        self.model, self.network = model, network
        self._graph = network.graphs(self._read)

    def scores(self, raw, targets, batch_size):
        """Log-probabilities of the tokens of each example's target, `<float64>[tokens]` each."""
        model = self.model
        encoded = model.preprocessor.encode(raw) if model.has_encoder else targets
        if len(targets) != len(encoded):
            raise ValueError(f"raw and labels must be of one length. Received: {len(encoded)} and {len(targets)}")
        found = [None] * len(encoded)
        sizes, width = [len(one) for one in targets], self.network.bucket_width
        for positions, timesteps in length_buckets(encoded, batch_size, width, target_widths=sizes):
            chosen = [targets[index] for index in positions]
            if model.has_encoder:
                inputs = model.preprocessor.pad([encoded[index] for index in positions], timesteps)
                scores = self._scores_of_answers(inputs, chosen)
            else:
                scores = self.scores_of_texts(chosen)
            for index, one in zip(positions, scores, strict=True):
                found[index] = one
        return found

    def _scores_of_answers(self, inputs, targets):
        model, ops = self.model, self.network.ops
        padded = model.codec.pad(targets)
        logits = ops.convert_to_tensor(self.network.compute(model.teacher_forced(inputs, padded)))
        losses = ops.convert_to_numpy(model.losses_of(padded, logits))
        return [-row[: len(one)].astype("float64") for row, one in zip(losses, targets, strict=True)]

    def scores_of_texts(self, targets):
        """Those of the tokens of texts, window by window; what is remembered is carried along."""
        codec, decoder = self.model.codec, self.network.decoder
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
        logits, states = self.network.read(tensors["previous_ids"], tensors["states"])
        return -self.model.losses_of(tensors["targets"], logits), states
