"""Refuses an image that declares too many pixels, before it is decoded."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from keras_csv_dataset._images import MOST_PIXELS
from keras_csv_dataset._tf.headers import OTHER_FORMATS, Header, read_header

# TensorFlow decodes no JPEG with more values: three for each of `MOST_PIXELS`.
_MOST_JPEG_VALUES = (1 << 29) - 1
_LEAST_JPEG_SHAPE = np.array([0, 0, 3], np.int64)
_WHY_UNKNOWN = (
    "is empty, or not an image in a format that is decoded here "
    f"(.jpeg, .{', .'.join(OTHER_FORMATS)})"
)
_WHY_TOO_MANY = (
    f"declares no pixels, or more than {MOST_PIXELS:,} pixels (for a CMYK JPEG, more "
    f"than {_MOST_JPEG_VALUES // 4:,}), so it is not decoded"
)
_GIF = OTHER_FORMATS.index("gif")
_GIF_EXTENSION, _GIF_FRAME, _GIF_HAS_COLOURS = 0x21, 0x2C, 0x80


def declared_pixels(contents: tf.Tensor) -> int | None:
    """Number of pixels that a file declares; `None` for an unknown format.

    Each pixel of a CMYK JPEG counts as 4/3. This does not work in a graph.

    Raises:
        tf.errors.InvalidArgumentError: If the header of a JPEG is damaged.
    """
    if tf.io.is_jpeg(contents):
        return int(_jpeg_values(contents) // 3)
    header = read_header(contents)
    if header.format < 0:
        return None
    return int(_gif_pixels(contents) if header.format == _GIF else header.pixels)


def allow_jpeg(contents: tf.Tensor, path: tf.Tensor) -> tf.Tensor:
    """The contents of a JPEG, which must not declare too many pixels."""
    is_allowed = _jpeg_values(contents) <= _MOST_JPEG_VALUES
    return allow_if(is_allowed, contents, [path, _WHY_TOO_MANY])


def allow_other(contents: tf.Tensor, path: tf.Tensor, header: Header) -> tf.Tensor:
    """The contents of a file other than a JPEG, which must have a known format.

    It must not declare too many pixels, or none.
    """
    pixels = tf.cond(
        header.format == _GIF, lambda: _gif_pixels(contents), lambda: header.pixels
    )
    is_allowed = (pixels > 0) & (pixels <= MOST_PIXELS)
    why = tf.where(header.format < 0, _WHY_UNKNOWN, _WHY_TOO_MANY)
    return allow_if(is_allowed, contents, [path, why])


def allow_if(condition: tf.Tensor, value: tf.Tensor, data: Sequence[Any]) -> tf.Tensor:
    """A value that must not be used unless a condition holds.

    Args:
        condition: A boolean tensor `()`.
        value: The value.
        data: Tensors and text that the error shows.

    Returns:
        The value.
    """
    check = tf.raw_ops.Assert(condition=condition, data=data)
    with tf.control_dependencies([] if tf.executing_eagerly() else [check]):
        return tf.identity(value)


def declared_size(contents: tf.Tensor) -> tf.Tensor:
    """Height and width that a file declares: an int64 `(2,)`."""
    return tf.cond(
        tf.io.is_jpeg(contents),
        lambda: tf.io.extract_jpeg_shape(contents, tf.int64)[:2],
        lambda: read_header(contents).size,
    )


def _jpeg_values(contents: tf.Tensor) -> tf.Tensor:
    """Numbers that a JPEG declares: pixels, times three or more channels."""
    shape = tf.io.extract_jpeg_shape(contents, tf.int64)
    return tf.reduce_prod(tf.maximum(shape, _LEAST_JPEG_SHAPE))


def _gif_pixels(contents: tf.Tensor) -> tf.Tensor:
    """Pixels of a GIF, int64 `()`. To get the first frame, TensorFlow decodes all."""
    return tf.numpy_function(_count_gif_pixels, [contents], tf.int64, stateful=False)


def _count_gif_pixels(contents: object) -> np.int64:
    # Bytes, or, outside a graph, an array that contains them.
    frames = np.array(list(_frames(np.asarray(contents).item())), np.int64)
    if not len(frames):
        return np.int64(0)
    # The first frame is shown on a canvas as wide as the widest frame and as high as
    # the highest.
    canvas = frames.max(axis=0).prod()
    return np.int64(max(frames.prod(axis=1).sum(), canvas))


def _frames(gif: bytes) -> Iterator[tuple[int, int]]:
    """The size of each frame, block by block, as long as the blocks are valid."""
    at = 13 + _colour_table_length(gif, 10)
    while at < len(gif):
        if gif[at] == _GIF_FRAME:
            yield _number(gif, at + 5), _number(gif, at + 7)
            # The byte after the colours is the length of the codes.
            at += 10 + _colour_table_length(gif, at + 9) + 1
        elif gif[at] == _GIF_EXTENSION:
            at += 2
        else:
            return
        while at < len(gif) and gif[at]:
            at += gif[at] + 1
        at += 1


def _colour_table_length(gif: bytes, at: int) -> int:
    flags = gif[at] if at < len(gif) else 0
    return 3 << (flags & 7) + 1 if flags & _GIF_HAS_COLOURS else 0


def _number(gif: bytes, at: int) -> int:
    return int.from_bytes(gif[at : at + 2], "little")
