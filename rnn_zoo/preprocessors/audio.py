"""Speech to frames: sound to log-mel energies, or features that were computed elsewhere."""

from pathlib import Path

import numpy as np

from rnn_zoo.formats.sounds import checked_sound, is_rate, read_cepstra, resampled
from rnn_zoo.preprocessors.base import first_of, listed
from rnn_zoo.preprocessors.frames import Frames

USUAL_LEVELS, MIDDLE_LEVEL = (0.003, 0.25), 0.03
"""Root of the mean square of samples in [-1, 1]."""

LOWEST_ENERGY = 1e-6
"""Added to energies before the logarithm: the quietest that is told from silence."""


class LogMel(Frames):
    """Sound to the logarithm of its energies in bands of the mel scale, one row a frame, to arrays as of `Frames`.

    A recording is a file (see `rnn_zoo.formats.sounds.read_sound`), `(samples, sample_rate_hz)`, or a
    dictionary with both; samples are floats in [-1, 1] or integers, `[samples]` or `[samples, channels]`. Channels
    are averaged, and sound of another rate is resampled, with a warning. What is far quieter or louder than recordings
    are is brought to their level. Frames overlap; the last one is filled up with silence. Silence has the same energy
    in all bands: it is 0 everywhere with `scaling="sequence"`, and warned of.

    Args:
        sample_rate_hz: samples a second that the energies are computed at.
        mel_bins: bands, features of a frame.
        window_seconds: time that a frame looks at.
        hop_seconds: time from one frame to the next.
        lowest_hz: where the lowest band begins.
        highest_hz: where the highest band ends; None for half the rate.
        scaling: "sequence" brings every feature of a recording to mean 0 and standard deviation 1, which takes the
            microphone and the loudness away; or what `from_examples` found on the training part; None leaves features
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

    bucket_width = 16
    plural, singular, emptiness = "recordings", "recording", "silence"

    def __init__(
        self, sample_rate_hz=16_000, *, mel_bins=40, window_seconds=0.025, hop_seconds=0.01, lowest_hz=20,
        highest_hz=None, scaling="sequence", velocities=False,
    ):  # fmt: skip
        super().__init__([mel_bins], scaling=scaling, velocities=velocities)
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
        frequencies = np.linspace(0, self.sample_rate_hz / 2, self.fft_length // 2 + 1)
        self.mel_matrix = mel_bands(frequencies, mel_bins, lowest_hz, highest)
        empty = np.flatnonzero(self.mel_matrix.sum(axis=0) == 0)
        if len(empty):
            raise ValueError(
                f"mel_bins must be fewer, or window_seconds longer: band {empty[0]} holds no frequency. "
                f"Received: {mel_bins=}, {window_seconds=}"
            )

    @classmethod
    def from_examples(cls, raw, *, scaling="sequence", **settings):
        """A preprocessor with the arguments of the class.

        Args:
            raw: the training split, as `encode` takes it.
            scaling: "training" finds mean and standard deviation of every feature over all frames of the training
                split, which leaves voice and microphone in; others as of the class.
            **settings: the other arguments of the class.
        """
        return cls._scaled(raw, scaling, **settings)

    def is_single(self, raw):
        is_pair = isinstance(raw, (tuple, list)) and len(raw) == 2 and is_rate(raw[1])
        return is_pair or isinstance(raw, (str, bytes, Path, dict))

    def read(self, sequence, place):
        return self._frames(at_usual_level(resampled(*checked_sound(sequence, place), self.sample_rate_hz)))

    def _given(self, piece, place):
        """Samples of a piece, at the level that they have."""
        sound = piece if self.is_single(piece) else (piece, self.sample_rate_hz)
        samples, rate = checked_sound(sound, place)
        if rate != self.sample_rate_hz:
            raise ValueError(f"pieces of sound must be of {self.sample_rate_hz} Hz. Received: {place} of {rate:g} Hz")
        return samples

    def _frames(self, samples):
        """Energies of each window, the last one filled up with silence."""
        num_frames = 1 + max(0, -(-(len(samples) - self.window_length) // self.hop_length))
        samples = np.pad(samples, (0, (num_frames - 1) * self.hop_length + self.window_length - len(samples)))
        pieces = np.lib.stride_tricks.sliding_window_view(samples, self.window_length)[:: self.hop_length]
        spectrum = np.fft.rfft(pieces * np.hanning(self.window_length), self.fft_length)
        return np.log(np.abs(spectrum) ** 2 @ self.mel_matrix + LOWEST_ENERGY).astype("float32")


class Cepstra(Frames):
    """Features of speech that were computed elsewhere, such as cepstra, one row a frame, to arrays as of `LogMel`.

    A recording is an array `[frames, features]`, or the path of a feature file of CMU Sphinx (`.mfc`).

    Args:
        num_features: features of a frame in the files, 13 for the usual cepstra.
        scaling: as of `LogMel`.
        velocities: as of `LogMel`.

    Example:
        >>> Cepstra(2)([[[1, 5], [3, 5]]])["frames"].tolist()
        [[[-1.0, 0.0], [1.0, 0.0]]]
    """

    bucket_width = 16
    plural, singular = "recordings", "recording"

    def __init__(self, num_features=13, *, scaling="sequence", velocities=False):
        super().__init__([num_features], scaling=scaling, velocities=velocities)

    @classmethod
    def from_examples(cls, raw, *, scaling="sequence", **settings):
        recordings = listed(raw, cls.plural, cls.singular)
        first = first_of(recordings, cls.plural)
        if "num_features" not in settings and np.ndim(first) == 2:
            settings = {"num_features": np.shape(first)[1], **settings}
        return cls._scaled(recordings, scaling, **settings)

    def read(self, sequence, place):
        is_file = isinstance(sequence, (str, Path))
        return read_cepstra(sequence, self.frame_shape[0], place) if is_file else sequence

    def get_config(self):
        return {**super().get_config(), "num_features": self.frame_shape[0]}


def at_usual_level(samples):
    """Sound that is far quieter or louder than recordings of voices are, brought to a level that they have."""
    level = float(np.sqrt(np.mean(np.square(samples, dtype="float64"))))
    if level == 0 or USUAL_LEVELS[0] <= level <= USUAL_LEVELS[1]:
        return samples
    return samples * np.float32(MIDDLE_LEVEL / level)


def mel_bands(frequencies, num_bands, lowest_hz, highest_hz):
    """The weights `<float64>[frequencies, bands]` in triangles of one width on the mel scale, each up to 1.

    The first frequency, of what does not swing, is in no band. Source: Young et al., "The HTK Book", 2006, section 5.4.
    """
    edges = np.linspace(*_mel(np.array([lowest_hz, highest_hz])), num_bands + 2)
    mels = _mel(np.asarray(frequencies, "float64"))[:, None]
    rising, falling = mels - edges[:-2], edges[2:] - mels
    bands = np.maximum(0, np.minimum(rising, falling)) / (edges[1] - edges[0])
    bands[0] = 0.0
    return bands


def _mel(hz):
    return 1127.0 * np.log(1.0 + hz / 700.0)
