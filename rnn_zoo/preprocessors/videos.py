"""Films: frames of one size, and as many of them as there are."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.preprocessors.image import read_image


@keras.saving.register_keras_serializable("rnn_zoo")
class Films:
    """Films of one height and width to right-padded frames and their numbers; pixels stay bytes.

    Args:
        height: rows of a frame.
        width: columns of a frame.
        channels: 1 for grey films, 3 for films in colour.
        max_timesteps: of a longer film as many frames are taken, evenly spaced; None keeps films whole.

    Raises:
        ValueError: for settings that are not positive, or other channels.

    Example:
        >>> films = Films(2, 2)
        >>> inputs = films([np.zeros((3, 2, 2), "uint8"), np.zeros((1, 2, 2), "uint8")])
        >>> inputs["frames"].shape, inputs["lengths"].tolist()
        ((2, 3, 2, 2, 1), [3, 1])
    """

    bucket_width = 2
    """Batches are as wide as the next multiple of this many frames."""

    def __init__(self, height, width, channels=1, max_timesteps=None):
        if height < 1 or width < 1 or channels not in (1, 3):
            raise ValueError(
                f"height and width must be positive, channels 1 or 3. Received: {height=}, {width=}, {channels=}"
            )
        if max_timesteps is not None and max_timesteps < 1:
            raise ValueError(f"max_timesteps must be positive or None. Received: max_timesteps={max_timesteps}")
        self.height = height
        self.width = width
        self.channels = channels
        self.max_timesteps = max_timesteps

    def encode(self, films):
        """Films to frames, not padded yet.

        Args:
            films: a list of arrays `<uint8>[frames, height, width]` (grey) or `<uint8>[frames, height, width, 3]` (in
                colour), or of paths of GIF files.

        Returns:
            A list of `<uint8>[frames, height, width, channels]`.

        Raises:
            ValueError: for a single film instead of a list, another size, colours or dtype, a film without frames, or a
                file that is no film; the message gives the place.
            FileNotFoundError: for a path that does not exist.
        """
        if isinstance(films, (str, bytes, Path)) or not hasattr(films, "__iter__"):
            raise ValueError(f"films must be a list: write [film] for a single one. Received: {films!r:.60}")
        return [self._encode_one(film, f"films[{place}]") for place, film in enumerate(films)]

    def pad(self, encoded, timesteps=None):
        """Encoded films to tensors.

        Args:
            encoded: what `encode` returned, or a part of it.
            timesteps: frames to pad to; None pads to the longest.

        Returns:
            `{"frames": <uint8>[batch, timesteps, height, width, channels], "lengths": <int32>[batch]}`, padded on the
            right with black frames.
        """
        shape = (timesteps or max(map(len, encoded), default=1), self.height, self.width, self.channels)
        frames = np.zeros((len(encoded), *shape), "uint8")
        for row, film in zip(frames, encoded, strict=True):
            row[: len(film)] = film
        return {"frames": frames, "lengths": np.array([len(film) for film in encoded], "int32")}

    def __call__(self, films):
        """Films to tensors: `pad(encode(films))`."""
        return self.pad(self.encode(films))

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        return {
            "height": self.height,
            "width": self.width,
            "channels": self.channels,
            "max_timesteps": self.max_timesteps,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)

    def _encode_one(self, film, place):
        if isinstance(film, (str, Path)):
            frames = self._read(film, place)
        elif isinstance(film, np.ndarray) and film.dtype == np.uint8:
            frames = film[..., None] if film.ndim == 3 and self.channels == 1 else film
        else:
            dtype = f" of dtype {film.dtype}" if isinstance(film, np.ndarray) else ""
            raise ValueError(f"films must be uint8 arrays, or paths. Received: {place}={film!r:.60}{dtype}")
        wanted = (self.height, self.width, self.channels)
        if frames.ndim != 4 or frames.shape[1:] != wanted or not len(frames):
            shape = ["frames", *wanted][: 3 if self.channels == 1 else 4]
            raise ValueError(
                f"films must have one frame at least and be of shape {str(shape).replace(chr(39), '')}: "
                f"{'grey' if self.channels == 1 else 'in colour'}, and of that size. "
                f"Received: {place}={list(frames.shape)}"
            )
        if self.max_timesteps is not None and len(frames) > self.max_timesteps:
            frames = frames[np.linspace(0, len(frames) - 1, self.max_timesteps).round().astype(int)]
        return frames

    def _read(self, path, place):
        """Frames of a GIF file, which always come in three colours."""
        frames = read_image(path, place)
        if frames.ndim == 4 and self.channels == 1 and (frames == frames[..., :1]).all():
            return frames[..., :1]
        return frames
