"""Finds the image file that each row names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._file_system import folder_exists
from keras_csv_dataset._image_files import (
    CONVERT,
    ImageFiles,
    list_folders_of,
    split_suffix,
)
from keras_csv_dataset._image_names import (
    ABSOLUTE,
    collapse,
    fold_suffix,
    is_undecodable,
    loosely,
    make_relative,
    nfc,
    normalize,
    roots_of,
    with_slashes,
)
from keras_csv_dataset._label_table import LabelTable, quote
from keras_csv_dataset._refused_names import (
    refuse_parent_folders,
    refuse_relative,
    refuse_unreadable,
)

NO_FILE = -1
_SEVERAL_FILES = -2
_END_OF_PATH = "end of the path"
_EXAMPLES_SHOWN = 3
_Names = Sequence[str | None] | NDArray[np.object_]


@dataclass(frozen=True)
class LocatedImages:
    """Which file each row names.

    Attributes:
        files: The files.
        numbers: int64 `(rows,)`, positions in `files.paths`; `NO_FILE` for none.
        rows_by_rule: How many rows each rule found a file for.
    """

    files: ImageFiles
    numbers: NDArray[np.int64]
    rows_by_rule: Mapping[str, int]

    def count_unnamed(self) -> int:
        """How many of the files no row names."""
        named = np.zeros(len(self.files.paths), bool)
        named[self.numbers[self.numbers != NO_FILE]] = True
        return int((~named).sum())


def find_files(table: LabelTable, column: int, finder: "FileFinder") -> LocatedImages:
    """Finds the file that each row names, by the first rule that fits.

    1. The name is a file's path, relative to `directory` or absolute inside it.
    2. It is one but for the suffix: `0a1b` for `0a1b.jpg`, `a.JPG` for `a.jpg`.
    3. It is the end of a file's path, or a file's path is the end of it, with or
       without the suffix: `a.png` or `/data/train/a.png` for `train/a.png`.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        finder: Knows the files.

    Returns:
        A `LocatedImages`.

    Raises:
        ValueError: If a name fits several files by one rule, or holds a `..`.
    """
    names = table[column]
    refuse_unreadable(table, names)
    refuse_parent_folders(table, names)
    located = finder.find(names)
    several = np.flatnonzero(located.numbers == _SEVERAL_FILES)
    if several.size:
        raise ValueError(
            table.report(
                several,
                lambda row: (
                    f"{quote(names[row])} fits several files: "
                    + ", ".join(map(repr, finder.fits(names[row])[:_EXAMPLES_SHOWN]))
                ),
                "Write enough of the path in the CSV to tell them apart.",
            )
        )
    return located


def join_unchecked(
    table: LabelTable, column: int, directory: str | None, suffixes: Sequence[str]
) -> LocatedImages:
    """Takes every name for an exact path in `directory`, which is not listed.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        directory: The folder; `None` if the names are absolute paths.
        suffixes: Suffixes of the formats that can be decoded, in lower case.

    Returns:
        A `LocatedImages`.

    Raises:
        ValueError: If a name is blank or would leave `directory`.
    """
    names = table[column]
    refuse_unreadable(table, names)
    refuse_parent_folders(table, names)
    if directory is None:
        refuse_relative(table, names)
        directory = ""
    roots = roots_of(directory)
    # Not in NFC: what is not listed is taken as it is written.
    paths = [
        make_relative(collapse(with_slashes(name)), roots) if name else ""
        for name in names
    ]
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
    return LocatedImages(ImageFiles(directory, list(distinct)), numbers, {})


def list_absolute_paths(
    table: LabelTable, column: int, suffixes: Sequence[str]
) -> "FileFinder":
    """Lists the folders in which absolute paths lie.

    Args:
        table: The rows.
        column: Position of the column that names the files.
        suffixes: Suffixes of the formats that can be decoded, in lower case.

    Returns:
        A `FileFinder` that knows every image in these folders.

    Raises:
        ValueError: If a name is not an absolute path.
    """
    names = table[column]
    refuse_relative(table, names)
    paths = (collapse(with_slashes(name)) for name in names if name)
    return FileFinder(list_folders_of(paths, suffixes))


class FileFinder:
    """The rules by which a name finds its file."""

    def __init__(self, files: ImageFiles) -> None:
        self.files = files
        self._roots = roots_of(files.directory)
        self._tails: dict[tuple[int, bool], _Index] = {}

    def count_undecodable(self, names: Sequence[str]) -> int:
        """How many names mean an image in a format that cannot be decoded here."""
        files = self.files
        undecodable = FileFinder(ImageFiles(files.directory, files.undecodable))
        found = undecodable.find(names).numbers != NO_FILE
        return sum(
            bool(hit) or is_undecodable(name, files.suffixes)
            for name, hit in zip(names, found, strict=True)
        )

    @property
    def num_rules(self) -> int:
        """How many rules there are."""
        return len(self._rules)

    def find(self, names: _Names, num_rules: int | None = None) -> LocatedImages:
        """Finds the file of each name.

        Args:
            names: Stripped names; `None` for a blank.
            num_rules: How many of the rules to try; `None` for all.

        Returns:
            A `LocatedImages`.
        """
        # Most files write their paths out. Only the rest is worth more thought.
        numbers = self._by_path.numbers(names)
        rows_by_rule = {"path": int(np.count_nonzero(numbers >= 0))}
        # Where some names say which folder they mean, it counts for all.
        folders_count = any(
            "/" in names[row] for row in np.flatnonzero(numbers >= 0)[:1000]
        )
        rest: list[int] = np.flatnonzero(numbers == NO_FILE).tolist()
        by_end: dict[int, str] = {}
        wanted = [normalize(names[row] or "", self._roots) for row in rest]
        for rule, lookups in self._rules[:num_rules]:
            if not wanted:
                break
            found = _agreed(lookups(wanted))
            numbers[rest] = found
            if rule == _END_OF_PATH:
                by_end |= compress(zip(rest, wanted, strict=True), found >= 0)
            hits = int(np.count_nonzero(found >= 0))
            rows_by_rule[rule] = rows_by_rule.get(rule, 0) + hits
            still = found == NO_FILE
            rest = list(compress(rest, still))
            wanted = list(compress(wanted, still))
        doubtful = self._in_other_folders(by_end, numbers, folders_count)
        if doubtful:
            numbers[doubtful] = NO_FILE
            rows_by_rule[_END_OF_PATH] -= len(doubtful)
        return LocatedImages(self.files, numbers, rows_by_rule)

    def _in_other_folders(
        self, names: Mapping[int, str], numbers: NDArray[np.int64], folders_count: bool
    ) -> list[int]:
        """Rows that have found a file whose path is only the end of a name, in doubt.

        `patient2/1.png` is not the file `1.png`, where other rows name files in folders
        with success, nor where `patient1/1.png` would lead to the same file, nor where
        there is a folder `patient2`, whose files are not listed: it is hidden, or a
        link.
        """
        paths = self.files.paths
        longer = {
            row: paths[numbers[row]]
            for row, name in names.items()
            if name.count("/") > paths[numbers[row]].count("/")
        }
        names_of: dict[str, set[str]] = {}
        for row, path in longer.items():
            names_of.setdefault(path, set()).add(split_suffix(names[row])[0])
        folders = {
            row: names[row].rsplit("/", path.count("/") + 1)[0]
            for row, path in longer.items()
        }
        directory = self.files.directory
        unlisted = {
            folder
            for folder in set(folders.values())
            if directory
            and folder_exists(f"{directory}/{folder}")
            and not any(path.startswith(f"{folder}/") for path in paths)
        }
        return [
            row
            for row, path in longer.items()
            if len(names_of[path]) > 1
            or (folders_count and "/" not in path)
            or folders[row] in unlisted
        ]

    def count_loosely(self, names: Sequence[str]) -> int:
        """How many names are a file's but for folder, suffix, case and zeros."""
        return sum(self.near_miss(name) is not None for name in names)

    def near_miss(self, name: str) -> str | None:
        """Path of a file that is called nearly so."""
        return self._by_loose_name.get(loosely(name))

    @cached_property
    def _by_loose_name(self) -> dict[str, str]:
        return {loosely(path): path for path in self.files.paths}

    def fits(self, name: str) -> list[str]:
        """Paths of all files that a name fits by the first rule that fits any."""
        for _, lookups in self._rules:
            numbers = {
                number
                for index, keys in lookups([normalize(name, self._roots)])
                for number in index.all(keys[0])
            }
            if numbers:
                return [self.files.paths[number] for number in sorted(numbers)]
        return []

    @property
    def _rules(self) -> "list[tuple[str, Callable[[list[str]], list[_Lookup]]]]":
        end = _END_OF_PATH
        return [
            ("path", lambda names: [(self._by_path, names)]),
            ("path but for its suffix", self._but_for_suffix),
            (end, lambda names: self._ends(names, without_suffix=False)),
            (end, lambda names: self._ends(names, without_suffix=True)),
        ]

    def _but_for_suffix(self, names: list[str]) -> "list[_Lookup]":
        folded: list[str | None] = [fold_suffix(name) for name in names]
        return [
            (self._by_stem, names),
            (self._by_path, folded),
            (self._by_capital_suffix, folded),
        ]

    def _ends(self, names: list[str], without_suffix: bool) -> "list[_Lookup]":
        names = names if without_suffix else list(map(fold_suffix, names))
        whole = [self._by_stem]
        if not without_suffix:
            whole = [self._by_path, self._by_capital_suffix]
        depths = [name.count("/") + 1 for name in names]
        lookups: list[_Lookup] = []
        # No longer end than the longest path fits any.
        for depth in sorted(d for d in set(depths) if d <= self._longest):
            keys = [
                n if d == depth else None for n, d in zip(names, depths, strict=True)
            ]
            lookups.append((self._by_tail(depth, without_suffix), keys))
        ends: list[str] = names
        for _ in range(max(depths) - 1):
            ends = [end.partition("/")[2] for end in ends]
            lookups += [(index, [end or None for end in ends]) for index in whole]
        return lookups

    @cached_property
    def _longest(self) -> int:
        return max((path.count("/") for path in self.files.paths), default=0) + 1

    @cached_property
    def _by_path(self) -> "_Index":
        paths = self.files.paths
        # Nearly always, and then there is nothing to convert.
        is_ascii = all(map(str.isascii, paths))
        return _Index(paths if is_ascii else list(map(nfc, paths)), range(len(paths)))

    @cached_property
    def _by_stem(self) -> "_Index":
        return self._index(lambda path: nfc(split_suffix(path)[0]))

    @cached_property
    def _by_capital_suffix(self) -> "_Index":
        """Of the files whose suffix is not in lower case."""
        return self._index(
            lambda path: nfc(fold_suffix(path)),
            lambda path: not path.islower() and fold_suffix(path) != path,
        )

    def _by_tail(self, depth: int, without_suffix: bool) -> "_Index":
        """Index of the last `depth` names of each path."""

        def tail(path: str) -> str:
            path = split_suffix(path)[0] if without_suffix else fold_suffix(path)
            return nfc("/".join(path.rsplit("/", depth)[-depth:]))

        if (depth, without_suffix) not in self._tails:
            self._tails[depth, without_suffix] = self._index(tail)
        return self._tails[depth, without_suffix]

    def _index(
        self,
        key: Callable[[str], str],
        belongs: Callable[[str], bool] | None = None,
    ) -> "_Index":
        paths = self.files.paths
        if belongs is None:
            return _Index([key(path) for path in paths], range(len(paths)))
        numbers = [n for n, path in enumerate(paths) if belongs(path)]
        return _Index([key(paths[number]) for number in numbers], numbers)


