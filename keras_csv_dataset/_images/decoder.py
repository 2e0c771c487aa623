"""How images are looked at outside of training: as they are, or turned upright."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images.orientation import (
    orientation_in,
    orientations_of,
    read_orientation,
    read_orientations,
)
from keras_csv_dataset._images.soundness import (
    CheckImages,
    ImageCheck,
    ReadPixels,
    Thumbnails,
)
from keras_csv_dataset._images.turning import turned, turned_sizes


class Decoder(NamedTuple):
    """Decodes images to look at them.

    Attributes:
        check_images: Decodes every image once.
        read_pixels: Decodes one image in full.
    """

    check_images: CheckImages
    read_pixels: ReadPixels


def decoder_of(framework: ModuleType, exif_orientation: bool) -> Decoder:
    """The decoder of a framework.

    Args:
        framework: Decodes images as they are.
        exif_orientation: Whether images are turned as their EXIF orientation says.
    """
    decoder = Decoder(framework.check_images, framework.read_pixels)
    if not exif_orientation:
        return decoder
    return Decoder(
        _check_upright(decoder.check_images), _read_upright(decoder.read_pixels)
    )


def _check_upright(check_images: CheckImages) -> CheckImages:
    """Turns the sizes and the thumbnails of images that are checked."""

    def check(
        paths: Sequence[str],
        on_progress: Callable[[int], object],
        are_masks: bool = False,
        look: Callable[[Thumbnails], object] | None = None,
        /,
    ) -> ImageCheck:
        look_upright = look and (lambda seen: look(_upright(seen)))
        checked = check_images(paths, on_progress, are_masks, look_upright)
        orientations = orientations_of(paths, read_orientations(paths))
        return replace(checked, sizes=turned_sizes(checked.sizes, orientations))

    return check


def _read_upright(read_pixels: ReadPixels) -> ReadPixels:
    def read(path: str) -> NDArray[np.uint8]:
        return turned(read_pixels(path), read_orientation(path))

    return read


def _upright(seen: Thumbnails) -> Thumbnails:
    orientations = list(map(orientation_in, seen.contents))
    pixels = map(turned, seen.pixels, orientations)
    sizes = turned_sizes(seen.sizes, np.array(orientations))
    return replace(seen, pixels=np.stack([*pixels]), sizes=sizes, are_upright=True)
