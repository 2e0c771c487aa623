"""Loads the image files of samples, from where they are or from the cache."""

from collections.abc import Callable, Iterable, Sequence

import tensorflow as tf

from keras_csv_dataset._images import Images, ImageSpec, cached_images
from keras_csv_dataset._tf.declared_size import declared_pixels
from keras_csv_dataset._tf.images import image_loader, mask_loader
from keras_csv_dataset._tf.mapping import map_in_parallel, plain_options

_JPEG_SUFFIXES = (".jpg", ".jpeg")
_CACHE_BATCH = 32
# Batches that are decoded while another is written.
_PREFETCHED = 2

# Gives what belongs to samples, by their numbers.
Gatherer = Callable[[tf.Tensor], tf.Tensor]


def path_loader(
    paths: Sequence[str], spec: ImageSpec
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Makes the function that reads one of some images by its path.

    Args:
        paths: The images.
        spec: What every image becomes.

    Returns:
        A function from a path, a string tensor `()`, to an image.
    """
    are_jpegs = all(path.lower().endswith(_JPEG_SUFFIXES) for path in paths)
    return image_loader(spec, _are_small(paths, spec), are_jpegs)


def file_loader(
    paths: Sequence[str],
    spec: ImageSpec,
    cache: bool | str | None,
    image_paths: Sequence[str] = (),
) -> Gatherer:
    """Makes the function that reads the image files of samples by their numbers.

    Args:
        paths: The file of each sample.
        spec: What every file becomes.
        cache: `True` to keep decoded images in memory, a folder to keep them in a
            file, or `None`.
        image_paths: If the files are masks, the image of each sample.

    Returns:
        A function from the number of a sample, an int64 tensor `()`, to an image; with
        a cache, also from several numbers `(samples,)` to all their images.
    """
    # A mask is compared with its image.
    columns = [paths, image_paths] if spec.kind == "mask" else [paths]
    load = mask_loader(spec) if spec.kind == "mask" else path_loader(paths, spec)
    if cache is None:
        tensors = [tf.constant(column) for column in columns]
        return lambda numbers: load(*(tf.gather(t, numbers) for t in tensors))

    def decode(keys: Sequence[tuple[str, ...]]) -> Iterable[Images]:
        files = tuple(map(list, zip(*keys, strict=True)))
        dataset = tf.data.Dataset.from_tensor_slices(files)
        dataset = map_in_parallel(dataset, load).batch(_CACHE_BATCH)
        dataset = dataset.prefetch(_PREFETCHED).with_options(plain_options())
        batches: Iterable[Images] = dataset.as_numpy_iterator()
        return batches

    keys = list(zip(*columns, strict=True))
    cached = cached_images(cache, keys, spec, decode, f"tensorflow {tf.__version__}")
    # They share the memory. TensorFlow requires it to start at a page.
    images = tf.experimental.dlpack.from_dlpack(cached.images.__dlpack__())
    places = tf.constant(cached.places)
    return lambda numbers: tf.gather(images, tf.gather(places, numbers))


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
