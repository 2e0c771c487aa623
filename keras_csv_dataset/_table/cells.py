"""Cells as stripped text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class ChangedNames:
    """Names in a column that may not be those that were meant.

    Attributes:
        rows: Row -> what it contains instead of a name.
        advice: What the user can do about it.
    """

    rows: Mapping[int, str] = field(default_factory=dict)
    advice: str = ""


def as_cells(values: Iterable[object]) -> NDArray[np.object_]:
    """Makes a column with one cell for each value."""
    values = list(values)
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def text_cells(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Converts cells to stripped text, and blank text, `None`, NaN and NA to `None`.

    Floats that are all whole numbers are read as integers: pandas turns a column of
    integers with one blank cell into floats, and so the class `1` into `1.0`.
    """
    try:
        stripped: list[str | None] = list(map(str.strip, cells))
    except TypeError:
        return _text_of_objects(cells)
    if "" in stripped:
        stripped = [cell or None for cell in stripped]
    return as_cells(stripped)


def _text_of_objects(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    text = np.empty(len(cells), dtype=object)
    missing = pd.isna(cells)
    floats = [cell for cell, m in zip(cells, missing, strict=True) if not m]
    floats = [cell for cell in floats if isinstance(cell, float | np.floating)]
    whole = all(float(cell).is_integer() for cell in floats)
    for row, cell in enumerate(cells):
        if missing[row]:
            continue
        if whole and isinstance(cell, float | np.floating):
            cell = int(cell)
        text[row] = str(cell).strip() or None
    return text
