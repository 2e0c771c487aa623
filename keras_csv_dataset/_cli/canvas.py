"""Drawing with matplotlib: text in any script, and pictures as pixels."""

import re
import unicodedata
import warnings
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

# At 100, the smallest text of a picture, 8 points, is 11 pixels high.
DPI = 100
_T = TypeVar("_T")
_MISSING = re.compile(r"Glyph (\d+) .*missing from")


def new_figure(width: float, height: float) -> Any:
    """A white figure of a width and a height in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def pixels_of(figure: Any) -> NDArray[np.uint8]:
    """Draws a figure: uint8 `(height, width, 3)`."""
    figure.canvas.draw()
    pixels: NDArray[np.uint8] = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    return pixels


def one_below_the_other(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Joins pictures, with white to the right of those that are narrower."""
    width = max(picture.shape[1] for picture in pictures)
    padded = [
        np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=255)
        for p in pictures
    ]
    return np.concatenate(padded)


def shorten(text: str, width: int, *, keep_end: bool = False) -> str:
    """Makes a text fit on one line.

    Args:
        text: Any text. Line breaks become blanks; what cannot be printed is escaped.
        width: The width in letters. Chinese characters and the like count twice.
        keep_end: Whether the beginning is cut off, rather than the end.

    Returns:
        The text, with `…` for what is cut off.
    """
    text = " ".join(text.split())
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    if _width(text) <= width:
        return text
    # A text can be as long as a book.
    text = text[-width:] if keep_end else text[:width]
    while _width(text) >= width:
        text = text[1:] if keep_end else text[:-1]
    return f"…{text}" if keep_end else f"{text}…"


def fit(line: str, width: float, size: float) -> str:
    """Shortens a line until it is at most as wide as a number of points.

    Args:
        line: The line.
        width: The largest width in points.
        size: The size of the letters in points.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size)
    while True:
        wide, *_ = text_to_path.get_text_width_height_descent(line, font, ismath=False)
        if wide <= width or len(line) < 2:
            return line
        letters = _width(line)
        # As many as there would be room for if all were equally wide.
        line = shorten(line, max(1, min(int(letters * width / wide), letters - 1)))


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def with_all_fonts(draw: Callable[[], _T]) -> tuple[_T, bool]:
    """Draws text, with other fonts if the usual one does not have all characters.

    Args:
        draw: Draws everything with matplotlib.

    Returns:
        What was drawn, and whether all characters were found in an installed font.
    """
    drawn, missing = _draw(draw, [])
    if missing:
        drawn, missing = _draw(draw, _fonts_with(missing))
    return drawn, not missing


def _draw(draw: Callable[[], _T], more_fonts: list[str]) -> tuple[_T, set[int]]:
    """Draws with some fonts, and finds the characters that none of them has."""
    import matplotlib

    fonts = [*matplotlib.rcParams["font.family"], *more_fonts]
    missing = set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with matplotlib.rc_context({"font.family": fonts}):
            drawn = draw()
    for warning in caught:
        if match := _MISSING.match(str(warning.message)):
            missing.add(int(match[1]))
        else:
            warnings.warn(warning.message, stacklevel=2)
    return drawn, missing


def _fonts_with(characters: Collection[int]) -> list[str]:
    """Names of installed fonts that have some of the characters, as few as needed."""
    from matplotlib.font_manager import fontManager, get_font

    left = {*characters}
    names = []
    # Upright letters of a normal weight come first: these are what will be drawn.
    for font in sorted(
        fontManager.ttflist,
        key=lambda font: (font.style != "normal", font.weight != 400, font.name),
    ):
        if font.name in names or font.name.startswith("Last Resort"):
            continue  # the latter has a box for every character
        try:
            found = left & get_font(font.fname).get_charmap().keys()
        except (OSError, RuntimeError):  # such as a font of coloured bitmaps
            continue
        if found:
            names.append(font.name)
            left -= found
    return names
