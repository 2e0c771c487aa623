"""Finds images with similar perceptual hashes, without comparing all pairs.

A hash has 16 × 16 bits, one for each of the lowest frequencies of an image (Zauner,
2010). Turning or mirroring an image negates or swaps frequencies, so the hashes of all
eight positions follow from one. The 64 lowest frequencies are divided into four keys of
16 bits. Two images are compared if one of their keys differs by one bit at most: no
pair that differs by up to 7 of the 64 bits is missed, and few others are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HASH_SIDE = 16
# Different pictures differ by 128 of the 256 bits, more or less.
_MOST_DIFFERENT = 72
_LOW = 8
_KEY_BITS = 16
# Each image is compared more closely with so many of those that are most similar.
_MOST_NEIGHBOURS = 5
# Pairs that are compared at once, to bound the memory.
_BLOCK = 1 << 21

IntArray = NDArray[np.int64]
Bits = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Pairs of images, the most similar first.

    Attributes:
        one: int64 `(pairs,)`, the position of an image among the hashes.
        other: int64 `(pairs,)`, the position of another one, which is greater.
        turn: int64 `(pairs,)`, how `one` is turned to look like `other`: see `turned`.
    """

    one: IntArray
    other: IntArray
    turn: IntArray


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


def find_similar(hashes: NDArray[np.uint64]) -> Pairs:
    """Finds the pairs of images with similar hashes, however they are turned.

    Args:
        hashes: `(images, 4)`, 256 bits each.

    Returns:
        For each image, the pairs with the images that are most similar.
    """
    bits = np.unpackbits(hashes.view(np.uint8), axis=1)
    bits = bits.reshape(-1, HASH_SIDE, HASH_SIDE)
    keys = _keys(bits)
    found = [
        np.column_stack([one, other, np.full(len(one), turn), distance])
        for turn in range(8)
        for one, other, distance in _compare(_turned_hash(bits, turn), keys, hashes)
    ]
    pairs = np.concatenate([np.empty((0, 4), np.int64), *found])
    # The best turn of each pair, and the pairs with the least distance.
    pairs = pairs[np.lexsort([pairs[:, 3], pairs[:, 1], pairs[:, 0]])]
    is_first = np.any(np.diff(pairs[:, :2], axis=0, prepend=-1) != 0, axis=1)
    pairs = pairs[is_first]
    pairs = pairs[np.argsort(pairs[:, 3], kind="stable")]
    near = _ranks(pairs[:, 0]) < _MOST_NEIGHBOURS
    near |= _ranks(pairs[:, 1]) < _MOST_NEIGHBOURS
    one, other, turns, _ = pairs[near].T
    return Pairs(one=one, other=other, turn=turns)


def _turned_hash(bits: Bits, turn: int) -> Bits:
    """The bits of the turned images: mirroring negates every second frequency."""
    odd = np.arange(HASH_SIDE, dtype=np.uint8) % 2
    if turn & 1:
        bits = bits ^ odd
    if turn & 2:
        bits = bits ^ odd[:, np.newaxis]
    return np.swapaxes(bits, 1, 2) if turn & 4 else bits


def _keys(bits: Bits) -> NDArray[np.uint16]:
    """The keys of each image: `(images, 4)`."""
    low = np.packbits(bits[:, :_LOW, :_LOW].reshape(len(bits), -1), axis=1)
    return low.view(np.uint16)


def _compare(
    bits: Bits, keys: NDArray[np.uint16], hashes: NDArray[np.uint64]
) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Compares turned images with later ones that share a key, up to one bit.

    Yields:
        Positions of similar images, and the number of bits by which they differ.
    """
    packed = np.packbits(bits.reshape(len(bits), -1), axis=1).view(np.uint64)
    flips = [0, *(1 << bit for bit in range(_KEY_BITS))]
    for wanted, known in zip(_keys(bits).T, keys.T, strict=True):
        order = np.argsort(known, kind="stable")
        starts = np.searchsorted(known[order], np.arange(2**_KEY_BITS + 1))
        for flip in flips:
            key = wanted ^ np.uint16(flip)
            first, counts = starts[key], np.diff(starts)[key]
            for one, place in _expand(first, counts):
                other = order[place]
                later = other > one
                one, other = one[later], other[later]
                differences = packed[one] ^ hashes[other]
                distance = np.bitwise_count(differences).sum(axis=1, dtype=np.int64)
                near = distance <= _MOST_DIFFERENT
                yield one[near], other[near], distance[near]


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
