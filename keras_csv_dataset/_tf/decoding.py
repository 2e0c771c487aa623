"""Decodes an image file of any format in any colour mode."""

import tensorflow as tf

from keras_csv_dataset._tf.declared_size import (
    allow,
    allow_jpeg,
    allow_pixels,
    gif_pixels,
    jpeg_pixels,
    pixels_in_header,
)

# The first bytes of files. TensorFlow decodes WebP from version 2.20 on.
_SIGNATURES = {
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG",
    ".gif": b"GIF8",
    ".bmp": b"BM",
} | ({".webp": b"RIFF"} if hasattr(tf.io, "decode_webp") else {})
DECODABLE_SUFFIXES = tuple(sorted((*_SIGNATURES, ".jpg")))
_WHY_UNKNOWN = (
    "is empty, or not an image in a format that is decoded here "
    f"({', '.join(_SIGNATURES)})"
)
_CMYK = 4

# Where the flags of an extended WebP are, and two of them.
_WEBP_FLAGS_AT, _WEBP_IS_ANIMATED, _WEBP_HAS_ALPHA = 20, 0x02, 0x10
_BYTES = [bytes([byte]) for byte in range(256)]


def is_jpeg(contents: tf.Tensor) -> tf.Tensor:
    """Whether a file is a JPEG: a boolean tensor `()`."""
    return tf.io.is_jpeg(contents)


def decode_image(contents: tf.Tensor, path: tf.Tensor, num_channels: int) -> tf.Tensor:
    """Decodes an image of any format, with the arguments of `decode_other`."""
    return tf.cond(
        is_jpeg(contents),
        lambda: decode_jpeg(allow_jpeg(contents, path), num_channels),
        lambda: decode_other(contents, path, num_channels),
    )


def decode_jpeg(contents: tf.Tensor, num_channels: int, ratio: int = 1) -> tf.Tensor:
    """Decodes a JPEG, at `1 / ratio` of its size: 1, 2, 4 or 8.

    The pixels are those of `decode_other`, which see.
    """

    def decode(channels: int) -> tf.Tensor:
        return tf.io.decode_jpeg(contents, channels, ratio)

    if num_channels == 1:
        return tf.cond(
            tf.image.extract_jpeg_shape(contents)[2] == _CMYK,
            lambda: tf.image.rgb_to_grayscale(decode(3)),
            lambda: decode(1),
        )
    return decode(3) if num_channels == 3 else _with_alpha(decode(3))


def decode_other(contents: tf.Tensor, path: tf.Tensor, num_channels: int) -> tf.Tensor:
    """Decodes an image that is not a JPEG as Keras does, and where Keras cannot.

    Keras's decoder does not make greyscale from BMP, GIF, WebP and CMYK, RGBA from JPEG
    and GIF, or RGB from WebP with an alpha channel. In these cases grey is the luma of
    RGB (ITU-R BT.601), as in JPEG, and an image without transparency is opaque.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        path: Path of the file, a string tensor `()`, for messages.
        num_channels: 1, 3 or 4.

    Returns:
        The image, a uint8 tensor `(height, width, num_channels)`; of an animation,
        the first frame.

    Raises:
        tf.errors.InvalidArgumentError: If it cannot be decoded. The error names the
            file if it is empty, has another format, or declares too many pixels. All
            other damage is found by TensorFlow's decoders, which do not know the name.
    """
    matches = _matches(contents)
    contents = allow(contents, path, tf.reduce_any(matches), _WHY_UNKNOWN)
    is_format = dict(zip(_SIGNATURES, tf.unstack(matches), strict=True))
    pixels = tf.cond(
        is_format[".gif"],
        lambda: gif_pixels(contents),
        lambda: pixels_in_header(contents),
    )
    contents = allow_pixels(contents, path, pixels)
    is_webp = is_format.get(".webp", tf.constant(False))

    def decode_color() -> tf.Tensor:
        # TensorFlow decodes WebP only with the channels of the file.
        return tf.cond(
            is_webp, lambda: _decode_webp(contents), lambda: _decode(contents, 3)
        )

    if num_channels == 3:
        return decode_color()[..., :3]
    if num_channels == 1:
        return tf.cond(
            is_format[".png"],
            lambda: _decode(contents, 1),
            lambda: tf.image.rgb_to_grayscale(decode_color()[..., :3]),
        )
    return tf.cond(
        is_format[".png"] | is_format[".bmp"],
        lambda: _decode(contents, 4),
        lambda: _with_alpha(decode_color()),
    )


def has_known_format(contents: tf.Tensor) -> bool:
    """Whether a file starts like an image in a format that is decoded here."""
    return bool(tf.reduce_any(_matches(contents)))


def declared_pixels(contents: tf.Tensor) -> int:
    """Number of pixels that a file declares, outside a graph."""
    is_format = dict(zip(_SIGNATURES, _matches(contents).numpy(), strict=True))
    if is_format[".jpeg"]:
        return int(jpeg_pixels(contents))
    count = gif_pixels if is_format[".gif"] else pixels_in_header
    return int(count(contents))


def _matches(contents: tf.Tensor) -> tf.Tensor:
    """Whether a file starts with each signature: a boolean tensor `(formats,)`."""
    lengths = list(map(len, _SIGNATURES.values()))
    starts = tf.strings.substr(contents, [0] * len(lengths), lengths)
    return starts == list(_SIGNATURES.values())


def _decode_webp(contents: tf.Tensor) -> tf.Tensor:
    """Decodes a WebP with as many channels as it declares.

    Of an animation, TensorFlow writes four channels into a buffer of as many channels
    as the file declares, even if these are three. So each animation is made to declare
    four. Its first frame is the same.
    """
    head = tf.io.decode_raw(contents, tf.uint8, fixed_length=_WEBP_FLAGS_AT + 1)
    flags = head[_WEBP_FLAGS_AT]
    is_animated = (head[15] == ord("X")) & (flags & _WEBP_IS_ANIMATED != 0)
    flags |= tf.where(is_animated, tf.constant(_WEBP_HAS_ALPHA, tf.uint8), 0)
    rest_at = tf.minimum(_WEBP_FLAGS_AT + 1, tf.strings.length(contents))
    contents = tf.strings.join(
        [
            tf.strings.substr(contents, 0, _WEBP_FLAGS_AT),
            tf.gather(_BYTES, tf.cast(flags, tf.int32)),
            tf.strings.substr(contents, rest_at, tf.int32.max),
        ]
    )
    return _decode(contents, 0)


def _decode(contents: tf.Tensor, num_channels: int) -> tf.Tensor:
    return tf.image.decode_image(contents, num_channels, expand_animations=False)


def _with_alpha(image: tf.Tensor) -> tf.Tensor:
    """Adds an opaque fourth channel to three."""
    missing = 4 - tf.shape(image)[2]
    return tf.pad(image, [[0, 0], [0, 0], [0, missing]], constant_values=255)
