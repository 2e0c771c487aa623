"""A pandas DataFrame as a label source."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._messages import quote


class Frame:
    """A pandas DataFrame as a label source, with the methods of `CsvFile`."""

    name = "DataFrame"

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
        """Cells of the columns at `positions`, of the first `limit` rows only."""
        columns = [self._frame.iloc[:limit, position] for position in positions]
        cells = [column.to_numpy(dtype=object) for column in columns]
        for position, column in zip(positions, cells, strict=True):
            self._check_scalars(position, column)
        return cells

    def locate(self, row: int) -> str:
        """The row's label in the index: `DataFrame, row 17`."""
        return f"DataFrame, row {self._frame.index[[row]].tolist()[0]!r}"

    def ragged_rows(self) -> Mapping[int, int]:
        """None: all rows of a DataFrame have the same length."""
        return {}

    def _check_scalars(self, position: int, cells: NDArray[np.object_]) -> None:
        for row, cell in enumerate(cells):
            if type(cell) is str or isinstance(cell, os.PathLike):
                continue
            if not pd.api.types.is_scalar(cell) or isinstance(cell, bytes):
                name = self.columns[position]
                raise ValueError(
                    f"{self.locate(row)}: column {quote(name)} contains {quote(cell)}, "
                    f"a {type(cell).__name__}. Every cell must be one value; join "
                    f'lists with df[{name!r}].str.join("|") and pass '
                    'label_separator="|".'
                )
