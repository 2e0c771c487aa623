"""Finds the image file that each name in a column refers to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files.convention import (
    END_OF_PATH,
    FLATTENED,
    WHOLE_PATH,
    Convention,
)
from keras_csv_dataset._files.index import NO_FILE, Index, Names
from keras_csv_dataset._files.listing import ImageFiles
from keras_csv_dataset._files.names import (
    is_normal,
    is_undecodable,
    loosely,
    make_relative,
    nfc,
    normalize,
    roots_of,
    split_suffix,
)

# Several names with different folders fit the same file.
SEVERAL_NAMES = -3


@dataclass(frozen=True)
class LocatedImages:
    """The file that each name refers to.

    Attributes:
        files: The files.
        numbers: int64 `(names,)`, positions in `files.paths`; `NO_FILE` for none,
            `SEVERAL_FILES` for a name that fits more than one, and `SEVERAL_NAMES` for
            one of several names that fit one file, but include different folders.
        convention: Which folders the names include.
    """

    files: ImageFiles
    numbers: NDArray[np.int64]
    convention: Convention = WHOLE_PATH

    def count_unnamed(self) -> int:
        """Number of files that no row names."""
        named = np.zeros(len(self.files.paths), bool)
        named[self.numbers[self.numbers != NO_FILE]] = True
        return int((~named).sum())


class FileFinder:
    """Finds files by name.

    One `Convention` applies to all names in a column: the strictest under which any
    of them finds a file. A name that finds no file under it is missing. Files that
    cannot be decoded count as files, too.

    Args:
        files: The files.
    """

    def __init__(self, files: ImageFiles) -> None:
        self.files = files
        self._roots = roots_of(files.directory)
        self._decodable = _Files(files.paths)
        self._undecodable = _Files(files.undecodable)

    def find(self, names: Names) -> LocatedImages:
        """Finds the file that each name in a column refers to.

        Args:
            names: The names; `None` for a blank one.

        Returns:
            A `LocatedImages`.
        """
        # Nearly always, every name is the path of a file exactly as written.
        numbers = self._decodable.by_path.find_as_written(names)
        if (numbers != NO_FILE).all():
            return LocatedImages(self.files, numbers)
        for convention, column in self._conventions(names):
            found = self._look_up(column, convention)
            if found.any():
                return LocatedImages(self.files, found.numbers, convention)
        return LocatedImages(self.files, np.full(len(names), NO_FILE))

    def count(self, names: Sequence[str]) -> int:
        """The largest number of names that find a file under one convention."""
        return max(
            int(self._look_up(column, convention).rows().size)
            for convention, column in self._conventions(names)
        )

    def count_loosely(self, names: Sequence[str]) -> int:
        """Number of names that could be those of files.

        They fit a file except for folder, suffix, case or zeros, or have the suffix of
        a format that cannot be decoded here.
        """
        return sum(
            is_undecodable(name, self.files.suffixes)
            or loosely(name) in self._by_loose_name
            for name in names
        )

    def other_conventions(
        self, names: Names, convention: Convention
    ) -> list[tuple[Convention, int]]:
        """The conventions under which missing names would be found, and how many."""
        counts = [
            (other, int((self._look_up(column, other).numbers >= 0).sum()))
            for other, column in self._conventions(names)
            if other != convention
        ]
        return [(other, count) for other, count in counts if count]

    def fits(self, name: str, convention: Convention) -> list[str]:
        """Paths of all files that a name fits equally well."""
        key = self._key(name, convention)
        return self._decodable.all(key, convention)

    def undecodable_file(self, name: str, convention: Convention) -> str | None:
        """Path of the file that a name refers to, if it cannot be decoded here."""
        key = self._key(name, convention)
        return next(iter(self._undecodable.all(key, convention)), None)

    def near_miss(self, name: str, convention: Convention) -> str | None:
        """Path of a file with nearly that name, in the folder that the name gives."""
        key = self._key(name, convention)
        folder = key.rpartition("/")[0]
        for path in self._by_loose_name.get(loosely(name), ()):
            there = path.rpartition("/")[0]
            ends = f"/{there}".endswith(f"/{folder}") or not folder
            if there == folder or (ends and convention in (END_OF_PATH, FLATTENED)):
                return path
        return None

    def unlisted_folder(self, name: str) -> str | None:
        """The folder that a name begins with, if its files are not listed."""
        name = self._spelled([name]).names[0]
        return self._unlisted.above(name)

    def unreadable_folder(self, name: str) -> str | None:
        """The folder that a name begins with, if it cannot be read."""
        folder = self.unlisted_folder(name)
        return folder if folder in self.files.unreadable else None

    @cached_property
    def _by_loose_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = {}
        for path in self.files.paths:
            by_name.setdefault(loosely(path), []).append(path)
        return by_name

    @cached_property
    def _unlisted(self) -> "_FolderSet":
        files = self.files
        return _FolderSet({*files.links, *files.hidden, *files.unreadable})

    @cached_property
    def _blank_ended(self) -> frozenset[str]:
        """Names of files and folders that begin or end with a blank."""
        text = "\n".join(self.files.paths)
        if len(text.split()) == len(self.files.paths):
            return frozenset()
        parts = {
            part
            for path in self.files.paths
            for part in (*path.split("/"), split_suffix(path)[0].rpartition("/")[2])
        }
        return frozenset(part for part in parts if part != part.strip())

    @property
    def has_blank_ends(self) -> bool:
        """Whether the blanks at the ends of a name can tell two files apart."""
        return bool(self._blank_ended)

    def _stripped(self, name: str) -> str:
        for kept in (name, name.rstrip(), name.lstrip()):
            ends = {kept.partition("/")[0], kept.rpartition("/")[2]}
            if not self._blank_ended.isdisjoint(ends):
                return kept
        return name.strip()

    def _spelled(self, names: Names) -> "_Spelled":
        """Writes all names of a column with `/`, and relative to `directory`."""
        spelled = [name or "" for name in names]
        if self.has_blank_ends:
            spelled = list(map(self._stripped, spelled))
        text = "\n".join(["", *spelled, ""])
        # Nearly always, there is nothing to rewrite.
        if not is_normal(text):
            spelled = list(map(normalize, spelled))
        inside: list[int] = []
        if "\n/" in text or ":" in text or "\\" in text:
            relative = [make_relative(name, self._roots) for name in spelled]
            inside = [r for r, n in enumerate(relative) if n is not spelled[r]]
            spelled = relative
        if self.files.aliases:
            spelled = list(map(self._without_links, spelled))
        return _Spelled(spelled, inside)

    def _without_links(self, name: str) -> str:
        """Replaces a link to a folder by the path under which the folder is listed."""
        while (link := self._linked.above(name)) is not None:
            name = self.files.aliases[link] + name.removeprefix(link)
        return name

    @cached_property
    def _linked(self) -> "_FolderSet":
        return _FolderSet(self.files.aliases)

    def _key(self, name: str, convention: Convention) -> str:
        return convention.keys(self._spelled([name]).names)[0]

    def _conventions(self, names: Names) -> Iterator[tuple[Convention, list[str]]]:
        """The conventions, strictest first, with the names that each can apply to."""
        spelled = self._spelled(names)
        column = spelled.names
        yield WHOLE_PATH, column
        if not self.files.directory:
            return
        # These can only be meant as whole paths.
        for row in spelled.inside:
            column[row] = ""
        if any("/" in name for name in column):
            column = ["" if self._is_in_folder(name) else name for name in column]
        if self._unlisted:
            column = ["" if self._unlisted.above(name) else name for name in column]
        yield END_OF_PATH, column
        leading = self._leading_part(column)
        if leading is not None:
            yield Convention("from_above", leading), column
        yield FLATTENED, column

    def _is_in_folder(self, name: str) -> bool:
        """Whether a name gives a folder in `directory` that contains images."""
        folder = nfc(name.rpartition("/")[0])
        return bool(folder) and folder in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        """The folders that contain images."""
        paths = (*self.files.paths, *self.files.undecodable)
        return frozenset(nfc(path.rpartition("/")[0]) for path in paths)

    def _leading_part(self, names: Sequence[str]) -> str | None:
        """The shortest leading part that leaves a whole path, if it is the only one."""
        by_depth: dict[int, list[str]] = defaultdict(list)
        for name in names:
            by_depth[name.count("/")].append(name)
        longest = max(self._decodable.longest, self._undecodable.longest)
        lengths = {
            length
            for depth in by_depth
            for length in range(max(depth - longest, 1), depth + 1)
        }
        for length in sorted(lengths):
            leading: set[str] = set()
            for depth, group in by_depth.items():
                if length <= depth <= length + longest:
                    leading |= self._leading_parts(group, length)
            if leading:
                return leading.pop() if len(leading) == 1 else None
        return None

    def _leading_parts(self, names: Sequence[str], length: int) -> set[str]:
        """The leading parts of a given length without which a name is a whole path."""
        shared = _shared_folders(names)
        if length < len(shared) and nfc(shared[length]) not in self._top_folders:
            return set()
        if length <= len(shared):
            begin = len("/".join(shared[:length])) + 1
            rests = [name[begin:] for name in names]
        else:
            rests = [name.split("/", length)[length] for name in names]
        found = self._look_up(rests, WHOLE_PATH).rows().tolist()
        return {nfc(names[row][: len(names[row]) - len(rests[row])]) for row in found}

    @cached_property
    def _top_folders(self) -> frozenset[str]:
        paths = (*self.files.paths, *self.files.undecodable)
        tops = {path.partition("/")[0] for path in paths}
        return frozenset({*tops, *map(nfc, tops)})

    def _look_up(self, names: Sequence[str], convention: Convention) -> "_Found":
        keys = names
        if convention not in (WHOLE_PATH, END_OF_PATH):
            keys = convention.keys(names)
        numbers = self._decodable.find(keys, convention)
        undecodable = np.full(len(keys), NO_FILE)
        if self.files.undecodable:
            rest = np.flatnonzero(numbers == NO_FILE)
            others = [keys[row] for row in rest.tolist()]
            undecodable[rest] = self._undecodable.find(others, convention)
        if convention in (END_OF_PATH, FLATTENED):
            _refuse_other_folders(names, numbers)
        return _Found(numbers, undecodable)


@dataclass(frozen=True)
class _Spelled:
    """The names in a column, written as paths.

    Attributes:
        names: The names; empty for a blank one.
        inside: The rows whose name is an absolute path inside `directory`.
    """

    names: list[str]
    inside: list[int]


@dataclass(frozen=True)
class _Found:
    """Numbers of the files that names refer to, by whether they can be decoded."""

    numbers: NDArray[np.int64]
    undecodable: NDArray[np.int64]

    def rows(self) -> NDArray[np.int64]:
        """The rows that find any file."""
        found = (self.numbers != NO_FILE) | (self.undecodable != NO_FILE)
        return np.flatnonzero(found)

    def any(self) -> bool:
        """Whether any name finds a file."""
        return bool(self.rows().size)


class _Files:
    """Finds files by their whole path, or by its end."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._by_end: dict[int, Index] = {}

    @cached_property
    def by_path(self) -> Index:
        """Index of the whole paths."""
        return Index(self._paths, range(len(self._paths)))

    @cached_property
    def longest(self) -> int:
        """Number of folders in the path that has the most."""
        return max((path.count("/") for path in self._paths), default=0)

    def find(self, keys: Sequence[str], convention: Convention) -> NDArray[np.int64]:
        """Number of the file that each key refers to under a convention."""
        if convention.kind in ("whole_path", "from_above"):
            return self.by_path.find(keys)
        numbers = np.full(len(keys), NO_FILE)
        depths = np.fromiter((key.count("/") for key in keys), np.int64, len(keys))
        for depth in np.unique(depths[depths <= self.longest]).tolist():
            rows = np.flatnonzero(depths == depth)
            numbers[rows] = self._index_of_ends(depth).find(
                [keys[row] for row in rows.tolist()]
            )
        return numbers

    def all(self, key: str, convention: Convention) -> list[str]:
        """Paths of all files that a key fits equally well."""
        index = self.by_path
        if convention in (END_OF_PATH, FLATTENED):
            index = self._index_of_ends(key.count("/"))
        return [self._paths[number] for number in index.all(key)]

    def _index_of_ends(self, depth: int) -> Index:
        """Index of the last `depth` folders of each path, with the file."""
        if depth not in self._by_end:
            numbers: Sequence[int] = range(len(self._paths))
            if depth:
                numbers = [n for n in numbers if self._paths[n].count("/") >= depth]
            self._by_end[depth] = Index(
                [_end(self._paths[number], depth) for number in numbers], numbers
            )
        return self._by_end[depth]


