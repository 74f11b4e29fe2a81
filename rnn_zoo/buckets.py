"""Which examples share a batch, and how raw examples are answered in such batches; needs no Keras."""

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.extras import require
from rnn_zoo.preprocessors.base import warn_of_unknown


def outputs_of(encoded, compute, preprocessor, batch_size, map=map):
    """Yield positions in encoded and what a network gives for these examples, in batches of about equal length.

    `map` is Python's own, or one like it that computes several batches at once.
    """

    def outputs(group):
        positions, width = group
        return positions, compute(preprocessor.pad([encoded[position] for position in positions], width))

    yield from map(outputs, length_buckets(encoded, batch_size, preprocessor.bucket_width) if encoded else [])


def length_buckets(encoded, batch_size, bucket_width, rng=None, *, keeps_order=False, target_widths=None):
    """Share out examples to batches of about equal length: `(positions <int64>[batch], timesteps to pad to)` each.

    All batches are full, but for the one with the longest examples. Without a NumPy generator they come in order of
    length; `keeps_order` leaves the examples as they are; `target_widths` puts those of one width in order.
    """
    check_positive(batch_size=batch_size)
    widths = np.array([-(-len(example) // bucket_width) * bucket_width for example in encoded], int)
    order = np.arange(len(encoded)) if rng is None else rng.permutation(len(encoded))
    if not keeps_order:
        keys = widths if not target_widths else widths * (1 + max(target_widths)) + np.array(target_widths)
        order = order[np.argsort(keys[order], kind="stable")]
    cuts = np.arange(batch_size, len(order), batch_size)
    groups = [(positions, int(widths[positions].max())) for positions in np.split(order, cuts) if len(positions)]
    return groups if rng is None else [groups[index] for index in rng.permutation(len(groups))]


class Answering:
    """How raw examples are answered, by a Task and by an exported file: examples of about equal length at once.

    Beside it stand `name`, `preprocessor`, `codec` and `compute`, the network on arrays.
    """

    def infer(self, raw, *, top_k=None, batch_size=64):
        """Answer raw examples.

        Args:
            raw: a list of examples, as the preprocessor takes them: strings for a text model; or a single one.
            top_k: the k best answers to each example, as a list, instead of the best one.
            batch_size: examples computed at once.

        Returns:
            A list with one answer an example, in order, or the answer to a single example. A class is
            `{"label": str, "score": float}`, the score a probability; the codec's `decode` says how others look.

        Raises:
            ValueError: for input that is no list of examples, with the position in the message, or illegal settings.
        """
        is_single = self.preprocessor.is_single(raw)
        answers = self._answers([raw] if is_single else raw, top_k, batch_size)
        return answers[0] if is_single else answers

    def unknown_share(self, raw):
        """How much of raw examples the model does not know: what it answers about words that are unknown is a guess.

        Args:
            raw: a list of examples, as the preprocessor takes them; or a single one.

        Returns:
            The share of unknown words, or other tokens, of each example, a list of floats in [0, 1], or of a single
            one a float; 1 for a blank text, and None for a model that reads no tokens. Of subwords, a word counts as
            unknown that has an unknown piece, or that is spelled letter by letter.

        Example:
            >>> rnn_zoo.sentiment_lstm().unknown_share(["A great film.", "A zzgrt film."])
            [0.0, 0.25]
        """
        is_single = self.preprocessor.is_single(raw)
        shares = self.preprocessor.unknown_share([raw] if is_single else raw)
        return shares[0] if shares and is_single else shares

    def answer_metrics(self, raw, labels, answers=None):
        """How good the answers to examples are, by the codec's metrics: a dictionary of numbers.

        The answers are what `infer` gives, where that is known already.
        """
        require(f"metrics of {self.name}", *self.codec.measured_with)
        return self.codec.compute_metrics(labels, self.infer(raw) if answers is None else answers)

    def _answers(self, raw, top_k, batch_size):
        """Answers to a list; examples of which nothing is known are warned of."""
        raw = self.preprocessor.listed(raw)
        encoded = self.preprocessor.encode(raw)
        answers = [None] * len(encoded)
        for positions, outputs in self._outputs_of(encoded, batch_size):
            examples = [encoded[position] for position in positions]
            for position, one in zip(positions, self.codec.decode(outputs, examples, top_k=top_k), strict=True):
                answers[position] = one
        warn_of_unknown(raw, encoded, self.preprocessor, answers)
        return answers

    def _outputs_of(self, encoded, batch_size):
        return outputs_of(encoded, self.compute, self.preprocessor, batch_size)
