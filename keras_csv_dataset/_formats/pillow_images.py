"""Decodes TIFF, AVIF and HEIC files with Pillow and pillow-heif."""

import io
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._formats.opened import Opened, Pixels, RefusalError
from keras_csv_dataset._images import MOST_PIXELS, too_many_pixels

if TYPE_CHECKING:
    from PIL import Image

_BITS, _COMPRESSION, _PHOTOMETRIC, _ORIENTATION = 258, 259, 262, 274
_PLANES, _TILE_WIDTH, _TILE_HEIGHT, _SAMPLE_FORMATS = 284, 322, 323, 339
_UNCOMPRESSED, _WHITE_IS_ZERO, _IN_PLANES, _WITH_SIGN = 1, 0, 2, 2
_SWAPPING_ORIENTATIONS = (5, 6, 7, 8)
# What Pillow says of TIFF files that it does not know how to read.
_UNKNOWN_PIXELS = (
    "unknown pixel mode",
    "unknown data organization",
    "Invalid value for samples per pixel",
)
# Pillow's modes that become one of these others, by the channels they have.
_PLAIN = {
    **dict.fromkeys(("1", "L"), "L"),
    **dict.fromkeys(("RGB", "RGBX", "CMYK", "YCbCr"), "RGB"),
    **dict.fromkeys(("LA", "PA", "RGBa", "RGBA"), "RGBA"),
}
_NO_SCALE = (
    "its pixel values are signed or 32-bit integers, which are not scaled: save it "
    "with unsigned 8-bit or 16-bit integers, or as floats from 0 to 1"
)


def open_tiff(contents: bytes) -> Opened:
    """Opens the first page of a TIFF file, which Pillow turns upright."""
    from PIL import TiffImagePlugin

    try:
        image = TiffImagePlugin.TiffImageFile(io.BytesIO(contents))
    except SyntaxError as error:
        if str(error) not in _UNKNOWN_PIXELS:
            raise
        raise RefusalError(
            "Pillow does not read its kind of pixels: save it as grey with 8 or 16 "
            "bits or with floats of 32 bits, or as RGB or RGBA with 8 or 16 bits"
        ) from error
    tags = image.tag_v2
    bits = max(tags.get(_BITS, (1,)))
    is_inverted = tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
    size = image.height, image.width
    if tags.get(_ORIENTATION) in _SWAPPING_ORIENTATIONS:
        size = _upright_size(image, size)

    # A tile can be larger than its image, and is decoded as a whole.
    tile = tags.get(_TILE_WIDTH, 0) * tags.get(_TILE_HEIGHT, 0)

    def decode() -> Pixels:
        if tile > MOST_PIXELS:
            raise RefusalError(too_many_pixels(tile))
        _refuse_misread(tags)
        image.load()
        return _levels(image, bits, is_inverted)

    return Opened(size, decode)


def _refuse_misread(tags: Any) -> None:
    """Refuses TIFF files that Pillow would decode to wrong levels."""
    bits, photometric = max(tags.get(_BITS, (1,))), tags.get(_PHOTOMETRIC)
    if _WITH_SIGN in tags.get(_SAMPLE_FORMATS, ()):
        raise RefusalError(_NO_SCALE)
    # Of these, Pillow reads every plane as if it had levels of 8 bits.
    is_raw = tags.get(_COMPRESSION, _UNCOMPRESSED) == _UNCOMPRESSED
    is_plain = bits == 8 and photometric != _WHITE_IS_ZERO
    if tags.get(_PLANES) == _IN_PLANES and is_raw and not is_plain:
        raise RefusalError(
            "its channels are stored one after the other without compression, which "
            "Pillow reads only with 8 bits: save it with the channels of each pixel "
            "together, or compressed"
        )


def _upright_size(image: "Image.Image", size: tuple[int, int]) -> tuple[int, int]:
    """Height and width after turning; Pillow from version 11 on gives these at once."""
    tags: Any = getattr(image, "tag_v2", {})
    stored = tags.get(257), tags.get(256)
    return size[::-1] if size == stored else size


def open_avif(contents: bytes) -> Opened:
    """Opens the first frame of an AVIF file.

    How it is to be turned is a property of the image in the file, and part of decoding
    it. Pillow gives it as the EXIF orientation, in place of that in the EXIF data.
    """
    from PIL import AvifImagePlugin, ImageOps

    image = AvifImagePlugin.AvifImageFile(io.BytesIO(contents))
    size = image.height, image.width
    if image.getexif().get(_ORIENTATION) in _SWAPPING_ORIENTATIONS:
        size = size[::-1]
    return Opened(size, lambda: _levels(ImageOps.exif_transpose(image)))


def open_heic(contents: bytes) -> Opened:
    """Opens the main image of a HEIC file, which libheif turns upright."""
    import pillow_heif

    # The main image can be a small part of a large one, which is decoded as a whole.
    for height, width in _coded_sizes(contents):
        if height * width > MOST_PIXELS:
            raise RefusalError(too_many_pixels(height * width))
    file = pillow_heif.open_heif(io.BytesIO(contents), convert_hdr_to_8bit=True)
    width, height = file.size
    return Opened((height, width), lambda: _levels(file.to_pillow()))


def _coded_sizes(contents: bytes) -> Iterator[tuple[int, int]]:
    """The sizes that the images in a HEIC file declare: height and width."""
    for size in re.finditer(rb"ispe\0\0\0\0(.{8})", contents, re.DOTALL):
        width, height = struct.unpack(">II", size[1])
        yield height, width


def _levels(
    image: "Image.Image", bits: int = 16, white_is_zero: bool = False
) -> Pixels:
    """Levels from 0 to 255 of an image of any mode.

    Args:
        image: The image.
        bits: The bits of each channel in the file; counts only for 9 to 16 bits.
        white_is_zero: Whether levels of 16 bits, or floats, are inverted in the file.
            Pillow inverts others.
    """
    mode = image.mode
    if mode.startswith("I;16"):
        deep = np.asarray(image).astype(np.uint16) >> (bits - 8)
        grey = np.minimum(deep, 255).astype(np.uint8)
        return _with_channels(255 - grey if white_is_zero else grey)
    if mode == "F":
        grey = _levels_of_floats(np.asarray(image))
        return _with_channels(255 - grey if white_is_zero else grey)
    if mode == "I":
        raise RefusalError(_NO_SCALE)
    if mode == "La":
        image = image.convert("LA")  # Pillow makes nothing else from it.
    plain = _PLAIN.get(image.mode)
    if mode == "P":
        plain = "RGBA" if "transparency" in image.info else "RGB"
    if plain is None:
        raise RefusalError(
            f"its kind of colours, {mode}, is not decoded here: save it as RGB"
        )
    return _with_channels(np.asarray(image.convert(plain)))


def _levels_of_floats(values: NDArray[np.float32]) -> Pixels:
    lowest, highest = values.min(), values.max()
    # Neither is true of a NaN.
    if not (lowest >= 0 and highest <= 1):
        raise RefusalError(
            f"its pixel values are floats from {lowest:g} to {highest:g}: scale them "
            "to the range from 0 to 1, which becomes 0 to 255, or save it with 8 or 16 "
            "bits"
        )
    return np.rint(values * 255).astype(np.uint8)


def _with_channels(pixels: Pixels) -> Pixels:
    return pixels.reshape(*pixels.shape[:2], -1)
