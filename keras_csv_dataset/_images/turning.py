"""Turns images upright, as their EXIF orientation says."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Turn(NamedTuple):
    """How an image is turned upright.

    Attributes:
        swaps: Whether rows become columns, first of all.
        row_step: -1 if the order of the rows is then reversed, else 1.
        column_step: The same for the columns.
    """

    swaps: bool
    row_step: int
    column_step: int


UPRIGHT = 1
# By EXIF orientation.
TURNS = {
    UPRIGHT: Turn(swaps=False, row_step=1, column_step=1),
    2: Turn(swaps=False, row_step=1, column_step=-1),
    3: Turn(swaps=False, row_step=-1, column_step=-1),
    4: Turn(swaps=False, row_step=-1, column_step=1),
    5: Turn(swaps=True, row_step=1, column_step=1),
    6: Turn(swaps=True, row_step=1, column_step=-1),
    7: Turn(swaps=True, row_step=-1, column_step=-1),
    8: Turn(swaps=True, row_step=-1, column_step=1),
}


def turned(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """An image `(height, width, channels)`, turned upright."""
    if orientation == UPRIGHT:
        return pixels
    turn, channels = TURNS[orientation], pixels.dtype
    # Whole pixels are copied in half the time of their channels.
    whole = np.ascontiguousarray(pixels).view(f"V{channels.itemsize * pixels.shape[2]}")
    if turn.swaps:
        whole = whole.swapaxes(0, 1)
    return np.ascontiguousarray(whole[:: turn.row_step, :: turn.column_step]).view(
        channels
    )


def turned_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Height and width of an image, turned upright."""
    return size[::-1] if TURNS[orientation].swaps else size


def turned_sizes(
    sizes: NDArray[np.int32], orientations: NDArray[np.integer[Any]]
) -> NDArray[np.int32]:
    """Heights and widths of images, `(images, 2)`, turned upright."""
    swaps = np.isin(orientations, [n for n, turn in TURNS.items() if turn.swaps])
    return np.where(swaps[:, np.newaxis], sizes[:, ::-1], sizes)
