"""Keeps decoded images in memory or in a file, so that each is decoded once."""

import contextlib
import hashlib
import math
import mmap
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import identity
from keras_csv_dataset._images.spec import ImageSpec

_SUFFIX = ".images"
_UNFINISHED = ".partial"
# Seconds after which a newly created file is certainly locked.
_UNTIL_LOCKED = 60
# After the images, a file contains their SHA-256.
_DIGEST_SIZE = 32
_BLOCK_SIZE = 2**20

Images = NDArray[np.float32] | NDArray[np.uint8]
# The path of an image, or the paths of a mask and its image.
Files = tuple[str, ...]
# Makes the images from some files, and yields them in batches, in the same order.
LoadImages = Callable[[Sequence[Files]], Iterable[Images]]


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Where decoded images are kept, and in which form.

    Attributes:
        folder: The folder of the file, created if it is missing; `None` for memory.
        dtype: `"float32"` to keep images exactly, or `"uint8"` to round them to whole
            levels.
        on_progress: Called with the number of images decoded so far, and the total.
    """

    folder: str | None = None
    dtype: str = "float32"
    on_progress: Callable[[int, int], object] = lambda done, total: None

    def dtype_of(self, spec: ImageSpec) -> str:
        """Type in which images are kept; masks and target images are never rounded."""
        is_rounded = self.dtype == "uint8" and spec.kind == "image"
        return "uint8" if is_rounded else spec.dtype

    def size_in_words(self, images: Iterable[tuple[int, ImageSpec]]) -> str:
        """The size of some numbers of decoded images: `1.1 GB`, `12.5 MB`."""
        return _in_words(
            sum(
                _num_bytes((number, *spec.shape), self.dtype_of(spec))
                for number, spec in images
            )
        )


class CachedImages(NamedTuple):
    """Decoded images.

    Attributes:
        images: Array `(images, *spec.shape)`, each image once, of the type in which
            the cache keeps it. It begins at the start of a page of memory.
        places: int64 `(keys,)`, the index of each key's image in `images`.
    """

    images: Images
    places: NDArray[np.int64]


def cached_images(
    cache: Cache,
    keys: Sequence[Files],
    spec: ImageSpec,
    load_images: LoadImages,
    decoder: str,
) -> CachedImages:
    """Decodes each image once, or reads the decoded images from a file.

    The name of a file is a hash of everything that determines the pixels, so a stale
    file is never read. A file gets that name when it is complete, and ends with the
    digest of its images, so half a file or a damaged one is never read either.

    Args:
        cache: Where the images are kept, and in which form.
        keys: The files from which each image is made; one image may occur more than
            once.
        spec: What every image becomes.
        load_images: Makes the images from some files.
        decoder: Name and version of the decoder.

    Returns:
        The `CachedImages`. A file is mapped into memory: the operating system reads
        the parts that are used, and drops them when memory is short.

    Raises:
        OSError: If the folder cannot be written to, or has no room for the images.
        MemoryError: If the machine has too little memory.
        ValueError: If the folder is a file.
    """
    # In an order that depends neither on the seed nor on the order of the rows.
    distinct = sorted(set(keys))
    place = {key: number for number, key in enumerate(distinct)}
    places = np.fromiter(map(place.__getitem__, keys), np.int64, len(keys))
    form = _form((len(distinct), *spec.shape), cache, spec)

    def load() -> Iterator[Images]:
        done = 0
        for batch in load_images(distinct):
            yield _as_type(form.dtype, batch)
            done += len(batch)
            cache.on_progress(done, len(distinct))

    if cache.folder is None:
        images = _allocate(form)
        _fill(images, load())
        return CachedImages(images, places)
    _make_folder(cache.folder)
    _remove_abandoned(cache.folder)
    name = _fingerprint(distinct, spec, form.dtype, decoder) + _SUFFIX
    file = os.path.join(cache.folder, name)
    if not _is_intact(file, form.num_bytes):
        _write(file, form, load)
    # Nothing writes to the array, but TensorFlow does not accept read-only ones.
    images = np.memmap(file, form.dtype, mode="c", shape=form.shape)
    return CachedImages(images, places)


class _Form(NamedTuple):
    """The array of kept images.

    Attributes:
        shape: Its shape.
        dtype: Its type.
        advice: What the caller can change so that it takes less room.
    """

    shape: tuple[int, ...]
    dtype: str
    advice: str

    @property
    def num_bytes(self) -> int:
        """Its size in bytes."""
        return _num_bytes(self.shape, self.dtype)


def _form(shape: tuple[int, ...], cache: Cache, spec: ImageSpec) -> _Form:
    dtype, advice = cache.dtype_of(spec), "or make `image_size` smaller"
    if dtype != replace(cache, dtype="uint8").dtype_of(spec):
        advice = f'or cache_dtype="uint8", {advice}'
    return _Form(shape, dtype, advice)


def _as_type(dtype: str, images: Images) -> Images:
    """Rounds images that are kept as whole levels, half to even.

    Interpolations such as `"bicubic"` also give levels below 0 and above 255.
    """
    if images.dtype == dtype:
        return images
    levels = np.rint(images)
    return np.clip(levels, 0, 255, out=levels).astype(np.uint8)


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except FileExistsError:
        raise ValueError(
            f"`cache` must be a folder, not a file. Received: cache={folder!r}"
        ) from None


def _in_words(num_bytes: int) -> str:
    if num_bytes < 1e9:
        return f"{num_bytes / 1e6:.1f} MB"
    return f"{num_bytes / 1e9:.1f} GB"


def _num_bytes(shape: tuple[int, ...], dtype: str) -> int:
    return math.prod(shape) * np.dtype(dtype).itemsize


def _allocate(form: _Form) -> Images:
    """An array of whole pages: TensorFlow shares memory only if it is aligned."""
    size = form.num_bytes
    pages = "SC_PHYS_PAGES"
    if pages in getattr(os, "sysconf_names", ()):
        memory = os.sysconf(pages) * mmap.PAGESIZE
        if size > memory:
            raise MemoryError(
                f"`cache=True` needs {_in_words(size)} of memory for {form.shape[0]} "
                f"images, but this machine has {_in_words(memory)}. Pass a folder, "
                f'as in cache="decoded", {form.advice}.'
            )
    return np.frombuffer(mmap.mmap(-1, size), form.dtype).reshape(form.shape)


def _fill(images: Images, batches: Iterable[Images]) -> None:
    start = 0
    for batch in batches:
        images[start : start + len(batch)] = batch
        start += len(batch)


def _is_intact(file: str, size: int) -> bool:
    """Whether a file exists, and contains `size` bytes with their digest."""
    if not os.path.exists(file) or os.path.getsize(file) != size + _DIGEST_SIZE:
        return False
    hashed = hashlib.sha256()
    with open(file, "rb") as stream:
        for start in range(0, size, _BLOCK_SIZE):
            hashed.update(stream.read(min(_BLOCK_SIZE, size - start)))
        return stream.read() == hashed.digest()


def _remove_abandoned(folder: str) -> None:
    """Removes the unfinished files of processes that no longer exist."""
    with os.scandir(folder) as entries:
        unfinished = [entry for entry in entries if entry.name.endswith(_UNFINISHED)]
    for entry in unfinished:
        # It may be locked, or removed by another process.
        with contextlib.suppress(OSError), open(entry.path, "r+b") as stream:
            if time.time() - entry.stat().st_mtime > _UNTIL_LOCKED:
                _lock(stream)
                os.unlink(entry.path)


def _lock(stream: IO[bytes]) -> None:
    """Locks a file as long as it is open, or raises `OSError` if it is locked already.

    On Windows nothing is needed: a file that is open cannot be removed.
    """
    with contextlib.suppress(ImportError):
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _write(file: str, form: _Form, load: Callable[[], Iterable[Images]]) -> None:
    """Writes to another file in the folder, and renames it when it is complete."""
    folder, num_images = os.path.dirname(file), form.shape[0]
    size, free = form.num_bytes, shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            f"`cache={folder!r}` needs {_in_words(size)} for {num_images} images, but "
            f"only {_in_words(free)} are free there. Pass a folder on a larger disk, "
            f"{form.advice}."
        )
    handle, partial = tempfile.mkstemp(_UNFINISHED, dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            # Where files cannot be locked, that of a killed process is left behind.
            with contextlib.suppress(OSError):
                _lock(stream)
            _write_images(stream, load())
        os.replace(partial, file)
    except BaseException as error:
        os.unlink(partial)
        if isinstance(error, OSError) and error.filename is None:
            raise OSError(
                error.errno,
                f"{error.strerror}: `cache={folder!r}` needs {_in_words(size)} for "
                f"{num_images} images. Pass a folder on another disk, {form.advice}",
                folder,
            ) from error
        raise


def _write_images(stream: IO[bytes], batches: Iterable[Images]) -> None:
    hashed = hashlib.sha256()
    for batch in batches:
        data = np.ascontiguousarray(batch).data
        hashed.update(data)
        stream.write(data)
    stream.write(hashed.digest())
    stream.flush()
    os.fsync(stream.fileno())


def _fingerprint(
    keys: Sequence[Files], spec: ImageSpec, dtype: str, decoder: str
) -> str:
    """A hash of everything that determines the pixels."""
    from keras_csv_dataset import __version__

    hashed = hashlib.sha256(repr((__version__, spec, dtype, decoder)).encode())
    for files in keys:
        hashed.update(repr([identity(path) for path in files]).encode())
    return hashed.hexdigest()
