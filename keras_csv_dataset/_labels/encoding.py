"""Turns labels from text into numbers: class indices, multi-hot rows, or values."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels.numbers import (
    FLAGS,
    encode_numbers,
    hot_column,
    read_flags,
)
from keras_csv_dataset._labels.separators import (
    find_separator,
    guess_separator,
    split_labels,
)
from keras_csv_dataset._labels.target import LabelSpec, Target, are_integers
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelTable

# Labels that a message lists.
_LABELS_SHOWN = 10


def encode_labels(
    table: LabelTable,
    columns: Sequence[int],
    spec: LabelSpec,
    samples: NDArray[np.int64],
) -> Target:
    """Encodes the labels of one output.

    Args:
        table: The rows.
        columns: Positions of the label columns.
        spec: How the labels are read.
        samples: int64 `(rows,)`, the sample that each row belongs to: 0, 1, 2, ...

    Returns:
        The `Target`.

    Raises:
        ValueError: If a label cannot be encoded.
    """
    if spec.mode == "raw":
        numbers = encode_numbers(table, columns)
        values = numbers if spec.is_list else numbers[:, 0]
        return Target(mode="raw", values=values, class_names=None)
    if spec.mode == "multi_hot":
        return _encode_multi_hot(table, columns, spec, samples)
    return _encode_classes(table, columns, spec)


def _encode_classes(
    table: LabelTable, columns: Sequence[int], spec: LabelSpec
) -> Target:
    """Class indices, from one column of labels or from one-hot columns."""
    if len(columns) == 1:
        labels = table[columns[0]]
        names = spec.class_names or sort_classes(labels)
    else:
        classes = _names_of(table, columns)
        labels = classes[hot_column(table, columns)]
        names = spec.class_names or classes.tolist()
    index = _index_of(table, names, labels)
    if spec.mode == "binary" and len(names) != 2:
        raise ValueError(
            '`label_mode="binary"` needs exactly 2 classes. '
            f"{table.source.name} has {len(names)}: {_list_names(names)}. Use "
            '"int" or "categorical" for more, or fix the two with `class_names`.'
        )
    values = np.fromiter(map(index.__getitem__, labels), np.int32, len(labels))
    return Target(mode=spec.mode, values=values, class_names=names)


def _encode_multi_hot(
    table: LabelTable,
    columns: Sequence[int],
    spec: LabelSpec,
    samples: NDArray[np.int64],
) -> Target:
    """A vector for each sample, with a 1 for every class that applies."""
    if spec.is_one_column_per_class(len(columns)):
        rows, hot = np.nonzero(read_flags(table, columns, blank_is_zero=True))
        classes = _names_of(table, columns)
        labels = classes[hot]
        names = spec.class_names or classes.tolist()
    else:
        (column,) = columns
        if spec.class_names is None:
            _refuse_unsplit_labels(table, column, spec.separator, samples)
        cells = [split_labels(cell, spec.separator) for cell in table[column]]
        rows = np.repeat(np.arange(len(cells)), [len(cell) for cell in cells])
        labels = np.array([label for cell in cells for label in cell], dtype=object)
        names = spec.class_names or sort_classes(labels)
    index = _index_of(table, names, labels)
    values = np.zeros((int(samples.max()) + 1, len(names)), np.float32)
    values[samples[rows], [index[label] for label in labels]] = 1
    return Target(mode="multi_hot", values=values, class_names=names)


def sort_classes(labels: Iterable[str]) -> list[str]:
    """The distinct labels: in numerical order if all are integers, else as text."""
    names = sorted(set(labels))
    if are_integers(names):
        names.sort(key=int)
    return names


def _names_of(table: LabelTable, columns: Sequence[int]) -> NDArray[np.object_]:
    """The names of columns that stand for classes."""
    return np.array([str(table.name(column)) for column in columns], dtype=object)


def _index_of(
    table: LabelTable, names: Sequence[str], labels: Iterable[str]
) -> dict[str, int]:
    """Maps each class to its index, and refuses labels that are not among them."""
    index = {name: number for number, name in enumerate(names)}
    unknown = Counter(label for label in labels if label not in index)
    if unknown:
        shown = [
            f"{quote(label)} ({count}×)"
            for label, count in unknown.most_common(_LABELS_SHOWN)
        ]
        rest = len(unknown) - len(shown)
        raise ValueError(
            f"{table.source.name} has labels that are not in `class_names`: "
            + ", ".join(shown)
            + (f" and {rest} more" if rest else "")
            + ". `class_names` lists the labels as the CSV writes them: add these, "
            "correct the labels, or leave the rows out. "
            f"Received: class_names={_list_names(names)}"
        )
    return index


def _refuse_unsplit_labels(
    table: LabelTable,
    column: int,
    separator: str | None,
    samples: NDArray[np.int64],
) -> None:
    """Refuses cells that look like several labels but would be read as one.

    If the file has one row per image and label, an image has several rows. A comma or
    a space is then part of a label, unless the parts are labels themselves.
    """
    cells = table[column]
    one_row_per_label = len(samples) > int(samples.max()) + 1
    if separator is None and not one_row_per_label:
        _refuse_flags(table, column)
    if any(len(split_labels(cell, separator)) > 1 for cell in cells):
        return
    joined = find_separator(cells)
    if joined is None and separator is None and not one_row_per_label:
        joined = guess_separator(cells)
    if joined is None:
        return
    cell, likely = joined
    where = table.locate(int(np.flatnonzero(cells == cell)[0]))
    if separator is not None:
        raise ValueError(
            f"{where}: {quote(cell)} looks like several labels, but no cell contains "
            f"the separator. Received: label_separator={separator!r}. Did you mean "
            f"{likely!r}?"
        )
    raise ValueError(
        f"{where}: {quote(cell)} looks like several labels. "
        f"Pass label_separator={likely!r} if it is; if it is one label, "
        'and every image has one, pass label_mode="categorical".'
    )


def _refuse_flags(table: LabelTable, column: int) -> None:
    if set(table[column]) - {None} <= FLAGS.keys():
        name = table.name(column)
        raise ValueError(
            f"Column {name!r} contains only 0 and 1, which are not names of classes. "
            f"Pass label_column=[{name!r}] if 1 means that the class {name!r} applies, "
            'or label_mode="binary".'
        )


def _list_names(names: Sequence[str]) -> str:
    shown = ", ".join(map(quote, names[:_LABELS_SHOWN]))
    rest = len(names) - _LABELS_SHOWN
    return f"[{shown}, ... ({rest} more)]" if rest > 0 else f"[{shown}]"
