"""Divides units that can have several labels each."""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from keras_csv_dataset._split.iterative_stratification import (
    Demand,
    choose_units_per_label,
    improve,
)
from keras_csv_dataset._split.label_counts import LabelCounts
from keras_csv_dataset._split.units import BoolArray, FloatArray, IntArray

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
        is_needed: bool `(labels,)`, whether every part needs the label.
    """

    sizes: IntArray
    labels: IntArray
    units: IntArray
    is_needed: BoolArray

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
        shares = share * totals[[*counts.names, -1]] / counts.totals
        demand = self._demand(counts, shares, 1, len(units) - keep, keep)
        return choose_units_per_label(counts, demand)

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
            counts = self._counts(units)
            shares = np.full(counts.num_labels, half / num_folds)
            most = len(units) - (num_folds - half)
            demand = self._demand(counts, shares, half, most)
            chosen = choose_units_per_label(counts, demand)
            folds[chosen] = self._halve(units[chosen], half)
            folds[~chosen] = half + self._halve(units[~chosen], num_folds - half)
        return folds

    def _exchange(self, units: IntArray, folds: IntArray, one: int, other: int) -> None:
        """Exchanges units between two folds, in place."""
        members = np.flatnonzero((folds == one) | (folds == other))
        counts = self._counts(units[members])
        shares = np.full(counts.num_labels, 0.5)
        demand = self._demand(counts, shares, 1, len(members) - 1)
        in_one = improve(folds[members] == one, counts, demand)
        folds[members] = np.where(in_one, one, other)

    def _demand(
        self,
        counts: LabelCounts,
        shares: FloatArray,
        least: int,
        most: int,
        rows_left: int = 1,
    ) -> Demand:
        return Demand(
            shares=shares,
            is_needed=np.append(self.is_needed[counts.names], True),
            rows_left=np.minimum(rows_left, counts.totals),
            least=least,
            most=most,
        )

    @cached_property
    def _distinct(self) -> tuple[IntArray, IntArray, IntArray]:
        """Each label with a unit that has it, and the number of rows."""
        num_units = len(self.sizes)
        pairs, rows = np.unique(
            self.labels * num_units + self.units, return_counts=True
        )
        return pairs // num_units, pairs % num_units, rows

    def _counts(self, units: IntArray) -> LabelCounts:
        """The counts of some units, which are numbered in their order."""
        labels, units_of_labels, rows = self._distinct
        place = np.full(len(self.sizes), -1)
        place[units] = np.arange(len(units))
        places = place[units_of_labels]
        is_here = places >= 0
        return LabelCounts.of(
            labels[is_here], places[is_here], rows[is_here], self.sizes[units]
        )
