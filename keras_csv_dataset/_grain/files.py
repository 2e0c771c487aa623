"""Loads the image files of samples, from where they are or from the cache."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import grain
import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._grain.images import DECODER, ImageLoader
from keras_csv_dataset._images import Cache, Images, ImageSpec, cached_images

# Threads suffice, because the interpreter lock is released while an image is decoded or
# resized. More threads than cores compete for that lock: on 2 cores, 4 threads took 1.2
# times the CPU time of 2.
_MIN_THREADS = 2
_MAX_THREADS = 16
_CACHE_BATCH = 32

# Gives what belongs to samples, by their numbers.
Gatherer = Callable[[Any], NDArray[Any]]


def file_loader(
    paths: Sequence[str],
    order: NDArray[np.int64],
    spec: ImageSpec,
    cache: Cache | None,
    orientations: Mapping[str, int],
    image_paths: Sequence[str] = (),
) -> Gatherer:
    """Makes the function that reads the image files of samples by their numbers.

    Args:
        paths: The file of each sample.
        order: int64 numbers of the samples that are wanted.
        spec: What every file becomes.
        cache: Where decoded images are kept, or `None`.
        orientations: Path -> EXIF orientation of each file that is to be turned.
        image_paths: If the files are masks, the image of each sample.

    Returns:
        A function from the number of a sample to an image; with a cache, also from
        several numbers to all their images.
    """
    load = ImageLoader(spec, orientations)
    # A mask is compared with its image.
    columns = [paths, image_paths] if spec.kind == "mask" else [paths]
    if cache is None:
        return lambda number: load(*(column[number] for column in columns))

    def decode(keys: Sequence[tuple[str, ...]]) -> Iterable[Images]:
        images = grain.MapDataset.source(keys).map(lambda files: load(*files))
        loaded = images.to_iter_dataset(read_options(_CACHE_BATCH))
        batches: Iterable[Images] = loaded.batch(_CACHE_BATCH)
        return batches

    keys = [tuple(column[n] for column in columns) for n in order.tolist()]
    cached = cached_images(cache, keys, spec, decode, DECODER)
    places = np.zeros(len(paths), np.int64)
    places[order] = cached.places
    if cached.images.dtype != spec.dtype:
        return lambda numbers: _take_as(spec.dtype, cached.images, places[numbers])
    # A copy even of one image: the user may write to what is yielded.
    return lambda numbers: np.take(cached.images, places[numbers], axis=0)


def _take_as(dtype: str, images: Images, places: NDArray[np.int64]) -> NDArray[Any]:
    """Takes images as another type.

    A cast of all of them at once would take longer, because it copies them first.
    """
    taken = np.empty((*places.shape, *images.shape[1:]), dtype)
    for index in np.ndindex(places.shape):
        taken[index] = images[places[index]]
    return taken


def read_options(tasks_per_batch: int) -> grain.ReadOptions:
    """A thread for each core, all of them busy, and up to two batches read ahead."""
    num_threads = min(max(os.cpu_count() or 1, _MIN_THREADS), _MAX_THREADS)
    return grain.ReadOptions(
        num_threads=num_threads,
        prefetch_buffer_size=max(2 * tasks_per_batch, num_threads + 1),
    )
