"""Decodes every image once, to find those that cannot be."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

_PROGRESS_STEP = 64
# Where in its graph TensorFlow met the error, which says nothing of the file.
_OP_NAMES = re.compile(r"\{\{.*?\}\}|\[Op:.*")


@dataclass(frozen=True)
class ImageCheck:
    """What decoding every image has shown.

    Attributes:
        sizes: int32 `(images, 2)`, height and width in pixels; zeros where an image
            could not be decoded.
        errors: Number of each image that could not be decoded -> why.
    """

    sizes: NDArray[np.int32]
    errors: Mapping[int, str]

    def size_counts(self) -> Counter[tuple[int, int]]:
        """How many images there are of each `(height, width)`."""
        sizes, counts = np.unique(self.sizes, axis=0, return_counts=True)
        pairs = zip(sizes.tolist(), counts.tolist(), strict=True)
        return Counter({(h, w): count for (h, w), count in pairs if h})


def check_images(
    paths: Sequence[str], on_progress: Callable[[int], object] | None = None
) -> ImageCheck:
    """Decodes every image once, on all cores.

    Args:
        paths: The images.
        on_progress: Called now and then with the number of images done.

    Returns:
        An `ImageCheck`.
    """
    sizes = np.zeros((len(paths), 2), np.int32)
    if not paths:
        return ImageCheck(sizes, {})

    def size_of(number: tf.Tensor, path: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.image.decode_image(tf.io.read_file(path), expand_animations=False)
        return number, tf.shape(image)[:2]

    dataset = tf.data.Dataset.from_tensor_slices(list(paths)).enumerate()
    dataset = dataset.map(size_of, tf.data.AUTOTUNE, deterministic=False)
    dataset = dataset.ignore_errors(log_warning=False).batch(_PROGRESS_STEP)
    done = 0
    for numbers, batch_sizes in dataset.as_numpy_iterator():
        sizes[numbers] = batch_sizes
        done += len(numbers)
        if on_progress is not None:
            on_progress(done)
    if on_progress is not None and done < len(paths):
        on_progress(len(paths))
    failed: list[int] = np.flatnonzero(sizes[:, 0] == 0).tolist()
    return ImageCheck(sizes, {n: _why_undecodable(paths[n]) for n in failed})


def _why_undecodable(path: str) -> str:
    """One line on what is wrong with a file."""
    try:
        content = tf.io.read_file(path)
        if not len(content.numpy()):
            return "the file is empty"
        tf.image.decode_image(content, expand_animations=False)
    except tf.errors.NotFoundError:
        return "the file is gone"
    except (tf.errors.OpError, ValueError) as error:
        message = getattr(error, "message", None) or str(error)
        if "Unknown image file format" in message:
            return "it is not an image in a format that TensorFlow decodes"
        return _OP_NAMES.sub("", message.partition("\n")[0]).strip()
    return "it could not be read at first, but can be now"
