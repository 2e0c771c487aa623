"""Reads the label file: CSV or DataFrame -> the columns asked for, as text."""

import difflib
import inspect
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._csv_file import CsvFile

_OFFENDERS_SHOWN = 5
_LONGEST_QUOTE = 200
_REFUSED_OPTIONS = {
    "filepath_or_buffer": "the file is the argument `csv`",
    "usecols": "only the columns that are needed are read anyway",
    "index_col": "name the columns with `image_column` and `label_column`",
    "chunksize": "the file is read in one piece",
    "iterator": "the file is read in one piece",
    "on_bad_lines": "a row that cannot be read must be corrected, not lost",
    **dict.fromkeys(
        ("decimal", "thousands", "parse_dates"),
        "cells are read as text; to have pandas read numbers and dates, pass the "
        "DataFrame that it reads",
    ),
}


def _is_character(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1


# Options on which not only pandas relies.
_OPTION_CHECKS: dict[str, Callable[[Any], bool]] = {
    "comment": _is_character,
    "encoding": lambda value: value is None or isinstance(value, str),
    "encoding_errors": lambda value: isinstance(value, str),
    "header": lambda value: value in (None, "infer") or isinstance(value, int),
    "nrows": lambda value: value is None or isinstance(value, int),
    "quotechar": _is_character,
    "skiprows": lambda value: (
        isinstance(value, int | list | range | set | tuple | None) or callable(value)
    ),
}


class LabelSource(Protocol):
    """A label file that is open for reading: a CSV file or a DataFrame."""

    name: str
    columns: list[Hashable]

    def cells(
        self, positions: Sequence[int], limit: int | None = None
    ) -> list[NDArray[np.object_]]:
        """Cells of the columns at `positions`; of the first `limit` rows only."""

    def locate(self, row: int) -> str:
        """Where a person finds the row: `labels.csv, line 17`."""

    def ragged_rows(self) -> Mapping[int, int]:
        """Rows with more or fewer fields than the header: row -> its fields."""


@dataclass(frozen=True)
class LabelTable:
    """The columns asked for, as stripped text; `None` where a cell is blank.

    Attributes:
        source: The label file.
        columns: Position of a column in the file -> its cells, `(rows,)`.
        rows: int64 `(rows,)`, where the rows stand among all rows of the file.
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

    def locate(self, row: int) -> str:
        """Where a person finds a row: `labels.csv, line 17`."""
        return self.source.locate(int(self.rows[row]))

    def take(self, rows: NDArray[np.int64]) -> "LabelTable":
        """Some of the rows, in the order given."""
        columns = {p: cells[rows] for p, cells in self.columns.items()}
        return LabelTable(self.source, columns, self.rows[rows])

    def report(
        self,
        rows: Iterable[int],
        describe: Callable[[int], str],
        advice: str,
        most: int = _OFFENDERS_SHOWN,
    ) -> str:
        """A message that names the first rows, counts all, and says what to do.

        Args:
            rows: Row numbers, counted from 0.
            describe: Says what is wrong with one row.
            advice: What the user can do about it.
            most: How many rows to name.

        Returns:
            Text of several lines: `labels.csv, line 17: …`, the total, the advice.
        """
        rows = list(rows)
        lines = [f"{self.locate(row)}: {describe(row)}" for row in rows[:most]]
        if len(rows) > most:
            rest = len(rows) - most
            lines.append(f"... and {rest} more: {len(rows)} of {len(self)} rows.")
        return "\n".join([*lines, advice])


def check_csv_options(csv: object, csv_options: object) -> None:
    """Refuses a `csv` or `csv_options` that cannot be read, before any file is."""
    if not isinstance(csv, str | os.PathLike | pd.DataFrame):
        raise ValueError(
            "`csv` must be the path of a CSV file or a pandas DataFrame. "
            f"Received: csv={csv!r} of type {type(csv).__name__}"
        )
    if csv_options is None:
        return
    if not isinstance(csv_options, Mapping):
        raise ValueError(
            "`csv_options` must be a dictionary of keywords for `pandas.read_csv`. "
            f"Received: csv_options={csv_options!r}"
        )
    if isinstance(csv, pd.DataFrame):
        raise ValueError(
            "`csv_options` must be left out when `csv` is a DataFrame: there is no "
            f"file to read. Received: csv_options={csv_options!r}"
        )
    known = set(inspect.signature(pd.read_csv).parameters)
    for option in csv_options:
        if option not in known:
            raise ValueError(
                "`csv_options` must hold keywords of `pandas.read_csv`. "
                f"Received: {option!r}"
                + did_you_mean(option, sorted(known - _REFUSED_OPTIONS.keys()))
            )
        check_option = _OPTION_CHECKS.get(option)
        if check_option is not None and not check_option(csv_options[option]):
            raise ValueError(
                f"`csv_options` must hold for {option!r} what `pandas.read_csv` takes. "
                f"Received: csv_options={csv_options!r}"
            )
        if option in _REFUSED_OPTIONS:
            raise ValueError(
                f"`csv_options` must not hold {option!r}: "
                f"{_REFUSED_OPTIONS[option]}. Received: csv_options={csv_options!r}"
            )


def open_label_source(
    csv: "str | os.PathLike[str] | pd.DataFrame",
    csv_options: Mapping[str, Any] | None,
) -> LabelSource:
    """Opens the label file and reads the names of its columns.

    Args:
        csv: Path of a CSV file, or a DataFrame (which is not changed).
        csv_options: Keywords for `pandas.read_csv`.

    Returns:
        A `LabelSource`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read as CSV or has two columns of one name.
    """
    source: LabelSource
    if isinstance(csv, pd.DataFrame):
        source = _Frame(csv)
    else:
        source = CsvFile(os.fspath(csv), csv_options or {})
    if not source.columns:
        raise ValueError(f"{source.name} is empty: it has no columns.")
    counts = Counter(str(name) for name in source.columns if name != "")
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if repeated:
        raise ValueError(
            f"{source.name} has two columns of one name: "
            f"{', '.join(map(quote, repeated))}. Rename one of them."
        )
    return source


def read_label_table(source: LabelSource, columns: Sequence[int]) -> LabelTable:
    """Reads columns in full.

    Args:
        source: The open label file.
        columns: Positions of the columns to read.

    Returns:
        A `LabelTable`.

    Raises:
        ValueError: If the file has no rows, or its rows are of unequal length.
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
                f"{ragged[row]} field{'s' * (ragged[row] != 1)} where the header has "
                f"{len(source.columns)}"
            ),
            "Put text that holds the separator in quotation marks, and give every "
            "row all its separators.",
        )
        raise ValueError(message)
    return table


