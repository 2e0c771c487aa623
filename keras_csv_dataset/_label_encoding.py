"""Turns labels from text into numbers: class indices, multi-hot rows, or values."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._label_table import LabelTable, quote

_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_FLAGS = {"1": 1, "1.0": 1, "true": 1, "0": 0, "0.0": 0, "false": 0}
_SEPARATORS = "|;, "
_STRANGERS_SHOWN = 10


@dataclass(frozen=True)
class Target:
    """The labels of one output of a model.

    Attributes:
        mode: `"int"`, `"categorical"`, `"binary"`, `"multi_hot"` or `"raw"`.
        values: int32 `(samples,)` class indices for the first three modes; float32
            `(samples, num_classes)` for `"multi_hot"`; float32 `(samples,)` or
            `(samples, columns)` for `"raw"`.
        class_names: Name of each class as the CSV writes it; `None` for `"raw"`.
    """

    mode: str
    values: NDArray[Any]
    class_names: list[str] | None

    @property
    def is_renumbered(self) -> bool:
        """Whether the classes are integers, but other ones than their indices."""
        names = self.class_names or []
        if not all(_INTEGER.fullmatch(name) for name in names):
            return False
        return [int(name) for name in names] != list(range(len(names)))

    @property
    def joined_labels(self) -> tuple[str, str] | None:
        """A class whose name joins those of others, and what joins them."""
        return (
            None if self.mode == "multi_hot" else find_separator(self.class_names or [])
        )

    def class_counts(self) -> dict[str, int]:
        """How many samples there are of each class; nothing for `"raw"`."""
        names = self.class_names or []
        if self.mode == "multi_hot":
            counts = self.values.sum(axis=0).astype(int)
        else:
            counts = np.bincount(self.values if names else [], minlength=len(names))
        return dict(zip(names, counts.tolist(), strict=True))


@dataclass(frozen=True)
class LabelSpec:
    """How the caller wants the labels read.

    Attributes:
        modes: Output -> its label mode; the only output of a model is `None`.
        separator: What stands between the labels of one cell.
        class_names: Output -> its classes, where the caller fixed them.
        is_list: Whether the label columns were given as a list.
    """

    modes: Mapping[Hashable, str]
    separator: str | None
    class_names: Mapping[Hashable, list[str]]
    is_list: bool

    def is_long_form(self, columns: Sequence[int]) -> bool:
        """Whether an image has one row for each of its labels."""
        alone = self.modes.get(None) == "multi_hot" and len(columns) == 1
        return alone and self.separator is None and not self.is_list

    def columns_by_output(
        self, columns: Sequence[int]
    ) -> dict[Hashable, tuple[int, ...]]:
        """The label columns of each output of the model."""
        if None in self.modes:
            return {None: tuple(columns)}
        return {o: (c,) for o, c in zip(self.modes, columns, strict=True)}

    def separators(self, columns: Sequence[int]) -> dict[int, str | None]:
        """What stands between the labels of one cell, for each label column."""
        return {
            column: self.separator if self.modes[output] == "multi_hot" else None
            for output, group in self.columns_by_output(columns).items()
            for column in group
        }


def encode_labels(
    table: LabelTable,
    columns: Sequence[int],
    spec: LabelSpec,
    samples: NDArray[np.int64],
) -> dict[Hashable, Target]:
    """Encodes the labels of every output.

    Args:
        table: The rows.
        columns: Positions of the label columns.
        spec: How the labels are read.
        samples: int64 `(rows,)`, the sample that each row belongs to: 0, 1, 2, ….

    Returns:
        Output -> its `Target`.

    Raises:
        ValueError: If a label cannot be encoded.
    """
    targets = {}
    for output, group in spec.columns_by_output(columns).items():
        mode, names = spec.modes[output], spec.class_names.get(output)
        if mode == "raw":
            numbers = encode_numbers(table, group)
            values = numbers if spec.is_list else numbers[:, 0]
            targets[output] = Target(mode, values, None)
        elif mode == "multi_hot":
            one_column = len(group) == 1 and not (spec.is_list and not spec.separator)
            targets[output] = encode_multi_hot(
                table, group, spec.separator, names, samples, one_column
            )
        else:
            targets[output] = encode_classes(table, group, mode, names)
    return targets


def encode_classes(
    table: LabelTable, columns: Sequence[int], mode: str, class_names: list[str] | None
) -> Target:
    """Class indices, from one column of labels or from one-hot columns.

    Args:
        table: The rows.
        columns: Position of the column of labels, or of a 0/1 column for each class.
        mode: `"int"`, `"categorical"` or `"binary"`.
        class_names: The classes in the order of their indices; `None` for the order
            of the columns, or for sorted labels.

    Returns:
        A `Target`.

    Raises:
        ValueError: If a label is not in `class_names`, a row of one-hot columns does
            not hold exactly one 1, or `"binary"` has other than two classes.
    """
    if len(columns) == 1:
        labels = table[columns[0]]
        names = class_names or sort_classes(labels)
    else:
        columns_as_classes = [str(table.name(column)) for column in columns]
        labels = np.array(columns_as_classes, dtype=object)[_hot_column(table, columns)]
        names = class_names or columns_as_classes
    index = {name: number for number, name in enumerate(names)}
    _refuse_strangers(table, labels, index)
    if mode == "binary" and len(names) != 2:
        raise ValueError(
            '`label_mode="binary"` needs exactly 2 classes. '
            f"{table.source.name} has {len(names)}: {_list_names(names)}. Use "
            '"int" or "categorical" for more, or fix the two with `class_names`.'
        )
    values = np.fromiter(map(index.__getitem__, labels), np.int32, len(labels))
    return Target(mode, values, names)


def encode_multi_hot(
    table: LabelTable,
    columns: Sequence[int],
    separator: str | None,
    class_names: list[str] | None,
    samples: NDArray[np.int64],
    one_column: bool,
) -> Target:
    """A 1 for every class that applies to an image, a 0 for the others.

    Args:
        table: The rows.
        columns: Position of the column of labels, or of a 0/1 column for each class.
        separator: What stands between the labels of one cell.
        class_names: As for `encode_classes`.
        samples: int64 `(rows,)`, the sample that each row belongs to: 0, 1, 2, ….
        one_column: Whether one column holds the labels.

    Returns:
        A `Target`.

    Raises:
        ValueError: If a label is not in `class_names`, a 0/1 column holds something
            else, or a separator seems to be missing.
    """
    if not one_column:
        rows, hot = np.nonzero(_flags(table, columns, blank_is_zero=True))
        columns_as_classes = [str(table.name(column)) for column in columns]
        labels = np.array(columns_as_classes, dtype=object)[hot]
        names = class_names or columns_as_classes
    else:
        if class_names is None:
            if separator is None:
                _refuse_flags_as_labels(table, columns[0], samples)
            _refuse_wrong_separator(table, columns[0], separator, samples)
        cells = [split_labels(cell, separator) for cell in table[columns[0]]]
        rows = np.repeat(np.arange(len(cells)), [len(cell) for cell in cells])
        labels = np.array([label for cell in cells for label in cell], dtype=object)
        names = class_names or sort_classes(labels)
    index = {name: number for number, name in enumerate(names)}
    _refuse_strangers(table, labels, index)
    values = np.zeros((int(samples.max()) + 1, len(names)), np.float32)
    values[samples[rows], [index[label] for label in labels]] = 1
    return Target("multi_hot", values, names)


def encode_numbers(table: LabelTable, columns: Sequence[int]) -> NDArray[np.float32]:
    """Finite numbers, float32 `(rows, columns)`.

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
            column = cells[row]
            cell = table[column][row]
            if cell is None:
                return f"column {quote(table.name(column))} is blank"
            name = quote(table.name(column))
            return f"column {name} holds {quote(cell)}, which is not a finite number"

        advice = "Correct these cells, or pass the column that holds numbers."
        if any("," in str(table[column][row]) for row, column in cells.items()):
            advice = (
                "Decimals must be written with a point: read the file with "
                'pandas.read_csv(…, decimal=",") and pass the DataFrame.'
            )
        raise ValueError(table.report(bad, describe, advice))
    return values


