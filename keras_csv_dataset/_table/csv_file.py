"""A CSV file: its delimiter, its header, its cells, and the line of each row."""

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._table.cells import ChangedNames, as_cells
from keras_csv_dataset._table.csv_options import (
    CELL_OPTIONS,
    DELIMITERS,
    DIALECT_OPTIONS,
)
from keras_csv_dataset._table.dialect import END_OF_FILE, Dialect
from keras_csv_dataset._table.text_file import TextFile

# Cells stay text until numbers are needed: pandas would read `00642` as 642, `1.10` as
# 1.1, and the class `None` as a missing value.
_TEXT = {"dtype": object, "keep_default_na": False, "na_filter": False}
# Rows handled together. Larger lists would trigger the garbage collector each time.
_CHUNK = 200
# Equal cells of a column share one text, up to this many texts, to save memory.
_MOST_SHARED = 10_000

Row = list[str]


class CsvFile:
    """A CSV file as a label source.

    One reader divides the text into rows, so the cells, the number of fields and the
    lines always agree. It counts for `skiprows` and `header` as pandas does: a quoted
    line break does not end a line, and blank lines and comments are not rows.

    Attributes:
        name: The file's name, for messages.
        columns: The names of its columns.
    """

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        self._text = TextFile(path, options)
        self.name = self._text.name
        self._options = _with_dialect(options)
        self._header = _header_row(options)
        self._is_skipped = _skipping(options.get("skiprows"))
        try:
            self._check_options()
            self._dialect = self._find_dialect()
            self._names = self._read_names()
        except (TypeError, LookupError, re.error) as error:
            raise self._wrong_options(error) from None
        self.columns: list[Hashable] = [
            name.strip() if isinstance(name, str) else name for name in self._names
        ]
        self._ragged: dict[int, int] = {}
        self._numbers: dict[int, dict[int, object]] = {}

    def cells(
        self, positions: Sequence[int], limit: int | None = None
    ) -> list[NDArray[np.object_]]:
        """Cells of the columns at `positions`, of the first `limit` rows only."""
        if CELL_OPTIONS & self._options.keys():
            everything = range(len(self.columns))
            frame = self._convert(self._read_columns(everything, limit))
            converted = [frame.iloc[:, p].to_numpy(dtype=object) for p in positions]
            self._numbers = {
                position: {
                    row: cell for row, cell in enumerate(cells) if _is_number(cell)
                }
                for position, cells in zip(positions, converted, strict=True)
            }
            return converted
        columns = self._read_columns(positions, limit)
        return [as_cells(columns[position]) for position in positions]

    def locate(self, row: int) -> str:
        """Where an editor shows a row: `labels.csv, line 17`."""
        return f"{self.name}, line {self.line_of(row)}"

    def line_of(self, row: int) -> int:
        """The line on which an editor shows a row, from 1."""
        return int(self._row_lines[row])

    def ragged_rows(self) -> Mapping[int, int]:
        """Rows with more or fewer fields than the header: row -> number of fields."""
        return self._ragged

    def order_of(self, position: int) -> None:
        """A CSV does not say how classes are ordered."""

    def changed_names(self, position: int) -> ChangedNames:
        """Rows in which a converter has made a number of the text."""
        return ChangedNames(
            {
                row: f"the number {number}, made by its converter"
                for row, number in self._numbers.get(position, {}).items()
            },
            "As numbers, 01 and 1 would be the same: let the converter return text.",
        )

    def to_read(self) -> str:
        """Says how pandas reads the file without changing a label."""
        return (
            "; pandas.read_csv(..., dtype=str, keep_default_na=False) reads it without "
            "changing a label"
        )

    def hint(self) -> str:
        """Empty: everything in a CSV is in its columns."""
        return ""

    def _read_columns(
        self, positions: Iterable[int], limit: int | None
    ) -> dict[int, list[str]]:
        """Reads columns, and notes the rows that do not fit the header."""
        columns: dict[int, list[str]] = {position: [] for position in positions}
        shared: dict[int, dict[str, str]] = {position: {} for position in columns}
        width, num_rows = len(self.columns), 0
        ragged: dict[int, int] = {}
        rows = self._rows(limit)
        while chunk := list(islice(rows, _CHUNK)):
            if set(map(len, chunk)) != {width}:
                lengths = enumerate(map(len, chunk), start=num_rows)
                ragged |= {row: n for row, n in lengths if n != width}
                chunk = [(row + [""] * width)[:width] for row in chunk]
            num_rows += len(chunk)
            by_column = list(zip(*chunk, strict=True))
            for position, cells in columns.items():
                cells.extend(_share(by_column[position], shared[position]))
        if limit is None:
            num_rows -= self._options.get("skipfooter", 0)
            self._ragged = {row: n for row, n in ragged.items() if row < num_rows}
            for cells in columns.values():
                del cells[max(num_rows, 0) :]
        return columns

    def _convert(self, columns: Mapping[int, list[str]]) -> pd.DataFrame:
        """Lets pandas decide what the text of the cells means."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerows(zip(*columns.values(), strict=True))
        text.seek(0)
        options = {k: v for k, v in self._options.items() if k in CELL_OPTIONS}
        if {"na_values", "keep_default_na"} & options.keys():
            options.setdefault("na_filter", True)
        names = [
            f"Unnamed: {i}" if name == "" else name
            for i, name in enumerate(self._names)
        ]
        if converters := options.get("converters"):
            # pandas warns of a dtype for the same column.
            others = [n for i, n in enumerate(names) if not {i, n} & converters.keys()]
            options["dtype"] = dict.fromkeys(others, object)
        try:
            return pd.read_csv(
                text,
                header=None,
                names=names,
                index_col=False,
                skip_blank_lines=False,
                **{**_TEXT, **options},
            )
        except pd.errors.EmptyDataError:
            return pd.DataFrame(columns, dtype=object)
        except (ValueError, TypeError) as error:
            raise self._wrong_options(error) from None

    def _check_options(self) -> None:
        names = list(self._options.get("names") or ())
        if len(set(names)) < len(names):
            raise TypeError("`names` contains a name twice")
        for option in ("nrows", "header", "skipfooter"):
            number = self._options.get(option)
            if isinstance(number, int) and number < 0:
                raise TypeError(f"{option} is negative")

    def _wrong_options(self, error: Exception) -> ValueError:
        return ValueError(
            f"{self.name} cannot be read: {error}. Check `csv_options`, which are "
            "those of pandas.read_csv."
        )

    @property
    def separator(self) -> str:
        """What separates the fields: a character, or a regular expression."""
        return self._dialect.separator

    def _find_dialect(self) -> Dialect:
        """The dialect that is asked for, or the delimiter that fits the header best."""
        separator = self._options.get("delimiter") or self._options.get("sep")
        if separator is not None:
            return Dialect.of(self._options, separator)
        dialects = [Dialect.of(self._options, delimiter) for delimiter in DELIMITERS]

        def fit(dialect: Dialect) -> tuple[bool, int]:
            header = self._first_row(dialect)
            # A quotation mark is left over if a quoted field begins elsewhere.
            is_left = dialect.quote is not None and dialect.quote in "".join(header)
            return not is_left, len(header)

        return max(dialects, key=fit)

    def _read_names(self) -> list[Hashable]:
        row = self._first_row(self._dialect)
        names = self._options.get("names")
        if names is not None:
            return list(names)
        if not row:
            if not self._header:
                raise ValueError(f"{self.name} is empty: it has no header.")
            raise LookupError(f"it has no row {self._header} for the header")
        return list(range(len(row))) if self._header is None else list(row)

    def _first_row(self, dialect: Dialect) -> Row:
        """The header, or the first row if there is no header."""
        rows = self._all_rows(dialect)
        row = next(islice(rows, self._header or 0, None), [])
        if row and row[-1].endswith(END_OF_FILE):
            deque(rows, maxlen=0)  # raises
        return row

    def _rows(
        self, limit: int | None = None, place: "_Place | None" = None
    ) -> Iterator[Row]:
        """The rows below the header."""
        first = 0 if self._header is None else self._header + 1
        limits = [n for n in (limit, self._options.get("nrows")) if n is not None]
        last = first + min(limits) if limits else None
        return islice(self._all_rows(self._dialect, place), first, last)

    @cached_property
    def _row_lines(self) -> NDArray[np.int64]:
        """The line on which each row begins."""
        place = _Place()
        lines = (place.begin for _ in self._rows(place=place))
        return np.fromiter(lines, np.int64)

    def _all_rows(
        self, dialect: Dialect, place: "_Place | None" = None
    ) -> Iterator[Row]:
        """All rows except those that are skipped, including the header."""
        done = 0
        for divide in (dialect.rows, dialect.match_rows):
            lines = self._text.lines()
            rows = divide(lines) if place is None else place.follow(divide, lines)
            try:
                for number, fields in islice(enumerate(rows), done, None):
                    done = number + 1
                    if len(fields) < 2:
                        if fields == [END_OF_FILE]:
                            return
                        if dialect.is_blank(fields):
                            continue
                    if self._is_skipped is None or not self._is_skipped(number):
                        yield fields
                break
            except csv.Error:
                continue  # a field is too long for the csv module
        if place is None:
            place = _Place()
            deque(self._all_rows(dialect, place), maxlen=0)  # raises, with the line
        raise ValueError(
            f"{self.name}, line {place.begin}: a quotation mark is opened here and "
            "never closed. Close it, or double it if it is part of the text."
        )


class _Place:
    """The line on which the last row that was read begins."""

    def __init__(self) -> None:
        self.begin = 0
        self._num_read = 0

    def follow(
        self, divide: Callable[[Iterable[str]], Iterator[Row]], lines: Iterable[str]
    ) -> Iterator[Row]:
        """Yields the rows of a file from its start."""
        self._num_read = 0
        rows = divide(self._count(lines))
        while True:
            begin = self._num_read + 1
            row = next(rows, None)
            if row is None:
                return
            self.begin = begin
            yield row

    def _count(self, lines: Iterable[str]) -> Iterator[str]:
        for self._num_read, line in enumerate(lines, start=1):
            yield line


def _is_number(cell: object) -> bool:
    return isinstance(cell, Number) and not isinstance(cell, bool) and cell == cell


def _share(texts: Sequence[str], known: dict[str, str]) -> Iterable[str]:
    """Makes equal texts the same object, unless there are too many different ones."""
    return map(known.setdefault, texts, texts) if len(known) < _MOST_SHARED else texts


def _with_dialect(options: Mapping[str, Any]) -> dict[str, Any]:
    """Replaces `dialect` and `delim_whitespace` with the options they stand for."""
    options = dict(options)
    if options.pop("delim_whitespace", False):
        options["sep"] = r"\s+"
    dialect = options.pop("dialect", None)
    if dialect is not None:
        dialect = csv.get_dialect(dialect) if isinstance(dialect, str) else dialect
        options |= {name: getattr(dialect, name) for name in DIALECT_OPTIONS}
    return options


def _header_row(options: Mapping[str, Any]) -> int | None:
    """The row that is the header, counted from 0; `None` if there is no header."""
    header: Any = options.get("header", "infer")
    if isinstance(header, list | tuple):
        raise ValueError(
            "`csv_options` must name one line as the header, not several. "
            f"Received: {{'header': {header!r}}}"
        )
    if header == "infer":
        return 0 if options.get("names") is None else None
    return None if header is None else int(header)


def _skipping(skiprows: Any) -> Callable[[int], bool] | None:
    """Tells which rows of the file `skiprows` leaves out, if any."""
    if skiprows is None:
        return None
    if callable(skiprows):
        return lambda row: bool(skiprows(row))
    if isinstance(skiprows, int):
        return lambda row: row < skiprows
    return set(skiprows).__contains__
