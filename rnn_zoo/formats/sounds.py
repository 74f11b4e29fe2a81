"""Reading sound: files, other rates, several channels, integers; and features of sound that were computed elsewhere."""

import io
import sys
import warnings
from pathlib import Path

import numpy as np

from rnn_zoo.files import content_of
from rnn_zoo.formats.arrays import array_of

OPPOSITE = 0.01
"""Channels of which the mean has a smaller share of their energy take each other away."""

LOWEST_RATE_HZ = 1000
"""Of sound; smaller numbers are kHz."""

SCALES = {"int8": 2**7, "int16": 2**15, "int32": 2**31, "int64": 2**15}
"""What integers are divided by; int64 holds 16-bit values in tensorflow-datasets."""


def read_sound(file, place="file"):
    """Samples `<float32>[samples, channels]`, in [-1, 1], and the rate in Hz of a file of sound.

    It is a WAV, FLAC, Ogg, MP3 or another file that libsndfile reads: a path, its bytes, or a data URL of them,
    `data:audio/wav;base64,...`. What is damaged or cut short is refused.
    """
    import soundfile

    data, shown = content_of(file, place, "sound")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as opened:
            expected, rate = opened.frames, opened.samplerate
            samples = opened.read(dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(
            f"A file of sound must be whole and of a known format: {error.error_string} Received: {shown}"
        ) from None
    expected = max(expected, _frames_of_header(data))
    if len(samples) < expected:
        raise ValueError(
            f"A file of sound must be whole: it is damaged or cut short, {len(samples)} of {expected} samples. "
            f"Received: {shown}"
        )
    return samples, rate


def _frames_of_header(data):
    """Samples of one channel that the header of a WAV file promises; libsndfile counts those that are there.

    Programs that do not know beforehand promise 2**30 bytes or more, which counts as 0.
    """
    start, block = 12, 0
    while data[:4] == b"RIFF" and start + 8 <= len(data):
        name, size = data[start : start + 4], int.from_bytes(data[start + 4 : start + 8], "little")
        if name == b"data":
            return size // block if block and size < 2**30 else 0
        if name == b"fmt ":
            block = int.from_bytes(data[start + 20 : start + 22], "little")
        start += 8 + size + size % 2
    return 0


def checked_sound(sound, place):
    """One channel of finite samples `<float32>[samples]`, the loudest where they take each other away; its rate."""
    if isinstance(sound, (str, bytes, Path)):
        samples, sample_rate_hz = read_sound(sound, place)
        return _mono(samples, place), sample_rate_hz
    if isinstance(sound, dict):
        sound = (
            sound.get("samples", sound.get("array")),
            sound.get("sample_rate_hz", sound.get("sampling_rate")),
        )
    if not isinstance(sound, (tuple, list)) or len(sound) != 2 or not is_rate(sound[1]):
        raise ValueError(
            "A sound must be a file, (samples, sample_rate_hz), or a dictionary with both. "
            f"Received: {place}={sound!r:.80}"
        )
    samples, sample_rate_hz = sound
    if sample_rate_hz < LOWEST_RATE_HZ:
        raise ValueError(
            f"sample_rate_hz must be in Hz, {LOWEST_RATE_HZ} at least: 44.1 kHz are 44100. "
            f"Received: {place} of {sample_rate_hz:g} Hz"
        )
    samples = array_of(samples)
    if samples.dtype.kind not in "iuf" or samples.ndim not in (1, 2):
        raise ValueError(
            "samples must be numbers of shape [samples] or [samples, channels]. "
            f"Received: {place}={samples.dtype} of shape {list(samples.shape)}"
        )
    if samples.ndim == 2 and samples.shape[1] > samples.shape[0] > 0:
        raise ValueError(
            "samples must be of shape [samples] or [samples, channels]: give samples.T where channels come first. "
            f"Received: {place} of shape {list(samples.shape)}"
        )
    return _mono(samples, place), float(sample_rate_hz)


def resampled(samples, sample_rate_hz, wanted_hz):
    """Sound at another rate, with a warning, filtered so that what that cannot hold does not come back as noise."""
    if sample_rate_hz == wanted_hz:
        return samples
    from scipy.signal import resample_poly

    warnings.warn(f"Sound of {sample_rate_hz:g} Hz is resampled to {wanted_hz} Hz.", stacklevel=2)
    divisor = np.gcd(round(sample_rate_hz), wanted_hz)
    return resample_poly(samples, wanted_hz // divisor, round(sample_rate_hz) // divisor).astype("float32")


def read_cepstra(file, num_features, place="file"):
    """The frames `<float32>[frames, features]` of a file of CMU Sphinx: the number of values, then the values."""
    data, place = content_of(file, place, "features")
    for order in (">", "<"):
        if len(data) >= 4 and np.frombuffer(data[:4], f"{order}i4")[0] * 4 == len(data) - 4:
            values = np.frombuffer(data[4:], f"{order}f4").astype("float32")
            break
    else:
        raise ValueError(
            "A feature file of Sphinx must begin with the number of its values and hold as many: it is damaged or cut "
            f"short. Received: {place} with {len(data)} bytes"
        )
    if not len(values) or len(values) % num_features:
        raise ValueError(
            f"A feature file must hold frames of {num_features} values. Received: {place} with {len(values)} values"
        )
    return values.reshape(-1, num_features)


def is_rate(value):
    """Whether a value may be a number of samples a second."""
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return is_number and 1 <= value < sys.maxsize


def _mono(samples, place):
    if samples.dtype.name in SCALES:
        samples = samples / np.float32(SCALES[samples.dtype.name])
    elif samples.dtype == np.uint8:
        samples = (samples.astype("float32") - 128) / 128
    elif samples.dtype.kind != "f":
        raise ValueError(f"samples must be floats or signed integers. Received: {place} of {samples.dtype}")
    samples = samples.astype("float32")
    if samples.ndim == 2 and samples.size:
        channels, samples = samples, samples.mean(axis=1)
        energies = (channels**2).mean(axis=0)
        if (samples**2).mean() < OPPOSITE * energies.mean():  # one channel is the other upside down
            samples = channels[:, energies.argmax()]
    if not samples.size:
        raise ValueError(f"A sound must have at least one sample. Received: {place} without any")
    if not np.isfinite(samples).all():
        wrong = int(np.flatnonzero(~np.isfinite(samples))[0])
        raise ValueError(f"samples must be finite numbers. Received: {place}={samples[wrong]} at sample {wrong}")
    return samples
