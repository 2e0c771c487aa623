"""From a folder and a label file to rows whose image files are found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import (
    NO_FILE,
    FileFinder,
    LocatedImages,
    list_image_files,
    local_path,
)
from keras_csv_dataset._rows.columns import Columns, find_columns
from keras_csv_dataset._rows.naming import (
    find_files,
    join_unchecked,
    list_absolute_paths,
)
from keras_csv_dataset._rows.spec import RowSpec
from keras_csv_dataset._table import LabelTable, open_label_source, read_label_table


@dataclass(frozen=True)
class LocatedRows:
    """The rows of a label file, with the image file that each names.

    Attributes:
        table: The columns that are read.
        columns: Which column plays which role.
        images: Which file each row names.
        finder: Found the files; `None` if no row lacks one, to release its memory.
    """

    table: LabelTable
    columns: Columns
    images: LocatedImages
    finder: FileFinder | None = None

    def take(self, kept: NDArray[np.bool_]) -> "LocatedRows":
        """Selects rows, in the order of the file."""
        if kept.all():
            return self
        rows = np.flatnonzero(kept)
        images = replace(self.images, numbers=self.images.numbers[rows])
        return LocatedRows(self.table.take(rows), self.columns, images, self.finder)


def locate_rows(spec: RowSpec, suffixes: Sequence[str]) -> LocatedRows:
    """Reads the label file and finds the image file of each row.

    Args:
        spec: What is read.
        suffixes: Suffixes of the formats that can be decoded, in lower case.

    Returns:
        The `LocatedRows`.

    Raises:
        FileNotFoundError: If the folder or the label file does not exist.
        ValueError: If either cannot be read, or a column cannot be determined.
    """
    source = open_label_source(spec.csv, spec.csv_options)
    unchecked = spec.missing_images == "unchecked"
    directory = None if spec.directory is None else local_path(spec.directory)
    finder = None
    if directory is not None and not unchecked:
        finder = FileFinder(list_image_files(directory, suffixes, spec.follow_links))
    columns = find_columns(source, finder, spec.roles)
    table = read_label_table(source, columns.positions(), _numbers(columns, spec))
    if unchecked:
        images = join_unchecked(table, columns.image, directory, suffixes)
    else:
        finder = finder or list_absolute_paths(table, columns.image, suffixes)
        images = find_files(table, columns.image, finder)
    missing = bool((images.numbers == NO_FILE).any())
    return LocatedRows(table, columns, images, finder if missing else None)


def _numbers(columns: Columns, spec: RowSpec) -> set[int | None]:
    """The columns whose cells are numbers, which may be rounded."""
    raw = columns.labels.map(
        lambda group, label: () if label.has_classes else group, spec.labels
    )
    return {columns.weight, *(column for group in raw for column in group)}
