"""Decodes every image once without TensorFlow, to find those that cannot be decoded."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from keras_csv_dataset._grain.decoding import (
    declared_size,
    decode_jpeg,
    decode_like_tensorflow,
    decode_mask,
    jpeg_size,
)
from keras_csv_dataset._images import MOST_PIXELS, ImageCheck, too_many_pixels

_PROGRESS_STEP = 64
_RGB = 3


def check_images(
    paths: Sequence[str],
    on_progress: Callable[[int], object] = lambda done: None,
    are_masks: bool = False,
) -> ImageCheck:
    """Decodes every image once, on all cores.

    Args:
        paths: The images.
        on_progress: Called from time to time with the number of images that are done.
        are_masks: Whether they are masks.

    Returns:
        An `ImageCheck`.
    """
    sizes = np.zeros((len(paths), 2), np.int32)
    errors = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: _size_or_problem(path, are_masks), paths)
        for number, result in enumerate(results):
            if isinstance(result, str):
                errors[number] = result
            else:
                sizes[number] = result
            done = number + 1
            if done % _PROGRESS_STEP == 0 or done == len(paths):
                on_progress(done)
    return ImageCheck(errors=errors, sizes=sizes)


def _size_or_problem(path: str, is_mask: bool) -> tuple[int, int] | str:
    """`(height, width)` of an image, or one line on what is wrong with it."""
    try:
        with open(path, "rb") as file:
            encoded = file.read()
        height, width = declared_size(encoded)
        if height * width > MOST_PIXELS:
            return too_many_pixels(height * width)
        if is_mask:
            height, width, _ = decode_mask(encoded).shape
            return height, width
        if jpeg_size(encoded):
            try:
                # At an eighth of the size, every byte is still decoded, with less work.
                decode_jpeg(encoded, _RGB, ratio=8)
                return height, width
            except ValueError:
                pass  # Pillow decodes some files that simplejpeg refuses.
        height, width, _ = decode_like_tensorflow(encoded, _RGB).shape
        return height, width
    except FileNotFoundError:
        return "the file does not exist"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    except ValueError as error:
        return str(error)
