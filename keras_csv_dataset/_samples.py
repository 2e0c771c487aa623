"""Turns located rows into samples: each image with its labels, and what is refused."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._columns import Columns
from keras_csv_dataset._image_names import nfc
from keras_csv_dataset._label_encoding import (
    LabelSpec,
    Target,
    encode_labels,
    encode_numbers,
)
from keras_csv_dataset._label_table import LabelSource, LabelTable, as_cells, quote
from keras_csv_dataset._located_rows import LocatedRows


@dataclass(frozen=True)
class Samples:
    """What there is to yield: one entry for every time an image appears in an epoch.

    Attributes:
        source: The label file, for messages.
        rows: int64 `(samples,)`, the row of each sample among all rows of the file.
        paths: Path of each image.
        files: int64 `(samples,)`; samples of the same image have the same number.
        first: int64 `(samples,)`, the first sample of the same image.
        targets: Output -> its labels; the only output of a model is `None`.
        weights: float32 `(samples,)`, or `None`.
        subsets: Text of the split column `(samples,)`, or `None`.
        groups: Text of the group column `(samples,)`, or `None`.
    """

    source: LabelSource
    rows: NDArray[np.int64]
    paths: list[str]
    files: NDArray[np.int64]
    first: NDArray[np.int64]
    targets: Mapping[Hashable, Target]
    weights: NDArray[np.float32] | None
    subsets: NDArray[np.object_] | None
    groups: NDArray[np.object_] | None

    def __len__(self) -> int:
        return len(self.paths)

    def paths_of(self, numbers: NDArray[np.int64]) -> list[str]:
        """Path of the image of each of some samples."""
        return list(map(self.paths.__getitem__, numbers.tolist()))

    def locate(self, number: int) -> str:
        """Where a person finds the row of a sample: `labels.csv, line 17`."""
        return self.source.locate(int(self.rows[number]))


def describe_dataset(
    dataset: Any, samples: Samples, order: NDArray[np.int64], file_paths: list[str]
) -> None:
    """Sets the attributes `class_names`, `file_paths` and `labels` of a dataset.

    Args:
        dataset: The dataset.
        samples: All samples.
        order: int64 numbers of the dataset's samples.
        file_paths: Their paths.
    """
    names = {
        output: None if t.class_names is None else list(t.class_names)
        for output, t in samples.targets.items()
    }
    labels = {output: t.values[order] for output, t in samples.targets.items()}
    dataset.class_names = names.get(None, names) if names else None
    dataset.file_paths = file_paths
    dataset.labels = labels.get(None, labels) if labels else None


def make_samples(located: LocatedRows, spec: LabelSpec) -> Samples:
    """Pairs every image with its labels.

    Args:
        located: The rows, with the image file that each names.
        spec: How the labels are read.

    Returns:
        The `Samples`, in the order of the rows.

    Raises:
        ValueError: If a label cannot be encoded, or if one image has different labels
            or weights.
    """
    table, columns, files = located.table, located.columns, located.images.numbers
    rows = samples = np.arange(len(table))
    first = first_of_each(files)
    long_form = spec.is_long_form(columns.labels)
    if long_form:
        rows, samples = _unite(first)
    targets = encode_labels(table, columns.labels, spec, samples)
    weights = None if columns.weight is None else _weights(table, columns.weight)
    subsets = _text(table, columns.split, "which subset it belongs to")
    _refuse_inverted_split(table, columns.split)
    groups = _text(table, columns.group, "which group it belongs to")
    compared: list[NDArray[Any] | None] = [weights]
    compared += [subsets, groups] if long_form else [t.values for t in targets.values()]
    _refuse_conflicts(table, columns, first, compared, long_form)
    return Samples(
        table.source,
        table.rows[rows],
        located.images.files.full_paths(files[rows]),
        files[rows],
        first if not long_form else np.arange(len(rows)),
        targets,
        None if weights is None else weights[rows],
        None if subsets is None else subsets[rows],
        None if groups is None else groups[rows],
    )


def first_of_each(files: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every row, the first row that names the same file."""
    rows = np.arange(len(files))
    first = np.empty(int(files.max()) + 1, np.int64)
    first[files[::-1]] = rows[::-1]
    return first[files]


def _unite(first: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row of every image, in their order; and the image that each row is of."""
    rows = np.flatnonzero(first == np.arange(len(first)))
    return rows, np.searchsorted(rows, first)


def _weights(table: LabelTable, column: int) -> NDArray[np.float32]:
    weights = encode_numbers(table, [column])[:, 0]
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        cells, name = table[column], table.name(column)
        raise ValueError(
            table.report(
                negative,
                lambda row: (
                    f"column {quote(name)} holds the negative weight "
                    f"{quote(cells[row])}"
                ),
                "A sample weight must be 0 or more.",
            )
        )
    return weights


def _text(
    table: LabelTable, column: int | None, meaning: str
) -> NDArray[np.object_] | None:
    """The cells of a column, none of which may be blank."""
    if column is None:
        return None
    blank = [row for row, cell in enumerate(table[column]) if cell is None]
    if blank:
        raise ValueError(
            table.report(
                blank,
                lambda row: f"column {quote(table.name(column))} is blank",
                f"Every row must say {meaning}: fill the cells in.",
            )
        )
    # One group is one group, however its accents are encoded.
    return as_cells(nfc(cell) for cell in table[column])


def _refuse_inverted_split(table: LabelTable, column: int | None) -> None:
    """Refuses an `is_train` of 0 and 1: true stands for validation."""
    if column is None or "train" not in str(table.name(column)).casefold():
        return
    if {str(cell).casefold() for cell in table[column]} <= {"0", "1", "true", "false"}:
        name = table.name(column)
        raise ValueError(
            f"Column {name!r} seems to be true for training, but in `split_column` "
            "true stands for validation. Write the words, as in "
            f'df[{name!r}].map({{1: "train", 0: "val"}}), and pass the DataFrame.'
        )


def _refuse_conflicts(
    table: LabelTable,
    columns: Columns,
    first: NDArray[np.int64],
    compared: Sequence[NDArray[Any] | None],
    long_form: bool,
) -> None:
    """Refuses an image that appears twice with different labels or weights."""
    if (first == np.arange(len(first))).all():
        return
    differs = np.zeros(len(first), bool)
    for values in compared:
        if values is None:
            continue
        different = values != values[first]
        differs |= different.reshape(len(first), -1).any(axis=1)
    shown = columns.positions()[1 + (len(columns.labels) if long_form else 0) :]

    def describe(row: int) -> str:
        here, there = (
            ", ".join(quote(table[column][r]) for column in shown)
            for r in (row, first[row])
        )
        name = table[columns.image][row]
        return (
            f"{quote(name)} has {here} here, but {there} in {table.locate(first[row])}"
        )

    if differs.any():
        advice = "An image that is named twice must have the same values each time."
        if not long_form and len(columns.labels) == 1:
            advice += (
                " If every row holds one of several labels, pass "
                'label_mode="multi_hot" and no `label_separator`.'
            )
        raise ValueError(table.report(np.flatnonzero(differs), describe, advice))
