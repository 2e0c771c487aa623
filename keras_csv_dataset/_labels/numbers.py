"""Reads numbers, and columns of 0 and 1."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels.separators import read_list
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelTable

_MOST_OUTPUTS = 4  # More columns than that are classes.
# How a 0/1 column may write its two values.
FLAGS = {"1": 1, "1.0": 1, "true": 1, "0": 0, "0.0": 0, "false": 0}
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+")
# How pandas reads the numbers of a file, but leaves the names of images as they are.
_READ = "pandas.read_csv(..., {}, dtype={{image_column: str}})"
_READ_DECIMALS = _READ.format('decimal=","')
_READ_THOUSANDS = _READ.format('thousands=","')


def encode_numbers(table: LabelTable, columns: Sequence[int]) -> NDArray[np.float32]:
    """Reads columns of finite numbers.

    Args:
        table: The rows.
        columns: Positions of the columns.

    Returns:
        float32 `(rows, columns)`.

    Raises:
        ValueError: If a cell is not a finite number.
    """
    values = np.empty((len(table), len(columns)), np.float32)
    for i, column in enumerate(columns):
        with np.errstate(over="ignore"):
            values[:, i] = [_number(cell) for cell in table[column]]
    finite = np.isfinite(values)
    if not finite.all():
        bad: list[int] = np.flatnonzero(~finite.all(axis=1)).tolist()
        cells = {row: columns[int(np.argmin(finite[row]))] for row in bad}

        def describe(row: int) -> str:
            name, cell = quote(table.name(cells[row])), table[cells[row]][row]
            if cell is None:
                return f"column {name} is blank"
            return f"column {name} contains {quote(cell)}, which is not a finite number"

        texts = [table[column][row] for row, column in cells.items()]
        raise ValueError(table.report(bad, describe, _advice_on_numbers(texts)))
    return values


def _advice_on_numbers(texts: Sequence[str | None]) -> str:
    """How to correct cells that should be numbers."""
    written = [text for text in texts if text is not None]
    can_be_decimals = written and all(map(_DECIMAL_COMMA.fullmatch, written))
    if written and all(map(_THOUSANDS.fullmatch, written)):
        advice = (
            "Thousands must not be grouped: if the commas do so, read the file with "
            f"{_READ_THOUSANDS} and pass the DataFrame."
        )
        if can_be_decimals:
            advice += f" If they are decimal commas, use {_READ_DECIMALS}."
        return advice
    if can_be_decimals:
        return (
            "Decimals must be written with a point: read the file with "
            f"{_READ_DECIMALS} and pass the DataFrame."
        )
    if any(read_list(text) is not None for text in written):
        return (
            "Every number needs a column of its own: make columns of the lists, as in "
            "df[names] = df[column].to_list(), and pass label_column=names."
        )
    advice = "Correct these cells, or pass the column that contains numbers."
    if len(set(written)) > 1:
        advice += ' If they name classes, pass label_mode="int"; for text, "text".'
    return advice


def is_number(cell: str) -> bool:
    """Whether a cell is written as a number, which may be infinite."""
    return not np.isnan(_number(cell))


def _number(cell: str | None) -> float:
    # Python would read `1_5` as 15.
    if cell is None or "_" in cell:
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def read_flags(
    table: LabelTable, columns: Sequence[int], blank_is_zero: bool = False
) -> NDArray[np.int8]:
    """Reads 0/1 columns.

    Args:
        table: The rows.
        columns: Positions of the columns.
        blank_is_zero: Whether a blank cell is read as 0 rather than refused.

    Returns:
        int8 `(rows, columns)`.

    Raises:
        ValueError: If a cell is neither 0 nor 1.
    """
    flags = np.empty((len(table), len(columns)), np.int8)
    for i, column in enumerate(columns):
        cells = table[column]
        blank = 0 if blank_is_zero else -1
        meaning = {
            cell: FLAGS.get(cell.casefold(), -1) if cell else blank
            for cell in set(cells)
        }
        flags[:, i] = [meaning[cell] for cell in cells]
    bad = np.flatnonzero((flags < 0).any(axis=1))
    if bad.size:

        def describe(row: int) -> str:
            column = columns[int(np.argmin(flags[row]))]
            name = quote(table.name(column))
            return f"column {name} contains {quote(table[column][row] or '')}"

        advice = (
            "Columns of classes must contain 0 or 1. First map uncertain or blank "
            "labels to one of them, as in df[columns].replace(-1, 0).fillna(0), and "
            "pass the DataFrame. If one column contains the labels themselves, pass "
            "its name as a string: label_column='...'."
            f"{_way_to_outputs(table, columns)}"
        )
        raise ValueError(table.report(bad, describe, advice))
    return flags


def _way_to_outputs(table: LabelTable, columns: Sequence[int]) -> str:
    """How to make each of several columns an output of its own."""
    if len(columns) < 2 or len(columns) > _MOST_OUTPUTS:
        return ""
    modes = {table.name(c): _likely_mode(table[c]) for c in columns}
    return f" If each column is an output of its own, pass label_mode={modes!r}."


def _likely_mode(cells: NDArray[np.object_]) -> str:
    written = {cell for cell in cells if cell is not None}
    is_class = written <= {*FLAGS} or any(np.isnan(_number(cell)) for cell in written)
    return "int" if is_class else "raw"


def hot_column(table: LabelTable, columns: Sequence[int]) -> NDArray[np.int64]:
    """Finds the 1 in each row of one-hot columns.

    Args:
        table: The rows.
        columns: Positions of the columns.

    Returns:
        int64 `(rows,)`, indices into `columns`.

    Raises:
        ValueError: If a row does not contain exactly one 1.
    """
    flags = read_flags(table, columns)
    bad = np.flatnonzero(flags.sum(axis=1) != 1)
    if bad.size:

        def describe(row: int) -> str:
            pairs = zip(columns, flags[row], strict=True)
            hot = [repr(table.name(column)) for column, flag in pairs if flag]
            which = f" ({', '.join(hot)})" if hot else ""
            return f"{len(hot)} of the {len(columns)} label columns contain a 1{which}"

        advice = (
            "Every image must have exactly one class. If it can have several or none, "
            'pass label_mode="multi_hot".'
        )
        raise ValueError(table.report(bad, describe, advice))
    hot: NDArray[np.int64] = flags.argmax(axis=1)
    return hot