def split_labels(cell: str | None, separator: str | None) -> list[str]:
    """The labels of one cell; none for a blank one."""
    if cell is None:
        return []
    if separator is None:
        return [cell]
    return [label for piece in cell.split(separator) if (label := piece.strip())]


def sort_classes(labels: Iterable[str]) -> list[str]:
    """The distinct labels: in numerical order if all are integers, else as text."""
    names = sorted(set(labels))
    if all(map(_INTEGER.fullmatch, names)):
        names.sort(key=int)
    return names


def _number(cell: str | None) -> float:
    try:
        return float(cell or "nan")
    except ValueError:
        return float("nan")


def _flags(
    table: LabelTable, columns: Sequence[int], blank_is_zero: bool = False
) -> NDArray[np.int8]:
    """What 0/1 columns hold, int8 `(rows, columns)`."""
    flags = np.empty((len(table), len(columns)), np.int8)
    for i, column in enumerate(columns):
        cells = table[column]
        meaning = {
            cell: _FLAGS.get(cell.casefold(), -1)
            if cell
            else 0
            if blank_is_zero
            else -1
            for cell in set(cells)
        }
        flags[:, i] = [meaning[cell] for cell in cells]
    bad = np.flatnonzero((flags < 0).any(axis=1))
    if bad.size:

        def describe(row: int) -> str:
            column = columns[int(np.argmin(flags[row]))]
            name = quote(table.name(column))
            return f"column {name} holds {quote(table[column][row] or '')}"

        advice = (
            "Columns of classes must hold 0 or 1. Map uncertain or unmentioned labels "
            "to one of them first, as in df[columns].replace(-1, 0).fillna(0), and "
            "pass the DataFrame; if one column holds the labels themselves, name it "
            "alone, as a string: label_column='…'."
        )
        raise ValueError(table.report(bad, describe, advice))
    return flags


