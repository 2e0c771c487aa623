"""Checks `csv` and `csv_options` before any file is opened."""

import inspect
import os
from collections.abc import Callable, Mapping
from csv import list_dialects
from typing import Any

import pandas as pd

from keras_csv_dataset._messages import did_you_mean

_TEXT_ONLY = (
    "cells are read as text; to have pandas read numbers and dates, pass the DataFrame "
    "that it reads"
)
_REFUSED_OPTIONS = {
    "filepath_or_buffer": "the file is the argument `csv`",
    "usecols": "only the columns that are needed are read anyway",
    "index_col": "name the columns with `image_column` and `label_column`",
    "chunksize": "the file is read in one piece",
    "iterator": "the file is read in one piece",
    "on_bad_lines": "a row that cannot be read must be corrected, not lost",
    **dict.fromkeys(("decimal", "thousands", "parse_dates"), _TEXT_ONLY),
}
# What can be the separator if no option gives it.
DELIMITERS = ",;\t|"
# Attributes of a `csv.Dialect` that stand for options of pandas.read_csv.
DIALECT_OPTIONS = (
    *("delimiter", "quotechar", "quoting", "doublequote"),
    *("escapechar", "skipinitialspace"),
)
# Options that decide what the text of a cell means. pandas applies them.
CELL_OPTIONS = {
    *("converters", "true_values", "false_values", "na_values"),
    *("keep_default_na", "na_filter", "dtype_backend", "float_precision"),
}


def _is_character(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1


def _is_dialect(value: object) -> bool:
    if isinstance(value, str):
        return value in list_dialects()
    return value is None or all(hasattr(value, name) for name in DIALECT_OPTIONS)


def _are_converters(value: object) -> bool:
    is_mapping = isinstance(value, Mapping) and all(map(callable, value.values()))
    return value is None or is_mapping


# Options that this package interprets itself, as well as pandas.
_OPTION_CHECKS: dict[str, Callable[[Any], bool]] = {
    "comment": _is_character,
    "converters": _are_converters,
    "dialect": _is_dialect,
    "encoding": lambda value: value is None or isinstance(value, str),
    "encoding_errors": lambda value: isinstance(value, str),
    "header": lambda value: value in (None, "infer") or isinstance(value, int),
    "nrows": lambda value: value is None or isinstance(value, int),
    "quotechar": _is_character,
    "skipfooter": lambda value: isinstance(value, int),
    "skiprows": lambda value: (
        isinstance(value, int | list | range | set | tuple | None) or callable(value)
    ),
}


def check_csv_options(csv: object, csv_options: object) -> None:
    """Refuses a `csv` or `csv_options` that cannot be used."""
    if not isinstance(csv, str | os.PathLike | pd.DataFrame):
        without = (
            "For images without a CSV, pass their names and label_mode=None, as in "
            'csv=pandas.DataFrame({"image": os.listdir(directory)}). '
        )
        raise ValueError(
            "`csv` must be the path of a CSV file or a pandas DataFrame. "
            f"{without if csv is None else ''}"
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
                "`csv_options` must contain keywords of `pandas.read_csv`. "
                f"Received: {option!r}"
                + did_you_mean(option, sorted(known - _REFUSED_OPTIONS.keys()))
            )
        check_option = _OPTION_CHECKS.get(option)
        if check_option is not None and not check_option(csv_options[option]):
            raise ValueError(
                f"`csv_options` must contain a value for {option!r} that "
                "`pandas.read_csv` accepts. "
                f"Received: csv_options={csv_options!r}"
            )
        if option in _REFUSED_OPTIONS:
            raise ValueError(
                f"`csv_options` must not contain {option!r}: "
                f"{_REFUSED_OPTIONS[option]}. Received: csv_options={csv_options!r}"
            )
    if not _leaves_text(csv_options.get("dtype")):
        raise ValueError(
            "`csv_options` must not contain a 'dtype' other than str, object or "
            f'"string": {_TEXT_ONLY}. Received: csv_options={csv_options!r}'
        )


def _leaves_text(dtype: Any) -> bool:
    """Whether text is still the same text as a dtype, or as those of the columns."""
    if isinstance(dtype, Mapping):
        return all(map(_leaves_text, dtype.values()))
    if dtype is None:
        return True
    try:
        kind = pd.api.types.pandas_dtype(dtype)
    except TypeError:
        return False
    # Categories are read as numbers if they look like numbers.
    return isinstance(kind, pd.StringDtype) or str(kind) == "object" or kind.kind == "U"
