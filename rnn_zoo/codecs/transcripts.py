"""Texts of speech: spread over more timesteps than they have tokens, or written token by token."""

import functools

import numpy as np

from rnn_zoo.checks import check_choice, check_positive
from rnn_zoo.codecs.codec import Codec, listed
from rnn_zoo.codecs.ctc import prefix_beam_search
from rnn_zoo.codecs.sequences import Sequences
from rnn_zoo.preprocessors.base import padded
from rnn_zoo.preprocessors.spelling import SpacedTokens
from rnn_zoo.preprocessors.text import Characters
from rnn_zoo.summaries import Counts, summed

TARGET_WIDTH = 8
"""Targets are padded to a multiple of this many tokens."""
TOKEN_TYPES = ("characters", "words")
UNKNOWN_WORD = "<unk>"
"""Where it is among the tokens, words that there are not become it; otherwise they are refused."""
NOTHING = "-"
"""How confusions name a token that is not there."""


class Spoken(Codec):
    """What codecs of speech have in common. A subclass has `transcript_tokens`, a list, and `token_type`."""

    measured_with = ("jiwer",)

    @classmethod
    def from_examples(cls, labels, *, class_names=None, token_type="characters", **settings):
        """As of every codec; class names are the characters, or the words, that texts are made of.

        Without them they are those of the labels, behind words "<unk>", which stands for all others.
        """
        if class_names is None:
            seen = summed(listed(labels), Counts(functools.partial(split_texts, token_type=token_type))).counts
            class_names = sorted(set(seen) - {UNKNOWN_WORD}) + [UNKNOWN_WORD] * (token_type == "words")
        return cls(class_names, token_type=token_type, **settings)

    @property
    def confusion_names(self):
        return [{" ": "_"}.get(token, token) for token in self.transcript_tokens] + [NOTHING]

    def confusions(self, labels, answers):
        """What was taken for what in the cheapest alignment, two lists of indices, the last for none; needs jiwer."""
        import jiwer

        process = jiwer.process_characters if self.token_type == "characters" else jiwer.process_words
        aligned = process(_tidy(labels), _tidy(answers))
        indices = {token: index for index, token in enumerate(self.transcript_tokens)}
        pairs = []
        for true, found, chunks in zip(aligned.references, aligned.hypotheses, aligned.alignments, strict=True):
            for chunk in chunks:
                one = true[chunk.ref_start_idx : chunk.ref_end_idx]
                other = found[chunk.hyp_start_idx : chunk.hyp_end_idx]
                for index in range(max(len(one), len(other))):
                    sides = (side[index] if index < len(side) else None for side in (one, other))
                    pairs.append([indices.get(side, len(indices)) for side in sides])
        return tuple(map(list, zip(*pairs, strict=True))) if pairs else ([], [])

    def compute_metrics(self, labels, answers):
        """Error rates of characters and words, and the share of texts that are wholly right; needs jiwer.

        A rate is that of insertions, deletions and substitutions by the number of true ones.
        """
        import jiwer

        true, found = _tidy(labels), _tidy(answers)
        return {
            "cer": float(jiwer.cer(true, found)),
            "wer": float(jiwer.wer(true, found)),
            "accuracy": sum(one == other for one, other in zip(true, found, strict=True)) / len(true),
        }

    def split(self, labels):
        """Texts to their tokens, a list of lists of strings."""
        tokens, labels = self.transcript_tokens, listed(labels)
        known, found = set(tokens), list(split_texts(labels, self.token_type))
        for index, split in enumerate(found):
            unknown = next((token for token in split if token not in known), None)
            if unknown is not None and UNKNOWN_WORD in known:
                found[index] = [token if token in known else UNKNOWN_WORD for token in split]
            elif unknown is not None:
                raise ValueError(
                    f"labels must be of the {self.token_type} {tokens if len(tokens) <= 40 else 'of training'}. "
                    f"Received: labels[{index}]={labels[index]!r:.60} with {unknown!r}"
                )
        return found


