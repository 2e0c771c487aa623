"""Says where rows are, with the file that each names first."""

from typing import Any

import numpy as np

from keras_csv_dataset._files import NO_FILE
from keras_csv_dataset._inspection.findings import Place
from keras_csv_dataset._rows import LocatedRows


def place_of_row(located: LocatedRows, row: int, **attributes: Any) -> Place:
    """A row as a place in the label file, whether or not it has a file.

    Args:
        located: Rows, this one among them.
        row: Its number among all rows of the file.
        **attributes: Further attributes of the `Place`.
    """
    table, (column, images) = located.table, next(iter(located.files.items()))
    position = np.searchsorted(table.rows, [row])
    has_file = images.numbers[position[0]] != NO_FILE
    return Place(
        row=row,
        line=table.source.line_of(row),
        path=located.paths(column, position)[0] if has_file else None,
        name=str(table[column][position[0]] or ""),
        **attributes,
    )
