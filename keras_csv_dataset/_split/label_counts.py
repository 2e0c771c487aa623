"""How many rows of each label each unit has."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._split.units import FloatArray, IntArray


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
        cls, labels: IntArray, units: IntArray, rows: IntArray, sizes: IntArray
    ) -> "LabelCounts":
        """Arranges the numbers of rows that have a label in a unit.

        Args:
            labels: The label of each number. Labels without rows are left out.
            units: The unit of each number.
            rows: The numbers of rows.
            sizes: Rows of each unit, whatever their labels.
        """
        order = np.lexsort((units, labels))
        names, numbers = np.unique(labels[order], return_inverse=True)
        last = len(names)
        labels = np.append(numbers.astype(np.int64), np.full(len(sizes), last))
        units = np.append(units[order], np.arange(len(sizes)))
        return cls(
            names=names.astype(np.int64),
            labels=labels,
            units=units,
            rows=np.append(rows[order], sizes).astype(np.float64),
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

    @cached_property
    def totals(self) -> FloatArray:
        """Rows of each label."""
        return self.total(np.arange(len(self.rows)))

    def total(self, counts: IntArray) -> FloatArray:
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
