"""Loads the image files of samples, from where they are or from the cache."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import tensorflow as tf

from keras_csv_dataset._images import (
    Cache,
    Images,
    ImageSpec,
    cached_images,
    orientations_of,
)
from keras_csv_dataset._tf.declared_size import declared_pixels
from keras_csv_dataset._tf.formats import any_in_python, name_decoder
from keras_csv_dataset._tf.images import Loader, image_loader, mask_loader
from keras_csv_dataset._tf.mapping import map_in_parallel, plain_options

_CACHE_BATCH = 32
# Batches that are decoded while another is written.
_PREFETCHED = 2

# Gives what belongs to samples, by their numbers.
Gatherer = Callable[[tf.Tensor], tf.Tensor]


def path_loader(
    paths: Sequence[str], spec: ImageSpec, in_python: bool = False
) -> Loader:
    """Makes the function that reads one of some images by its path.

    Args:
        paths: The images.
        spec: What every image becomes.
        in_python: Whether formats that TensorFlow does not know are decoded in Python.

    Returns:
        A function from a path to an image.
    """
    return image_loader(spec, _are_small(paths, spec), in_python)


def file_loader(
    paths: Sequence[str],
    spec: ImageSpec,
    cache: Cache | None,
    orientations: Mapping[str, int],
    image_paths: Sequence[str] = (),
) -> Gatherer:
    """Makes the function that reads the image files of samples by their numbers.

    Args:
        paths: The file of each sample.
        spec: What every file becomes.
        cache: Where decoded images are kept, or `None`.
        orientations: Path -> EXIF orientation of each file that is to be turned.
        image_paths: If the files are masks, the image of each sample.

    Returns:
        A function from the number of a sample, an int64 tensor `()`, to an image; with
        a cache, also from several numbers `(samples,)` to all their images.
    """
    # A mask is compared with its image.
    columns = [paths, image_paths] if spec.kind == "mask" else [paths]
    in_python = cache is not None and any_in_python(chain(*columns))
    load = (
        mask_loader(spec, in_python)
        if spec.kind == "mask"
        else path_loader(paths, spec, in_python)
    )
    if cache is None:
        tensors = list(map(tf.constant, _with_orientations(columns, orientations)))
        return lambda numbers: load(*(tf.gather(t, numbers) for t in tensors))

    def decode(keys: Sequence[tuple[str, ...]]) -> Iterable[Images]:
        files = _with_orientations(list(zip(*keys, strict=True)), orientations)
        dataset = tf.data.Dataset.from_tensor_slices(tuple(files))
        dataset = map_in_parallel(dataset, load).batch(_CACHE_BATCH)
        dataset = dataset.prefetch(_PREFETCHED).with_options(plain_options())
        batches: Iterable[Images] = dataset.as_numpy_iterator()
        return batches

    keys = list(zip(*columns, strict=True))
    cached = cached_images(cache, keys, spec, decode, name_decoder(in_python))
    # They share the memory. TensorFlow requires it to start at a page.
    images = tf.experimental.dlpack.from_dlpack(cached.images.__dlpack__())
    places = tf.constant(cached.places)
    return lambda numbers: tf.cast(
        tf.gather(images, tf.gather(places, numbers)), spec.dtype
    )


def _with_orientations(
    columns: Sequence[Sequence[str]], orientations: Mapping[str, int]
) -> list[Any]:
    """What a `Loader` takes: columns of paths and, if any is turned, orientations."""
    if not orientations:
        return list(map(list, columns))
    turns = [orientations_of(paths, orientations) for paths in columns]
    return [*map(list, columns), *turns]


def _are_small(paths: Sequence[str], spec: ImageSpec) -> bool:
    """Whether images have few pixels, judged by the first, middle and last of them."""
    height, width = spec.image_size
    sample = {paths[n * (len(paths) - 1) // 2] for n in range(3) if paths}
    for path in sample:
        try:
            pixels = declared_pixels(tf.io.read_file(path))
        except tf.errors.OpError:
            return False  # The error is raised when the image is read.
        if not pixels or pixels > 2 * height * width:
            return False
    return True
