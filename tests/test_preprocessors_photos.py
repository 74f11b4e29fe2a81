"""Photographs of any size."""

import numpy as np
import pytest

from rnn_zoo import Photos


def test_the_middle_is_cut_out_and_resized():
    image = np.zeros((40, 80, 3), "uint8")
    image[:, 20:60] = [200, 100, 50]  # the middle square
    found = Photos(16, 16)([image])
    assert found.shape == (1, 16, 16, 3) and found.dtype == np.uint8
    np.testing.assert_array_equal(found, np.broadcast_to(np.array([200, 100, 50], "uint8"), found.shape))


def test_grey_and_transparent_images_become_colour_images():
    photos = Photos(4, 4)
    grey = np.full((8, 8), 90, "uint8")
    opaque = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    np.testing.assert_array_equal(photos([grey]), photos([opaque]))
    assert (photos([grey]) == 90).all()
    assert (photos([np.dstack([grey, grey, grey, np.zeros_like(grey)])]) == 255).all()


def test_an_image_that_comes_again_is_read_once():
    image = np.zeros((8, 8, 3), "uint8")
    first, second = Photos(4, 4).encode([image, image])
    assert first is second


@pytest.mark.parametrize(
    ("images", "named"),
    [
        (np.zeros((8, 8, 3), "uint8"), "write \\[image\\]"),
        ("a.png", "write \\[image\\]"),
        ([None], r"images\[0\]=None"),
        ([np.zeros((8, 8, 3), "float32")], r"divided by 255. Received: images\[0\], an array of dtype float32"),
        (np.zeros((3, 8, 8), "uint8"), r"channels last, image.transpose\(1, 2, 0\).*an array of shape \[3, 8, 8\]"),
        ([np.zeros((8, 8, 2), "uint8")], r"images\[0\]=\[8, 8, 2\]"),
        ([np.zeros((0, 8, 3), "uint8")], r"images\[0\]=\[0, 8, 3\]"),
    ],
)
def test_what_is_no_image_is_refused_with_its_place(images, named):
    with pytest.raises(ValueError, match=named):
        Photos(4, 4).encode(images)


def test_a_file_that_is_no_image_is_refused(tmp_path):
    path = tmp_path / "note.png"
    path.write_text("not an image", encoding="utf-8")
    with pytest.raises(ValueError, match="must be a whole PNG"):
        Photos(4, 4).encode([path])
    with pytest.raises(FileNotFoundError, match="missing.png"):
        Photos(4, 4).encode([tmp_path / "missing.png"])
    with pytest.raises(ValueError, match="height and width must be positive"):
        Photos(0, 4)
