"""Resizes as `tf.image.resize` and `jax.image.resize` do, by weighting pixels.

Both use the same pixels and the same kernels, without antialiasing. Image libraries
offer that only for the bilinear method.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]


def resize_by_weights(
    image: NDArray[np.float32],
    size: tuple[int, int],
    method: str,
    start: tuple[float, float] = (0, 0),
    window: tuple[float, float] | None = None,
) -> NDArray[np.float32]:
    """Resizes first the rows of an image and then, with swapped axes, its columns.

    Args:
        image: Pixels `(height, width, channels)`.
        size: `(height, width)` of the result.
        method: `"bilinear"`, `"bicubic"`, `"area"`, `"lanczos3"`, `"lanczos5"`,
            `"gaussian"` or `"mitchellcubic"`.
        start: Row and column where the window to be resized starts, in pixels and
            fractions of pixels.
        window: `(height, width)` of the window in pixels. Defaults to all of the image.

    Returns:
        Pixels `(*size, channels)`.
    """
    windows = window or image.shape[:2]
    for length, first, extent in zip(size, start, windows, strict=True):
        old_length, other_length, channels = image.shape
        indices, weights = _taps(old_length, length, method, first, extent)
        rows = np.ascontiguousarray(image).reshape(old_length, -1)
        # Not a matrix product: the threads of BLAS would compete with those that load
        # images.
        resized = np.zeros((length, rows.shape[1]), np.float32)
        for tap in range(indices.shape[1]):
            term = rows[indices[:, tap]]
            term *= weights[:, tap, None]
            resized += term
        image = resized.reshape(length, other_length, channels).swapaxes(0, 1)
    return np.ascontiguousarray(image)


def resize_from_neighbours(
    image: NDArray[Any], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Resizes with the bilinear method, and reads only the pixels that it uses.

    Each new pixel lies between two rows and two columns, so most pixels of a large
    image are never used.

    Args:
        image: Pixels `(height, width, channels)` of any type.
        size: `(height, width)` of the result.

    Returns:
        Pixels `(*size, channels)`.
    """
    old_height, old_width, channels = image.shape
    height, width = size
    rows, row_shares = _neighbours(old_height, height, 1)
    values, value_shares = _neighbours(old_width, width, channels)
    picked = image[rows].reshape(2 * height, -1)
    # Unlike an index, `take` releases the interpreter lock, and is faster.
    picked = picked.take(values, axis=1, mode="clip").astype(np.float32)
    columns = _between(picked[:height], picked[height:], row_shares[:, None])
    first, second = np.split(columns, 2, axis=1)
    return _between(first, second, value_shares).reshape(*size, channels)


def _between(
    first: NDArray[np.float32],
    second: NDArray[np.float32],
    share: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Mixes two arrays; `share` is that of the second."""
    mixed = second - first
    mixed *= share
    mixed += first
    return mixed


@functools.lru_cache(maxsize=256)
def _neighbours(
    old_length: int, length: int, channels: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The two old values around each new one, and the share of the second.

    Returns:
        Indices `(2 * length * channels,)`, those of all first values before those of
        all second values, and shares `(length * channels,)`.
    """
    centres = (np.arange(length) + 0.5) * (old_length / length) - 0.5
    first = np.floor(centres)
    pixels = np.concatenate([first, first + 1]).clip(0, old_length - 1).astype(np.intp)
    indices = pixels[:, None] * channels + np.arange(channels)
    shares = (centres - first).astype(np.float32)
    return indices.ravel(), shares.repeat(channels)


@functools.lru_cache(maxsize=256)
def _taps(
    old_length: int, length: int, method: str, start: float, window: float
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The old pixels for each new one, and their weights: `(length, taps)` each.

    A weight is the kernel at the distance between the pixels' centres, divided by the
    kernel's sum over the pixels inside the image.
    """
    scale = window / length
    centres = start + (np.arange(length) + 0.5) * scale
    kernel, radius = (
        (functools.partial(_overlap, width=scale), (scale + 1) / 2)
        if method == "area"
        else _KERNELS[method]
    )
    # A pixel counts if its centre, half a pixel in, is within the radius.
    first = np.floor(centres - radius).astype(np.intp)
    indices = first[:, None] + np.arange(math.ceil(2 * radius) + 1)
    weights = kernel(np.abs(centres[:, None] - (indices + 0.5)))
    weights *= (indices >= 0) & (indices < old_length)
    weights /= weights.sum(axis=1, keepdims=True)
    return indices.clip(0, old_length - 1), weights.astype(np.float32)


def _overlap(x: _Floats, width: float) -> _Floats:
    """Overlap of two intervals, `width` and 1 long, whose centres are `x` apart."""
    return np.clip((width + 1) / 2 - x, 0.0, min(width, 1.0))


def _triangle(x: _Floats) -> _Floats:
    return np.maximum(1.0 - x, 0.0)


def _keys_cubic(x: _Floats) -> _Floats:
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))


def _mitchell_cubic(x: _Floats) -> _Floats:
    near = (7 / 6 * x - 2.0) * x * x + 8 / 9
    far = ((-7 / 18 * x + 2.0) * x - 10 / 3) * x + 16 / 9
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))


def _gaussian(x: _Floats) -> _Floats:
    return np.where(x < 1.5, np.exp(-2.0 * x * x), 0.0)


def _lanczos(x: _Floats, radius: int) -> _Floats:
    return np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0.0)


# Each kernel, and its radius in old pixels.
_KERNELS: dict[str, tuple[Callable[[_Floats], _Floats], float]] = {
    "bilinear": (_triangle, 1.0),
    "bicubic": (_keys_cubic, 2.0),
    "mitchellcubic": (_mitchell_cubic, 2.0),
    "gaussian": (_gaussian, 1.5),
    "lanczos3": (functools.partial(_lanczos, radius=3), 3.0),
    "lanczos5": (functools.partial(_lanczos, radius=5), 5.0),
}
