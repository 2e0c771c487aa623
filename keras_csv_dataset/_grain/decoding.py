"""Decodes one image without TensorFlow.

JPEGs are decoded by simplejpeg (libjpeg-turbo) with the fast DCT and the smooth colour
upsampling that `tf.image.decode_image` uses. The pixels are identical for baseline and
progressive files of every subsampling. Pillow uses the accurate DCT, which differs by
up to 17 grey levels. It decodes all other formats, except DICOM and HEIC.
"""

import io
import re
import struct
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from keras_csv_dataset._files import Decodable
from keras_csv_dataset._formats import (
    PYTHON_FORMATS,
    declared_size_in_python,
    decode_in_python,
    readable_suffixes,
    recognise,
    say_what_to_install,
)
from keras_csv_dataset._images import MOST_PIXELS, too_many_pixels

_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")

Pixels = NDArray[np.uint8]

# The ratios by which libjpeg can reduce an image while decoding it, best first.
_RATIOS = (8, 4, 2)

_COLORSPACES = {1: "GRAY", 3: "RGB", 4: "RGBA"}
_JPEG_SIGNATURE = b"\xff\xd8\xff"
_PNG_SIGNATURE = b"\x89PNG"
_PILLOW_CLASSES: dict[bytes, type[ImageFile.ImageFile]] = {
    b"BM": BmpImagePlugin.BmpImageFile,
    b"GIF8": GifImagePlugin.GifImageFile,
    _JPEG_SIGNATURE: JpegImagePlugin.JpegImageFile,
    _PNG_SIGNATURE: PngImagePlugin.PngImageFile,
    b"RIFF": WebPImagePlugin.WebPImageFile,
}
_SIGNATURES = tuple(_PILLOW_CLASSES)
_PILLOW_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
# The weights of red, green and blue in grey: libpng's for PNGs, and those of
# `tf.image.rgb_to_grayscale` for all other formats. Both truncate, so the last number
# cancels the 0.5 that Pillow adds.
_GREY_OF_LIBPNG = (9797 / 32768, 19234 / 32768, 3737 / 32768, -0.5)
_GREY_OF_TENSORFLOW = (*(w * 255.5 / 255 for w in (0.2989, 0.5870, 0.1140)), -0.5)
# Pillow raises any of these for a damaged file.
DECODING_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
)


def decodable_formats(cached: bool) -> Decodable:
    """The formats that a call can decode: the same with a cache and without."""
    return Decodable(_SUFFIXES + readable_suffixes(), say_what_to_install)


def decode_like_tensorflow(encoded: bytes, channels: int) -> Pixels:
    """Decodes as the tf format does.

    Args:
        encoded: Contents of the file.
        channels: 1, 3 or 4.

    Returns:
        Pixels `(height, width, channels)`; the first frame of an animation.

    Raises:
        ValueError: If the file is damaged or not an image; the message says which.
    """
    if encoded.startswith(_JPEG_SIGNATURE):
        try:
            return decode_jpeg(encoded, channels)
        except ValueError:
            # simplejpeg refuses rare kinds of JPEG, and damage about which libjpeg only
            # warns. Pillow reads both, but refuses truncated files, as TensorFlow does.
            return _decode_with_pillow(encoded, channels)
    if channels == 1:
        is_png = encoded.startswith(_PNG_SIGNATURE)
        rgb = decode_like_keras_grain(encoded, 3)
        return _in_grey(rgb, _GREY_OF_LIBPNG if is_png else _GREY_OF_TENSORFLOW)
    if channels == 4 and encoded.startswith(b"BM"):
        return _decode_bmp_as_rgba(encoded)
    return decode_like_keras_grain(encoded, channels)


def decode_target(
    encoded: bytes, channels: int, decode: Callable[[bytes, int], Pixels]
) -> NDArray[Any]:
    """Decodes an image that is a label: the numbers of a PNG keep their 16 bits.

    Args:
        encoded: Contents of the file.
        channels: 1, 3 or 4.
        decode: Decodes all other files.

    Returns:
        Pixels `(height, width, channels)`, uint16 for a PNG of 16 bits, else uint8.
    """
    if not encoded.startswith(_PNG_SIGNATURE) or _png_bits(encoded) != 16:
        return decode(encoded, channels)
    deep = _decode_png_as_it_is(encoded)
    colours = _without_alpha(deep)
    if channels == 1:
        if colours.shape[2] == 1:
            return colours
        grey: NDArray[Any] = colours @ np.array(_GREY_OF_LIBPNG[:3])
        return grey.astype(np.uint16)[..., np.newaxis]
    pixels = np.broadcast_to(colours, (*colours.shape[:2], 3))
    if channels == 3:
        return pixels
    has_alpha = deep.shape[2] in (2, 4)
    alpha = deep[..., -1:] if has_alpha else np.full_like(deep[..., :1], 0xFFFF)
    return np.concatenate([pixels, alpha], axis=2)


