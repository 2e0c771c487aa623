"""Builds the `tf.data` pipeline: shuffle, decode, look the label up, batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from keras_csv_dataset._label_encoding import Target
from keras_csv_dataset._samples import Samples

# TensorFlow decodes WebP from 2.20 on.
DECODABLE_SUFFIXES = (
    *(".bmp", ".gif", ".jpeg", ".jpg", ".png"),
    *((".webp",) if hasattr(tf.io, "decode_webp") else ()),
)
_NUM_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}

ImageLoader = Callable[[tf.Tensor], tf.Tensor]


def image_loader(
    *,
    color_mode: str,
    image_size: tuple[int, int],
    interpolation: str,
    crop_to_aspect_ratio: bool,
    pad_to_aspect_ratio: bool,
    data_format: str,
) -> ImageLoader:
    """Makes the function that reads one image as Keras does, bit for bit.

    Args:
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        image_size: `(height, width)` in pixels.
        interpolation: A method of `tf.image.resize`.
        crop_to_aspect_ratio: Whether to cut off what the aspect ratio has no room for.
        pad_to_aspect_ratio: Whether to fill up with zeros to the aspect ratio.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A function from a path, a string tensor `()`, to an image `(height, width,
        channels)` or `(channels, height, width)`: float32 from 0 to 255, or uint8
        with `"nearest"`, which computes no new values.
    """
    num_channels = _NUM_CHANNELS[color_mode]

    def load_image(path: tf.Tensor) -> tf.Tensor:
        image = tf.image.decode_image(
            tf.io.read_file(path), channels=num_channels, expand_animations=False
        )
        if crop_to_aspect_ratio:
            image = _crop_to_aspect_ratio(image, image_size)
        if pad_to_aspect_ratio:
            image = tf.image.resize_with_pad(image, *image_size, method=interpolation)
        else:
            image = _resize(image, image_size, interpolation)
        image.set_shape((*image_size, num_channels))
        if data_format == "channels_first":
            image = tf.transpose(image, (2, 0, 1))
        return image

    return load_image


def _resize(image: tf.Tensor, size: tuple[int, int], method: str) -> tf.Tensor:
    """`tf.image.resize`, bit for bit, but quicker where an image becomes larger.

    The kernels cast every pixel that they read, and read each several times to enlarge
    an image. Casting it once took 0.7 of the processor time from 64 × 64 to 224 × 224,
    and more time than it saved where the image has over twice the pixels of the result.
    """
    if method not in ("bilinear", "bicubic"):
        return tf.image.resize(image, size, method=method)
    height, width = tf.unstack(tf.shape(image)[:2])
    is_larger = height * width > 2 * size[0] * size[1]
    is_same = (height == size[0]) & (width == size[1])
    return tf.cond(
        is_larger | is_same,
        lambda: tf.image.resize(image, size, method=method),
        lambda: tf.image.resize(tf.cast(image, tf.float32), size, method=method),
    )


def _crop_to_aspect_ratio(image: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """The largest centred window of the aspect ratio of `size`.

    The arithmetic is that of `keras.utils.image_utils.smart_resize`, in float32, so
    that the window is the same to the pixel.
    """
    shape = tf.shape(image)
    height, width = shape[0], shape[1]

    def scaled(length: tf.Tensor, to: int, by: int) -> tf.Tensor:
        return tf.cast(tf.cast(length * to, tf.float32) / by, tf.int32)

    crop_height = tf.maximum(tf.minimum(height, scaled(width, size[0], size[1])), 1)
    crop_width = tf.maximum(tf.minimum(width, scaled(height, size[1], size[0])), 1)
    top = scaled(height - crop_height, 1, 2)
    left = scaled(width - crop_width, 1, 2)
    return image[top : top + crop_height, left : left + crop_width]


class SampleTensors:
    """All that is known of some samples, as tensors.

    One hash table leads from the path of an image to the number of its sample, by
    which labels and weights are gathered: a table holds only scalars, so that class
    indices, rows of numbers and several outputs can share it.

    Attributes:
        file_paths: Path of each image.
        paths: The same, a string tensor `(numbers,)`.
    """

    def __init__(self, samples: Samples, numbers: NDArray[np.int64]) -> None:
        self.file_paths = [samples.paths[number] for number in numbers.tolist()]
        self.paths = keys = tf.constant(self.file_paths)
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
    load_image: ImageLoader,
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
        load_image: Reads one image.
        batch_size: Images per batch, or `None` for single images.
        shuffle_buffer_size: Images from which each next one is drawn, anew in every
            epoch; `None` to keep the order.
        seed: Seed of that shuffle.

    Returns:
        A `tf.data.Dataset` of images, `(images, labels)` or `(images, labels,
        weights)`, with the attributes `class_names`, `file_paths` and `labels`.
    """
    tensors = SampleTensors(samples, order)
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
    names = {
        output: None if t.class_names is None else list(t.class_names)
        for output, t in samples.targets.items()
    }
    labels = {output: t.values[order] for output, t in samples.targets.items()}
    dataset.class_names = names.get(None, names) if names else None
    dataset.file_paths = tensors.file_paths
    dataset.labels = labels.get(None, labels) if labels else None
    return dataset
