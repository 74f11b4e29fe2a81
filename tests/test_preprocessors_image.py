"""Images to rows of pixels."""

import keras
import numpy as np
import pytest

from rnn_zoo.preprocessors import Pixels


@pytest.fixture
def png(tmp_path):
    """Write pixels as a PNG file."""

    def write(pixels, name="image.png"):
        import tensorflow as tf

        path = tmp_path / name
        path.write_bytes(tf.io.encode_png(np.asarray(pixels, "uint8")).numpy())
        return path

    return write


GREY = np.array([[[0], [51], [255]], [[102], [0], [153]]], "uint8")


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_pixels_stand_row_by_row_and_full_ink_is_one(dtype):
    found = Pixels(2, 3, scale=16)([np.array([[0, 4, 16], [8, 0, 1]], dtype), [[16, 0, 0], [0, 0, 0]]])
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 0.25, 1, 0.5, 0, 0.0625], [1, 0, 0, 0, 0, 0]]


def test_an_image_file_is_read_as_an_array_of_its_pixels(png):
    pixels = Pixels(2, 3, scale=16)
    found = pixels([png(GREY), str(png(GREY, "again.png"))])
    np.testing.assert_allclose(found, np.tile([0, 0.2, 1, 0.4, 0, 0.6], (2, 1)), rtol=1e-6)


def test_no_images_are_no_rows():
    assert Pixels(2, 3)([]).shape == (0, 6)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("digit.png", "must be a list: write .image. for a single one. Received: 'digit.png'"),
        (None, "must be a list.*Received: None"),
        ([np.zeros((2, 3)), np.zeros((3, 2))], r"\[height, width\] = \[2, 3\]. Received: images\[1\]=\[3, 2\]"),
        (np.zeros((2, 3)), r"\[height, width\] = \[2, 3\]. Received: images\[0\]=\[3\]"),
        ([np.zeros((2, 3, 3))], r"must be grey.* Received: images\[0\]=\[2, 3, 3\]"),
        ([[[0, 1, 2], [0, 1]]], r"arrays of numbers, or paths. Received: images\[0\]="),
        ([[["a", "b", "c"], ["d", "e", "f"]]], r"arrays of numbers"),
        ([np.zeros((2, 3)), None], r"arrays of numbers, or paths. Received: images\[1\]=None"),
        ([[[0, 0, 0], [0, np.nan, 0]]], r"numbers in \[0, 16\]. Received: images\[0\]=nan in row 1, column 1"),
        ([[[0, 0, np.inf], [0, 0, 0]]], r"Received: images\[0\]=inf in row 0, column 2"),
        ([[[0, 0, 0], [17, 0, 0]]], r"Received: images\[0\]=17 in row 1, column 0"),
        ([[[-1, 0, 0], [0, 0, 0]]], r"Received: images\[0\]=-1 in row 0, column 0"),
    ],
)
def test_what_is_no_such_image_is_refused_with_its_place(images, message):
    with pytest.raises(ValueError, match=message):
        Pixels(2, 3, scale=16).encode(images)


def test_files_that_are_no_such_image_are_refused(png, tmp_path):
    pixels = Pixels(2, 3)
    with pytest.raises(FileNotFoundError, match=r"Received: images\[0\]='.*nothing.png'"):
        pixels.encode([tmp_path / "nothing.png"])
    with pytest.raises(ValueError, match=r"colour.png must be a grey image.*mode L.*images\[0\]=\[2, 3, 3\]"):
        pixels.encode([png(np.zeros((2, 3, 3)), "colour.png")])
    cut = png(GREY)
    cut.write_bytes(cut.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"image.png must be a whole PNG.*images\[0\], 40 bytes"):
        pixels.encode([cut])


@pytest.mark.parametrize("arguments", [(0, 3), (2, -1), (2, 3, 0), (2, 3, np.nan), (2, 3, np.inf)])
def test_settings_that_are_not_positive_are_refused(arguments):
    with pytest.raises(ValueError, match="height, width and scale must be positive. Received: height="):
        Pixels(*arguments)


def test_the_scale_is_kept_in_the_config():
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(Pixels(2, 3, scale=16)))
    assert again.get_config() == {"height": 2, "width": 3, "scale": 16.0}
    assert again([[[16, 0, 0], [0, 0, 8]]]).tolist() == [[1, 0, 0, 0, 0, 0.5]]
