"""Frames of a moving skeleton, or of sensors, to one row of features a frame."""

from pathlib import Path

import numpy as np

from rnn_zoo.formats.frame_files import checked_frames, read_frames
from rnn_zoo.preprocessors.base import Preprocessor, columns_of, first_of, listed, number_of_axes, pad_frames
from rnn_zoo.summaries import Moments, summed


class Frames(Preprocessor):
    """Sequences of frames, of any number of frames each, to right-padded features with their lengths.

    An example is an array or nested lists `[frames, *frame_shape]`, or a path, see
    `rnn_zoo.formats.frame_files.read_frames`. Arrays are `{"frames": <float32>[batch, timesteps, feature], "lengths":
    <int32>[batch]}`; the lengths are given because a frame of zeros may be a real one.

    A frame is a row of features, or the positions of the joints of a skeleton. In the order in which it happens: gaps
    are filled, every `stride`-th frame is kept, pixels become positions in space, the skeleton is centred and brought
    to one size, velocities are added, and every feature is scaled. All settings, the scaling too, are kept in the
    `.keras` file of a Task.

    Args:
        frame_shape: `[features]`, or `[joints, coordinates]` of a skeleton.
        scaling: what `from_examples` found on the training part, `{"mean": [...], "std": [...]}`, one number a feature,
            velocities included; "sequence" brings every feature of each sequence to mean 0 and standard deviation 1;
            None leaves features as they are.
        camera: `(column, row, focal_length)` in pixels, of the image's centre and of the lens, for joints that are
            (column, row, depth) as a depth camera gives them: they become positions in space, in the unit of the depth,
            so that near and far people move alike. None if they are positions already.
        centre: the joint that every frame is moved to, such as the hip; None leaves the skeleton where it is.
        unit_joints: a pair, such as neck and hip: coordinates are divided by the median of their distance over the
            frames of a sequence, so that tall and small, near and far people have one size. None keeps the size.
        fill_gaps: joints with all coordinates 0 were not found by the camera: they get the line between the frames
            before and after, or the nearest one at an end.
        velocities: add the difference of each feature to the frame before as a feature of its own; 0 at the first.
        stride: keep every so many frames, which makes long recordings shorter.

    Example:
        >>> preprocessor = Frames([2], velocities=True)
        >>> inputs = preprocessor([[[1, 2], [3, 5]], [[7, 7]]])
        >>> inputs["frames"][0].tolist(), inputs["lengths"].tolist()
        ([[1.0, 2.0, 0.0, 0.0], [3.0, 5.0, 2.0, 3.0]], [2, 1])

    Source: skeletons centred on the hip: Du, Wang & Wang, "Hierarchical recurrent neural network for skeleton based
    action recognition", CVPR 2015; of one size, with velocities: Zanfir, Leordeanu & Sminchisescu, "The moving pose: an
    efficient 3D kinematics descriptor for low-latency action recognition and detection", ICCV 2013.
    """

    bucket_width = 8
    plural, singular, emptiness = "sequences", "sequence", "the same all the time"

    def __init__(
        self, frame_shape, *, scaling=None, camera: tuple | None = None, centre: int | None = None,
        unit_joints: tuple | None = None, fill_gaps=False, velocities=False, stride=1,
    ):  # fmt: skip
        self.frame_shape = [int(size) for size in frame_shape]
        if len(self.frame_shape) not in (1, 2) or min(self.frame_shape) < 1:
            raise ValueError(f"frame_shape must be [features] or [joints, coordinates]. Received: {frame_shape=}")
        if stride != int(stride) or stride < 1:
            raise ValueError(f"stride must be a positive integer. Received: {stride=}")
        self.camera = None if camera is None else [float(value) for value in camera]
        self.centre = centre
        self.unit_joints = None if unit_joints is None else [int(joint) for joint in unit_joints]
        self.fill_gaps = fill_gaps
        self.velocities = velocities
        self.stride = int(stride)
        self.window_length, self.hop_length = 1, self.stride
        self._check_joints()
        self.scaling = scaling
        if scaling not in (None, "sequence"):
            if not isinstance(scaling, dict) or set(scaling) != {"mean", "std"}:
                raise ValueError(
                    f"scaling must be None, 'sequence', or a dictionary of mean and std. Received: {scaling=!r:.60}"
                )
            mean, std = checked_scale(**scaling, num_features=self.num_features)
            self.scaling = {"mean": mean, "std": std}

    @classmethod
    def from_examples(cls, raw, *, scaling="training", keep_shape=False, **settings):
        """A preprocessor for frames of the shape of the first one, which brings features to one scale.

        Args:
            raw: the training split, as `encode` takes it.
            scaling: "training" finds mean and standard deviation of every feature over all frames of the training
                split, 1 for a feature that does not change; others as of the class.
            keep_shape: with "training", divide all coordinates by one number and all velocities by another, and
                subtract nothing, so that a skeleton keeps its shape and joints that hardly move stay quiet. It suits
                centred skeletons.
            **settings: the other arguments of the class; a frame_shape that is given is not learned; that of CSV
                files is `[columns]`.

        Example:
            >>> Frames.from_examples([[[1, 7], [5, 7]]]).scaling
            {'mean': [3.0, 7.0], 'std': [2.0, 1.0]}
        """
        sequences = listed(raw, cls.plural, cls.singular)
        if "frame_shape" not in settings:
            first = first_of(sequences, cls.plural)
            first = read_frames(first, None) if isinstance(first, (str, Path)) else first
            settings = {"frame_shape": np.shape(first[:1])[1:], **settings}
        return cls._scaled(sequences, scaling, keep_shape, **settings)

    @classmethod
    def _scaled(cls, raw, scaling, keep_shape=False, **settings):
        """The preprocessor with this scaling, found on raw if it is "training"."""
        if isinstance(scaling, str) and scaling == "training":
            plain = cls(**settings)
            plain.scaling = None
            raw = plain.listed(raw)
            first_of(raw, cls.plural)
            found = summed(raw, Moments(plain._each_encoded))
            mean, std, largest = found.mean, np.sqrt(found.squares / found.size), found.largest
            if keep_shape:
                squares = mean**2 + std**2
                kinds = np.split(squares, 2) if plain.velocities else [squares]
                std = [np.full(len(kind), np.sqrt(kind.mean()) or 1.0) for kind in kinds]
                scaling = {"mean": np.zeros(len(mean)), "std": np.concatenate(std)}
            else:
                scaling = scale_of(mean, std, largest)
        return cls(**settings, scaling=scaling)

    def _each_encoded(self, raw):
        return (self._encode_one(one, f"{self.plural}[{index}]") for index, one in enumerate(raw))

    @property
    def num_features(self):
        """Features of a frame, as a network gets them."""
        return int(np.prod(self.frame_shape)) * (2 if self.velocities else 1)

    @property
    def needs_whole(self):
        """Settings that look at all frames of a sequence; None without them."""
        settings = {"fill_gaps=True": self.fill_gaps, "unit_joints": self.unit_joints}
        settings['scaling="sequence" (scaling="training" does not)'] = self.scaling == "sequence"
        used = [name for name, value in settings.items() if value]
        return f"{' and '.join(used)} looks at whole {self.plural}" if used else None

    def is_single(self, raw):
        is_table = isinstance(raw, (str, bytes, Path)) or columns_of(raw) is not None
        return is_table or number_of_axes(raw) == 1 + len(self.frame_shape)

    def knows(self, encoded):
        return bool(encoded.any() if len(encoded) == 1 else (encoded != encoded[:1]).any())

    def pad(self, encoded, timesteps=None):
        return pad_frames(encoded, timesteps, (self.num_features,), "float32")

    def read(self, sequence, place):
        """A sequence as it is given to frames `[frames, *frame_shape]`; `place` is what to call it in an error."""
        return read_frames(sequence, self.frame_shape, place) if isinstance(sequence, (str, Path)) else sequence

    def _encode_one(self, sequence, place):
        return self._rows(checked_frames(self.read(sequence, place), self.frame_shape, place))

    def encode_piece(self, piece, held, place, *, last=False):
        """A piece is some frames, of sound some samples; held are those from the last one on that gave a row."""
        given = held if last else self._given(piece, place)
        given = given if held is None or last else np.concatenate([held, given])
        count = 1 + (len(given) - self.window_length) // self.hop_length
        if count < 1:
            return np.zeros((0, self.num_features), "float32"), given
        whole = given if last else given[: (count - 1) * self.hop_length + self.window_length]
        goes_on = held is not None and len(held) >= self.window_length
        return self._rows(self._frames(whole))[goes_on:], given[(count - 1) * self.hop_length :]

    def _given(self, piece, place):
        is_frame = number_of_axes(piece) == len(self.frame_shape)
        return checked_frames([piece] if is_frame else piece, self.frame_shape, place)

    def _frames(self, given):
        return given

    def _rows(self, frames):
        """Frames `<float>[frames, *frame_shape]` to features `<float32>[frames, features]`."""
        if self.fill_gaps:
            frames = fill_gaps(frames)
        frames = frames[:: self.stride]
        if self.camera is not None:
            frames = places_in_space(frames, *self.camera)
        if self.centre is not None:
            frames = frames - frames[:, self.centre, None]
        if self.unit_joints is not None:
            one, other = self.unit_joints
            size = np.median(np.linalg.norm(frames[:, one] - frames[:, other], axis=-1))
            frames = frames / (size if size > 0 else 1.0)
        rows = frames.reshape(len(frames), -1)
        if self.velocities:
            rows = np.concatenate([rows, np.diff(rows, axis=0, prepend=rows[:1])], axis=1)
        if self.scaling is not None:
            scaling = mean_and_std(rows) if self.scaling == "sequence" else self.scaling
            rows = (rows - scaling["mean"]) / scaling["std"]
        return rows.astype("float32")

    def _check_joints(self):
        is_skeleton = len(self.frame_shape) == 2
        joints = [*([] if self.centre is None else [self.centre]), *(self.unit_joints or [])]
        if (joints or self.fill_gaps) and not is_skeleton:
            raise ValueError(
                "centre, unit_joints and fill_gaps are for skeletons, frame_shape=[joints, coordinates]. "
                f"Received: frame_shape={self.frame_shape}"
            )
        if self.camera is not None and (self.frame_shape[1:] != [3] or len(self.camera) != 3 or self.camera[2] <= 0):
            raise ValueError(
                "camera must be (column, row, focal_length), for frame_shape=[joints, 3]. "
                f"Received: camera={self.camera}, frame_shape={self.frame_shape}"
            )
        if self.unit_joints is not None and (len(self.unit_joints) != 2 or self.unit_joints[0] == self.unit_joints[1]):
            raise ValueError(
                f"unit_joints must be a pair of different joints. Received: unit_joints={self.unit_joints}"
            )
        for joint in joints:
            if not isinstance(joint, int) or not 0 <= joint < self.frame_shape[0]:
                raise ValueError(
                    f"centre and unit_joints must be joints, from 0 to {self.frame_shape[0] - 1}. "
                    f"Received: centre={self.centre!r}, unit_joints={self.unit_joints}"
                )


