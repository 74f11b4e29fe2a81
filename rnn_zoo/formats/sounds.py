"""Reading sound: files, other rates, several channels, integers."""

import io
import sys
import warnings
import wave
from pathlib import Path

import numpy as np

from rnn_zoo.files import content_of_data_url

SCALES = {"int8": 2**7, "int16": 2**15, "int32": 2**31, "int64": 2**15}
"""What integers are divided by; int64 holds 16-bit values in tensorflow-datasets."""


def read_sound(file, place="file"):
    """Samples and rate of a file of sound.

    `.wav` with 16-bit samples is read by Python itself; other formats (FLAC, Ogg Vorbis, MP3, other `.wav`) need the
    package soundfile, of the extra `speech`.

    Args:
        file: a path, the bytes of a file, or a data URL of them, `data:audio/wav;base64,...`.
        place: what to call it in an error.

    Returns:
        `<float32>[samples, channels]`, in [-1, 1], and the rate in Hz.

    Raises:
        ValueError: for a file that is damaged or no sound, or one that needs soundfile where that is not installed.
        FileNotFoundError: for a path that does not exist.
    """
    content = content_of_data_url(file, place)
    file = file if content is None else content
    if isinstance(file, bytes):
        opened, shown = io.BytesIO(file), place
    else:
        if not Path(file).is_file():
            raise FileNotFoundError(f"A path must name a file of sound. Received: {place}={str(file)!r}")
        opened, shown = str(file), f"{place}={str(file)!r}"
    found = _read_wav(opened, shown)
    if found is not None:
        return found
    if isinstance(file, bytes):
        opened.seek(0)
    try:
        import soundfile
    except ImportError:
        raise ValueError(
            'Sound other than whole .wav files of 16 bits needs soundfile: pip install "rnn-zoo[speech]". '
            f"Received: {shown}"
        ) from None
    try:
        return soundfile.read(opened, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"A file of sound must be whole and of a known format: {error}. Received: {shown}") from None


def checked_sound(sound, place):
    """One channel of finite samples, and its rate.

    Args:
        sound: a path, `(samples, sample_rate_hz)`, or a dictionary with `samples` (or `array`) and `sample_rate_hz` (or
            `sampling_rate`). Samples are `[samples]` or `[samples, channels]`: floats in [-1, 1], or integers.
        place: what to call it in an error.

    Returns:
        `<float32>[samples]`, the mean of the channels, and the rate in Hz.

    Raises:
        ValueError: for anything else, no samples, or samples that are no finite numbers.
        FileNotFoundError: for a path that does not exist.
    """
    if isinstance(sound, (str, Path)):
        samples, sample_rate_hz = read_sound(sound, place)
        return _mono(samples, place), sample_rate_hz
    if isinstance(sound, dict):
        sound = (
            sound.get("samples", sound.get("array")),
            sound.get("sample_rate_hz", sound.get("sampling_rate")),
        )
    if not isinstance(sound, (tuple, list)) or len(sound) != 2 or not _is_rate(sound[1]):
        raise ValueError(
            "A sound must be a path, (samples, sample_rate_hz), or a dictionary with both. "
            f"Received: {place}={sound!r:.80}"
        )
    samples, sample_rate_hz = sound
    try:
        samples = np.asarray(samples)
    except ValueError:
        samples = np.array(None)
    if samples.dtype.kind not in "iuf" or samples.ndim not in (1, 2):
        raise ValueError(
            "samples must be numbers of shape [samples] or [samples, channels]. "
            f"Received: {place}={samples.dtype} of shape {list(samples.shape)}"
        )
    return _mono(samples, place), float(sample_rate_hz)


