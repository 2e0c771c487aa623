"""Decodes every image once without TensorFlow, to find those that cannot be."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from keras_csv_dataset._grain_decode import (
    decode_jpeg,
    decode_like_tensorflow,
    jpeg_size,
)

_PROGRESS_STEP = 64
_RGB = 3


@dataclass(frozen=True)
class ImageCheck:
    """What decoding every image has shown.

    Attributes:
        errors: Number of each image that could not be decoded -> why.
    """

    errors: Mapping[int, str]


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
    errors = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, problem in enumerate(pool.map(_problem_of, paths)):
            if problem is not None:
                errors[number] = problem
            done = number + 1
            if on_progress and (done % _PROGRESS_STEP == 0 or done == len(paths)):
                on_progress(done)
    return ImageCheck(errors)


def _problem_of(path: str) -> str | None:
    """One line on what is wrong with a file, or `None`."""
    try:
        with open(path, "rb") as file:
            encoded = file.read()
        if jpeg_size(encoded):
            try:
                # To an eighth of the size every byte is decoded, with less work.
                decode_jpeg(encoded, _RGB, ratio=8)
                return None
            except ValueError:
                pass  # Pillow decodes some of what simplejpeg refuses.
        decode_like_tensorflow(encoded, _RGB)
    except FileNotFoundError:
        return "the file is not there"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    except ValueError as error:
        return str(error)
    return None
