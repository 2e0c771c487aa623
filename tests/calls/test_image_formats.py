"""Every colour mode can be read from every format, and errors name the file."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from images import load, singly

pytestmark = pytest.mark.usefixtures("each_format")
DECODING_ERRORS = (ValueError, tf.errors.InvalidArgumentError)

SIZE = (8, 8)
MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
# Suffix, Pillow's mode, options of the encoder, and the tolerance between the
# decoders of TensorFlow and Pillow, in grey levels.
FORMATS = {
    "JPEG": (".jpg", "RGB", {"quality": 95}, 6),
    "greyscale JPEG": (".jpg", "L", {"quality": 95}, 2),
    "progressive JPEG": (".jpg", "RGB", {"quality": 95, "progressive": True}, 6),
    "CMYK JPEG": (".jpg", "CMYK", {"quality": 95}, 6),
    "PNG": (".png", "RGB", {}, 1),
    "greyscale PNG": (".png", "L", {}, 0),
    "palette PNG": (".png", "P", {}, 1),
    "PNG with alpha": (".png", "RGBA", {}, 1),
    "greyscale PNG with alpha": (".png", "LA", {}, 0),
    "BMP": (".bmp", "RGB", {}, 1),
    "greyscale BMP": (".bmp", "L", {}, 0),
    "GIF": (".gif", "RGB", {}, 1),
    "greyscale GIF": (".gif", "L", {}, 0),
}
if hasattr(tf.io, "decode_webp"):
    FORMATS |= {
        "WebP": (".webp", "RGB", {"lossless": True}, 1),
        "greyscale WebP": (".webp", "L", {"lossless": True}, 1),
        "WebP with alpha": (".webp", "RGBA", {"lossless": True}, 1),
    }


@pytest.fixture
def picture() -> Image.Image:
    """A colour gradient with alpha, larger than one block of a JPEG."""
    rows, columns = np.mgrid[0:21, 0:27]
    channels = (9 * rows, 8 * columns, 255 - 5 * (rows + columns), 60 + 4 * rows)
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8), "RGBA")


def read(folder, name, **arguments):
    """Reads an image of a folder at its original size."""
    table = pd.DataFrame({"image": [name], "label": ["a"]})
    arguments = {"image_size": (21, 27), "interpolation": "nearest"} | arguments
    ((pixels, _label),) = singly(load(folder, table, **arguments))
    return pixels


@pytest.mark.parametrize("color_mode", MODES)
@pytest.mark.parametrize("file_format", FORMATS)
def test_every_colour_mode_is_read_from_every_format(
    folder, picture, file_format, color_mode
):
    """The pixels are those that Pillow decodes, within a tolerance."""
    suffix, mode, options, tolerance = FORMATS[file_format]
    path = folder / f"picture{suffix}"
    converted = picture.convert("RGB") if mode in ("P", "CMYK") else picture
    converted.convert(mode).save(path, **options)
    pixels = read(folder, path.name, color_mode=color_mode).astype(int)
    with Image.open(path) as image:
        expected = np.asarray(image.convert(MODES[color_mode])).astype(int)
    expected = expected.reshape(21, 27, -1)
    assert pixels.shape == expected.shape
    assert abs(pixels - expected).max() <= tolerance


@pytest.mark.parametrize("color_mode", MODES)
def test_sixteen_bits_are_read_as_eight(folder, color_mode):
    """A 16-bit PNG keeps the upper eight bits of every value, as in Keras."""
    values = np.arange(21 * 27, dtype=np.uint16).reshape(21, 27) * 100
    Image.fromarray(values).save(folder / "deep.png")
    pixels = read(folder, "deep.png", color_mode=color_mode)
    assert np.array_equal(pixels[..., 0], values >> 8)


def test_an_animation_is_its_first_frame(folder, picture):
    """The first frame of an animated GIF is read, in every colour mode."""
    frames = [picture.convert("L"), Image.new("L", picture.size, 255)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    for color_mode in MODES:
        pixels = read(folder, "moving.gif", color_mode=color_mode)
        assert np.array_equal(pixels[..., 0], np.asarray(frames[0]))


def test_what_cannot_be_transparent_is_opaque(folder, picture):
    """The alpha channel of a format without transparency is 255."""
    picture.convert("RGB").save(folder / "a.jpg")
    assert (read(folder, "a.jpg", color_mode="rgba")[..., 3] == 255).all()


def test_the_suffix_does_not_decide(folder, picture):
    """A PNG with the suffix of a JPEG is read as a PNG, as in Keras."""
    picture.convert("RGB").save(folder / "a.png")
    expected = read(folder, "a.png")
    (folder / "a.png").rename(folder / "b.jpg")
    assert np.array_equal(read(folder, "b.jpg"), expected)


@pytest.mark.parametrize("color_mode", MODES)
@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 a PDF", b"\x89P"], ids=["empty", "foreign", "cut off"]
)
def test_a_file_that_is_no_image_is_named(folder, color_mode, content):
    """The error names the file that is not an image, and gives the reason."""
    why = r"broken\.jpg.*(is empty|image in a format that is decoded here)"
    (folder / "broken.jpg").write_bytes(content)
    with pytest.raises(DECODING_ERRORS, match=why):
        read(folder, "broken.jpg", color_mode=color_mode)


def test_a_file_that_is_gone_is_named(folder, picture):
    """The error names a file that is deleted after the call."""
    picture.save(folder / "a.png")
    table = pd.DataFrame({"image": ["a.png"], "label": ["a"]})
    dataset = load(folder, table)
    (folder / "a.png").unlink()
    with pytest.raises((FileNotFoundError, tf.errors.NotFoundError), match=r"a\.png"):
        next(iter(dataset))


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1)], ids=["tall", "wide"])
def test_a_very_long_image_is_padded(folder, shape):
    """A very long image keeps a width of at least one pixel when it is padded."""
    Image.new("RGB", shape, (200, 100, 50)).save(folder / "long.png")
    pixels = read(folder, "long.png", pad_to_aspect_ratio=True)
    assert set(map(tuple, pixels.reshape(-1, 3).tolist())) == {
        (0, 0, 0),
        (200, 100, 50),
    }
