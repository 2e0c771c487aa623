"""Decodes an image file of any format in any colour mode."""

import tensorflow as tf

from keras_csv_dataset._tf.declared_size import allow_jpeg, allow_other
from keras_csv_dataset._tf.formats import decode_with_python, is_in_python
from keras_csv_dataset._tf.headers import OTHER_FORMATS, is_deep_png, read_header

_CMYK = 4
# The ratios by which libjpeg can reduce an image while decoding it.
_RATIOS = (1, 2, 4, 8)

# The start of an animated WebP, up to the byte with its flags (`\C` is any byte), and
# what that byte is if the animation has an alpha channel.
_IS_ANIMATED, _HAS_ALPHA = 0x02, 0x10
_FLAGS = "".join(f"\\x{flags:02x}" for flags in range(128) if flags & _IS_ANIMATED)
_ANIMATION = rf"^(RIFF\C{{4}}WEBPVP8X\C{{4}})[{_FLAGS}]"
_ANIMATION_WITH_ALPHA = rf"\1{chr(_IS_ANIMATED | _HAS_ALPHA)}"


def is_jpeg(contents: tf.Tensor) -> tf.Tensor:
    """Whether a file is a JPEG: a boolean tensor `()`."""
    return tf.io.is_jpeg(contents)


def decode_image(
    contents: tf.Tensor, path: tf.Tensor, num_channels: int, in_python: bool = False
) -> tf.Tensor:
    """Decodes an image of any format, with the arguments of `decode_other`."""
    return tf.cond(
        is_jpeg(contents),
        lambda: decode_jpeg(allow_jpeg(contents, path), num_channels),
        lambda: decode_other(contents, path, num_channels, in_python),
    )


def decode_target(
    contents: tf.Tensor, path: tf.Tensor, num_channels: int, in_python: bool = False
) -> tf.Tensor:
    """Decodes an image that is a label: the numbers of a PNG keep their 16 bits.

    The arguments are those of `decode_other`.

    Returns:
        A float32 tensor `(height, width, num_channels)` of numbers from 0 to 255, or
        to 65535 for a PNG with 16 bits.
    """

    def decode_deep_png() -> tf.Tensor:
        png = allow_other(contents, path, read_header(contents))
        return tf.cast(tf.io.decode_png(png, num_channels, tf.uint16), tf.float32)

    return tf.cond(
        is_deep_png(contents),
        decode_deep_png,
        lambda: tf.cast(
            decode_image(contents, path, num_channels, in_python), tf.float32
        ),
    )


def decode_jpeg(contents: tf.Tensor, num_channels: int, ratio: int = 1) -> tf.Tensor:
    """Decodes a JPEG, at `1 / ratio` of its size: 1, 2, 4 or 8.

    Grey and alpha are the same as in `decode_other`.
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


def decode_scaled_jpeg(
    contents: tf.Tensor,
    num_channels: int,
    lengths: tf.Tensor,
    wanted: tf.Tensor | int,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Decodes a JPEG at 1/8, 1/4 or 1/2 of its size if that is enough.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        num_channels: 1, 3 or 4.
        lengths: The height and the width that are needed of the whole image.
        wanted: What they must not become smaller than.

    Returns:
        The image, as from `decode_jpeg`, and the ratio: the size is `1 / ratio`.
    """
    is_enough = [tf.reduce_all(lengths >= wanted * ratio) for ratio in _RATIOS[1:]]
    step = tf.reduce_sum(tf.cast(tf.stack(is_enough), tf.int32))
    image = tf.switch_case(
        step, [lambda r=r: decode_jpeg(contents, num_channels, r) for r in _RATIOS]
    )
    return image, tf.gather(_RATIOS, step)


def decode_other(
    contents: tf.Tensor, path: tf.Tensor, num_channels: int, in_python: bool = False
) -> tf.Tensor:
    """Decodes an image that is not a JPEG as Keras does, and also where Keras cannot.

    Keras's decoder cannot make greyscale from BMP, GIF, WebP or CMYK; RGBA from JPEG
    or GIF; or RGB from WebP with an alpha channel. In these cases, grey is the luma of
    RGB (ITU-R BT.601), as in JPEG, and an image without transparency is opaque.

    Args:
        contents: The bytes of the file, a string tensor `()`.
        path: Path of the file, a string tensor `()`, for messages.
        num_channels: 1, 3 or 4.
        in_python: Whether files in formats that TensorFlow does not know are decoded in
            Python, if they have their suffixes.

    Returns:
        The image, a uint8 tensor `(height, width, num_channels)`; for an animation,
        the first frame.

    Raises:
        tf.errors.InvalidArgumentError: If it cannot be decoded. The error names the
            file if it is empty, has another format, or declares too many pixels. All
            other damage is found by TensorFlow's decoders, which do not know the name.
    """
    header = read_header(contents)

    def decode_known() -> tf.Tensor:
        allowed = allow_other(contents, path, header)
        decode = {
            "png": lambda: _decode(allowed, num_channels),
            "gif": lambda: _from_rgb(_decode(allowed, 3), num_channels),
            "bmp": lambda: _decode_bmp(allowed, num_channels),
            "webp": lambda: _decode_webp(allowed, num_channels),
        }
        return tf.switch_case(header.format, [decode[name] for name in OTHER_FORMATS])

    if not in_python:
        return decode_known()
    return tf.cond(
        is_in_python(path) & (header.format < 0),
        lambda: _from_rgb(
            decode_with_python(contents, path, num_channels), num_channels
        ),
        decode_known,
    )


def _decode_bmp(contents: tf.Tensor, num_channels: int) -> tf.Tensor:
    if num_channels == 4:
        return _decode(contents, 4)
    return _from_rgb(_decode(contents, 3), num_channels)


def _decode_webp(contents: tf.Tensor, num_channels: int) -> tf.Tensor:
    """Decodes a WebP, for which TensorFlow demands the number of channels in the file.

    For an animation, TensorFlow writes four channels into a buffer with as many
    channels as the file declares, even if that is three. So every animation is made to
    declare four, which does not change its first frame.
    """
    contents = tf.strings.regex_replace(
        contents, _ANIMATION, _ANIMATION_WITH_ALPHA, replace_global=False
    )
    image = _decode(contents, 0)
    return (
        _with_alpha(image)
        if num_channels == 4
        else _from_rgb(image[..., :3], num_channels)
    )


def _from_rgb(image: tf.Tensor, num_channels: int) -> tf.Tensor:
    """Makes an image of 1, 3 or 4 channels from one of 3."""
    if num_channels == 1:
        return tf.image.rgb_to_grayscale(image)
    return image if num_channels == 3 else _with_alpha(image)


def _decode(contents: tf.Tensor, num_channels: int) -> tf.Tensor:
    return tf.image.decode_image(contents, num_channels, expand_animations=False)


def _with_alpha(image: tf.Tensor) -> tf.Tensor:
    """Adds an opaque fourth channel to three."""
    missing = 4 - tf.shape(image)[2]
    return tf.pad(image, [[0, 0], [0, 0], [0, missing]], constant_values=255)
