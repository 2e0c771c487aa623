"""The pixels of `format="grain"` are those of `format="tf"`, or of Keras with grain."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import batches, colour, load
from kinds_of_files import COLOR_MODES, KINDS, picture, save_kinds
from pairwise import each_pair

pytestmark = pytest.mark.grain

ASPECTS = {
    "neither": {},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
}
every_aspect = pytest.mark.parametrize("aspect", ASPECTS.values(), ids=list(ASPECTS))
# TensorFlow decodes a two-colour PNG with an alpha of 1 instead of 255.
KINDS_OF_RGBA = KINDS.keys() - {"two_colours.png"}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory) -> Path:
    """A folder with an image of every kind of file."""
    return save_kinds(tmp_path_factory.mktemp("kinds"))


def images_of(kinds: Path, names: list[str], **arguments) -> dict[str, np.ndarray]:
    """The image that the dataset yields for each file name."""
    csv = pd.DataFrame({"image": names})
    dataset = load(kinds, csv, label_mode=None, batch_size=None, **arguments)
    return dict(zip(names, batches(dataset), strict=True))


def assert_near(images: dict, expected: dict, levels: float = 1.0) -> None:
    """No pixel differs by more than some grey levels."""
    for name, wanted in expected.items():
        assert images[name].dtype == wanted.dtype, name
        difference = images[name].astype(float) - wanted.astype(float)
        assert np.abs(difference).max() < levels + 0.05, name


@each_pair(
    color_mode=COLOR_MODES,
    interpolation=["bilinear", "nearest"],
    aspect=ASPECTS,
    image_size=[(20, 33), (100, 90)],
)
def test_pixels_are_those_of_the_tf_format(
    kinds, color_mode, interpolation, aspect, image_size
):
    """In every kind of file, pixels are within one grey level of the tf format."""
    names = sorted(KINDS_OF_RGBA if color_mode == "rgba" else KINDS)
    call = {
        "color_mode": color_mode,
        "interpolation": interpolation,
        "image_size": image_size,
        **aspect,
    }
    expected = images_of(kinds, names, format="tf", **call)
    assert_near(images_of(kinds, names, format="grain", **call), expected)


@every_aspect
@pytest.mark.parametrize("interpolation", ["area", "gaussian", "mitchellcubic"])
def test_methods_that_keras_has_only_for_tf(kinds, interpolation, aspect):
    """Methods that Keras with grain lacks give the pixels of the tf format."""
    call = {"interpolation": interpolation, "image_size": (25, 40), **aspect}
    names = ["420.jpg", "grey.jpg", "rgb.png", "palette.png", "rgb.bmp"]
    expected = images_of(kinds, names, format="tf", **call)
    assert_near(images_of(kinds, names, format="grain", **call), expected)


@each_pair(
    interpolation=["bicubic", "lanczos3", "lanczos5"],
    color_mode=COLOR_MODES,
    aspect=ASPECTS,
)
def test_other_methods_are_those_of_keras_with_grain(
    kinds, interpolation, color_mode, aspect, tmp_path
):
    """If Keras's two formats differ, pixels are those of Keras with grain."""
    names = ["420.jpg", "cmyk.jpg", "rgba.png", "grey.png", "palette.png"]
    for name in names:
        (tmp_path / name).hardlink_to(kinds / name)
    call = {
        "color_mode": color_mode,
        "interpolation": interpolation,
        "image_size": (25, 40),
        **aspect,
    }
    dataset = keras.utils.image_dataset_from_directory(
        tmp_path, labels=None, format="grain", batch_size=None, shuffle=False, **call
    )
    expected = dict(zip(sorted(names), map(np.asarray, dataset), strict=True))
    assert_near(images_of(kinds, names, format="grain", **call), expected)


def test_two_colours_are_opaque(kinds):
    """A two-colour PNG without transparency has an alpha of 255."""
    (image,) = images_of(
        kinds, ["two_colours.png"], format="grain", color_mode="rgba"
    ).values()
    assert (image[..., 3] == 255).all()


@each_pair(
    interpolation=["bilinear", "gaussian", "mitchellcubic"],
    color_mode=COLOR_MODES,
    aspect=ASPECTS,
    image_size=[(16, 16), (7, 29), (60, 20)],
)
def test_scaled_decoding_is_that_of_the_tf_format(
    kinds, interpolation, color_mode, aspect, image_size
):
    """`scaled_decoding` uses the same scale and the same crop in both formats."""
    names = ["444.jpg", "420.jpg", "progressive.jpeg", "grey.jpg", "cmyk.jpg"]
    call = {
        "color_mode": color_mode,
        "interpolation": interpolation,
        "image_size": image_size,
        "scaled_decoding": True,
        **aspect,
    }
    expected = images_of(kinds, names, format="tf", **call)
    # TensorFlow's bilinear method shifts a crop with fractional pixels.
    assert_near(images_of(kinds, names, format="grain", **call), expected, 2)


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_is_read_whatever_tensorflow_does(folder, lossless):
    """WebP is decoded with any version of TensorFlow."""
    picture(30, 40, "RGB").save(folder / "a.webp", lossless=lossless)
    with Image.open(folder / "a.webp") as image:
        expected = np.asarray(image.convert("RGB"))
    call = {"interpolation": "nearest", "image_size": (30, 40), "format": "grain"}
    assert np.array_equal(images_of(folder, ["a"], **call)["a"], expected)


def test_animation_shows_its_first_frame(folder):
    """The first frame of an animated GIF is yielded."""
    frames = [Image.new("RGB", (8, 8), colour(number)) for number in (5, 6)]
    frames[0].save(folder / "a.gif", save_all=True, append_images=frames[1:])
    image = images_of(folder, ["a.gif"], format="grain")["a.gif"]
    assert np.abs(image - colour(5)).max() < 8
