"""`scaled_decoding`: its pixels are closer to an antialiased image than Keras's."""

import numpy as np
import pandas as pd
import pytest
import skimage.data
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_sample_images

from images import batches, load
from in_each_format import FORMATS
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")
DECODING_ERRORS = (ValueError, tf.errors.InvalidArgumentError)

TARGET = (56, 56)
# Multiples of the target and other sizes, wide and tall; all at least twice as large.
SIZES = [(500, 376), (375, 500), (447, 449), (451, 900), (130, 113)]
ASPECTS = {
    "whole": {},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
}


@pytest.fixture(scope="module")
def photographs() -> "list[Image.Image]":
    """Photographs with more and with less detail."""
    return [
        Image.fromarray(pixels)
        for pixels in (*load_sample_images().images, skimage.data.astronaut())
    ]


def read(folder, **arguments) -> np.ndarray:
    """The images of a folder, in the order of their names."""
    names = sorted(path.name for path in folder.iterdir())
    table = pd.DataFrame({"image": names, "label": range(len(names))})
    dataset = load(folder, table, **{"image_size": TARGET} | arguments)
    return np.concatenate([images for images, _ in batches(dataset)])


def antialiased(path, interpolation, aspect) -> np.ndarray:
    """The reference: the image at full size, resized with antialiasing."""
    image = tf.io.decode_jpeg(tf.io.read_file(str(path)))
    height, width, _ = image.shape
    resize = {"method": interpolation, "antialias": True}
    if aspect == "pad":
        return tf.image.resize_with_pad(image, *TARGET, **resize).numpy()
    if aspect == "crop":
        side = min(height, width)  # TARGET is square
        top, left = (height - side) // 2, (width - side) // 2
        image = image[top : top + side, left : left + side]
    return tf.image.resize(image, TARGET, **resize).numpy()


def psnr(image, reference) -> float:
    """Peak signal-to-noise ratio in decibels."""
    return 10 * np.log10(255**2 / np.mean((image - reference) ** 2))


@each_pair(
    size=SIZES,
    aspect=list(ASPECTS),
    interpolation=["bilinear", "bicubic", "lanczos3"],
    each_format=FORMATS,
)
def test_it_is_nearer_to_the_antialiased_image(
    folder, photographs, size, aspect, interpolation
):
    """The PSNR of each photograph is higher than that of Keras's pixels."""
    for number, photograph in enumerate(photographs):
        photograph.resize(size).save(folder / f"{number}.jpg", quality=90)
    arguments = {"interpolation": interpolation} | ASPECTS[aspect]
    kerass = read(folder, **arguments)
    scaled = read(folder, scaled_decoding=True, **arguments)
    for number in range(len(photographs)):
        reference = antialiased(folder / f"{number}.jpg", interpolation, aspect)
        assert psnr(scaled[number], reference) > psnr(kerass[number], reference)


@pytest.mark.parametrize("size", [(112, 111), (56, 900), (20, 30)], ids=str)
def test_an_image_under_twice_the_size_has_keras_pixels(folder, photographs, size):
    """A JPEG of less than twice the target size has Keras's pixels."""
    photographs[0].resize(size).save(folder / "a.jpg")
    assert np.array_equal(read(folder, scaled_decoding=True), read(folder))


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".gif"])
def test_other_formats_are_decoded_as_before(folder, photographs, suffix):
    """`scaled_decoding` does not change formats other than JPEG."""
    photographs[0].save(folder / f"a{suffix}")
    assert np.array_equal(read(folder, scaled_decoding=True), read(folder))


@each_pair(
    mode=["L", "RGB", "CMYK"],
    color_mode=["grayscale", "rgb", "rgba"],
    each_format=FORMATS,
)
def test_every_colour_mode_is_scaled(folder, photographs, mode, color_mode):
    """JPEGs of every colour mode are scaled, and the colours stay the same."""
    small = photographs[0].resize((16, 16)).resize((320, 320))
    small.convert(mode).save(folder / "a.jpg", quality=95)
    whole = read(folder, color_mode=color_mode)
    scaled = read(folder, color_mode=color_mode, scaled_decoding=True)
    assert scaled.shape == whole.shape
    assert not np.array_equal(scaled, whole)
    assert abs(scaled - whole).mean() < 3


def test_all_other_methods_are_scaled(folder, photographs):
    """The other interpolation methods are scaled, too, with nearly the same pixels."""
    photographs[0].resize((16, 16)).resize((320, 320)).save(folder / "a.jpg")
    for interpolation in ("lanczos5", "gaussian", "mitchellcubic"):
        whole = read(folder, interpolation=interpolation)
        scaled = read(folder, interpolation=interpolation, scaled_decoding=True)
        assert not np.array_equal(scaled, whole)
        assert abs(scaled - whole).mean() < 2


@pytest.mark.parametrize(
    ("interpolation", "why"),
    [("nearest", "computes no new values"), ("area", "averages all pixels")],
)
def test_methods_that_need_all_pixels_are_refused(folder, interpolation, why):
    """`scaled_decoding` raises an error with `"nearest"` and `"area"`."""
    with pytest.raises(ValueError, match=rf"`scaled_decoding` must be False .*{why}"):
        load(folder, "labels.csv", scaled_decoding=True, interpolation=interpolation)


@pytest.mark.parametrize("wrong", [2, "yes", None])
def test_it_is_true_or_false(folder, wrong):
    """`scaled_decoding` must be True or False."""
    with pytest.raises(ValueError, match="`scaled_decoding` must be True or False"):
        load(folder, "labels.csv", scaled_decoding=wrong)


def test_a_damaged_file_is_named(folder):
    """The error for an empty file names the file."""
    (folder / "broken.jpg").write_bytes(b"")
    with pytest.raises(DECODING_ERRORS, match=r"broken\.jpg.*is empty"):
        read(folder, scaled_decoding=True)
