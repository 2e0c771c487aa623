"""Writes tables in which what an inspection found is mended."""

import csv
import json
import shlex
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from keras_csv_dataset._inspection import Inspected, join_rows
from keras_csv_dataset._messages import quote
from keras_csv_dataset._rows import GROUP_COLUMN
from keras_csv_dataset._table import (
    CELL_OPTIONS,
    DELIMITERS,
    DIALECT_OPTIONS,
    LabelSource,
    open_label_source,
)

_SEPARATORS = ("delimiter", "sep")
# Options without which the separator is recognised from the header.
_NAMES_SEPARATOR = (*_SEPARATORS, "dialect", "delim_whitespace")
# Options that a new table does not need: it has only rows, and quotes them plainly.
_SETTLED = {
    *("names", "skiprows", "skipfooter", "comment", "lineterminator"),
    *("dialect", "delim_whitespace", *DIALECT_OPTIONS),
} - {*_SEPARATORS}


class MendedTable:
    """A changed copy of the CSV, which the same options read where that is possible.

    Cells keep their text. The copy has the separator of the CSV, the encoding of the
    options, and no header if they say so.

    Args:
        csv: Path of the CSV that is read.
        csv_options: The keywords of `pandas.read_csv` with which it is read.
    """

    def __init__(self, csv: str, csv_options: Mapping[str, Any] | None) -> None:
        self._csv, self._options = csv, dict(csv_options or {})
        self._kept = {
            option: value
            for option, value in self._options.items()
            if _holds_for_copy(option, value, self._options)
        }
        self._has_header = self._kept.get("header", 0) is not None

    @property
    def group_column(self) -> str:
        """What the new column of groups is called: without a header, its number."""
        return GROUP_COLUMN if self._has_header else str(len(self._source.columns))

    @property
    def how_to_read(self) -> str:
        """Says which options read the copy; empty if the same ones do."""
        if self._kept == self._options:
            return ""
        if not self._kept:
            return " Read it without --csv-options."
        options = json.dumps(self._kept, ensure_ascii=False)
        return f" Read it with --csv-options {shlex.quote(options)}."

    def refuse_group_column(self) -> None:
        """Refuses a CSV that has a column of groups already.

        Raises:
            ValueError: If it has.
        """
        if GROUP_COLUMN in self._source.columns:
            raise ValueError(
                f"{self._source.name} has a column {quote(GROUP_COLUMN)} already: "
                "rename or remove it."
            )

    def write_groups(self, inspected: Inspected, path: Path) -> int:
        """Writes the table with a column of groups, for `group_column`.

        Duplicates of each other are in one group, and so are rows that name the same
        image or are in the same group already.

        Args:
            inspected: The rows, and which of them are duplicates.
            path: The CSV to write.

        Returns:
            Number of groups with more than one row.
        """
        groups = join_rows(inspected)
        self._write(self._read().assign(**{GROUP_COLUMN: groups}), path)
        return int((np.bincount(groups) > 1).sum())

    def write_usable_rows(self, inspected: Inspected, path: Path) -> int:
        """Writes the table without the rows that cannot be used.

        Args:
            inspected: The rows, and which of them lack an image, a sound one or a
                label.
            path: The CSV to write.

        Returns:
            Number of rows that are left out.
        """
        unusable = sorted(set(inspected.unusable))
        self._write(self._read().drop(index=unusable), path)
        return len(unusable)

    @cached_property
    def _source(self) -> LabelSource:
        """The CSV, with cells as they are written, whatever they mean."""
        options = self._options.items()
        return open_label_source(
            self._csv, {k: v for k, v in options if k not in CELL_OPTIONS}
        )

    def _read(self) -> pd.DataFrame:
        source = self._source
        cells = source.cells(range(len(source.columns)))
        frame = pd.DataFrame(dict(enumerate(cells)), dtype=object)
        return frame.set_axis(source.columns, axis=1)

    def _write(self, frame: pd.DataFrame, path: Path) -> None:
        kept = self._kept
        separator = kept.get("delimiter") or kept.get("sep")
        is_recognised = not {*_NAMES_SEPARATOR} & {*self._options}
        first = frame.columns if self._has_header else frame.head(1).to_numpy().ravel()
        # Without such an option, the separator is recognised from the first row.
        is_clear = separator or not {*"".join(map(str, first))} & {*DELIMITERS}
        frame.to_csv(
            path,
            index=False,
            header=self._has_header,
            sep=separator or (self._source.separator if is_recognised else ","),
            quoting=csv.QUOTE_MINIMAL if is_clear else csv.QUOTE_ALL,
            encoding=kept.get("encoding"),
            errors=kept.get("encoding_errors", "strict"),
            compression=kept.get("compression", "infer"),
        )


def _holds_for_copy(option: str, value: Any, options: Mapping[str, Any]) -> bool:
    """Whether an option that reads the CSV reads a copy of it as well."""
    if option in _SEPARATORS:
        return isinstance(value, str) and len(value) == 1
    if option == "header":
        return options.get("names") is None and value in (None, "infer", 0)
    return option not in _SETTLED
