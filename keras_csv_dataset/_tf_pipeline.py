"""Builds the `tf.data` pipeline: shuffle, decode, look the label up, batch."""

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from keras_csv_dataset._image_spec import ImageSpec
from keras_csv_dataset._label_encoding import Target
from keras_csv_dataset._samples import Samples, describe_dataset
from keras_csv_dataset._tf_decoding import DECODABLE_SUFFIXES
from keras_csv_dataset._tf_images import image_loader

__all__ = ["DECODABLE_SUFFIXES", "build_dataset"]


class SampleTensors:
    """All that is known of some samples, as tensors.

    One hash table leads from the path of an image to the number of its sample, by
    which labels and weights are gathered: a table holds only scalars, so that class
    indices, rows of numbers and several outputs can share it.

    Attributes:
        paths: Path of each image, a string tensor `(numbers,)`.
    """

    def __init__(self, samples: Samples, numbers: NDArray[np.int64]) -> None:
        paths = [samples.paths[number] for number in numbers.tolist()]
        self.paths = keys = tf.constant(paths)
        # An image that appears several times has the same labels each time.
        first = samples.first[numbers]
        if (first != numbers).any():
            numbers, places = np.unique(first, return_index=True)
            keys = tf.gather(keys, places)
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(keys, tf.constant(numbers, tf.int64)),
            default_value=-1,
        )
        self._targets = samples.targets
        self._values = {o: tf.constant(t.values) for o, t in samples.targets.items()}
        self._weights = samples.weights
        if samples.weights is not None:
            self._weights = tf.constant(samples.weights)

    def look_up(self, path: tf.Tensor) -> tuple[Any, ...]:
        """What follows an image in the dataset.

        Args:
            path: Path of the image, a string tensor `()`.

        Returns:
            `()`, `(labels,)` or `(labels, weight)`. `labels` is a tensor, or a
            dictionary for several outputs.
        """
        if not self._targets:
            return ()
        number = self._table.lookup(path)
        labels: Any = {
            output: _in_keras_form(tf.gather(self._values[output], number), target)
            for output, target in self._targets.items()
        }
        labels = labels.get(None, labels)
        if self._weights is None:
            return (labels,)
        return labels, tf.gather(self._weights, number)


def _in_keras_form(label: tf.Tensor, target: Target) -> tf.Tensor:
    if target.mode == "categorical":
        return tf.one_hot(label, len(target.class_names or ()))
    if target.mode == "binary":
        return tf.expand_dims(tf.cast(label, tf.float32), axis=-1)
    return label


def build_dataset(
    samples: Samples,
    order: NDArray[np.int64],
    spec: ImageSpec,
    *,
    batch_size: int | None,
    shuffle_buffer_size: int | None,
    seed: int,
) -> tf.data.Dataset:
    """Builds the dataset of one subset, with Keras's steps in Keras's order.

    Args:
        samples: The samples.
        order: int64 numbers of the subset's samples, in the order of the first epoch
            before the shuffle.
        spec: What every image is to become.
        batch_size: Images per batch, or `None` for single images.
        shuffle_buffer_size: Images from which each next one is drawn, anew in every
            epoch; `None` to keep the order.
        seed: Seed of that shuffle.

    Returns:
        A `tf.data.Dataset` of images, `(images, labels)` or `(images, labels,
        weights)`, with the attributes `class_names`, `file_paths` and `labels`.
    """
    tensors = SampleTensors(samples, order)
    load_image = image_loader(spec)
    dataset = tf.data.Dataset.from_tensor_slices(tensors.paths)
    if shuffle_buffer_size is not None:
        dataset = dataset.shuffle(shuffle_buffer_size, seed=seed)

    def load(path: tf.Tensor) -> Any:
        known = tensors.look_up(path)
        return (load_image(path), *known) if known else load_image(path)

    dataset = dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE)
    if batch_size is not None:
        dataset = dataset.batch(batch_size)
    dataset = dataset.prefetch(tf.data.AUTOTUNE)
    describe_dataset(dataset, samples, order)
    return dataset
