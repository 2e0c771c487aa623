"""The labels of one output: how they are read, and what they become."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels.separators import find_separator

_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")


@dataclass(frozen=True, kw_only=True)
class LabelSpec:
    """How the labels of one output are read.

    Attributes:
        mode: `"int"`, `"categorical"`, `"binary"`, `"multi_hot"` or `"raw"`.
        class_names: The classes in the order of their indices; `None` to find them.
        separator: Separates several labels in one cell; `None` if a cell has one.
        is_list: Whether the label columns were given as a list.
    """

    mode: str
    class_names: list[str] | None = None
    separator: str | None = None
    is_list: bool = False

    @property
    def has_classes(self) -> bool:
        """Whether labels are classes rather than numbers."""
        return self.mode != "raw"

    def is_one_column_per_class(self, num_columns: int) -> bool:
        """Whether each class has a 0/1 column of its own."""
        listed = self.is_list and self.separator is None
        return self.mode == "multi_hot" and (num_columns > 1 or listed)

    def is_one_row_per_label(self, num_columns: int) -> bool:
        """Whether the label file has a row for each label of an image."""
        alone = self.mode == "multi_hot" and self.separator is None
        return alone and not self.is_one_column_per_class(num_columns)


@dataclass(frozen=True, kw_only=True)
class Target:
    """The encoded labels of one output.

    Attributes:
        mode: The mode of the `LabelSpec`.
        values: int32 `(samples,)` class indices for `"int"`, `"categorical"` and
            `"binary"`; float32 `(samples, num_classes)` for `"multi_hot"`; float32
            `(samples,)` or `(samples, columns)` for `"raw"`.
        class_names: Name of each class as the CSV writes it; `None` for `"raw"`.
    """

    mode: str
    values: NDArray[Any]
    class_names: list[str] | None

    @property
    def is_renumbered(self) -> bool:
        """Whether the classes are integers other than their indices."""
        names = self.class_names or []
        if not are_integers(names):
            return False
        return [int(name) for name in names] != list(range(len(names)))

    @property
    def joined_labels(self) -> tuple[str, str] | None:
        """A class that joins the names of other classes, and the separator."""
        return (
            None if self.mode == "multi_hot" else find_separator(self.class_names or [])
        )

    def class_counts(self) -> dict[str, int]:
        """Number of samples of each class; empty for `"raw"`."""
        names = self.class_names or []
        if self.mode == "multi_hot":
            counts = self.values.sum(axis=0).astype(int)
        else:
            counts = np.bincount(self.values if names else [], minlength=len(names))
        return dict(zip(names, counts.tolist(), strict=True))


def are_integers(labels: Sequence[str]) -> bool:
    """Whether all labels are written as integers."""
    return all(map(_INTEGER.fullmatch, labels))
