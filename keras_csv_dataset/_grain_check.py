"""Decodes every image once without TensorFlow, to find those that cannot be."""

import io
import math
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image

from keras_csv_dataset._grain_decode import (
    PILLOW_FORMATS,
    decode_jpeg,
    decode_like_tensorflow,
    jpeg_size,
)
from keras_csv_dataset._image_files import MOST_PIXELS, too_many_pixels

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
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
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
        pixels = _declared_pixels(encoded)
        if pixels > MOST_PIXELS:
            return too_many_pixels(pixels)
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


def _declared_pixels(encoded: bytes) -> int:
    """Pixels that a header declares; 0 where it cannot be read."""
    height, width = jpeg_size(encoded) or (0, 0)
    if height:
        return height * width
    try:
        with Image.open(io.BytesIO(encoded), formats=PILLOW_FORMATS) as image:
            return math.prod(image.size)
    except Image.DecompressionBombError as error:
        # Pillow has the same limit, and names the number first.
        return int(re.findall(r"\d+", str(error))[0])
    except (OSError, ValueError, SyntaxError):
        return 0
