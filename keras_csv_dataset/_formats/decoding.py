"""Decodes TIFF, AVIF, HEIC and DICOM files in Python, without any framework."""

from keras_csv_dataset._formats.dicom import open_dicom
from keras_csv_dataset._formats.kinds import (
    AVIF,
    DICOM,
    HEIC,
    INSTALL,
    PYTHON_FORMATS,
    TIFF,
    Kind,
    recognise,
)
from keras_csv_dataset._formats.opened import Opened, Pixels, RefusalError
from keras_csv_dataset._formats.pillow_images import open_avif, open_heic, open_tiff
from keras_csv_dataset._images import MOST_PIXELS, too_many_pixels

_LONGEST_REASON = 300
_OPEN = {TIFF: open_tiff, AVIF: open_avif, HEIC: open_heic, DICOM: open_dicom}


def decode_in_python(contents: bytes) -> Pixels:
    """Decodes a file in one of the formats that `recognise` knows.

    Args:
        contents: Contents of the file.

    Returns:
        uint8 `(height, width, channels)`, turned upright: 1 channel for grey, 3 for
        colours, 4 for colours with alpha.

    Raises:
        ValueError: If it cannot be decoded; the message says why.
    """
    if not contents:
        raise ValueError("the file is empty")
    kind = recognise(contents)
    if kind is None:
        raise ValueError(
            "it is not an image in a format that is decoded here "
            f"({', '.join(PYTHON_FORMATS)})"
        )
    try:
        opened = _open(contents, kind)
        height, width = opened.size
        if height * width > MOST_PIXELS:
            raise RefusalError(too_many_pixels(height * width))
        pixels = opened.decode()
        if pixels.shape[:2] != opened.size:
            raise RefusalError(
                f"it declares the height and width {opened.size}, but has "
                f"{pixels.shape[:2]}"
            )
        return pixels
    except (RefusalError, MemoryError):
        raise
    except Exception as error:
        # The packages raise errors of many classes for damaged files.
        reason = " ".join(str(error).split())[:_LONGEST_REASON].rstrip(".")
        raise ValueError(
            f"it is not a sound {kind.name} file: {reason or type(error).__name__}"
        ) from error


def declared_size_in_python(contents: bytes) -> tuple[int, int]:
    """Height and width of a file, turned upright; zeros if they cannot be read."""
    kind = recognise(contents)
    try:
        return _open(contents, kind).size if kind is not None else (0, 0)
    except MemoryError:
        raise
    except Exception:
        return 0, 0  # The error is raised when the image is decoded.


def _open(contents: bytes, kind: Kind) -> Opened:
    if not kind.is_readable():
        raise RefusalError(f"{kind.need}: {INSTALL}")
    return _OPEN[kind](contents)
