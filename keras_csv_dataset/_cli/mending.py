"""Writes tables in which what an inspection found is mended."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from keras_csv_dataset._inspection import GROUP_COLUMN, Inspected, join_rows
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelSource


def write_groups(inspected: Inspected, path: Path) -> int:
    """Writes the table with a column of groups, for `group_column`.

    Duplicates of each other are in one group, and so are rows that name the same image
    or are in the same group already.

    Args:
        inspected: The rows, and which of them are duplicates.
        path: The CSV to write.

    Returns:
        Number of groups with more than one row.

    Raises:
        ValueError: If the table has such a column already.
    """
    source = inspected.located.table.source
    if GROUP_COLUMN in source.columns:
        raise ValueError(
            f"{source.name} has a column {quote(GROUP_COLUMN)} already: rename or "
            "remove it."
        )
    groups = join_rows(inspected)
    frame = _read(source)
    frame[GROUP_COLUMN] = groups
    _write(frame, path)
    return int((np.bincount(groups) > 1).sum())


def write_usable_rows(inspected: Inspected, path: Path) -> int:
    """Writes the table without the rows that cannot be used.

    Args:
        inspected: The rows, and which of them lack an image, a sound one or a label.
        path: The CSV to write.

    Returns:
        Number of rows that are left out.
    """
    frame = _read(inspected.located.table.source)
    unusable = sorted(set(inspected.unusable))
    _write(frame.drop(index=unusable), path)
    return len(unusable)


def refuse_to_overwrite(csv: str, outputs: Iterable[Path | None]) -> None:
    """Refuses to write to the file that is read.

    Raises:
        ValueError: If an output is the CSV.
    """
    for output in outputs:
        if output is not None and output.exists() and output.samefile(csv):
            raise ValueError(
                f"The CSV that is read is never changed: write {output} to another "
                "file."
            )


def _read(source: LabelSource) -> pd.DataFrame:
    """All cells, as they are in the file."""
    cells = source.cells(range(len(source.columns)))
    return pd.DataFrame(dict(enumerate(cells))).set_axis(source.columns, axis=1)


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False)
