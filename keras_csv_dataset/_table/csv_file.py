"""A CSV file: its delimiter, its header, its cells, and the line of each row."""

import csv
import lzma
import os
import re
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TextIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._files import LocalCopy, is_address

_DELIMITERS = ",;\t|"
# Characters from which on a line is shortened before its fields are counted.
_LONG_LINE = 1000
# Cells stay text until numbers are needed: pandas would read `00642` as 642, `1.10` as
# 1.1, and the class `None` as a missing value. `index_col=False` keeps pandas from
# using the first column as the index if a row has one field too many.
_TEXT_FIRST = {
    "dtype": object,
    "keep_default_na": False,
    "na_filter": False,
    "index_col": False,
}
# Options that are needed to read the text of the file, whatever its cells mean.
_OPENING_OPTIONS = ("encoding", "encoding_errors", "compression", "storage_options")
# Options that mean the same to Python's csv module and to pandas.
_DIALECT_OPTIONS = (
    "quotechar",
    "quoting",
    "doublequote",
    "escapechar",
    "skipinitialspace",
)
# Options with which the csv module can tell on which line pandas found each row.
_LOCATABLE_OPTIONS = {
    *_OPENING_OPTIONS,
    *_DIALECT_OPTIONS,
    *_TEXT_FIRST,
    *("sep", "delimiter", "header", "names", "skiprows", "nrows", "comment"),
    *("engine", "low_memory", "memory_map", "na_values", "float_precision"),
    *("dtype_backend", "cache_dates", "true_values", "false_values", "converters"),
}
# Control characters as separators that do not occur in text, to read whole lines.
_NEVER_IN_TEXT = "\x1f\x1e\x1d\x1c\x01\x02\x03\x04"
_COMPRESSED = (".gz", ".bz2", ".zip", ".xz", ".zst", ".tar", ".tgz")
_CANNOT_UNPACK = (
    *(EOFError, OSError, NotImplementedError),
    *(lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, zlib.error),
)
# Addresses that pandas reads itself.
_WEB = ("http://", "https://", "ftp://", "ftps://")


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    num_fields: int


class _Lines(NamedTuple):
    """Lines of a file: their numbers, counted from 1, and their texts."""

    numbers: Sequence[int]
    texts: list[str]


