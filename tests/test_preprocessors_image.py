"""Images to rows of pixels, or to sequences of them."""

import keras
import numpy as np
import pytest
from PIL import Image

from rnn_zoo.formats.images import resized
from rnn_zoo.preprocessors.pixels import Pixels, PixelSequence, shuffled_order


@pytest.fixture
def png(tmp_path):
    """Write pixels as a PNG file."""

    def write(pixels, name="image.png"):
        Image.fromarray(np.squeeze(np.asarray(pixels, "uint8"))).save(tmp_path / name)
        return tmp_path / name

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
        ([np.zeros((2, 3)), np.zeros((3, 0))], r"must be grey.* Received: images\[1\]=\[3, 0\]"),
        (np.zeros((2, 3)), "write .image. for a single one"),
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
    with pytest.raises(
        ValueError, match=r"must be grey, without colours. Received: images\[0\]=.*colour.png in colours"
    ):
        pixels.encode([png(np.eye(3)[None, [0, 1, 2]].repeat(2, axis=0), "colour.png")])
    cut = png(GREY)
    cut.write_bytes(cut.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"image.png must be a whole PNG.*images\[0\]"):
        pixels.encode([cut])


@pytest.mark.parametrize("arguments", [(0, 3), (2, -1), (2, 3, 0), (2, 3, np.nan), (2, 3, np.inf)])
def test_settings_that_are_not_positive_are_refused(arguments):
    with pytest.raises(ValueError, match="height, width and scale must be positive. Received: height="):
        Pixels(*arguments)


def test_the_scale_is_kept_in_the_config():
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(Pixels(2, 3, scale=16)))
    assert again.get_config() == {"height": 2, "width": 3, "scale": 16.0, "background": None}
    assert again([[[16, 0, 0], [0, 0, 8]]]).tolist() == [[1, 0, 0, 0, 0, 0.5]]


def test_pixels_come_one_by_one_or_several_a_step():
    image = np.arange(6).reshape(2, 3)
    assert PixelSequence(2, 3, scale=1)([image > 2])[0].tolist() == [[0], [0], [0], [1], [1], [1]]
    by_rows = PixelSequence(2, 3, scale=5, pixels_per_step=3)
    np.testing.assert_allclose(by_rows([image, image])[1], image / 5, rtol=1e-6)
    assert by_rows.timesteps == 2 and [len(one) for one in by_rows.encode([image])] == [2]
    assert by_rows([]).shape == (0, 2, 3)


def test_a_fixed_order_reads_every_pixel_once_and_is_kept_in_the_config():
    order = shuffled_order(6, seed=3)
    assert sorted(order) == list(range(6)) and (order == shuffled_order(6, seed=3)).all()
    assert any((shuffled_order(6, seed) != order).any() for seed in range(3))
    image = np.arange(6).reshape(2, 3)
    sequence = PixelSequence(2, 3, scale=5, pixels_per_step=2, order=order)
    expected = (order / 5).reshape(3, 2)
    np.testing.assert_allclose(sequence([image])[0], expected, rtol=1e-6)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(sequence))
    np.testing.assert_allclose(again([image])[0], expected, rtol=1e-6)
    assert again.get_config() == sequence.get_config()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pixels_per_step": 4}, "must divide the 6 pixels of an image. Received: pixels_per_step=4"),
        ({"pixels_per_step": 0}, "Received: pixels_per_step=0"),
        (
            {"order": [0, 1, 2, 3, 4, 4]},
            r"order must hold each position from 0 to 5 once. Received: \[0, 1, 2, 3, 4, 4\]",
        ),
        ({"order": [0, 1]}, "from 0 to 5 once"),
    ],
)
def test_steps_and_orders_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        PixelSequence(2, 3, **settings)


def test_pixels_that_were_divided_already_are_read_as_such():
    image = np.random.default_rng(0).integers(0, 256, (3, 4)).astype("uint8")
    image[0, 0] = 255
    (expected,) = Pixels(3, 4).encode([image])
    for divided in (image / 255, (image / 255).astype("float32")):
        np.testing.assert_allclose(Pixels(3, 4).encode([divided])[0], expected, atol=1e-6)
    np.testing.assert_array_equal(Pixels(3, 4).encode([image > 128])[0], (image > 128).reshape(-1))
    np.testing.assert_allclose(Pixels(3, 4).encode([image.astype("float64")])[0], expected, atol=1e-6)
    assert Pixels(1, 2).encode([np.array([[1, 0]], "uint8")])[0].tolist() == [np.float32(1 / 255), 0]


def test_images_of_other_sizes_are_resized_and_said_to_be(png):
    image = np.random.default_rng(0).integers(0, 256, (20, 30)).astype("uint8")
    expected = resized(image, 4, 4) / 255
    for shown in (image, png(image)):
        with pytest.warns(UserWarning, match="middle of an image of 30 x 20 is resized to 4 x 4"):
            found = Pixels(4, 4).encode([shown])[0]
        np.testing.assert_allclose(found.reshape(4, 4), expected, atol=0.6 / 255)


@pytest.mark.parametrize("kind", [Pixels, PixelSequence])
def test_ink_on_paper_is_read_as_the_images_that_were_learned_from(kind):
    strokes = np.zeros((6, 5, 5), "uint8")
    strokes[:, 1:4, 2] = np.random.default_rng(0).integers(100, 256, (6, 3))
    dark, light = kind.from_examples(list(strokes)), kind.from_examples(list(255 - strokes))
    assert (dark.background, light.background) == ("dark", "light")
    with pytest.warns(UserWarning, match="inverted: its background is not dark"):
        np.testing.assert_allclose(dark([255 - strokes[0]]), dark([strokes[0]]), atol=1e-6)
    with pytest.warns(UserWarning, match="inverted: its background is not light"):
        np.testing.assert_allclose(light([strokes[1] / 255]), light([255 - strokes[1]]), atol=1e-6)
    both = kind.from_examples([*strokes, *(255 - strokes)])
    assert both.background is None and (both([255 - strokes[0]]) != both([strokes[0]])).any()
