"""Rows that cannot be used: which they are, and whether that is an error.

Rows can lack an image, lack a label, or have an image that cannot be decoded. Each
`find` function looks for one of these faults, and a policy decides what happens to the
rows that have it.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._images import CheckImages
from keras_csv_dataset._labels import LabelSpec
from keras_csv_dataset._messages import list_columns, quote
from keras_csv_dataset._rows.located import LocatedRows
from keras_csv_dataset._rows.reasons import Reasons
from keras_csv_dataset._structure import Structure
from keras_csv_dataset._table import LabelTable

# To repair the files, users need all their names, but a message must end.
MOST_CORRUPT_NAMED = 1000
# Names that are looked at to choose the advice.
_SAMPLE = 1000

_SKIP = 'missing_images="skip" leaves these rows out.'
ONLY_PNG_MASKS = (
    "Masks must be PNG files: JPEG changes the values, and other formats are not read "
    "exactly. Save them as grey or palette PNGs in which the value of each pixel is "
    "its class."
)

OnProgress = Callable[[int, int], object]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault, and the rows that have it.

    Attributes:
        policy: The argument that decides what happens to these rows.
        table: All rows that were looked at.
        sound: bool `(rows,)`, which of them do not have the fault.
        describe: Says what is wrong with one of the others.
        advice: What the user can do about it.
        limit: `most`, the number of rows that an error names.
    """

    policy: str
    table: LabelTable
    sound: NDArray[np.bool_]
    describe: Callable[[int], str]
    advice: str
    limit: Mapping[str, int] = field(default_factory=dict)

    def message(self) -> str:
        """The message that names the rows and gives the advice."""
        rows = np.flatnonzero(~self.sound)
        return self.table.report(rows, self.describe, self.advice, **self.limit)

    def warning(self) -> str:
        """The message that counts the rows that are left out."""
        rows = np.flatnonzero(~self.sound)
        are = "is" if len(rows) == 1 else "are"
        total = f"{len(rows)} of {len(self.table)} rows {are} left out."
        return self.table.report(rows, self.describe, total)


# Decides what happens to the rows with a fault, given `"error"` or `"skip"`.
HandleFault = Callable[[Fault, str], None]


def refuse_or_warn(fault: Fault, action: str) -> None:
    """Refuses rows with a fault, or warns that they are left out.

    Args:
        fault: The fault.
        action: `"error"` or `"skip"`.

    Raises:
        ValueError: If `action` is `"error"`, or if no row would be left.
    """
    if action == "error" or not fault.sound.any():
        raise ValueError(fault.message())
    # The warning shows the line that called `image_dataset_from_csv`.
    warnings.warn(fault.warning(), UserWarning, stacklevel=4)


def find_missing_images(
    rows: LocatedRows, column: int, labels: Structure[LabelSpec]
) -> Fault | None:
    """Finds the rows for whose name in a column no image file exists."""
    table, names, images = rows.table, rows.table[column], rows.files[column]
    found = rows.are_found(column)
    if found.all() or images.finder is None:
        return None
    reasons = Reasons(images.finder, images.convention)
    has_several = len(rows.files) > 1

    def describe(row: int) -> str:
        of_column = f"column {quote(table.name(column))}"
        if has_several and names[row] is None:
            return f"{of_column} names no image"
        reason = reasons.describe(names[row])
        return f"{of_column}: {reason}" if has_several else reason

    return Fault(
        policy="missing_images",
        table=table,
        sound=found,
        describe=describe,
        advice=_advice_on_missing_images(
            rows,
            column,
            reasons,
            found,
            column in rows.columns.labels_of(labels, "mask"),
        ),
    )


def _advice_on_missing_images(
    rows: LocatedRows,
    column: int,
    reasons: Reasons,
    found: NDArray[np.bool_],
    are_masks: bool,
) -> str:
    table, files = rows.table, rows.files[column].files
    name = quote(table.name(column))
    all_missing = table[column][~found]
    missing = all_missing[:_SAMPLE]
    if suffixes := {*map(reasons.undecodable_suffix, missing)} - {""}:
        return ONLY_PNG_MASKS if are_masks else files.formats.advise(suffixes)
    if any(map(reasons.is_linked, missing)):
        return "Pass follow_links=True to read the folders that are links."
    if 2 * sum(map(reasons.has_lost_zeros, missing)) > len(missing):
        return (
            "The leading zeros of the names are lost. pandas.read_csv keeps them with "
            f"dtype={{{name}: str}}, and so does this function if `csv` is the path of "
            "the CSV."
        )
    if any(map(reasons.has_query, missing)):
        return (
            'What follows the "?" of a URL is not part of the file name. '
            f'Remove it, as in df[{name}] = df[{name}].str.partition("?")[0], and pass '
            "the DataFrame."
        )
    if others := reasons.other_conventions(all_missing):
        own = rows.files[column].convention.phrase
        return _advice_on_conventions(own, others, int(found.sum()), len(table))
    if 2 * sum(reasons.near(n) is not None for n in missing) > len(missing):
        return (
            "Correct the names or their suffixes; a name can also omit the suffix. "
            f"{_SKIP}"
        )
    folder = ".\n".join([files.describe(), *files.not_listed()])
    if not found.any():
        is_image = column in rows.columns.images
        return (
            f"{folder}.\nNo value of column {name} names one: check `directory`, and "
            "pass the column that names the files as "
            f"`{'image' if is_image else 'label'}_column`. The columns are "
            f"{list_columns(table.source.columns)}."
        )
    return f"{folder}.\nAdd the files or correct the names; {_SKIP}"


