"""Finds the units: sets of rows that must stay together.

A unit is all rows of one image, of one group, or of several groups that share an image.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from keras_csv_dataset._groups import Groups

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.floating[Any]]
BoolArray = npt.NDArray[np.bool_]


def number_values(values: npt.NDArray[Any]) -> IntArray:
    """Numbers the distinct values from 0, in order of appearance."""
    # In this order, unit numbers are row numbers if nothing is repeated, so the choice
    # is Keras's. `np.unique` would sort, which takes seconds for a million texts.
    numbers: dict[Any, int] = {}
    codes = (numbers.setdefault(value, len(numbers)) for value in values.tolist())
    return np.fromiter(codes, np.int64, len(values))


def first_rows(codes: IntArray) -> IntArray:
    """Returns the first row of each number that `number_values` gave."""
    return np.unique(codes, return_index=True)[1].astype(np.int64)


def number_units(files: npt.NDArray[Any], groups: npt.NDArray[Any] | None) -> IntArray:
    """Numbers the connected components of rows that share an image or a group."""
    images = number_values(files)
    if groups is None:
        return images
    group_of_row = number_values(groups)
    first_group = group_of_row[first_rows(images)][images]
    joined = Groups(int(group_of_row.max(initial=-1)) + 1)
    for row in np.flatnonzero(group_of_row != first_group).tolist():
        joined.join([int(group_of_row[row]), int(first_group[row])])
    return number_values(joined.numbers()[group_of_row])
