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
        sizes: int64 `(units,)`, rows of each unit.
        classes: int64 `(units,)`, class index of each unit.
    """

    sizes: IntArray
    classes: IntArray

    def choose(self, units: IntArray, share: float, keep: int) -> BoolArray:
        """Chooses a share of each class.

        The numbers of all classes add up to `int(share * rows)` if the bounds allow it
        (largest remainders). A class that has units of several rows comes as close to
        its share as whole units allow.

        Args:
            units: Numbers of the units, the most wanted last.
            share: Share of the rows of all units, between 0 and 1.
            keep: Number of units of each class to leave, if the class has more.

        Returns:
            A mask over the units. It contains a unit of every class that has two or
            more, but never all of them.
        """
        sizes, classes = self.sizes[units], self.classes[units]
        wanted = share * np.bincount(self.classes, self.sizes)
        rows = np.bincount(classes, sizes, len(wanted)).astype(np.int64)
        chosen = last_of_each(
            classes,
            _quotas(
                wanted,
                rows - np.clip(rows - 1, 1, keep),
                int(share * int(self.sizes.sum())),
            ),
        )
        by_class = np.argsort(classes, kind="stable")
        ends = np.cumsum(np.bincount(classes))
        for label in np.unique(classes[sizes > 1]).tolist():
            members = by_class[ends[label - 1] if label else 0 : ends[label]]
            chosen[members] = False
            if len(members) > 1:
                least = min(keep, len(members) - 1)
                target = float(wanted[label])
                chosen[members] = choose_rows(sizes[members], target, least)
        return chosen

    def deal(self, units: IntArray, num_folds: int) -> IntArray:
        """Deals the units of each class out to folds."""
        return deal_in_order(self.sizes[units], self.classes[units], num_folds)


def _quotas(wanted: FloatArray, most: IntArray, total: int) -> IntArray:
    """How many rows of each class to choose, if every unit has one row.

    Args:
        wanted: Share of each class, in rows.
        most: Largest number of each class.
        total: Wanted number of all classes together.

    Returns:
        int64 whole numbers: the share of each class, rounded down or up, but one at
        least, and `most` at most.
    """
    most = np.minimum(np.ceil(wanted), np.maximum(most, 0)).astype(np.int64)
    quotas = np.minimum(np.maximum(np.floor(wanted), 1), most).astype(np.int64)
    missing = max(total - int(quotas.sum()), 0)
    by_remainder = np.argsort(np.floor(wanted) - wanted, kind="stable")
    open_classes = by_remainder[(most > quotas)[by_remainder]]
    quotas[open_classes[:missing]] += 1
    return quotas
