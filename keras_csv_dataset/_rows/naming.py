"""From the names in a column to image files, and the names that are refused."""

import errno
import os
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import (
    ABSOLUTE,
    END_OF_PATH,
    IMAGE_SUFFIXES,
    NO_FILE,
    SEVERAL_FILES,
    SEVERAL_NAMES,
    WHOLE_PATH,
    Decodable,
    FileFinder,
    ImageFiles,
    LocatedImages,
    is_address,
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
# Rows whose names are looked up outside `directory`.
_MOST_LOOKED_UP = 100


def find_files(table: LabelTable, column: int, finder: FileFinder) -> LocatedImages:
    """Finds the file that each row names.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        finder: Finds a file by its name.

    Returns:
        A `LocatedImages`.

    Raises:
        ValueError: If a name fits several files, contains a `..`, or is the path of a
            file that is not in `directory`.
    """
    names = _names_as_written(table, column) if finder.has_blank_ends else table[column]
    _refuse_unreadable(table, names)
    _refuse_parent_folders(table, names)
    located = finder.find(names)
    _refuse_several_files(table, names, finder, located)
    _refuse_several_names(table, names, finder, located)
    _refuse_files_elsewhere(table, names, located)
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
    def describe(row: int) -> str:
        files = finder.fits(names[row], located.convention)
        shown = ", ".join(map(quote, sorted(files)[:_EXAMPLES_SHOWN]))
        return f"{quote(names[row])} fits several files: {shown}"

    several = np.flatnonzero(located.numbers == SEVERAL_FILES)
    advice = "Write enough of the path in the CSV to tell them apart."
    _refuse(table, several, describe, advice)


def _refuse_several_names(
    table: LabelTable,
    names: NDArray[np.object_],
    finder: FileFinder,
    located: LocatedImages,
) -> None:
    first: dict[str, int] = {}

    def describe(row: int) -> str:
        file = finder.fits(names[row], located.convention)[0]
        other = first.setdefault(file, row)
        also = "" if other == row else f", and so does {quote(names[other])}"
        return f"{quote(names[row])} leads to {quote(file)}{also}"

    several = np.flatnonzero(located.numbers == SEVERAL_NAMES)
    advice = (
        f"{_names_are_matched(located)} Different names then lead to one file, so it "
        "is not certain which image each means. Write paths relative to `directory`."
    )
    _refuse(table, several, describe, advice)


def _refuse_files_elsewhere(
    table: LabelTable, names: NDArray[np.object_], located: LocatedImages
) -> None:
    """Refuses names of files that exist, but are not the ones found in `directory`.

    Only names of which something is dropped are looked up, and not all of them: each
    is a question to the file system.
    """
    files = located.files
    if located.convention in (WHOLE_PATH, END_OF_PATH) or is_address(files.directory):
        return
    found = np.flatnonzero(located.numbers >= 0)
    places = np.linspace(0, len(found) - 1, min(len(found), _MOST_LOOKED_UP))
    looked_up = found[places.astype(int)].tolist()
    paths = files.full_paths(located.numbers[looked_up])
    bases = {
        row: base
        for row, path in zip(looked_up, paths, strict=True)
        if (base := _base_elsewhere(names[row], path, files.directory)) is not None
    }

    def describe(row: int) -> str:
        base = bases[row]
        where = "" if base in ("", os.curdir) else f" in {quote(base)}"
        other = files.paths[located.numbers[row]]
        return (
            f"{quote(names[row])} is an image file{where}, but not in "
            f"{files.directory!r}, where it would be taken for {quote(other)}"
        )

    first = next(iter(bases.values()), "")
    passed = f"{quote(first)} as `directory`" if first else "directory=None"
    advice = (
        f"{_names_are_matched(located)} Pass {passed} to read the files that the names "
        f"give. If the files in {files.directory!r} are meant, write their paths from "
        "`directory` on."
    )
    _refuse(table, list(bases), describe, advice)


def _base_elsewhere(name: str, found: str, directory: str) -> str | None:
    """The folder from which a name leads to another file than the one found.

    Returns:
        The folder; empty for an absolute path, and `None` if there is no such file.
    """
    name = normalize(name)
    if is_address(name):
        return None
    bases = [""] if os.path.isabs(name) else [os.curdir, *_folders_above(directory)]
    files = [(base, file) for base in bases for file in _files_called(name, base)]
    if any(_is_same_file(file, found) for _, file in files):
        return None
    return files[0][0] if files else None


def _folders_above(directory: str) -> list[str]:
    """The folders that contain `directory`, from the inside to the outside."""
    here = os.path.abspath(directory)
    above = []
    while (parent := os.path.dirname(here)) != here:
        above.append(parent)
        here = parent
    return above


def _files_called(name: str, base: str) -> list[str]:
    """The image files that a name leads to from a folder, by any of its spellings."""
    stem, suffix = split_suffix(os.path.join(base, name))
    suffixes = [suffix] if suffix else IMAGE_SUFFIXES
    spelled = {
        s for suffix in suffixes for s in (suffix, suffix.lower(), suffix.upper())
    }
    return [file for suffix in sorted(spelled) if os.path.isfile(file := stem + suffix)]


def _is_same_file(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False  # one was deleted in the meantime


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
    _refuse(table, missing, describe, advice)


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
    _refuse(
        table,
        unreadable,
        lambda row: (
            f"{quote(names[row])} is {quote(paths[located.numbers[row]])}, a path that "
            "is not valid Unicode"
        ),
        "Rename these folders and files.",
    )


def _names_are_matched(located: LocatedImages) -> str:
    return f"The names of this column are matched {located.convention.phrase}."


def join_unchecked(
    table: LabelTable, column: int, directory: str | None, formats: Decodable
) -> LocatedImages:
    """Takes every name as an exact path in `directory`, without listing the folder.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        directory: The folder; `None` if the names are absolute paths.
        formats: The formats that can be decoded.

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
    _refuse(
        table,
        blank,
        lambda row: "no image is named",
        'With missing_images="unchecked" every row must name a file.',
    )
    outside = [r for r, p in enumerate(paths) if directory and ABSOLUTE.match(p)]
    _refuse(
        table,
        outside,
        lambda row: f"{quote(names[row])} is not in {directory!r}",
        "Write the paths relative to `directory`, or pass directory=None.",
    )
    known = formats.suffixes
    foreign = [r for r, path in enumerate(paths) if is_undecodable(path, known)]
    _refuse(
        table,
        foreign,
        lambda row: f"{quote(names[row])} is a {split_suffix(names[row])[1]} file",
        formats.advise({split_suffix(paths[row])[1].lower() for row in foreign}),
    )
    distinct = {path: number for number, path in enumerate(dict.fromkeys(paths))}
    numbers = np.fromiter(map(distinct.__getitem__, paths), np.int64, len(paths))
    return LocatedImages(ImageFiles(directory, list(distinct)), numbers)


def list_absolute_paths(
    table: LabelTable, column: int, formats: Decodable
) -> FileFinder:
    """Lists the folders of absolute paths.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        formats: The formats that can be decoded.

    Returns:
        A `FileFinder` for all images in these folders.

    Raises:
        ValueError: If a name is not an absolute path.
    """
    names = table[column]
    _refuse_relative(table, names)
    paths = (normalize(name) for name in names if name)
    return FileFinder(list_folders_of(paths, formats))


def _refuse_relative(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses relative paths if there is no `directory`."""
    relative = [
        row
        for row, name in enumerate(names)
        if name and not ABSOLUTE.match(with_slashes(name))
    ]
    _refuse(
        table,
        relative,
        lambda row: f"{quote(names[row])} is not an absolute path",
        "With directory=None, every image must be named by an absolute path. Pass the "
        "folder that contains the images as `directory`.",
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
    _refuse(
        table,
        unreadable,
        lambda row: f"{quote(names[row])} cannot be the name of a file",
        "Correct the names. A file with such a name must be renamed, with valid "
        "Unicode characters.",
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
    _refuse(
        table,
        leaving,
        lambda row: f"{quote(names[row])} contains a '..'",
        "Write the paths relative to `directory`, without '..'.",
    )


def _refuse(
    table: LabelTable,
    rows: Sequence[int] | NDArray[np.int64],
    describe: Callable[[int], str],
    advice: str,
) -> None:
    """Refuses rows, if there are any, with an error that names them."""
    if len(rows):
        raise ValueError(table.report(rows, describe, advice))
