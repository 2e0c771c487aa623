"""Finds images that differ from the rest, or are not seen as they are in training."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.findings import Finding
from keras_csv_dataset._inspection.images import Images
from keras_csv_dataset._messages import count_of

BoolArray = NDArray[np.bool_]

# Grey levels: 98 % of a nearly blank image lie this close together.
_BLANK = 6
# A quarter of the range: 99 % of a dark image are below, 99 % of a light one above.
_DARK, _LIGHT = 64, 191
# A blurred image has less than this share of the sharpness that is usual here, for its
# contrast.
_BLURRED = 0.04
# Channels of a grey image differ by this at most: JPEG rounds.
_GREY = 4
_FEW = 0.1
# How many times the usual deviation is far, and the ratio below which nothing is.
_FAR = 6.0
_LEAST_RATIO_OF_AREAS, _LEAST_RATIO_OF_ASPECTS = 4.0, 1.5
# Median absolute deviation to standard deviation, of a normal distribution.
_NORMAL = 1.4826
_DEEP = 16
_UPRIGHT = 1
_SINGULAR = {"are": "is", "have": "has"}


def image_findings(
    collection: Collection, image_size: tuple[int, int] | None
) -> Iterator[Finding]:
    """Yields what stands out among the images that can be decoded.

    Args:
        collection: The images.
        image_size: Height and width that they are resized to; `None` if not given.
    """
    images = collection.images
    sound = images.are_sound
    blank = sound & (_range(images) < _BLANK)
    level = images["brightness"]
    dark = sound & ~blank & (images["lightest"] < _DARK)
    light = sound & ~blank & (images["darkest"] > _LIGHT)
    height, width = images["height"], images["width"]

    def find(
        kind: str,
        found: BoolArray,
        what: str,
        advice: str,
        detail: Callable[[int], str] = lambda image: "",
    ) -> Iterator[Finding]:
        number = int(found.sum())
        if number:
            verb, _, rest = what.partition(" ")
            verb = _SINGULAR[verb] if number == 1 else verb
            yield Finding(
                kind=kind,
                message=f"{count_of(number, 'image')} {verb} {rest}.",
                advice=advice,
                groups=collection.groups_of(np.flatnonzero(found).tolist(), detail),
            )

    def size(image: int) -> str:
        return f"{height[image]} × {width[image]} pixels"

    def brightness(image: int) -> str:
        return f"mean grey level {level[image]} of 255"

    yield from find(
        "exif_orientation",
        sound & (images["orientation"] != _UPRIGHT),
        "are not upright: the EXIF orientation is ignored in training, as in Keras",
        "Write them upright, for example with Pillow's `ImageOps.exif_transpose`.",
        lambda image: f"EXIF orientation {images['orientation'][image]}",
    )
    yield from find(
        "blank_images",
        blank,
        "have one colour nearly everywhere",
        "Remove their rows, unless nothing is to be seen there.",
        brightness,
    )
    yield from find(
        "dark_images", dark, "are very dark", "Check the exposure.", brightness
    )
    yield from find(
        "light_images", light, "are very light", "Check the exposure.", brightness
    )
    yield from find(
        "blurred_images",
        _are_blurred(images) & ~(blank | dark | light),
        "are blurred, compared with the others",
        "Replace them, or check that the labels can be seen.",
    )
    yield from find(
        "grey_images",
        _few(sound & (images["colour"] <= _GREY) & ~blank, sound),
        "are grey among coloured ones",
        "Check that grey does not go with a label.",
    )
    yield from find(
        "sixteen_bit_images",
        sound & (images["bits"] == _DEEP),
        "have 16 bits, of which training reads the upper 8, as in Keras",
        "If the lower bits matter, scale the values to 0 to 255 before you save them.",
    )
    areas = np.log(height * width.astype(float), where=sound, out=np.zeros(len(sound)))
    yield from find(
        "odd_sizes",
        _are_far(areas, sound, np.log(_LEAST_RATIO_OF_AREAS)),
        "are far larger or smaller than most",
        "Check that they are what the others are.",
        size,
    )
    aspects = np.log(
        width / np.maximum(height, 1), where=sound, out=np.zeros(len(sound))
    )
    yield from find(
        "odd_aspect_ratios",
        _are_far(aspects, sound, np.log(_LEAST_RATIO_OF_ASPECTS)),
        "are far wider or higher than most",
        "Without `crop_to_aspect_ratio=True` or `pad_to_aspect_ratio=True`, they are "
        "distorted most.",
        size,
    )
    if image_size is not None:
        yield from find(
            "upscaled_images",
            sound & ((height < image_size[0]) | (width < image_size[1])),
            f"are smaller than {image_size[0]} × {image_size[1]} pixels, and will be "
            "upscaled",
            "A smaller `image_size` loses nothing, and trains faster.",
            size,
        )


def _range(images: Images) -> NDArray[np.int16]:
    """The range in which 98 % of the grey levels of each image lie."""
    ranges: NDArray[np.int16] = images["lightest"].astype(np.int16) - images["darkest"]
    return ranges


def _are_blurred(images: Images) -> BoolArray:
    """Which images have far less sharpness, for their contrast, than is usual."""
    sound = images.are_sound
    if not sound.any():
        return sound
    contrast = np.maximum(_range(images).astype(float), 1)
    sharpness = images["sharpness"] / contrast**2
    blurred: BoolArray = sound & (sharpness < _BLURRED * np.median(sharpness[sound]))
    return blurred


def _are_far(values: NDArray[np.float64], among: BoolArray, least: float) -> BoolArray:
    """Which values are far from the median of those among them."""
    if not among.any():
        return among
    distances = np.abs(values - np.median(values[among]))
    usual = _NORMAL * float(np.median(distances[among]))
    return among & (distances > max(_FAR * usual, least))


def _few(found: BoolArray, among: BoolArray) -> BoolArray:
    """What was found, if it is a small part; else nothing."""
    return found if found.sum() <= _FEW * among.sum() else np.zeros_like(found)
