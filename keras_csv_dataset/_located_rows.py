"""From a folder and a CSV to rows whose image files are found."""

import os
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._columns import Columns, find_columns
from keras_csv_dataset._file_finder import (
    FileFinder,
    LocatedImages,
    find_files,
    join_unchecked,
    list_absolute_paths,
)
from keras_csv_dataset._image_files import list_image_files
from keras_csv_dataset._label_table import (
    LabelTable,
    open_label_source,
    read_label_table,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LocatedRows:
    """The rows of a label file, with the image file that each names.

    Attributes:
        table: The columns that are read.
        columns: Which column plays which part.
        images: Which file each row names.
    """

    table: LabelTable
    columns: Columns
    images: LocatedImages

    def take(self, rows: NDArray[np.int64]) -> "LocatedRows":
        """Some of the rows, in the order of the file."""
        if len(rows) == len(self.table):
            return self
        images = replace(self.images, numbers=self.images.numbers[rows])
        return LocatedRows(self.table.take(rows), self.columns, images)


def locate_rows(
    directory: str | None,
    csv: "str | os.PathLike[str] | pd.DataFrame",
    csv_options: Mapping[str, Any] | None,
    *,
    suffixes: Sequence[str],
    follow_links: bool,
    unchecked: bool,
    label_columns: Sequence[Hashable] | None,
    **other_columns: Any,
) -> LocatedRows:
    """Reads the label file and finds the image file of each row.

    Args:
        directory: The folder of images; `None` if the CSV holds absolute paths.
        csv: The label file, or a DataFrame.
        csv_options: Keywords for `pandas.read_csv`.
        suffixes: Suffixes of the formats that can be decoded, in lower case.
        follow_links: Whether to visit folders that symbolic links point to.
        unchecked: Whether to take names for exact paths, and list no folder.
        label_columns: The columns that hold labels, or `None` to look for one.
        **other_columns: `image_column` and the others that `find_columns` takes.

    Returns:
        The `LocatedRows`.

    Raises:
        FileNotFoundError: If the folder or the label file is not there.
        ValueError: If either cannot be read, or the columns cannot be told.
    """
    source = open_label_source(csv, csv_options)
    finder = None
    if directory is not None and not unchecked:
        finder = FileFinder(list_image_files(directory, suffixes, follow_links))
    columns = find_columns(source, finder, label_columns=label_columns, **other_columns)
    table = read_label_table(source, columns.positions())
    if unchecked:
        images = join_unchecked(table, columns.image, directory, suffixes)
    else:
        finder = finder or list_absolute_paths(table, columns.image, suffixes)
        images = find_files(table, columns.image, finder)
    return LocatedRows(table, columns, images)
