"""Pairs of an image and a question."""

import base64

import keras
import numpy as np
import pytest
from PIL import Image

from rnn_zoo.preprocessors import ImageQuestions

RED, BLUE = (np.full((2, 3, 3), colour, "uint8") for colour in ([255, 0, 0], [0, 0, 255]))


@pytest.fixture
def preprocessor():
    return ImageQuestions(["is", "it", "red", "?"], 2, 3)


@pytest.fixture
def png(tmp_path):
    def write(pixels, name="image.png"):
        Image.fromarray(np.squeeze(np.asarray(pixels, "uint8"))).save(tmp_path / name)
        return tmp_path / name

    return write


def test_words_are_padded_and_pixels_stay_bytes(preprocessor):
    inputs = preprocessor([(RED, "Is it red?"), [BLUE, "red"], (RED, "")])
    assert list(inputs) == ["word_ids", "image"]
    assert inputs["word_ids"].tolist() == [[2, 3, 4, 5], [4, 0, 0, 0], [1, 0, 0, 0]]
    assert inputs["image"].dtype == np.uint8
    np.testing.assert_array_equal(inputs["image"], [RED, BLUE, RED])
    assert preprocessor.pad(preprocessor.encode([(RED, "red")]), 8)["word_ids"].shape == (1, 8)
    assert {name: one.shape for name, one in preprocessor([]).items()} == {"word_ids": (0, 1), "image": (0, 2, 3, 3)}


def test_files_and_data_urls_are_read_as_their_pixels(preprocessor, png):
    path = png(RED)
    url = "data:image/png;base64," + base64.b64encode(png(BLUE, "blue.png").read_bytes()).decode()
    inputs = preprocessor([(path, "red?"), (str(path), "red?"), (url, "red?")])
    np.testing.assert_array_equal(inputs["image"], [RED, RED, BLUE])


def test_an_image_is_kept_and_read_once_whatever_the_number_of_questions(preprocessor, png):
    path = png(RED)
    encoded = preprocessor.encode([(path, "is it"), (BLUE, "red?"), (path, "?"), (BLUE, "is")])
    assert encoded[0].image is encoded[2].image
    assert encoded[1].image is encoded[3].image is BLUE
    assert [len(example) for example in encoded] == [2, 2, 1, 1]


def test_arrays_that_a_generator_makes_are_told_apart(preprocessor):
    inputs = preprocessor((np.full((2, 3, 3), value, "uint8"), "red?") for value in range(5))
    assert inputs["image"][:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ("image.png", r"pairs must be a list: write .\(image, question\). for a single one. Received: 'image.png'"),
        (None, "pairs must be a list"),
        ((RED, "red?"), r"write .\(image, question\). for a single one"),
        ([(RED, "red?"), "red?"], r"pairs must be \(image, question\). Received: pairs\[1\]='red\?'"),
        ([(RED, "red?"), (RED, "red?", 1)], r"Received: pairs\[1\]="),
        ([(RED, "red?"), ("red?", RED)], r"questions must be strings. Received: questions\[1\]=array"),
        ([(RED, None)], r"questions must be strings. Received: questions\[0\]=None"),
        ([(RED, "?"), (np.zeros((2, 3, 2), "uint8"), "?")], r"or with 1, 3 or 4 channels.*images\[1\]=\[2, 3, 2\]"),
        (
            [(RED / 255, "red?")],
            r"uint8 arrays, paths or images of Pillow.* Received: images\[0\], .* of dtype float64",
        ),
        ([(RED.tolist(), "red?")], r"uint8 arrays, paths or images of Pillow. Received: images\[0\]=\[\["),
        ([(RED, "?"), ("data:image/png;base64,***", "?")], r"data URL must be in base64.* Received: images\[1\]="),
        ([("data:image/png;base64,aGVsbG8=", "?")], r"must be a whole PNG.*Received: images\[0\]"),
    ],
)
def test_what_is_no_pair_is_refused_with_its_place(preprocessor, pairs, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        preprocessor.encode(pairs)


def test_grey_and_transparent_images_become_colour_images(preprocessor, png):
    clear = np.zeros((2, 3, 4), "uint8")
    found = preprocessor(
        [(image, "red?") for image in (RED[:, :, 0], png(RED[:, :, 0], "grey.png"), png(clear), clear)]
    )
    assert (found["image"] == 255).all()


def test_missing_and_damaged_files_are_refused(preprocessor, png, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"Received: images\[1\]='.*nothing.png'"):
        preprocessor.encode([(RED, "red?"), (tmp_path / "nothing.png", "red?")])
    cut = png(RED)
    cut.write_bytes(cut.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"image.png must be a whole PNG.*images\[0\]"):
        preprocessor.encode([(cut, "red?")])


def test_a_line_is_a_path_and_a_question():
    from_line = ImageQuestions.from_line
    assert from_line("a b.png: is it: red?") == ("a b.png", "is it: red?")
    assert from_line("a: b.png\tis it red?") == ("a: b.png", "is it red?")
    with pytest.raises(ValueError, match="PATH: QUESTION. Received: 'is it red"):
        from_line("is it red?")


@pytest.mark.parametrize("sizes", [(0, 3), (2, -1)])
def test_sizes_that_are_not_positive_are_refused(sizes):
    with pytest.raises(ValueError, match="height and width must be positive. Received: height="):
        ImageQuestions(["is"], *sizes)


def test_settings_and_words_are_kept_in_the_config():
    original = ImageQuestions(["is", "red"], 2, 3, max_timesteps=2)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(original))
    assert again.get_config() == {"vocabulary": ["is", "red"], "height": 2, "width": 3, "max_timesteps": 2}
    assert again([(RED, "is it red?")])["word_ids"].shape == (1, 2)


def test_images_of_other_sizes_are_resized():
    with pytest.warns(UserWarning, match="middle of an image of 6 x 4 is resized to 3 x 2"):
        (found,) = ImageQuestions(["?"], 2, 3)([(np.repeat(np.repeat(RED, 2, 0), 2, 1), "?")])["image"]
    np.testing.assert_array_equal(found, RED)
