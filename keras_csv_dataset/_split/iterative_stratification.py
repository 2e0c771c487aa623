"""Chooses units so that each label has its share, with several labels per unit."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_csv_dataset._split.label_counts import LabelCounts
from keras_csv_dataset._split.units import BoolArray, FloatArray, IntArray

_FEW = 12  # units for which every choice is tried: 4,094 at most
_SHORTLIST = 32  # units of each side whose moves and swaps are tried together
_MAX_STEPS = 500
_MOST_WORK = 200_000_000  # steps, times counts
_LABELS_TOGETHER = 64  # labels whose numbers are in one matrix
_OUTSIDE = 1e6  # costs more than all errors together
_LEAST_GAIN = 1e-10  # a share that is off by 0.00001 is good enough


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a choice is to contain.

    Attributes:
        shares: float64 `(labels,)`, wanted share of each label.
        is_needed: bool `(labels,)`, whether both sides need the label.
        rows_left: float64 `(labels,)`, rows of each label to leave, if it is needed.
        least: Number of units to choose at least.
        most: Number of units to choose at most.
    """

    shares: FloatArray
    is_needed: BoolArray
    rows_left: FloatArray
    least: int
    most: int

    def excess(self, number: Any) -> Any:
        """By how many units a choice of so many is too small or too large."""
        return np.maximum(np.maximum(self.least - number, number - self.most), 0)

    def cost(
        self, held: FloatArray, totals: FloatArray, labels: IntArray
    ) -> FloatArray:
        """How far a choice is from what is wanted.

        Args:
            held: Chosen rows of some labels, `(..., labels)`.
            totals: All rows of these labels.
            labels: The labels.
        """
        # Squared errors of the shares, each at most 1. A label that is missing from a
        # side costs more than any error, and most if the model cannot learn it.
        too_few_left = held > totals - self.rows_left[labels]
        missing = self.is_needed[labels] * (1.0 * (held <= 0) + 2.0 * too_few_left)
        errors = (held / totals - self.shares[labels]) ** 2
        total: FloatArray = (errors + missing).sum(axis=-1)
        return total


def choose_units_per_label(counts: LabelCounts, demand: Demand) -> BoolArray:
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
        demand: What is wanted.

    Returns:
        A mask over the units. Needed labels with one unit are outside it where
        possible.
    """
    if len(counts.sizes) <= _FEW:
        return _best_of_all(counts, demand)
    return improve(_deal_labels(counts, demand), counts, demand)


def _best_of_all(counts: LabelCounts, demand: Demand) -> BoolArray:
    units, totals = len(counts.sizes), counts.totals
    # From 1, the last unit alone, to all units but that one: ties go to the last.
    choices = np.arange(1, 2**units - 1)[:, np.newaxis] >> np.arange(units)[::-1] & 1
    cost = np.zeros(len(choices))
    last = counts.num_labels - 1
    for start in range(0, counts.num_labels, _LABELS_TOGETHER):
        labels = np.arange(start, min(start + _LABELS_TOGETHER, last + 1))
        held = choices.astype(np.float64) @ counts.matrix(np.arange(units), labels)
        cost += demand.cost(held, totals[labels], labels)
    cost += _OUTSIDE * demand.excess(choices.sum(axis=1))
    mask: BoolArray = choices[np.argmin(cost)].astype(np.bool_)
    return mask


def _deal_labels(counts: LabelCounts, demand: Demand) -> BoolArray:
    totals, sizes = counts.totals, counts.sizes
    units = len(sizes)
    wanted = demand.shares * totals
    # A rare label that is needed has one row on each side, however small its share is.
    on_both_sides = np.clip(wanted, 1, totals - demand.rows_left)
    wanted = np.where(demand.is_needed, on_both_sides, wanted)
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
            given = counts.of_units(part)
            np.subtract.at(sides[side], counts.labels[given], counts.rows[given])
            np.subtract.at(units_left, counts.labels[given], 1)
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


def improve(chosen: BoolArray, counts: LabelCounts, demand: Demand) -> BoolArray:
    """Moves or swaps units as long as that brings labels closer to their share."""
    chosen, totals = chosen.copy(), counts.totals
    held = counts.total(counts.of_units(np.flatnonzero(chosen)))
    steps = min(_MAX_STEPS, _MOST_WORK // len(counts.rows))
    # A choice of too many or too few units comes closer to the bounds in every step.
    for _ in range(steps + int(demand.excess(chosen.sum()))):
        change = _estimated_changes(chosen, held, counts, demand)
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
        table = demand.cost(then, totals[labels], labels)
        table += _OUTSIDE * demand.excess(number)
        join, leave = np.unravel_index(int(np.argmin(table)), table.shape)
        if table[join, leave] > table[0, 0] - _LEAST_GAIN:
            break
        held[labels] += gained[join, 0] - lost[0, leave]
        chosen[joining[join - 1 : join]] = True
        chosen[leaving[leave - 1 : leave]] = False
    return chosen


def _estimated_changes(
    chosen: BoolArray, held: FloatArray, counts: LabelCounts, demand: Demand
) -> FloatArray:
    """How much moving each unit to the other side adds to the cost."""
    totals = counts.totals
    slope = 2 * (held / totals - demand.shares)
    # Moving a unit can give the other side the label that it lacks.
    can_be_shared = np.diff(counts.starts) > demand.rows_left
    lacking = (held <= 0) & can_be_shared | (held > totals - demand.rows_left)
    helps: BoolArray = demand.is_needed & lacking
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
