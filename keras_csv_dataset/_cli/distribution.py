"""The charts of `preview`: a bar for each class, or a histogram of numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._cli.canvas import DPI, new_figure, pixels_of, shorten
from keras_csv_dataset._labels import Target

_MOST_BARS = 30
_LETTERS_OF_CLASS = 40
_BINS = 30
# In inches. A narrower chart has no room for the names of classes.
_LEAST_WIDTH = 8.0


def draw_distribution(
    target: Target, numbers: NDArray[np.int64], title: str, pixels: int
) -> NDArray[np.uint8]:
    """Draws a bar for each class, or a histogram of numbers.

    Args:
        target: The labels of one output.
        numbers: int64 numbers of the samples to count.
        title: What the labels are called.
        pixels: Width of the gallery above, which the chart takes if it can.

    Returns:
        uint8 `(height, width, 3)`.
    """
    counts = target.class_counts_of(numbers)
    width = max(pixels / DPI, _LEAST_WIDTH)
    if counts is None:
        return _draw_histogram(target.batch(numbers), title, width)
    return _draw_bars(target.class_names or [], counts, title, width)


def _draw_histogram(
    values: NDArray[Any], title: str, width: float
) -> NDArray[np.uint8]:
    figure, axes = _new_chart(width, 2.5)
    axes.set_ylabel("images")
    axes.yaxis.get_major_locator().set_params(integer=True)
    if values.ndim > 1:
        axes.hist(values, bins=_BINS, label=_numbered(values.shape[1]))
        axes.legend()
    else:
        axes.hist(values, bins=_BINS)
        low, middle, high = values.min(), np.median(values), values.max()
        title += f": from {low:g} to {high:g}, median {middle:g}"
    axes.set_title(title, parse_math=False)
    return pixels_of(figure)


def _numbered(num_columns: int) -> list[str]:
    return [f"column {n + 1}" for n in range(num_columns)]


def _draw_bars(
    names: list[str], counts: NDArray[np.int64], title: str, width: float
) -> NDArray[np.uint8]:
    """Draws the number of images of each class, or of the largest and smallest ones."""
    shown, places = np.arange(len(names)), np.arange(len(names))
    left_out = len(names) - _MOST_BARS
    if left_out > 0:
        half = _MOST_BARS // 2
        by_size = np.argsort(-counts, kind="stable")
        shown = np.concatenate([by_size[:half], by_size[-half:]])
        # One bar is missing in the middle, where the other classes would be.
        places = np.arange(_MOST_BARS) + (np.arange(_MOST_BARS) >= half)
        title += f": the {half} largest and the {half} smallest of {len(names)} classes"
    figure, axes = _new_chart(width, 0.9 + 0.22 * (places[-1] + 1))
    bars = axes.barh(places, counts[shown])
    axes.bar_label(bars, padding=3, fmt="{:,.0f}")
    labels = [shorten(names[n], _LETTERS_OF_CLASS) for n in shown]
    axes.set_yticks(places, labels, parse_math=False)
    if left_out > 0:
        axes.text(0, _MOST_BARS // 2, f"  … {left_out} more", va="center", color="grey")
    axes.set_ylim(places[-1] + 0.7, -0.7)
    axes.set_xlabel("images")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_title(title, parse_math=False)
    return pixels_of(figure)


def _new_chart(width: float, height: float) -> tuple[Any, Any]:
    figure = new_figure(width, height)
    figure.set_layout_engine("tight")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
