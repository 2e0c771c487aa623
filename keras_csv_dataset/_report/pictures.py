"""Thumbnails: every image once, however many findings show it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# Decodes the image at a path to uint8 `(height, width, 3)`, RGB.
View: TypeAlias = Callable[[str], NDArray[np.uint8]]

LONGEST_SIDE = 200
_QUALITY = 75
# Enlarged pixels stay squares, so that a small image does not look blurred.
_MOST_PIXELS_AS_SQUARES = 64
# Bytes of the page, that is, of base64. They bound it whatever the images are: noise
# takes five times what photographs take.
MOST_BYTES = 9_000_000
MOST_BYTES_OF_FINDING = 3_000_000

UNDECODABLE = "Cannot be decoded"
LEFT_OUT = "Not drawn, to keep the page small"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A thumbnail.

    Attributes:
        number: Its number on the page.
        uri: Its bytes, as an address that needs no network.
        width: Its width in pixels.
        height: Its height in pixels.
        has_squares: Whether to enlarge its pixels as squares.
    """

    number: int
    uri: str
    width: int
    height: int
    has_squares: bool


class Pictures:
    """The thumbnails of a page.

    Args:
        view: Decodes the image at a path; raises `ValueError` if it cannot.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._by_path: dict[str, Picture | None] = {}
        self._bytes_left = MOST_BYTES
        self._bytes_left_of_finding = MOST_BYTES_OF_FINDING

    @property
    def drawn(self) -> list[Picture]:
        """The thumbnails so far."""
        return [picture for picture in self._by_path.values() if picture]

    def begin_finding(self) -> None:
        """Lets the next finding have its share of the page."""
        self._bytes_left_of_finding = MOST_BYTES_OF_FINDING

    def draw(self, path: str) -> Picture | str:
        """Draws the image at a path, or says why there is no picture of it."""
        if path not in self._by_path:
            if min(self._bytes_left, self._bytes_left_of_finding) <= 0:
                return LEFT_OUT
            self._by_path[path] = picture = self._make(path)
            size = len(picture.uri) if picture else 0
            self._bytes_left -= size
            self._bytes_left_of_finding -= size
        return self._by_path[path] or UNDECODABLE

    def _make(self, path: str) -> Picture | None:
        try:
            pixels = self._view(path)
        except ValueError:
            return None
        small = _shrink(pixels)
        height, width = small.shape[:2]
        return Picture(
            number=len(self._by_path),
            uri=_as_uri(small),
            width=width,
            height=height,
            has_squares=max(height, width) <= _MOST_PIXELS_AS_SQUARES,
        )


def _shrink(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shrinks an image to `LONGEST_SIDE`; a smaller one is kept as it is."""
    import cv2

    height, width = pixels.shape[:2]
    scale = LONGEST_SIDE / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return small


def _as_uri(pixels: NDArray[np.uint8]) -> str:
    import cv2

    # OpenCV stores the blue channel first.
    bgr = np.ascontiguousarray(pixels[..., ::-1])
    _, encoded = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])
    return "data:image/webp;base64," + base64.b64encode(bytes(encoded)).decode("ascii")
