"""Builds the `tf.data` pipeline: shuffle, decode, look up the labels, batch."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from keras_csv_dataset._images import Images, ImageSpec, cached_images
from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._rows import Samples, describe_dataset
from keras_csv_dataset._tf.declared_size import declared_pixels
from keras_csv_dataset._tf.images import ImageLoader, image_loader

_CACHE_BATCH = 32
# Batches that are decoded while another is written.
_PREFETCHED = 2


class SampleTensors:
    """Everything that belongs to some samples, as tensors.

    One hash table maps the path of an image to its number. Labels, weights and cached
    images are gathered by that number. The values of a table must be scalars, but one
    number serves for class indices, vectors, and several outputs alike.

    Attributes:
        file_paths: Path of each sample's image.
        paths: The same, a string tensor `(samples,)`.
        images: Path of each distinct image, a string tensor `(images,)`.
    """

    def __init__(self, samples: Samples, numbers: NDArray[np.int64]) -> None:
        self.file_paths = samples.paths_of(numbers)
        self.paths = self.images = tf.constant(self.file_paths)
        # An image that occurs several times has the same labels each time.
        if (samples.first[numbers] != numbers).any():
            numbers, places = np.unique(samples.first[numbers], return_index=True)
            self.images = tf.gather(self.paths, places)
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                self.images, tf.range(len(numbers), dtype=tf.int64)
            ),
            default_value=-1,
        )
        self._labels = samples.targets.map(
            lambda target: _label_gatherer(target, numbers)
        )
        self._weights = samples.weights
        if samples.weights is not None:
            self._weights = tf.constant(samples.weights[numbers])

    def find(self, paths: tf.Tensor) -> tf.Tensor:
        """The number of each image: int64, of the shape of `paths`."""
        return self._table.lookup(paths)

    def look_up(self, paths: tf.Tensor) -> tuple[Any, ...]:
        """Looks up the labels and weights of images.

        Args:
            paths: Path of an image, a string tensor `()`, or of several, `(images,)`.

        Returns:
            `()`, `(labels,)` or `(labels, weights)`. `labels` is a tensor, or a
            dictionary for several outputs.
        """
        if not self._labels:
            return ()
        numbers = self.find(paths)
        labels = self._labels.map(lambda gather: gather(numbers)).unwrap()
        if self._weights is None:
            return (labels,)
        return labels, tf.gather(self._weights, numbers)


def _label_gatherer(
    target: Target, samples: NDArray[np.int64]
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Makes the function that gives the labels of samples by their numbers."""
    labels = target.in_keras_form
    if not isinstance(labels, ClassSets):
        values = tf.constant(labels[samples])
        return lambda numbers: tf.gather(values, numbers)
    sets = labels.take(samples)
    offsets, classes = tf.constant(sets.offsets), tf.constant(sets.classes)
    return lambda numbers: _class_vectors(offsets, classes, sets.num_classes, numbers)


def _class_vectors(
    offsets: tf.Tensor, classes: tf.Tensor, num_classes: int, numbers: tf.Tensor
) -> tf.Tensor:
    """A vector of 0 and 1 for each number: float32 `(..., num_classes)`."""
    flat = tf.reshape(numbers, [-1])
    places = tf.ragged.range(tf.gather(offsets, flat), tf.gather(offsets, flat + 1))
    hot = tf.cast(tf.gather(classes, places.values), tf.int64)
    vectors = tf.scatter_nd(
        tf.stack([places.value_rowids(), hot], axis=1),
        tf.ones_like(hot, tf.float32),
        tf.stack([tf.size(flat, tf.int64), num_classes]),
    )
    vectors = tf.reshape(vectors, tf.concat([tf.shape(numbers), [num_classes]], axis=0))
    return tf.ensure_shape(vectors, [*numbers.shape, num_classes])