def _advice_on_conventions(
    own: str, others: list[tuple[str, int]], num_found: int, num_rows: int
) -> str:
    """Says how names are matched, and how the missing ones would be."""
    (other, count), *_ = others
    counts = ", ".join(f"{count} {phrase}" for phrase, count in others)
    first = (
        f"All names of a column are matched in one way: here {own}, which finds "
        f"{num_found} of {num_rows} rows. Matched in another way, more rows would be "
        f"found: {counts}.\n"
    )
    if count > num_found:
        return first + (
            f"Most names seem to be written to be matched {other}. Write the other "
            f"{num_found} in the same way, or pass other rows."
        )
    return first + (
        "These may be other images. Add the missing files, or write the folders of all "
        f"names in the same way; {_SKIP}"
    )


def find_missing_labels(rows: LocatedRows, specs: Structure[LabelSpec]) -> Fault | None:
    """Finds the rows that have a blank label in some label column."""
    table = rows.table
    spec_of = {
        column: spec
        for spec, group in zip(specs, rows.columns.labels, strict=True)
        for column in group
    }
    labelled = np.ones(len(table), bool)
    for column, spec in spec_of.items():
        if spec.has_several_in_a_cell:
            cells = (bool(spec.split(cell)) for cell in table[column])
            labelled &= np.fromiter(cells, bool, len(table))
        else:
            labelled &= pd.notna(table[column])
    if labelled.all():
        return None

    def describe(row: int) -> str:
        blank = next(c for c, s in spec_of.items() if not s.split(table[c][row]))
        return f"column {quote(table.name(blank))} is blank: the image has no label"

    advice = 'Fill in the labels; missing_labels="skip" leaves these rows out.'
    if len(spec_of) > 1 and specs.names is None:
        advice += (
            " In 0/1 columns, a blank often means that the label was not mentioned: "
            "first map it to 0 or 1, as in df[columns].fillna(0), and pass the "
            "DataFrame."
        )
    elif specs.names is None and all(
        spec.has_several_in_a_cell for spec in spec_of.values()
    ):
        advice += ' missing_labels="empty" reads a blank as no class.'
    return Fault(
        policy="missing_labels",
        table=table,
        sound=labelled,
        describe=describe,
        advice=advice,
    )


def find_corrupt_images(
    rows: LocatedRows,
    specs: Structure[LabelSpec],
    check_images: CheckImages,
    on_progress: OnProgress,
) -> Fault | None:
    """Finds the rows with an image that cannot be decoded. Every file is decoded once.

    A mask must also be one, and have the size of its image.

    Args:
        rows: The rows, each with its files.
        specs: How the labels of each output are read.
        check_images: Decodes the images at some paths.
        on_progress: Called with the number of images decoded so far, and the total.

    Returns:
        The fault, or `None` if every image can be decoded.
    """
    table, problems = rows.table, _Problems(rows)
    masks = rows.columns.labels_of(specs, "mask")
    for column in rows.files:
        problems.check(column, column in masks, check_images, on_progress)
    if problems.sound.all():
        return None
    return Fault(
        policy="corrupt_images",
        table=table,
        sound=problems.sound,
        describe=problems.describe,
        advice='Replace the files or remove their rows; corrupt_images="skip" leaves '
        "them out.",
        limit={"most": MOST_CORRUPT_NAMED},
    )


class _Problems:
    """Decodes the files of one column after the other, and collects what is wrong.

    Attributes:
        sound: bool `(rows,)`, whether nothing is wrong with a row so far.
    """

    def __init__(self, rows: LocatedRows) -> None:
        self.sound = np.ones(len(rows.table), bool)
        self._rows = rows
        self._files = {
            column: np.unique(images.numbers, return_inverse=True)
            for column, images in rows.files.items()
        }
        self._total = sum(len(files) for files, _ in self._files.values())
        self._done = 0
        self._image_sizes: NDArray[np.int32] | None = None
        self._problems: dict[int, str] = {}

    def check(
        self,
        column: int,
        is_mask: bool,
        check_images: CheckImages,
        on_progress: OnProgress,
    ) -> None:
        """Decodes the files of a column."""
        files, file_of_row = self._files[column]
        done, self._done = self._done, self._done + len(files)
        checked = check_images(
            self._rows.files[column].files.full_paths(files).tolist(),
            lambda number: on_progress(done + number, self._total),
            is_mask,
        )
        names = self._rows.table[column]
        broken = np.zeros(len(files), bool)
        broken[list(checked.errors)] = True
        for row in np.flatnonzero(broken[file_of_row]).tolist():
            error = checked.errors[int(file_of_row[row])]
            self._add(row, f"{quote(names[row])} cannot be decoded: {error}")
        sizes = checked.sizes[file_of_row]
        if self._image_sizes is None:
            self._image_sizes = sizes
        elif is_mask:
            differ = self.sound & (sizes != self._image_sizes).any(axis=1)
            for row in np.flatnonzero(differ).tolist():
                mask, image = (
                    " × ".join(map(str, size[row].tolist()))
                    for size in (sizes, self._image_sizes)
                )
                self._add(
                    row,
                    f"the mask {quote(names[row])} has {mask} pixels (height × width), "
                    f"but its image has {image}",
                )

    def describe(self, row: int) -> str:
        """What is wrong with a row."""
        return self._problems[row]

    def _add(self, row: int, problem: str) -> None:
        self.sound[row] = False
        self._problems.setdefault(row, problem)
