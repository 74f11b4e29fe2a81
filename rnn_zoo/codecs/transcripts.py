"""Texts of speech: spread over more timesteps than they have symbols, or written symbol by symbol."""

import keras
import numpy as np
from keras import ops

from rnn_zoo.codecs import spoken
from rnn_zoo.codecs.ctc import CTCLoss, TranscriptAccuracy
from rnn_zoo.codecs.sequences import Sequences
from rnn_zoo.layers.ctc import LOWEST_SCORE, BlankPadding, PrefixBeamSearch
from rnn_zoo.preprocessors.spelling import Symbols
from rnn_zoo.preprocessors.text import Characters

TARGET_WIDTH = 8
"""Targets are padded to a multiple of this many symbols."""


@keras.saving.register_keras_serializable("rnn_zoo")
class Transcripts:
    """A text for every example, learned without being told which symbol is where (CTC).

    Args:
        symbols: what texts are made of: characters, the blank between words among them, or words, of which "<unk>"
            stands for all others.
        unit: "characters" or "words".
        stride: frames of an input that become one timestep of the network.
        beam_width: beginnings of texts that the search for an answer keeps; 1 or more.

    Raises:
        ValueError: for no symbols, symbols that come twice or are none, or illegal settings.

    Example:
        >>> codec = Transcripts("abc ")
        >>> codec(["cab", "a  b"]).tolist()
        [[3, 1, 2, 0, 0, 0, 0, 0], [1, 4, 2, 0, 0, 0, 0, 0]]
        >>> codec.decode(np.eye(5)[None, [3, 3, 0, 1, 2]] * 99)
        ['cab']
    """

    def __init__(self, symbols, *, unit="characters", stride=1, beam_width=8):
        self.symbols = spoken.checked_symbols(symbols, unit)
        for name, value in (("stride", stride), ("beam_width", beam_width)):
            if value != int(value) or value < 1:
                raise ValueError(f"{name} must be a positive integer. Received: {name}={value!r}")
        self.unit = unit
        self.stride = int(stride)
        self.beam_width = int(beam_width)
        self._searches = {}

    @classmethod
    def build_symbols(cls, texts, unit="characters"):
        """The symbols of training texts, sorted.

        Example:
            >>> Transcripts.build_symbols(["go", "no go"], unit="words")
            ['go', 'no']
        """
        spoken.check_unit(unit)
        return sorted({symbol for text in texts for symbol in spoken.split_text(text, unit)})

    @property
    def class_names(self):
        """What the logits stand for, after the blank."""
        return self.symbols

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return spoken.confusion_names(self.symbols)

    def encode(self, labels, lengths=None):
        """Texts to symbols, not padded yet. White space at the ends is dropped, and elsewhere is one blank.

        Args:
            labels: a list of strings.
            lengths: frames of the examples; a text must fit in them, with a blank between equal neighbours.

        Returns:
            A list of `<int32>[symbols]` arrays, from 1.

        Raises:
            ValueError: for what is no string, a symbol that is none of ours, or a text with more symbols than there are
                timesteps; the message gives the place.
        """
        indices = {symbol: index for index, symbol in enumerate(self.symbols, start=1)}
        encoded = []
        for place, found in enumerate(spoken.split_labels(labels, self.symbols, self.unit)):
            ids = np.array([indices[symbol] for symbol in found], "int32")
            if lengths is not None and place < len(lengths):
                self._check_length(ids, lengths[place], labels[place], place)
            encoded.append(ids)
        return encoded

    def pad(self, encoded, timesteps=None):
        """Encoded texts to one tensor.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: those of the inputs; texts have a width of their own.

        Returns:
            `<int32>[batch, symbols]`, padded on the right with 0 to a multiple of 8 symbols.
        """
        longest = max([1, *map(len, encoded)])
        targets = np.zeros((len(encoded), -(-longest // TARGET_WIDTH) * TARGET_WIDTH), "int32")
        for row, ids in zip(targets, encoded, strict=True):
            row[: len(ids)] = ids
        return targets

    def __call__(self, labels):
        """Texts to targets as a model takes them: `pad(encode(labels))`."""
        return self.pad(self.encode(labels))

    def decode(self, outputs, encoded=None, *, top_k=None):
        """Logits to texts, by a prefix beam search.

        Args:
            outputs: `<float32>[examples, timesteps, 1 + symbols]`, padded frames certain blanks.
            encoded: the examples as the preprocessor encoded them; not needed.
            top_k: the k best texts of every example, as a list, instead of the best one; fewer where there are fewer.

        Returns:
            A string for each example; with top_k a list of `{"text": str, "score": float}`, best first. A score is the
            log-probability of the text in nats, all its alignments in the beam summed up.

        Raises:
            ValueError: for a top_k that is not positive.
        """
        if top_k is not None and not (isinstance(top_k, int) and top_k >= 1):
            raise ValueError(f"top_k must be a positive integer. Received: top_k={top_k!r}")
        outputs = np.asarray(outputs, "float32")
        if not len(outputs):
            return []
        texts, scores = self._search(max(self.beam_width, top_k or 1), top_k or 1).predict_on_batch(outputs)
        return self._answers(ops.convert_to_numpy(texts), ops.convert_to_numpy(scores), top_k)

    def head(self, features, lengths):
        """Logits `<float32>[batch, timesteps, 1 + symbols]`.

        Args:
            features: `<float>[batch, timesteps, feature]`, `stride` frames a timestep.
            lengths: `<int32>[batch]`, in frames.
        """
        logits = keras.layers.Dense(1 + len(self.symbols), dtype="float32", name="logits")(features)
        return BlankPadding(self.stride, name="blank_padding")(logits, lengths)

    def renamed(self, class_names):
        """A codec of the same kind for other symbols."""
        return Transcripts(**{**self.get_config(), "symbols": class_names})

    def loss(self, *, soft=False):
        """Negative log-likelihood of the texts, averaged over their symbols."""
        return CTCLoss()

    def metrics(self, *, soft=False):
        """Share of texts that are wholly right."""
        return [TranscriptAccuracy()]

    def measure(self, labels, answers):
        """What a test part says of a model; needs jiwer.

        Args:
            labels: as `encode` takes them; not all of them empty.
            answers: as `decode` gives them, without top_k.

        Returns:
            `{"cer": float, "wer": float, "accuracy": float}`, see `rnn_zoo.codecs.spoken.error_rates`.
        """
        return spoken.error_rates(labels, answers)

    def draw(self, raw, labels, answers, folder, title=""):
        """Draw what was taken for what; returns the paths of the pictures."""
        return spoken.draw_confusions(labels, answers, self.symbols, self.unit, folder, title)

    def describe(self, raw, answer):
        """An example and its answer on one line."""
        return spoken.described(raw, answer)

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {
            "symbols": self.symbols,
            "unit": self.unit,
            "stride": self.stride,
            "beam_width": self.beam_width,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _check_length(self, ids, length, text, place):
        timesteps, needed = -(-length // self.stride), len(ids) + int((ids[1:] == ids[:-1]).sum())
        if needed > timesteps:
            raise ValueError(
                f"labels must fit in the timesteps of their examples, a blank between equal neighbours: {needed} are "
                f"needed, {length} frames make {timesteps}. Received: labels[{place}]={text!r:.60}"
            )

    def _search(self, beam_width, num_best):
        """A compiled model of the search, kept for the next call."""
        key = (beam_width, num_best)
        if key not in self._searches:
            logits = keras.Input((None, 1 + len(self.symbols)), dtype="float32")
            search = PrefixBeamSearch(beam_width, num_best, dtype="float32")
            self._searches[key] = keras.Model(logits, search(logits))
        return self._searches[key]

    def _answers(self, texts, scores, top_k):
        answers = [
            [
                {"text": self._text(text), "score": float(min(score, 0.0))}
                for text, score in zip(*best, strict=True)
                if score > LOWEST_SCORE
            ]
            for best in zip(texts.tolist(), scores.tolist(), strict=True)
        ]
        return answers if top_k else [answer[0]["text"] for answer in answers]

    def _text(self, indices):
        return spoken.joined([self.symbols[index - 1] for index in indices if index], self.unit)


@keras.saving.register_keras_serializable("rnn_zoo")
class WrittenTranscripts(Sequences):
    """A text for every example, written symbol by symbol by a decoder that looks at the recording.

    Args:
        transcript_symbols: what texts are made of, as of `Transcripts`.
        unit: "characters" or "words".
        stride: frames of an input that become one timestep of what the decoder looks at.
        decoding: as for `rnn_zoo.Sequences`.
        label_smoothing: of the loss, in [0, 1).

    Raises:
        ValueError: for no symbols, symbols that come twice or are none, or illegal settings.

    Example:
        >>> codec = WrittenTranscripts("abc ")
        >>> codec(["cab", "a  b"]).tolist(), codec.answer([4, 2, 3, 7])
        ([[4, 2, 3, 7], [2, 5, 3, 7]], 'cab')
    """

    def __init__(self, transcript_symbols, *, unit="characters", stride=1, decoding=None, label_smoothing=0.0):
        self.transcript_symbols = spoken.checked_symbols(transcript_symbols, unit)
        self.unit = unit
        self.stride = stride
        known = [one for one in self.transcript_symbols if one != spoken.UNKNOWN_WORD]  # that is the tokenizer's own
        tokenizer = (Characters if unit == "characters" else Symbols)(known)
        super().__init__(tokenizer, decoding=decoding, label_smoothing=label_smoothing)

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return spoken.confusion_names(self.transcript_symbols)

    def encode(self, labels, lengths=None):
        """Texts to ids with the end symbol, not padded yet. White space is treated as `Transcripts` does.

        Args:
            labels: a list of strings.
            lengths: frames of the examples; a text may have any length.

        Returns:
            A list of `<int32>[symbols]`; an empty text is the end symbol alone.

        Raises:
            ValueError: for what is no string, or a symbol that is none of ours; the message gives the place.
        """
        found = spoken.split_labels(labels, self.transcript_symbols, self.unit)
        return super().encode([spoken.joined(one, self.unit) for one in found])

    def limit(self, timesteps):
        """The most symbols of an answer to a recording of so many frames, where nothing else is asked for."""
        return -(-timesteps // self.stride) + 10

    def measure(self, labels, answers):
        """What a test part says of a model, as `Transcripts` measures it; needs jiwer."""
        return spoken.error_rates(labels, answers)

    def draw(self, raw, labels, answers, folder, title=""):
        """Draw what was taken for what; returns the paths of the pictures."""
        return spoken.draw_confusions(labels, answers, self.transcript_symbols, self.unit, folder, title)

    def describe(self, raw, answer):
        """An example and its answer on one line."""
        return spoken.described(raw, answer)

    def get_config(self):
        """Arguments that rebuild the codec."""
        return {
            "transcript_symbols": self.transcript_symbols,
            "unit": self.unit,
            "stride": self.stride,
            "decoding": self.decoding._asdict(),
            "label_smoothing": self.label_smoothing,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)
