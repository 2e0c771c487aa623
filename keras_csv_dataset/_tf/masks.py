"""Decodes masks: the numbers in a PNG, which name classes."""

import zlib

import numpy as np
import tensorflow as tf

from keras_csv_dataset._tf.declared_size import (
    allow_if,
    allow_other,
    declared_size,
)
from keras_csv_dataset._tf.headers import OTHER_FORMATS, PNG_BITS_AT, read_header

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


def decode_mask(contents: tf.Tensor, path: tf.Tensor) -> tf.Tensor:
    """Decodes a mask to the numbers in its file.

    They are the levels of a grey PNG, also of one with three equal channels, and the
    indices of a palette PNG, as they are in the file: 0 and 1 for one bit, up to 65535
    for 16 bits. Transparency is ignored.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        path: Path of the file, a string tensor `()`, for messages.

    Returns:
        An int32 tensor `(height, width, 1)`.

    Raises:
        tf.errors.InvalidArgumentError: If it is no PNG, contains colours, or cannot be
            decoded. The error names the file, unless TensorFlow's decoder finds damage
            in it.
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
    levels = tf.cast(tf.io.decode_png(contents, dtype=tf.uint16), tf.int32)
    # TensorFlow scales numbers of fewer bits to 16.
    numbers = levels // tf.gather(_SCALES, tf.cast(head[PNG_BITS_AT], tf.int32))
    num_channels = tf.shape(numbers)[2]
    without_alpha = numbers[..., : num_channels - 1 + num_channels % 2]
    numbers = numbers[..., :1]
    is_grey = tf.reduce_all(without_alpha == numbers)
    return allow_if(is_grey, numbers, [path, _WHY_COLOURS])


def allow_size(mask: tf.Tensor, path: tf.Tensor, image_path: tf.Tensor) -> tf.Tensor:
    """A mask, which must have the size of its image.

    Args:
        mask: The mask, `(height, width, 1)`.
        path: Its path, a string tensor `()`.
        image_path: Path of the image.

    Returns:
        The mask.
    """
    size = tf.shape(mask, tf.int64)[:2]
    wanted = declared_size(tf.io.read_file(image_path))
    is_unknown = tf.reduce_all(wanted == 0)
    return allow_if(
        tf.reduce_all(size == wanted) | is_unknown,
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
