"""From the names in a column to image files, and the names that are refused."""

import errno
import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import (
    ABSOLUTE,
    CONVERT,
    NO_FILE,
    SEVERAL_FILES,
    SEVERAL_NAMES,
    WHOLE_PATH,
    FileFinder,
    ImageFiles,
    LocatedImages,
    is_undecodable,
    list_folders_of,
    make_relative,
    normalize,
    roots_of,
    split_suffix,
    with_slashes,
)
from keras_csv_dataset._messages import quote
from keras_csv_dataset._table import LabelTable, as_cells

# Files that a message names if a name fits several.
_EXAMPLES_SHOWN = 3


def find_files(table: LabelTable, column: int, finder: FileFinder) -> LocatedImages:
    """Finds the file that each row names.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        finder: Finds a file by its name.

    Returns:
        A `LocatedImages`.

    Raises:
        ValueError: If a name fits several files, or contains a `..`.
    """
    names = _names_as_written(table, column) if finder.has_blank_ends else table[column]
    _refuse_unreadable(table, names)
    _refuse_parent_folders(table, names)
    located = finder.find(names)
    _refuse_several_files(table, names, finder, located)
    _refuse_several_names(table, names, finder, located)
    _refuse_unreadable_folders(table, names, finder, located)
    _refuse_unreadable_paths(table, names, located)
    return located


def _names_as_written(table: LabelTable, column: int) -> NDArray[np.object_]:
    """The cells with the blanks at their ends, which can tell files apart."""
    (cells,) = table.source.cells([column])
    return as_cells(
        cell if isinstance(cell, str) and name is not None else name
        for cell, name in zip(cells, table[column], strict=True)
    )


def _refuse_several_files(
    table: LabelTable,
    names: NDArray[np.object_],
    finder: FileFinder,
    located: LocatedImages,
) -> None:
    several = np.flatnonzero(located.numbers == SEVERAL_FILES)
    if several.size:

        def describe(row: int) -> str:
            files = finder.fits(names[row], located.convention)
            shown = ", ".join(map(quote, sorted(files)[:_EXAMPLES_SHOWN]))
            return f"{quote(names[row])} fits several files: {shown}"

        advice = "Write enough of the path in the CSV to tell them apart."
        raise ValueError(table.report(several, describe, advice))


def _refuse_several_names(
    table: LabelTable,
    names: NDArray[np.object_],
    finder: FileFinder,
    located: LocatedImages,
) -> None:
    several = np.flatnonzero(located.numbers == SEVERAL_NAMES)
    if several.size:
        first: dict[str, int] = {}

        def describe(row: int) -> str:
            file = finder.fits(names[row], located.convention)[0]
            other = first.setdefault(file, row)
            also = "" if other == row else f", and so does {quote(names[other])}"
            return f"{quote(names[row])} leads to {quote(file)}{also}"

        advice = (
            f"{_names_are_matched(located)} Different names then lead to one file, so "
            "it is not certain which image each means. Write the whole paths from "
            "`directory` on."
        )
        raise ValueError(table.report(several, describe, advice))


def _refuse_unreadable_folders(
    table: LabelTable,
    names: NDArray[np.object_],
    finder: FileFinder,
    located: LocatedImages,
) -> None:
    """Refuses rows without a file if it may be in a folder that cannot be read."""
    unreadable = located.files.unreadable
    if not unreadable:
        return
    whole = located.convention == WHOLE_PATH
    missing = [
        row
        for row in np.flatnonzero(located.numbers == NO_FILE).tolist()
        if names[row] and (not whole or finder.unreadable_folder(names[row]))
    ]
    if missing:
        folder, why = next(iter(unreadable.items()))

        def describe(row: int) -> str:
            there = finder.unreadable_folder(names[row]) or folder
            return (
                f"{quote(names[row])} may be in {quote(there[:-1])}, which cannot be "
                f"read: {unreadable[there]}"
            )

        advice = (
            "Give yourself the permission to read the folder, or correct the names."
            if why == os.strerror(errno.EACCES)
            else "Make the folder readable, or correct the names."
        )
        raise ValueError(table.report(missing, describe, advice))


def _refuse_unreadable_paths(
    table: LabelTable, names: NDArray[np.object_], located: LocatedImages
) -> None:
    """Refuses files in folders whose names are not valid Unicode."""
    paths = located.files.paths
    if all(map(str.isascii, paths)):
        return
    unreadable = [
        row
        for row, number in enumerate(located.numbers.tolist())
        if number >= 0 and not _is_unicode(paths[number])
    ]
    if unreadable:
        raise ValueError(
            table.report(
                unreadable,
                lambda row: (
                    f"{quote(names[row])} is {quote(paths[located.numbers[row]])}, "
                    "a path that is not valid Unicode"
                ),
                "Rename these folders and files.",
            )
        )


