"""Splits cells that contain several labels, and recognises their separator."""

from collections.abc import Iterable

# In the order in which they are tried.
_SEPARATORS = "|;, "


def split_labels(cell: str | None, separator: str | None) -> list[str]:
    """The labels in one cell; none for a blank cell."""
    if cell is None:
        return []
    if separator is None:
        return [cell]
    return [label for piece in cell.split(separator) if (label := piece.strip())]


def find_separator(cells: Iterable[str | None]) -> tuple[str, str] | None:
    """A cell that joins labels which are also cells themselves, and the separator."""
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
