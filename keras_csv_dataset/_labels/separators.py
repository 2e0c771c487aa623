"""Splits cells that contain several labels, and recognises their separator."""

import ast
import json
import re
from collections.abc import Iterable

# In the order in which they are tried.
_SEPARATORS = "|;, "
_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_VALUE = re.compile(rf"{_TEXT}|{_NUMBER}", re.DOTALL)
# A list as Python, JSON or NumPy writes it, or a tuple or set of texts.
_LIST = re.compile(
    rf"\[\s*(?:(?:{_TEXT}|{_NUMBER})(?:\s*,\s*|\s+|(?=\])))*\]"
    rf"|\(\s*(?:(?:{_TEXT})(?:\s*,\s*|\s+|(?=\))))+\)"
    rf"|\{{\s*(?:(?:{_TEXT})(?:\s*,\s*|\s+|(?=\}})))+\}}",
    re.DOTALL,
)


def split_labels(cell: str | None, separator: str | None) -> list[str]:
    """The labels in one cell; none for a blank cell."""
    if cell is None:
        return []
    if separator is None:
        return [cell]
    return [label for piece in cell.split(separator) if (label := piece.strip())]


def read_list(cell: str) -> list[str] | None:
    """The labels in a cell such as `['cat', "dog"]`; `None` if it is not a list."""
    if cell[0] not in "[({" or not _LIST.fullmatch(cell):
        return None
    values = (_read_value(value) for value in _VALUE.findall(cell))
    return [label for value in values if (label := value.strip())]


def _read_value(value: str) -> str:
    if value[0] not in "'\"":
        return value
    if "\\" not in value:
        return value[1:-1]
    try:
        return str(json.loads(value))
    except ValueError:
        return str(ast.literal_eval(value))


def find_separator(cells: Iterable[str | None]) -> tuple[str, str] | None:
    """A cell that joins labels that are cells themselves, and the separator."""
    known = {cell for cell in cells if cell is not None}
    for separator in _SEPARATORS:
        for cell in known:
            labels = split_labels(cell, separator)
            if len(labels) > 1 and known.issuperset(labels):
                return cell, separator
    return None


def guess_separator(cells: Iterable[str | None]) -> tuple[str, str] | None:
    """The first cell that any separator splits, and that separator."""
    cells = list(cells)
    for separator in _SEPARATORS:
        for cell in cells:
            if cell is not None and len(split_labels(cell, separator)) > 1:
                return cell, separator
    return None