def mean_and_std(rows):
    """Of every feature of `<float64>[rows, features]`, as a dictionary; the deviation 1 where it does not change."""
    return scale_of(rows.mean(axis=0), rows.std(axis=0), np.abs(rows).max(axis=0))


def scale_of(mean, std, largest):
    """Of what `rnn_zoo.summaries.Moments` finds, as `mean_and_std` gives it."""
    return {"mean": mean, "std": np.where(std > 1e-6 * np.maximum(largest, 1e-6), std, 1.0)}


def checked_scale(mean, std, num_features):
    """Means and deviations as lists of floats, one a feature; None for 0 and for 1."""
    mean = np.asarray(np.zeros(num_features) if mean is None else mean, "float64")
    std = np.asarray(np.ones(num_features) if std is None else std, "float64")
    if mean.shape != (num_features,) or std.shape != (num_features,) or not np.isfinite([mean, std]).all():
        raise ValueError(
            f"mean and std must be {num_features} finite numbers each. Received: mean={mean.tolist()!s:.60}, "
            f"std={std.tolist()!s:.60}"
        )
    if not (std > 0).all():
        raise ValueError(f"std must be above 0. Received: std={std.tolist()!s:.60}")
    return mean.tolist(), std.tolist()


def fill_gaps(frames):
    """Put joints that were not found, with all coordinates 0, on the line between the frames before and after."""
    found = (frames != 0).any(axis=-1)
    if found.all():
        return frames
    filled = frames.copy()
    times = np.arange(len(frames))
    for joint in np.flatnonzero(~found.all(axis=0) & found.any(axis=0)):
        known = found[:, joint]
        for axis in range(frames.shape[2]):
            filled[:, joint, axis] = np.interp(times, times[known], frames[known, joint, axis])
    return filled


def places_in_space(frames, column, row, focal_length):
    """Column, row and depth, as a camera sees them, to what is right, down and away, all in the unit of the depth."""
    depth = frames[..., 2]
    right, down = (frames[..., 0] - column) * depth / focal_length, (frames[..., 1] - row) * depth / focal_length
    return np.stack([right, down, depth], axis=-1)
