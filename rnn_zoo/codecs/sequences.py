"""A sequence of symbols as the answer: text that is written symbol by symbol."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.generation import Decoding
from rnn_zoo.preprocessors.vocabulary import PADDING_ID, UNKNOWN_ID, pad_ids


@keras.saving.register_keras_serializable("rnn_zoo")
class SequenceLoss(keras.losses.Loss):
    """Cross-entropy in nats, averaged over the real symbols of a batch.

    Args:
        label_smoothing: share of the target that all symbols have alike, in [0, 1).
        name: of the loss.

    Example:
        >>> targets, logits = np.array([[2, 1, 0]]), np.zeros((1, 3, 4), "float32")
        >>> round(float(np.exp(SequenceLoss()(targets, logits))), 3)
        4.0

    Source: label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016.
    """

    def __init__(self, label_smoothing=0.0, name="sequence_loss"):
        super().__init__(name=name)
        self.label_smoothing = label_smoothing

    def call(self, targets, logits):
        """One value an example, scaled so that their mean is the mean over real symbols.

        Args:
            targets: `<int32>[batch, timesteps]`, 0 where a sequence is padded.
            logits: `<float32>[batch, timesteps, symbols]`.
        """
        real = ops.cast(targets != PADDING_ID, "float32")
        losses = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        if self.label_smoothing:
            everywhere = ops.logsumexp(logits, axis=-1) - ops.mean(logits, axis=-1)
            losses = (1 - self.label_smoothing) * losses + self.label_smoothing * everywhere
        sums = ops.sum(losses * real, axis=1)
        return sums * ops.cast(ops.shape(targets)[0], "float32") / ops.maximum(ops.sum(real), 1.0)

    def get_config(self):
        """Arguments that rebuild the loss."""
        return {"label_smoothing": self.label_smoothing, "name": self.name}


@keras.saving.register_keras_serializable("rnn_zoo")
class Perplexity(keras.metrics.Mean):
    """The number of equally probable symbols that would be as hard to guess: exp of the mean cross-entropy in nats.

    Args:
        name: of the metric.

    Example:
        >>> metric = Perplexity()
        >>> metric.update_state(np.array([[2, 1, 0]]), np.zeros((1, 3, 4), "float32"))
        >>> round(float(metric.result()), 3)
        4.0
    """

    def __init__(self, name="perplexity"):
        super().__init__(name=name)

    def update_state(self, targets, logits, sample_weight=None):
        """Count a batch; shapes as `SequenceLoss` takes them."""
        losses = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        super().update_state(losses, ops.cast(targets != PADDING_ID, "float32"))

    def result(self):
        """The perplexity of all that was counted."""
        return ops.exp(super().result())

    def get_config(self):
        """Arguments that rebuild the metric."""
        return {"name": self.name}


@keras.saving.register_keras_serializable("rnn_zoo")
class Sequences:
    """Symbols of a text, one after the other, closed by an end symbol.

    Two ids are added behind those of the tokenizer: `start_id` stands before the first symbol, `end_id` after the last.

    Args:
        tokenizer: turns texts into ids and, by `join`, ids into texts: `rnn_zoo.Words`, `rnn_zoo.Characters`,
            `rnn_zoo.Subwords`.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary.
        label_smoothing: of the loss, in [0, 1).

    Raises:
        ValueError: for illegal settings.

    Example:
        >>> codec = Sequences(rnn_zoo.Words(["a", "dog"]))
        >>> codec(["a dog", "dog"]).tolist()
        [[2, 3, 5], [3, 5, 0]]
    """

    bucket_width = 5
    """Targets are as wide as the next multiple of this many symbols, so that few widths are compiled."""
    stride = 1
    """Timesteps of an example that become one timestep of what a decoder looks at."""

    def __init__(self, tokenizer, *, decoding=None, label_smoothing=0.0):
        self.tokenizer = tokenizer
        self.decoding = Decoding(**(decoding or {})).checked(self.num_symbols)
        self.label_smoothing = label_smoothing
        if not 0 <= label_smoothing < 1:
            raise ValueError(f"label_smoothing must be in [0, 1). Received: label_smoothing={label_smoothing}")

    @property
    def start_id(self):
        """What stands before the first symbol."""
        return self.tokenizer.vocabulary_size

    @property
    def end_id(self):
        """What stands after the last symbol."""
        return self.tokenizer.vocabulary_size + 1

    @property
    def num_symbols(self):
        """Symbols that the network tells apart: those of the tokenizer, start and end."""
        return self.tokenizer.vocabulary_size + 2

    @property
    def symbols(self):
        """What every id stands for, `num_symbols` strings."""
        return [*self.tokenizer.symbols, "<start>", "<end>"]

    @property
    def banned(self):
        """Symbols never to be written, `<float32>[symbols]`: 1 for padding, unknown and start."""
        banned = np.zeros(self.num_symbols, "float32")
        banned[[0, 1, self.start_id]] = 1.0
        return banned

    @property
    def unread_ids(self):
        """Symbols that never stand before another: those never to be written, and the end; a list of ids."""
        return [*np.flatnonzero(self.banned).tolist(), self.end_id]

    def encode(self, labels, lengths=None):
        """Texts to ids with the end symbol, not padded yet.

        Args:
            labels: a list of strings.
            lengths: timesteps of the examples; an answer may have any length.

        Returns:
            A list of `<int32>[symbols]`; an empty text is the end symbol alone.

        Raises:
            ValueError: for what the tokenizer refuses; the message gives the place.
        """
        encoded = self.tokenizer.encode(labels)
        bodies = [ids[:0] if _is_blank(text, ids) else ids for ids, text in zip(encoded, labels, strict=True)]
        return [np.append(ids, self.end_id).astype("int32") for ids in bodies]

    def prefix(self, texts):
        """Texts to the ids of forced prefixes, without end symbol: a list of `<int32>[symbols]`."""
        return [ids[:-1] for ids in self.encode(texts)]

    def pad(self, encoded, timesteps=None):
        """Encoded texts to one tensor.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: not used: answers are as long as they are.

        Returns:
            `<int32>[batch, symbols]`, padded on the right with 0 to a multiple of `bucket_width`.
        """
        width = -(-max(map(len, encoded), default=1) // self.bucket_width) * self.bucket_width
        return pad_ids(encoded, width)

    def __call__(self, labels):
        """Texts to targets as a model takes them, no wider than the longest: `pad(encode(labels))`."""
        encoded = self.encode(labels)
        return self.pad(encoded)[:, : max(map(len, encoded), default=1)]

    def previous(self, targets):
        """What the network reads while it is taught: the symbol before each target, `<int32>[batch, symbols]`."""
        start = np.full((len(targets), 1), self.start_id, "int32")
        before = np.where(targets[:, :-1] == self.end_id, PADDING_ID, targets[:, :-1])
        return np.concatenate([start, before], axis=1)

    def count(self, ids):
        """What `log_likelihood` divides by for a mean: the number of symbols, the end among them."""
        return len(ids)

    def limit(self, timesteps):
        """The most symbols of an answer to an example of so many timesteps, where nothing else is asked for."""
        return 2 * timesteps + 10

    def answer(self, ids):
        """Written ids to an answer: without the end symbol, joined by the tokenizer."""
        return self.tokenizer.join([one for one in ids if one != self.end_id])

    def loss(self, *, soft=False):
        """Cross-entropy over real symbols."""
        return SequenceLoss(self.label_smoothing)

    def metrics(self, *, soft=False):
        """Perplexity over real symbols."""
        return [Perplexity()]

    def renamed(self, class_names):
        """Refuse: symbols belong to the tokenizer.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"a model that writes has no classes to replace. Received: class_names={class_names!r:.60}")

    def to_json(self, answer):
        """An answer as JSON holds it."""
        return {"text": answer} if isinstance(answer, str) else answer

    def measure(self, labels, answers):
        """What a test part says of a model; needs sacrebleu.

        Args:
            labels: references, a list of strings.
            answers: a list of strings, as `infer` gives them.

        Returns:
            `{"bleu": float, "chrf": float}`, in per cent: BLEU of lower-cased text with the tokenizer 13a, and chrF2.

        Source: Papineni et al., ACL 2002; Popović, WMT 2015; Post, "A call for clarity in reporting BLEU scores", WMT
        2018.
        """
        import sacrebleu

        return {
            "bleu": sacrebleu.corpus_bleu(answers, [labels], lowercase=True).score,
            "chrf": sacrebleu.corpus_chrf(answers, [labels]).score,
        }

    def draw(self, raw, labels, answers, folder, title=""):
        """Nothing to draw without the network; returns no paths."""
        return []

    def describe(self, raw, answer):
        """An example and its answer on one line."""
        return f"{raw} -> {answer}"

    def get_config(self):
        """Arguments that rebuild the codec, the tokenizer among them."""
        return {
            "tokenizer": keras.saving.serialize_keras_object(self.tokenizer),
            "decoding": self.decoding._asdict(),
            "label_smoothing": self.label_smoothing,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**{**config, "tokenizer": keras.saving.deserialize_keras_object(config["tokenizer"])})


