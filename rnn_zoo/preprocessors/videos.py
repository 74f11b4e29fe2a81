"""Videos: frames of one size, and as many of them as there are."""

import numpy as np

from rnn_zoo.checks import check_positive
from rnn_zoo.formats import images
from rnn_zoo.preprocessors.base import Preprocessor, first_of, listed, pad_frames


class Videos(Preprocessor):
    """Videos of one height and width to right-padded frames and their numbers; pixels stay bytes.

    An example is an array `<uint8>[frames, height, width]` (grey) or `<uint8>[frames, height, width, 3]` (in colour),
    or what `rnn_zoo.formats.images.read_frames_of_video` reads from a file. Arrays are `{"frames": <uint8>[batch,
    timesteps, height, width, channels], "lengths": <int32>[batch]}`, padded with black frames. `from_examples` takes
    height, width and channels from the first video.

    Args:
        height: rows of a frame.
        width: columns of a frame.
        channels: 1 for grey videos, 3 for videos in colour.
        max_timesteps: of a longer video as many frames are taken, evenly spaced; None keeps videos whole.

    Example:
        >>> videos = Videos(2, 2)
        >>> inputs = videos([np.zeros((3, 2, 2), "uint8"), np.zeros((1, 2, 2), "uint8")])
        >>> inputs["frames"].shape, inputs["lengths"].tolist()
        ((2, 3, 2, 2, 1), [3, 1])
    """

    bucket_width = 2
    plural, singular = "videos", "video"

    def __init__(self, height: int, width: int, channels=1, max_timesteps: int | None = None):
        check_positive(height=height, width=width, max_timesteps=max_timesteps)
        if channels not in (1, 3):
            raise ValueError(f"channels must be 1 or 3. Received: {channels=}")
        self.height = height
        self.width = width
        self.channels = channels
        self.max_timesteps = max_timesteps

    @classmethod
    def from_examples(cls, raw, **settings):
        if not {"height", "width", "channels"} <= settings.keys():
            frames = _frames_of(first_of(listed(raw, cls.plural, cls.singular), cls.plural), "videos[0]", channels=None)
            if frames.ndim != 4:
                raise ValueError(f"videos must be [frames, height, width]. Received: videos[0]={list(frames.shape)}")
            settings = {**dict(zip(("height", "width", "channels"), frames.shape[1:], strict=True)), **settings}
        return cls(**settings)

    @property
    def needs_whole(self):
        """Frames that are evenly spaced over a video; None without."""
        return None if self.max_timesteps is None else "max_timesteps takes frames from all over a video"

    def encode_piece(self, piece, held, place, *, last=False):
        """A piece is some frames; nothing is held."""
        if last:
            return np.zeros((0, self.height, self.width, self.channels), "uint8"), None
        return self._encode_one(piece, place), None

    def is_single(self, raw):
        num_axes = getattr(raw, "ndim", 0)
        in_channels = num_axes == 4 and raw.shape[3] == self.channels
        return images.is_file(raw) or in_channels or (num_axes == 3 and self.channels == 1)

    def pad(self, encoded, timesteps=None):
        return pad_frames(encoded, timesteps, (self.height, self.width, self.channels), "uint8")

    def _encode_one(self, video, place):
        frames = _frames_of(video, place, self.channels)
        wanted = (self.height, self.width, self.channels)
        if frames.ndim != 4 or frames.shape[1:] != wanted or not len(frames):
            shape = ", ".join(["frames", *map(str, wanted[: 2 if self.channels == 1 else 3])])
            raise ValueError(
                f"videos must have one frame at least and be of shape [{shape}]: "
                f"{'grey' if self.channels == 1 else 'in colour'}, and of that size. "
                f"Received: {place}={list(frames.shape)}"
            )
        if self.max_timesteps is not None and len(frames) > self.max_timesteps:
            frames = frames[np.linspace(0, len(frames) - 1, self.max_timesteps).round().astype(int)]
        return frames


def _frames_of(video, place, channels):
    """A video as `<uint8>[frames, height, width, channels]`; a grey file has 1 channel, unless 3 are asked for."""
    if images.is_file(video):
        frames = images.read_frames_of_video(video, place)
        grey = images.without_colours(frames) if channels != 3 else None
        return frames if grey is None else grey[..., None]
    if not isinstance(video, np.ndarray) or video.dtype != np.uint8:
        dtype = f" of dtype {video.dtype}" if isinstance(video, np.ndarray) else ""
        raise ValueError(f"videos must be uint8 arrays, or paths. Received: {place}={video!r:.60}{dtype}")
    return video[..., None] if video.ndim == 3 and channels != 3 else video
