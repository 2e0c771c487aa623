"""Divides units by their numbers of rows alone."""

import heapq
import math
from dataclasses import dataclass

import numpy as np

from keras_csv_dataset._split.units import BoolArray, IntArray


@dataclass(frozen=True, kw_only=True)
class BySize:
    """Divides units by their numbers of rows.

    Attributes:
        sizes: int64 `(units,)`, rows of each unit.
        is_rounded_down: Whether the wanted number of rows is Keras's: a whole number.
    """

    sizes: IntArray
    is_rounded_down: bool = False

    def choose(self, units: IntArray, share: float, keep: int) -> BoolArray:
        """Chooses units that have a share of all rows, as nearly as they can.

        Args:
            units: Numbers of the units, more than `keep`, the most wanted last.
            share: Share of the rows of all units, between 0 and 1.
            keep: Number of units to leave at least.

        Returns:
            A mask over the units, which is not empty.
        """
        target = share * int(self.sizes.sum())
        if self.is_rounded_down:
            target = int(target)
        return choose_rows(self.sizes[units], target, keep)

    def deal(self, units: IntArray, num_folds: int) -> IntArray:
        """Deals units out to folds of about the same number of rows."""
        one_class = np.zeros(len(units), np.int64)
        return deal_in_order(self.sizes[units], one_class, num_folds)


def choose_rows(sizes: IntArray, target: float, keep: int = 1) -> BoolArray:
    """Chooses units whose sizes add up as close to a target as possible.

    Args:
        sizes: Rows of each unit, more than `keep` units, the most wanted last.
        target: Wanted number of rows.
        keep: Number of units to leave at least. If the best choice leaves fewer, it
            is made without the least wanted units.

    Returns:
        A mask over the units, which is not empty.
    """
    chosen = _nearest_choice(sizes, target)
    if len(sizes) - chosen.sum() < keep:
        chosen = np.zeros_like(chosen)
        chosen[keep - 1 :] = _nearest_choice(sizes[keep - 1 :], target)
    return chosen


def deal_out(sizes: IntArray, classes: IntArray, num_parts: int) -> IntArray:
    """Deals units out to parts, so that all get as much of each class.

    Class by class, the largest units first, each goes to the part with the fewest rows
    of its class, and of those to the part with the fewest rows in all. This is the
    rule of scikit-learn's `GroupKFold`, applied within each class.

    Args:
        sizes: Rows of each unit, at least as many units as parts.
        classes: Class index of each unit.
        num_parts: Number of parts.

    Returns:
        The part of each unit; none is empty. If all units of a class have one row, the
        parts differ by one row of it at most. If this holds for every class, they also
        differ by one row in all.
    """
    parts = np.empty(len(sizes), dtype=np.int64)
    totals = [0] * num_parts
    order = np.lexsort((-sizes, classes))
    last_class = None
    for unit, size, label in zip(
        order.tolist(), sizes[order].tolist(), classes[order].tolist(), strict=True
    ):
        if label != last_class:
            last_class = label
            # Rows of the class, rows in all, and the part.
            fewest = [(0, total, part) for part, total in enumerate(totals)]
            heapq.heapify(fewest)
        of_class, total, part = fewest[0]
        parts[unit], totals[part] = part, total + size
        heapq.heapreplace(fewest, (of_class + size, totals[part], part))
    return parts


def deal_in_order(sizes: IntArray, classes: IntArray, num_folds: int) -> IntArray:
    """Deals units out as `deal_out` does, and keeps neighbours together.

    Units of one class and one size are interchangeable: the last of them, the most
    wanted ones, become fold 0, and so on. So if all units have one row, fold 0 is what
    Keras's `validation_split=1/num_folds` takes.

    Args:
        sizes: Rows of each unit, at least as many units as folds.
        classes: Class index of each unit.
        num_folds: Number of folds.

    Returns:
        The fold of each unit.
    """
    # Where rows are left over, the last folds get them, as `int()` rounds down.
    folds = num_folds - 1 - deal_out(sizes, classes, num_folds)
    in_order = np.empty_like(folds)
    in_order[np.lexsort((sizes, classes))] = folds[np.lexsort((-folds, sizes, classes))]
    return in_order


def last_of_each(kinds: IntArray, numbers: IntArray) -> BoolArray:
    """Marks the last `numbers[kind]` units of each kind."""
    by_kind = np.argsort(kinds, kind="stable")
    ends = np.cumsum(np.bincount(kinds, minlength=len(numbers)))
    from_end = np.empty(len(kinds), dtype=np.int64)
    from_end[by_kind] = ends[kinds[by_kind]] - np.arange(len(kinds))
    mask: BoolArray = from_end <= numbers[kinds]
    return mask


def _nearest_choice(sizes: IntArray, target: float) -> BoolArray:
    """The choice whose sum is nearest, of which neither side is empty.

    It takes units from the end while they fit. If that misses the target, an exact
    subset sum (dynamic programming over the distinct sizes, one bit for each sum)
    finds the best sum, and then a choice with that sum that takes about as many units
    of each size as the first attempt.

    Time and memory grow with rows * distinct sizes / 64. The distinct sizes are
    fewer than the square root of twice the rows.
    """
    rows = int(sizes.sum())
    chosen = _fill_from_end(sizes, math.ceil(target - 0.5))
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
    return last_of_each(size_index, takes)


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
