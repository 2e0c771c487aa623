"""Reads an image's declared size from its header, before it is decoded."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import tensorflow as tf

from keras_csv_dataset._images import MOST_PIXELS

JPEG = b"\xff\xd8\xff"

# A code of 12 bits encodes 4,096 pixels at most, so smaller GIFs are within the limit.
_SMALLEST_LARGE_GIF = MOST_PIXELS // 4096 * 12 // 8
# Lossy, lossless and extended WebP: the letter of each, the first and last bytes of its
# width and height, the bits that count, and what is added to the number.
_WEBP_KINDS = np.array(list(b" LX"), np.int64)
_WEBP_BYTES = ((26, 27), (28, 29), (21, 24), (21, 24), (24, 26), (27, 29))
_WEBP_NUMBERS = np.zeros((6, 30), np.int64)
for _row, (_first, _last) in zip(_WEBP_NUMBERS, _WEBP_BYTES, strict=True):
    _row[_first : _last + 1] = 256 ** np.arange(_last + 1 - _first)
_WEBP_DIVISORS = np.array([1, 1, 1, 1 << 14, 1, 1], np.int64)
_WEBP_MASKS = np.array([0x3FFF] * 4 + [0xFFFFFF] * 2, np.int64)
_WEBP_ADDENDS = np.array([0, 0, 1, 1, 1, 1], np.int64)
_GIF_EXTENSION, _GIF_FRAME, _GIF_HAS_COLOURS = 0x21, 0x2C, 0x80


def _png_pixels(content: tf.Tensor) -> tf.Tensor:
    """Pixels that a PNG declares: an int64 `()`."""
    # Here and below, a file that is too short is padded with zeros.
    words = tf.io.decode_raw(content, tf.int32, little_endian=False, fixed_length=24)
    return tf.reduce_prod(tf.cast(words[4:6], tf.int64))


def jpeg_pixels(size: tf.Tensor) -> tf.Tensor:
    """Pixels of a JPEG of the size `tf.io.extract_jpeg_shape` gave: an int64 `()`."""
    return tf.reduce_prod(tf.cast(size[:2], tf.int64))


def _webp_pixels(content: tf.Tensor) -> tf.Tensor:
    """Pixels that a WebP declares: an int64 `()`."""
    head = tf.cast(tf.io.decode_raw(content, tf.uint8, fixed_length=30), tf.int64)
    numbers = tf.linalg.matvec(_WEBP_NUMBERS, head) // _WEBP_DIVISORS
    sizes = tf.reshape((numbers & _WEBP_MASKS) + _WEBP_ADDENDS, (3, 2))
    is_kind = tf.cast(head[15] == _WEBP_KINDS, tf.int64)
    return tf.reduce_sum(tf.reduce_prod(sizes, axis=1) * is_kind)


def _gif_pixels(content: tf.Tensor) -> tf.Tensor:
    """Pixels of all frames of a GIF, all of which are decoded: an int64 `()`."""
    return tf.cond(
        tf.strings.length(content) < _SMALLEST_LARGE_GIF,
        lambda: tf.zeros((), tf.int64),
        lambda: tf.numpy_function(_count_gif_pixels, [content], tf.int64),
    )


def _count_gif_pixels(content: object) -> np.int64:
    # Bytes, or, outside a graph, an array that contains them.
    return np.int64(sum(_frames(np.asarray(content).item())))


def _frames(gif: bytes) -> Iterator[int]:
    """Pixels of each frame, block by block, as long as the blocks are valid."""
    at = 13 + _colour_table_length(gif, 10)
    while at < len(gif):
        if gif[at] == _GIF_FRAME:
            width, height = (_number(gif, at + 5), _number(gif, at + 7))
            yield width * height
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


# The first three bytes of a file -> the function that counts its pixels. BMP needs
# none: it is not compressed, and TensorFlow requires all its bytes before decoding.
PIXEL_COUNTERS: Mapping[bytes, Callable[[tf.Tensor], tf.Tensor]] = {
    b"\x89PN": _png_pixels,
    b"RIF": _webp_pixels,
    b"GIF": _gif_pixels,
}


def declared_pixels(content: bytes) -> int:
    """Number of pixels that a file declares; 0 if it does not matter."""
    if content.startswith(JPEG):
        return int(jpeg_pixels(tf.io.extract_jpeg_shape(content)))
    count = PIXEL_COUNTERS.get(content[:3])
    return 0 if count is None else int(count(content))
