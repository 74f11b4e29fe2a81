"""Speech to frames: sound to log-mel energies, or features that were computed elsewhere."""

from pathlib import Path

import keras
import numpy as np

from rnn_zoo.preprocessors.frames import Frames
from rnn_zoo.preprocessors.sounds import checked_sound, read_cepstra, resampled

LOWEST_ENERGY = 1e-6
"""Added to energies before the logarithm: the quietest that is told from silence."""


class _Speech:
    """What the classes below share: frames by `rnn_zoo.Frames`, which scales and pads them."""

    bucket_width = 16
    """Batches are padded to a multiple of this many frames."""

    def __init__(self, num_features, scaling, velocities):
        self.frames = Frames([num_features], scaling=scaling, velocities=velocities)

    @property
    def num_features(self):
        """Features of a frame, as a network gets them."""
        return self.frames.num_features

    def encode(self, recordings):
        """Recordings to features, not padded yet.

        Args:
            recordings: a list of recordings, as the class says.

        Returns:
            A list of `<float32>[timesteps, feature]`, none of them empty.

        Raises:
            ValueError: for a single recording instead of a list, or what is no recording; the message gives the place.
            FileNotFoundError: for a path that does not exist.
        """
        if isinstance(recordings, (str, bytes, Path, dict, tuple)) or not hasattr(recordings, "__iter__"):
            raise ValueError(
                f"recordings must be a list: write [recording] for a single one. Received: {recordings!r:.60}"
            )
        found = []
        for place, recording in enumerate(recordings):
            found += self.frames.encode([self.features(recording, f"recordings[{place}]")], name="recordings", at=place)
        return found

    def pad(self, encoded, timesteps=None):
        """Encoded recordings to tensors, padded on the right with 0.

        Args:
            encoded: from `encode`.
            timesteps: width to pad to; None for that of the longest.

        Returns:
            `{"frames": <float32>[batch, timesteps, feature], "lengths": <int32>[batch]}`.
        """
        return self.frames.pad(encoded, timesteps)

    def __call__(self, recordings):
        """Recordings to tensors: `pad(encode(recordings))`."""
        return self.pad(self.encode(recordings))

    @staticmethod
    def read_file(path):
        """The one recording of a file, as its path: `encode` reads it."""
        return [str(path)]

    @classmethod
    def build_scaling(cls, recordings, *args, velocities=False, **settings):
        """Mean and standard deviation of every feature over all frames of training examples.

        Args:
            recordings: as `encode` takes them.
            *args: the arguments of the class.
            velocities: as of the class.
            **settings: the other settings of the class.

        Returns:
            `{"mean": [...], "std": [...]}`, one float a feature.

        Raises:
            ValueError: for no recordings, and as `encode` does.
        """
        plain = cls(*args, **settings, scaling=None)
        return Frames.build_scaling(plain.encode(recordings), [plain.num_features], velocities=velocities)

    @classmethod
    def from_config(cls, config):
        """Rebuild from `get_config()`."""
        return cls(**config)


