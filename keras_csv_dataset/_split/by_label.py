"""Divides units that can have several labels: iterative stratification."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._split.units import BoolArray, FloatArray, IntArray

_FEW = 12  # units for which every choice is tried: 4,094 at most
_SHORTLIST = 32  # units of each side whose moves and swaps are tried together
_MAX_STEPS = 500
_LABELS_TOGETHER = 64  # labels whose numbers are in one matrix
_MOST_EXCHANGED = 20_000  # units, times folds
_OUTSIDE = 1e6  # costs more than all errors together
_LEAST_GAIN = 1e-10  # a share that is off by 0.00001 is good enough


@dataclass(frozen=True, kw_only=True)
class ByLabel:
    """Divides units, so that every part has about the same share of each label.

    Attributes:
        sizes: int64 `(units,)`, rows of each unit.
        labels: int64 `(pairs,)`, the label of each pair of a label and a row.
        units: int64 `(pairs,)`, the unit of that row.
    """

    sizes: IntArray
    labels: IntArray
    units: IntArray

    def choose(self, units: IntArray, share: float, keep: int) -> BoolArray:
        """Chooses a share of each label, as nearly as whole units can have it.

        Args:
            units: Numbers of the units, more than `keep`, the most wanted last.
            share: Share of the rows of all units, between 0 and 1.
            keep: Number of units to leave at least, and number of rows of each label
                to leave where possible.

        Returns:
            A mask over the units, which is not empty.
        """
        counts = self._counts(units)
        totals = np.append(np.bincount(self.labels), self.sizes.sum())
        wanted = share * totals[[*counts.names, -1]] / counts.total()
        bounds = Bounds(1, len(units) - keep, rows_left=min(keep, 2))
        return choose_units_per_label(counts, wanted, bounds)

    def deal(self, units: IntArray, num_folds: int) -> IntArray:
        """Deals units out to folds of about the same share of each label.

        The units are divided between two halves of the folds, then each half again, and
        so on. Unless there are very many, units are then exchanged between each two
        folds, as long as that brings labels closer to their share.
        """
        folds = self._halve(units, num_folds)
        if len(units) * num_folds <= _MOST_EXCHANGED:
            for one, other in itertools.combinations(range(num_folds), 2):
                self._exchange(units, folds, one, other)
        return folds

    def _halve(self, units: IntArray, num_folds: int) -> IntArray:
        folds = np.zeros(len(units), np.int64)
        if num_folds > 1:
            half = num_folds // 2
            bounds = Bounds(half, len(units) - (num_folds - half))
            counts = self._counts(units)
            shares = np.full(counts.num_labels, half / num_folds)
            chosen = choose_units_per_label(counts, shares, bounds)
            folds[chosen] = self._halve(units[chosen], half)
            folds[~chosen] = half + self._halve(units[~chosen], num_folds - half)
        return folds

    def _exchange(self, units: IntArray, folds: IntArray, one: int, other: int) -> None:
        """Exchanges units between two folds, in place."""
        members = np.flatnonzero((folds == one) | (folds == other))
        counts = self._counts(units[members])
        shares = np.full(counts.num_labels, 0.5)
        bounds = Bounds(1, len(members) - 1)
        in_one = _improve(folds[members] == one, counts, shares, bounds)
        folds[members] = np.where(in_one, one, other)

    def _counts(self, units: IntArray) -> "LabelCounts":
        """The counts of some units, which are numbered in their order."""
        place = np.full(len(self.sizes), -1)
        place[units] = np.arange(len(units))
        place_of_pair = place[self.units]
        is_here = place_of_pair >= 0
        return LabelCounts.of(
            self.labels[is_here], place_of_pair[is_here], self.sizes[units]
        )


@dataclass(frozen=True)
class Bounds:
    """What a choice must observe.

    Attributes:
        least: Number of units to choose at least.
        most: Number of units to choose at most.
        rows_left: Number of rows of each label to leave where possible.
    """

    least: int
    most: int
    rows_left: int = 1

    def excess(self, number: Any) -> Any:
        """By how many units a choice of so many is outside the bounds."""
        return np.maximum(np.maximum(self.least - number, number - self.most), 0)


@dataclass(frozen=True)
class LabelCounts:
    """How many rows of each label each unit has, without the counts that are 0.

    The last label counts all rows: every unit has it.

    Attributes:
        names: int64 `(labels - 1,)`, what the caller calls each label but the last.
        labels: int64 `(counts,)`, the label of each count, ascending.
        units: int64 `(counts,)`, the unit of each count, ascending within a label.
        rows: float64 `(counts,)`, the numbers of rows, 1 or more.
        starts: int64 `(labels + 1,)`, where the counts of each label start.
        by_unit: int64 `(counts,)`, positions of the counts, unit by unit.
        unit_starts: int64 `(units + 1,)`, where each unit starts in `by_unit`.
    """

    names: IntArray
    labels: IntArray
    units: IntArray
    rows: npt.NDArray[np.float64]
    starts: IntArray
    by_unit: IntArray
    unit_starts: IntArray

    @classmethod
    def of(
        cls, labels: npt.NDArray[Any], units: IntArray, sizes: IntArray
    ) -> "LabelCounts":
        """Counts pairs of a label and a unit.

        Args:
            labels: The label of each pair. Labels without a pair are left out.
            units: The unit of each pair.
            sizes: Rows of each unit.
        """
        names, numbers = np.unique(labels, return_inverse=True)
        number = numbers.astype(np.int64)
        pairs, rows = np.unique(number * len(sizes) + units, return_counts=True)
        last = len(names)
        labels = np.append(pairs // len(sizes), np.full(len(sizes), last))
        units = np.append(pairs % len(sizes), np.arange(len(sizes)))
        return cls(
            names=names.astype(np.int64),
            labels=labels,
            units=units,
            rows=np.append(rows, sizes).astype(np.float64),
            starts=np.searchsorted(labels, np.arange(last + 2)),
            by_unit=np.argsort(units, kind="stable"),
            unit_starts=np.append(0, np.cumsum(np.bincount(units))),
        )

    @property
    def sizes(self) -> IntArray:
        """Rows of each unit."""
        return self.rows[self.starts[-2] :].astype(np.int64)

    @property
    def num_labels(self) -> int:
        """Number of labels, including the last, which counts all rows."""
        return len(self.starts) - 1

    def of_label(self, label: int) -> slice:
        """The counts of one label."""
        return slice(self.starts[label], self.starts[label + 1])

    def of_units(self, units: IntArray) -> IntArray:
        """Positions of the counts of some units."""
        starts, ends = self.unit_starts[units], self.unit_starts[units + 1]
        moved = np.repeat(ends - np.cumsum(ends - starts), ends - starts)
        counts: IntArray = self.by_unit[np.arange(len(moved)) + moved]
        return counts

    def total(self, counts: IntArray | slice = slice(None)) -> FloatArray:
        """Rows of each label in some of the counts."""
        rows = np.bincount(self.labels[counts], self.rows[counts], self.num_labels)
        return rows.astype(np.float64)  # integers if there are no counts

    def matrix(self, units: IntArray, labels: IntArray) -> FloatArray:
        """Rows of some labels, ascending, in some units: `(units, labels)`."""
        matrix = np.zeros((len(units), len(labels)))
        for row, unit in enumerate(units.tolist()):
            counts = self.of_units(np.array([unit]))
            places = np.searchsorted(labels, self.labels[counts])
            places = np.minimum(places, len(labels) - 1)
            known = labels[places] == self.labels[counts]
            matrix[row, places[known]] = self.rows[counts[known]]
        return matrix


def choose_units_per_label(
    counts: LabelCounts, shares: FloatArray, bounds: Bounds
) -> BoolArray:
    """Chooses a share of each label, where a unit may have several labels.

    Iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the Stratification
    of Multi-label Data", 2011), with units weighted by their rows: the label with the
    fewest units left is assigned first, each unit to the side that needs more of that
    label. Steepest descent over moves and swaps of units then improves the result. It
    tries all units of a side with up to 32, and otherwise the 32 most promising ones.
    For up to 12 units, such as a few sites, it tries every choice.

    Args:
        counts: Rows of each label in each unit, at least two units, the most wanted
            last.
        shares: Wanted share of each label, between 0 and 1.
        bounds: What the choice must observe.

    Returns:
        A mask over the units, within the bounds. Labels with one unit are outside it
        where possible.
    """
    if len(counts.sizes) <= _FEW:
        return _best_of_all(counts, shares, bounds)
    dealt = _deal_labels(counts, shares, bounds.rows_left)
    return _improve(dealt, counts, shares, bounds)


def _best_of_all(counts: LabelCounts, shares: FloatArray, bounds: Bounds) -> BoolArray:
    units, totals = len(counts.sizes), counts.total()
    # From 1, the last unit alone, to all units but that one: ties go to the last.
    choices = np.arange(1, 2**units - 1)[:, np.newaxis] >> np.arange(units)[::-1] & 1
    imbalance = np.zeros(len(choices))
    last = counts.num_labels - 1
    for start in range(0, counts.num_labels, _LABELS_TOGETHER):
        labels = np.arange(start, min(start + _LABELS_TOGETHER, last + 1))
        held = choices.astype(np.float64) @ counts.matrix(np.arange(units), labels)
        imbalance += _imbalance(held, totals[labels], shares[labels], bounds.rows_left)
    excess = bounds.excess(choices.sum(axis=1))
    mask: BoolArray = choices[np.argmin(imbalance + _OUTSIDE * excess)].astype(np.bool_)
    return mask


def _deal_labels(counts: LabelCounts, shares: FloatArray, rows_left: int) -> BoolArray:
    totals, sizes = counts.total(), counts.sizes
    units = len(sizes)
    # A rare label needs one row on each side, however small its share is.
    wanted = np.clip(shares * totals, 1, np.maximum(totals - rows_left, 0))
    sides = np.stack([totals - wanted, wanted])
    units_left = np.diff(counts.starts)
    dealt = np.zeros(units, dtype=np.bool_)
    chosen = np.zeros(units, dtype=np.bool_)
    while not dealt.all():
        # The last label counts all rows, so units without another are assigned last.
        label = int(np.argmin(np.where(units_left > 0, units_left, units + 1)))
        of_label = counts.of_label(label)
        is_open = ~dealt[counts.units[of_label]]
        members = counts.units[of_label][is_open]
        weights = np.stack([counts.rows[of_label][is_open], sizes[members]])
        to_validation = _deal(weights, sides[:, [label, -1]])
        chosen[members] = to_validation
        dealt[members] = True
        for side, part in enumerate((members[~to_validation], members[to_validation])):
            sides[side] -= counts.total(counts.of_units(part))
        assigned = counts.labels[counts.of_units(members)]
        units_left = units_left - np.bincount(assigned, minlength=counts.num_labels)
    return chosen


def _deal(weights: FloatArray, sides: FloatArray) -> BoolArray:
    """Assigns units of one label to the side that needs more of it.

    Within one label, only that label and the number of rows decide, so the needs of the
    other labels are updated once, afterwards.
    """
    (train, train_rows), (val, val_rows) = sides.tolist()
    to_validation = []
    for weight, rows in weights.T.tolist():
        to_validation.append((val, val_rows) > (train, train_rows))
        if to_validation[-1]:
            val, val_rows = val - weight, val_rows - rows
        else:
            train, train_rows = train - weight, train_rows - rows
    return np.array(to_validation, dtype=np.bool_)


def _improve(
    chosen: BoolArray, counts: LabelCounts, shares: FloatArray, bounds: Bounds
) -> BoolArray:
    """Moves or swaps units as long as that brings labels closer to their share."""
    chosen, totals = chosen.copy(), counts.total()
    held = counts.total(counts.of_units(np.flatnonzero(chosen)))
    # Every step brings a choice that is outside the bounds closer to them.
    for _ in range(_MAX_STEPS + int(bounds.excess(chosen.sum()))):
        change = _estimated_changes(chosen, held, counts, shares, bounds.rows_left)
        joining = _lowest(change, np.flatnonzero(~chosen))
        leaving = _lowest(change, np.flatnonzero(chosen))
        # Labels that none of these units has stay as they are.
        units = np.concatenate([joining, leaving])
        labels = np.unique(counts.labels[counts.of_units(units)])
        # Entry 0 stands for no unit, so that the table holds moves and swaps.
        none = np.zeros((1, len(labels)))
        gained = np.vstack([none, counts.matrix(joining, labels)])[:, np.newaxis]
        lost = np.vstack([none, counts.matrix(leaving, labels)])[np.newaxis]
        then = held[labels] + gained - lost
        number = (
            chosen.sum()
            + (np.arange(len(joining) + 1) > 0)[:, np.newaxis]
            - (np.arange(len(leaving) + 1) > 0)
        )
        table = _imbalance(then, totals[labels], shares[labels], bounds.rows_left)
        table += _OUTSIDE * bounds.excess(number)
        join, leave = np.unravel_index(int(np.argmin(table)), table.shape)
        if table[join, leave] > table[0, 0] - _LEAST_GAIN:
            break
        held[labels] += gained[join, 0] - lost[0, leave]
        chosen[joining[join - 1 : join]] = True
        chosen[leaving[leave - 1 : leave]] = False
    return chosen


def _imbalance(
    held: FloatArray, totals: FloatArray, shares: FloatArray, rows_left: int
) -> FloatArray:
    # Squared errors of the shares, each at most 1. A label that is missing from a side
    # costs more than any error, and most if the model cannot learn it.
    missing = 1.0 * (held <= 0) + 2.0 * (held > totals - rows_left)
    total: FloatArray = ((held / totals - shares) ** 2 + missing).sum(axis=-1)
    return total


def _estimated_changes(
    chosen: BoolArray,
    held: FloatArray,
    counts: LabelCounts,
    shares: FloatArray,
    rows_left: int,
) -> FloatArray:
    """How much moving each unit to the other side adds to the imbalance."""
    totals = counts.total()
    slope = 2 * (held / totals - shares)
    # Moving a unit can give the other side the label that it lacks.
    lacking = (held <= 0) & (np.diff(counts.starts) > rows_left)
    helps: BoolArray = (held > totals - rows_left) | lacking
    part = counts.rows / totals[counts.labels]
    moved = part * slope[counts.labels]
    moved = np.where(chosen[counts.units], -moved, moved)
    change = part * part + moved - helps[counts.labels]
    changes = np.bincount(counts.units, change, len(chosen))
    return changes.astype(np.float64)


def _lowest(change: FloatArray, units: IntArray) -> IntArray:
    if len(units) <= _SHORTLIST:
        return units
    values = change[units]
    bound = np.partition(values, _SHORTLIST)[_SHORTLIST]
    # Ties go to the first in order, on every machine.
    best = [np.flatnonzero(values < bound), np.flatnonzero(values == bound)]
    shortlist: IntArray = units[np.concatenate(best)[:_SHORTLIST]]
    return shortlist
