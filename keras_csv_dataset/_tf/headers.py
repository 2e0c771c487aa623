"""Recognises the format and the size of an image from the first bytes of its file."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf


class _Number(NamedTuple):
    """A number in a header.

    Attributes:
        first: Position of its lowest byte.
        last: Position of its highest byte, which is smaller if the order is big-endian.
        skipped: How many of the lowest bits do not belong to the number.
        length: Its length in bits.
        added: What is added to it.
    """

    first: int
    last: int
    skipped: int = 0
    length: int = 32
    added: int = 0


class _Start(NamedTuple):
    """How a file of one kind starts.

    Attributes:
        format: Name of the format.
        signature: The first bytes; `?` is any byte.
        size: Its height and its width.
        unset: Position of a byte, and the bits of it that must not be set.
    """

    format: str
    signature: bytes
    size: tuple[_Number, _Number]
    unset: tuple[int, int] = (0, 0)


# TensorFlow decodes WebP from version 2.20 on.
OTHER_FORMATS = ["png", "gif", "bmp", "webp"][
    : 4 if hasattr(tf.io, "decode_webp") else 3
]
# Where a PNG declares how many bits a channel has.
PNG_BITS_AT = 24
_STARTS = [
    _Start("png", b"\x89PNG", (_Number(23, 20), _Number(19, 16))),
    # The size of its canvas.
    _Start("gif", b"GIF8", (_Number(8, 9, length=16), _Number(6, 7, length=16))),
    # Its height is negative if the first row is at the top.
    _Start("bmp", b"BM", (_Number(22, 25), _Number(18, 21))),
    _Start(
        "webp",
        b"RIFF????WEBPVP8 ",
        (_Number(28, 29, length=14), _Number(26, 27, length=14)),
    ),
    _Start(
        "webp",
        b"RIFF????WEBPVP8L",
        (
            _Number(21, 24, skipped=14, length=14, added=1),
            _Number(21, 24, length=14, added=1),
        ),
    ),
    _Start(
        "webp",
        b"RIFF????WEBPVP8X",
        (_Number(27, 29, length=24, added=1), _Number(24, 26, length=24, added=1)),
        # A reserved bit of the flags, which no program sets. Without it, the flags are
        # an ASCII character, which a regular expression in `_decode_webp` matches.
        unset=(20, 0x80),
    ),
]
_STARTS = [start for start in _STARTS if start.format in OTHER_FORMATS]

# A row for each kind of file: its format, which bytes are compared with what, and how
# to get the height and the width.
_LENGTH = 30
_FORMATS = np.array([OTHER_FORMATS.index(s.format) for s in _STARTS], np.int32)
_MASKS, _VALUES = np.zeros((2, len(_STARTS), _LENGTH), np.uint8)
_FACTORS = np.zeros((len(_STARTS), 2, _LENGTH), np.int64)
_DIVISORS, _LIMITS = np.ones((2, len(_STARTS), 2), np.int64)
_ADDENDS = np.zeros((len(_STARTS), 2), np.int64)
for _row, _start in enumerate(_STARTS):
    for _at, _byte in enumerate(_start.signature):
        if _byte != ord("?"):
            _MASKS[_row, _at], _VALUES[_row, _at] = 0xFF, _byte
    _MASKS[_row, _start.unset[0]] |= _start.unset[1]
    for _axis, _number in enumerate(_start.size):
        _step = 1 if _number.last > _number.first else -1
        _bytes = np.arange(_number.first, _number.last + _step, _step)
        _FACTORS[_row, _axis, _bytes] = 256 ** np.arange(len(_bytes))
        _DIVISORS[_row, _axis] = 1 << _number.skipped
        _LIMITS[_row, _axis] = 1 << _number.length
        _ADDENDS[_row, _axis] = _number.added


class Header(NamedTuple):
    """What the first bytes of a file other than a JPEG say: tensors.

    Attributes:
        format: Position of the format in `OTHER_FORMATS`, an int32 `()`; or -1.
        size: Height and width that the file declares, an int64 `(2,)`; for a GIF,
            those of the canvas, which can be smaller than its frames.
    """

    format: tf.Tensor
    size: tf.Tensor

    @property
    def pixels(self) -> tf.Tensor:
        """Pixels that the file declares, an int64 `()`."""
        return tf.reduce_prod(self.size)


def read_header(contents: tf.Tensor) -> Header:
    """Reads the header of a file.

    All formats are read by the same few operations, because TensorFlow prepares every
    operation of a dataset at the start of each epoch, which takes 0.2 ms each.

    Args:
        contents: The bytes of the file, a string tensor `()`.

    Returns:
        The `Header`.
    """
    # A file that is too short is padded with zeros.
    head = tf.io.decode_raw(contents, tf.uint8, fixed_length=_LENGTH)
    matches = tf.reduce_all(tf.bitwise.bitwise_and(head, _MASKS) == _VALUES, axis=1)
    numbers = tf.reduce_sum(tf.cast(head, tf.int64) * _FACTORS, axis=2)
    numbers = numbers // _DIVISORS % _LIMITS
    numbers = tf.minimum(numbers, (1 << 32) - numbers) + _ADDENDS
    matched = tf.cast(matches, tf.int64)[:, tf.newaxis]
    return Header(
        format=tf.reduce_max(tf.where(matches, _FORMATS, -1)),
        size=tf.reduce_sum(matched * numbers, axis=0),
    )


def is_deep_png(contents: tf.Tensor) -> tf.Tensor:
    """Whether a file is a PNG with 16 bits in each channel: a boolean tensor `()`."""
    head = tf.io.decode_raw(contents, tf.uint8, fixed_length=_LENGTH)
    is_png = tf.reduce_all(head[:4] == list(b"\x89PNG"))
    return is_png & (head[PNG_BITS_AT] == 16)
