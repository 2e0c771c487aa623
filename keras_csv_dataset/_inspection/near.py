"""Finds near duplicates: images that look the same, though no pixel may be equal."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._groups import Groups, groups_in
from keras_csv_dataset._images import CheckImages, Thumbnails
from keras_csv_dataset._inspection.alignment import SIDE, Grey, are_alike, similarity
from keras_csv_dataset._inspection.images import Images
from keras_csv_dataset._inspection.similar_hashes import find_similar, turned

# In an image with fewer pixels on a side, there is too little to compare.
LEAST_SIDE = 32
# The similarity of the same picture, chosen on planted duplicates. The documentation of
# the command line has the figures.
_LEAST = 0.7
# How random pairs are chosen, and what no such pair exceeds.
_MANY, _RANDOM_PAIRS, _DEVIATIONS = 100, 500, 6
# Pairs whose thumbnails are in memory at once.
_BLOCK = 4000

IntArray = NDArray[np.int64]


def are_too_small(images: Images) -> NDArray[np.bool_]:
    """Which images are too small for near duplicates to be told apart: `(images,)`."""
    small: NDArray[np.bool_] = (
        np.minimum(images["height"], images["width"]) < LEAST_SIDE
    )
    return small & images.are_sound


@contextmanager
def _in_one_thread() -> Iterator[None]:
    """Keeps OpenCV from sharing work among threads.

    For images of these sizes, that takes twice the CPU time, and no less wall time.
    """
    import cv2

    number = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(number)


@_in_one_thread()
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
    comparison = _Comparison(images, candidates, check_images)
    pairs = find_similar(np.ascontiguousarray(images["hash"][candidates]))
    least = _LEAST if not len(pairs) else max(_LEAST, comparison.most_by_chance())
    groups = Groups(len(candidates))
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        # Pairs that others have joined already need not be compared.
        apart = [not groups.are_joined(*pair[:2]) for pair in block.tolist()]
        block = block[apart]
        thumbnails = comparison.thumbnails(block)
        for (one, other, _), alike in zip(block.tolist(), thumbnails, strict=True):
            if not groups.are_joined(one, other) and _are_same(*alike, least):
                groups.join([one, other])
    return [candidates[group] for group in groups_in(groups.numbers())]


def _are_same(one: Grey, other: Grey, least: float) -> bool:
    """Whether thumbnails are similar enough; most that differ take little time."""
    return are_alike(one, other) and similarity(one, other) >= least


class _Comparison:
    """Compares pairs of images closely.

    Args:
        images: All images.
        candidates: Those of them that pairs are made of.
        check_images: Decodes images.
    """

    def __init__(
        self, images: Images, candidates: IntArray, check_images: CheckImages
    ) -> None:
        self._images = images
        self._candidates = candidates
        self._check_images = check_images

    def thumbnails(self, pairs: IntArray) -> Iterator[tuple[Grey, Grey]]:
        """Yields the thumbnails of pairs, as `find_similar` returns them, turned."""
        numbers = np.unique(pairs[:, :2])
        thumbnails = self._read(self._candidates[numbers])
        thumbnail_of = dict(zip(numbers.tolist(), thumbnails, strict=True))
        for one, other, turn in pairs.tolist():
            image = np.ascontiguousarray(turned(thumbnail_of[one], turn))
            yield image, thumbnail_of[other]

    def most_by_chance(self) -> float:
        """The similarity that different pictures of this collection do not exceed.

        Radiographs of one kind are more similar than photographs. So random pairs are
        compared, and what is six deviations above their mean is taken for the same
        picture. The mean and the deviation of the transformed correlations (Fisher,
        1915) are those of a normal distribution with their median and 90th percentile,
        because some of the pairs may be duplicates. It takes many images to estimate
        them; of fewer, nothing is known.
        """
        number = len(self._candidates)
        if number < _MANY:
            return -1.0
        random = np.random.RandomState(0)
        pairs = random.randint(0, number, (_RANDOM_PAIRS, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        upright = np.zeros((len(pairs), 1), np.int64)
        thumbnails = self.thumbnails(np.hstack([pairs, upright]))
        similarities = [similarity(*pair) for pair in thumbnails]
        median, high = np.quantile(np.arctanh(similarities), [0.5, 0.9])
        deviation = (high - median) / NormalDist().inv_cdf(0.9)
        return float(np.tanh(median + _DEVIATIONS * deviation))

    def _read(self, numbers: IntArray) -> NDArray[np.uint8]:
        """Decodes images again: grey thumbnails, `(images, SIDE, SIDE)`."""
        import cv2

        thumbnails = np.zeros((len(numbers), SIDE, SIDE), np.uint8)

        def look(seen: Thumbnails) -> None:
            for number, pixels in zip(seen.numbers.tolist(), seen.pixels, strict=True):
                grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
                thumbnails[number] = cv2.resize(
                    grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA
                )

        paths = self._images.paths(numbers)
        self._check_images(paths, lambda done: None, False, look)
        return thumbnails
