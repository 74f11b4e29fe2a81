"""Sound to log-mel frames: what a file may be, what is done to it, and what is refused."""

import base64
import io
import struct
import wave

import keras
import numpy as np
import pytest
import soundfile

from rnn_zoo.formats.sounds import checked_sound, read_cepstra, read_sound, resampled
from rnn_zoo.preprocessors import Cepstra, LogMel
from rnn_zoo.preprocessors.audio import mel_bands

RATE = 8000
TONE = (np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE) * 0.5).astype("float32")


def wav(samples, rate=RATE, width=2, channels=1):
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return data.getvalue()


def sphinx(values, order=">", count=None):
    count = len(values) if count is None else count
    return struct.pack(f"{order}i", count) + np.asarray(values, f"{order}f4").tobytes()


@pytest.fixture
def path(tmp_path):
    def write(data, name="tone.wav"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def test_every_way_to_give_a_sound_gives_the_same_frames(path):
    integers = (TONE * 2**15).astype("int16")
    sounds = [
        path(wav(integers)),
        str(path(wav(integers))),
        wav(integers),
        f"data:audio/wav;base64,{base64.b64encode(wav(integers)).decode()}",
        (integers, RATE),
        (integers.astype("int64"), RATE),
        (integers.astype("int32") * 2**16, RATE),
        [integers / 2**15, RATE],
        {"samples": integers, "sample_rate_hz": RATE},
        {"array": integers / 2**15, "sampling_rate": RATE, "path": None},
        (np.stack([integers, integers], axis=1), RATE),
    ]
    encoded = LogMel(RATE).encode(sounds)
    for one in encoded[1:]:
        np.testing.assert_allclose(one, encoded[0], atol=1e-5)


def test_a_tone_is_in_the_band_of_its_pitch_and_frames_come_every_hop():
    preprocessor = LogMel(RATE, mel_bins=30, scaling=None)
    (frames,) = preprocessor.encode([(TONE, RATE)])
    assert frames.shape == (1 + int(np.ceil((RATE - 200) / 80)), 30) and frames.dtype == np.float32
    edges = 700 * (np.exp(np.linspace(np.log(1 + 20 / 700), np.log(1 + 4000 / 700), 32)) - 1)
    loudest = np.argmax(frames[50])
    assert edges[loudest] < 1000 < edges[loudest + 2]
    assert preprocessor.num_features == 30


@pytest.mark.parametrize(
    ("num_bands", "fft_length", "rate", "lowest", "highest"),
    [(20, 256, 8000, 20, 4000), (40, 512, 16_000, 20, 8000), (64, 2048, 22_050, 80, 9000)],
)
def test_bands_equal_those_of_keras(num_bands, fft_length, rate, lowest, highest):
    layer = keras.layers.MelSpectrogram()
    theirs = layer.linear_to_mel_weight_matrix(num_bands, fft_length // 2 + 1, rate, lowest, highest)
    ours = mel_bands(np.linspace(0, rate / 2, fft_length // 2 + 1), num_bands, lowest, highest)
    np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(theirs), atol=3e-5)
    energies = np.random.default_rng(0).uniform(size=(50, fft_length // 2 + 1))
    np.testing.assert_allclose(energies @ ours, energies @ keras.ops.convert_to_numpy(theirs), rtol=1e-5)


def test_energies_are_those_that_shipped_models_were_trained_on():
    samples = np.sin(np.arange(400) ** 1.5 / 10) * 0.3
    (found,) = LogMel(RATE, mel_bins=6, scaling=None).encode([(samples, RATE)])
    expected = [
        [-6.5744, -2.3546, 1.8008, 4.8019, 5.6246, 3.21],
        [-13.7878, -13.6757, -11.8235, -1.1793, 5.106, 5.5743],
        [-13.8147, -13.8106, -13.7736, -12.4935, 1.8427, 5.8341],
        [-4.1347, -3.8253, -3.4618, -2.9765, -2.2016, 5.1634],
    ]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_padding_is_zeros_on_the_right_with_lengths():
    inputs = LogMel(RATE)([(TONE, RATE), (TONE[:300], RATE), (TONE[:1], RATE)])
    assert inputs["lengths"].tolist() == [99, 3, 1] and inputs["frames"].shape == (3, 99, 40)
    assert not inputs["frames"][1, 3:].any() and inputs["frames"][0].any(axis=1).all()


def test_another_rate_is_resampled_and_said():
    for rate in (16_000, 44_100, 4_000):
        times = np.arange(rate) / rate
        sound = (np.sin(2 * np.pi * 1000 * times) * 0.5, rate)
        with pytest.warns(UserWarning, match=f"of {rate} Hz is resampled to 8000 Hz"):
            (frames,) = LogMel(RATE, scaling=None).encode([sound])
        (expected,) = LogMel(RATE, scaling=None).encode([(TONE, RATE)])
        assert len(frames) == len(expected)
        loud = expected[50] > 0
        np.testing.assert_allclose(frames[50][loud], expected[50][loud], atol=0.05)
    assert resampled(TONE, RATE, RATE) is TONE


def test_channels_are_averaged(path):
    stereo = np.stack([TONE, TONE[::-1] * 0.5], axis=1)
    found, expected = LogMel(RATE).encode([(stereo, RATE), (stereo.mean(axis=1), RATE)])
    np.testing.assert_array_equal(found, expected)


def test_channels_that_take_each_other_away_are_heard():
    stereo = np.stack([TONE, -TONE], axis=1)
    found, expected = LogMel(RATE).encode([(stereo, RATE), (TONE, RATE)])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("gain", [1e-5, 1e-3, 2.0**15])
def test_voices_far_from_the_usual_level_are_heard_alike(gain):
    quiet = TONE * np.float32(0.03 / np.sqrt(np.mean(TONE**2)))
    found, expected = LogMel(RATE, scaling=None).encode([(TONE * gain, RATE), (quiet, RATE)])
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_silence_has_a_defined_answer():
    (silent,) = LogMel(RATE).encode([(np.zeros(900, "int16"), RATE)])
    assert not silent.any()
    (loud,) = LogMel(RATE).encode([(TONE, RATE)])
    (soft,) = LogMel(RATE).encode([(TONE * np.float32(0.5), RATE)])
    strong = LogMel(RATE, scaling=None).encode([(TONE, RATE)])[0].min(axis=0) > -2
    assert strong.any()
    np.testing.assert_allclose(loud[:-2, strong].mean(axis=0), soft[:-2, strong].mean(axis=0), atol=0.05)


def test_other_formats_are_read(path):
    data = io.BytesIO()
    soundfile.write(data, TONE, RATE, format="FLAC")
    samples, rate = read_sound(path(data.getvalue(), "tone.flac"))
    np.testing.assert_allclose(samples[:, 0], TONE, atol=1e-4)
    assert rate == RATE
    samples, _ = read_sound(wav((TONE * 127 + 128).astype("uint8"), width=1))
    np.testing.assert_allclose(samples[:, 0], TONE, atol=0.02)


@pytest.mark.parametrize(
    ("sound", "message"),
    [
        ((np.zeros(0), RATE), r"at least one sample. Received: recordings\[1\] without any"),
        ((np.array([0.0, np.nan]), RATE), r"finite numbers. Received: recordings\[1\]=nan at sample 1"),
        ((np.zeros((2, 2, 2)), RATE), r"recordings\[1\]=float64 of shape \[2, 2, 2\]"),
        ((["a"], RATE), r"samples must be numbers.*recordings\[1\]="),
        ((np.zeros(5, "uint16"), RATE), r"floats or signed integers. Received: recordings\[1\] of uint16"),
        ((np.zeros(5), 0), r"or a dictionary with both. Received: recordings\[1\]="),
        ((np.zeros(5),), r"\(samples, sample_rate_hz\).*Received: recordings\[1\]="),
        ({"samples": np.zeros(5)}, r"\(samples, sample_rate_hz\).*Received: recordings\[1\]="),
        (np.zeros(5), r"\(samples, sample_rate_hz\).*Received: recordings\[1\]="),
        (None, r"Received: recordings\[1\]=None"),
        ((TONE, 44.1), r"in Hz, 1000 at least: 44.1 kHz are 44100. Received: recordings\[1\] of 44.1 Hz"),
        (
            (TONE[None], RATE),
            r"give samples.T where channels.*recordings\[1\] of shape \[1, 8000\]",
        ),
    ],
)
def test_what_is_no_sound_is_refused_with_its_place(sound, message):
    with pytest.raises(ValueError, match=message):
        LogMel(RATE).encode([(TONE, RATE), sound])


def test_bad_files_are_refused_with_their_name(path):
    with pytest.raises(FileNotFoundError, match=r"Received: recordings\[0\]='none.wav'"):
        LogMel(RATE).encode(["none.wav"])
    with pytest.raises(ValueError, match=r"Received: recordings\[0\]='.*tone.wav'"):
        LogMel(RATE).encode([path(b"RIFF and nothing else")])
    with pytest.raises(ValueError, match=r"must be in base64 .*Received: recordings\[0\]='data:audio/wav"):
        LogMel(RATE).encode(["data:audio/wav;base64,?"])
    with pytest.raises(ValueError, match="write .recording. for a single one"):
        LogMel(RATE).encode("tone.wav")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"highest_hz": 5000}, "highest_hz=5000"),
        ({"lowest_hz": 4000}, "rising"),
        ({"hop_seconds": 0.05}, "at least as long as the hop"),
        ({"hop_seconds": 0}, "must be positive"),
        ({"mel_bins": 200}, "band . holds no frequency. Received: mel_bins=200"),
        ({"scaling": "utterance"}, "Received: scaling='utterance'"),
    ],
)
def test_illegal_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        LogMel(RATE, **settings)


def test_a_scaling_of_the_training_part_is_kept():
    recordings = [(TONE, RATE), (TONE[:500] * np.float32(0.1), RATE)]
    settings = {"sample_rate_hz": RATE, "mel_bins": 20, "velocities": True}
    preprocessor = LogMel.from_examples(recordings, scaling="training", **settings)
    rows = np.concatenate(preprocessor.encode(recordings))
    assert preprocessor.num_features == rows.shape[1] == 40
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(rows.std(axis=0), 1, atol=1e-3)
    again = LogMel.from_config(preprocessor.get_config())
    assert again.get_config() == preprocessor.get_config()
    np.testing.assert_array_equal(np.concatenate(again.encode(recordings)), rows)


def test_feature_files_of_sphinx_are_read_in_either_byte_order(path):
    values = np.arange(26) / 2
    for order in "><":
        np.testing.assert_array_equal(read_cepstra(sphinx(values, order), 13), values.reshape(2, 13))
    frames = Cepstra(scaling=None)([path(sphinx(values), "a.mfc"), values.reshape(2, 13)])["frames"]
    np.testing.assert_array_equal(frames[0], frames[1])
    again = Cepstra.from_config(Cepstra(4, velocities=True).get_config())
    assert (again.num_features, again.scaling) == (8, "sequence")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (sphinx(np.zeros(26))[:-3], "is damaged or cut short. Received: .*a.mfc' with 105 bytes"),
        (sphinx(np.zeros(20)), r"frames of 13 values. Received: recordings\[0\]='.*a.mfc' with 20 values"),
        (sphinx([]), "with 0 values"),
        (b"", "with 0 bytes"),
        (sphinx([np.nan] * 13), r"finite numbers. Received: recordings\[0\]=nan in frame 0"),
    ],
)
def test_a_bad_feature_file_is_named(path, data, message):
    with pytest.raises(ValueError, match=message):
        Cepstra().encode([path(data, "a.mfc")])


def test_unsigned_bytes_are_centred():
    samples, rate = checked_sound((np.array([0, 128, 255], "uint8"), 8000), "sound")
    np.testing.assert_allclose(samples, [-1, 0, 127 / 128])
    assert rate == 8000


def test_a_file_that_is_cut_short_is_refused(path):
    whole = wav((TONE * 2**15).astype("int16"))
    note = b"LIST" + (20).to_bytes(4, "little") + b"INFOINAM\x08\0\0\0data\0\0\0\x0f"  # a title
    titled = whole[:36] + note + whole[36:]
    assert len(read_sound(titled)[0]) == 8000
    assert len(read_sound(whole)[0]) == RATE
    with pytest.raises(ValueError, match=r"cut short, 7995 of 8000 samples. Received: file='.*tone.wav'"):
        read_sound(path(whole[:-10]))
    endless = whole[:40] + b"\xff\xff\xff\x7f" + whole[44:]  # from a program that did not know the length beforehand
    assert len(read_sound(endless)[0]) == RATE
    flac = io.BytesIO()
    soundfile.write(flac, TONE, RATE, format="FLAC")
    with pytest.raises(ValueError, match="whole"):
        read_sound(flac.getvalue()[:3000])
