"""Turns images upright, as their EXIF orientation says."""

import numpy as np
import tensorflow as tf

from keras_csv_dataset._images import TURNS, UPRIGHT

# By orientation, from 0: the old axis of each new one, and which of these are reversed.
_AXES = np.array([[0, 1, 2]] * (len(TURNS) + 1), np.int32)
_REVERSED = np.zeros((len(TURNS) + 1, 3), bool)
for _orientation, _turn in TURNS.items():
    if _turn.swaps:
        _AXES[_orientation] = 1, 0, 2
    _REVERSED[_orientation] = _turn.row_step < 0, _turn.column_step < 0, False


def turn(image: tf.Tensor, orientation: tf.Tensor | None) -> tf.Tensor:
    """Turns an image upright.

    Args:
        image: The image, `(height, width, channels)`.
        orientation: Its EXIF orientation, an int32 tensor `()`; `None` to leave it.
    """
    if orientation is None:
        return image

    def turned() -> tf.Tensor:
        # Where the axes stay in their order, this copies nothing.
        swapped = tf.transpose(image, tf.gather(_AXES, orientation))
        # `tf.reverse` takes the numbers of axes, of which there may be none to two.
        dims = tf.gather(_REVERSED, orientation)
        return tf.raw_ops.Reverse(tensor=swapped, dims=dims)

    return tf.cond(orientation == UPRIGHT, lambda: image, turned)


def start_in_scaled(
    start: tf.Tensor,
    whole: tf.Tensor,
    ratio: tf.Tensor,
    orientation: tf.Tensor | None,
) -> tf.Tensor:
    """Where a window starts in an image that was decoded at `1 / ratio` of its size.

    The last row and column of a scaled JPEG can reach beyond those of the whole. Where
    their order is reversed, they are the first.

    Args:
        start: Where it starts in the whole image, turned upright: row and column.
        whole: Height and width of the whole image, turned upright.
        ratio: The ratio.
        orientation: The EXIF orientation of the file, or `None`.

    Returns:
        Row and column in pixels of the whole image, `(2,)`.
    """
    if orientation is None:
        return start
    beyond = -whole % ratio
    return tf.where(tf.gather(_REVERSED, orientation)[:2], start + beyond, start)


def turn_size(size: tf.Tensor, orientation: tf.Tensor | None) -> tf.Tensor:
    """Height and width of an image, `(2,)`, that is turned upright."""
    if orientation is None:
        return size
    return tf.gather(size, tf.gather(_AXES, orientation)[:2])
