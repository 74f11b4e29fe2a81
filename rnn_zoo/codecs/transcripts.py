"""Texts that are spread over more timesteps than they have symbols."""

from pathlib import Path

import keras
import numpy as np
from keras import ops

from rnn_zoo.codecs.classes import say_raw
from rnn_zoo.codecs.ctc import CTCLoss, TranscriptAccuracy
from rnn_zoo.layers.ctc import LOWEST_SCORE, BlankPadding, PrefixBeamSearch

UNITS = ("characters", "words")
NOTHING = "-"
"""How `confusions` names a symbol that is not there."""
TARGET_WIDTH = 8
"""Targets are padded to a multiple of this many symbols."""


@keras.saving.register_keras_serializable("rnn_zoo")
class Transcripts:
    """A text for every example, learned without being told which symbol is where (CTC).

    Args:
        symbols: what texts are made of: characters, the blank between words among them, or words.
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
        [{'text': 'cab', 'score': 1.0}]
    """

    def __init__(self, symbols, *, unit="characters", stride=1, beam_width=8):
        self.symbols = [str(symbol) for symbol in symbols]
        if unit not in UNITS:
            raise ValueError(f"unit must be one of {list(UNITS)}. Received: unit={unit!r}")
        if not self.symbols or len(set(self.symbols)) < len(self.symbols):
            raise ValueError(f"symbols must be one or more different strings. Received: symbols={self.symbols}")
        for place, symbol in enumerate(self.symbols):
            if len(symbol) != 1 if unit == "characters" else symbol.split() != [symbol]:
                raise ValueError(f"symbols must be {unit}. Received: symbols[{place}]={symbol!r}")
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
        if unit not in UNITS:
            raise ValueError(f"unit must be one of {list(UNITS)}. Received: unit={unit!r}")
        return sorted({symbol for text in texts for symbol in _split(text, unit)})

    @property
    def class_names(self):
        """What the logits stand for, after the blank."""
        return self.symbols

    @property
    def confusion_names(self):
        """What `confusions` tells apart."""
        return [{" ": "_"}.get(symbol, symbol) for symbol in self.symbols] + [NOTHING]

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
        if isinstance(labels, (str, bytes)):
            raise ValueError(f"labels must be a list of texts: write [text] for a single one. Received: {labels!r:.60}")
        indices = {symbol: index for index, symbol in enumerate(self.symbols, start=1)}
        encoded = []
        for place, text in enumerate(labels):
            if not isinstance(text, str):
                raise ValueError(f"labels must be texts. Received: labels[{place}]={text!r:.60}")
            found = _split(text, self.unit)
            unknown = next((symbol for symbol in found if symbol not in indices), None)
            if unknown is not None:
                raise ValueError(
                    f"labels must be of the {self.unit} {self.symbols if len(self.symbols) <= 40 else 'of training'}. "
                    f"Received: labels[{place}]={text!r:.60} with {unknown!r}"
                )
            ids = np.array([indices[symbol] for symbol in found], "int32")
            if lengths is not None and place < len(lengths):
                self._check_length(ids, lengths[place], text, place)
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
            One `{"text": str, "score": float}` an example, or a list of them if top_k is given. A score is the
            probability of the text, all its alignments in the beam summed up.

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
            `{"cer": float, "wer": float, "accuracy": float}`: insertions, deletions and substitutions of characters and
            of words over the number of true ones, and the share of texts that are wholly right.
        """
        import jiwer

        true, found = self._texts(labels, answers)
        return {
            "cer": float(jiwer.cer(true, found)),
            "wer": float(jiwer.wer(true, found)),
            "accuracy": float(np.mean([one == other for one, other in zip(true, found, strict=True)])),
        }

    def confusions(self, labels, answers):
        """What was taken for what, in the cheapest alignment of the texts; needs jiwer.

        Returns:
            True and found indices into `confusion_names`, two lists of one length. The last name stands for a symbol
            that was left out, or put in.
        """
        import jiwer

        true, found = self._texts(labels, answers)
        process = jiwer.process_characters if self.unit == "characters" else jiwer.process_words
        aligned = process(true, found)
        indices = {symbol: index for index, symbol in enumerate(self.symbols)}
        pairs = []
        for reference, hypothesis, chunks in zip(
            aligned.references, aligned.hypotheses, aligned.alignments, strict=True
        ):
            for chunk in chunks:
                one = reference[chunk.ref_start_idx : chunk.ref_end_idx]
                other = hypothesis[chunk.hyp_start_idx : chunk.hyp_end_idx]
                for place in range(max(len(one), len(other))):
                    sides = (side[place] if place < len(side) else None for side in (one, other))
                    pairs.append([indices.get(side, len(indices)) for side in sides])
        return tuple(map(list, zip(*pairs, strict=True))) if pairs else ([], [])

    def draw(self, raw, labels, answers, folder, title=""):
        """Draw what was taken for what; returns the paths of the pictures."""
        from rnn_zoo import plots

        path = Path(folder) / "confusion_matrix.png"
        return [plots.confusion_matrix(*self.confusions(labels, answers), self.confusion_names, path, title)]

    def describe(self, raw, answer):
        """An example and its answer on one line."""
        return f"{answer['text']} {answer['score']:.2f}  {say_raw(raw)[:60]}"

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

    def _texts(self, labels, answers):
        return [" ".join(text.split()) for text in labels], [" ".join(answer["text"].split()) for answer in answers]

    def _search(self, beam_width, num_best):
        """A compiled model of the search, kept for the next call."""
        key = (beam_width, num_best)
        if key not in self._searches:
            logits = keras.Input((None, 1 + len(self.symbols)), dtype="float32")
            search = PrefixBeamSearch(beam_width, num_best, dtype="float32")
            self._searches[key] = keras.Model(logits, search(logits))
        return self._searches[key]

    def _answers(self, texts, scores, top_k):
        joint = "" if self.unit == "characters" else " "
        answers = [
            [
                {
                    "text": joint.join(self.symbols[index - 1] for index in text if index),
                    "score": float(min(np.exp(score), 1.0)),
                }
                for text, score in zip(*best, strict=True)
                if score > LOWEST_SCORE
            ]
            for best in zip(texts.tolist(), scores.tolist(), strict=True)
        ]
        return answers if top_k else [answer[0] for answer in answers]


def _split(text, unit):
    words = text.split()
    return list(" ".join(words)) if unit == "characters" else words
