"""Joins rows that must be on one side of a split."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._files import nfc
from keras_csv_dataset._groups import Groups
from keras_csv_dataset._inspection.inspect import Inspected
from keras_csv_dataset._table import as_cells


def join_rows(inspected: Inspected) -> NDArray[np.int64]:
    """Numbers the groups of rows, from 1 in order of appearance.

    Rows are in one group if they name the same image, if their images are duplicates,
    if the group column says so, or if other rows connect them.

    Args:
        inspected: The rows, and which of them are duplicates.

    Returns:
        int64 `(rows,)`, the group of each row of the label file.
    """
    located = inspected.located
    groups = Groups(len(located.table))
    have_files = located.have_files()
    rows = np.flatnonzero(have_files)
    numbers = located.take(have_files).file_numbers([*located.columns.images])
    _join_equal(groups, np.tile(rows, len(numbers)), np.concatenate(numbers))
    if located.columns.group is not None:
        cells = located.table[located.columns.group]
        named = np.array([cell is not None for cell in cells])
        names = pd.factorize(as_cells(nfc(cell) for cell in cells[named]))[0]
        _join_equal(groups, np.flatnonzero(named), names)
    for duplicates in inspected.groups:
        groups.join(duplicates.tolist())
    numbers_from_1: NDArray[np.int64] = pd.factorize(groups.numbers())[0] + 1
    return numbers_from_1


def _join_equal(
    groups: Groups, rows: NDArray[np.int64], numbers: NDArray[np.int64]
) -> None:
    """Joins the rows that have the same number."""
    _, first, of_row = np.unique(numbers, return_index=True, return_inverse=True)
    others = rows[first][of_row]
    for row in np.flatnonzero(rows != others).tolist():
        groups.join([int(rows[row]), int(others[row])])
