"""Reads the label file: from a CSV or a DataFrame to the columns asked for, as text."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._messages import (
    count_of,
    list_columns,
    list_offenders,
    quote,
)
from keras_csv_dataset._table.cells import ChangedNames, text_cells
from keras_csv_dataset._table.csv_file import CsvFile
from keras_csv_dataset._table.frame import Frame


class LabelSource(Protocol):
    """An open label file: a CSV file or a DataFrame."""

    name: str
    columns: list[Hashable]

    @property
    def separator(self) -> str:
        """What separates the fields of the file; a comma if it has none."""

    def cells(
        self, positions: Sequence[int], limit: int | None = None
    ) -> list[NDArray[np.object_]]:
        """Cells of the columns at `positions`, of the first `limit` rows only."""

    def locate(self, row: int) -> str:
        """Where a user finds the row: `labels.csv, line 17`."""

    def line_of(self, row: int) -> int | None:
        """The line of the row in the file, from 1; `None` if it has no lines."""

    def ragged_rows(self) -> Mapping[int, int]:
        """Rows with more or fewer fields than the header: row -> number of fields."""

    def order_of(self, position: int) -> NDArray[np.object_] | None:
        """The values of a column in their order, if one is given."""

    def changed_names(self, position: int) -> ChangedNames:
        """Names in a column that may not be those that were meant."""

    def to_read(self) -> str:
        """How pandas reads the file, as the end of advice; may be empty."""

    def hint(self) -> str:
        """What to try if a column is not found; may be empty."""


@dataclass(frozen=True)
class LabelTable:
    """The columns asked for, as stripped text, with `None` for a blank cell.

    Attributes:
        source: The label file.
        columns: Position of a column in the file -> its cells, `(rows,)`.
        rows: int64 `(rows,)`, positions of the rows among all rows of the file.
    """

    source: LabelSource
    columns: Mapping[int, NDArray[np.object_]]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: int) -> NDArray[np.object_]:
        return self.columns[column]

    def name(self, column: int) -> Hashable:
        """Name of a column."""
        return self.source.columns[column]

    def order_of(self, column: int) -> list[str] | None:
        """The values of a column as text in their order, if one is given."""
        values = self.source.order_of(column)
        return None if values is None else text_cells(values).tolist()

    def locate(self, row: int) -> str:
        """Where a user finds a row: `labels.csv, line 17`."""
        return self.source.locate(int(self.rows[row]))

    def take(self, rows: NDArray[np.int64]) -> "LabelTable":
        """Selects rows, in the order given."""
        columns = {p: cells[rows] for p, cells in self.columns.items()}
        return LabelTable(self.source, columns, self.rows[rows])

    def report(
        self,
        rows: Iterable[int],
        describe: Callable[[int], str],
        advice: str,
        **limit: int,
    ) -> str:
        """Writes a message about some of the rows.

        Args:
            rows: Row numbers, counted from 0.
            describe: Says what is wrong with one row.
            advice: What the user can do about it.
            **limit: `most`, the number of rows to name.

        Returns:
            Text of several lines: `labels.csv, line 17: ...`, the total, the advice.
        """
        return list_offenders(
            list(rows),
            lambda row: f"{self.locate(row)}: {describe(row)}",
            advice,
            out_of=f"of {len(self)} rows",
            **limit,
        )


def open_label_source(
    csv: "str | os.PathLike[str] | pd.DataFrame",
    csv_options: Mapping[str, Any] | None,
) -> LabelSource:
    """Opens the label file and reads the names of its columns.

    Args:
        csv: Path of a CSV file, or a DataFrame, which is not changed.
        csv_options: Keywords for `pandas.read_csv`.

    Returns:
        A `LabelSource`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read as CSV, or two columns have the same name.
    """
    source: LabelSource
    if isinstance(csv, pd.DataFrame):
        source = Frame(csv)
    else:
        source = CsvFile(os.fspath(csv), csv_options or {})
    if not source.columns:
        raise ValueError(f"{source.name} is empty: it has no columns.")
    counts = Counter(str(name) for name in source.columns if name != "")
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if repeated:
        raise ValueError(
            f"{source.name} has two columns with the same name: "
            f"{', '.join(map(quote, repeated))}. Rename one of them."
        )
    return source


def read_label_table(
    source: LabelSource, columns: Sequence[int], numbers: Collection[int | None] = ()
) -> LabelTable:
    """Reads all cells of some columns.

    Args:
        source: The open label file.
        columns: Positions of the columns to read.
        numbers: Those of them whose cells are numbers rather than names.

    Returns:
        A `LabelTable`.

    Raises:
        ValueError: If the file has no rows, its rows are of unequal length, or names
            have become numbers that have lost digits.
    """
    cells = [text_cells(column) for column in source.cells(columns)]
    rows = np.arange(len(cells[0]))
    table = LabelTable(source, dict(zip(columns, cells, strict=True)), rows)
    if len(table) == 0:
        raise no_rows(source)
    ragged = source.ragged_rows()
    if ragged:
        message = table.report(
            ragged,
            lambda row: (
                f"{count_of(ragged[row], 'field')} where the header has "
                f"{len(source.columns)}"
            ),
            "Put text that contains the separator in quotation marks, and give every "
            "row all its separators.",
        )
        raise ValueError(message)
    for column in columns:
        if column not in numbers:
            _refuse_changed_names(table, column)
    return table


def _refuse_changed_names(table: LabelTable, column: int) -> None:
    """Refuses names that were read as numbers, and may have become other names."""
    changed, name = table.source.changed_names(column), quote(table.name(column))
    if changed.rows:
        raise ValueError(
            table.report(
                changed.rows,
                lambda row: f"column {name} contains {changed.rows[row]}",
                changed.advice,
            )
        )


def no_rows(source: LabelSource) -> ValueError:
    """Makes the error for a label file without rows."""
    return ValueError(
        f"{source.name} has no rows, only the columns {list_columns(source.columns)}."
    )
