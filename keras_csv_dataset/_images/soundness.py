"""When an image is sound, and the form in which a check reports."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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


# Decodes the images at some paths on all cores, and reports how many are done. The last
# argument says whether they are masks.
CheckImages = Callable[[Sequence[str], Callable[[int], object], bool], ImageCheck]
