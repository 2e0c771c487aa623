"""Rows without an image or without a label: an error, or left out with a warning."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._file_finder import NO_FILE, FileFinder
from keras_csv_dataset._image_files import CONVERT, ImageFiles, split_suffix
from keras_csv_dataset._label_encoding import LabelSpec, split_labels
from keras_csv_dataset._label_table import LabelTable, list_columns, quote
from keras_csv_dataset._located_rows import LocatedRows


def keep_rows_with_image(rows: LocatedRows, policy: str) -> LocatedRows:
    """Keeps the rows whose image was found.

    Args:
        rows: The rows.
        policy: `"error"` refuses the others, `"skip"` leaves them out.

    Returns:
        The rows that are kept.

    Raises:
        ValueError: If some images are missing and `policy` is `"error"`, or all are.
    """
    table, column, located = rows.table, rows.columns.image, rows.images
    column_name = quote(table.name(column))
    found = located.numbers != NO_FILE
    if not found.all():
        names = table[column]
        reasons = _Reasons(located.files)
        advice = (
            f"{located.files.describe()}.\nAdd the files or correct the names; "
            'missing_images="skip" leaves these rows out.'
        )
        lost = names[~found][:1000]
        if sum(map(reasons.has_lost_zeros, lost)) > len(lost) / 2:
            advice = (
                "The leading zeros of the names are lost. pandas.read_csv keeps them "
                f"with dtype={{{column_name}: str}}; so does the path of the "
                "CSV, passed as `csv`."
            )
        elif sum(reasons.near(name) is not None for name in lost) > len(lost) / 2:
            advice = (
                "Correct the names or their suffixes; a name may also leave the suffix "
                'out. missing_images="skip" leaves these rows out.'
            )
        elif not found.any():
            advice = (
                f"{located.files.describe()}.\nNo value of column "
                f"{column_name} names one: check `directory`, and pass the "
                "column that names the files as `image_column`. The columns are "
                f"{list_columns(table.source.columns)}."
            )
        if any(map(reasons.undecodable_suffix, names[~found][:1000])):
            advice = CONVERT
        settle(table, found, lambda row: reasons.describe(names[row]), advice, policy)
    return rows.take(np.flatnonzero(found))


def keep_rows_with_labels(
    rows: LocatedRows, spec: LabelSpec, policy: str
) -> LocatedRows:
    """Keeps the rows that have a label in every label column.

    Args:
        rows: The rows.
        spec: How labels are read.
        policy: `"error"` refuses the others, `"skip"` leaves them out, `"empty"`
            keeps them: a blank says that no class applies.

    Returns:
        The rows that are kept.

    Raises:
        ValueError: If some labels are missing and `policy` is `"error"`, or all are.
    """
    if policy == "empty":
        return rows
    table = rows.table
    separators = spec.separators(rows.columns.labels)
    labelled = np.ones(len(table), bool)
    for column, separator in separators.items():
        if separator is None:
            labelled &= pd.notna(table[column])
            continue
        cells = (bool(split_labels(cell, separator)) for cell in table[column])
        labelled &= np.fromiter(cells, bool, len(table))
    if not labelled.all():

        def describe(row: int) -> str:
            blank = next(
                c for c, s in separators.items() if not split_labels(table[c][row], s)
            )
            return f"column {quote(table.name(blank))} is blank: the image has no label"

        advice = 'Fill in the labels; missing_labels="skip" leaves these rows out.'
        if len(separators) > 1 and None in spec.modes:
            advice += (
                " In 0/1 columns a blank often means unmentioned: map it to 0 or 1 "
                "first, as in df[columns].fillna(0), and pass the DataFrame."
            )
        elif None not in separators.values():
            advice += ' missing_labels="empty" takes a blank to mean no class.'
        settle(table, labelled, describe, advice, policy)
    return rows.take(np.flatnonzero(labelled))


def settle(
    table: LabelTable,
    kept: NDArray[np.bool_],
    describe: Callable[[int], str],
    advice: str,
    policy: str,
    **limit: int,
) -> None:
    """Refuses the rows that are not kept, or warns that they are left out.

    Args:
        table: The rows.
        kept: Which of them are kept.
        describe: Says what is wrong with one of the others.
        advice: What the user can do about it.
        policy: `"error"` or `"skip"`.
        **limit: `most`, the number of rows that an error names.

    Raises:
        ValueError: If `policy` is `"error"`, or no row is kept.
    """
    rows = np.flatnonzero(~kept)
    if policy == "error" or not kept.any():
        raise ValueError(table.report(rows, describe, advice, **limit))
    total = f"{len(rows)} of {len(table)} rows are left out."
    # The warning names the line that called `image_dataset_from_csv`, which called the
    # policy that calls this.
    warnings.warn(table.report(rows, describe, total), UserWarning, stacklevel=4)


class _Reasons:
    """Why a name finds no file."""

    def __init__(self, files: ImageFiles) -> None:
        self._files = files
        self._finder = FileFinder(files)
        self._undecodable = FileFinder(ImageFiles(files.directory, files.undecodable))

    def describe(self, name: str | None) -> str:
        """What is wrong with a name, for a message."""
        if name is None:
            return "the row names no image"
        suffix = self.undecodable_suffix(name)
        if suffix:
            return f"{quote(name)} is a {suffix} file"
        near = self.near(name)
        return f"{quote(name)} is no image file" + (
            f", but {near!r} is" if near else ""
        )

    def near(self, name: str | None) -> str | None:
        """Path of a file that is called nearly so."""
        return None if name is None else self._finder.near_miss(name)

    def has_lost_zeros(self, name: str | None) -> bool:
        """Whether a file is called so, but for zeros in front."""
        near = self.near(name)
        if name is None or near is None or not name.isdigit():
            return False
        return split_suffix(near.rpartition("/")[2])[0].startswith("0")

    def undecodable_suffix(self, name: str | None) -> str:
        """The suffix of the file that a name means, if it cannot be decoded."""
        if name is None:
            return ""
        meant = [*self._undecodable.fits(name), name]
        suffix = split_suffix(meant[0])[1].lower()
        return "" if suffix in self._files.suffixes else suffix
