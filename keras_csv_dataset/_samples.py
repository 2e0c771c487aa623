"""Turns located rows into samples: each image with its labels, and what is refused."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._columns import Columns
from keras_csv_dataset._label_encoding import (
    Target,
    encode_classes,
    encode_multi_hot,
    encode_numbers,
)
from keras_csv_dataset._label_table import LabelTable
from keras_csv_dataset._located_rows import LocatedRows
from keras_csv_dataset._missing import rows_with_image, rows_with_labels


@dataclass(frozen=True)
class LabelSpec:
    """How the caller wants the labels read.

    Attributes:
        modes: Output -> its label mode; the only output of a model is `None`.
        separator: What stands between the labels of one cell.
        class_names: Output -> its classes, where the caller fixed them.
        is_list: Whether the label columns were given as a list.
    """

    modes: Mapping[Hashable, str]
    separator: str | None
    class_names: Mapping[Hashable, list[str]]
    is_list: bool

    @property
    def is_long_form(self) -> bool:
        """Whether an image has one row for each of its labels."""
        return self.modes.get(None) == "multi_hot" and self.separator is None


@dataclass(frozen=True)
class Samples:
    """What there is to yield: one entry for every time an image appears in an epoch.

    Attributes:
        table: The row of each sample, for messages.
        paths: Path of each image.
        files: int64 `(samples,)`; samples of the same image have the same number.
        targets: Output -> its labels; the only output of a model is `None`.
        weights: float32 `(samples,)`, or `None`.
    """

    table: LabelTable
    paths: list[str]
    files: NDArray[np.int64]
    targets: Mapping[Hashable, Target]
    weights: NDArray[np.float32] | None

    def __len__(self) -> int:
        return len(self.paths)


def make_samples(
    located: LocatedRows,
    spec: LabelSpec,
    *,
    missing_images: str,
    missing_labels: str,
) -> Samples:
    """Pairs every image with its labels.

    Args:
        located: The rows, with the image file that each names.
        spec: How the labels are read.
        missing_images: What is done with rows whose image is missing.
        missing_labels: What is done with rows whose label is blank.

    Returns:
        The `Samples`, in the order of the rows.

    Raises:
        ValueError: If images or labels are missing and may not be, if a label cannot
            be encoded, or if one image has different labels or weights.
    """
    table, columns, images = located.table, located.columns, located.images
    kept = rows_with_image(table, columns.image, images, missing_images)
    table, files = table.take(kept), images.numbers[kept]
    outputs = _columns_of_outputs(columns, spec)
    separators = {
        column: spec.separator if spec.modes[output] == "multi_hot" else None
        for output, group in outputs.items()
        for column in group
    }
    kept = rows_with_labels(table, separators, missing_labels)
    table, files = table.take(kept), files[kept]
    rows = samples = np.arange(len(table))
    long_form = spec.is_long_form and len(columns.labels) == 1
    if long_form:
        rows, samples = _unite(files)
    targets = {
        output: _encode(table, group, output, spec, samples)
        for output, group in outputs.items()
    }
    weights = None if columns.weight is None else _weights(table, columns.weight)
    compared = [] if weights is None else [weights]
    if not long_form:
        compared += [target.values for target in targets.values()]
    _refuse_conflicts(table, columns, files, compared)
    return Samples(
        table.take(rows),
        images.files.full_paths(files[rows]),
        files[rows],
        targets,
        None if weights is None else weights[rows],
    )


def _columns_of_outputs(
    columns: Columns, spec: LabelSpec
) -> dict[Hashable, tuple[int, ...]]:
    if None in spec.modes:
        return {None: columns.labels}
    return {
        output: (column,)
        for output, column in zip(spec.modes, columns.labels, strict=True)
    }


def _encode(
    table: LabelTable,
    columns: tuple[int, ...],
    output: Hashable,
    spec: LabelSpec,
    samples: NDArray[np.int64],
) -> Target:
    mode, names = spec.modes[output], spec.class_names.get(output)
    if mode == "raw":
        numbers = encode_numbers(table, columns)
        return Target(mode, numbers if spec.is_list else numbers[:, 0], None)
    if mode == "multi_hot":
        return encode_multi_hot(table, columns, spec.separator, names, samples)
    return encode_classes(table, columns, mode, names)


def _unite(files: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row of every image, in their order; and the image that each row is of."""
    _, first, image = np.unique(files, return_index=True, return_inverse=True)
    order = np.argsort(first)
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    return first[order], position[image]


def _weights(table: LabelTable, column: int) -> NDArray[np.float32]:
    weights = encode_numbers(table, [column])[:, 0]
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        cells, name = table[column], table.name(column)
        raise ValueError(
            table.report(
                negative,
                lambda row: f"column {name!r} holds the negative weight {cells[row]!r}",
                "A sample weight must be 0 or more.",
            )
        )
    return weights


def _refuse_conflicts(
    table: LabelTable,
    columns: Columns,
    files: NDArray[np.int64],
    compared: Sequence[NDArray[Any]],
) -> None:
    """Refuses an image that appears twice with different labels or weights."""
    _, first, image = np.unique(files, return_index=True, return_inverse=True)
    if len(first) == len(files):
        return
    first = first[image]
    differs = np.zeros(len(files), bool)
    for values in compared:
        different = values != values[first]
        differs |= different.reshape(len(files), -1).any(axis=1)
    shown = [c for c in (*columns.labels, columns.weight) if c is not None]

    def describe(row: int) -> str:
        here, there = (
            ", ".join(repr(table[column][r]) for column in shown)
            for r in (row, first[row])
        )
        name = table[columns.image][row]
        return f"{name!r} has {here} here, but {there} in {table.locate(first[row])}"

    if differs.any():
        advice = (
            "An image that is named twice must have the same label and weight each "
            'time. If it can have several labels, pass label_mode="multi_hot".'
        )
        raise ValueError(table.report(np.flatnonzero(differs), describe, advice))