def resampled(samples, sample_rate_hz, wanted_hz):
    """Sound at another rate, through a filter that keeps what the new rate cannot hold from coming back as noise.

    Args:
        samples: `<float32>[samples]`.
        sample_rate_hz: the rate it has.
        wanted_hz: the rate it should have.

    Returns:
        `<float32>[samples]`. A `UserWarning` says what was done; the same rate is left alone.

    Raises:
        ValueError: for another rate, where scipy is not installed.
    """
    if sample_rate_hz == wanted_hz:
        return samples
    try:
        from scipy.signal import resample_poly
    except ImportError:
        raise ValueError(
            f'Sound must be of {wanted_hz} Hz where scipy is not installed: pip install "rnn-zoo[speech]". '
            f"Received: {sample_rate_hz:g} Hz"
        ) from None
    warnings.warn(f"Sound of {sample_rate_hz:g} Hz is resampled to {wanted_hz} Hz.", stacklevel=2)
    divisor = np.gcd(round(sample_rate_hz), wanted_hz)
    return resample_poly(samples, wanted_hz // divisor, round(sample_rate_hz) // divisor).astype("float32")


def read_cepstra(file, num_features, place="file"):
    """The frames of a feature file of CMU Sphinx: the number of values, then the values, all in 4 bytes each.

    Args:
        file: a path, or the bytes of a file; in either byte order, usually the big-endian one.
        num_features: values a frame, 13 for the usual cepstra.
        place: what to call it in an error.

    Returns:
        `<float32>[frames, num_features]`.

    Raises:
        ValueError: for a file that is cut short, or holds no whole frames.
        FileNotFoundError: for a path that does not exist.
    """
    if not isinstance(file, bytes):
        place = f"{place}={str(file)!r}"
        if not Path(file).is_file():
            raise FileNotFoundError(f"A path must name a file of features. Received: {place}")
        file = Path(file).read_bytes()
    for order in (">", "<"):
        if len(file) >= 4 and np.frombuffer(file[:4], f"{order}i4")[0] * 4 == len(file) - 4:
            values = np.frombuffer(file[4:], f"{order}f4").astype("float32")
            break
    else:
        raise ValueError(
            "A feature file of Sphinx must begin with the number of its values and hold as many: it is damaged or cut "
            f"short. Received: {place} with {len(file)} bytes"
        )
    if not len(values) or len(values) % num_features:
        raise ValueError(
            f"A feature file must hold frames of {num_features} values. Received: {place} with {len(values)} values"
        )
    return values.reshape(-1, num_features)


def _read_wav(opened, shown):
    """Samples and rate of a `.wav` with 16-bit samples; None for another kind of file.

    Raises:
        ValueError: for a file with fewer samples than it says; programs that do not know beforehand say 2**30 or more.
    """
    try:
        with wave.open(opened) as file:
            if file.getsampwidth() != 2:
                return None
            expected, channels, rate = file.getnframes(), file.getnchannels(), file.getframerate()
            data = file.readframes(expected)
    except (wave.Error, EOFError):
        return None
    samples = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], "<i2").reshape(-1, channels)
    if len(samples) < expected < 2**30 / (2 * channels):
        raise ValueError(
            f"A file of sound must be whole: it is damaged or cut short, {len(samples)} of {expected} samples. "
            f"Received: {shown}"
        )
    return samples.astype("float32") / SCALES["int16"], rate


def _mono(samples, place):
    if samples.dtype.name in SCALES:
        samples = samples / np.float32(SCALES[samples.dtype.name])
    elif samples.dtype == np.uint8:
        samples = (samples.astype("float32") - 128) / 128
    elif samples.dtype.kind != "f":
        raise ValueError(f"samples must be floats or signed integers. Received: {place} of {samples.dtype}")
    samples = samples.astype("float32")
    if samples.ndim == 2:
        samples = samples.mean(axis=1)
    if not samples.size:
        raise ValueError(f"A sound must have at least one sample. Received: {place} without any")
    if not np.isfinite(samples).all():
        wrong = int(np.flatnonzero(~np.isfinite(samples))[0])
        raise ValueError(f"samples must be finite numbers. Received: {place}={samples[wrong]} at sample {wrong}")
    return samples


def _is_rate(value):
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return is_number and 1 <= value < sys.maxsize
