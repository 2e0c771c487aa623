"""Decodes masks: the numbers in a PNG, which name classes."""

import zlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_csv_dataset._tf.declared_size import (
    allow_if,
    allow_other,
    declared_size,
)
from keras_csv_dataset._tf.formats import declared_size_with_python, is_in_python
from keras_csv_dataset._tf.headers import OTHER_FORMATS, PNG_BITS_AT, read_header
from keras_csv_dataset._tf.turning import turn_size

_PNG = OTHER_FORMATS.index("png")
_WHY_NOT_PNG = (
    "is not a PNG file. Masks must be PNG files: JPEG changes the values, and other "
    "formats are not read exactly"
)
_WHY_COLOURS = (
    "is a mask of colours, not of numbers: save the class of each pixel as a grey or "
    "palette PNG"
)

# The header of a PNG: where its kind of colours and its check sum are, its end, and the
# kind of a palette.
_KIND_AT, _CRC_AT, _END, _PALETTE = 25, 29, 33, 3
# The check sum is linear, so it differs by a constant between a palette and grey.
_CRC_OF_PALETTE = np.frombuffer(
    (
        zlib.crc32(bytes([*b"IHDR", *bytes(9), _PALETTE, *bytes(3)]))
        ^ zlib.crc32(bytes([*b"IHDR", *bytes(13)]))
    ).to_bytes(4, "big"),
    np.uint8,
)
_BYTES = [bytes([byte]) for byte in range(256)]
# The largest 16-bit level stands for the largest number of so many bits.
_SCALES = np.array([65535 // max((1 << bits) - 1, 1) for bits in range(17)], np.int32)


class Levels(NamedTuple):
    """A mask as TensorFlow decodes it.

    Attributes:
        levels: uint16 `(height, width, channels)`.
        scale: By which the numbers in the file are multiplied, an int32 `()`.
    """

    levels: tf.Tensor
    scale: tf.Tensor


def decode_levels(contents: tf.Tensor, path: tf.Tensor) -> Levels:
    """Decodes a mask, of which `to_numbers` makes the numbers in its file.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        path: Path of the file, a string tensor `()`, for messages.

    Returns:
        The `Levels`.

    Raises:
        tf.errors.InvalidArgumentError: If it is no PNG or cannot be decoded. The error
            names the file, unless TensorFlow's decoder finds damage in it.
    """
    header = read_header(contents)
    contents = allow_if(header.format == _PNG, contents, [path, _WHY_NOT_PNG])
    contents = allow_other(contents, path, header)
    head = tf.io.decode_raw(contents, tf.uint8, fixed_length=_END)
    contents = tf.cond(
        head[_KIND_AT] == _PALETTE,
        lambda: _with_palette_as_grey(contents, head),
        lambda: contents,
    )
    # TensorFlow scales numbers of fewer bits to 16.
    scale = tf.gather(_SCALES, tf.cast(head[PNG_BITS_AT], tf.int32))
    return Levels(tf.io.decode_png(contents, dtype=tf.uint16), scale)


def to_numbers(mask: Levels, path: tf.Tensor) -> tf.Tensor:
    """The numbers in the file of a mask.

    They are the levels of a grey PNG, also of one with three equal channels, and the
    indices of a palette PNG, as they are in the file: 0 and 1 for one bit, up to 65535
    for 16 bits. Transparency is ignored.

    Args:
        mask: The mask, or a part of it.
        path: Path of the file, a string tensor `()`, for messages.

    Returns:
        An int32 tensor `(height, width, 1)`.

    Raises:
        tf.errors.InvalidArgumentError: If the mask contains colours. The error names
            the file.
    """
    num_channels = tf.shape(mask.levels)[2]
    without_alpha = mask.levels[..., : num_channels - 1 + num_channels % 2]
    levels = mask.levels[..., :1]
    is_grey = tf.reduce_all(without_alpha == levels)
    levels = allow_if(is_grey, levels, [path, _WHY_COLOURS])
    return tf.cast(levels, tf.int32) // mask.scale


def image_size(
    path: tf.Tensor, orientation: tf.Tensor | None, in_python: bool
) -> tf.Tensor:
    """Height and width of an image, turned upright: an int64 `(2,)`.

    Args:
        path: Its path, a string tensor `()`.
        orientation: Its EXIF orientation, or `None`.
        in_python: Whether formats that TensorFlow does not know are read in Python.
    """
    contents = tf.io.read_file(path)
    size = declared_size(contents)
    if in_python:
        size = tf.cond(
            is_in_python(path) & tf.reduce_all(size == 0),
            lambda: declared_size_with_python(contents),
            lambda: size,
        )
    return turn_size(size, orientation)


def allow_size(
    mask: tf.Tensor, path: tf.Tensor, image_path: tf.Tensor, wanted: tf.Tensor
) -> tf.Tensor:
    """A mask, which must have the size of its image.

    Args:
        mask: The mask, `(height, width, channels)`, turned upright.
        path: Its path, a string tensor `()`.
        image_path: Path of the image.
        wanted: Height and width of the image, an int64 `(2,)`.

    Returns:
        The mask.
    """
    size = tf.shape(mask, tf.int64)[:2]
    return allow_if(
        tf.reduce_all(size == wanted),
        mask,
        [
            path,
            "is a mask of another size than its image: height and width",
            size,
            "and, of the image",
            image_path,
            wanted,
        ],
    )


def _with_palette_as_grey(contents: tf.Tensor, head: tf.Tensor) -> tf.Tensor:
    """Declares a palette PNG grey, so that its indices are decoded, not its colours."""
    crc = tf.bitwise.bitwise_xor(head[_CRC_AT:_END], _CRC_OF_PALETTE)
    return tf.strings.join(
        [
            tf.strings.substr(contents, 0, _KIND_AT),
            _BYTES[0],
            tf.strings.substr(contents, _KIND_AT + 1, _CRC_AT - _KIND_AT - 1),
            tf.strings.reduce_join(tf.gather(_BYTES, tf.cast(crc, tf.int32))),
            tf.strings.substr(contents, _END, tf.int32.max),
        ]
    )
