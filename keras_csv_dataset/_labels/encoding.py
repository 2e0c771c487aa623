"""Turns labels from text into numbers: class indices, sets of classes, or values."""

from array import array
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._files import is_image_name
from keras_csv_dataset._labels.class_sets import ClassSets
from keras_csv_dataset._labels.classes import Classes, find_classes
from keras_csv_dataset._labels.numbers import (
    FLAGS,
    encode_numbers,
    hot_column,
    read_flags,
)
from keras_csv_dataset._labels.separators import (
    find_separator,
    guess_separator,
    read_list,
    split_labels,
)
from keras_csv_dataset._labels.target import LabelSpec, Target
from keras_csv_dataset._labels.unknown import list_names, refuse_unknown, way_out
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelTable


def recognise_lists(
    table: LabelTable, columns: Sequence[int], spec: LabelSpec
) -> LabelSpec:
    """Recognises a column in which each cell is a list of labels: `['cat', 'dog']`.

    Args:
        table: The rows.
        columns: Positions of the label columns.
        spec: How the labels are read.

    Returns:
        A `LabelSpec` that says whether the cells are lists.

    Raises:
        ValueError: If only some cells are lists, or there is a separator as well.
    """
    if spec.mode != "multi_hot" or spec.is_one_column_per_class(len(columns)):
        return spec
    (column,) = columns
    cells = table[column]
    written = np.array([cell is not None for cell in cells], bool)
    are_lists = np.array(
        [cell is not None and read_list(cell) is not None for cell in cells], bool
    )
    if not are_lists.any():
        return spec
    example = int(np.argmax(are_lists))
    if (are_lists != written).any():
        raise ValueError(
            table.report(
                np.flatnonzero(are_lists != written),
                lambda row: (
                    f"column {quote(table.name(column))} contains "
                    f"{quote(cells[row])}, but a list in {table.locate(example)}, "
                    f"{quote(cells[example])}"
                ),
                "Write every cell of the column as a list, or none of them.",
            )
        )
    if spec.separator is not None:
        raise ValueError(
            f"`label_separator` must be left out if every cell is a list, such as "
            f"{quote(cells[example])} in {table.locate(example)}. Received: "
            f"label_separator={spec.separator!r}"
        )
    return replace(spec, cells_are_lists=True)


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
    if spec.mode == "text":
        (column,) = columns
        return Target(mode="text", values=table[column], class_names=None)
    if spec.mode == "multi_hot":
        return _encode_multi_hot(table, columns, spec, samples)
    return _encode_classes(table, columns, spec)


def _encode_classes(
    table: LabelTable, columns: Sequence[int], spec: LabelSpec
) -> Target:
    """Class indices, from one column of labels or from one-hot columns."""
    codes: NDArray[np.integer]
    if len(columns) == 1:
        codes, different = pd.factorize(table[columns[0]])
        texts = different.tolist()
        _refuse_lists(table, columns[0], texts, spec)
        classes = _classes_in_cells(table, columns[0], texts, codes, spec)
    else:
        codes = hot_column(table, columns)
        classes = _classes_of_columns(table, columns, codes, spec)
    names = classes.names
    if spec.mode == "binary" and len(names) != 2:
        raise ValueError(
            '`label_mode="binary"` needs exactly 2 classes. '
            f"{table.source.name} has {len(names)}: {list_names(names)}. Use "
            '"int" or "categorical" for more, or fix the two with `class_names`.'
        )
    return Target(mode=spec.mode, values=classes.indices[codes], class_names=names)