def decode_mask(encoded: bytes) -> NDArray[np.int32]:
    """Decodes a mask to the numbers in its file.

    They are the levels of a grey PNG, also of one with three equal channels, and the
    indices of a palette PNG, as they are in the file: 0 and 1 for one bit, up to 65535
    for 16 bits. Transparency is ignored.

    Args:
        encoded: Contents of the file.

    Returns:
        int32 `(height, width, 1)`.

    Raises:
        ValueError: If it is no PNG, contains colours, or is damaged.
    """
    if not encoded.startswith(_PNG_SIGNATURE):
        raise ValueError(
            "it is not a PNG file. Masks must be PNG files: JPEG changes the values, "
            "and other formats are not read exactly"
        )
    try:
        with open_image(encoded) as image:
            _check_size(image.height, image.width)
            if image.mode == "P":
                return np.asarray(image, np.int32)[..., np.newaxis]
    except (*DECODING_ERRORS, Image.DecompressionBombError) as error:
        raise ValueError(str(error)) from error
    numbers = _decode_png_as_it_is(encoded).astype(np.int32)
    bits = _png_bits(encoded)
    if bits < 8:
        # They are scaled to 8 bits.
        numbers //= 255 // ((1 << bits) - 1)
    if (_without_alpha(numbers) != numbers[..., :1]).any():
        raise ValueError(
            "it is a mask of colours, not of numbers: save the class of each pixel as "
            "a grey or palette PNG"
        )
    return numbers[..., :1]


def _without_alpha(pixels: NDArray[Any]) -> NDArray[Any]:
    """The one or three colours of pixels with one to four channels."""
    return pixels[..., : 3 if pixels.shape[2] > 2 else 1]


def _png_bits(encoded: bytes) -> int:
    """How many bits each channel of a PNG has."""
    return encoded[24] if len(encoded) > 24 else 0


def _decode_png_as_it_is(encoded: bytes) -> NDArray[Any]:
    """Decodes a PNG without a palette: uint8 or uint16, with all its channels."""
    decoded = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise ValueError("it is damaged")
    pixels: NDArray[Any] = np.atleast_3d(decoded)
    # OpenCV starts with blue.
    num_channels = pixels.shape[2]
    order = [2, 1, 0, 3] if num_channels > 2 else [0, 1]
    return pixels[..., order[:num_channels]]


def declared_size(encoded: bytes) -> tuple[int, int]:
    """Height and width in the header; zeros if it cannot be read."""
    try:
        if size := jpeg_size(encoded):
            return size
        if _is_decoded_in_python(encoded):
            return declared_size_in_python(encoded)
        with open_image(encoded) as image:
            return image.height, image.width
    except (*DECODING_ERRORS, Image.DecompressionBombError):
        return 0, 0


def jpeg_size(encoded: bytes) -> tuple[int, int] | None:
    """Height and width of a JPEG; `None` for another format or a damaged header."""
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(encoded)
    except ValueError:
        return None
    return height, width


def largest_ratio(lengths: tuple[int, int], wanted: tuple[int, int]) -> int:
    """The largest ratio by which a JPEG can be reduced and still be large enough.

    Args:
        lengths: The height and the width that are needed of the whole image.
        wanted: What they must not become smaller than.
    """
    for ratio in _RATIOS:
        if all(
            length >= least * ratio
            for length, least in zip(lengths, wanted, strict=True)
        ):
            return ratio
    return 1


