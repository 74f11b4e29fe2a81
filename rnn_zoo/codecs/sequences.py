"""A sequence of tokens as the answer: text that is written token by token."""

import numpy as np

from rnn_zoo.checks import check_below
from rnn_zoo.codecs.codec import Codec, check_lengths, listed
from rnn_zoo.generation import Decoding
from rnn_zoo.preprocessors.base import padded
from rnn_zoo.preprocessors.pitches import Pieces
from rnn_zoo.preprocessors.spelling import Letters, SpacedTokens
from rnn_zoo.preprocessors.subwords import Subwords
from rnn_zoo.preprocessors.text import Characters, Jamo, SpacedWords, Words
from rnn_zoo.preprocessors.vocabulary import PADDING_ID, UNKNOWN_ID

TOKENIZERS = {
    kind.__name__: kind for kind in (Characters, Jamo, Letters, Pieces, SpacedWords, Subwords, SpacedTokens, Words)
}
"""What a codec can hold to make ids, by the names that files know them by."""


def first_of_each(labels):
    """The first right answer of each example; a label is one, or a list of them."""
    return [one[0] if isinstance(one, (list, tuple)) and one else one for one in listed(labels)]


def all_of_each(labels):
    """The right answers of each example, a list of lists."""
    return [[one] if isinstance(one, str) else list(one) for one in labels]


