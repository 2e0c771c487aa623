"""Refuses an image that declares too many pixels, before it is decoded."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from keras_csv_dataset._images import MOST_PIXELS

# TensorFlow decodes no JPEG of more values, which are those of `MOST_PIXELS` in colour.
_MOST_JPEG_VALUES = (1 << 29) - 1
_LEAST_JPEG_SHAPE = np.array([0, 0, 3], np.int64)
_WHY_TOO_MANY = (
    f"declares no pixels, or more than {MOST_PIXELS:,} pixels (for a CMYK JPEG, more "
    f"than {_MOST_JPEG_VALUES // 4:,}), so it is not decoded"
)

# Where each header has its width and height: the first and the last byte (swapped if
# the last byte is the lowest), the bits before the number, its length in bits, and what
# is added to it.
_HEADERS = {
    "PNG": (((19, 16), 0, 32, 0), ((23, 20), 0, 32, 0)),
    "BMP": (((18, 21), 0, 32, 0), ((22, 25), 0, 32, 0)),
    "VP8 ": (((26, 27), 0, 14, 0), ((28, 29), 0, 14, 0)),
    "VP8L": (((21, 24), 0, 14, 1), ((21, 24), 14, 14, 1)),
    "VP8X": (((24, 26), 0, 24, 1), ((27, 29), 0, 24, 1)),
}
# What the first and the 16th byte are: the latter only of a WebP.
_FIRST_BYTES = np.array(list(b"\x89BRRR"), np.int64)
_KINDS_OF_WEBP = np.array([-1, -1, *b" LX"], np.int64)
_HEAD_LENGTH = 30
_FACTORS = np.zeros((2 * len(_HEADERS), _HEAD_LENGTH), np.int64)
_NUMBERS = [number for numbers in _HEADERS.values() for number in numbers]
for _row, ((_first, _last), *_) in zip(_FACTORS, _NUMBERS, strict=True):
    _step = 1 if _last > _first else -1
    for _place, _byte in enumerate(range(_first, _last + _step, _step)):
        _row[_byte] = 256**_place
_DIVISORS, _LIMITS, _ADDENDS = (
    np.array(column, np.int64)
    for column in zip(*((1 << n[1], 1 << n[2], n[3]) for n in _NUMBERS), strict=True)
)
_GIF_EXTENSION, _GIF_FRAME, _GIF_HAS_COLOURS = 0x21, 0x2C, 0x80


def allow(
    contents: tf.Tensor, path: tf.Tensor, condition: tf.Tensor, why: str
) -> tf.Tensor:
    """The contents of a file, which must not be decoded unless a condition holds."""
    check = tf.raw_ops.Assert(condition=condition, data=[path, why])
    with tf.control_dependencies([] if tf.executing_eagerly() else [check]):
        return tf.identity(contents)


def allow_pixels(contents: tf.Tensor, path: tf.Tensor, pixels: tf.Tensor) -> tf.Tensor:
    """The contents of a file, which must not declare too many pixels, or none."""
    is_sound = (pixels > 0) & (pixels <= MOST_PIXELS)
    return allow(contents, path, is_sound, _WHY_TOO_MANY)


def jpeg_values(contents: tf.Tensor) -> tf.Tensor:
    """Numbers that a JPEG declares: pixels, times three or more channels."""
    shape = tf.io.extract_jpeg_shape(contents, tf.int64)
    return tf.reduce_prod(tf.maximum(shape, _LEAST_JPEG_SHAPE))


def allow_jpeg(contents: tf.Tensor, path: tf.Tensor) -> tf.Tensor:
    """The contents of a JPEG, which must not declare too many pixels."""
    is_sound = jpeg_values(contents) <= _MOST_JPEG_VALUES
    return allow(contents, path, is_sound, _WHY_TOO_MANY)


def jpeg_pixels(contents: tf.Tensor) -> tf.Tensor:
    """Pixels that a JPEG declares: an int64 `()`. Those of CMYK count 4/3."""
    return jpeg_values(contents) // 3


def pixels_in_header(contents: tf.Tensor) -> tf.Tensor:
    """Pixels that a PNG, BMP or WebP declares: an int64 `()`; 0 for other files."""
    # A file that is too short is padded with zeros.
    head = tf.io.decode_raw(contents, tf.uint8, fixed_length=_HEAD_LENGTH)
    head = tf.cast(head, tf.int64)
    numbers = tf.linalg.matvec(_FACTORS, head) // _DIVISORS % _LIMITS
    # A BMP whose first row is the highest has a negative height.
    numbers = tf.minimum(numbers, (1 << 32) - numbers) + _ADDENDS
    is_format = (head[0] == _FIRST_BYTES) & (
        (head[15] == _KINDS_OF_WEBP) | (_KINDS_OF_WEBP < 0)
    )
    pixels = tf.reduce_prod(tf.reshape(numbers, (-1, 2)), axis=1)
    return tf.reduce_sum(tf.where(is_format, pixels, 0))


def gif_pixels(contents: tf.Tensor) -> tf.Tensor:
    """Pixels of a GIF: an int64 `()`. TensorFlow decodes all frames for the first."""
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
