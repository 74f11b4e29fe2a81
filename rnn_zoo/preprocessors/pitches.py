"""Pieces of music as tokens, and genres as what a piece begins from, or subjects a drawing."""

import numpy as np

from rnn_zoo.checks import check_choice
from rnn_zoo.formats.midi import HIGHEST_PITCH, LOWEST_PITCH, checked_piece
from rnn_zoo.preprocessors.base import Preprocessor, listed, number_of_axes

ANY_ID = 1
NEXT_ID = 2
FIRST_PITCH_ID = 3


class Pieces(Preprocessor):
    """Pieces to tokens: each frame is its pitches from high to low, then the token for the next frame.

    An example is a piece, see `rnn_zoo.formats.midi`. Nothing is lost, and each piece has one spelling, so the
    probability of the tokens of a frame is that of the set of its pitches, whatever the number of voices: what the
    piano-roll benchmark measures, exactly or from below (a model may spend some probability on spellings in another
    order). 0 is padding, 1 is not used, 2 is "next frame", then pitches from low to high, those that are struck before
    those that are held. `from_examples` finds out whether there are held notes.

    Args:
        lowest: the lowest pitch, a MIDI number.
        highest: the highest one.
        held: frames tell held notes, which are negative, from struck ones. Without it all that sounds is alike, and
            held notes are read as others are.

    Example:
        >>> pieces = Pieces(60, 71)
        >>> [ids.tolist() for ids in pieces.encode([[[60, 64], [], [62]]])]
        [[7, 3, 2, 2, 5, 2]]
        >>> pieces.join([7, 3, 2, 2, 5, 2])
        [[64, 60], [], [62]]
    """

    bucket_width = 25
    plural, singular = "pieces", "piece"
    read_file = None

    def __init__(self, lowest=LOWEST_PITCH, highest=HIGHEST_PITCH, *, held=False):
        if not all(type(one) is int for one in (lowest, highest)) or not (
            LOWEST_PITCH <= lowest <= highest <= HIGHEST_PITCH
        ):
            raise ValueError(
                f"lowest and highest must be pitches from {LOWEST_PITCH} to {HIGHEST_PITCH}, in this order. Received: "
                f"{lowest=}, {highest=}"
            )
        self.lowest, self.highest, self.held = lowest, highest, bool(held)

    @classmethod
    def from_examples(cls, raw, **settings):
        pieces = listed(raw, cls.plural, cls.singular)
        checked = (checked_piece(piece, f"{cls.plural}[{index}]") for index, piece in enumerate(pieces))
        held = any(pitch < 0 for piece in checked for frame in piece for pitch in frame)
        return cls(**{"held": held, **settings})

    @property
    def num_pitches(self):
        """Pitches in the range."""
        return self.highest - self.lowest + 1

    @property
    def vocabulary_size(self):
        """Number of ids."""
        return FIRST_PITCH_ID + self.num_pitches * (2 if self.held else 1)

    def is_single(self, raw):
        frames = raw if isinstance(raw, (list, tuple)) else ()
        return isinstance(raw, (str, bytes)) or any(number_of_axes(frame) == 1 for frame in frames)

    def _encode_one(self, piece, place):
        ids = []
        for step, frame in enumerate(checked_piece(piece, place)):
            for pitch in frame:
                if not self.lowest <= abs(pitch) <= self.highest:
                    raise ValueError(
                        f"a pitch must be from {self.lowest} to {self.highest}. Received: {place}[{step}]={frame}"
                    )
                is_held = self.held and pitch < 0
                ids.append(FIRST_PITCH_ID + abs(pitch) - self.lowest + (self.num_pitches if is_held else 0))
            ids.append(NEXT_ID)
        return np.array(ids, "int32")

    def join(self, ids):
        """Ids to a piece; pitches in any order, a frame that is not finished is kept."""
        frames, frame = [], []
        for one in ids:
            if one == NEXT_ID:
                frames.append(frame)
                frame = []
            elif one >= FIRST_PITCH_ID:
                is_held, pitch = divmod(int(one) - FIRST_PITCH_ID, self.num_pitches)
                pitch = pitch + self.lowest
                if pitch not in frame and -pitch not in frame:
                    frame.append(-pitch if is_held else pitch)
        frames = frames + [frame] if frame else frames
        return [sorted(frame, key=abs, reverse=True) for frame in frames]


class Genres(Preprocessor):
    """What a piece begins from: a genre, or None for any, to `<int32>[batch, 1]`.

    Args:
        class_names: the genres. Id 1 is None, the dummy that stands for any of them; 0 is padding, and not used.

    Example:
        >>> Genres(["jig", "reel"])([None, "reel"]).tolist()
        [[1], [3]]
    """

    plural, singular = "genres", "genre"
    read_file = None

    def __init__(self, class_names):
        self.class_names = [str(name) for name in class_names]
        if len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names must be different. Received: {self.class_names}")

    @classmethod
    def from_examples(cls, raw, *, class_names=None):
        """A preprocessor that knows the genres of a training split.

        Args:
            raw: a list of genres by name, or None.
            class_names: the genres in the order of their ids; None finds them, in the order of the alphabet.
        """
        found = (str(genre) for genre in listed(raw, cls.plural, cls.singular) if genre is not None)
        return cls(sorted(set(found)) if class_names is None else class_names)

    @property
    def vocabulary_size(self):
        """Number of ids."""
        return len(self.class_names) + 2

    def is_single(self, raw):
        return raw is None or isinstance(raw, (str, bytes))

    def _encode_one(self, genre, place):
        check_choice(place, genre, [None, *self.class_names])
        return np.array([ANY_ID if genre is None else ANY_ID + 1 + self.class_names.index(genre)], "int32")

    @staticmethod
    def from_line(line):
        """A line of text to a genre; an empty one, or "any", leaves it open."""
        return None if line.strip() in ("", "any") else line.strip()

    def pad(self, encoded, timesteps=None):
        return super().pad(encoded)  # one id each, whatever the width


class Subjects(Genres):
    """What a drawing is of: one of some names, or None for any, to `<int32>[batch, 1]`; see `Genres`.

    A number may be given for its name: kanji are told by how many strokes they have.

    Example:
        >>> Subjects(["7", "12"])([None, 12]).tolist()
        [[1], [3]]
    """

    plural, singular = "subjects", "subject"

    def is_single(self, raw):
        return isinstance(raw, int) or super().is_single(raw)

    def _encode_one(self, subject, place):
        return super()._encode_one(str(subject) if isinstance(subject, int) else subject, place)
