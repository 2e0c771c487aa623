"""A pandas DataFrame as a label source."""

import json
import os
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._messages import quote
from keras_csv_dataset._table.cells import ChangedNames, as_cells


class Frame:
    """A pandas DataFrame as a label source, with the methods of `CsvFile`."""

    name = "DataFrame"
    separator = ","

    def __init__(self, frame: pd.DataFrame) -> None:
        if frame.columns.nlevels > 1:
            raise ValueError(
                "`csv` must be a DataFrame with one row of column names. Received: "
                f"column names of {frame.columns.nlevels} levels"
            )
        self._frame = frame
        self.columns = [
            name.strip() if isinstance(name, str) else name for name in frame.columns
        ]

    def cells(
        self, positions: Sequence[int], limit: int | None = None
    ) -> list[NDArray[np.object_]]:
        """Cells of the columns at `positions`, of the first `limit` rows only.

        A list, tuple or array of values becomes text, as in a CSV: `["cat", "dog"]`.
        """
        columns = [self._frame.iloc[:limit, position] for position in positions]
        cells = [column.to_numpy(dtype=object) for column in columns]
        if limit is not None:
            return cells  # unchecked: these columns may not be needed
        return [
            self._check(p, column) for p, column in zip(positions, cells, strict=True)
        ]

    def locate(self, row: int) -> str:
        """The row's label in the index, or its position if the label is repeated."""
        if not self._frame.index.is_unique:
            return f"DataFrame, iloc[{row}]"
        return f"DataFrame, row {self._frame.index[[row]].tolist()[0]!r}"

    def line_of(self, row: int) -> None:
        """A DataFrame has no lines."""

    def ragged_rows(self) -> Mapping[int, int]:
        """None: all rows of a DataFrame have the same length."""
        return {}

    def order_of(self, position: int) -> NDArray[np.object_] | None:
        """The categories of an ordered categorical column."""
        dtype = self._frame.dtypes.iloc[position]
        if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered:
            return as_cells(dtype.categories)
        return None

    def changed_names(self, position: int) -> ChangedNames:
        """Rows with a float so large that other integers are rounded to it, too.

        An id of 17 digits, as a float64, becomes the text of another id.
        """
        name = quote(self.columns[position])
        rounded = _rounded_floats(self._frame.iloc[:, position])
        return ChangedNames(
            {row: f"the float {n}, which may be rounded" for row, n in rounded.items()},
            "Floats of this size do not keep all digits of a number. Read the column "
            f"as text, as in pandas.read_csv(..., dtype={{{name}: str}}).",
        )

    def to_read(self) -> str:
        """Empty: the caller has read the file."""
        return ""

    def hint(self) -> str:
        """Says how the index becomes a column, if it is not just row numbers."""
        index = self._frame.index
        if isinstance(index, pd.RangeIndex) or not len(index):
            return ""
        return (
            f"The index of the DataFrame, with {quote(index[0])}, is not a column: "
            "df.reset_index() makes it one."
        )

    def _check(self, position: int, cells: NDArray[np.object_]) -> NDArray[np.object_]:
        lists: dict[int, str] = {}
        for row, cell in enumerate(cells):
            if type(cell) is str or isinstance(cell, os.PathLike):
                continue
            if not pd.api.types.is_scalar(cell) or isinstance(cell, bytes):
                lists[row] = self._list_as_text(position, row, cell)
        if not lists:
            return cells
        cells = as_cells(cells)
        for row, text in lists.items():
            cells[row] = text
        return cells

    def _list_as_text(self, position: int, row: int, cell: object) -> str:
        if isinstance(cell, list | tuple | set | frozenset | np.ndarray | pd.Series):
            values = sorted(cell, key=str) if isinstance(cell, Set) else list(cell)
            if all(map(_is_label, values)):
                return json.dumps([str(value) for value in values], ensure_ascii=False)
        raise ValueError(
            f"{self.locate(row)}: column {quote(self.columns[position])} contains "
            f"{quote(cell)}, a {type(cell).__name__}. Every cell must be one value, or "
            'a list of labels for label_mode="multi_hot".'
        )


def _rounded_floats(column: "pd.Series[Any]") -> dict[int, Any]:
    """Rows of a column with a float that may be rounded."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if pd.api.types.is_float_dtype(column.dtype):
        values = column.to_numpy(np.float64, na_value=np.nan)
        large = np.abs(values) >= _first_rounded(_numpy_dtype(column.dtype))
        rows: list[int] = np.flatnonzero(large & np.isfinite(values)).tolist()
        return {row: column.iloc[row] for row in rows}
    if column.dtype != object or pd.api.types.infer_dtype(column) == "string":
        return {}
    return {
        row: cell
        for row, cell in enumerate(column)
        if isinstance(cell, float | np.floating) and _can_be_rounded(cell)
    }


def _can_be_rounded(number: Any) -> bool:
    first = _first_rounded(np.dtype(type(number)))
    return bool(np.isfinite(number) and abs(number) >= first)


def _numpy_dtype(dtype: Any) -> np.dtype[Any]:
    """The dtype of the values in a column of pandas' own or of a sparse dtype."""
    inner = getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype))
    numpy_dtype: np.dtype[Any] = np.dtype(inner)
    return numpy_dtype


def _first_rounded(dtype: np.dtype[Any]) -> int:
    """The first integer that is also the float of another one: 2**53 of a float64."""
    digits = int(np.finfo(dtype).nmant) + 1
    return 1 << digits


def _is_label(value: object) -> bool:
    is_scalar = pd.api.types.is_scalar(value) and not isinstance(value, bytes)
    return is_scalar and not pd.isna(value)
