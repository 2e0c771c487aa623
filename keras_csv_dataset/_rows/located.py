"""From a folder and a label file to rows whose image files are found."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._files import (
    NO_FILE,
    Decodable,
    FileFinder,
    LocatedImages,
    list_image_files,
    local_path,
)
from keras_csv_dataset._rows.columns import Columns, find_columns
from keras_csv_dataset._rows.images import first_of_each
from keras_csv_dataset._rows.naming import (
    find_files,
    join_unchecked,
    list_absolute_paths,
)
from keras_csv_dataset._rows.spec import RowSpec
from keras_csv_dataset._table import (
    LabelTable,
    open_label_source,
    read_label_table,
)


@dataclass(frozen=True)
class LocatedRows:
    """The rows of a label file, with the image files that each names.

    Attributes:
        table: The columns that are read.
        columns: Which column plays which role.
        files: Column -> which file each row names: first the images, then the labels
            that are images.
    """

    table: LabelTable
    columns: Columns
    files: Mapping[int, LocatedImages]

    def take(self, kept: NDArray[np.bool_]) -> "LocatedRows":
        """Selects rows, in the order of the file."""
        if kept.all():
            return self
        rows = np.flatnonzero(kept)
        files = {
            column: replace(images, numbers=images.numbers[rows])
            for column, images in self.files.items()
        }
        return LocatedRows(self.table.take(rows), self.columns, files)

    def paths(self, column: int, rows: NDArray[np.int64]) -> NDArray[np.object_]:
        """Paths of the files that some rows name in a column."""
        images = self.files[column]
        return images.files.full_paths(images.numbers[rows])

    def file_numbers(self, columns: Sequence[int]) -> list[NDArray[np.int64]]:
        """Number of each row's file in some columns; a file has one number in all."""
        images = [self.files[column] for column in columns]
        if all(other.files is images[0].files for other in images):
            return [column.numbers for column in images]
        # Without one listing for all columns, each has numbers of its own.
        rows = np.arange(len(self.table))
        paths = np.concatenate([self.paths(column, rows) for column in columns])
        numbers = pd.factorize(paths)[0].astype(np.int64)
        return np.split(numbers, len(images))

    def have_files(self) -> NDArray[np.bool_]:
        """Whether all files that a row names exist: bool `(rows,)`."""
        have_files = np.ones(len(self.table), bool)
        for column in self.files:
            have_files &= self.are_found(column)
        return have_files

    def are_found(self, column: int) -> NDArray[np.bool_]:
        """Whether the file that each row names in a column exists: bool `(rows,)`."""
        found: NDArray[np.bool_] = self.files[column].numbers != NO_FILE
        if column not in self.columns.images:
            # A blank is not a missing image, but a missing label.
            found |= pd.isna(self.table[column])
        return found

    def name_undecodable(self) -> bool:
        """Whether any row names a file in a format that cannot be decoded."""
        return any(
            images.finder.undecodable_file(name, images.convention) is not None
            for column, images in self.files.items()
            if images.finder is not None and images.files.undecodable
            for name in self.table[column][images.numbers == NO_FILE]
            if name is not None
        )

    def repeats(self) -> int:
        """Number of rows whose images an earlier row names, all of them."""
        first = first_of_each(self.file_numbers(self.columns.images.values))
        return int((first != np.arange(len(first))).sum())

    def count_unnamed(self) -> int:
        """Number of image files that no row names, in no column."""
        named: dict[int, NDArray[np.bool_]] = {}
        for images in self.files.values():
            # Columns usually share one listing.
            mask = named.setdefault(
                id(images.files), np.zeros(len(images.files.paths), bool)
            )
            mask[images.numbers[images.numbers != NO_FILE]] = True
        return sum(int((~mask).sum()) for mask in named.values())


def locate_rows(spec: RowSpec, formats: Decodable) -> LocatedRows:
    """Reads the label file and finds the image file of each row.

    Args:
        spec: What is read.
        formats: The formats that can be decoded.

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
        finder = FileFinder(list_image_files(directory, formats, spec.follow_links))
    columns = find_columns(source, finder, spec.roles)
    table = read_label_table(source, columns.positions(), _numbers(columns, spec))
    labels = zip(spec.labels, columns.labels, strict=True)
    naming = [*columns.images]
    naming += [group[0] for label, group in labels if label.names_files]

    def locate(column: int) -> LocatedImages:
        if unchecked:
            return join_unchecked(table, column, directory, formats)
        its_finder = finder or list_absolute_paths(table, column, formats)
        images = find_files(table, column, its_finder)
        missing = bool((images.numbers == NO_FILE).any())
        return replace(images, finder=its_finder if missing else None)

    return LocatedRows(table, columns, {column: locate(column) for column in naming})


def locate_rows_in_any_format(
    spec: RowSpec, decodable_formats: Callable[[bool], Decodable]
) -> LocatedRows:
    """Locates rows to look at their images, with the formats that a call needs for it.

    A call without a cache may decode fewer formats. It is enough for rows whose names
    do not fit a file in another one, and then finds the files that training reads.

    Args:
        spec: What is read.
        decodable_formats: From whether there is a cache to the formats that a call
            decodes.

    Returns:
        The `LocatedRows`.

    Raises:
        FileNotFoundError, ValueError: As `locate_rows` with a cache.
    """
    without_cache, with_cache = decodable_formats(False), decodable_formats(True)
    if without_cache.suffixes != with_cache.suffixes:
        with contextlib.suppress(ValueError):
            rows = locate_rows(spec, without_cache)
            if not rows.name_undecodable():
                return rows
    return locate_rows(spec, with_cache)


def _numbers(columns: Columns, spec: RowSpec) -> set[int | None]:
    """The columns whose cells are numbers, which may be rounded."""
    labels = columns.labels_of(spec.labels, "raw")
    return {columns.weight, *columns.inputs.values(), *labels}
