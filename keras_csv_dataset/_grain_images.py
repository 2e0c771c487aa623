"""Reads one image without TensorFlow: decode, crop or pad, resize."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._grain_decode import (
    Pixels,
    decode_like_keras_grain,
    decode_like_tensorflow,
)
from keras_csv_dataset._image_spec import ImageSpec
from keras_csv_dataset._resize_weights import resize_by_weights

DECODABLE_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")

# The methods that Keras's own `format="grain"` offers beside bilinear and nearest. It
# pads before it resizes, and TensorFlow afterwards: here these follow the one, and all
# other methods the other.
_METHODS_OF_KERAS_GRAIN = ("bicubic", "lanczos3", "lanczos5")


@dataclass(frozen=True)
class ImageLoader:
    """Reads an image file.

    Attributes:
        spec: What the image is to become.
    """

    spec: ImageSpec

    def __call__(self, path: str) -> NDArray[Any]:
        """Reads an image.

        Args:
            path: The file.

        Returns:
            An image of the shape of `spec`, numbers from 0 to 255: uint8 for
            `"nearest"`, else float32.

        Raises:
            ValueError: If it cannot be decoded; the message names the file.
        """
        with open(path, "rb") as file:
            encoded = file.read()
        follows_keras = self.spec.interpolation in _METHODS_OF_KERAS_GRAIN
        decode = decode_like_keras_grain if follows_keras else decode_like_tensorflow
        try:
            image = decode(encoded, self.spec.num_channels)
        except ValueError as error:
            raise ValueError(
                f"{path!r} cannot be decoded: {error}. Replace or remove this file; "
                "`keras-csv-dataset check` names all that cannot be decoded, with "
                "their lines in the CSV."
            ) from error
        image = self._fit(image, follows_keras)
        if self.spec.data_format == "channels_first":
            return np.ascontiguousarray(image.transpose(2, 0, 1))
        return image

    def _fit(self, image: Pixels, pads_first: bool) -> NDArray[Any]:
        size, method = self.spec.image_size, self.spec.interpolation
        if self.spec.crop_to_aspect_ratio:
            image = _crop_to_aspect_ratio(image, size)
        elif self.spec.pad_to_aspect_ratio:
            if not pads_first:
                return _resize_with_pad(image, size, method)
            image = _pad_to_aspect_ratio(image, size)
        return _resize(image, size, method)


def _resize(image: Pixels, size: tuple[int, int], method: str) -> NDArray[Any]:
    """`tf.image.resize`: within 0.04 of its numbers, most of which OpenCV's are."""
    height, width = size
    if method == "nearest":
        rows = _nearest(image.shape[0], height)
        return image[rows[:, None], _nearest(image.shape[1], width)]
    pixels = image.astype(np.float32)
    if method != "bilinear":
        return resize_by_weights(pixels, size, method)
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
    # OpenCV drops the axis of a single channel.
    return np.asarray(resized, np.float32).reshape(*size, image.shape[2])


def _nearest(old_length: int, length: int) -> NDArray[np.intp]:
    """Which old pixel each new one is; in float32, as TensorFlow computes it."""
    scale = np.float32(old_length) / np.float32(length)
    centres = np.arange(length, dtype=np.float32) + np.float32(0.5)
    return np.minimum((centres * scale).astype(np.intp), old_length - 1)


def _crop_to_aspect_ratio(image: Pixels, size: tuple[int, int]) -> Pixels:
    """The largest centred window of the aspect ratio of `size`, as in Keras."""
    height, width = image.shape[:2]

    def scaled(length: int, to: int, by: int) -> int:
        # In float32, so that the window is the same to the pixel.
        return int(np.float32(length * to) / np.float32(by))

    crop_height = max(min(height, scaled(width, size[0], size[1])), 1)
    crop_width = max(min(width, scaled(height, size[1], size[0])), 1)
    top, left = (height - crop_height) // 2, (width - crop_width) // 2
    return image[top : top + crop_height, left : left + crop_width]


def _resize_with_pad(image: Pixels, size: tuple[int, int], method: str) -> NDArray[Any]:
    """`tf.image.resize_with_pad`: resizes, and then adds zeros on both sides."""
    # In float32, as TensorFlow computes it.
    old = np.array(image.shape[:2], np.float32)
    new = np.array(size, np.float32)
    exact = old / (old / new).max()
    height, width = np.floor(exact).astype(int).clip(1).tolist()
    top, left = np.floor((new - exact) / 2).astype(int).clip(0).tolist()
    resized = _resize(image, (height, width), method)
    padded = np.zeros((*size, image.shape[2]), resized.dtype)
    padded[top : top + height, left : left + width] = resized
    return padded


def _pad_to_aspect_ratio(image: Pixels, size: tuple[int, int]) -> Pixels:
    """Adds zeros as `keras.ops.image.resize` does before it resizes."""
    height, width = image.shape[:2]
    padded_height = max(height, int(width * size[0] / size[1]))
    padded_width = max(width, int(height * size[1] / size[0]))
    top, left = (padded_height - height) // 2, (padded_width - width) // 2
    # Keras pads either top and bottom or left and right.
    left = 0 if top else left
    return np.pad(image, ((top, top), (left, left), (0, 0)))
