"""Finds the sets of rows that must stay together, and chooses those for validation.

Every `choose` function takes its units in order of preference, the most wanted for
validation last, and returns a mask over them. All randomness is in that order: no
function here or in `stratify` draws a random number. Sums are computed in a fixed order
(no BLAS), so that hosts with different processors make the same choice.
"""

import heapq
import math
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.floating[Any]]
BoolArray = npt.NDArray[np.bool_]


def number_values(values: npt.NDArray[Any]) -> IntArray:
    """Numbers the distinct values from 0, in order of appearance."""
    # In this order, unit numbers are row numbers if nothing is repeated, so the choice
    # is Keras's. `np.unique` would sort, which takes seconds for a million texts.
    numbers: dict[Any, int] = {}
    codes = (numbers.setdefault(value, len(numbers)) for value in values.tolist())
    return np.fromiter(codes, np.int64, len(values))


def first_rows(codes: IntArray) -> IntArray:
    """Returns the first row of each number that `number_values` gave."""
    return np.unique(codes, return_index=True)[1].astype(np.int64)


def number_units(files: npt.NDArray[Any], groups: npt.NDArray[Any] | None) -> IntArray:
    """Numbers the connected components of rows that share an image or a group."""
    images = number_values(files)
    if groups is None:
        return images
    group_of_row = number_values(groups)
    first_group = group_of_row[first_rows(images)][images]
    parent = list(range(int(group_of_row.max(initial=-1)) + 1))

    def root(group: int) -> int:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for row in np.flatnonzero(group_of_row != first_group).tolist():
        parent[root(int(group_of_row[row]))] = root(int(first_group[row]))
    roots = np.array([root(group) for group in range(len(parent))], dtype=np.int64)
    return number_values(roots[group_of_row])


