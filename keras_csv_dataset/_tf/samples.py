"""Everything that belongs to samples, as tensors that one hash table leads to."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from keras_csv_dataset._images import Cache, ImageSpec
from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._rows import Samples, assemble
from keras_csv_dataset._tf.files import Gatherer, file_loader, path_loader

_NUM_HASHES = 2**63 - 1
# With one seed, two of a million keys have the same hash once in twenty million times.
_MOST_SEEDS = 10


class SampleTensors:
    """Everything that belongs to some samples, as tensors.

    One hash table maps the key of a sample, which is the path of its image, to its
    number. If a sample has several images, the key consists of all their paths. The
    table contains hashes of the keys, which take a quarter of the memory. Labels,
    weights, inputs, other paths and cached images are gathered by that number. The
    values of a table are scalars, so all of them can share this table.

    Args:
        samples: All samples.
        numbers: int64, those that are wanted.
        spec: What every image becomes.
        cache: Where decoded images are kept, or `None`.

    Attributes:
        keys: Key of each sample, a string tensor `(samples,)`.
    """

    def __init__(
        self,
        samples: Samples,
        numbers: NDArray[np.int64],
        spec: ImageSpec,
        cache: Cache | None,
    ) -> None:
        self.keys = distinct = tf.constant(samples.keys_of(numbers))
        # A sample that occurs several times has the same labels each time.
        if (samples.first[numbers] != numbers).any():
            numbers, places = np.unique(samples.first[numbers], return_index=True)
            distinct = tf.gather(self.keys, places)
        self._hash = _hash_of(distinct)
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                self._hash(distinct), tf.range(len(numbers), dtype=tf.int64)
            ),
            default_value=-1,
        )
        paths = samples.paths_of(numbers)
        # The only image can be read without a look at the table: the key is its path.
        orientations = samples.orientations
        self._reads_keys = len(paths) == 1 and cache is None and not orientations
        self._images = paths.map(
            lambda column: (
                path_loader(column, spec)
                if self._reads_keys
                else file_loader(column, spec, cache, orientations)
            )
        )
        self._inputs = {
            name: _gatherer(values[numbers]) for name, values in samples.inputs.items()
        }

        def gather_files(target: Target) -> Gatherer:
            files, label = target.paths_of(numbers), spec.of_labels(target.mode)
            return file_loader(files, label, cache, orientations, paths.values[0])

        self._labels = samples.targets.map(
            lambda target: (
                gather_files(target)
                if target.names_files
                else _label_gatherer(target, numbers)
            )
        )
        self._weights = samples.weights.map(lambda values: _gatherer(values[numbers]))

    def load(self, keys: tf.Tensor) -> Any:
        """Loads images, and joins them with everything else that belongs to them.

        Args:
            keys: Key of a sample, a string tensor `()`; with a cache, of several
                samples, `(samples,)`.

        Returns:
            What `assemble` returns.
        """
        if self._reads_keys and not self._labels and not self._inputs:
            return self._images.map(lambda load: load(keys)).unwrap()
        numbers = self._table.lookup(self._hash(keys))
        of_image = keys if self._reads_keys else numbers
        return assemble(
            images=self._images.map(lambda load: load(of_image)),
            inputs={name: gather(numbers) for name, gather in self._inputs.items()},
            labels=self._labels.map(lambda gather: gather(numbers)),
            weights=self._weights.map(lambda gather: gather(numbers)),
        )


def _hash_of(keys: tf.Tensor) -> Callable[[tf.Tensor], tf.Tensor]:
    """Finds a function of the keys that gives a different number for each of them."""
    for seed in range(_MOST_SEEDS):
        hash_of: Callable[[tf.Tensor], tf.Tensor] = partial(
            tf.strings.to_hash_bucket_strong, num_buckets=_NUM_HASHES, key=[seed, 0]
        )
        if pd.Index(hash_of(keys).numpy()).is_unique:
            break
    # Otherwise, the table raises an error.
    return hash_of


def _gatherer(values: NDArray[Any]) -> Gatherer:
    """Makes the function that gives values by the numbers of samples."""
    tensor = tf.constant(values)
    return lambda numbers: tf.gather(tensor, numbers)


def _label_gatherer(target: Target, samples: NDArray[np.int64]) -> Gatherer:
    """Makes the function that gives the labels of samples by their numbers."""
    labels = target.in_keras_form
    if not isinstance(labels, ClassSets):
        return _gatherer(labels[samples])
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
