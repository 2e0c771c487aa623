"""Reads the columns that are inputs of a model beside the image."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels import encode_numbers, is_number
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelTable

# What the images are called among several inputs.
IMAGE_INPUT = "image"
# float32 numbers, or objects that are text: `(samples,)` each, by the input's name.
Inputs = Mapping[str, NDArray[np.float32] | NDArray[np.object_]]


def encode_values(
    table: LabelTable, column: int, purpose: str
) -> NDArray[np.float32] | NDArray[np.object_]:
    """Reads a column: as numbers if every cell is one, otherwise as text.

    Args:
        table: The rows.
        column: Position of the column.
        purpose: What the values are for, for a message.

    Returns:
        The values, `(rows,)`.

    Raises:
        ValueError: If a cell is blank, or a number is not finite as a float32.
    """
    cells, name = table[column], table.name(column)
    blank = [row for row, cell in enumerate(cells) if cell is None]
    are_numbers = all(is_number(cell) for cell in cells if cell is not None)
    if blank:
        of_column = f"df[{name!r}]"
        fill = (
            f"{of_column} = pd.to_numeric({of_column}); {of_column} = "
            f"{of_column}.fillna({of_column}.median())"
            if are_numbers
            else f"{of_column} = {of_column}.replace('', None).fillna('unknown')"
        )
        raise ValueError(
            table.report(
                blank,
                lambda row: f"column {quote(name)} is blank",
                f"Every image needs a value {purpose}: fill the cells in, as in "
                f"{fill}, and pass the DataFrame.",
            )
        )
    return encode_numbers(table, [column])[:, 0] if are_numbers else cells
