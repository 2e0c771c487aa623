"""Finds near duplicates: images that look the same, though no pixel may be equal."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import THUMBNAIL_SIDE, CheckImages, Thumbnails
from keras_csv_dataset._inspection.alignment import SIDE, show_the_same
from keras_csv_dataset._inspection.groups import Groups, groups_in
from keras_csv_dataset._inspection.images import Images
from keras_csv_dataset._inspection.similar_hashes import Pairs, find_similar, turned

# In an image with fewer pixels on a side, there is too little to compare.
LEAST_SIDE = 32
# Pairs whose thumbnails are in memory at once.
_BLOCK = 2000

IntArray = NDArray[np.int64]


def are_too_small(images: Images) -> NDArray[np.bool_]:
    """Which images are too small for near duplicates to be told apart: `(images,)`."""
    small: NDArray[np.bool_] = (
        np.minimum(images["height"], images["width"]) < LEAST_SIDE
    )
    return small & images.are_sound


def find_near_duplicates(
    images: Images, candidates: IntArray, check_images: CheckImages
) -> list[IntArray]:
    """Groups images that look the same.

    Pairs with similar hashes are decoded again, and compared closely.

    Args:
        images: All images.
        candidates: The images to group.
        check_images: Decodes images.

    Returns:
        The groups, each with two or more images.
    """
    pairs = find_similar(np.ascontiguousarray(images["hash"][candidates]))
    groups = Groups(len(candidates))
    with ThreadPoolExecutor() as pool:
        for block in _blocks(pairs):
            # Pairs that others have joined already need not be compared.
            rows = [row for row in block if not groups.are_joined(*_ends(pairs, row))]
            if not rows:
                continue
            numbers = np.unique([pairs.one[rows], pairs.other[rows]])
            thumbnails = _read(images, candidates[numbers], check_images)
            thumbnail_of = dict(zip(numbers.tolist(), thumbnails, strict=True))

            def are_same(
                row: int, of: dict[int, NDArray[np.uint8]] = thumbnail_of
            ) -> bool:
                one, other = _ends(pairs, row)
                image = np.ascontiguousarray(turned(of[one], int(pairs.turn[row])))
                return show_the_same(image, of[other])

            for row, same in zip(rows, pool.map(are_same, rows), strict=True):
                if same:
                    groups.join(_ends(pairs, row))
    return [candidates[group] for group in groups_in(groups.numbers())]


def _blocks(pairs: Pairs) -> Iterator[range]:
    for start in range(0, len(pairs.one), _BLOCK):
        yield range(start, min(start + _BLOCK, len(pairs.one)))


def _ends(pairs: Pairs, row: int) -> tuple[int, int]:
    return int(pairs.one[row]), int(pairs.other[row])


def _read(
    images: Images, numbers: IntArray, check_images: CheckImages
) -> NDArray[np.uint8]:
    """Decodes images again: grey thumbnails, `(images, SIDE, SIDE)`."""
    import cv2

    thumbnails = np.zeros((len(numbers), SIDE, SIDE), np.uint8)

    def look(seen: Thumbnails) -> None:
        for number, pixels in zip(seen.numbers.tolist(), seen.pixels, strict=True):
            grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
            thumbnails[number] = cv2.resize(
                grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA
            )

    assert THUMBNAIL_SIDE >= SIDE
    paths = [images.path(number) for number in numbers.tolist()]
    check_images(paths, lambda done: None, False, look)
    return thumbnails
