"""Finds images with similar perceptual hashes, without comparing all pairs.

A hash has 16 × 16 bits, one for each of the lowest frequencies of an image (Zauner,
2010). Turning or mirroring an image negates or swaps frequencies, so the hashes of all
eight positions follow from one. The 64 lowest frequencies are divided into four keys of
16 bits. Two images are compared if one of their keys differs by one bit at most, so no
pair that differs by up to 7 of the 64 bits is missed. Of many images with the same key,
only those are compared whose next keys are similar as well; and only of pairs that are
similar in all 64 bits, all 256 are compared.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

HASH_SIDE = 16
# Different pictures differ by 128 of the 256 bits, more or less.
_MOST_DIFFERENT = 80
_LOW = 8
# Different pictures differ by 32 of the 64 lowest bits. Of 11,239 pairs of overlapping
# parts of photographs that were found to be alike, 99.9 % differ by fewer than these.
_MOST_DIFFERENT_LOW = 18
# The turn that undoes each turn of `turned`: two are turns by 90°, all others mirror.
_INVERSE = np.array([0, 1, 2, 3, 4, 6, 5, 7])
_KEY_BITS = 16
# Each image is compared more closely with so many of those that are most similar.
_MOST_NEIGHBOURS = 5
# Of the images with the same key, so many are compared on each side in their order.
_WINDOW = 128
# Images whose bits are unpacked, pairs that are compared, and pairs that are kept, at
# once: they bound the memory.
_IMAGES, _BLOCK, _MOST_KEPT = 1 << 15, 1 << 18, 1 << 20

IntArray = NDArray[np.int64]
Bits = NDArray[np.uint8]


def turned(images: NDArray[np.generic], turn: int) -> NDArray[np.generic]:
    """Turns or mirrors images or their frequencies' places: `(…, side, side)`.

    Args:
        images: Square arrays.
        turn: 0 to 7: 1 mirrors left and right, 2 top and bottom, and 4 swaps rows and
            columns afterwards.
    """
    if turn & 1:
        images = images[..., ::-1]
    if turn & 2:
        images = images[..., ::-1, :]
    return np.swapaxes(images, -1, -2) if turn & 4 else images


def find_similar(hashes: NDArray[np.uint64]) -> IntArray:
    """Finds the pairs of images with similar hashes, however they are turned.

    Args:
        hashes: `(images, 4)`, 256 bits each.

    Returns:
        int64 `(pairs, 3)`: an image, a later one that is among the most similar, and
        how the first is turned to look like the other, for `turned`. The most similar
        pairs are the first.
    """
    blocks = [slice(n, n + _IMAGES) for n in range(0, len(hashes), _IMAGES)]
    keys = [np.stack([*_low_bits(_bits_of(hashes[block]))]) for block in blocks]
    orders = list(map(_Order, np.hstack(keys))) if keys else []
    nearest = _Nearest()
    for block in blocks:
        bits = _bits_of(hashes[block])
        for turn in range(8):
            of_turn = _turned_hash(bits, turn)
            packed = _packed(of_turn).view(np.uint64)
            for order, low in zip(orders, _low_bits(of_turn), strict=True):
                for one, other in order.with_similar_key(low, block.start):
                    differences = packed[one - block.start] ^ hashes[other]
                    nearest.add(one, other, turn, np.bitwise_count(differences))
    return nearest.pairs()[:, :3]


class _Nearest:
    """Pairs of images, of which those are kept that are nearest to each other."""

    def __init__(self) -> None:
        self._kept = [np.empty((0, 4), np.int64)]
        self._number = 0

    def add(
        self, one: IntArray, other: IntArray, turn: int, differences: NDArray[np.uint8]
    ) -> None:
        """Adds pairs, given how many bits of each part of their hashes differ."""
        distance = differences.sum(axis=1, dtype=np.int64)
        near = distance <= _MOST_DIFFERENT
        turns = np.full(np.count_nonzero(near), turn)
        pairs = np.column_stack([one[near], other[near], turns, distance[near]])
        if len(pairs):
            self._kept.append(_earlier_first(pairs))
            self._number += len(pairs)
        if self._number > _MOST_KEPT:
            self._kept = [self.pairs()]
            self._number = len(self._kept[0])

    def pairs(self) -> IntArray:
        """The pairs with the nearest neighbours of each image, the nearest first."""
        return _nearest(np.concatenate(self._kept))


def _bits_of(hashes: NDArray[np.uint64]) -> Bits:
    """The bits of hashes: `(images, side, side)`."""
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8), axis=1)
    return bits.reshape(len(hashes), HASH_SIDE, HASH_SIDE)


def _earlier_first(pairs: IntArray) -> IntArray:
    """Swaps the images of a pair if the first one is later, and undoes its turn."""
    swapped = pairs[:, [1, 0, 2, 3]]
    swapped[:, 2] = _INVERSE[swapped[:, 2]]
    return np.where(pairs[:, :1] > pairs[:, 1:2], swapped, pairs)


def _nearest(pairs: IntArray) -> IntArray:
    """Selects the pairs with the nearest neighbours of each image, the nearest first.

    Args:
        pairs: int64 `(pairs, 4)`: one image, another one, a turn, and their distance.
    """
    pairs = pairs[np.lexsort([pairs[:, 3], pairs[:, 1], pairs[:, 0]])]
    is_first = np.any(np.diff(pairs[:, :2], axis=0, prepend=-1) != 0, axis=1)
    pairs = pairs[is_first]
    pairs = pairs[np.argsort(pairs[:, 3], kind="stable")]
    near = _ranks(pairs[:, 0]) < _MOST_NEIGHBOURS
    near |= _ranks(pairs[:, 1]) < _MOST_NEIGHBOURS
    return pairs[near]


def _turned_hash(bits: Bits, turn: int) -> Bits:
    """The bits of the turned images: mirroring negates every second frequency."""
    odd = np.arange(HASH_SIDE, dtype=np.uint8) % 2
    if turn & 1:
        bits = bits ^ odd
    if turn & 2:
        bits = bits ^ odd[:, np.newaxis]
    return np.swapaxes(bits, 1, 2) if turn & 4 else bits


def _packed(bits: Bits) -> NDArray[np.uint8]:
    """Bits as bytes: `(images, bytes)`."""
    number, rows, columns = bits.shape
    return np.packbits(bits.reshape(number, rows * columns), axis=1)


def _low_bits(bits: Bits) -> Iterator[NDArray[np.uint64]]:
    """The 64 lowest frequencies, with each key in turn in the highest 16 bits."""
    keys = _packed(bits[:, :_LOW, :_LOW]).view(">u2").astype(np.uint64)
    for number in range(4):
        first, second, third, fourth = np.roll(keys, -number, axis=1).T
        yield (first << 48) | (second << 32) | (third << 16) | fourth


class _Order:
    """Images in the order of one of their keys, and of the next ones.

    Args:
        low: uint64 `(images,)`, the keys of each image.
    """

    def __init__(self, low: NDArray[np.uint64]) -> None:
        self._order = np.argsort(low, kind="stable").astype(np.uint32)
        self._low = low[self._order]
        keys = np.arange(2**_KEY_BITS, dtype=np.uint64) << 48
        self._starts = np.append(np.searchsorted(self._low, keys), len(low))

    def with_similar_key(
        self, low: NDArray[np.uint64], start: int
    ) -> Iterator[tuple[IntArray, IntArray]]:
        """Yields images of `low`, and others whose key differs by one bit at most.

        Args:
            low: uint64, the keys of some of the same images, but turned.
            start: The number of the first of them.
        """
        flips = [0, *(1 << bit for bit in range(48, 64))]
        for flip in np.array(flips, np.uint64):
            wanted = low ^ flip
            key = (wanted >> 48).astype(np.int64)
            first, end = self._starts[key], self._starts[key + 1]
            many = np.flatnonzero(end - first > _WINDOW)
            place = np.searchsorted(self._low, wanted[many])
            first[many] = np.maximum(first[many], place - _WINDOW)
            end[many] = np.minimum(end[many], place + _WINDOW)
            for one, at in _expand(first, end - first):
                differences = np.bitwise_count(low[one] ^ self._low[at])
                similar = np.flatnonzero(differences <= _MOST_DIFFERENT_LOW)
                one, other = one[similar] + start, self._order[at[similar]]
                differ = one != other
                yield one[differ], other[differ].astype(np.int64)


def _expand(first: IntArray, counts: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yields each number of an image with each of its places, block by block."""
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        done = ends[begin] - counts[begin]
        end = max(int(np.searchsorted(ends, done + _BLOCK, side="right")), begin + 1)
        numbers = np.repeat(np.arange(begin, end), counts[begin:end])
        offsets = np.arange(done, ends[end - 1]) - (ends - counts)[numbers]
        yield numbers, first[numbers] + offsets
        begin = end


def _ranks(values: IntArray) -> IntArray:
    """How often the value of each element occurs before it."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
    lengths = np.diff(starts, append=len(values))
    ranks = np.empty(len(values), np.int64)
    ranks[order] = np.arange(len(values)) - np.repeat(starts, lengths)
    return ranks
