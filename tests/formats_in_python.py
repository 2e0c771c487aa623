"""Images in the formats that are decoded in Python, each with the pixels it shows."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    RLELossless,
    SecondaryCaptureImageStorage,
)

SUFFIXES = (".tif", ".avif", ".heic", ".dcm")


def picture(height: int = 21, width: int = 27) -> Image.Image:
    """A smooth pattern of colours that looks different whichever way it is turned."""
    rows, columns = np.mgrid[:height, :width]
    channels = (9 * rows, 8 * columns, 200 - 3 * (rows + columns))
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def save(path: Path, image: Image.Image, orientation: int = 1) -> Path:
    """Writes an image with nearly or exactly its pixels.

    Args:
        path: Its suffix is the format.
        image: Grey, RGB, or RGBA.
        orientation: How the file says that it is to be turned.
    """
    exif = Image.Exif()
    if orientation != 1:
        exif[0x0112] = orientation
    if path.suffix == ".dcm":
        save_dicom(path, np.asarray(image))
    elif path.suffix in (".heic", ".heif"):
        file = pillow_heif.from_pillow(image)
        file.save(path, quality=-1, chroma=444, exif=exif.tobytes())
    elif path.suffix == ".avif":
        image.save(path, exif=exif, quality=100, subsampling="4:4:4")
    else:
        image.save(path, exif=exif)
    return path


def save_dicom(path: Path, stored: np.ndarray, **elements: Any) -> Path:
    """Writes a DICOM file.

    Args:
        path: The file.
        stored: The stored values, `(height, width)` or `(height, width, 3)`; of several
            frames, with `NumberOfFrames` in `elements`.
        **elements: Further elements, by keyword.
    """
    path.write_bytes(dicom(stored, **elements))
    return path


def dicom(stored: np.ndarray, *, compress: bool = False, **elements: Any) -> bytes:
    """The contents of a DICOM file, with the arguments of `save_dicom`."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = "1.2.3"
    dataset.PatientName = "Nobody"
    is_colour = stored.ndim == 3 and stored.shape[-1] == 3
    dataset.SamplesPerPixel = 3 if is_colour else 1
    dataset.PhotometricInterpretation = "RGB" if is_colour else "MONOCHROME2"
    if is_colour:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = (
        stored.shape[-3:-1] if is_colour else stored.shape[-2:]
    )
    bits = 8 * stored.dtype.itemsize
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.HighBit = bits - 1
    dataset.PixelRepresentation = int(stored.dtype.kind == "i")
    dataset.PixelData = stored.tobytes() + bytes(stored.nbytes % 2)
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    if compress:
        dataset.compress(RLELossless)
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def look_up_table(entries: np.ndarray, first: int = 0) -> pydicom.Sequence:
    """A modality or VOI look-up table, whose entries are uint8 or uint16."""
    item = pydicom.Dataset()
    bits = 8 * entries.dtype.itemsize
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return pydicom.Sequence([item])


def tiff(height: int, width: int, more: dict[int, int] | None = None) -> bytes:
    """A grey TIFF of 8 bits with a size, further tags, and no pixels, or few."""
    entries = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 278: height}
    entries |= {277: 1, 279: height * width, **(more or {})}
    fields = b"".join(
        struct.pack("<HHII", t, 4, 1, v) for t, v in sorted(entries.items())
    )
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    return head + fields + bytes(4) + bytes(64)


def declaring(contents: bytes, height: int, width: int) -> bytes:
    """An AVIF or HEIC file whose image declares another size."""
    changed = bytearray(contents)
    at = 0
    while (at := changed.find(b"ispe", at) + 1) > 0:
        changed[at + 7 : at + 15] = struct.pack(">II", width, height)
    return bytes(changed)


def bomb(suffix: str) -> bytes:
    """A small file that declares more pixels than are decoded."""
    if suffix == ".tif":
        return tiff(60_000, 60_000)
    if suffix == ".dcm":
        return dicom(np.zeros((2, 2), np.uint8), Rows=60_000, Columns=60_000)
    file = io.BytesIO()
    if suffix == ".avif":
        picture().save(file, "AVIF")
    else:
        pillow_heif.from_pillow(picture()).save(file)
    return declaring(file.getvalue(), 14_000, 14_000)
