"""Labels that are not among `class_names`, and what to do about them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels.classes import Classes
from keras_csv_dataset._labels.target import LabelSpec
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelTable

# Labels that a message lists.
_LABELS_SHOWN = 10


def refuse_unknown(
    table: LabelTable,
    classes: Classes,
    texts: Sequence[str],
    codes: NDArray[np.integer],
    advice: Callable[[list[str]], str],
) -> None:
    """Refuses labels that are not among the classes.

    Args:
        table: The rows.
        classes: The classes of `texts`.
        texts: The different labels.
        codes: All labels, as positions in `texts`.
        advice: Says what to do about some labels if they are right.

    Raises:
        ValueError: If there are such labels.
    """
    counts = np.where(classes.indices < 0, np.bincount(codes, minlength=len(texts)), 0)
    unknown = np.flatnonzero(counts)
    if not unknown.size:
        return
    most = unknown[np.argsort(-counts[unknown], kind="stable")]
    shown = [f"{quote(texts[i])} ({counts[i]}×)" for i in most[:_LABELS_SHOWN]]
    rest = len(most) - len(shown)
    raise ValueError(
        f"{table.source.name} has labels that are not in `class_names`: "
        + ", ".join(shown)
        + (f" and {rest} more" if rest else "")
        + ". `class_names` lists the labels as the CSV writes them: add these, correct "
        f"the labels, or {advice([texts[i] for i in most])}. "
        f"Received: class_names={list_names(classes.names)}"
    )


def way_out(table: LabelTable, column: int, labels: list[str], spec: LabelSpec) -> str:
    """How to do without labels that stand in the cells of a column."""
    name = table.name(column)
    df = f"df[{name!r}]"
    if spec.cells_are_lists:
        return (
            "take such labels out of the lists and, if lists are then empty, pass "
            'missing_labels="empty"'
        )
    if spec.mode == "multi_hot" and spec.separator is not None:
        several = _literals(labels)
        if several is None:
            return 'take such labels out of the cells, and pass missing_labels="empty"'
        separator = repr(spec.separator)
        code = (
            f"{df} = [{separator}.join(label for label in str(cell).split({separator}) "
            f'if label.strip() not in {several}) for cell in {df}.fillna("")]'
        )
        empty = ' with missing_labels="empty"'
    else:
        several = _literals(_cells_with(table, column, labels))
        means_none = spec.mode == "multi_hot"
        if several is None:
            return "blank such labels" if means_none else "leave the rows out"
        code = f"df = df[~{df}.isin({several})]"
        if means_none:
            code = f"{df} = {df}.mask({df}.isin({several}))"
        empty = ' with missing_labels="empty"' if means_none else ""
    way = (
        "if such a label means no class, take it out" if empty else "leave the rows out"
    )
    return f"{way}, as in {code}, and pass the DataFrame{empty}{table.source.to_read()}"


def _cells_with(table: LabelTable, column: int, labels: list[str]) -> list[Any]:
    """The different cells, as they were before they became text, of some labels."""
    (cells,) = table.source.cells([column])
    unknown = set(labels)
    rows = [row for row, text in enumerate(table[column]) if text in unknown]
    return list(dict.fromkeys(cells[table.rows[rows]].tolist()))


def _literals(values: list[Any]) -> str | None:
    """A list in Python, for code to be copied; `None` if it would be long or odd."""
    are_plain = all(isinstance(value, str | int | float) for value in values)
    if not are_plain or len(values) > _LABELS_SHOWN:
        return None
    shown = list(map(quote, values))
    return f"[{', '.join(shown)}]" if shown == list(map(repr, values)) else None


def list_names(names: Sequence[str]) -> str:
    """The first classes of a list, and how many follow."""
    shown = ", ".join(map(quote, names[:_LABELS_SHOWN]))
    rest = len(names) - _LABELS_SHOWN
    return f"[{shown}, ... ({rest} more)]" if rest > 0 else f"[{shown}]"
