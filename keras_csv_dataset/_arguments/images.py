"""Checks the arguments about images, batches and the cache."""

import os
from typing import get_args

import numpy as np

from keras_csv_dataset._arguments.checks import (
    check_choice,
    check_flag,
    check_whole_number,
)
from keras_csv_dataset._arguments.choices import (
    CacheDtype,
    ColorMode,
    DataFormat,
    Interpolation,
)
from keras_csv_dataset._files import is_address
from keras_csv_dataset._images import Cache, ImageSpec

# Interpolations that cannot be applied to an image that was decoded at a smaller size.
_NOT_SCALED = {
    "nearest": "computes no new values",
    "area": "averages all pixels of the file",
}


def read_image_spec(
    *,
    color_mode: object,
    image_size: object,
    interpolation: object,
    crop_to_aspect_ratio: object,
    pad_to_aspect_ratio: object,
    data_format: object,
    exif_orientation: object,
    scaled_decoding: object,
) -> ImageSpec:
    """Checks the arguments about images, and returns them as one record."""
    check_choice("color_mode", color_mode, get_args(ColorMode))
    if isinstance(interpolation, str):
        interpolation = interpolation.lower()
    check_choice("interpolation", interpolation, get_args(Interpolation))
    crop = check_flag("crop_to_aspect_ratio", crop_to_aspect_ratio)
    pad = check_flag("pad_to_aspect_ratio", pad_to_aspect_ratio)
    if crop and pad:
        raise ValueError(
            "Only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True. "
            "Received: crop_to_aspect_ratio=True, pad_to_aspect_ratio=True"
        )
    turns = check_flag("exif_orientation", exif_orientation)
    scaled = check_flag("scaled_decoding", scaled_decoding)
    if scaled and interpolation in _NOT_SCALED:
        raise ValueError(
            f'`scaled_decoding` must be False with interpolation="{interpolation}", '
            f"which {_NOT_SCALED[str(interpolation)]}. Received: scaled_decoding=True"
        )
    if data_format is None:
        import keras

        data_format = keras.config.image_data_format()
    if isinstance(data_format, str):
        data_format = data_format.lower()
    check_choice("data_format", data_format, get_args(DataFormat))
    return ImageSpec(
        color_mode=str(color_mode),
        image_size=read_image_size(image_size),
        interpolation=str(interpolation),
        crop_to_aspect_ratio=crop,
        pad_to_aspect_ratio=pad,
        data_format=str(data_format),
        exif_orientation=turns,
        scaled_decoding=scaled,
    )


def read_image_size(image_size: object) -> tuple[int, int]:
    """`(height, width)`; one number is used for both."""
    size = image_size if isinstance(image_size, list | tuple) else (image_size,) * 2
    try:
        height, width = (check_whole_number("image_size", n, 1) for n in size)
    except ValueError:
        raise ValueError(
            "`image_size` must be a tuple of 2 whole numbers, (height, width). "
            f"Received: image_size={image_size!r}"
        ) from None
    return height, width


def read_batch_size(batch_size: object) -> int | None:
    """The number of images per batch; `None` for single images."""
    if batch_size is None:
        return None
    return check_whole_number("batch_size", batch_size, 1)


def read_shuffle_buffer_size(
    size: object, batch_size: int | None, format: object
) -> int:
    """The size of the shuffle buffer, in images; Keras's default for `None`."""
    if size is not None and format == "grain":
        raise ValueError(
            '`shuffle_buffer_size` must be left out with `format="grain"`, which '
            "always shuffles all images. Received: "
            f"shuffle_buffer_size={size!r}"
        )
    if size is None:
        return 8 * batch_size if batch_size is not None else 1024
    return check_whole_number("shuffle_buffer_size", size, 1)


def read_cache(cache: object, cache_dtype: object) -> Cache | None:
    """Where decoded images are kept, and in which form."""
    check_choice("cache_dtype", cache_dtype, get_args(CacheDtype))
    dtype = "uint8" if cache_dtype == "uint8" else "float32"
    if cache is None or isinstance(cache, bool | np.bool_):
        if not cache and dtype == "uint8":
            raise ValueError(
                "`cache_dtype` must be left out without `cache`, which keeps images in "
                f"this type. Received: cache_dtype={cache_dtype!r}, cache={cache!r}"
            )
        return Cache(dtype=dtype) if cache else None
    folder = str(os.fspath(cache)) if isinstance(cache, str | os.PathLike) else ""
    if not folder or is_address(folder):
        raise ValueError(
            "`cache` must be True, to keep decoded images in memory, or the path of a "
            f"folder on this machine to keep them in. Received: cache={cache!r}"
        )
    return Cache(folder=folder, dtype=dtype)
