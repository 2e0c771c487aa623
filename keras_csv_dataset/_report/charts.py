"""Charts as plain numbers: the template draws them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from keras_csv_dataset._inspection import Numbers, SubsetCounts
from keras_csv_dataset._report.wording import count, rounded

# Of a longer table, the largest and the smallest are drawn, half of each.
MOST_ROWS = 40
MOST_TABLES = 24
_COMMON_SIZES = 8
# Lengths are in the units of the drawings, which are 400 wide: about a pixel each on a
# phone, so that their text can be read there.
_LEFT, _RIGHT, _TOP = 52, 388, 12
_BOTTOM_OF_SIZES = _TOP + _RIGHT - _LEFT  # the drawing is a square
_BOTTOM_OF_NUMBERS = 152
_LARGEST_RADIUS, _SMALLEST_RADIUS = 13, 2.2
# More dots are drawn as one for each square of this length.
_MOST_DOTS = 800
_SQUARE = 8
# From this ratio on, the axes are logarithmic.
_WIDE_RANGE = 4
_MOST_TICKS = 6


class Part(NamedTuple):
    """What one subset has of a class.

    Attributes:
        subset: The subset; empty without a split.
        images: Number of images.
        share: Their share of the images of the subset.
        length: The length of the bar, in percent of the longest one.
    """

    subset: str
    images: int
    share: float
    length: float


class Row(NamedTuple):
    """A class: its name, the number of images, and its part of each subset."""

    name: str
    images: int
    parts: list[Part]


class Bars(NamedTuple):
    """A bar chart. Its bars show shares, so that those of the subsets can be compared.

    Attributes:
        title: What the rows are: an output of the model.
        subsets: The subsets, in order; empty without a split.
        rows: All rows, or the largest.
        smallest: The smallest, if there are too many to draw all.
        left_out: Number of rows between those two.
    """

    title: str
    subsets: list[str]
    rows: list[Row]
    smallest: list[Row]
    left_out: int


class Tick(NamedTuple):
    """A mark on an axis: its place in the drawing, and its text."""

    at: float
    text: str


class Dot(NamedTuple):
    """A dot of the scatter plot; its area grows with the number of images."""

    x: float
    y: float
    radius: float
    text: str


class Sizes(NamedTuple):
    """The sizes of images as a scatter plot.

    Attributes:
        sentence: What the plot shows, in words.
        dots: The dots, the largest first; none if all images have one size.
        x_ticks: The marks of the width.
        y_ticks: The marks of the height.
        is_logarithmic: Whether the axes are.
        common: The most common sizes: height, width, number of images.
        others: Number of other sizes.
    """

    sentence: str
    dots: list[Dot]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    is_logarithmic: bool
    common: list[tuple[int, int, int]]
    others: int


class Column(NamedTuple):
    """A bar of a histogram."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Histogram(NamedTuple):
    """The histogram of a column of numbers."""

    title: str
    minimum: str
    median: str
    maximum: str
    columns: list[Column]
    x_ticks: list[Tick]
    y_ticks: list[Tick]


