"""A CSV file: its delimiter, its header, its cells, and the line of each row."""

import csv
import os
import zipfile
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_DELIMITERS = ",;\t|"
# Cells are text until somebody asks for numbers: pandas would read `00642` as 642,
# `1.10` as 1.1 and the class `None` as a missing value. `index_col=False` keeps it
# from taking the first column for an index when a row is one field too long.
_TEXT_FIRST = {
    "dtype": object,
    "keep_default_na": False,
    "na_filter": False,
    "index_col": False,
}
# Options that say how to get at the text of the file, whatever its cells mean.
_OPENING_OPTIONS = ("encoding", "encoding_errors", "compression", "storage_options")
# Options that Python's csv module and pandas understand in the same way.
_DIALECT_OPTIONS = (
    "quotechar",
    "quoting",
    "doublequote",
    "escapechar",
    "skipinitialspace",
)
# Options under which the csv module can say where pandas found each row.
_LOCATABLE_OPTIONS = {
    *_OPENING_OPTIONS,
    *_DIALECT_OPTIONS,
    *_TEXT_FIRST,
    *("sep", "delimiter", "header", "names", "skiprows", "engine", "low_memory"),
    *("memory_map", "na_values"),
}


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    num_fields: int


class CsvFile:
    """A CSV file as a label source, read by pandas."""

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        self.name = os.path.basename(path)
        self._path = path
        self._num_rows: int | None = None
        if "://" not in path and not os.path.isfile(path):
            if os.path.isdir(path):
                raise ValueError(
                    f"`csv` must be a file. Received the folder: csv={path!r}"
                )
            raise FileNotFoundError(
                f"`csv` must be a file. There is none at: csv={path!r}"
            )
        self._options = {**_TEXT_FIRST, **options}
        if "na_values" in options:
            self._options["na_filter"] = True
        if self._options.get("header", "infer") == "infer":
            self._options["header"] = None if "names" in options else 0
        if not {"sep", "delimiter"} & options.keys():
            self._options["sep"] = self._find_delimiter()
        self.columns = self._read_column_names()

    def cells(
        self, positions: Sequence[int], limit: int | None = None
    ) -> list[NDArray[np.object_]]:
        wanted = sorted(set(positions))
        rows = {} if limit is None else {"nrows": limit}
        frame = self._read_csv(**{**self._options, "usecols": wanted, **rows})
        if limit is None:
            self._num_rows = len(frame)
        columns = {p: frame.iloc[:, i] for i, p in enumerate(wanted)}
        return [columns[position].to_numpy(dtype=object) for position in positions]

    def locate(self, row: int) -> str:
        if self._records:
            return f"{self.name}, line {self._records[row].line}"
        return f"{self.name}, row {row + 1}"

    def ragged_rows(self) -> Mapping[int, int]:
        width = len(self.columns)
        try:
            # Counting is quick; where every count is right, as it nearly always is,
            # the line of each row need not be known.
            if set(map(len, self._csv_reader())) <= {width, 0}:
                return {}
        except csv.Error:
            return {}
        return {
            row: record.num_fields
            for row, record in enumerate(self._records)
            if record.num_fields != width
        }

    def _find_delimiter(self) -> str:
        options = {**self._options, "sep": "\x1f", "quoting": csv.QUOTE_NONE}
        options = {**options, "header": None, "names": ["line"], "nrows": 1}
        options.pop("skipfooter", None)
        lines = self._read_csv(**options)["line"]
        header = str(lines.iloc[0]) if len(lines) else ""
        outside_quotes = "".join(header.split(self._options.get("quotechar", '"'))[::2])
        return max(_DELIMITERS, key=outside_quotes.count)

    def _read_column_names(self) -> list[Hashable]:
        names: list[Hashable]
        if self._options["header"] == 0 and "names" not in self._options:
            # pandas renames repeated and blank names when it takes a row for a header.
            frame = self._read_csv(**{**self._options, "header": None, "nrows": 1})
            names = list(frame.iloc[0]) if len(frame) else []
        else:
            frame = self._read_csv(**{**self._options, "nrows": 1})
            names = list(frame.columns)
        return [
            name.strip() if isinstance(name, str) else "" if pd.isna(name) else name
            for name in names
        ]

    def _read_csv(self, **options: Any) -> pd.DataFrame:
        try:
            frame = pd.read_csv(self._path, **options)
        except pd.errors.EmptyDataError:
            raise ValueError(f"{self.name} is empty: it has no header.") from None
        except UnicodeError as error:
            raise ValueError(self._encoding_message(error)) from None
        except LookupError as error:
            raise ValueError(f"{self.name} cannot be read: {error}.") from None
        except (pd.errors.ParserError, csv.Error) as error:
            raise ValueError(
                f"{self.name} cannot be read as CSV: {str(error).strip()}. Look for a "
                "quotation mark that is opened and never closed, and for rows with "
                "more fields than the header; the separator and the quotation mark "
                'can be set with csv_options={"sep": …, "quotechar": …}.'
            ) from None
        except (EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"{self.name} cannot be unpacked: {error}.") from None
        if frame.columns.nlevels > 1:
            raise ValueError(f"{self.name} must have one header line, not several.")
        return frame

    def _encoding_message(self, error: UnicodeError) -> str:
        encoding = self._options.get("encoding") or "utf-8"
        where = self.name
        try:
            lines = self._physical_lines(encoding="latin-1")
        except ValueError:
            lines = []
        for number, line in enumerate(lines, start=1):
            try:
                line.encode("latin-1").decode(encoding)
            except UnicodeError:
                where = f"{self.name}, line {number}"
                break
        utf_16 = lines[:1] and lines[0].startswith(("\xff\xfe", "\xfe\xff"))
        other = "utf-16" if utf_16 else "cp1252"
        return (
            f"{where}: the text is not encoded in {encoding} ({error}). Save the file "
            f'as UTF-8, or name its encoding: csv_options={{"encoding": "{other}"}}.'
        )

    @cached_property
    def _records(self) -> list[_Record]:
        """Where each row stands in the file; empty where that cannot be told."""
        records = []
        begin = skipped = self._options.get("skiprows") or 0
        try:
            reader = self._csv_reader()
            for fields in reader:
                # pandas passes over blank lines.
                if len(fields) > 1 or (fields and not fields[0].isspace()):
                    records.append(_Record(begin + 1, len(fields)))
                begin = skipped + reader.line_num
        except csv.Error:
            return []
        header = self._options["header"]
        records = records[0 if header is None else header + 1 :]
        # Another count than pandas's: the two have read the file differently.
        return records if self._num_rows in (None, len(records)) else []

    def _csv_reader(self) -> Any:
        """A `csv.reader` over the file; over nothing where pandas reads otherwise."""
        delimiter = str(self._options.get("delimiter") or self._options.get("sep"))
        skipped = self._options.get("skiprows") or 0
        if (
            not self._options.keys() <= _LOCATABLE_OPTIONS
            or len(delimiter) != 1
            or not isinstance(skipped, int)
        ):
            return csv.reader([])
        dialect = {k: self._options[k] for k in _DIALECT_OPTIONS if k in self._options}
        try:
            lines = self._physical_lines()[skipped:]
        except ValueError:
            return csv.reader([])
        return csv.reader(
            (f"{line}\n" for line in lines), delimiter=delimiter, **dialect
        )

    def _physical_lines(self, **options: Any) -> list[str]:
        opening = {k: self._options[k] for k in _OPENING_OPTIONS if k in self._options}
        frame = self._read_csv(
            **{**_TEXT_FIRST, **opening, **options},
            sep="\x1f",
            quoting=csv.QUOTE_NONE,
            header=None,
            names=["line"],
            skip_blank_lines=False,
        )
        lines: list[str] = frame["line"].tolist()
        return lines
