"""Divides units that can have several labels each."""

import itertools
from dataclasses import dataclass

import numpy as np

from keras_csv_dataset._split.iterative_stratification import (
    Bounds,
    choose_units_per_label,
    improve,
)
from keras_csv_dataset._split.label_counts import LabelCounts
from keras_csv_dataset._split.units import BoolArray, IntArray

# Units are exchanged between each two folds up to these numbers, which take seconds.
_MOST_EXCHANGED = 100_000  # units, times folds
_MOST_FOLDS = 30


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
        bounds = Bounds(1, len(units) - keep, rows_left=keep)
        return choose_units_per_label(counts, wanted, bounds)

    def deal(self, units: IntArray, num_folds: int) -> IntArray:
        """Deals units out to folds of about the same share of each label.

        The units are divided between two halves of the folds, then each half again, and
        so on. Unless there are very many, units are then exchanged between each two
        folds, as long as that brings labels closer to their share.
        """
        folds = self._halve(units, num_folds)
        if num_folds <= _MOST_FOLDS and len(units) * num_folds <= _MOST_EXCHANGED:
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
        in_one = improve(folds[members] == one, counts, shares, bounds)
        folds[members] = np.where(in_one, one, other)

    def _counts(self, units: IntArray) -> LabelCounts:
        """The counts of some units, which are numbered in their order."""
        place = np.full(len(self.sizes), -1)
        place[units] = np.arange(len(units))
        place_of_pair = place[self.units]
        is_here = place_of_pair >= 0
        return LabelCounts.of(
            self.labels[is_here], place_of_pair[is_here], self.sizes[units]
        )
