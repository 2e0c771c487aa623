"""Small files that declare many pixels."""

import io
import struct
import zlib

import tensorflow as tf
from PIL import Image

NEEDS_WEBP = not hasattr(tf.io, "decode_webp")


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG of one bit per pixel that declares a size, with any content."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def encoded(format: str, **options) -> bytearray:
    """A small image, encoded in a format."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, format, **options)
    return bytearray(file.getvalue())


def jpeg_that_declares(width: int, height: int) -> bytes:
    file = encoded("JPEG", progressive=True)
    at = file.index(b"\xff\xc2") + 5
    file[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(file)


def webp_that_declares(width: int, height: int) -> bytes:
    file = encoded("WEBP", lossless=True)
    file[21:25] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(file)


def gif_of_frames(count: int, width: int, height: int) -> bytes:
    """An animated GIF of truncated frames that declare a size."""
    frame = (
        b"\x2c"
        + struct.pack("<HHHH", 0, 0, width, height)
        + b"\x00\x02\x02\x4c\x01\x00"
    )
    canvas = b"GIF89a" + struct.pack("<HH", 8, 8) + b"\x80\x00\x00" + bytes(6)
    delay = b"\x21\xf9\x04\x00\x00\x00\x00\x00"
    return canvas + (delay + frame) * count + b"\x3b"


BOMBS = {
    "png": png(60_000, 60_000),
    "png, and holds it": png(20_000, 20_000, bytes(20_000 * 2_501)),
    "jpeg": jpeg_that_declares(60_000, 60_000),
    "gif": gif_of_frames(3_000, 30_000, 30_000),
    **({} if NEEDS_WEBP else {"webp": webp_that_declares(16_000, 16_000)}),
}