class Transcripts(Spoken):
    """A text for every example, learned without being told which token is where (CTC).

    Args:
        tokens: what texts are made of: characters, the blank between words among them, or words, of which "<unk>"
            stands for all others.
        token_type: what tokens are: "characters" or "words".
        stride: frames of an input that become one timestep of the network.
        beam_width: beginnings of texts that the search for an answer keeps; 1 or more.

    Example:
        >>> codec = Transcripts("abc ")
        >>> codec(["cab", "a  b"]).tolist()
        [[3, 1, 2, 0, 0, 0, 0, 0], [1, 4, 2, 0, 0, 0, 0, 0]]
        >>> codec.decode(np.eye(5)[None, [3, 3, 0, 1, 2]] * 99)
        ['cab']
    """

    def __init__(self, tokens, *, token_type="characters", stride=1, beam_width=8):
        self.tokens = self.transcript_tokens = _checked_tokens(tokens, token_type)
        for name, value in (("stride", stride), ("beam_width", beam_width)):
            if value != int(value) or value < 1:
                raise ValueError(f"{name} must be a positive integer. Received: {name}={value!r}")
        self.token_type, self.stride, self.beam_width = token_type, int(stride), int(beam_width)

    def encode(self, labels, lengths=None):
        """Texts to tokens from 1. White space at the ends is dropped, elsewhere is one blank.

        With lengths, in frames, a text must fit in its timesteps, with one more between equal neighbours.
        """
        indices = {token: index for index, token in enumerate(self.tokens, start=1)}
        labels = listed(labels)
        encoded = [np.array([indices[token] for token in found], "int32") for found in self.split(labels)]
        for index, (ids, length) in enumerate(zip(encoded, () if lengths is None else lengths, strict=False)):
            timesteps, needed = -(-length // self.stride), len(ids) + int((ids[1:] == ids[:-1]).sum())
            if needed > timesteps:
                raise ValueError(
                    f"labels must fit in the timesteps of their examples, a blank between equal neighbours: {needed} "
                    f"are needed, {length} frames make {timesteps}. Received: labels[{index}]={labels[index]!r:.60}"
                )
        return encoded

    def pad(self, encoded, timesteps=None):
        return padded(encoded, -(-max([1, *map(len, encoded)]) // TARGET_WIDTH) * TARGET_WIDTH)

    def decode(self, outputs, encoded=None, *, top_k=None):
        """Logits `<float32>[examples, timesteps, 1 + tokens]` to texts, by a prefix beam search.

        With top_k, each example gets a list of at most so many `{"text": str, "log_probability": float}`, best first,
        in nats, all alignments of a text in the beam summed up.
        """
        if top_k is not None and not (isinstance(top_k, int) and top_k >= 1):
            raise ValueError(f"top_k must be a positive integer. Received: {top_k=}")
        answers = [
            [{"text": self._text(ids), "log_probability": min(total, 0.0)} for ids, total in best]
            for best in prefix_beam_search(outputs, max(self.beam_width, top_k or 1), top_k or 1)
        ]
        return answers if top_k else [answer[0]["text"] for answer in answers]

    def with_class_names(self, class_names):
        return Transcripts(**{**self.get_config(), "tokens": class_names})

    def _text(self, ids):
        return joined([self.tokens[one - 1] for one in ids], self.token_type)


class WrittenTranscripts(Spoken, Sequences):
    """A text for every example, written token by token by a decoder that looks at the recording.

    Args:
        transcript_tokens: what texts are made of, as of `Transcripts`.
        token_type: what tokens are: "characters" or "words".
        stride: frames of an input that become one timestep of what the decoder looks at.
        decoding: as for `rnn_zoo.Sequences`.
        label_smoothing: of the loss, in [0, 1).

    Example:
        >>> codec = WrittenTranscripts("abc ")
        >>> codec(["cab", "a  b"]).tolist(), codec.answer([4, 2, 3, 7])
        ([[4, 2, 3, 7], [2, 5, 3, 7]], 'cab')
    """

    def __init__(self, transcript_tokens, *, token_type="characters", stride=1, decoding=None, label_smoothing=0.0):
        self.transcript_tokens = _checked_tokens(transcript_tokens, token_type)
        check_positive(stride=stride)
        self.token_type, self.stride = token_type, stride
        known = [one for one in self.transcript_tokens if one != UNKNOWN_WORD]  # that is the tokenizer's own
        tokenizer = (Characters if token_type == "characters" else SpacedTokens)(known)
        super().__init__(tokenizer, decoding=decoding, label_smoothing=label_smoothing)

    def encode(self, labels, lengths=None):
        return super().encode([joined(one, self.token_type) for one in self.split(labels)])

    def score(self, right, answer):
        """How good one answer is, in [0, 1]: the share of right characters."""
        return 1 - min(1.0, *(self.compute_metrics([one], [answer])["cer"] for one in right))

    def limit(self, timesteps):
        return -(-timesteps // self.stride) + 10


def _checked_tokens(tokens, token_type):
    """Tokens as a list of strings, after making sure that texts can be made of them."""
    check_choice("token_type", token_type, TOKEN_TYPES)
    tokens = [str(token) for token in tokens]
    if not tokens or len(set(tokens)) < len(tokens):
        raise ValueError(f"tokens must be one or more different strings. Received: {tokens=}")
    for index, token in enumerate(tokens):
        if len(token) != 1 if token_type == "characters" else token.split() != [token]:
            raise ValueError(f"tokens must be {token_type}. Received: tokens[{index}]={token!r}")
    return tokens


def split_texts(texts, token_type):
    """Yield the tokens of each text; white space at the ends is dropped, and elsewhere is one blank."""
    for index, text in enumerate(listed(texts)):
        if not isinstance(text, str):
            raise ValueError(f"labels must be texts. Received: labels[{index}]={text!r:.60}")
        yield text.split() if token_type == "words" else list(" ".join(text.split()))


def joined(tokens, token_type):
    """Tokens to their text, as `split_texts` takes it apart."""
    return " ".join(("" if token_type == "characters" else " ").join(tokens).split())


def _tidy(texts):
    return [" ".join(text.split()) for text in texts]
