"""Decodes an image file of any format in any colour mode."""

from collections.abc import Mapping

import tensorflow as tf

# The first bytes of files. TensorFlow decodes WebP from version 2.20 on.
_SIGNATURES = {
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG",
    ".gif": b"GIF8",
    ".bmp": b"BM",
} | ({".webp": b"RIFF"} if hasattr(tf.io, "decode_webp") else {})
DECODABLE_SUFFIXES = tuple(sorted((*_SIGNATURES, ".jpg")))
_CMYK = 4


def decode_image(
    contents: tf.Tensor, path: tf.Tensor, num_channels: int, may_be_webp: bool = True
) -> tf.Tensor:
    """Decodes an image as Keras does, and where Keras cannot.

    Keras's decoder does not make greyscale from BMP, GIF, WebP and CMYK, RGBA from JPEG
    and GIF, or RGB from WebP with an alpha channel. In these cases grey is the luma of
    RGB (ITU-R BT.601), as in JPEG, and an image without transparency is opaque.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        path: Path of the file, a string tensor `()`, for messages.
        num_channels: 1, 3 or 4.
        may_be_webp: Whether the file could be WebP. If not, RGB needs no branches,
            which take up to a twentieth of the time of a small image.

    Returns:
        The image, a uint8 tensor `(height, width, num_channels)`; of an animation,
        the first frame.

    Raises:
        tf.errors.InvalidArgumentError: If it cannot be decoded. The error names the
            file if it is empty or has another format. All other damage is found by
            TensorFlow's decoders, which do not know the name.
    """
    matches = tf.strings.substr(
        contents, [0] * len(_SIGNATURES), list(map(len, _SIGNATURES.values()))
    ) == list(_SIGNATURES.values())
    formats = ", ".join(_SIGNATURES)
    why = f"is empty, or not an image in a format that is decoded here ({formats})"
    check = tf.raw_ops.Assert(condition=tf.reduce_any(matches), data=[path, why])
    with tf.control_dependencies([] if tf.executing_eagerly() else [check]):
        contents = tf.identity(contents)
    if num_channels == 3 and not may_be_webp:
        return _decode(contents, 3)
    is_format = dict(zip(_SIGNATURES, tf.unstack(matches), strict=True))
    return tf.cond(
        is_format[".jpeg"],
        lambda: decode_jpeg(contents, num_channels),
        lambda: _decode_other(contents, is_format, num_channels),
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


def _decode_other(
    contents: tf.Tensor, is_format: Mapping[str, tf.Tensor], num_channels: int
) -> tf.Tensor:
    is_webp = is_format.get(".webp", tf.constant(False))

    def decode_rgb() -> tf.Tensor:
        # TensorFlow decodes WebP only with the channels of the file.
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
        is_format[".png"] | is_format[".bmp"],
        lambda: _decode(contents, 4),
        lambda: _with_alpha(
            tf.cond(is_webp, lambda: _decode(contents, 0), lambda: _decode(contents, 3))
        ),
    )


def _decode(contents: tf.Tensor, num_channels: int) -> tf.Tensor:
    return tf.image.decode_image(contents, num_channels, expand_animations=False)


def _with_alpha(image: tf.Tensor) -> tf.Tensor:
    """Adds an opaque fourth channel to three."""
    missing = 4 - tf.shape(image)[2]
    return tf.pad(image, [[0, 0], [0, 0], [0, missing]], constant_values=255)
