"""Images from files and from Pillow: upright, opaque, in colours, of any kind of file."""

import base64

import keras
import numpy as np
import pytest
from PIL import Image, ImageDraw

from rnn_zoo.formats.images import read_frames_of_video, read_image, resized, without_colours
from rnn_zoo.preprocessors import Photos, Pixels, PixelSequence, Videos

ARROW = Image.new("RGB", (64, 48), "white")
ImageDraw.Draw(ARROW).polygon([(20, 44), (44, 44), (32, 16)], fill="red")
PIXELS = np.asarray(ARROW)


def test_a_photograph_that_a_camera_turned_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = ARROW.rotate(90, expand=True)
    for name, tolerance in (("phone.jpg", 130), ("phone.png", 0)):
        turned.save(tmp_path / name, exif=exif, quality=95)
        found = read_image(tmp_path / name, "image").astype(int)
        assert found.shape == PIXELS.shape and np.abs(found - PIXELS).max() <= tolerance
        assert np.abs(found - PIXELS).mean() < 4


@pytest.mark.parametrize("ending", ["png", "bmp", "gif", "webp"])
def test_files_without_losses_hold_their_pixels(tmp_path, ending):
    path = tmp_path / f"arrow.{ending}"
    ARROW.save(path, **({"lossless": True} if ending == "webp" else {}))
    np.testing.assert_array_equal(read_image(path, "image"), PIXELS)
    url = f"data:image/{ending};base64,{base64.b64encode(path.read_bytes()).decode()}"
    np.testing.assert_array_equal(read_image(url, "image"), PIXELS)
    given = [path, ARROW, PIXELS, path.read_bytes()]
    np.testing.assert_array_equal(Photos(8, 8)(given), Photos(8, 8)([path] * 4))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_every_mode_is_read_as_its_colours(tmp_path, mode):
    image = ARROW.convert(mode)
    expected = PIXELS if mode in ("P", "RGBA", "CMYK") else np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(read_image(image, "image"), expected)
    if mode != "CMYK":
        image.save(tmp_path / "image.png")
        np.testing.assert_array_equal(read_image(tmp_path / "image.png", "image"), expected)


def test_sixteen_bits_become_eight_and_other_numbers_are_refused(tmp_path):
    values = np.arange(0, 65536, 1024, dtype="uint16").reshape(8, 8)
    Image.fromarray(values).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(read_image(tmp_path / "deep.png", "image")[..., 0], values >> 8)
    with pytest.raises(ValueError, match=r"8 or 16 bits, not 32 \(mode F\). Received: images\[2\]"):
        read_image(ARROW.convert("F"), "images[2]")


def test_transparent_places_are_white(tmp_path):
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    clear.putpixel((0, 0), (255, 0, 0, 255))
    clear.putpixel((1, 0), (0, 0, 0, 128))
    for name in ("clear.png", "clear.webp"):
        clear.save(tmp_path / name, lossless=True)
        found = read_image(tmp_path / name, "image")
        assert found[0, 0].tolist() == [255, 0, 0] and found[0, 1].tolist() == [127] * 3
        assert (found[1:] == 255).all()
    np.testing.assert_array_equal(read_image(np.asarray(clear), "image"), found)
    Image.new("LA", (4, 4), (9, 0)).save(tmp_path / "grey.png")
    assert (Pixels(4, 4)([tmp_path / "grey.png"]) == 1).all()


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_moving_images_have_frames_and_are_no_photographs(tmp_path, ending):
    frames = [Image.new("RGB", (5, 4), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / f"video.{ending}"
    frames[0].save(path, save_all=True, append_images=frames[1:], **({"lossless": True} if ending == "webp" else {}))
    found = read_frames_of_video(path, "video")
    assert found[:, 0, 0].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    with Image.open(path) as opened:
        np.testing.assert_array_equal(Videos(4, 5, 3).encode([opened, path])[0], found)
    with pytest.raises(ValueError, match=r"must be a single one. Received: images\[0\], 3 frames"):
        Photos(4, 5).encode([path])


def test_grey_files_and_images_of_pillow_are_pixels(tmp_path):
    grey = Image.fromarray(np.arange(0, 250, 10, dtype="uint8").reshape(5, 5))
    grey.convert("P").save(tmp_path / "palette.gif")
    expected = Pixels(5, 5)([np.asarray(grey)])
    np.testing.assert_array_equal(Pixels(5, 5)([tmp_path / "palette.gif"]), expected)
    np.testing.assert_array_equal(PixelSequence(5, 5)([grey])[..., 0], expected)
    assert without_colours(PIXELS) is None


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF    WEBP", b"BM"])
def test_damaged_files_are_refused_with_their_name(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken.png must be a whole PNG, JPEG, GIF, WebP or BMP.*images\[1\]"):
        read_image(path, "images[1]")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "bmp"])
def test_files_that_are_cut_short_are_refused(tmp_path, ending):
    path = tmp_path / f"cut.{ending}"
    ARROW.save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(ValueError, match="must be a whole PNG"):
        read_image(path, "image")


@pytest.mark.parametrize("shape", [(40, 80), (60, 40), (37, 91), (13, 17), (200, 141), (64, 64)])
@pytest.mark.parametrize("size", [(16, 16), (32, 48), (64, 64)])
def test_resizing_equals_that_of_keras_to_one_level(shape, size):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype("uint8")
    theirs = keras.ops.image.resize(
        pixels.astype("float32"), size, antialias=True, crop_to_aspect_ratio=True, data_format="channels_last"
    )
    theirs = np.clip(np.rint(keras.ops.convert_to_numpy(theirs)), 0, 255)
    found = resized(pixels, *size)
    assert found.shape == (*size, 3) and np.abs(found - theirs).max() <= 1
