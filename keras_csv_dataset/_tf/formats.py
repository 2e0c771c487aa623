"""The formats that a call with `format="tf"` decodes, and those decoded in Python.

A pipeline that calls Python for every image takes its lock from the training loop, and
cannot run in another process. So these formats are decoded in Python only to fill a
cache, or to check images.
"""

import re
from collections.abc import Collection, Iterable

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from keras_csv_dataset._files import Decodable, split_suffix
from keras_csv_dataset._formats import (
    PYTHON_SUFFIXES,
    declared_size_in_python,
    decode_in_python,
    decoder_versions,
    readable_suffixes,
    say_what_to_install,
)
from keras_csv_dataset._tf.declared_size import allow_if
from keras_csv_dataset._tf.headers import OTHER_FORMATS

_SUFFIXES = tuple(sorted(f".{f}" for f in ("jpeg", "jpg", *OTHER_FORMATS)))
_WEBP = ".webp"
_WEBP_ADVICE = (
    "TensorFlow decodes WebP from version 2.20 on: install a newer one, or pass "
    'format="grain".'
)
_TWO_WAYS = (
    "TensorFlow does not decode this format: pass cache=True, which decodes each image "
    'once in Python, or format="grain".'
)
_IN_PYTHON = f"(?s).*({'|'.join(map(re.escape, PYTHON_SUFFIXES))})"


def decodable_formats(cached: bool) -> Decodable:
    """The formats that a call can decode.

    Args:
        cached: Whether images are kept in a cache.
    """

    def advise(suffixes: Collection[str]) -> str:
        sentences = [_WEBP_ADVICE] if _WEBP in suffixes else []
        if not cached and not {*suffixes}.isdisjoint(PYTHON_SUFFIXES):
            sentences.append(_TWO_WAYS)
        return " ".join([*sentences, say_what_to_install(suffixes)]).strip()

    return Decodable(_SUFFIXES + (readable_suffixes() if cached else ()), advise)


def any_in_python(paths: Iterable[str]) -> bool:
    """Whether any of some files has the suffix of a format decoded in Python."""
    return any(split_suffix(path)[1].lower() in PYTHON_SUFFIXES for path in paths)


def is_in_python(path: tf.Tensor) -> tf.Tensor:
    """Whether a file has the suffix of a format decoded in Python: a boolean `()`."""
    return tf.strings.regex_full_match(tf.strings.lower(path), _IN_PYTHON)


def decode_with_python(
    contents: tf.Tensor, path: tf.Tensor, num_channels: int
) -> tf.Tensor:
    """Decodes an image in Python, to 3 channels or, if `num_channels` is 4, to 4.

    Raises:
        tf.errors.InvalidArgumentError: If it cannot be decoded. The error names the
            file.
    """
    num_channels = max(num_channels, 3)

    def decode(contents: object) -> tuple[NDArray[np.uint8], bytes]:
        try:
            pixels = decode_in_python(_bytes(contents))
        except ValueError as error:
            return np.zeros((1, 1, num_channels), np.uint8), str(error).encode()
        return _with_channels(pixels, num_channels), b""

    pixels, reason = tf.numpy_function(
        decode, [contents], (tf.uint8, tf.string), stateful=False
    )
    pixels = allow_if(reason == b"", pixels, [path, "cannot be decoded:", reason])
    return tf.ensure_shape(pixels, (None, None, num_channels))


def declared_size_with_python(contents: tf.Tensor) -> tf.Tensor:
    """Height and width that a file declares: an int64 `(2,)`."""

    def size_of(contents: object) -> NDArray[np.int64]:
        return np.array(declared_size_in_python(_bytes(contents)), np.int64)

    size = tf.numpy_function(size_of, [contents], tf.int64, stateful=False)
    return tf.ensure_shape(size, (2,))


def name_decoder(in_python: bool) -> str:
    """What determines the pixels of files, apart from the arguments.

    Args:
        in_python: Whether any of them is decoded in Python.
    """
    versions = f", {decoder_versions()}" if in_python else ""
    return f"tensorflow {tf.__version__}{versions}"


def _bytes(contents: object) -> bytes:
    # Bytes, or, outside a graph, an array that contains them.
    whole: bytes = np.asarray(contents, object).item()
    return whole


def _with_channels(pixels: NDArray[np.uint8], num_channels: int) -> NDArray[np.uint8]:
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if pixels.shape[2] < num_channels:
        return np.pad(pixels, ((0, 0), (0, 0), (0, 1)), constant_values=255)
    return np.ascontiguousarray(pixels[..., :num_channels])
