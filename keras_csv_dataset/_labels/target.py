"""The labels of one output: how they are read and weighed, and what they become."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels.class_sets import ClassSets
from keras_csv_dataset._labels.classes import are_integers
from keras_csv_dataset._labels.separators import (
    find_separator,
    read_list,
    split_labels,
)

# The most values that the attribute `labels` of "multi_hot" holds as vectors: 268 MB.
MOST_LABELS = 2**26
# The modes in which a label is an image.
FILE_MODES = ("mask", "image")

# The weights of the classes of one output, by name, or how they are computed.
ClassWeight: TypeAlias = Literal["balanced"] | Mapping[Any, float]


def take(values: NDArray[Any], samples: NDArray[np.int64] | np.int64) -> NDArray[Any]:
    """The values of one sample or of a batch of them: numbers, or text as `str`."""
    taken = np.take(values, samples, axis=0)
    return np.asarray(taken, str) if values.dtype == object else np.asarray(taken)


@dataclass(frozen=True, kw_only=True)
class LabelSpec:
    """How the labels of one output are read and weighed.

    Attributes:
        mode: `"int"`, `"categorical"`, `"binary"`, `"multi_hot"`, `"raw"`, `"text"`,
            `"mask"` or `"image"`.
        class_names: The classes in the order of their indices; `None` to find them.
        separator: Separates several labels in one cell; `None` if a cell has one.
        is_list: Whether the label columns were given as a list.
        cells_are_lists: Whether each cell is written as a list of labels.
        class_weight: The weights of the classes in training; `None` if they have none.
    """

    mode: str
    class_names: list[str] | None = None
    separator: str | None = None
    is_list: bool = False
    cells_are_lists: bool = False
    class_weight: ClassWeight | None = None

    @property
    def has_classes(self) -> bool:
        """Whether each label is one or several classes."""
        return self.mode not in ("raw", "text", *FILE_MODES)

    @property
    def names_files(self) -> bool:
        """Whether labels are images, whose files the column names."""
        return self.mode in FILE_MODES

    @property
    def has_several_in_a_cell(self) -> bool:
        """Whether a cell can contain several labels."""
        in_cells = self.separator is not None or self.cells_are_lists
        return self.mode == "multi_hot" and in_cells

    def is_one_column_per_class(self, num_columns: int) -> bool:
        """Whether each class has a 0/1 column of its own."""
        listed = self.is_list and self.separator is None
        return self.mode == "multi_hot" and (num_columns > 1 or listed)

    def is_one_row_per_label(self, num_columns: int) -> bool:
        """Whether the label file has a row for each label of an image."""
        alone = self.mode == "multi_hot" and not self.has_several_in_a_cell
        return alone and not self.is_one_column_per_class(num_columns)

    def split(self, cell: str | None) -> list[str]:
        """The labels in one cell; none for a blank cell."""
        if cell is not None and self.cells_are_lists:
            return read_list(cell) or []
        return split_labels(cell, self.separator if self.mode == "multi_hot" else None)


@dataclass(frozen=True, kw_only=True)
class Target:
    """The encoded labels of one output.

    Attributes:
        mode: The mode of the `LabelSpec`.
        values: int32 `(samples,)` class indices for `"int"`, `"categorical"` and
            `"binary"`; `ClassSets` for `"multi_hot"`; float32 `(samples,)` or
            `(samples, columns)` for `"raw"`; objects that are text, `(samples,)`, for
            `"text"`, and paths for `"mask"` and `"image"`.
        class_names: Name of each class; `None` if there are none, or if the classes
            of the pixels of masks have no names.
    """

    mode: str
    values: NDArray[Any] | ClassSets
    class_names: list[str] | None

    @property
    def names_files(self) -> bool:
        """Whether the values are paths of images."""
        return self.mode in FILE_MODES

    @cached_property
    def in_keras_form(self) -> NDArray[Any] | ClassSets:
        """The values or sets of classes, by sample, from which batches take labels.

        Sets of classes become vectors of 0 and 1 for one batch at a time.
        """
        if isinstance(self.values, ClassSets):
            return self.values
        if self.mode == "categorical":
            return ClassSets.singles(self.values, len(self.class_names or ()))
        if self.mode == "binary":
            return self.values[:, np.newaxis].astype(np.float32)
        return self.values

    def batch(self, samples: NDArray[np.int64] | np.int64) -> NDArray[Any]:
        """The labels of one sample or of a batch of them, as Keras takes them."""
        labels = self.in_keras_form
        if isinstance(labels, ClassSets):
            return labels.vectors(samples)
        return take(labels, samples)

    def labels_of(self, samples: NDArray[np.int64]) -> NDArray[Any]:
        """The attribute `labels` of a dataset of some samples.

        For `"multi_hot"` it contains vectors, or if those of all samples have more than
        `MOST_LABELS` values, pairs of a sample and a class.
        """
        if not isinstance(self.values, ClassSets):
            return self.values[samples]
        if len(self.values) * self.values.num_classes <= MOST_LABELS:
            return self.values.vectors(samples)
        return self.values.take(samples).pairs()

    def paths_of(self, samples: NDArray[np.int64]) -> list[str]:
        """The paths of the labels of some samples, if the labels are images."""
        assert not isinstance(self.values, ClassSets)
        paths: list[str] = self.values[samples].tolist()
        return paths

    def differs_from(self, others: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which samples have other labels than their counterparts: `(samples,)`."""
        if isinstance(self.values, ClassSets):
            return self.values.differ_from(others)
        different = self.values != self.values[others]
        any_of_them: NDArray[np.bool_] = different.reshape(len(others), -1).any(axis=1)
        return any_of_them

    def classes_of(self, sample: int) -> list[str]:
        """The names of the classes of one sample; none if there are no classes."""
        if self.class_names is None or self.names_files:
            return []
        if isinstance(self.values, ClassSets):
            classes = self.values.take(np.array([sample])).classes
        else:
            classes = self.values[[sample]]
        return [self.class_names[index] for index in classes.tolist()]

    @property
    def is_renumbered(self) -> bool:
        """Whether the classes are integers other than their indices."""
        names = self.class_names or []
        if self.names_files or not are_integers(names):
            return False
        return [int(name) for name in names] != list(range(len(names)))

    @property
    def joined_labels(self) -> tuple[str, str] | None:
        """A class that joins the names of other classes, and the separator."""
        return (
            None
            if self.mode == "multi_hot" or self.names_files
            else find_separator(self.class_names or [])
        )

    def class_counts_of(self, samples: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The attribute `class_counts` of a dataset of some samples.

        Returns:
            int64 `(classes,)`, how many of the samples have each class; `None` if there
            are no classes.
        """
        if self.class_names is None or self.names_files:
            return None
        if isinstance(self.values, ClassSets):
            classes = self.values.take(samples).classes
        else:
            classes = self.values[samples]
        counts = np.bincount(classes, minlength=len(self.class_names))
        return counts.astype(np.int64)

    def class_counts(self) -> dict[str, int]:
        """Number of samples of each class; empty if there are no classes."""
        counts = self.class_counts_of(np.arange(len(self.values)))
        if counts is None:
            return {}
        return dict(zip(self.class_names or (), counts.tolist(), strict=True))