def _end(path: str, depth: int) -> str:
    """The last `depth` folders of a path, with the file."""
    begin = len(path)
    for _ in range(depth + 1):
        begin = path.rfind("/", 0, begin)
    return path[begin + 1 :]


def _refuse_other_folders(names: Sequence[str], numbers: NDArray[np.int64]) -> None:
    """Refuses names that fit the same file but include different folders.

    If `1.png` and `patient2/1.png` lead to one file, one of the two files is missing.
    """
    rows = np.flatnonzero(numbers >= 0)
    if len(np.unique(numbers[rows])) == len(rows):
        return
    folder_of: dict[int, str] = {}
    differ = {
        number
        for row, number in zip(rows.tolist(), numbers[rows].tolist(), strict=True)
        for folder in [nfc(names[row].rpartition("/")[0])]
        if folder_of.setdefault(number, folder) != folder
    }
    numbers[np.isin(numbers, list(differ))] = SEVERAL_NAMES


def _shared_folders(names: Sequence[str]) -> list[str]:
    """The folders with which all names begin."""
    ends = zip(min(names).split("/")[:-1], max(names).split("/")[:-1], strict=False)
    return [part for part, _ in takewhile(lambda both: both[0] == both[1], ends)]


class _FolderSet:
    """A set of folders, to find the one that a name begins with."""

    def __init__(self, folders: Collection[str]) -> None:
        self._folders = folders
        self._deepest = max((folder.count("/") for folder in folders), default=0)

    def __bool__(self) -> bool:
        return bool(self._folders)

    def above(self, name: str) -> str | None:
        """The first of the folders that a name begins with."""
        folder = ""
        for part in name.split("/", self._deepest)[:-1]:
            folder += f"{part}/"
            if folder in self._folders:
                return folder
        return None
