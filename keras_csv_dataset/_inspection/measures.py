"""Measures images: what can be compared later without reading them again."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import (
    THUMBNAIL_SIDE,
    UPRIGHT,
    Thumbnails,
    orientation_in,
)
from keras_csv_dataset._inspection.similar_hashes import HASH_SIDE

# What is kept of each image: 74 bytes, however large it is.
MEASURES = np.dtype(
    [
        # 128 bits of a digest of the thumbnail; zeros if the image is not sound.
        ("thumbnail", np.uint64, 2),
        # 256 bits of a perceptual hash.
        ("hash", np.uint64, 4),
        ("bytes", np.int64),
        ("height", np.int32),
        ("width", np.int32),
        # Mean square of the second differences of the green channel of the thumbnail.
        ("sharpness", np.float32),
        # Grey levels, 0 to 255: the mean, and the ends between which 98 % lie.
        ("brightness", np.uint8),
        ("darkest", np.uint8),
        ("lightest", np.uint8),
        # The largest difference between the channels.
        ("colour", np.uint8),
        ("bits", np.uint8),
        ("orientation", np.uint8),
    ]
)
# Measures are taken on averages of `_CELL` by `_CELL` pixels of the thumbnail.
_CELL = 4
_CELLS = THUMBNAIL_SIDE // _CELL
_ENDS = 0.01
# Shares of red, green and blue in grey, in 256ths (ITU-R BT.601).
_GREY = np.array([77, 150, 29], np.uint32)
_PNG = b"\x89PNG"
_PNG_BITS_AT = 24


def measure(thumbnails: Thumbnails, has_extra: bool) -> NDArray[Any]:
    """Measures some images.

    Args:
        thumbnails: The images.
        has_extra: Whether the packages of the extra `check` are installed. Without
            them, all hashes are 0.

    Returns:
        Values of the dtype `MEASURES`, `(images,)`.
    """
    measures = np.zeros(len(thumbnails.numbers), MEASURES)
    cells = _average_cells(thumbnails.pixels)
    grey = (cells.astype(np.uint32) @ _GREY >> 8).astype(np.uint8)
    levels = grey.reshape(len(grey), -1)
    measures["brightness"] = levels.mean(axis=1)
    ends = [int(_ENDS * _CELLS**2), int((1 - _ENDS) * _CELLS**2)]
    # Sorting bytes stably, by counting, is faster than partitioning them.
    measures["darkest"], measures["lightest"] = np.sort(levels, kind="stable")[
        :, ends
    ].T
    measures["colour"] = _colour(cells)
    measures["sharpness"] = _sharpness(thumbnails.pixels[..., 1])
    measures["height"], measures["width"] = thumbnails.sizes.T
    measures["thumbnail"] = _digests(cells)
    measures["bytes"] = [len(contents) for contents in thumbnails.contents]
    measures["bits"] = [_bits(contents) for contents in thumbnails.contents]
    measures["orientation"] = (
        UPRIGHT
        if thumbnails.are_upright
        else [orientation_in(contents) for contents in thumbnails.contents]
    )
    if has_extra:
        measures["hash"] = hashes_of(grey)
    return measures


def _average_cells(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Reduces thumbnails to `_CELLS` by `_CELLS`: `(images, cells, cells, 3)`."""
    rows = pixels.reshape(len(pixels), _CELLS, _CELL, -1)
    sums = rows[:, :, 0].astype(np.uint16)
    for row in range(1, _CELL):
        sums += rows[:, :, row]
    # Long sums with gaps are faster than many short ones.
    sums = sums.reshape(-1, _CELL * 3)
    cells = np.empty((len(sums), 3), np.uint8)
    for channel in range(3):
        parts = [sums[:, column] for column in range(channel, _CELL * 3, 3)]
        cells[:, channel] = sum(parts) // _CELL**2
    return cells.reshape(len(pixels), _CELLS, _CELLS, 3)


def _colour(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest difference between two channels in any cell: `(images,)`."""
    red, green, blue = np.moveaxis(cells, 3, 0)
    most = np.maximum(np.maximum(red, green), blue)
    differences = most - np.minimum(np.minimum(red, green), blue)
    largest: NDArray[np.uint8] = differences.max(axis=(1, 2))
    return largest


def _sharpness(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean square of the second differences, along every fourth row and column."""
    along_rows = levels[:, ::_CELL].astype(np.int16)
    along_columns = levels[:, :, ::_CELL].astype(np.int16).swapaxes(1, 2)
    sharpness = np.zeros(len(levels), np.float32)
    for lines in (along_rows, along_columns):
        differences = lines[..., 2:] - 2 * lines[..., 1:-1] + lines[..., :-2]
        sharpness += np.square(differences, dtype=np.float32).mean(axis=(1, 2))
    return sharpness


def _digests(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """128 bits of a digest of each image, `(images, 2)`."""
    digests = b"".join(
        hashlib.sha256(image).digest()[:16]  # faster than BLAKE2 on most processors
        for image in images
    )
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)


def _bits(contents: bytes) -> int:
    """How many bits each channel has: 16 in some PNG files, else 8 or fewer."""
    is_png = contents.startswith(_PNG) and len(contents) > _PNG_BITS_AT
    return contents[_PNG_BITS_AT] if is_png else 8


def hashes_of(grey: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The perceptual hash of each image (Zauner, 2010): `(images, 4)`.

    It is ImageHash's `phash`, computed for many images at once.
    """
    from scipy.fft import dctn

    frequencies = dctn(grey.astype(np.float32), axes=(1, 2))
    lowest = frequencies[:, :HASH_SIDE, :HASH_SIDE].reshape(len(grey), -1)
    bits = lowest > np.median(lowest, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64)