def _names_are_matched(located: LocatedImages) -> str:
    return f"The names of this column are matched {located.convention.phrase}."


def join_unchecked(
    table: LabelTable, column: int, directory: str | None, suffixes: Sequence[str]
) -> LocatedImages:
    """Takes every name as an exact path in `directory`, without listing the folder.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        directory: The folder; `None` if the names are absolute paths.
        suffixes: Suffixes of the formats that can be decoded, in lower case.

    Returns:
        A `LocatedImages`.

    Raises:
        ValueError: If a name is blank, or leads out of `directory`.
    """
    names = table[column]
    _refuse_unreadable(table, names)
    _refuse_parent_folders(table, names)
    if directory is None:
        _refuse_relative(table, names)
        directory = ""
    roots = roots_of(directory)
    # Not in NFC: names are not compared with a listing, so they stay as written.
    paths = [make_relative(normalize(name), roots) if name else "" for name in names]
    blank = [row for row, path in enumerate(paths) if not path]
    if blank:
        advice = 'With missing_images="unchecked" every row must name a file.'
        raise ValueError(table.report(blank, lambda row: "no image is named", advice))
    outside = [r for r, p in enumerate(paths) if directory and ABSOLUTE.match(p)]
    if outside:
        advice = "Write the paths relative to `directory`, or pass directory=None."
        raise ValueError(
            table.report(
                outside,
                lambda row: f"{quote(names[row])} is not in {directory!r}",
                advice,
            )
        )
    foreign = [r for r, path in enumerate(paths) if is_undecodable(path, suffixes)]
    if foreign:
        raise ValueError(
            table.report(
                foreign,
                lambda row: (
                    f"{quote(names[row])} is a {split_suffix(names[row])[1]} file"
                ),
                CONVERT,
            )
        )
    distinct = {path: number for number, path in enumerate(dict.fromkeys(paths))}
    numbers = np.fromiter(map(distinct.__getitem__, paths), np.int64, len(paths))
    return LocatedImages(ImageFiles(directory, list(distinct)), numbers)


def list_absolute_paths(
    table: LabelTable, column: int, suffixes: Sequence[str]
) -> FileFinder:
    """Lists the folders of absolute paths.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        suffixes: Suffixes of the formats that can be decoded, in lower case.

    Returns:
        A `FileFinder` for all images in these folders.

    Raises:
        ValueError: If a name is not an absolute path.
    """
    names = table[column]
    _refuse_relative(table, names)
    paths = (normalize(name) for name in names if name)
    return FileFinder(list_folders_of(paths, suffixes))


def _refuse_relative(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses relative paths if there is no `directory`."""
    relative = [
        row
        for row, name in enumerate(names)
        if name and not ABSOLUTE.match(with_slashes(name))
    ]
    if relative:
        advice = (
            "With directory=None, every image must be named by an absolute path. Pass "
            "the folder that contains the images as `directory`."
        )
        raise ValueError(
            table.report(
                relative,
                lambda row: f"{quote(names[row])} is not an absolute path",
                advice,
            )
        )


def _refuse_unreadable(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses names that no file can have: a NUL would end a path early."""
    text = _joined(names)
    if "\0" not in text and text.isascii():
        return
    unreadable = [
        row
        for row, name in enumerate(names)
        if name and ("\0" in name or not (name.isascii() or _is_unicode(name)))
    ]
    if unreadable:
        advice = (
            "Correct the names. A file with such a name must be renamed, with valid "
            "Unicode characters."
        )
        raise ValueError(
            table.report(
                unreadable,
                lambda row: f"{quote(names[row])} cannot be the name of a file",
                advice,
            )
        )


def _joined(names: NDArray[np.object_]) -> str:
    """Joins all names: one long text is searched much faster than many short ones."""
    return "\n".join(filter(None, names))


def _is_unicode(name: str) -> bool:
    # Python reads file names in another encoding as lone surrogates.
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_parent_folders(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses names that could lead out of `directory`."""
    if ".." not in _joined(names):
        return
    leaving = [
        row
        for row, name in enumerate(names)
        if name is not None and ".." in name and ".." in with_slashes(name).split("/")
    ]
    if leaving:
        advice = "Write the paths relative to `directory`, without '..'."
        raise ValueError(
            table.report(
                leaving, lambda row: f"{quote(names[row])} contains a '..'", advice
            )
        )