def choose_units(sizes: IntArray, target: float) -> BoolArray:
    """Chooses units whose sizes add up as close to a target as possible.

    It takes units from the end while they fit. If that misses the target, an exact
    subset sum (dynamic programming over the distinct sizes, one bit for each sum)
    finds the best sum, and then a choice with that sum that takes about as many units
    of each size as the first attempt.

    Time and memory grow with rows * distinct sizes / 64. The distinct sizes are
    fewer than the square root of twice the rows.

    Args:
        sizes: Rows of each unit, at least two units, the most wanted last.
        target: Wanted number of rows.

    Returns:
        A mask over the units. Neither it nor its complement is empty.
    """
    chosen = _fill_from_end(sizes, math.ceil(target - 0.5))
    rows = int(sizes.sum())
    if abs(int(sizes[chosen].sum()) - target) <= 0.5 and 0 < chosen.sum() < len(sizes):
        return chosen  # no whole number is nearer
    distinct, size_index, counts = np.unique(
        sizes, return_inverse=True, return_counts=True
    )
    # The best sum never exceeds this: it would be better without its last unit.
    limit = min(math.floor(target) + int(distinct[-1]), rows - 1)
    sums = _reachable_sums(distinct.tolist(), counts.tolist(), limit)
    left = _nearest_sum(sums[-1], target)
    draft = np.bincount(size_index[chosen], minlength=len(distinct)).tolist()
    takes = np.zeros(len(distinct), dtype=np.int64)
    for index in reversed(range(len(distinct))):  # the small sizes make it fit
        size = int(distinct[index])
        number = np.arange(min(int(counts[index]), left // size) + 1)
        number = number[_has_bits(sums[index], left - size * number)]
        takes[index] = number[np.argmin(np.abs(number - draft[index]))]
        left -= size * int(takes[index])
    return _last_of_each(size_index, takes)


def choose_units_per_class(
    sizes: IntArray, classes: IntArray, share: float
) -> BoolArray:
    """Chooses a share of each class, where every unit has one class.

    The numbers of all classes add up to `int(share * rows)` if the bounds allow it
    (largest remainders). A class that has units of several rows comes as close to its
    share as whole units allow.

    Args:
        sizes: Rows of each unit, the most wanted last.
        classes: Class index of each unit.
        share: Wanted share, between 0 and 1.

    Returns:
        A mask over the units. Every class with two units or more is in it and
        in its complement; a class with one unit is not in it.
    """
    rows = np.bincount(classes, weights=sizes).astype(np.int64)
    chosen = _last_of_each(classes, _class_quotas(rows, share))
    by_class = np.argsort(classes, kind="stable")
    ends = np.cumsum(np.bincount(classes))
    for label in np.unique(classes[sizes > 1]).tolist():
        members = by_class[ends[label - 1] if label else 0 : ends[label]]
        chosen[members] = len(members) > 1 and choose_units(
            sizes[members], share * float(rows[label])
        )
    return chosen


def deal_units(sizes: IntArray, num_shards: int) -> IntArray:
    """Deals units out to shards: the largest first, each to the smallest shard so far.

    Args:
        sizes: Rows of each unit, at least as many units as shards.
        num_shards: Number of shards.

    Returns:
        The shard of each unit. Units of one row are dealt out in turn.
    """
    shards = np.empty(len(sizes), dtype=np.int64)
    smallest = [(0, number) for number in range(num_shards)]
    for unit in np.argsort(-sizes, kind="stable").tolist():
        size, number = smallest[0]
        shards[unit] = number
        heapq.heapreplace(smallest, (size + int(sizes[unit]), number))
    return shards


def _fill_from_end(sizes: IntArray, room: int) -> BoolArray:
    chosen = np.zeros(len(sizes), dtype=np.bool_)
    for index, size in zip(
        range(len(sizes) - 1, -1, -1), sizes[::-1].tolist(), strict=True
    ):
        if size <= room:
            chosen[index] = True
            room -= size
            if room == 0:
                break
    return chosen


def _reachable_sums(sizes: list[int], counts: list[int], limit: int) -> list[int]:
    """Returns bit sets: bit `s` of entry `i` says that the first `i` sizes make `s`."""
    sums = [1]
    for size, count in zip(sizes, counts, strict=True):
        bits = sums[-1]
        left = min(count, limit // size)
        copies = 1
        while left > 0:  # 1, 2, 4, ... copies and a rest add up to any number
            copies = min(copies, left)
            bits |= bits << (size * copies)
            left -= copies
            copies *= 2
        sums.append(bits & ((1 << (limit + 1)) - 1))
    return sums


def _nearest_sum(bits: int, target: float) -> int:
    start = math.floor(target) + 1
    above = bits >> start
    below = (bits & ((1 << start) - 1)).bit_length() - 1
    nearest_above = start + (above & -above).bit_length() - 1
    if below < 1:  # the empty sum is not a choice
        return nearest_above
    if not above or target - below <= nearest_above - target:
        return below
    return nearest_above


def _has_bits(bits: int, positions: IntArray) -> BoolArray:
    size = max(bits.bit_length(), int(positions.max()) + 1) // 8 + 1
    octets = np.frombuffer(bits.to_bytes(size, "little"), dtype=np.uint8)
    bits_from_here = octets[positions >> 3] >> (positions & 7).astype(np.uint8)
    mask: BoolArray = (bits_from_here & 1).astype(np.bool_)
    return mask


def _last_of_each(kinds: IntArray, numbers: IntArray) -> BoolArray:
    """Marks the last `numbers[kind]` units of each kind."""
    by_kind = np.argsort(kinds, kind="stable")
    ends = np.cumsum(np.bincount(kinds, minlength=len(numbers)))
    from_end = np.empty(len(kinds), dtype=np.int64)
    from_end[by_kind] = ends[kinds[by_kind]] - np.arange(len(kinds))
    mask: BoolArray = from_end <= numbers[kinds]
    return mask


def _class_quotas(rows: IntArray, share: float) -> IntArray:
    exact = share * rows
    most = np.minimum(np.ceil(exact), np.maximum(rows - 1, 0)).astype(np.int64)
    least = np.minimum(np.maximum(np.floor(exact), 1), most)
    quotas: IntArray = least.astype(np.int64)
    missing = max(int(share * int(rows.sum())) - int(quotas.sum()), 0)
    by_remainder = np.argsort(np.floor(exact) - exact, kind="stable")
    open_classes = by_remainder[(most > quotas)[by_remainder]]
    quotas[open_classes[:missing]] += 1
    return quotas