def decode_jpeg(encoded: bytes, channels: int, ratio: int = 1) -> Pixels:
    """Decodes a JPEG at `1 / ratio` of its size: 1, 2, 4 or 8.

    Raises:
        ValueError: If simplejpeg refuses it.
    """
    height, width, colorspace, _ = simplejpeg.decode_jpeg_header(encoded)
    _check_size(height, width)
    is_cmyk = colorspace in ("CMYK", "YCCK")
    pixels: Pixels = simplejpeg.decode_jpeg(
        encoded,
        colorspace="CMYK" if is_cmyk else _COLORSPACES[channels],
        fastdct=True,
        fastupsample=False,
        # The smallest size that is not below these.
        min_height=-(-height // ratio),
        min_width=-(-width // ratio),
    )
    if not is_cmyk:
        return pixels
    # Files contain inverted inks, so each value is the share of a colour that remains.
    colours, black = pixels[..., :3].astype(np.uint16), pixels[..., 3:]
    rgb = (colours * black // 255).astype(np.uint8)
    if channels == 1:
        return _in_grey(rgb, _GREY_OF_TENSORFLOW)
    return _converted(Image.fromarray(rgb), channels)


def decode_like_keras_grain(encoded: bytes, channels: int) -> Pixels:
    """Decodes with Pillow, as Keras's own `format="grain"` does.

    A JPEG that Pillow refuses is decoded as in `decode_like_tensorflow`, so that the
    same files can be read with every interpolation.

    Args:
        encoded: Contents of the file.
        channels: 1, 3 or 4.

    Returns:
        Pixels `(height, width, channels)`; the first frame of an animation.

    Raises:
        ValueError: If the file is damaged or not an image; the message says which.
    """
    try:
        return _decode_with_pillow(encoded, channels)
    except ValueError as error:
        if not jpeg_size(encoded):
            raise
        try:
            return decode_jpeg(encoded, channels)
        except ValueError:
            raise error from None


def _decode_with_pillow(encoded: bytes, channels: int) -> Pixels:
    if not encoded:
        raise ValueError("the file is empty")
    if _is_decoded_in_python(encoded):
        decoded = decode_in_python(encoded)
        plane = decoded[..., 0] if decoded.shape[2] == 1 else decoded
        return _converted(Image.fromarray(plane), channels)
    try:
        with open_image(encoded) as image:
            _check_size(image.height, image.width)
            return _converted(_in_8_bits(image), channels)
    except Image.DecompressionBombError as error:
        # Pillow has the same limit, but raises its own class of error.
        pixels = int(re.findall(r"\d+", str(error))[0])
        raise ValueError(too_many_pixels(pixels)) from error
    except DECODING_ERRORS as error:
        raise ValueError(str(error)) from error


def _is_decoded_in_python(encoded: bytes) -> bool:
    return not encoded.startswith(_SIGNATURES) and recognise(encoded) is not None


def open_image(encoded: bytes) -> Image.Image:
    """Opens an image with Pillow, without decoding it.

    `PIL.Image.open` would warn about large images, and only changing the warning
    filters of the whole process would prevent that.

    Raises:
        ValueError: If it is not an image in a format that is decoded here.
        OSError, SyntaxError: If it is damaged.
    """
    for signature, image_class in _PILLOW_CLASSES.items():
        if encoded.startswith(signature):
            return image_class(io.BytesIO(encoded))
    own = [image_class.format or "" for image_class in _PILLOW_CLASSES.values()]
    formats = ", ".join([*own, *PYTHON_FORMATS])
    raise ValueError(f"it is not an image in a format that is decoded here ({formats})")


def _check_size(height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise ValueError(too_many_pixels(height * width))


def _in_grey(rgb: Pixels, weights: tuple[float, ...]) -> Pixels:
    return np.asarray(Image.fromarray(rgb).convert("L", weights))[:, :, None]


def _converted(image: Image.Image, channels: int) -> Pixels:
    """Pixels `(height, width, channels)`."""
    pixels = np.asarray(image.convert(_PILLOW_MODES[channels]))
    return pixels.reshape(*pixels.shape[:2], channels)


def _in_8_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow would clip 16-bit grey at 255, but TensorFlow keeps the high byte.
        levels = np.asarray(image)
        grey = Image.fromarray((levels >> 8).astype(np.uint8))
        transparent = image.info.get("transparency")
        if transparent is None:
            return grey
        # Pillow would not make this level transparent.
        alpha = Image.fromarray(np.where(levels == transparent, 0, 255).astype("uint8"))
        return Image.merge("LA", (grey, alpha))
    if image.mode == "P" and isinstance(image.info.get("transparency"), bytes):
        # Pillow warns that it drops the transparency unless there is alpha.
        return image.convert("RGBA")
    return image


def _decode_bmp_as_rgba(encoded: bytes) -> Pixels:
    """Reads the fourth byte of each pixel, which Pillow ignores, as its alpha."""
    pixels = decode_like_keras_grain(encoded, 4)
    height, width, _ = pixels.shape
    (start,) = struct.unpack_from("<I", encoded, 10)
    signed_height, _, bits = struct.unpack_from("<iHH", encoded, 22)
    if bits == 32 and len(encoded) >= start + 4 * height * width:
        raw = np.frombuffer(encoded, np.uint8, 4 * height * width, start)
        rows = raw.reshape(height, width, 4)
        # Most files start with the last row.
        pixels = (rows[::-1] if signed_height > 0 else rows)[..., [2, 1, 0, 3]]
    return pixels
