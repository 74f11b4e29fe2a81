"""A piece of music as the answer, written token by token."""

from pathlib import Path

import numpy as np

from rnn_zoo.checks import check_ending, check_positive
from rnn_zoo.codecs.codec import listed
from rnn_zoo.codecs.sequences import Sequences
from rnn_zoo.formats.midi import checked_piece, write_midi
from rnn_zoo.preprocessors.pitches import NEXT_ID, Pieces


class NoteSequences(Sequences):
    """The tokens of a piece, closed by an end token.

    Args:
        tokenizer: a `rnn_zoo.Pieces`.
        frames_per_quarter: frames that a quarter note takes, for MIDI files and pictures.
        max_tokens: the most tokens of an answer, where nothing else is asked for.
        decoding: settings of `rnn_zoo.generation.Decoding` that `infer` uses, a dictionary.

    Example:
        >>> codec = NoteSequences(rnn_zoo.Pieces(60, 71))
        >>> codec([[[64, 60], []], [[62]]]).tolist()
        [[7, 3, 2, 2, 16], [5, 2, 16, 0, 0]]
        >>> codec.answer([7, 3, 2, 2, 16])
        {'notes': [[64, 60], []]}
    """

    measured_with = ()

    bucket_width = 25
    file_endings = (".mid", ".midi", ".png")
    """What `write` takes."""

    def __init__(self, tokenizer, *, frames_per_quarter=1, max_tokens=1000, decoding=None):
        super().__init__(tokenizer, decoding=decoding)
        self.frames_per_quarter, self.max_tokens = frames_per_quarter, max_tokens
        check_positive(frames_per_quarter=frames_per_quarter, max_tokens=max_tokens)

    @classmethod
    def from_examples(cls, labels, tokenizer=None, **settings):
        """As of `Sequences`, for pieces, see `rnn_zoo.formats.midi`.

        Without a tokenizer it is a `rnn_zoo.Pieces` of all keys of a piano, which tells held notes from struck ones if
        there are held ones among the labels.
        """
        if tokenizer is None:
            pieces = [checked_piece(piece, f"labels[{index}]") for index, piece in enumerate(listed(labels))]
            tokenizer = Pieces.from_examples(pieces)
        return super().from_examples(labels, tokenizer, **settings)

    def encode(self, labels, lengths=None):
        return [np.append(ids, self.end_id).astype("int32") for ids in self.tokenizer.encode(listed(labels))]

    def limit(self, timesteps):
        return self.max_tokens

    def count(self, ids):
        return int(np.sum(np.asarray(ids) == NEXT_ID))

    def answer(self, ids):
        return {"notes": super().answer(ids)}

    def compute_likelihood_metrics(self, likelihoods, labels):
        """The negative log-likelihood of all pieces, their ends among it, in nats, divided by the number of all frames.

        It is that of the piano-roll benchmark (Boulanger-Lewandowski et al. 2012).
        """
        totals, frames = zip(*likelihoods, strict=True)
        return {"nll_per_frame": -sum(totals) / sum(frames)}

    def plot(self, raw, labels, answers, folder, title=""):
        from rnn_zoo import plots

        pictures, settings = [], self._grid
        for index, (genre, answer) in enumerate(zip(raw[:3], answers, strict=False)):
            if any(piece := answer["notes"]):
                path = Path(folder) / f"piece_{index}.png"
                pictures.append(plots.piano_roll(piece, path, f"{title}: {genre or 'any genre'}", **settings))
                write_midi(piece, path.with_suffix(".mid"), **settings)
        return pictures

    def write(self, answer, path):
        """Write `{"notes": piece}` to a MIDI file, or draw it as a piano roll; the path has one of `file_endings`."""
        from rnn_zoo import plots

        ending = check_ending(path, self.file_endings)
        return (plots.piano_roll if ending == ".png" else write_midi)(answer["notes"], path, **self._grid)

    def to_text(self, raw, answer):
        best_first = answer if isinstance(answer, list) else [answer]
        return "  ".join(" | ".join(" ".join(map(str, frame)) for frame in one["notes"]) for one in best_first)

    @property
    def _grid(self):
        """What frames mean, for files and pictures."""
        return {"frames_per_quarter": self.frames_per_quarter, "held": self.tokenizer.held}