@keras.saving.register_keras_serializable("rnn_zoo")
class LogMel(_Speech):
    """Sound to the logarithm of its energies in bands of the mel scale, one row a frame.

    A recording is the path of a file (see `rnn_zoo.preprocessors.sounds.read_sound`), `(samples, sample_rate_hz)`, or
    a dictionary with both; samples are floats in [-1, 1] or integers, `[samples]` or `[samples, channels]`. Channels
    are averaged, and sound of another rate is resampled, with a warning. Frames overlap; the last one is filled up with
    silence. Silence has the same energy in all bands: it is 0 everywhere with `scaling="sequence"`.

    Args:
        sample_rate_hz: samples a second that the energies are computed at.
        mel_bins: bands, features of a frame.
        window_seconds: time that a frame looks at.
        hop_seconds: time from one frame to the next.
        lowest_hz: where the lowest band begins.
        highest_hz: where the highest band ends; None for half the rate.
        scaling: "sequence" brings every feature of a recording to mean 0 and standard deviation 1, which takes the
            microphone and the loudness away; or what `build_scaling` found on the training part; None leaves features
            as they are.
        velocities: add the difference of each feature to the frame before as a feature of its own.

    Raises:
        ValueError: for settings outside their legal values, or more bands than the window can tell apart.

    Example:
        >>> preprocessor = LogMel(8000, mel_bins=20)
        >>> inputs = preprocessor([(np.sin(np.arange(4000)), 8000), (np.zeros(1, "int16"), 8000)])
        >>> inputs["frames"].shape, inputs["lengths"].tolist()
        ((2, 49, 20), [49, 1])

    Source: Davis & Mermelstein, "Comparison of parametric representations for monosyllabic word recognition in
    continuously spoken sentences", IEEE Transactions on Acoustics, Speech, and Signal Processing 1980, without the
    cosine transform; the bands are those of HTK.
    """

    def __init__(
        self, sample_rate_hz=16_000, *, mel_bins=40, window_seconds=0.025, hop_seconds=0.01, lowest_hz=20,
        highest_hz=None, scaling="sequence", velocities=False,
    ):  # fmt: skip
        super().__init__(mel_bins, scaling, velocities)
        self.sample_rate_hz = int(sample_rate_hz)
        self.mel_bins = mel_bins
        self.window_seconds = window_seconds
        self.hop_seconds = hop_seconds
        self.lowest_hz = lowest_hz
        self.highest_hz = highest_hz
        self.window_length = round(window_seconds * self.sample_rate_hz)
        self.hop_length = round(hop_seconds * self.sample_rate_hz)
        highest = self.sample_rate_hz / 2 if highest_hz is None else highest_hz
        if not 0 <= lowest_hz < highest <= self.sample_rate_hz / 2:
            raise ValueError(
                "lowest_hz and highest_hz must be rising and in [0, sample_rate_hz / 2]. "
                f"Received: {sample_rate_hz=}, {lowest_hz=}, {highest_hz=}"
            )
        if not 1 <= self.hop_length <= self.window_length:
            raise ValueError(
                "window_seconds and hop_seconds must be positive, the window at least as long as the hop. "
                f"Received: {window_seconds=}, {hop_seconds=}"
            )
        self.fft_length = 2 ** int(np.ceil(np.log2(self.window_length)))
        self.mel_matrix = self._bands(highest)

    def features(self, recording, place="recording"):
        """The energies of one recording, neither scaled nor padded.

        Args:
            recording: as the class says.
            place: what to call it in an error.

        Returns:
            `<float32>[frames, mel_bins]`.

        Raises:
            ValueError: for what is no recording. FileNotFoundError: for a path that does not exist.
        """
        samples = resampled(*checked_sound(recording, place), self.sample_rate_hz)
        num_frames = 1 + max(0, -(-(len(samples) - self.window_length) // self.hop_length))
        samples = np.pad(samples, (0, (num_frames - 1) * self.hop_length + self.window_length - len(samples)))
        pieces = np.lib.stride_tricks.sliding_window_view(samples, self.window_length)[:: self.hop_length]
        spectrum = np.fft.rfft(pieces * np.hanning(self.window_length), self.fft_length)
        return np.log(np.abs(spectrum) ** 2 @ self.mel_matrix + LOWEST_ENERGY).astype("float32")

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        names = ("sample_rate_hz", "mel_bins", "window_seconds", "hop_seconds", "lowest_hz", "highest_hz")
        frames = {"scaling": self.frames.scaling, "velocities": self.frames.velocities}
        return {**{name: getattr(self, name) for name in names}, **frames}

    def _bands(self, highest_hz):
        """The weights of frequencies in bands, `<float64>[frequencies, mel_bins]`."""
        layer = keras.layers.MelSpectrogram()
        weights = layer.linear_to_mel_weight_matrix(
            self.mel_bins, self.fft_length // 2 + 1, self.sample_rate_hz, self.lowest_hz, highest_hz
        )
        weights = keras.ops.convert_to_numpy(weights).astype("float64")
        empty = np.flatnonzero(weights.sum(axis=0) == 0)
        if len(empty):
            raise ValueError(
                f"mel_bins must be fewer, or window_seconds longer: band {empty[0]} holds no frequency. "
                f"Received: mel_bins={self.mel_bins}, window_seconds={self.window_seconds}"
            )
        return weights


@keras.saving.register_keras_serializable("rnn_zoo")
class Cepstra(_Speech):
    """Features of speech that were computed elsewhere, such as cepstra, one row a frame.

    A recording is an array `[frames, features]`, or the path of a feature file of CMU Sphinx (`.mfc`).

    Args:
        num_features: features of a frame in the files, 13 for the usual cepstra.
        scaling: as of `LogMel`.
        velocities: as of `LogMel`.

    Raises:
        ValueError: for settings outside their legal values.

    Example:
        >>> Cepstra(2)([[[1, 5], [3, 5]]])["frames"].tolist()
        [[[-1.0, 0.0], [1.0, 0.0]]]
    """

    def __init__(self, num_features=13, *, scaling="sequence", velocities=False):
        super().__init__(num_features, scaling, velocities)

    def features(self, recording, place="recording"):
        """What a file holds; an array as it is."""
        if isinstance(recording, (str, Path)):
            return read_cepstra(recording, self.frames.frame_shape[0], place)
        return recording

    def get_config(self):
        """Arguments that rebuild the preprocessor."""
        names = ("scaling", "velocities")
        return {"num_features": self.frames.frame_shape[0], **{name: getattr(self.frames, name) for name in names}}