@keras.saving.register_keras_serializable("rnn_zoo")
class Captions(Sequences):
    """Texts of which several are right: captions by several persons.

    Arguments are those of `Sequences`.

    Example:
        >>> codec = Captions(rnn_zoo.Words(["a", "dog", "runs"]))
        >>> codec(["a dog", ["dog runs", "a dog"]]).tolist()  # the first one is taught
        [[2, 3, 6], [3, 4, 6]]
    """

    def encode(self, labels, lengths=None):
        """Texts to ids, as `Sequences` does; of a list of texts the first one."""
        return super().encode([one[0] if isinstance(one, (list, tuple)) and one else one for one in labels], lengths)

    def measure(self, labels, answers):
        """What a test part says of a model; needs sacrebleu.

        Args:
            labels: references: a string, or a list of strings, for each answer.
            answers: a list of strings, as `infer` gives them.

        Returns:
            `{"bleu": float, "distinct": float}`: BLEU of lower-cased text against all references, in per cent, and the
            share of answers that differ from all others.
        """
        import sacrebleu

        references = [[one] if isinstance(one, str) else list(one) for one in labels]
        most = max(map(len, references))
        columns = [[one[place] if place < len(one) else None for one in references] for place in range(most)]
        return {
            "bleu": sacrebleu.corpus_bleu(answers, columns, lowercase=True).score,
            "distinct": len(set(answers)) / len(answers),
        }

    def describe(self, raw, answer):
        """An answer on one line, and the size of the image."""
        return f"{raw if isinstance(raw, str) else 'x'.join(map(str, raw.shape[:2]))} -> {answer}"


def _is_blank(text, ids):
    """Whether a tokenizer found nothing in a text, for which it gives one unknown symbol."""
    return not text.strip() and ids.tolist() == [UNKNOWN_ID]