def no_rows(source: LabelSource) -> ValueError:
    """The error to raise for a label file without rows."""
    return ValueError(
        f"{source.name} has no rows, only the columns {list_columns(source.columns)}."
    )


def as_cells(values: Iterable[object]) -> NDArray[np.object_]:
    """Values as a column, one cell each."""
    values = list(values)
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def text_cells(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cells as stripped text; `None` for blank text, `None`, NaN and NA.

    Floats that are all whole numbers read as integers: one blank cell is enough for
    pandas to turn a column of integers into floats, and the class `1` into `1.0`.
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


def quote(value: object) -> str:
    """A value for a message: in one line, and short though it be a mask of megabytes.

    What cannot be printed is escaped, so that no cell can play with a terminal.
    """
    text = repr(value)
    half = _LONGEST_QUOTE // 2
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:half]}…{text[-half:]}"


def list_columns(columns: Iterable[Hashable], limit: int = 20) -> str:
    """Column names for a message: the first `limit`, and how many more there are."""
    names = [quote(name) for name in columns]
    rest = f", … ({len(names) - limit} more)" if len(names) > limit else ""
    return ", ".join(names[:limit]) + rest


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """The known name that is closest, as the end of a message."""
    by_text = {str(k).casefold(): k for k in known if k != ""}
    close = difflib.get_close_matches(str(name).casefold(), by_text, n=1)
    return f". Did you mean {quote(by_text[close[0]])}?" if close else ""


class _Frame:
    """A pandas DataFrame as a label source."""

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
        columns = [self._frame.iloc[:limit, position] for position in positions]
        cells = [column.to_numpy(dtype=object) for column in columns]
        for position, column in zip(positions, cells, strict=True):
            self._check_scalars(position, column)
        return cells

    def locate(self, row: int) -> str:
        return f"DataFrame, row {self._frame.index[[row]].tolist()[0]!r}"

    def ragged_rows(self) -> Mapping[int, int]:
        return {}

    def _check_scalars(self, position: int, cells: NDArray[np.object_]) -> None:
        for row, cell in enumerate(cells):
            if type(cell) is str or isinstance(cell, os.PathLike):
                continue
            if not pd.api.types.is_scalar(cell) or isinstance(cell, bytes):
                name = self.columns[position]
                raise ValueError(
                    f"{self.locate(row)}: column {quote(name)} holds {quote(cell)}, a "
                    f"{type(cell).__name__}. Every cell must be one value; join lists "
                    f'with df[{name!r}].str.join("|") and pass label_separator="|".'
                )