class CsvFile:
    """A CSV file as a label source, read with pandas.

    Attributes:
        name: The file's name, for messages.
        columns: The names of its columns.
    """

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        self.name = os.path.basename(path)
        self._path = os.path.expanduser(path)
        self._num_rows: int | None = None
        if _is_for_tensorflow(path, options):
            self._copy = LocalCopy(path)
            self._path = self._copy.path
        if "://" not in self._path:
            self._check_file()
        self._options = {**_TEXT_FIRST, **options}
        if {"na_values", "keep_default_na"} & options.keys():
            self._options["na_filter"] = True
        if self._options.get("header", "infer") == "infer":
            self._options["header"] = None if "names" in options else 0
        if isinstance(self._options["header"], list | tuple):
            raise ValueError(
                "`csv_options` must name one line as the header, not several. "
                f"Received: {{'header': {self._options['header']!r}}}"
            )
        if self._is_plain_file:
            self._refuse_nul()
        if not {"sep", "delimiter"} & options.keys():
            self._options["sep"] = self._find_delimiter()
        self.columns = self._read_column_names()

    def cells(
        self, positions: Sequence[int], limit: int | None = None
    ) -> list[NDArray[np.object_]]:
        """Cells of the columns at `positions`, of the first `limit` rows only."""
        wanted = sorted(set(positions))
        if self._separator is None:
            # Only pandas counts the fields here, and only if it reads all columns.
            frame = self._read(limit).iloc[:, wanted]
        else:
            frame = self._read(limit, usecols=wanted)
        if limit is None:
            self._num_rows = len(frame)
        columns = {p: frame.iloc[:, i] for i, p in enumerate(wanted)}
        return [columns[position].to_numpy(dtype=object) for position in positions]

    def locate(self, row: int) -> str:
        """Where an editor shows a row: `labels.csv, line 17`."""
        if self._records:
            return f"{self.name}, line {self._records[row].line}"
        return f"{self.name}, row {row + 1}"

    def ragged_rows(self) -> Mapping[int, int]:
        """Rows with more or fewer fields than the header: row -> number of fields."""
        width = len(self.columns)
        if self._separator is None:
            return {}
        try:
            # Counting is fast. If every count is right, as it nearly always is, the
            # line of each row is not needed.
            if self._field_counts() <= {width, 0}:
                return {}
        except csv.Error:
            return {}
        return {
            row: record.num_fields
            for row, record in enumerate(self._records)
            if record.num_fields != width
        }

    @property
    def _is_plain_file(self) -> bool:
        compressed = self._options.get("compression", "infer") not in ("infer", None)
        compressed = compressed or self._path.lower().endswith(_COMPRESSED)
        return "://" not in self._path and not compressed

    def _field_counts(self) -> set[int]:
        if self._is_plain_file and not {"skiprows", "comment"} & self._options.keys():
            # Line by line: all lines of a million rows at once take a lot of memory.
            with self._open() as file:
                return set(map(len, self._reader(file)))
        texts = self._kept_lines().texts
        for text in texts:
            if "\0" in text:
                raise ValueError(
                    f"{self.name} contains a NUL character, in the line {text[:80]!r}. "
                    "Remove the character."
                )
        return set(map(len, self._reader(texts)))

    def _check_file(self) -> None:
        if not os.path.isfile(self._path):
            if os.path.isdir(self._path):
                raise ValueError(
                    "`csv` must be a file, not a folder; it comes after `directory`. "
                    f"Received: csv={self._path!r}"
                )
            raise FileNotFoundError(
                "`csv` must be a file that exists. Received: csv="
                f"{self._path!r}, in the folder {os.getcwd()!r}"
            )

    def _refuse_nul(self) -> None:
        """Refuses NUL characters: pandas 2 would cut the cell there."""
        encoding = str(self._options.get("encoding") or "utf-8").lower()
        if encoding.startswith(("utf-16", "utf_16", "utf-32", "utf_32", "utf16")):
            return
        line = 1
        with open(self._path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 24), b""):
                before, nul, _ = chunk.partition(b"\0")
                line += before.count(b"\n")
                if nul:
                    raise ValueError(
                        f"{self.name}, line {line}: the line contains a NUL character. "
                        "If the file is in UTF-16, pass its encoding: "
                        'csv_options={"encoding": "utf-16"} (or "utf-16-le", '
                        '"utf-16-be"); if it is not, remove the character.'
                    )

    def _read_column_names(self) -> list[Hashable]:
        names: list[Hashable]
        if self._options["header"] == 0 and "names" not in self._options:
            # pandas renames repeated and blank names if it reads the row as a header.
            frame = self._read(1, header=None)
            names = list(frame.iloc[0]) if len(frame) else []
        else:
            names = list(self._read(1).columns)
        return [
            name.strip() if isinstance(name, str) else "" if pd.isna(name) else name
            for name in names
        ]

    def _find_delimiter(self) -> str:
        """The candidate that occurs most often in the header, outside quotes."""
        quote = self._options.get("quotechar", '"')
        header = ""
        for line in self._kept_lines(limit=100).texts:
            header += line
            if header.strip() and header.count(quote) % 2 == 0:
                break
        return max(_DELIMITERS, key="".join(header.split(quote)[::2]).count)

    def _read(self, limit: int | None = None, **overrides: Any) -> pd.DataFrame:
        options = {**self._options, **overrides}
        if limit is not None:
            options["nrows"] = min(limit, options.get("nrows") or limit)
            options.pop("skipfooter", None)  # only valid for whole files
        try:
            return self._call_pandas(options)
        except (pd.errors.ParserError, csv.Error) as error:
            raise ValueError(self._parser_message(error)) from None

    def _call_pandas(self, options: Mapping[str, Any]) -> pd.DataFrame:
        """Calls `pandas.read_csv`, and turns its errors into messages for users."""
        try:
            with warnings.catch_warnings():
                # Rows that are longer than the header would be truncated.
                warnings.filterwarnings("error", "Length of header or names")
                return pd.read_csv(self._path, **options)
        except pd.errors.ParserWarning as warning:
            raise pd.errors.ParserError(str(warning)) from None
        except pd.errors.EmptyDataError:
            raise ValueError(f"{self.name} is empty: it has no header.") from None
        except (pd.errors.ParserError, csv.Error, PermissionError, ImportError):
            raise
        except UnicodeError as error:
            raise ValueError(self._encoding_message(error)) from None
        except _CANNOT_UNPACK as error:
            problem = "read" if self._is_plain_file else "unpacked"
            problem = "opened" if "://" in self._path else problem
            raise ValueError(f"{self.name} cannot be {problem}: {error}.") from None
        except (ValueError, TypeError, LookupError) as error:
            if self._path.endswith((".zip", ".tar", ".tgz")):
                raise ValueError(f"{self.name} cannot be unpacked: {error}.") from None
            raise ValueError(
                f"{self.name} cannot be read: {error}. Check `csv_options`, which are "
                "passed to pandas.read_csv."
            ) from None

    def _parser_message(self, error: Exception) -> str:
        line = self._line_of_unclosed_quote()
        if line is not None:
            return (
                f"{self.name}, line {line}: a quotation mark is opened here and never "
                "closed. Close it, or double it if it is part of the text."
            )
        return (
            f"{self.name} cannot be read as CSV: {str(error).strip()}. Look for rows "
            "with more fields than the header; the separator and the quotation mark "
            'can be set with csv_options={"sep": …, "quotechar": …}.'
        )

    def _line_of_unclosed_quote(self) -> int | None:
        lines = self._kept_lines()
        reader = self._reader(lines.texts, strict=True)
        begin = 0
        try:
            for _ in reader:
                begin = reader.line_num
        except csv.Error:
            return lines.numbers[begin]
        return None

    def _encoding_message(self, error: UnicodeError) -> str:
        encoding = self._options.get("encoding") or "utf-8"
        where, other = self.name, "cp1252"
        for number, line in enumerate(self._lines(encoding="latin-1"), start=1):
            if number == 1 and line.startswith(("\xff\xfe", "\xfe\xff")):
                other = "utf-16"
            try:
                line.encode("latin-1").decode(encoding)
            except UnicodeError:
                where = f"{self.name}, line {number}"
                break
        reason = str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = f"byte 0x{error.object[error.start]:02x}: {error.reason}"
        return (
            f"{where}: the text is not encoded in {encoding} ({reason}). Save the file "
            f'as UTF-8, or pass its encoding: csv_options={{"encoding": "{other}"}}.'
        )

    @cached_property
    def _records(self) -> list[_Record]:
        """The position of each row in the file; empty if it cannot be determined."""
        lines = self._kept_lines()
        reader = self._reader(lines.texts)
        records = []
        begin = 0
        try:
            for fields in reader:
                # pandas skips blank lines.
                if len(fields) > 1 or (fields and not fields[0].isspace()):
                    records.append(_Record(lines.numbers[begin], len(fields)))
                begin = reader.line_num
        except csv.Error:
            return []
        header = self._options["header"]
        records = records[0 if header is None else header + 1 :]
        records = records[: self._options.get("nrows")]
        # If pandas has another number of rows, it has read the file differently.
        return records if self._num_rows in (None, len(records)) else []

    def _reader(self, lines: Iterable[str], **options: Any) -> Any:
        """A `csv.reader` that splits lines as pandas does.

        Only the number and the lines of the fields matter, so long lines are shortened:
        a field can be longer than the limit of the csv module, such as a mask that is
        written as run lengths, and that limit applies to the whole process.
        """
        dialect = {k: self._options[k] for k in _DIALECT_OPTIONS if k in self._options}
        separator = self._separator or ","
        special = {separator, "\r", "\n", dialect.get("quotechar", '"')}
        special |= {dialect.get("escapechar") or separator}
        ordinary_text = re.compile(f"[^{re.escape(''.join(sorted(special)))}]{{2,}}")
        shortened = (
            line if len(line) < _LONG_LINE else ordinary_text.sub(_first_letter, line)
            for line in lines
        )
        return csv.reader(shortened, delimiter=separator, **dialect, **options)

    @property
    def _separator(self) -> str | None:
        """The separator, if the csv module can use it as pandas does."""
        separator = self._options.get("delimiter") or self._options.get("sep", ",")
        known = self._options.keys() <= _LOCATABLE_OPTIONS
        single = isinstance(separator, str) and len(separator) == 1
        return separator if known and single else None

    def _kept_lines(self, limit: int | None = None) -> _Lines:
        """The lines that pandas reads as rows; none if that cannot be determined."""
        skipped = self._options.get("skiprows") or 0
        if self._separator is None or callable(skipped):
            return _Lines([], [])
        lines = self._lines(nrows=limit)
        if "comment" in self._options:
            lines = [self._without_comment(line) for line in lines]
        if isinstance(skipped, int):
            skipped = range(skipped)
        if not skipped:
            return _Lines(range(1, len(lines) + 1), lines)
        kept = [number for number in range(len(lines)) if number not in skipped]
        return _Lines([n + 1 for n in kept], [lines[n] for n in kept])

    def _without_comment(self, line: str) -> str:
        quoted = self._options.get("quotechar", '"') in line
        return line if quoted else line.partition(self._options["comment"])[0]

    def _lines(self, **options: Any) -> list[str]:
        """The lines of the file as an editor shows them."""
        if self._is_plain_file:
            return self._lines_of_plain_file(**options)
        opening = {k: self._options[k] for k in _OPENING_OPTIONS if k in self._options}
        one_column = {
            "quoting": csv.QUOTE_NONE,
            "header": None,
            "names": ["line"],
            "skip_blank_lines": False,
        }
        options = {**_TEXT_FIRST, **opening, **one_column, **options}
        # pandas decompresses and downloads what it reads.
        for separator in _NEVER_IN_TEXT:
            try:
                frame = self._call_pandas({**options, "sep": separator})
            except pd.errors.ParserError:
                continue
            lines: list[str] = frame["line"].tolist()
            return lines
        return []

    def _open(self, encoding: str | None = None) -> TextIO:
        encoding = encoding or self._options.get("encoding") or "utf-8"
        if encoding.lower().replace("_", "-") == "utf-8":
            encoding = "utf-8-sig"
        errors = self._options.get("encoding_errors", "strict")
        return open(self._path, encoding=encoding, errors=errors)

    def _lines_of_plain_file(
        self, encoding: str | None = None, nrows: int | None = None
    ) -> list[str]:
        try:
            with self._open(encoding) as file:
                return [line.rstrip("\n") for line in islice(file, nrows)]
        except UnicodeError as error:
            raise ValueError(self._encoding_message(error)) from None
        except LookupError as error:
            raise ValueError(f"{self.name} cannot be read: {error}.") from None


def _first_letter(match: re.Match[str]) -> str:
    # A space would turn a field into a blank line.
    return match[0].strip()[:1] or " "


def _is_for_tensorflow(path: str, options: Mapping[str, Any]) -> bool:
    """Whether TensorFlow, rather than pandas, has to read an address."""
    is_pandas = path.lower().startswith(_WEB) or "storage_options" in options
    return is_address(path) and not is_pandas
