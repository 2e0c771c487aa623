"""Finds the image file that each name in a column refers to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files.convention import (
    END_OF_PATH,
    FLATTENED,
    WHOLE_PATH,
    Convention,
)
from keras_csv_dataset._files.folders import Folders, FolderSet, fold_folder
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

# Names so few that a search in the text of all paths is faster than an index of them.
_FEW = 5
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
        finder: Found the files; `None` if no file is missing, to release its memory.
    """

    files: ImageFiles
    numbers: NDArray[np.int64]
    convention: Convention = WHOLE_PATH
    finder: "FileFinder | None" = None


class FileFinder:
    """Finds files by name.

    One `Convention` applies to all names in a column: the strictest under which any
    of them finds a file. A name that finds no file under it is missing. A folder of
    `directory` in which a name ends is never dropped: only a file in that folder can be
    meant. Files that cannot be decoded count as files, too.

    Args:
        files: The files.
    """

    def __init__(self, files: ImageFiles) -> None:
        self.files = files
        self._roots = roots_of(files.directory)
        self._decodable = _Files(files.paths)
        self._undecodable = _Files(files.undecodable)
        self._near_by_depth: dict[int | None, dict[str, str]] = {}

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
        for column in self._columns(names):
            found = self._look_up(column)
            if found.any():
                return LocatedImages(self.files, found.numbers, column.convention)
        return LocatedImages(self.files, np.full(len(names), NO_FILE))

    def count(self, names: Sequence[str]) -> int:
        """The largest number of names that find a file under one convention."""
        most = 0
        for column in self._columns(names):
            most = max(most, int(self._look_up(column).rows().size))
            if most == len(names):
                break  # spares the index of the ends of paths
        return most

    def count_loosely(self, names: Sequence[str]) -> int:
        """Number of names that could be those of files.

        They fit a file except for folder, suffix, case or zeros, or have the suffix of
        a format that cannot be decoded here.
        """
        return sum(
            is_undecodable(name, self.files.formats.suffixes)
            or loosely(name) in self._loose_names
            for name in names
        )

    def other_conventions(
        self, names: Names, convention: Convention
    ) -> list[tuple[Convention, int]]:
        """The conventions under which missing names would be found, and how many."""
        counts = [
            (column.convention, int((self._look_up(column).numbers >= 0).sum()))
            for column in self._columns(names)
            if column.convention != convention
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
        depth = key.count("/") if convention == END_OF_PATH else None
        return self._near(depth).get(_loosen(key))

    def namesake(self, name: str) -> str | None:
        """Path of a file with that name in any folder."""
        files = self._decodable.all(
            _end(self._spelled([name]).names[0], 0), END_OF_PATH
        )
        return next(iter(files), None)

    def unlisted_folder(self, name: str) -> str | None:
        """The folder that a name begins with, if its files are not listed."""
        name = self._spelled([name]).names[0]
        return self._unlisted.above(name)

    def unreadable_folder(self, name: str) -> str | None:
        """The folder that a name begins with, if it cannot be read."""
        folder = self.unlisted_folder(name)
        return folder if folder in self.files.unreadable else None

    @cached_property
    def _loose_names(self) -> frozenset[str]:
        return frozenset(map(loosely, self.files.paths))

    def _near(self, depth: int | None) -> dict[str, str]:
        """The files by their loosened path, or by the last `depth` folders of it."""
        if depth not in self._near_by_depth:
            paths: Sequence[str] = self.files.paths
            ends = paths
            if depth is not None:
                paths = [path for path in paths if path.count("/") >= depth]
                ends = [_end(path, depth) for path in paths]
            near = self._near_by_depth[depth] = {}
            for end, path in zip(ends, paths, strict=True):
                near.setdefault(_loosen(end), path)
        return self._near_by_depth[depth]

    @cached_property
    def _unlisted(self) -> FolderSet:
        files = self.files
        return FolderSet({*files.links, *files.hidden, *files.unreadable})

    @cached_property
    def _folders(self) -> Folders:
        """The folders in `directory`."""
        files = self.files
        listed = {
            *(path.rpartition("/")[0] for path in (*files.paths, *files.undecodable)),
            *(folder[:-1] for folder in files.without_images),
        }
        unlisted = (*files.links, *files.hidden, *files.unreadable, *files.aliases)
        return Folders(listed, unlisted)

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
    def _linked(self) -> FolderSet:
        return FolderSet(self.files.aliases)

    def _key(self, name: str, convention: Convention) -> str:
        """The part of a name that is matched."""
        name = self._spelled([name]).names[0]
        if convention in (WHOLE_PATH, END_OF_PATH):
            return name
        return name[self._folders.start(name) :]

    def _columns(self, names: Names) -> Iterator["_Column"]:
        """The conventions, strictest first, with the keys of names that fit them."""
        spelled = self._spelled(names)
        names = spelled.names
        yield _Column(WHOLE_PATH, names, names)
        if not self.files.directory:
            return
        # These can only be meant as whole paths.
        for row in spelled.inside:
            names[row] = ""
        if not any("/" in name for name in names):
            yield _Column(END_OF_PATH, names, names)
            return
        starts = list(map(self._folders.start, names))
        both = list(zip(names, starts, strict=True))
        ends = [name if start or "/" not in name else "" for name, start in both]
        yield _Column(END_OF_PATH, names, ends)
        dropped = [name[:start] for name, start in both]
        rests = [name[start:] if start else "" for name, start in both]
        found = self._look_up(_Column(WHOLE_PATH, rests, rests)).rows().tolist()
        leading = _leading_parts((dropped[row], rests[row]) for row in found)
        if leading:
            parts = set(leading)
            keys = [
                rest if nfc(part) in parts else ""
                for part, rest in zip(dropped, rests, strict=True)
            ]
            yield _Column(Convention("from_above", leading), names, keys)
        keys = ["" if "/" in rest else rest for rest in rests]
        yield _Column(FLATTENED, names, keys)

    def _look_up(self, column: "_Column") -> "_Found":
        keys, convention = column.keys, column.convention
        numbers = self._decodable.find(keys, convention)
        undecodable = np.full(len(keys), NO_FILE)
        if self.files.undecodable:
            rest = np.flatnonzero(numbers == NO_FILE)
            others = [keys[row] for row in rest.tolist()]
            undecodable[rest] = self._undecodable.find(others, convention)
        if convention in (END_OF_PATH, FLATTENED) or len(convention.leading) > 1:
            _refuse_other_folders(column.names, numbers)
        return _Found(numbers, undecodable)


@dataclass(frozen=True)
class _Column:
    """The names in a column under one convention.

    Attributes:
        convention: Which folders the names include.
        names: The names.
        keys: The part of each name that is matched; empty if the convention does not
            fit the name.
    """

    convention: Convention
    names: list[str]
    keys: list[str]


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
        return Index(self._paths, np.arange(len(self._paths)))

    @cached_property
    def _depths(self) -> NDArray[np.int64]:
        return _depths(self._paths)

    def find(self, keys: Sequence[str], convention: Convention) -> NDArray[np.int64]:
        """Number of the file that each key refers to under a convention."""
        numbers = np.full(len(keys), NO_FILE)
        if len(keys) <= _FEW and not any(map(self._may_exist, keys)):
            return numbers
        if convention != END_OF_PATH:
            return self.by_path.find(keys)
        depths = _depths(keys)
        deepest = self._depths.max(initial=0)
        for depth in np.unique(depths[depths <= deepest]).tolist():
            rows = np.flatnonzero(depths == depth)
            numbers[rows] = self._index_of_ends(depth).find(
                [keys[row] for row in rows.tolist()]
            )
        return numbers

    def _may_exist(self, name: str) -> bool:
        """Whether a file can have a name, be it in another folder."""
        stem = split_suffix(nfc(name).rpartition("/")[2])[0]
        return f"/{stem}." in self._text or not self._text.isascii()

    @cached_property
    def _text(self) -> str:
        return "\n/".join(["", *self._paths])

    def all(self, key: str, convention: Convention) -> list[str]:
        """Paths of all files that a key fits equally well."""
        index = self.by_path
        if convention == END_OF_PATH:
            index = self._index_of_ends(key.count("/"))
        return [self._paths[number] for number in index.all(key)]

    def _index_of_ends(self, depth: int) -> Index:
        """Index of the last `depth` folders of each path, with the file."""
        if depth not in self._by_end:
            numbers = np.flatnonzero(self._depths >= depth)
            ends = [_end(self._paths[number], depth) for number in numbers.tolist()]
            self._by_end[depth] = Index(ends, numbers)
        return self._by_end[depth]


def _depths(paths: Sequence[str]) -> NDArray[np.int64]:
    """The number of folders in each path."""
    return np.fromiter((path.count("/") for path in paths), np.int64, len(paths))


def _end(path: str, depth: int) -> str:
    """The last `depth` folders of a path, with the file."""
    return "/".join(path.rsplit("/", depth + 1)[-depth - 1 :])


def _refuse_other_folders(names: Sequence[str], numbers: NDArray[np.int64]) -> None:
    """Refuses names that fit the same file but include different folders.

    If `1.png` and `patient2/1.png` lead to one file, one of the two files is missing.
    """
    rows = np.flatnonzero(numbers >= 0)
    if np.bincount(numbers[rows]).max(initial=0) <= 1:
        return
    folder_of: dict[int, str] = {}
    differ = {
        number
        for row, number in zip(rows.tolist(), numbers[rows].tolist(), strict=True)
        for folder in [nfc(names[row].rpartition("/")[0])]
        if folder_of.setdefault(number, folder) != folder
    }
    numbers[np.isin(numbers, list(differ))] = SEVERAL_NAMES


def _leading_parts(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The shortest leading parts without which names are whole paths.

    Args:
        found: What is dropped from each name that finds a file, and the rest of it.
    """
    both = list(found)
    # A rest with a folder is evidence. One without may be a file of the same name.
    in_folders = {part for part, rest in both if "/" in rest}
    parts = {nfc(part) for part in in_folders or {part for part, _ in both}}
    if not parts or (len(parts) > 1 and not in_folders):
        return ()
    shortest = min(part.count("/") for part in parts)
    return tuple(sorted(part for part in parts if part.count("/") == shortest))


def _loosen(path: str) -> str:
    """Reduces the folder and the name of a path to what near misses share."""
    return f"{fold_folder(path.rpartition('/')[0])}/{loosely(path)}"
