"""Finds pictures that occur more than once, and what is wrong with that."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import open_to_read
from keras_csv_dataset._groups import Groups, groups_in
from keras_csv_dataset._images import CheckImages, ReadPixels
from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.findings import Finding, Place
from keras_csv_dataset._inspection.images import Images
from keras_csv_dataset._inspection.near import are_too_small, find_near_duplicates
from keras_csv_dataset._messages import count_of
from keras_csv_dataset._rows import GROUP_COLUMN

IntArray = NDArray[np.int64]

# What is measured of the pixels, and is equal if all of them are.
_LOOKS = ("thumbnail", "height", "width")
# How to get the column that keeps duplicates on one side of a split, and to use it.
_GROUPS = (
    "a column of groups with --write-groups FILE, and pass "
    f'`group_column="{GROUP_COLUMN}"`'
)
_ONE_SUBSET = (
    "Give all rows of a picture the same value in `split_column`, or keep one of each."
)


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """Groups of images that show the same picture; each is an array of images.

    Attributes:
        files: Images with the same bytes.
        pixels: Images with the same pixels, the first of each group of `files` only.
        near: Images that look the same, the first of each group of `pixels` only.
    """

    files: list[IntArray]
    pixels: list[IntArray]
    near: list[IntArray]

    def pictures(self) -> list[IntArray]:
        """All images of each picture, whatever their files have in common."""
        groups = [*self.files, *self.pixels, *self.near]
        pictures = Groups(max((int(group.max()) + 1 for group in groups), default=0))
        for group in groups:
            pictures.join(group.tolist())
        return groups_in(pictures.numbers())


def find_duplicates(
    images: Images,
    check_images: CheckImages,
    read_pixels: ReadPixels,
    has_extra: bool,
) -> Duplicates:
    """Finds duplicates among the images that can be decoded.

    Args:
        images: The images.
        check_images: Decodes images as thumbnails.
        read_pixels: Decodes the image at a path in full.
        has_extra: Whether near duplicates can be looked for.
    """
    left = np.flatnonzero(images.are_sound)
    files, left = _same(images, left, [*_LOOKS, "bytes"], _digest_of_file)
    pixels, left = _same(images, left, _LOOKS, lambda path: _digest(read_pixels(path)))
    large = left[~are_too_small(images)[left]]
    near = find_near_duplicates(images, large, check_images) if has_extra else []
    return Duplicates(files=files, pixels=pixels, near=near)


def duplicate_findings(
    collection: Collection, duplicates: Duplicates
) -> Iterator[Finding]:
    """Yields what is wrong with duplicates, and what to do."""
    pictures = duplicates.pictures()
    leaks = list(_leaks(collection, pictures))
    yield from _conflicts(collection, pictures)
    yield from leaks
    kinds = {
        "identical_files": (duplicates.files, "have the same bytes"),
        "identical_pixels": (duplicates.pixels, "have the same pixels"),
        "near_duplicates": (duplicates.near, "look the same"),
    }
    advice = "Keep one of each"
    if not collection.subsets:
        advice += f", or keep them on one side of a split: write {_GROUPS}"
    elif not leaks:
        advice += ", or leave them: the copies of a picture are all in one subset"
    for kind, (groups, what) in kinds.items():
        if groups:
            number = sum(map(len, groups))
            sets = count_of(len(groups), "group")
            yield Finding(
                kind=kind,
                message=f"{number} images in {sets} {what}.",
                advice=f"{advice}.",
                groups=_places(collection, groups),
            )


def _conflicts(collection: Collection, groups: list[IntArray]) -> Iterator[Finding]:
    found = _that_differ(groups, collection.comparable_label_of)
    if found:
        have = "has" if len(found) == 1 else "have"
        yield Finding(
            kind="conflicting_duplicates",
            message=f"{count_of(len(found), 'picture')} {have} different labels in "
            "different rows.",
            advice="Correct the labels, or remove the rows.",
            groups=_places(collection, found),
        )


def _leaks(collection: Collection, groups: list[IntArray]) -> Iterator[Finding]:
    found = _that_differ(groups, collection.subset_of)
    if found:
        are = "is" if len(found) == 1 else "are"
        assert collection.samples is not None
        has_split_column = collection.samples.subsets is not None
        yield Finding(
            kind="leaking_duplicates",
            message=f"{count_of(len(found), 'picture')} {are} in several subsets, so "
            "results will be too good.",
            advice=_ONE_SUBSET if has_split_column else f"Write {_GROUPS}.",
            groups=_places(collection, found),
        )


def _that_differ(
    groups: list[IntArray], value_of: Callable[[int], object]
) -> list[IntArray]:
    """The groups in which images have different values; `None` is no value."""
    return [
        group for group in groups if len({*map(value_of, group.tolist())} - {None}) > 1
    ]


def _places(
    collection: Collection, groups: list[IntArray]
) -> tuple[tuple[Place, ...], ...]:
    return tuple(
        tuple(collection.place(image) for image in group.tolist()) for group in groups
    )


def _same(
    images: Images,
    candidates: IntArray,
    looks: Sequence[str],
    digest: Callable[[str], bytes],
) -> tuple[list[IntArray], IntArray]:
    """Groups images whose files, or pixels, have the same digest.

    Args:
        images: All images.
        candidates: Those to group.
        looks: Measures that are equal if the digests are: only then are files read.
        digest: Computes the digest of the image at a path.

    Returns:
        The groups, and all candidates without the later images of each group.
    """
    # Numbers of 64 bits beside signed ones would become floats, and lose digits.
    keys = np.column_stack(
        [images[name][candidates].astype(np.uint64) for name in looks]
    )
    numbers = np.unique(keys, axis=0, return_inverse=True)[1].ravel()
    groups: list[IntArray] = []
    with ThreadPoolExecutor() as pool:
        for alike in groups_in(numbers):
            group = candidates[alike]
            digests = list(pool.map(digest, images.paths(group)))
            same = np.unique(digests, return_inverse=True)[1]
            groups += [group[members] for members in groups_in(same)]
    later = np.concatenate([np.empty(0, np.int64), *(group[1:] for group in groups)])
    return groups, np.setdiff1d(candidates, later)


def _digest(pixels: NDArray[np.uint8]) -> bytes:
    return hashlib.sha256(pixels.tobytes()).digest()


def _digest_of_file(path: str) -> bytes:
    with open_to_read(path) as file:
        return hashlib.sha256(file.read()).digest()