class Written(Codec):
    """What a decoder writes, piece after piece: `token_shape` numbers of a dtype, from `draws_a_token` random ones.

    A subclass has `start_id`, what stands before all, `end_id`, and `previous`, what is read to write each target.
    """

    bucket_width = 5
    """Targets are as wide as the next multiple of this many tokens, so that few widths are compiled."""
    stride = 1
    """Timesteps of an example that become one timestep of what a decoder looks at."""
    token_shape, dtype, draws_a_token = (), "int32", 1

    def pad(self, encoded, timesteps=None):
        width = timesteps or -(-max(map(len, encoded), default=1) // self.bucket_width) * self.bucket_width
        return padded(encoded, width, self.token_shape, self.dtype)

    def __call__(self, labels):
        encoded = self.encode(labels)
        return self.pad(encoded)[:, : max(map(len, encoded), default=1)]

    def count(self, written):
        """What `log_likelihood` divides by for a mean: the number of tokens, the end among them."""
        return len(written)

    def get_config(self):
        return {**super().get_config(), "decoding": self.decoding._asdict()}


class Sequences(Written):
    """Tokens of a text, one after the other, closed by an end token.

    Two ids are added behind those of the tokenizer: `start_id` stands before the first token, `end_id` after the last.

    Args:
        tokenizer: turns texts into ids and, by `join`, ids into texts: `rnn_zoo.Words`, `rnn_zoo.Characters`,
            `rnn_zoo.Subwords`.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary.
        label_smoothing: of the loss, in [0, 1).

    Example:
        >>> codec = Sequences(rnn_zoo.Words(["a", "dog"]))
        >>> codec(["a dog", "dog"]).tolist()
        [[2, 3, 5], [3, 5, 0]]
    """

    measured_with = ("sacrebleu",)

    def __init__(self, tokenizer, *, decoding=None, label_smoothing=0.0):
        if type(tokenizer) not in TOKENIZERS.values():
            raise ValueError(f"tokenizer must be one of {list(TOKENIZERS)}. Received: {type(tokenizer).__name__}")
        self.tokenizer = tokenizer
        self.decoding = Decoding(**(decoding or {})).checked(self.vocabulary_size)
        self.label_smoothing = check_below(1, label_smoothing=label_smoothing)

    @classmethod
    def from_examples(cls, labels, tokenizer, **settings):
        """A codec for texts that are written as some examples are.

        Args:
            labels: of the training examples, as `encode` takes them.
            tokenizer: what makes ids of texts; or a class of them, such as `rnn_zoo.Words`, whose `from_examples` then
                learns from the labels.
            **settings: other arguments of the class.
        """
        if isinstance(tokenizer, type):
            tokenizer = tokenizer.from_examples(cls._taught(labels))
        return cls(tokenizer, **settings)

    @property
    def start_id(self):
        return self.tokenizer.vocabulary_size

    @property
    def end_id(self):
        return self.tokenizer.vocabulary_size + 1

    @property
    def vocabulary_size(self):
        """Tokens that the network tells apart: those of the tokenizer, start and end."""
        return self.tokenizer.vocabulary_size + 2

    @property
    def tokens(self):
        """What every id stands for, `vocabulary_size` strings."""
        return [*self.tokenizer.tokens, "<start>", "<end>"]

    @property
    def banned(self):
        """Tokens never to be written, `<float32>[tokens]`: 1 for padding, unknown and start."""
        banned = np.zeros(self.vocabulary_size, "float32")
        banned[[PADDING_ID, UNKNOWN_ID, self.start_id]] = 1.0
        return banned

    @property
    def unread_ids(self):
        """Tokens that never stand before another: those never to be written, and the end; a list of ids."""
        return [*np.flatnonzero(self.banned).tolist(), self.end_id]

    def encode(self, labels, lengths=None):
        labels = self._taught(labels)
        bodies = [
            ids[:0] if not text.strip() and ids.tolist() == [UNKNOWN_ID] else ids  # which stands for a blank text
            for ids, text in zip(self.tokenizer.encode(labels), labels, strict=True)
        ]
        return [np.append(ids, self.end_id).astype("int32") for ids in bodies]

    def prefix(self, texts):
        """Texts to the ids of forced prefixes, without end token: a list of `<int32>[tokens]`."""
        return [ids[:-1] for ids in self.encode(texts)]

    def previous(self, targets):
        """What the network reads while it is taught: the token before each target, `<int32>[batch, tokens]`."""
        start = np.full((len(targets), 1), self.start_id, "int32")
        before = np.where(targets[:, :-1] == self.end_id, PADDING_ID, targets[:, :-1])
        return np.concatenate([start, before], axis=1)

    def limit(self, timesteps):
        """The most tokens of an answer to an example of so many timesteps, where nothing else is asked for."""
        return 2 * timesteps + 10

    def answer(self, ids):
        """Written ids to an answer: without the end token, joined by the tokenizer."""
        return self.tokenizer.join([one for one in ids if one != self.end_id])

    def compute_metrics(self, labels, answers):
        """BLEU of lower-cased text with the tokenizer 13a, and chrF2, both in per cent; needs sacrebleu."""
        import sacrebleu

        check_lengths(labels, answers)
        return {
            "bleu": sacrebleu.corpus_bleu(answers, [labels], lowercase=True).score,
            "chrf": sacrebleu.corpus_chrf(answers, [labels]).score,
        }

    def score(self, right, answer):
        """How good one answer is, in [0, 1], given all right ones: their BLEU, counts of n-grams smoothed by 1.

        Source: Lin & Och, "ORANGE: a method for evaluating automatic evaluation metrics", COLING 2004.
        """
        import sacrebleu

        smoothed = {"smooth_method": "add-k", "smooth_value": 1, "lowercase": True}
        return sacrebleu.sentence_bleu(answer, right, **smoothed).score / 100

    def get_config(self):
        config = super().get_config()
        if "tokenizer" in config:
            tokenizer = {"class_name": type(self.tokenizer).__name__, "config": self.tokenizer.get_config()}
            config["tokenizer"] = tokenizer
        return config

    @classmethod
    def from_config(cls, config):
        if "tokenizer" not in config:
            return cls(**config)
        name, settings = (config["tokenizer"][key] for key in ("class_name", "config"))
        if name not in TOKENIZERS:
            raise ValueError(f"tokenizer must be one of {list(TOKENIZERS)}. Received: class_name={name!r}")
        return cls(**{**config, "tokenizer": TOKENIZERS[name].from_config(settings)})

    _taught = staticmethod(listed)
    """From labels to the texts that are learned, one an example."""


class Captions(Sequences):
    """Texts of which several are right: captions by several persons. The first one of an example is taught.

    Arguments are those of `Sequences`; a label is a string, or a list of them.

    Example:
        >>> codec = Captions(rnn_zoo.Words(["a", "dog", "runs"]))
        >>> codec(["a dog", ["dog runs", "a dog"]]).tolist()
        [[2, 3, 6], [3, 4, 6]]
    """

    def compute_metrics(self, labels, answers):
        """BLEU of lower-cased text against all references, in per cent, and the share of different answers."""
        import sacrebleu

        check_lengths(labels, answers)
        references = all_of_each(labels)
        most = max(map(len, references))
        columns = [[one[index] if index < len(one) else None for one in references] for index in range(most)]
        return {
            "bleu": sacrebleu.corpus_bleu(answers, columns, lowercase=True).score,
            "distinct": len(set(answers)) / len(answers),
        }

    _taught = staticmethod(first_of_each)


class Phonemes(Sequences):
    """Phonemes with spaces between them, closed by an end token; a word may have several right pronunciations.

    Arguments are those of `rnn_zoo.Sequences`, the tokenizer being `rnn_zoo.SpacedTokens`. A label is a pronunciation,
    or a list of them; the first one is learned, all are right.

    Example:
        >>> codec = Phonemes(rnn_zoo.SpacedTokens(["D", "EH", "IY", "R"]))
        >>> codec([["R IY D", "R EH D"]]).tolist()
        [[5, 4, 2, 7]]
        >>> codec.compute_metrics([["R IY D", "R EH D"], ["R EH D"]], ["R EH D", "R IY D"])
        {'wer': 0.5, 'per': 0.16666666666666666}
    """

    measured_with = ("jiwer",)

    def encode(self, labels, lengths=None):
        encoded, known = super().encode(labels), set(self.tokenizer.vocabulary)
        for index, text in enumerate(first_of_each(labels)):
            unknown = [one for one in self.tokenizer.split(text) if one not in known]
            if unknown:
                raise ValueError(f"phonemes must be among {sorted(known)}. Received: labels[{index}]={text!r:.60}")
        return encoded

    def compute_metrics(self, labels, answers):
        """The shares of words that equal none of their right pronunciations, and of wrong phonemes; needs jiwer.

        Wrong are phonemes to be changed, inserted and deleted; the share is of those of the nearest pronunciations.
        """
        import jiwer

        check_lengths(labels, answers)
        rights = all_of_each(labels)
        owners = [index for index, some in enumerate(rights) for _ in some]
        compared = jiwer.process_words(
            [one for some in rights for one in some], [answers[index] for index in owners]
        )  # one word of jiwer is a phoneme, one sentence a word
        nearest = {}
        for index, reference, chunks in zip(owners, compared.references, compared.alignments, strict=True):
            edits = sum(
                max(one.ref_end_idx - one.ref_start_idx, one.hyp_end_idx - one.hyp_start_idx)
                for one in chunks
                if one.type != "equal"
            )
            nearest[index] = min(nearest.get(index, (edits, len(reference))), (edits, len(reference)))
        edits, lengths = zip(*nearest.values(), strict=True)
        return {"wer": sum(one > 0 for one in edits) / len(edits), "per": sum(edits) / sum(lengths)}

    def score(self, right, answer):
        """How good one answer is, in [0, 1]: half for being right, half for the share of right phonemes."""
        metrics = self.compute_metrics([right], [answer])
        return 1 - (metrics["wer"] + min(1.0, metrics["per"])) / 2

    _taught = staticmethod(first_of_each)
