"""Checks the arguments about images and further inputs."""

from collections.abc import Hashable, Sequence
from typing import Any

from keras_csv_dataset._arguments.checks import without_arrays
from keras_csv_dataset._rows import IMAGE_INPUT
from keras_csv_dataset._structure import Structure


def read_images(image_column: Any) -> Structure[Hashable]:
    """The image columns, by the names of the inputs if there is a list of them."""
    image_column = without_arrays(image_column)
    if not isinstance(image_column, list | tuple):
        return Structure.of(image_column)
    return Structure.named(_by_input("image_column", image_column))


def read_inputs(input_columns: Any, images: Structure[Hashable]) -> dict[str, Hashable]:
    """The columns of further inputs than the images, by the names of the inputs."""
    if input_columns is None:
        return {}
    input_columns = without_arrays(input_columns)
    if not isinstance(input_columns, list | tuple):
        input_columns = [input_columns]
    inputs = _by_input("input_columns", input_columns)
    for name in images.names or (IMAGE_INPUT,):
        column = inputs.get(name)
        # A column that is an image as well has two roles, which is another error.
        if column is not None and column not in images:
            raise ValueError(
                f"`input_columns` must not contain the column {column!r}, because "
                f"{name!r} is what images are called among the inputs. Rename the "
                f"column, as in df.rename(columns={{{column!r}: 'other'}}), and pass "
                f"the DataFrame. Received: input_columns={input_columns!r}"
            )
    return inputs


def _by_input(argument: str, columns: Sequence[Hashable]) -> dict[str, Hashable]:
    """Columns by the names of their inputs.

    An input is called as its column, as text, with `_` for `/`, which Keras does not
    allow in the name of an input.
    """
    inputs = {str(column).strip().replace("/", "_"): column for column in columns}
    if not inputs or len(inputs) < len(columns) or None in columns:
        raise ValueError(
            f"`{argument}` must be a list of the names of columns, each once and each "
            f"with another name of an input. Received: {argument}={columns!r}"
        )
    return inputs
