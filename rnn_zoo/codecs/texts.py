"""Texts that go on: what a language model is taught, and how well it guesses."""

import math

import numpy as np

from rnn_zoo.codecs.sequences import PADDING_ID, UNKNOWN_ID, Sequences


class Texts(Sequences):
    """Tokens of texts of which each may go on from the one before.

    One id is added behind those of the tokenizer. It stands between texts: it ends the one before and begins the one
    behind, as the end of the line does in the Penn Treebank.

    Args:
        tokenizer: as for `Sequences`.
        decoding: as for `Sequences`.

    Example:
        >>> codec = Texts(rnn_zoo.Words(["a", "dog"]))
        >>> targets = codec(["a dog", "dog"])
        >>> targets.tolist(), codec.previous(targets).tolist()
        ([[2, 3, 4], [3, 4, 0]], [[4, 2, 3], [4, 3, 4]])
    """

    measured_with = ()

    def __init__(self, tokenizer, *, decoding=None):
        super().__init__(tokenizer, decoding=decoding)

    @property
    def end_id(self):
        return self.start_id

    @property
    def vocabulary_size(self):
        return self.tokenizer.vocabulary_size + 1

    @property
    def banned(self):
        banned = np.zeros(self.vocabulary_size, "float32")
        banned[[PADDING_ID, UNKNOWN_ID]] = 1.0
        return banned

    def previous(self, targets):
        return np.concatenate([np.full((len(targets), 1), self.start_id, "int32"), targets[:, :-1]], axis=1)

    def limit(self, timesteps):
        return 200

    def compute_likelihood_metrics(self, likelihoods, labels):
        """The mean over all tokens of their negative log-probability, to base e and 2, and the exponential of it.

        Bits a character, the end of a text being one, compare models of different vocabularies.
        """
        totals, counts = zip(*likelihoods, strict=True)
        nats, characters = -math.fsum(totals), sum(len(text) + 1 for text in labels)
        return {
            "nats": nats / sum(counts),
            "bits": nats / sum(counts) / math.log(2),
            "perplexity": math.exp(nats / sum(counts)),
            "bits_per_character": nats / characters / math.log(2),
        }

    def beginnings(self, texts, num_characters=20):
        """Beginnings of three lines, first, middle and last, to show how a model goes on; they end with whole words."""
        lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
        positions = sorted({0, len(lines) // 2, len(lines) - 1}) if lines else []
        cut = [(line, line[: num_characters + 1].rpartition(" ")[0]) for line in (lines[index] for index in positions)]
        return [line if len(line) <= num_characters else words or line[:num_characters] for line, words in cut]