def build_dataset(
    samples: Samples,
    order: NDArray[np.int64],
    spec: ImageSpec,
    *,
    batch_size: int | None,
    shuffle_buffer_size: int | None,
    seed: int,
    cache: bool | str | None,
) -> tf.data.Dataset:
    """Builds the dataset of one subset, with Keras's steps in Keras's order.

    Args:
        samples: The samples.
        order: int64 numbers of the subset's samples, in the order of the first epoch
            before the shuffle.
        spec: What every image becomes.
        batch_size: Images per batch, or `None` for single images.
        shuffle_buffer_size: Size of the shuffle buffer, in images; `None` to keep the
            order.
        seed: Seed of the shuffle.
        cache: `True` to keep decoded images in memory, a folder to keep them in a
            file, or `None`.

    Returns:
        A `tf.data.Dataset` of images, `(images, labels)` or `(images, labels,
        weights)`, with the attributes `class_names`, `file_paths` and `labels`.

    Raises:
        RuntimeError: If eager execution is disabled.
    """
    # Tensors are made and files are read at once, even while a function is traced.
    with tf.init_scope():
        _refuse_graph()
        tensors = SampleTensors(samples, order)
        load_image = image_loader(spec, _are_small(tensors.file_paths, spec))
        if cache is not None:
            load_image = _cached_loader(tensors, spec, load_image, cache)
    load = _loader(tensors, load_image)
    dataset = tf.data.Dataset.from_tensor_slices(tensors.paths)
    if shuffle_buffer_size is not None:
        # The whole buffer is allocated in advance. One larger than the dataset is never
        # full, so the order is the same.
        buffer_size = min(shuffle_buffer_size, len(order))
        dataset = dataset.shuffle(buffer_size, seed=seed)
    if cache is None:
        dataset = _map(dataset, load)
        if batch_size is not None:
            dataset = dataset.batch(batch_size)
    else:
        # Decoded images are copied from the cache in whole batches.
        dataset = _map(_batch_paths(dataset, batch_size), load)
        dataset = dataset.with_options(_plain_options())
    dataset = dataset.prefetch(tf.data.AUTOTUNE)
    describe_dataset(dataset, samples, order, tensors.file_paths)
    return dataset


def _refuse_graph() -> None:
    if not tf.executing_eagerly():
        raise RuntimeError(
            '`format="tf"` must be used with eager execution or in a `tf.function`, '
            "not in a `tf.Graph` with a session."
        )


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


def _loader(tensors: SampleTensors, load_images: ImageLoader) -> ImageLoader:
    """Joins images with their labels and weights."""

    def load(paths: tf.Tensor) -> Any:
        known = tensors.look_up(paths)
        return (load_images(paths), *known) if known else load_images(paths)

    return load


def _map(dataset: tf.data.Dataset, function: ImageLoader) -> tf.data.Dataset:
    """Maps in parallel, without AutoGraph, which would take two seconds for nothing."""
    function = tf.autograph.experimental.do_not_convert(function)
    return dataset.map(function, num_parallel_calls=tf.data.AUTOTUNE)


def _batch_paths(dataset: tf.data.Dataset, batch_size: int | None) -> tf.data.Dataset:
    """Joins paths into batches, and remembers the shuffle until the epoch is over.

    When the last batch of an epoch has been prefetched, an ordinary `batch` drops the
    iterators that it reads from. A checkpoint saved then does not know how often the
    dataset was shuffled, so later epochs would have other orders. A `batch` with
    parallel calls keeps the iterators. Decoded images are not batched this way, because
    it copies them once more. For them, TensorFlow fuses `map` and `batch`, which keeps
    the iterators, too.
    """
    if batch_size is None:
        return dataset
    return dataset.batch(batch_size, num_parallel_calls=1, deterministic=True)


def _plain_options() -> tf.data.Options:
    """Options for a dataset that contains all images, or that is read only once.

    The optimizations would start by copying everything in it, and there is nothing to
    tune: reading from a cache takes less time than measuring it.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return options


def _cached_loader(
    tensors: SampleTensors, spec: ImageSpec, load_image: ImageLoader, cache: bool | str
) -> ImageLoader:
    """Decodes every image, and makes the function that reads them from the cache."""

    def decode(paths: Sequence[str]) -> Iterable[Images]:
        dataset = tf.data.Dataset.from_tensor_slices(list(paths))
        dataset = _map(dataset, load_image).batch(_CACHE_BATCH)
        dataset = dataset.prefetch(_PREFETCHED).with_options(_plain_options())
        batches: Iterable[Images] = dataset.as_numpy_iterator()
        return batches

    paths = [path.decode() for path in tensors.images.numpy()]
    cached = cached_images(cache, paths, spec, decode, f"tensorflow {tf.__version__}")
    # The tensor shares the memory, which TensorFlow requires to start at a page.
    images = tf.experimental.dlpack.from_dlpack(cached.images.__dlpack__())
    places = tf.constant(cached.places)
    return lambda paths: tf.gather(images, tf.gather(places, tensors.find(paths)))
