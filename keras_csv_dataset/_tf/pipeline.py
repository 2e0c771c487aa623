"""Builds the `tf.data` pipeline: shuffle, decode, look up the labels, batch."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from keras_csv_dataset._images import Cache, ImageSpec
from keras_csv_dataset._rows import Samples, describe_dataset
from keras_csv_dataset._tf.mapping import map_in_parallel, plain_options
from keras_csv_dataset._tf.samples import SampleTensors


def build_dataset(
    samples: Samples,
    order: NDArray[np.int64],
    spec: ImageSpec,
    *,
    batch_size: int | None,
    shuffle_buffer_size: int | None,
    seed: int,
    cache: Cache | None,
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
        cache: Where decoded images are kept, or `None`.

    Returns:
        A `tf.data.Dataset` of what `SampleTensors.load` returns, with the attributes
        that `describe_dataset` sets.

    Raises:
        RuntimeError: If eager execution is disabled.
    """
    # Tensors are made and files are read at once, even while a function is traced.
    with tf.init_scope():
        _refuse_graph()
        tensors = SampleTensors(samples, order, spec, cache)
    dataset = tf.data.Dataset.from_tensor_slices(tensors.keys)
    if shuffle_buffer_size is not None:
        # A buffer is allocated at once. A larger one than the dataset is never full, so
        # the order is the same.
        buffer_size = min(shuffle_buffer_size, len(order))
        dataset = dataset.shuffle(buffer_size, seed=seed)
    if cache is None:
        dataset = map_in_parallel(dataset, tensors.load)
        if batch_size is not None:
            dataset = dataset.batch(batch_size)
    else:
        # Decoded images are copied from the cache in whole batches.
        dataset = map_in_parallel(_batch_keys(dataset, batch_size), tensors.load)
        dataset = dataset.with_options(plain_options())
    dataset = dataset.prefetch(tf.data.AUTOTUNE)
    describe_dataset(dataset, samples, order)
    return dataset


def _refuse_graph() -> None:
    if not tf.executing_eagerly():
        raise RuntimeError(
            '`format="tf"` must be used with eager execution or in a `tf.function`, '
            "not in a `tf.Graph` with a session."
        )


def _batch_keys(dataset: tf.data.Dataset, batch_size: int | None) -> tf.data.Dataset:
    """Joins keys into batches, and remembers the shuffle until the epoch is over.

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
