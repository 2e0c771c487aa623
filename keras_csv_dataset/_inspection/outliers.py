"""Finds images that differ from the rest, or are not seen as they are in training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import THUMBNAIL_SIDE, UPRIGHT
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
_FEW = 0.1
# How many times the usual deviation is far, and the ratio below which nothing is.
_FAR = 6.0
_LEAST_RATIO_OF_AREAS, _LEAST_RATIO_OF_ASPECTS = 4.0, 1.5
# Median absolute deviation to standard deviation, of a normal distribution.
_NORMAL = 1.4826
_DEEP = 16
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
    for outliers in (
        *_by_content(images),
        *_by_encoding(images),
        *_by_size(images, image_size),
    ):
        found = np.flatnonzero(outliers.are_found & images.are_sound).tolist()
        if found:
            verb, _, rest = outliers.what.partition(" ")
            verb = _SINGULAR[verb] if len(found) == 1 else verb
            yield Finding(
                kind=outliers.kind,
                message=f"{count_of(len(found), 'image')} {verb} {rest}.",
                advice=outliers.advice,
                groups=collection.groups_of(found, outliers.detail),
            )


@dataclass(frozen=True, kw_only=True)
class _Outliers:
    """Images that stand out in one way.

    Attributes:
        kind: The kind of finding.
        are_found: Which images they are: `(images,)`.
        what: What is wrong with them, beginning with "are" or "have".
        advice: What to do about it.
        detail: Says what was measured of an image.
    """

    kind: str
    are_found: BoolArray
    what: str
    advice: str
    detail: Callable[[int], str] = lambda image: ""


def _by_content(images: Images) -> Iterator[_Outliers]:
    blank = _range(images) < _BLANK
    dark = ~blank & (images["lightest"] < _DARK)
    light = ~blank & (images["darkest"] > _LIGHT)

    def brightness(image: int) -> str:
        return f"mean grey level {images['brightness'][image]} of 255"

    yield _Outliers(
        kind="blank_images",
        are_found=blank,
        what="have one colour nearly everywhere",
        advice="Remove their rows, unless nothing is to be seen there.",
        detail=brightness,
    )
    yield _Outliers(
        kind="dark_images",
        are_found=dark,
        what="are very dark",
        advice="Check the exposure.",
        detail=brightness,
    )
    yield _Outliers(
        kind="light_images",
        are_found=light,
        what="are very light",
        advice="Check the exposure.",
        detail=brightness,
    )
    yield _Outliers(
        kind="blurred_images",
        are_found=_are_blurred(images) & ~(blank | dark | light),
        what="are blurred, compared with the others",
        advice="Replace them, or check that the labels can be seen.",
    )
    yield _Outliers(
        kind="grey_images",
        are_found=_few(images.are_sound & images.are_grey & ~blank, images.are_sound),
        what="are grey among coloured ones",
        advice="Check that grey does not go with a label.",
    )


def _by_encoding(images: Images) -> Iterator[_Outliers]:
    yield _Outliers(
        kind="exif_orientation",
        are_found=images["orientation"] != UPRIGHT,
        what="are not upright: the EXIF orientation is ignored in training, as in "
        "Keras",
        advice="Pass exif_orientation=True, which turns them upright, or write them "
        "upright, for example with Pillow's `ImageOps.exif_transpose`.",
        detail=lambda image: f"EXIF orientation {images['orientation'][image]}",
    )
    yield _Outliers(
        kind="sixteen_bit_images",
        are_found=images["bits"] == _DEEP,
        what="have 16 bits, of which training reads the upper 8, as in Keras",
        advice="If the lower bits matter, scale the values to 0 to 255 before you "
        "save them.",
    )


def _by_size(images: Images, image_size: tuple[int, int] | None) -> Iterator[_Outliers]:
    sound, height, width = images.are_sound, images["height"], images["width"]

    def size(image: int) -> str:
        return f"{height[image]} × {width[image]} pixels"

    areas = np.log(height * width.astype(float), where=sound, out=np.zeros(len(sound)))
    yield _Outliers(
        kind="odd_sizes",
        are_found=_are_far(areas, sound, np.log(_LEAST_RATIO_OF_AREAS)),
        what="are far larger or smaller than most",
        advice="Check that they are what the others are.",
        detail=size,
    )
    aspects = np.log(
        width / np.maximum(height, 1), where=sound, out=np.zeros(len(sound))
    )
    yield _Outliers(
        kind="odd_aspect_ratios",
        are_found=_are_far(aspects, sound, np.log(_LEAST_RATIO_OF_ASPECTS)),
        what="are far wider or higher than most",
        advice="Without `crop_to_aspect_ratio=True` or `pad_to_aspect_ratio=True`, "
        "they are distorted most.",
        detail=size,
    )
    if image_size is not None:
        yield _Outliers(
            kind="upscaled_images",
            are_found=(height < image_size[0]) | (width < image_size[1]),
            what=f"are smaller than {image_size[0]} × {image_size[1]} pixels, and will "
            "be upscaled",
            advice="A smaller `image_size` loses nothing, and trains faster.",
            detail=size,
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
    # Smaller images are enlarged to thumbnails: that divides the second differences by
    # the square of the factor, but does not make the images blurred.
    sides = np.maximum(np.minimum(images["height"], images["width"]), 1)
    enlargement = np.maximum(THUMBNAIL_SIDE / sides, 1)
    sharpness = images["sharpness"] / contrast**2 * enlargement**4
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
