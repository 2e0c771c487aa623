"""An image whose header was read."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class RefusalError(ValueError):
    """An error with a reason of our own, as opposed to those of other packages."""


class Opened(NamedTuple):
    """An image whose header was read.

    Attributes:
        size: Height and width that it declares, turned upright.
        decode: Decodes it to `(height, width, channels)`: 1 for grey, 3 for colours, 4
            for colours with alpha. It is turned upright.
    """

    size: tuple[int, int]
    decode: Callable[[], Pixels]
