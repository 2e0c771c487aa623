"""Keeps decoded images in memory or in a file, so that each is decoded once."""

import hashlib
import math
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import identity
from keras_csv_dataset._images.spec import ImageSpec

_SUFFIX = ".images"

Images = NDArray[np.float32] | NDArray[np.uint8]
# Decodes the images at some paths, and yields them in batches, in the same order.
LoadImages = Callable[[Sequence[str]], Iterable[Images]]


class CachedImages(NamedTuple):
    """Decoded images.

    Attributes:
        images: Array `(images, *spec.shape)`, each image once. It begins at the start
            of a page of memory.
        places: int64 `(paths,)`, the index of each path's image in `images`.
    """

    images: Images
    places: NDArray[np.int64]


def cached_images(
    cache: bool | str,
    paths: Sequence[str],
    spec: ImageSpec,
    load_images: LoadImages,
    decoder: str,
) -> CachedImages:
    """Decodes each image once, or reads the decoded images from a file.

    The name of a file is a hash of everything that determines the pixels, so a stale
    file is never read. A file gets that name when it is complete, so half a file is
    never read either.

    Args:
        cache: `True` for memory, or the folder of the file, created if it is missing.
        paths: Path of each image; a path may occur more than once.
        spec: What every image becomes.
        load_images: Decodes the images at some paths.
        decoder: Name and version of the decoder.

    Returns:
        The `CachedImages`. A file is mapped into memory: the operating system reads
        the parts that are used, and drops them when memory is short.

    Raises:
        OSError: If the disk has no room for the images.
        MemoryError: If the machine has too little memory.
        ValueError: If `cache` is a file.
    """
    # In an order that depends neither on the seed nor on the order of the rows.
    distinct = sorted(set(paths))
    place = {path: number for number, path in enumerate(distinct)}
    places = np.fromiter(map(place.__getitem__, paths), np.int64, len(paths))
    shape = (len(distinct), *spec.shape)
    if cache is True:
        images = _allocate(shape, spec.dtype)
        _fill(images, load_images(distinct))
        return CachedImages(images, places)
    folder = str(cache)
    try:
        os.makedirs(folder, exist_ok=True)
    except FileExistsError:
        raise ValueError(
            f"`cache` must be a folder, not a file. Received: cache={folder!r}"
        ) from None
    file = os.path.join(folder, _fingerprint(distinct, spec, decoder) + _SUFFIX)
    size = _num_bytes(shape, spec.dtype)
    if not os.path.exists(file) or os.path.getsize(file) != size:
        _write(file, shape, spec.dtype, lambda: load_images(distinct))
    # Nothing writes to the array, but TensorFlow does not accept read-only ones.
    return CachedImages(np.memmap(file, spec.dtype, mode="c", shape=shape), places)


def size_in_words(num_images: int, spec: ImageSpec) -> str:
    """The size of decoded images: `1.1 GB`, `12.5 MB`."""
    return _in_words(_num_bytes((num_images, *spec.shape), spec.dtype))


def _in_words(num_bytes: int) -> str:
    if num_bytes < 1e9:
        return f"{num_bytes / 1e6:.1f} MB"
    return f"{num_bytes / 1e9:.1f} GB"


def _num_bytes(shape: tuple[int, ...], dtype: str) -> int:
    return math.prod(shape) * np.dtype(dtype).itemsize


def _allocate(shape: tuple[int, ...], dtype: str) -> Images:
    """An array of whole pages: TensorFlow shares memory only if it is aligned."""
    size = _num_bytes(shape, dtype)
    pages = "SC_PHYS_PAGES"
    if pages in getattr(os, "sysconf_names", ()):
        memory = os.sysconf(pages) * mmap.PAGESIZE
        if size > memory:
            raise MemoryError(
                f"`cache=True` needs {_in_words(size)} of memory for {shape[0]} "
                f"images, but this machine has {_in_words(memory)}. Pass a folder, "
                'as in cache="decoded", or make `image_size` smaller.'
            )
    return np.frombuffer(mmap.mmap(-1, size), dtype).reshape(shape)


def _fill(images: Images, batches: Iterable[Images]) -> None:
    start = 0
    for batch in batches:
        images[start : start + len(batch)] = batch
        start += len(batch)


def _write(
    file: str, shape: tuple[int, ...], dtype: str, load: Callable[[], Iterable[Images]]
) -> None:
    """Writes to another file in the folder, and renames it when it is complete."""
    folder = os.path.dirname(file)
    size, free = _num_bytes(shape, dtype), shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            f"`cache={folder!r}` needs {_in_words(size)} for {shape[0]} images, but "
            f"only {_in_words(free)} are free there. Pass a folder on a larger disk, "
            "or make `image_size` smaller."
        )
    handle, partial = tempfile.mkstemp(".partial", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            for batch in load():
                stream.write(np.ascontiguousarray(batch).data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, file)
    except BaseException:
        os.unlink(partial)
        raise


def _fingerprint(paths: Sequence[str], spec: ImageSpec, decoder: str) -> str:
    """A hash of everything that determines the pixels."""
    from keras_csv_dataset import __version__

    hashed = hashlib.sha256(repr((__version__, spec, decoder)).encode())
    for path in paths:
        hashed.update(repr(identity(path)).encode())
    return hashed.hexdigest()
