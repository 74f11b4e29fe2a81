"""Pieces of music as symbols, and genres as what a piece begins from."""

import keras
import numpy as np

from rnn_zoo.music import HIGHEST_PITCH, LOWEST_PITCH, checked_piece
from rnn_zoo.registry import check_choice

ANY_ID = 1
NEXT_ID = 2
FIRST_PITCH_ID = 3


@keras.saving.register_keras_serializable("rnn_zoo")
class Pieces:
    """Pieces to symbols: each frame is its pitches from high to low, then the symbol for the next frame.

    Nothing is lost, and each piece has one spelling, so the probability of the symbols of a frame is that of the set of
    its pitches, whatever the number of voices: what the piano-roll benchmark measures, exactly or from below (a model
    may spend some probability on spellings in another order). 0 is padding, 1 is not used, 2 is "next frame", then
    pitches from low to high, those that are struck before those that are held.

    Args:
        lowest: the lowest pitch, a MIDI number.
        highest: the highest one.
        held: frames tell held notes, which are negative, from struck ones. Without it all that sounds is alike, and
            held notes are read as others are.

    Raises:
        ValueError: for a range that is none, or not on a piano.

    Example:
        >>> pieces = Pieces(60, 71)
        >>> [ids.tolist() for ids in pieces.encode([[[60, 64], [], [62]]])]
        [[7, 3, 2, 2, 5, 2]]
        >>> pieces.join([7, 3, 2, 2, 5, 2])
        [[64, 60], [], [62]]
    """

    bucket_width = 25
    """Batches are as wide as the next multiple of this many symbols."""

    def __init__(self, lowest=LOWEST_PITCH, highest=HIGHEST_PITCH, *, held=False):
        if not all(type(one) is int for one in (lowest, highest)) or not (
            LOWEST_PITCH <= lowest <= highest <= HIGHEST_PITCH
        ):
            raise ValueError(
                f"lowest and highest must be pitches from {LOWEST_PITCH} to {HIGHEST_PITCH}, in this order. Received: "
                f"lowest={lowest!r}, highest={highest!r}"
            )
        self.lowest, self.highest, self.held = lowest, highest, bool(held)

    @property
    def num_pitches(self):
        """Pitches in the range."""
        return self.highest - self.lowest + 1

    @property
    def vocabulary_size(self):
        """Number of ids."""
        return FIRST_PITCH_ID + self.num_pitches * (2 if self.held else 1)

    def encode(self, pieces):
        """Pieces to ids, not padded yet.

        Args:
            pieces: a list of pieces, see `rnn_zoo.music`.

        Returns:
            A list of `<int32>[symbols]`.

        Raises:
            ValueError: for what is no piece, or pitches out of the range; the message gives the place.
        """
        if isinstance(pieces, str) or not hasattr(pieces, "__iter__"):
            raise ValueError(f"pieces must be a list of pieces. Received: {pieces!r:.60}")
        encoded = []
        for place, piece in enumerate(pieces):
            ids = []
            for index, frame in enumerate(checked_piece(piece, f"pieces[{place}]")):
                for pitch in frame:
                    if not self.lowest <= abs(pitch) <= self.highest:
                        raise ValueError(
                            f"a pitch must be from {self.lowest} to {self.highest}. Received: pieces[{place}]"
                            f"[{index}]={frame}"
                        )
                    is_held = self.held and pitch < 0
                    ids.append(FIRST_PITCH_ID + abs(pitch) - self.lowest + (self.num_pitches if is_held else 0))
                ids.append(NEXT_ID)
            encoded.append(np.array(ids, "int32"))
        return encoded

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

    def get_config(self):
        """Arguments that rebuild it."""
        return {"lowest": self.lowest, "highest": self.highest, "held": self.held}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)


@keras.saving.register_keras_serializable("rnn_zoo")
class Genres:
    """What a piece begins from: a genre, or None for any.

    Args:
        class_names: the genres. Id 1 is None, the dummy that stands for any of them; 0 is padding, and not used.

    Raises:
        ValueError: for a genre that comes twice.

    Example:
        >>> Genres(["jig", "reel"])([None, "reel"]).tolist()
        [[1], [3]]
    """

    bucket_width = 1

    def __init__(self, class_names):
        self.class_names = [str(name) for name in class_names]
        if len(set(self.class_names)) < len(self.class_names):
            raise ValueError(f"class_names must be different. Received: {self.class_names}")

    @property
    def vocabulary_size(self):
        """Number of ids."""
        return len(self.class_names) + 2

    def encode(self, genres):
        """Genres to ids.

        Args:
            genres: a list of genres by name, or None.

        Returns:
            A list of `<int32>[1]`.

        Raises:
            ValueError: for anything else; the message gives the place.
        """
        if isinstance(genres, str) or not hasattr(genres, "__iter__"):
            raise ValueError(f"genres must be a list: write [genre] for a single one. Received: {genres!r:.60}")
        encoded = []
        for place, genre in enumerate(genres):
            if genre is not None:
                check_choice(f"genres[{place}]", genre, self.class_names)
            encoded.append(np.array([ANY_ID if genre is None else ANY_ID + 1 + self.class_names.index(genre)], "int32"))
        return encoded

    @staticmethod
    def from_line(line):
        """A line of text to a genre; an empty one, or "any", leaves it open."""
        return None if line.strip() in ("", "any") else line.strip()

    def pad(self, encoded, timesteps=None):
        """Encoded genres to one tensor, `<int32>[batch, 1]`."""
        return np.array(encoded, "int32").reshape(-1, 1)

    def __call__(self, genres):
        """Genres to one tensor: `pad(encode(genres))`."""
        return self.pad(self.encode(genres))

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {"class_names": self.class_names}

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)
