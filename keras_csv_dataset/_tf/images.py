"""Reads one image as Keras does: decode, crop or pad, resize."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import tensorflow as tf

from keras_csv_dataset._images import NO_CLASS, ImageSpec
from keras_csv_dataset._tf.declared_size import allow_jpeg
from keras_csv_dataset._tf.decoding import (
    decode_image,
    decode_scaled_jpeg,
    decode_target,
    is_jpeg,
)
from keras_csv_dataset._tf.mapping import traced_once
from keras_csv_dataset._tf.masks import (
    Levels,
    allow_size,
    decode_levels,
    image_size,
    to_numbers,
)
from keras_csv_dataset._tf.turning import start_in_scaled, turn, turn_size

# Interpolation -> kernel of TensorFlow's resampling at fractions of pixels.
_KERNELS = {
    "bicubic": "keyscubic",
    "gaussian": "gaussian",
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
    "mitchellcubic": "mitchellcubic",
}

# To make a graph takes longer than everything else in a call with a few images. So the
# graphs of these many loaders are kept, and shared by subsets and folds.
_NUM_LOADERS = 16

# From a path, a string tensor `()`, and optionally the EXIF orientation of its file, an
# int32 tensor `()`; of a mask, from its path, that of its image, and both orientations.
Loader = Callable[..., tf.Tensor]


@lru_cache(_NUM_LOADERS)
def image_loader(
    spec: ImageSpec, are_small: bool = False, in_python: bool = False
) -> Loader:
    """Makes the function that reads one image as Keras does, bit for bit.

    Args:
        spec: What the image becomes.
        are_small: Whether the images have at most twice the pixels of the result. This
            affects the time, but not the result.
        in_python: Whether formats that TensorFlow does not know are decoded in Python.

    Returns:
        A function to an image of the shape and the dtype of `spec`: numbers from 0 to
        255.
    """
    # To enlarge an image, the kernels read each pixel several times, and cast it each
    # time. Casting the image once took 0.7 of the CPU time from 64 × 64 to
    # 224 × 224, but did not pay off for images with more than twice the pixels of the
    # result.
    cast_first = are_small and spec.interpolation in ("bilinear", "bicubic")

    decode = decode_target if spec.kind == "target" else decode_image

    def load_exactly(
        contents: tf.Tensor, path: tf.Tensor, orientation: tf.Tensor | None
    ) -> tf.Tensor:
        image = decode(contents, path, spec.num_channels, in_python)
        image = turn(image, orientation)
        return _fit(image, _plan(tf.shape(image), spec), spec, cast_first)

    def load_image(path: tf.Tensor, orientation: tf.Tensor | None = None) -> tf.Tensor:
        contents = tf.io.read_file(path)
        if spec.scales_jpegs:
            image = tf.cond(
                is_jpeg(contents),
                lambda: _load_scaled_jpeg(
                    allow_jpeg(contents, path), spec, orientation
                ),
                lambda: load_exactly(contents, path, orientation),
            )
        else:
            image = load_exactly(contents, path, orientation)
        return _arranged(image, spec)

    return traced_once(load_image)


@lru_cache(_NUM_LOADERS)
def mask_loader(spec: ImageSpec, in_python: bool = False) -> Loader:
    """Makes the function that reads one mask, cropped and padded as its image is.

    Args:
        spec: What the mask becomes.
        in_python: Whether images in formats that TensorFlow does not know are read in
            Python.

    Returns:
        A function to an int32 mask of the shape of `spec`.
    """

    def load_mask(
        path: tf.Tensor,
        image_path: tf.Tensor,
        orientation: tf.Tensor | None = None,
        image_orientation: tf.Tensor | None = None,
    ) -> tf.Tensor:
        levels, scale = decode_levels(tf.io.read_file(path), path)
        levels = turn(levels, orientation)
        wanted = image_size(image_path, image_orientation, in_python)
        levels = allow_size(levels, path, image_path, wanted)
        plan = _plan(tf.shape(levels), spec)
        # Only the pixels that are left become numbers: usually there are fewer.
        levels = _crop_and_resize(levels, plan, spec)
        mask = to_numbers(Levels(levels, scale), path)
        # Padding adds zeros.
        return _arranged(_pad(mask - NO_CLASS, plan, spec) + NO_CLASS, spec)

    return traced_once(load_mask)


def _arranged(image: tf.Tensor, spec: ImageSpec) -> tf.Tensor:
    """Gives an image its static shape, and its channels their place."""
    image.set_shape((*spec.image_size, spec.num_channels))
    if spec.data_format == "channels_first":
        image = tf.transpose(image, (2, 0, 1))
    return image


class _Plan(NamedTuple):
    """The window of an image that is resized, its new size, and its new position.

    All are pairs of rows and columns, in pixels: int32 tensors `(2,)`.

    Attributes:
        start: The first pixel of the window.
        window: Size of the window.
        size: Size to which the window is resized.
        offset: Position of the resized window in the result, which is zero elsewhere.
    """

    start: tf.Tensor
    window: tf.Tensor
    size: tf.Tensor
    offset: tf.Tensor


def _plan(shape: tf.Tensor, spec: ImageSpec) -> _Plan:
    """The plan for an image of the shape `(height, width, …)`."""
    whole = shape[:2]
    target = tf.constant(spec.image_size)
    zero = tf.zeros_like(target)
    if spec.crop_to_aspect_ratio:
        # In float32, as in `keras.utils.image_utils.smart_resize`, so that the windows
        # are identical.
        scaled = tf.cast(whole[::-1] * target, tf.float32)
        largest = tf.cast(scaled / tf.cast(target[::-1], tf.float32), tf.int32)
        window = tf.maximum(tf.minimum(whole, largest), 1)
        start = tf.cast(tf.cast(whole - window, tf.float32) / 2, tf.int32)
        return _Plan(start, window, target, zero)
    if spec.pad_to_aspect_ratio:
        # As in `tf.image.resize_with_pad`, except that it leaves nothing of a very long
        # image.
        length, room = tf.cast(whole, tf.float32), tf.cast(target, tf.float32)
        exact = length / tf.reduce_max(length / room)
        offset = tf.cast(tf.floor((room - exact) / 2), tf.int32)
        size = tf.maximum(tf.cast(tf.floor(exact), tf.int32), 1)
        return _Plan(zero, whole, size, tf.maximum(offset, 0))
    return _Plan(zero, whole, target, zero)


def _fit(
    image: tf.Tensor, plan: _Plan, spec: ImageSpec, cast_first: bool = False
) -> tf.Tensor:
    """Crops the window, resizes it, and pads it with zeros."""
    return _pad(_crop_and_resize(image, plan, spec, cast_first), plan, spec)


def _crop_and_resize(
    image: tf.Tensor, plan: _Plan, spec: ImageSpec, cast_first: bool = False
) -> tf.Tensor:
    if spec.crop_to_aspect_ratio:
        (top, left), (height, width) = tf.unstack(plan.start), tf.unstack(plan.window)
        image = image[top : top + height, left : left + width]
    if cast_first:
        image = tf.cast(image, tf.float32)
    return tf.image.resize(image, plan.size, method=spec.method)


def _pad(image: tf.Tensor, plan: _Plan, spec: ImageSpec) -> tf.Tensor:
    if spec.pad_to_aspect_ratio:
        return tf.image.pad_to_bounding_box(
            image, plan.offset[0], plan.offset[1], *spec.image_size
        )
    return image


def _load_scaled_jpeg(
    contents: tf.Tensor, spec: ImageSpec, orientation: tf.Tensor | None
) -> tf.Tensor:
    """Decodes at 1/8, 1/4 or 1/2 of the size if that is enough, and fits the image.

    libjpeg makes the smaller image from the lowest frequencies of every block. That is
    less work, and closer to the mean of all pixels than a selection of them is.
    """
    # The plan uses the full size, because that of the smaller image is rounded.
    shape = tf.image.extract_jpeg_shape(contents)
    whole = turn_size(shape[:2], orientation)
    plan = _plan(whole, spec)
    image, ratio = decode_scaled_jpeg(
        contents, spec.num_channels, plan.window, plan.size
    )
    image = turn(image, orientation)
    start = start_in_scaled(plan.start, whole, ratio, orientation)
    plan = plan._replace(start=start)
    edges = tf.concat([plan.start, plan.window], 0)
    start, window = tf.split(edges // ratio, 2)
    return tf.cond(
        tf.reduce_all(edges % ratio == 0),
        lambda: _fit(image, plan._replace(start=start, window=window), spec),
        lambda: _fit_scaled(image, ratio, plan, spec),
    )


def _fit_scaled(
    image: tf.Tensor, ratio: int, plan: _Plan, spec: ImageSpec
) -> tf.Tensor:
    """`_fit` for an image decoded at `1 / ratio`, whose window may divide pixels."""
    start = tf.cast(plan.start / ratio, tf.float32)
    window = tf.cast(plan.window / ratio, tf.float32)
    size = tf.cast(plan.size, tf.float32)
    if spec.interpolation in _KERNELS:
        scale = size / window
        image = tf.raw_ops.ScaleAndTranslate(
            images=image[tf.newaxis],
            size=plan.size,
            scale=scale,
            translation=-start * scale,
            kernel_type=_KERNELS[spec.interpolation],
            antialias=False,
        )[0]
    else:
        # Boxes are given by the centres of their first and last pixels.
        step = window / size
        first = start + (step - 1) / 2
        last = first + step * (size - 1)
        limit = tf.cast(tf.maximum(tf.shape(image)[:2] - 1, 1), tf.float32)
        box = tf.clip_by_value(tf.concat([first / limit, last / limit], 0), 0.0, 1.0)
        image = tf.image.crop_and_resize(
            image[tf.newaxis], box[tf.newaxis], [0], plan.size
        )[0]
    return _pad(image, plan, spec)