class _Index:
    """Key -> number of the file that has it."""

    def __init__(self, keys: Sequence[str], files: Sequence[int]) -> None:
        self._numbers = dict(zip(keys, files, strict=True))
        self._shared: dict[str, list[int]] = {}
        if len(self._numbers) < len(keys):
            for key, number in zip(keys, files, strict=True):
                self._shared.setdefault(key, []).append(number)
            self._shared = {k: n for k, n in self._shared.items() if len(n) > 1}
            self._numbers.update(dict.fromkeys(self._shared, _SEVERAL_FILES))

    def numbers(self, keys: _Names) -> NDArray[np.int64]:
        """Number of the file that has each key, `NO_FILE`, or `_SEVERAL_FILES`."""
        found: Any = map(self._numbers.get, keys, repeat(NO_FILE))
        return np.fromiter(found, np.int64, len(keys))

    def all(self, key: str | None) -> list[int]:
        """Numbers of all files that have a key."""
        if key is None or key not in self._numbers:
            return []
        return self._shared.get(key, [self._numbers[key]])


# An index, and the key to look up in it for each name.
_Lookup = tuple[_Index, Sequence[str | None]]


def _agreed(lookups: list[_Lookup]) -> NDArray[np.int64]:
    """The file on which all lookups that find one agree."""
    agreed: NDArray[np.int64] | None = None
    for index, keys in lookups:
        found = index.numbers(keys)
        if agreed is None:
            agreed = found
            continue
        differ = (agreed != NO_FILE) & (found != NO_FILE) & (agreed != found)
        agreed = np.where(agreed == NO_FILE, found, agreed)
        agreed[differ] = _SEVERAL_FILES
    assert agreed is not None
    return agreed
