"""Reads the EXIF orientation of images from the heads of their files."""

import io
import itertools
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import open_to_read
from keras_csv_dataset._images.turning import TURNS, UPRIGHT

# What programs write where the EXIF data are: in a JPEG, its second byte and what
# follows the length of the segment; in a PNG and a WebP, the name of the chunk.
_EXIF = b"Exif\0\0"  # some programs write it before the data in a chunk, too
_EXIF_BLOCKS = {b"\xe1" + _EXIF, b"eXIf", b"EXIF"}
_JPEG, _PNG, _RIFF, _WEBP = b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"WEBP"
_FIRST_SEGMENT, _FIRST_PNG_CHUNK, _FIRST_WEBP_CHUNK = 2, 8, 12
# Markers of a JPEG that no EXIF data follow: the pixels, and the end.
_FILL, _LAST_MARKERS = b"\xff", (b"\xda", b"\xd9")
# A file with more blocks before its EXIF data is upright. PNGs have most: one for every
# 8 KB or more.
_MOST_BLOCKS = 1 << 14

_TAG = 0x0112
# The types of a number: the tag is a `SHORT`, but some programs write a `LONG`.
_TYPES = {3: "H", 4: "I"}
_BYTE_ORDERS = {b"II": "<", b"MM": ">"}
_ENTRY_LENGTH = 12

# Files that a thread reads before it reports.
_READ_AT_ONCE = 64
# They wait for disks and networks more than for cores. For files in memory, they were
# as fast as one thread.
_THREADS = 16


class _Part(NamedTuple):
    """A part of a file.

    Attributes:
        start: Position of its first byte.
        end: Position after its last byte.
    """

    start: int
    end: int


def read_orientations(
    paths: Iterable[str],
    on_progress: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, int]:
    """Reads the orientations of files, each once, from their heads.

    Args:
        paths: The files. One that cannot be read, or has damaged EXIF data, is upright.
        on_progress: Called with the number of files that are done, and the total.

    Returns:
        Path -> EXIF orientation, 2 to 8, of the files that are not upright.
    """
    distinct = list(dict.fromkeys(paths))
    parts = [
        distinct[start : start + _READ_AT_ONCE]
        for start in range(0, len(distinct), _READ_AT_ONCE)
    ]
    turned: dict[str, int] = {}
    done = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        for part, found in zip(parts, pool.map(_read_some, parts), strict=True):
            turned |= found
            done += len(part)
            on_progress(done, len(distinct))
    return turned


def orientations_of(
    paths: Sequence[str], orientations: Mapping[str, int]
) -> NDArray[np.int32]:
    """The orientation of each path, of which those that are not upright are given."""
    return np.array([orientations.get(path, UPRIGHT) for path in paths], np.int32)


def orientation_in(contents: bytes) -> int:
    """The EXIF orientation in the contents of a file: 1 if it is upright.

    Damaged EXIF data are taken for none, as other programs do.
    """
    return _orientation_in(io.BytesIO(contents))


def _read_some(paths: Sequence[str]) -> dict[str, int]:
    orientations = {path: read_orientation(path) for path in paths}
    return {path: n for path, n in orientations.items() if n != UPRIGHT}


def read_orientation(path: str) -> int:
    """The EXIF orientation of a file: 1 if it is upright, or cannot be read."""
    try:
        with open_to_read(path) as file:
            return _orientation_in(file)
    except (OSError, ValueError):  # which is raised for a NUL in a path
        return UPRIGHT  # The error is raised when the image is read.


def _orientation_in(file: BinaryIO) -> int:
    for kind, part in itertools.islice(_blocks(file), _MOST_BLOCKS):
        if kind in _EXIF_BLOCKS:
            return _orientation_in_exif(file, part)
    return UPRIGHT


def _blocks(file: BinaryIO) -> Iterator[tuple[bytes, _Part]]:
    """Yields what each block of a file contains, and where."""
    start = file.read(_FIRST_WEBP_CHUNK)
    if start.startswith(_JPEG):
        return _segments_of_jpeg(file)
    if start.startswith(_PNG):
        return _chunks_of_png(file)
    if start.startswith(_RIFF) and start.endswith(_WEBP):
        return _chunks_of_webp(file)
    return iter(())


def _segments_of_jpeg(file: BinaryIO) -> Iterator[tuple[bytes, _Part]]:
    at = _FIRST_SEGMENT
    while head := _read_at(file, at, 4 + len(_EXIF)):
        marker = head[1:2]
        if head[:1] != _FILL or marker in _LAST_MARKERS:
            return
        if marker == _FILL:  # any number of these may be before a marker
            yield b"", _Part(at, at)
            at += 1
            continue
        part = _Part(at + 4, at + 2 + int.from_bytes(head[2:4], "big"))
        yield marker + head[4:], part
        at = part.end


def _chunks_of_png(file: BinaryIO) -> Iterator[tuple[bytes, _Part]]:
    at = _FIRST_PNG_CHUNK
    while head := _read_at(file, at, 8):
        part = _Part(at + 8, at + 8 + int.from_bytes(head[:4], "big"))
        yield head[4:], part
        at = part.end + 4  # after the check sum


def _chunks_of_webp(file: BinaryIO) -> Iterator[tuple[bytes, _Part]]:
    at = _FIRST_WEBP_CHUNK
    while head := _read_at(file, at, 8):
        part = _Part(at + 8, at + 8 + int.from_bytes(head[4:], "little"))
        yield head[:4], part
        at = part.end + part.end % 2  # chunks begin at even positions


def _read_at(file: BinaryIO, position: int, length: int) -> bytes:
    file.seek(position)
    return file.read(length)


def _orientation_in_exif(file: BinaryIO, exif: _Part) -> int:
    """The orientation in the first directory of EXIF data, which are a TIFF file."""
    start = exif.start
    if _read_at(file, start, len(_EXIF)) == _EXIF:
        start += len(_EXIF)
    head = _read_at(file, start, 8)
    order = _BYTE_ORDERS.get(head[:2])
    if order is None or len(head) < 8:
        return UPRIGHT
    directory = start + struct.unpack_from(f"{order}I", head, 4)[0]
    count = _read_at(file, directory, 2).ljust(2, b"\0")
    length = struct.unpack(f"{order}H", count)[0] * _ENTRY_LENGTH
    room = max(exif.end - (directory + 2), 0)
    entries = _read_at(file, directory + 2, min(length, room))
    whole = entries[: len(entries) // _ENTRY_LENGTH * _ENTRY_LENGTH]
    for tag, kind, number, value in struct.iter_unpack(f"{order}HHI4s", whole):
        if tag == _TAG and number == 1 and kind in _TYPES:
            orientation: int = struct.unpack_from(order + _TYPES[kind], value)[0]
            return orientation if orientation in TURNS else UPRIGHT
    return UPRIGHT
