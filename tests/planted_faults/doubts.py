"""Which images may have a fault that was not planted in them."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

# All in levels of 0 to 255. Whether an image on the wrong side of one is faulty is a
# matter of opinion, so it is not wrong to report it.
_PLAIN = 10.0  # Standard deviation.
_DARK = 45.0  # Mean, or
_DARKEST_HIGHLIGHTS = 100.0  # the level that 99 % of the pixels do not exceed.
_LIGHT = 215.0  # Mean, or
_LIGHTEST_SHADOWS = 150.0  # the level that 99 % of the pixels exceed.
_SOFT = 25.0  # Mean of the largest percent of the differences between neighbours.

# Times the median size: whatever is enlarged so much is blurred.
_ENLARGED = 4.0
_ODD_SIZE = 1.4  # Times the median, or the median divided by it.
_ODD_RATIO = 1.45  # Longer side by shorter side.


def doubts(image: Image.Image, relative_size: float) -> Iterator[str]:
    """The kinds of findings that are not wrong about an image.

    Args:
        image: The image.
        relative_size: Its size, where the median of all images is 1.
    """
    levels = grey_levels(image)
    if levels.std() < _PLAIN:
        yield "blank_images"
    low, high = np.quantile(levels, [0.01, 0.99])
    if levels.mean() < _DARK or high < _DARKEST_HIGHLIGHTS:
        yield "dark_images"
    if levels.mean() > _LIGHT or low > _LIGHTEST_SHADOWS:
        yield "light_images"
    if sharpness(levels) < _SOFT or relative_size > _ENLARGED:
        yield "blurred_images"
    if max(relative_size, 1 / relative_size) > _ODD_SIZE:
        yield "odd_sizes"
    if max(image.size) / min(image.size) > _ODD_RATIO:
        yield "odd_aspect_ratios"


def grey_levels(image: Image.Image) -> np.ndarray:
    """An image as grey levels of 0 to 255."""
    if image.mode.startswith("I"):
        return np.asarray(image, np.float64) / 257
    return np.asarray(image.convert("L"), np.float64)


def sharpness(levels: np.ndarray) -> float:
    """The mean of the largest percent of the differences between neighbours."""
    differences = (
        np.abs(np.diff(levels, axis=0))[:, :-1] + np.abs(np.diff(levels, axis=1))[:-1]
    )
    largest = np.sort(differences, axis=None)[-max(differences.size // 100, 1) :]
    return float(largest.mean())
