"""When an image is sound, and the form in which a check reports."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# Pillow's limit for one image: decoding more takes over half a gigabyte.
MOST_PIXELS = 178_956_970


def too_many_pixels(pixels: int) -> str:
    """Says that an image declares more pixels than `MOST_PIXELS`."""
    return f"it declares {pixels:,} pixels, more than {MOST_PIXELS:,}"


@dataclass(frozen=True, kw_only=True)
class ImageCheck:
    """The result of decoding every image once.

    Attributes:
        errors: Number of each image that cannot be decoded -> the reason.
        sizes: int32 `(images, 2)`, height and width in pixels; zeros for an image that
            cannot be decoded.
    """

    errors: Mapping[int, str]
    sizes: NDArray[np.int32]

    def size_counts(self) -> "Counter[tuple[int, int]]":
        """Number of images of each `(height, width)`."""
        sizes, counts = np.unique(self.sizes, axis=0, return_counts=True)
        pairs = zip(sizes.tolist(), counts.tolist(), strict=True)
        return Counter({(h, w): count for (h, w), count in pairs if h})


# Height and width of a thumbnail. JPEGs are decoded at a fraction of their size if that
# is not smaller.
THUMBNAIL_SIDE = 128


@dataclass(frozen=True, kw_only=True)
class Thumbnails:
    """Some of the images that a check decodes, for a closer look.

    Attributes:
        numbers: int64 `(images,)`, the number of each image among all.
        sizes: int32 `(images, 2)`, height and width in pixels.
        contents: The contents of each file.
        pixels: uint8 `(images, THUMBNAIL_SIDE, THUMBNAIL_SIDE, 3)`, each image reduced
            to a square by averaging.
        are_upright: Whether they have been turned as their EXIF orientation says.
    """

    numbers: NDArray[np.int64]
    sizes: NDArray[np.int32]
    contents: Sequence[bytes]
    pixels: NDArray[np.uint8]
    are_upright: bool = False


# Decodes the image at a path in full: uint8 `(height, width, 4)`.
ReadPixels = Callable[[str], NDArray[np.uint8]]


class CheckImages(Protocol):
    """Decodes every image once, on all cores."""

    def __call__(
        self,
        paths: Sequence[str],
        on_progress: Callable[[int], object],
        are_masks: bool = False,
        look: Callable[[Thumbnails], object] | None = None,
        /,
    ) -> ImageCheck:
        """Decodes every image once.

        Args:
            paths: The images.
            on_progress: Called with the number of images that are done.
            are_masks: Whether they are masks, of which there are no thumbnails.
            look: Called with the thumbnails of some images after the other.

        Returns:
            An `ImageCheck`.
        """
