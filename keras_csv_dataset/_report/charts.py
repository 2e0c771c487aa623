"""Charts as plain numbers: the template draws them."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from keras_csv_dataset._inspection import Numbers, SubsetCounts
from keras_csv_dataset._report.texts import count, rounded

# If there are more classes, the largest and the smallest are drawn, half of each.
MOST_BARS = 40
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


class Segment(NamedTuple):
    """A part of a bar, in percent of the longest bar.

    Attributes:
        subset: The subset; empty without a split.
        images: Number of images.
        share: Their share of the subset.
        start: Where it begins.
        length: Its length.
    """

    subset: str
    images: int
    share: float
    start: float
    length: float


class Bar(NamedTuple):
    """A bar: its name, the number of images, and its parts."""

    name: str
    images: int
    segments: list[Segment]


class Bars(NamedTuple):
    """A bar chart.

    Attributes:
        title: What the bars are: an output of the model.
        subsets: The subsets, in order; empty without a split.
        bars: The bars: all, or the largest.
        smallest: The smallest, if there are too many to draw all.
        left_out: Number of bars between those two.
    """

    title: str
    subsets: list[str]
    bars: list[Bar]
    smallest: list[Bar]
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
    """The classes of each output, the largest first, divided by subset."""
    return [
        _bars(output, counts, {s: c.classes.get(output, {}) for s, c in subsets.items()})
        for output, counts in list(classes.items())[:MOST_TABLES]
        if counts
    ]


def plain_bars(title: str, counts: Mapping[str, int]) -> Bars:
    """Bars that are not divided."""
    return _bars(title, counts, {})


def _bars(
    title: str, counts: Mapping[str, int], by_subset: Mapping[str, Mapping[str, int]]
) -> Bars:
    ordered = sorted(counts, key=lambda name: -counts[name])
    first, last = ordered, list[str]()
    if len(ordered) > MOST_BARS:
        first, last = ordered[: MOST_BARS // 2], ordered[-MOST_BARS // 2 :]
    parts = by_subset or {"": counts}
    totals = {subset: sum(part.values()) for subset, part in parts.items()}
    longest = max(sum(part.get(name, 0) for part in parts.values()) for name in ordered)

    def bar(name: str) -> Bar:
        segments = []
        start = 0.0
        for subset, part in parts.items():
            images = part.get(name, 0)
            length = 100 * images / max(longest, 1)
            share = images / max(totals[subset], 1)
            segments.append(Segment(subset, images, share, start, length))
            start += length
        return Bar(name, counts[name], segments)

    return Bars(
        title=title,
        subsets=list(by_subset),
        bars=[bar(name) for name in first],
        smallest=[bar(name) for name in last],
        left_out=len(ordered) - len(first) - len(last),
    )


def scatter(sizes: Mapping[tuple[int, int], int]) -> Sizes | None:
    """The sizes `(height, width)` of images as a scatter plot, or `None` without any."""
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
    low, high = max(min(sides), 1), max(sides)
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
        return f"All {images:,} images are {width:,} × {height:,} pixels."
    heights, widths = zip(*sizes, strict=True)
    return (
        f"{count(images, 'image')} in {count(len(sizes), 'size')}: "
        f"{min(widths):,} to {max(widths):,} pixels wide, "
        f"{min(heights):,} to {max(heights):,} pixels high."
    )


def _dots(sizes: Mapping[tuple[int, int], int], across: Axis, up: Axis) -> list[Dot]:
    drawn: Counter[tuple[float, float]] = Counter()
    texts: dict[tuple[float, float], str] = {}
    for (height, width), images in sizes.items():
        place = across.at(max(width, 1)), up.at(max(height, 1))
        text = f"{width:,} × {height:,} pixels"
        if len(sizes) > _MOST_DOTS:
            place = (_centre(place[0]), _centre(place[1]))
            text = f"about {text}"
        drawn[place] += images
        texts.setdefault(place, text)
    most = max(drawn.values())
    return [
        Dot(
            *place,
            round(max(_LARGEST_RADIUS * math.sqrt(n / most), _SMALLEST_RADIUS), 1),
            f"{texts[place]}: {count(n, 'image')}",
        )
        for place, n in drawn.most_common()
    ]


def _centre(value: float) -> float:
    return value // _SQUARE * _SQUARE + _SQUARE / 2


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