@dataclass(frozen=True)
class Axis:
    """Maps values to lengths in a drawing.

    Attributes:
        low: The smallest value.
        high: The largest.
        start: Where the smallest is drawn.
        end: Where the largest is drawn.
        is_logarithmic: Whether equal ratios, not differences, have equal lengths.
    """

    low: float
    high: float
    start: float
    end: float
    is_logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a value is drawn."""
        low, high = self.low, self.high
        if self.is_logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        share = (value - low) / (high - low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[Tick]:
        """Round values along the axis."""
        values = self._decades() if self.is_logarithmic else self._steps()
        return [Tick(self.at(value), rounded(value)) for value in values]

    def _steps(self) -> list[float]:
        rough = (self.high - self.low) / (_MOST_TICKS - 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(n * power for n in (1, 2, 5, 10) if n * power >= rough * 0.999)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [number * step for number in range(first, last + 1)]

    def _decades(self) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        for factors in ((1, 2, 5), (1,)):
            every = [n * 10.0**power for power in range(first, last) for n in factors]
            values = [value for value in every if self.low <= value <= self.high]
            if len(values) <= _MOST_TICKS + 1:
                break
        return values


def class_bars(
    classes: Mapping[str, Mapping[str, int]], subsets: Mapping[str, SubsetCounts]
) -> list[Bars]:
    """The classes of each output, the largest first, with a bar for each subset."""
    charts = []
    for output, counts in list(classes.items())[:MOST_TABLES]:
        parts = {name: side.classes.get(output, {}) for name, side in subsets.items()}
        if counts:
            charts.append(_bars(output, counts, parts))
    return charts


def plain_bars(title: str, counts: Mapping[str, int]) -> Bars:
    """Bars that are not divided."""
    return _bars(title, counts, {})


def _bars(
    title: str, counts: Mapping[str, int], by_subset: Mapping[str, Mapping[str, int]]
) -> Bars:
    ordered = sorted(counts, key=lambda name: -counts[name])
    first, last = ordered, list[str]()
    if len(ordered) > MOST_ROWS:
        first, last = ordered[: MOST_ROWS // 2], ordered[-MOST_ROWS // 2 :]
    shares = {
        subset: _shares(part) for subset, part in (by_subset or {"": counts}).items()
    }
    highest = max((max(s.values(), default=0) for s in shares.values()), default=0) or 1

    def row(name: str) -> Row:
        parts = []
        for subset, share_of in shares.items():
            share = share_of.get(name, 0)
            images = by_subset.get(subset, counts).get(name, 0)
            parts.append(Part(subset, images, share, 100 * share / highest))
        return Row(name, counts[name], parts)

    return Bars(
        title=title,
        subsets=list(by_subset),
        rows=[row(name) for name in first],
        smallest=[row(name) for name in last],
        left_out=len(ordered) - len(first) - len(last),
    )


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = max(sum(counts.values()), 1)
    return {name: images / total for name, images in counts.items()}


def scatter(sizes: Mapping[tuple[int, int], int]) -> Sizes | None:
    """The sizes `(height, width)` of images as a scatter plot; `None` without any."""
    if not sizes:
        return None
    common = sorted(sizes, key=lambda size: (-sizes[size], size))[:_COMMON_SIZES]
    across, up = _axes_of_sizes(sizes)
    return Sizes(
        sentence=_sizes_in_words(sizes),
        dots=_dots(sizes, across, up) if len(sizes) > 1 else [],
        x_ticks=across.ticks(),
        y_ticks=up.ticks(),
        is_logarithmic=across.is_logarithmic,
        common=[(*size, sizes[size]) for size in common],
        others=len(sizes) - len(common),
    )


def _axes_of_sizes(sizes: Iterable[tuple[int, int]]) -> tuple[Axis, Axis]:
    """The axes of width and height: equal, so that squares lie on the diagonal."""
    sides = [side for size in sizes for side in size]
    low, high = float(max(min(sides), 1)), float(max(sides))
    is_logarithmic = high >= _WIDE_RANGE * low
    if is_logarithmic:
        low, high = low / 1.15, high * 1.15
    else:
        margin = 0.06 * (high - low) + 1
        low, high = max(low - margin, 0), high + margin
    return (
        Axis(low, high, _LEFT, _RIGHT, is_logarithmic),
        Axis(low, high, _BOTTOM_OF_SIZES, _TOP, is_logarithmic),
    )


def _sizes_in_words(sizes: Mapping[tuple[int, int], int]) -> str:
    images = sum(sizes.values())
    if len(sizes) == 1:
        ((height, width),) = sizes
        return (
            f"All {images:,} images are {height:,} × {width:,} pixels (height × width)."
        )
    heights, widths = zip(*sizes, strict=True)
    return (
        f"{count(images, 'image')} in {count(len(sizes), 'size')}: "
        f"{min(widths):,} to {max(widths):,} pixels wide, "
        f"{min(heights):,} to {max(heights):,} pixels high."
    )


def _dots(sizes: Mapping[tuple[int, int], int], across: Axis, up: Axis) -> list[Dot]:
    """A dot for each size or, if there are very many, for each square with sizes."""
    squares: dict[tuple[float, float], list[tuple[int, int]]] = {}
    for height, width in sizes:
        x, y = across.at(max(width, 1)), up.at(max(height, 1))
        square = (x, y) if len(sizes) <= _MOST_DOTS else (x // _SQUARE, y // _SQUARE)
        squares.setdefault(square, []).append((height, width))
    images = {
        square: sum(sizes[s] for s in inside) for square, inside in squares.items()
    }
    most = max(images.values())
    return [
        _dot(squares[square], images[square], most, across, up)
        for square in sorted(squares, key=lambda square: -images[square])
    ]


def _dot(
    sizes: list[tuple[int, int]], images: int, most: int, across: Axis, up: Axis
) -> Dot:
    """A dot in the middle of sizes that are nearly the same."""
    height, width = (
        max(round(sum(side) / len(sizes)), 1) for side in zip(*sizes, strict=True)
    )
    about = "about " if len(sizes) > 1 else ""
    radius = max(_LARGEST_RADIUS * math.sqrt(images / most), _SMALLEST_RADIUS)
    text = f"{about}{height:,} × {width:,} pixels: {count(images, 'image')}"
    return Dot(across.at(width), up.at(height), round(radius, 1), text)


def histograms(numbers: Mapping[str, Numbers]) -> list[Histogram]:
    """The histograms of columns of numbers."""
    return [_histogram(title, n) for title, n in list(numbers.items())[:MOST_TABLES]]


def _histogram(title: str, numbers: Numbers) -> Histogram:
    low, high = numbers.edges[0], numbers.edges[-1]
    most = max(numbers.counts, default=0)
    has_bars = most > 0 and math.isfinite(high - low) and high > low
    across = Axis(low, high, _LEFT, _RIGHT)
    up = Axis(0, most, _BOTTOM_OF_NUMBERS, _TOP)
    return Histogram(
        title=title,
        minimum=rounded(numbers.minimum),
        median=rounded(numbers.median),
        maximum=rounded(numbers.maximum),
        columns=_columns(numbers, across, up) if has_bars else [],
        x_ticks=across.ticks() if has_bars else [],
        y_ticks=[Tick(up.at(n), f"{n:,}") for n in (0, most)] if has_bars else [],
    )


def _columns(numbers: Numbers, across: Axis, up: Axis) -> list[Column]:
    return [
        Column(
            x=across.at(left),
            y=up.at(images),
            width=round(max(across.at(right) - across.at(left) - 1, 0.5), 1),
            height=round(_BOTTOM_OF_NUMBERS - up.at(images), 1),
            text=f"{rounded(left)} to {rounded(right)}: {count(images, 'image')}",
        )
        for (left, right), images in zip(
            pairwise(numbers.edges), numbers.counts, strict=True
        )
    ]