def _hot_column(table: LabelTable, columns: Sequence[int]) -> NDArray[np.int64]:
    """Which of the one-hot columns holds the 1, int64 `(rows,)`."""
    flags = _flags(table, columns)
    ones = flags.sum(axis=1)
    bad = np.flatnonzero(ones != 1)
    if bad.size:

        def describe(row: int) -> str:
            hot = [
                table.name(c)
                for c, flag in zip(columns, flags[row], strict=True)
                if flag
            ]
            return f"{len(hot)} of the {len(columns)} label columns hold a 1" + (
                f" ({', '.join(map(repr, hot))})" if hot else ""
            )

        advice = (
            "Every image must have exactly one class. If it can have several or none, "
            'pass label_mode="multi_hot".'
        )
        raise ValueError(table.report(bad, describe, advice))
    hot: NDArray[np.int64] = flags.argmax(axis=1)
    return hot


def _refuse_strangers(
    table: LabelTable, labels: NDArray[np.object_], known: dict[str, int]
) -> None:
    strangers = Counter(label for label in labels if label not in known)
    if strangers:
        shown = [
            f"{quote(label)} ({count}×)"
            for label, count in strangers.most_common(_STRANGERS_SHOWN)
        ]
        rest = len(strangers) - len(shown)
        raise ValueError(
            f"{table.source.name} has labels that are not in `class_names`: "
            + ", ".join(shown)
            + (f" and {rest} more" if rest else "")
            + ". `class_names` lists the labels as the CSV writes them: add these, "
            "correct the labels, or leave the rows out. "
            f"Received: class_names={_list_names(list(known))}"
        )


def _refuse_flags_as_labels(
    table: LabelTable, column: int, samples: NDArray[np.int64]
) -> None:
    is_long_form = len(samples) > int(samples.max()) + 1
    if not is_long_form and set(table[column]) - {None} <= _FLAGS.keys():
        name = table.name(column)
        raise ValueError(
            f"Column {name!r} holds only 0 and 1, which are not names of classes. "
            f"Pass label_column=[{name!r}] if 1 says that the class {name!r} applies, "
            'or label_mode="binary".'
        )


def find_separator(cells: Iterable[str | None]) -> tuple[str, str] | None:
    """A cell that joins labels which other cells hold alone, and what joins them."""
    known = {cell for cell in cells if cell is not None}
    for separator in _SEPARATORS:
        for cell in known:
            labels = split_labels(cell, separator)
            if len(labels) > 1 and known.issuperset(labels):
                return cell, separator
    return None


def _refuse_wrong_separator(
    table: LabelTable,
    column: int,
    separator: str | None,
    samples: NDArray[np.int64],
) -> None:
    """Refuses cells that look like several labels, but are not taken apart.

    In the long form, one row per image and label, an image has several rows; there a
    comma or a space is part of a label, unless what it parts are labels themselves.
    """
    cells = table[column]
    if any(len(split_labels(cell, separator)) > 1 for cell in cells):
        return
    is_long_form = len(samples) > int(samples.max()) + 1
    joined = find_separator(cells)
    if joined is None and separator is None and not is_long_form:
        joined = next(
            ((c, s) for s in _SEPARATORS for c in cells if len(split_labels(c, s)) > 1),
            None,
        )
    if joined is None:
        return
    cell, likely = joined
    row = int(np.flatnonzero(cells == cell)[0])
    if separator is not None:
        raise ValueError(
            f"{table.locate(row)}: {quote(cell)} looks like several labels, but no "
            f"cell holds the separator. Received: label_separator={separator!r}. Did "
            f"you mean {likely!r}?"
        )
    raise ValueError(
        f"{table.locate(row)}: {quote(cell)} looks like several labels. "
        f"Pass label_separator={likely!r} if it is; if it is one label, "
        'and every image has one, pass label_mode="categorical".'
    )


def _list_names(names: Sequence[str]) -> str:
    shown = ", ".join(map(quote, names[:_STRANGERS_SHOWN]))
    rest = len(names) - _STRANGERS_SHOWN
    return f"[{shown}, … ({rest} more)]" if rest > 0 else f"[{shown}]"