def _encode_multi_hot(
    table: LabelTable,
    columns: Sequence[int],
    spec: LabelSpec,
    samples: NDArray[np.int64],
) -> Target:
    """The set of classes of each sample."""
    codes: NDArray[np.integer]
    if spec.is_one_column_per_class(len(columns)):
        rows, codes = np.nonzero(read_flags(table, columns, blank_is_zero=True))
        samples_of_labels = samples[rows]
        classes = _classes_of_columns(table, columns, codes, spec)
    else:
        (column,) = columns
        if spec.class_names is None and not spec.cells_are_lists:
            _refuse_unsplit_labels(table, column, spec.separator, samples)
        sizes, codes, texts = _split_cells(table[column], spec)
        samples_of_labels = np.repeat(samples, sizes)
        classes = _classes_in_cells(table, column, texts, codes, spec)
    sets = ClassSets.of(
        samples_of_labels,
        classes.indices[codes],
        num_samples=int(samples.max()) + 1,
        num_classes=len(classes.names),
    )
    return Target(mode="multi_hot", values=sets, class_names=classes.names)


def _split_cells(
    cells: NDArray[np.object_], spec: LabelSpec
) -> tuple[NDArray[np.int32], NDArray[np.int32], list[str]]:
    """Numbers the different labels in cells.

    Returns:
        How many labels each cell has, int32 `(rows,)`; the number of each label, int32
        `(labels,)`; and the different labels, in the order of their numbers.
    """
    # Numbers instead of texts: a million cells can have many labels.
    numbers: dict[str, int] = {}
    codes, sizes = array("i"), array("i")
    for cell in cells:
        labels = spec.split(cell)
        codes.extend([numbers.setdefault(label, len(numbers)) for label in labels])
        sizes.append(len(labels))
    return np.asarray(sizes), np.asarray(codes), list(numbers)


def _classes_in_cells(
    table: LabelTable,
    column: int,
    texts: list[str],
    codes: NDArray[np.integer],
    spec: LabelSpec,
) -> Classes:
    """The classes of different texts in a column, whose labels are `texts[codes]`."""
    if spec.class_names is None:
        _refuse_image_names(table, column, texts)
    classes = find_classes(texts, spec.class_names, table.order_of(column))
    refuse_unknown(
        table,
        classes,
        texts,
        codes,
        lambda labels: way_out(table, column, labels, spec),
    )
    return classes


def _classes_of_columns(
    table: LabelTable,
    columns: Sequence[int],
    codes: NDArray[np.integer],
    spec: LabelSpec,
) -> Classes:
    """The classes that columns stand for, in the order of the columns."""
    texts = [str(table.name(column)) for column in columns]
    classes = find_classes(texts, spec.class_names or texts, None)
    refuse_unknown(table, classes, texts, codes, lambda labels: "leave the columns out")
    return classes


def _refuse_lists(
    table: LabelTable, column: int, texts: Sequence[str], spec: LabelSpec
) -> None:
    """Refuses lists as names of classes."""
    known = set(spec.class_names or ())
    lists = {t for t in texts if t not in known and read_list(t) is not None}
    if lists:
        cells = table[column]
        raise ValueError(
            table.report(
                [row for row, cell in enumerate(cells) if cell in lists],
                lambda row: (
                    f"column {quote(table.name(column))} contains a list, "
                    f"{quote(cells[row])}"
                ),
                f'`label_mode="{spec.mode}"` needs one label per image. For lists of '
                'labels, pass label_mode="multi_hot".',
            )
        )


def _refuse_image_names(table: LabelTable, column: int, texts: Sequence[str]) -> None:
    """Refuses names of image files, such as those of masks, as names of classes."""
    if not texts or not all(map(is_image_name, texts)):
        return
    (row, *_) = (r for r, cell in enumerate(table[column]) if cell is not None)
    raise ValueError(
        f"{table.locate(row)}: column {quote(table.name(column))} contains "
        f"{quote(table[column][row])}. All its values name image files, which are not "
        'classes. If they are masks, pass label_mode="mask"; if they are images to be '
        'predicted, label_mode="image". Otherwise pass the column that contains the '
        "labels as `label_column`, or label_mode=None for images alone."
    )


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
    if cell[0] in "[({" and cell[-1] in "])}":
        raise ValueError(
            f"{where}: {quote(cell)} looks like a list, but cannot be read as one. "
            "Write its labels in quotation marks, as in ['cat', 'dog']."
        )
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
