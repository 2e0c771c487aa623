"""Divides units that have one class each."""

from dataclasses import dataclass

import numpy as np

from keras_csv_dataset._split.by_size import (
    choose_rows,
    deal_in_order,
    last_of_each,
)
from keras_csv_dataset._split.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class ByClass:
    """Divides units, so that every part has the same share of each class.

    Attributes:
        sizes: int64 `(units,)`, rows of each unit: one, if a class is not needed.
        classes: int64 `(units,)`, class index of each unit.
        is_needed: bool `(classes,)`, whether every part needs the class.
    """

    sizes: IntArray
    classes: IntArray
    is_needed: BoolArray

    def choose(self, units: IntArray, share: float, keep: int) -> BoolArray:
        """Chooses a share of each class.

        The numbers of all classes add up to `int(share * rows)` if the bounds allow it
        (largest remainders). A class that has units of several rows comes as close to
        its share as whole units allow. If no unit can be chosen in this way, the sizes
        of units decide.

        Args:
            units: Numbers of the units, the most wanted last.
            share: Share of the rows of all units, between 0 and 1.
            keep: Number of units of each needed class to leave.

        Returns:
            A mask over the units, which is not empty. It contains a unit of every
            needed class that has more than `keep`.
        """
        sizes, classes = self.sizes[units], self.classes[units]
        wanted = share * np.bincount(self.classes, self.sizes)
        number = np.bincount(classes, minlength=len(wanted))
        rows = np.bincount(classes, sizes, len(wanted)).astype(np.int64)
        is_needed = self.is_needed[: len(wanted)]
        total = int(share * int(self.sizes.sum()))
        most = rows - np.where(is_needed, keep, 0)
        quotas = _quotas(wanted, is_needed.astype(np.int64), most, total)
        chosen = last_of_each(classes, quotas)
        by_class = np.argsort(classes, kind="stable")
        starts = np.append(0, np.cumsum(number))
        for label in np.unique(classes[sizes > 1]).tolist():
            members = by_class[starts[label] : starts[label + 1]]
            chosen[members] = number[label] > keep and choose_rows(
                sizes[members], float(wanted[label]), keep
            )
        if not chosen.any():
            return choose_rows(sizes, share * int(self.sizes.sum()), keep)
        return chosen

    def deal(self, units: IntArray, num_folds: int) -> IntArray:
        """Deals the units of each class out to folds."""
        return deal_in_order(self.sizes[units], self.classes[units], num_folds)


def _quotas(
    wanted: FloatArray, least: IntArray, most: IntArray, total: int
) -> IntArray:
    """How many rows of each class to choose, if every unit has one row.

    Args:
        wanted: Share of each class, in rows.
        least: Smallest number of each class.
        most: Largest number of each class, which takes precedence.
        total: Wanted number of all classes together.

    Returns:
        int64 whole numbers: the share of each class, rounded down or up, within the
        bounds.
    """
    most = np.minimum(np.ceil(wanted), np.maximum(most, 0)).astype(np.int64)
    quotas = np.minimum(np.maximum(np.floor(wanted), least), most).astype(np.int64)
    missing = max(total - int(quotas.sum()), 0)
    by_remainder = np.argsort(np.floor(wanted) - wanted, kind="stable")
    open_classes = by_remainder[(most > quotas)[by_remainder]]
    quotas[open_classes[:missing]] += 1
    return quotas
