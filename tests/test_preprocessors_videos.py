"""Videos: arrays and GIF files."""

import keras
import numpy as np
import pytest
from PIL import Image

from rnn_zoo.preprocessors import Videos

RNG = np.random.default_rng(0)
LONG, SHORT = (RNG.integers(0, 256, (frames, 4, 5)).astype("uint8") for frames in (5, 2))
COLOURED = np.zeros((3, 4, 5, 3), "uint8")
COLOURED[1, :, :, 0] = COLOURED[2, :, :, 2] = 255


@pytest.fixture
def gif(tmp_path):
    def write(frames, name="video.gif"):
        images = [Image.fromarray(frame) for frame in frames]
        images[0].save(tmp_path / name, save_all=True, append_images=images[1:])
        return tmp_path / name

    return write


def test_videos_are_padded_with_black_frames_and_their_lengths_told():
    inputs = Videos(4, 5)([LONG, SHORT, LONG[..., None][:1]])
    assert inputs["lengths"].tolist() == [5, 2, 1] and inputs["lengths"].dtype == np.int32
    assert inputs["frames"].shape == (3, 5, 4, 5, 1) and inputs["frames"].dtype == np.uint8
    np.testing.assert_array_equal(inputs["frames"][1, :2, :, :, 0], SHORT)
    assert not inputs["frames"][1, 2:].any() and not inputs["frames"][2, 1:].any()
    videos = Videos(4, 5, channels=3)
    assert videos.pad(videos.encode([COLOURED]), 8)["frames"].shape == (1, 8, 4, 5, 3)
    assert videos([])["lengths"].shape == (0,)


def test_black_frames_of_a_video_count():
    assert Videos(4, 5)([np.zeros((3, 4, 5), "uint8")])["lengths"].tolist() == [3]


def test_of_a_longer_video_evenly_spaced_frames_are_taken():
    videos = Videos(1, 1, max_timesteps=3)
    counted = np.arange(9, dtype="uint8").reshape(9, 1, 1)
    found = videos.encode([counted, counted[:3], counted[:1]])
    assert [video.ravel().tolist() for video in found] == [[0, 4, 8], [0, 1, 2], [0]]


def test_gif_files_are_read_frame_by_frame(gif):
    np.testing.assert_array_equal(Videos(4, 5, 3).encode([gif(COLOURED)])[0], COLOURED)
    np.testing.assert_array_equal(Videos(4, 5).encode([str(gif(LONG))])[0][..., 0], LONG)


@pytest.mark.parametrize(
    ("channels", "videos", "message"),
    [
        (1, "video.gif", r"videos must be a list: write .video. for a single one. Received: 'video.gif'"),
        (1, None, "videos must be a list"),
        (1, [LONG, LONG[0]], r"\[frames, 4, 5\]: grey, and of that size. Received: videos\[1\]=\[4, 5\]"),
        (1, [LONG, LONG[:, :3]], r"Received: videos\[1\]=\[5, 3, 5, 1\]"),
        (1, [LONG[:0]], r"one frame at least.*Received: videos\[0\]=\[0, 4, 5, 1\]"),
        (1, [COLOURED], r"\[frames, 4, 5\]: grey.*Received: videos\[0\]=\[3, 4, 5, 3\]"),
        (3, [COLOURED, LONG], r"\[frames, 4, 5, 3\]: in colour.*Received: videos\[1\]=\[5, 4, 5\]"),
        (1, [LONG, LONG / 255], r"uint8 arrays, or paths. Received: videos\[1\]=.* of dtype float64"),
        (1, [LONG.tolist()], r"uint8 arrays, or paths. Received: videos\[0\]=\[\["),
        (1, [LONG, None], r"uint8 arrays, or paths. Received: videos\[1\]=None"),
        (1, [[LONG[0], LONG[1][:3]]], r"uint8 arrays, or paths. Received: videos\[0\]="),
    ],
)
def test_what_is_no_such_video_is_refused_with_its_place(channels, videos, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        Videos(4, 5, channels).encode(videos)


def test_files_that_are_no_such_video_are_refused(gif, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"Received: videos\[1\]='.*nothing.gif'"):
        Videos(4, 5).encode([LONG, tmp_path / "nothing.gif"])
    with pytest.raises(ValueError, match=r"grey, and of that size. Received: videos\[0\]=\[3, 4, 5, 3\]"):
        Videos(4, 5).encode([gif(COLOURED)])
    cut = gif(LONG)
    cut.write_bytes(cut.read_bytes()[:30])
    with pytest.raises(
        ValueError, match=r"video.gif must be a whole PNG, JPEG, GIF, WebP or BMP.*Received: videos\[0\]"
    ):
        Videos(4, 5).encode([cut])


@pytest.mark.parametrize("arguments", [(0, 5), (4, -1), (4, 5, 2), (4, 5, 1, 0)])
def test_illegal_settings_are_refused(arguments):
    with pytest.raises(ValueError, match="must be .* Received: "):
        Videos(*arguments)


def test_settings_are_kept_in_the_config():
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(Videos(4, 5, 3, 7)))
    assert again.get_config() == {"height": 4, "width": 5, "channels": 3, "max_timesteps": 7}
