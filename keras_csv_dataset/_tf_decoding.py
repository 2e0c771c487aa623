"""Decodes an image file of any format in any colour mode."""

import numpy as np
import tensorflow as tf

# The bytes with which a file of each format begins; zeros stand for any byte.
# TensorFlow decodes WebP from 2.20 on.
_SIGNATURES = {
    ".bmp": b"BM",
    ".gif": b"GIF8",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
} | ({".webp": b"RIFF\0\0\0\0WEBP"} if hasattr(tf.io, "decode_webp") else {})
_SIGNATURE_LENGTH = max(map(len, _SIGNATURES.values()))
DECODABLE_SUFFIXES = (*_SIGNATURES, ".jpg")
_CMYK = 4


def decode_image(contents: tf.Tensor, path: tf.Tensor, num_channels: int) -> tf.Tensor:
    """Decodes an image as Keras does, and where Keras cannot.

    Keras's decoder has no greyscale from BMP, GIF, WebP and CMYK, and no RGBA from JPEG
    and GIF. There, grey is the luma of RGB (ITU-R BT.601), as in JPEG, and what has no
    transparency is opaque.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        path: Path of the file, a string tensor `()`, for messages.
        num_channels: 1, 3 or 4.

    Returns:
        The image, a uint8 tensor `(height, width, num_channels)`; of an animation,
        the first frame.

    Raises:
        tf.errors.InvalidArgumentError: If it cannot be decoded. The error names the
            file if that is empty or of another format; TensorFlow's decoders, which
            find all other damage, do not know the name.
    """
    return tf.cond(
        tf.io.is_jpeg(contents),
        lambda: decode_jpeg(contents, num_channels),
        lambda: _decode_other(contents, path, num_channels),
    )


def decode_jpeg(contents: tf.Tensor, num_channels: int, ratio: int = 1) -> tf.Tensor:
    """Decodes a JPEG, at `1 / ratio` of its size: 1, 2, 4 or 8."""

    def decode(channels: int) -> tf.Tensor:
        return tf.io.decode_jpeg(contents, channels, ratio)

    if num_channels == 1:
        return tf.cond(
            tf.image.extract_jpeg_shape(contents)[2] == _CMYK,
            lambda: tf.image.rgb_to_grayscale(decode(3)),
            lambda: decode(1),
        )
    return decode(3) if num_channels == 3 else _with_alpha(decode(3))


def _decode_other(contents: tf.Tensor, path: tf.Tensor, num_channels: int) -> tf.Tensor:
    signatures = np.zeros((len(_SIGNATURES), _SIGNATURE_LENGTH), np.uint8)
    for row, signature in zip(signatures, _SIGNATURES.values(), strict=True):
        row[: len(signature)] = list(signature)
    start = tf.io.decode_raw(contents, tf.uint8, fixed_length=_SIGNATURE_LENGTH)
    matches = tf.reduce_all((start == signatures) | (signatures == 0), axis=1)
    is_format = dict(zip(_SIGNATURES, tf.unstack(matches), strict=True))
    is_webp = is_format.get(".webp", tf.constant(False))

    why = tf.where(
        tf.strings.length(contents) > 0,
        f"is not an image in a format that is decoded here ({', '.join(_SIGNATURES)})",
        "is empty",
    )
    check = tf.raw_ops.Assert(condition=tf.reduce_any(matches), data=[path, why])
    with tf.control_dependencies([] if tf.executing_eagerly() else [check]):
        contents = tf.identity(contents)

    def decode_rgb() -> tf.Tensor:
        # WebP is decoded with the channels that it has, or not at all.
        return tf.cond(
            is_webp, lambda: _decode(contents, 0)[..., :3], lambda: _decode(contents, 3)
        )

    if num_channels == 3:
        return decode_rgb()
    if num_channels == 1:
        return tf.cond(
            is_format[".png"],
            lambda: _decode(contents, 1),
            lambda: tf.image.rgb_to_grayscale(decode_rgb()),
        )
    return tf.cond(
        is_format[".gif"],
        lambda: _with_alpha(_decode(contents, 3)),
        lambda: tf.cond(
            is_webp,
            lambda: _with_alpha(_decode(contents, 0)),
            lambda: _decode(contents, 4),
        ),
    )


def _decode(contents: tf.Tensor, num_channels: int) -> tf.Tensor:
    return tf.image.decode_image(contents, num_channels, expand_animations=False)


def _with_alpha(image: tf.Tensor) -> tf.Tensor:
    """Adds the fourth channel, opaque, where there are three."""
    missing = 4 - tf.shape(image)[2]
    return tf.pad(image, [[0, 0], [0, 0], [0, missing]], constant_values=255)
