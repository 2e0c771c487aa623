"""Decodes every image once without TensorFlow, to find those that cannot be decoded."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from keras_csv_dataset._grain.decoding import (
    Pixels,
    declared_size,
    decode_jpeg,
    decode_like_tensorflow,
    decode_mask,
    jpeg_size,
    largest_ratio,
)
from keras_csv_dataset._images import (
    MOST_PIXELS,
    THUMBNAIL_SIDE,
    ImageCheck,
    Thumbnails,
    too_many_pixels,
)

_PROGRESS_STEP = 64
_RGB, _RGBA = 3, 4


def check_images(
    paths: Sequence[str],
    on_progress: Callable[[int], object] = lambda done: None,
    are_masks: bool = False,
    look: Callable[[Thumbnails], object] | None = None,
) -> ImageCheck:
    """Decodes every image once, on all cores.

    Args:
        paths: The images.
        on_progress: Called from time to time with the number of images that are done.
        are_masks: Whether they are masks, of which there are no thumbnails.
        look: Called with the thumbnails of some images after the other.

    Returns:
        An `ImageCheck`.
    """
    sizes = np.zeros((len(paths), 2), np.int32)
    errors = {}
    examine = partial(_examine, is_mask=are_masks, is_looked_at=look is not None)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # Not all at once: the contents of the files would fill the memory.
        for start in range(0, len(paths), _PROGRESS_STEP):
            seen = []
            batch = paths[start : start + _PROGRESS_STEP]
            for number, result in enumerate(pool.map(examine, batch), start):
                if isinstance(result, str):
                    errors[number] = result
                else:
                    sizes[number] = result.size
                    if result.thumbnail is not None:
                        seen.append((number, result))
            if look is not None and seen:
                look(_thumbnails(seen))
            on_progress(start + len(batch))
    return ImageCheck(errors=errors, sizes=sizes)


def read_pixels(path: str) -> Pixels:
    """Decodes one image as training does: uint8 `(height, width, 4)`.

    Raises:
        ValueError: If it cannot be decoded.
    """
    try:
        with open(path, "rb") as file:
            return decode_like_tensorflow(file.read(), _RGBA)
    except OSError as error:
        raise ValueError(f"the file cannot be read: {error.strerror}") from error


@dataclass(frozen=True, kw_only=True)
class _Examined:
    """What was seen of an image.

    Attributes:
        size: Height and width in pixels.
        contents: The contents of its file.
        thumbnail: The image in a square, if it was asked for.
    """

    size: tuple[int, int]
    contents: bytes = b""
    thumbnail: Pixels | None = None


def _thumbnails(seen: Sequence[tuple[int, _Examined]]) -> Thumbnails:
    return Thumbnails(
        numbers=np.array([number for number, _ in seen]),
        sizes=np.array([image.size for _, image in seen], np.int32),
        contents=[image.contents for _, image in seen],
        pixels=np.stack([image.thumbnail for _, image in seen]),  # type: ignore[misc]
    )


def _examine(path: str, is_mask: bool, is_looked_at: bool) -> _Examined | str:
    """Decodes an image, or says in one line what is wrong with it."""
    side = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    try:
        with open(path, "rb") as file:
            encoded = file.read()
        height, width = declared_size(encoded)
        if height * width > MOST_PIXELS:
            return too_many_pixels(height * width)
        if is_mask:
            height, width, _ = decode_mask(encoded).shape
            return _Examined(size=(height, width))
        # At an eighth of the size, every byte is still decoded, with less work.
        ratio = largest_ratio((height, width), side) if is_looked_at else 8
        pixels = _decode(encoded, ratio)
        if not jpeg_size(encoded):
            height, width, _ = pixels.shape
        if not is_looked_at:
            return _Examined(size=(height, width))
        thumbnail = cv2.resize(pixels, side, interpolation=cv2.INTER_AREA)
        return _Examined(size=(height, width), contents=encoded, thumbnail=thumbnail)
    except FileNotFoundError:
        return "the file does not exist"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    except ValueError as error:
        return str(error)


def _decode(encoded: bytes, ratio: int) -> Pixels:
    """Decodes an image; a JPEG at `1 / ratio` of its size."""
    if jpeg_size(encoded):
        try:
            return decode_jpeg(encoded, _RGB, ratio)
        except ValueError:
            pass  # Pillow decodes some files that simplejpeg refuses.
    return decode_like_tensorflow(encoded, _RGB)
