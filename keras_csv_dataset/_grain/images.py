"""Reads one image without TensorFlow: decode, crop or pad, resize."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from keras_csv_dataset._formats import decoder_versions
from keras_csv_dataset._grain.decoding import (
    declared_size,
    decode_jpeg,
    decode_like_keras_grain,
    decode_like_tensorflow,
    decode_mask,
    decode_target,
    jpeg_size,
    largest_ratio,
)
from keras_csv_dataset._grain.resize_weights import (
    resize_by_weights,
    resize_from_neighbours,
)
from keras_csv_dataset._images import (
    NO_CLASS,
    TURNS,
    UPRIGHT,
    ImageSpec,
    turned,
    turned_size,
)

# What determines the pixels, apart from the arguments.
DECODER = (
    f"simplejpeg {simplejpeg.__version__}, OpenCV {cv2.__version__}, "
    f"{decoder_versions()}"
)

# The methods that Keras's own `format="grain"` offers in addition to bilinear and
# nearest. Keras pads before it resizes there, but afterwards with `format="tf"`. Here,
# these methods follow the former and all others the latter.
_METHODS_OF_KERAS_GRAIN = ("bicubic", "lanczos3", "lanczos5")

# With more pixels than this for each pixel of the result, picking those that a bilinear
# resize uses is faster than converting all of them to floats. Into 128 × 128 to
# 512 × 512 pixels, the times were equal at 10 to 30.
_MANY_PIXELS = 20

_Pair = tuple[int, int]


@dataclass(frozen=True)
class ImageLoader:
    """Reads an image file.

    Attributes:
        spec: What the image becomes.
        orientations: Path -> EXIF orientation of each file that is to be turned.
    """

    spec: ImageSpec
    orientations: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, path: str, image_path: str = "") -> NDArray[Any]:
        """Reads an image.

        Args:
            path: The file.
            image_path: For a mask, the image that it belongs to.

        Returns:
            An image of the shape and the dtype of `spec`.

        Raises:
            ValueError: If it cannot be decoded; the message names the file.
        """
        encoded = _read(path)
        try:
            if self.spec.kind == "mask":
                image = self._load_mask(encoded, path, image_path)
            else:
                image = self._load(encoded, self._orientation(path))
        except ValueError as error:
            raise ValueError(
                f"{path!r} cannot be decoded: {error}. Replace the file or remove its "
                "row. `keras-csv-dataset check --format grain` names all files that "
                "cannot be decoded, with their lines in the CSV."
            ) from error
        if self.spec.data_format == "channels_first":
            image = np.ascontiguousarray(image.transpose(2, 0, 1))
        return image.astype(self.spec.dtype, copy=False)

    def _orientation(self, path: str) -> int:
        return self.orientations.get(path, UPRIGHT)

    def _load_mask(self, encoded: bytes, path: str, image_path: str) -> NDArray[Any]:
        mask = turned(decode_mask(encoded), self._orientation(path))
        declared = declared_size(_read(image_path))
        size = mask.shape[:2]
        wanted = turned_size(declared, self._orientation(image_path))
        if size != wanted and wanted != (0, 0):
            raise ValueError(
                f"it is a mask of height and width {size}, but its image, "
                f"{image_path!r}, has {wanted}"
            )
        # Padding adds zeros.
        return _fit_whole(mask - NO_CLASS, self.spec) + NO_CLASS

    def _load(self, encoded: bytes, orientation: int) -> NDArray[Any]:
        spec = self.spec
        if spec.scales_jpegs and (size := jpeg_size(encoded)):
            size = turned_size(size, orientation)
            plan = _plan(size, spec)
            ratio = largest_ratio(plan.window, plan.size)
            if ratio > 1:
                try:
                    image = decode_jpeg(encoded, spec.num_channels, ratio)
                    image = turned(image, orientation)
                    plan = _shifted(plan, size, ratio, orientation)
                    return _fit(image, plan, spec, ratio)
                except ValueError:
                    pass  # Pillow, which decodes below, reads more kinds of JPEG.
        decode = (
            decode_like_keras_grain
            if spec.interpolation in _METHODS_OF_KERAS_GRAIN
            else decode_like_tensorflow
        )
        image = (
            decode_target(encoded, spec.num_channels, decode)
            if spec.kind == "target"
            else decode(encoded, spec.num_channels)
        )
        return _fit_whole(turned(image, orientation), spec)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


class _Plan(NamedTuple):
    """The window of an image that is resized, its new size, and its new position.

    All are pairs of rows and columns, in pixels of the whole image or of the result.

    Attributes:
        start: The first pixel of the window.
        window: Size of the window.
        size: Size to which the window is resized.
        offset: Position of the resized window in the result, which is zero elsewhere.
    """

    start: _Pair
    window: _Pair
    size: _Pair
    offset: _Pair


def _plan(whole: _Pair, spec: ImageSpec) -> _Plan:
    """The plan for an image, computed in float32 as in TensorFlow."""
    target = spec.image_size
    if spec.crop_to_aspect_ratio:
        scaled = np.array(whole[::-1]) * target
        largest = scaled.astype(np.float32) / np.array(target[::-1], np.float32)
        height, width = np.minimum(whole, largest.astype(int)).clip(1).tolist()
        start = (whole[0] - height) // 2, (whole[1] - width) // 2
        return _Plan(start, (height, width), target, (0, 0))
    if spec.pad_to_aspect_ratio:
        length, room = np.array(whole, np.float32), np.array(target, np.float32)
        exact = length / (length / room).max()
        height, width = np.floor(exact).astype(int).clip(1).tolist()
        top, left = np.floor((room - exact) / 2).astype(int).clip(0).tolist()
        return _Plan((0, 0), whole, (height, width), (top, left))
    return _Plan((0, 0), whole, target, (0, 0))


def _shifted(plan: _Plan, whole: _Pair, ratio: int, orientation: int) -> _Plan:
    """The plan for a turned image decoded at `1 / ratio` of its size.

    The last row and column of a scaled JPEG can reach beyond those of the whole. Where
    their order is reversed, they are the first.
    """
    turn = TURNS[orientation]
    top, left = (
        start + (-length % ratio if step < 0 else 0)
        for start, length, step in zip(
            plan.start, whole, (turn.row_step, turn.column_step), strict=True
        )
    )
    return plan._replace(start=(top, left))


def _fit_whole(image: NDArray[Any], spec: ImageSpec) -> NDArray[Any]:
    """Crops, resizes and pads an image or a label; both have the same edges."""
    # Scaled images are padded afterwards, so all other images are, too.
    pads_first = (
        spec.interpolation in _METHODS_OF_KERAS_GRAIN and not spec.scaled_decoding
    )
    if spec.pad_to_aspect_ratio and pads_first:
        image = _pad_to_aspect_ratio(image, spec.image_size)
        spec = replace(spec, pad_to_aspect_ratio=False)
    return _fit(image, _plan(image.shape[:2], spec), spec)


def _fit(
    image: NDArray[Any], plan: _Plan, spec: ImageSpec, ratio: int = 1
) -> NDArray[Any]:
    """Resizes the window of an image decoded at `1 / ratio`, and pads it with zeros."""
    if all(edge % ratio == 0 for edge in (*plan.start, *plan.window)):
        (top, left), (height, width) = (
            (rows // ratio, columns // ratio)
            for rows, columns in (plan.start, plan.window)
        )
        part = image[top : top + height, left : left + width]
        resized = _resize(part, plan.size, spec.method)
    else:
        # At a fraction of the size of the image, a window can end inside a pixel.
        resized = resize_by_weights(
            image.astype(np.float32),
            plan.size,
            spec.interpolation,
            (plan.start[0] / ratio, plan.start[1] / ratio),
            (plan.window[0] / ratio, plan.window[1] / ratio),
        )
    if plan.size == spec.image_size:
        return resized
    (top, left), (height, width) = plan.offset, plan.size
    padded = np.zeros((*spec.image_size, image.shape[2]), resized.dtype)
    padded[top : top + height, left : left + width] = resized
    return padded


def _resize(image: NDArray[Any], size: _Pair, method: str) -> NDArray[Any]:
    """Resizes as `tf.image.resize` does, to within 0.04 of a level."""
    height, width = size
    if method == "nearest":
        rows = _nearest(image.shape[0], height)
        return image[rows[:, None], _nearest(image.shape[1], width)]
    if method == "bilinear" and image[..., 0].size > _MANY_PIXELS * height * width:
        return resize_from_neighbours(image, size)
    pixels = image.astype(np.float32)
    if method != "bilinear":
        return resize_by_weights(pixels, size, method)
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
    # OpenCV drops the axis of a single channel.
    return np.asarray(resized, np.float32).reshape(*size, image.shape[2])


def _nearest(old_length: int, length: int) -> NDArray[np.intp]:
    """The old pixel for each new one, computed in float32 as in TensorFlow."""
    scale = np.float32(old_length) / np.float32(length)
    centres = np.arange(length, dtype=np.float32) + np.float32(0.5)
    return np.minimum((centres * scale).astype(np.intp), old_length - 1)


def _pad_to_aspect_ratio(image: NDArray[Any], size: _Pair) -> NDArray[Any]:
    """Adds zeros as `keras.ops.image.resize` does before it resizes."""
    height, width = image.shape[:2]
    padded_height = max(height, int(width * size[0] / size[1]))
    padded_width = max(width, int(height * size[1] / size[0]))
    top, left = (padded_height - height) // 2, (padded_width - width) // 2
    # Keras pads either top and bottom or left and right.
    left = 0 if top else left
    return np.pad(image, ((top, top), (left, left), (0, 0)))
