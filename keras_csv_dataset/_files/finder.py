"""Finds the image file that a name means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files.file_system import folder_exists
from keras_csv_dataset._files.listing import ImageFiles
from keras_csv_dataset._files.names import (
    fold_suffix,
    is_undecodable,
    loosely,
    nfc,
    normalize,
    roots_of,
    split_suffix,
)

NO_FILE = -1
SEVERAL_FILES = -2
_END_OF_PATH = "end_of_path"
_Names = Sequence[str | None] | NDArray[np.object_]


@dataclass(frozen=True)
class LocatedImages:
    """The file that each name means.

    Attributes:
        files: The files.
        numbers: int64 `(names,)`, positions in `files.paths`; `NO_FILE` for none, and
            `SEVERAL_FILES` for a name that fits more than one.
        rows_by_rule: Number of names for which each rule found a file.
    """

    files: ImageFiles
    numbers: NDArray[np.int64]
    rows_by_rule: Mapping[str, int]

    def count_unnamed(self) -> int:
        """Number of files that no row names."""
        named = np.zeros(len(self.files.paths), bool)
        named[self.numbers[self.numbers != NO_FILE]] = True
        return int((~named).sum())


class FileFinder:
    """Finds files by name, by the first rule that fits.

    1. The name is a file's path, relative to `directory` or absolute inside it.
    2. It is one except for the suffix: `0a1b` for `0a1b.jpg`, `a.JPG` for `a.jpg`.
    3. It is the end of a file's path, or a file's path is the end of it, with or
       without the suffix: `a.png` or `/data/train/a.png` for `train/a.png`.

    Args:
        files: The files.
    """

    def __init__(self, files: ImageFiles) -> None:
        self.files = files
        self._roots = roots_of(files.directory)
        self._tails: dict[tuple[int, bool], _Index] = {}

    def count_undecodable(self, names: Sequence[str]) -> int:
        """Number of names that mean an image in a format that is not decoded here."""
        files = self.files
        undecodable = FileFinder(ImageFiles(files.directory, files.undecodable))
        found = undecodable.find(names).numbers != NO_FILE
        return sum(
            bool(hit) or is_undecodable(name, files.suffixes)
            for name, hit in zip(names, found, strict=True)
        )

    @property
    def num_rules(self) -> int:
        """Number of rules."""
        return len(self._rules)

    def find(self, names: _Names, num_rules: int | None = None) -> LocatedImages:
        """Finds the file of each name.

        Args:
            names: Stripped names; `None` for a blank one.
            num_rules: Number of rules to try; `None` for all.

        Returns:
            A `LocatedImages`.
        """
        # Most CSVs contain whole paths. Only the other names need more work.
        numbers = self._by_path.numbers(names)
        rows_by_rule = {"path": int(np.count_nonzero(numbers >= 0))}
        # If some names give their folder, folders count for all names.
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
        """Rows with a file whose path is only the end of their name, if in doubt.

        `patient2/1.png` is not the file `1.png` if other rows find files in the folders
        that they name, if `patient1/1.png` would find the same file, or if there is a
        folder `patient2` whose files are not listed because it is hidden or a link.
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
        """Names that are a file's except for folder, suffix, case or zeros."""
        return sum(self.near_miss(name) is not None for name in names)

    def near_miss(self, name: str) -> str | None:
        """Path of a file with nearly that name."""
        return self._by_loose_name.get(loosely(name))

    @cached_property
    def _by_loose_name(self) -> dict[str, str]:
        return {loosely(path): path for path in self.files.paths}

    def fits(self, name: str) -> list[str]:
        """Paths of all files that a name fits, by the first rule that fits any."""
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
            ("path_without_suffix", self._but_for_suffix),
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
        # No name that is longer than the longest path is the end of a path.
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
        # Nearly always true, and then there is nothing to convert.
        is_ascii = all(map(str.isascii, paths))
        return _Index(paths if is_ascii else list(map(nfc, paths)), range(len(paths)))

    @cached_property
    def _by_stem(self) -> "_Index":
        return self._index(lambda path: nfc(split_suffix(path)[0]))

    @cached_property
    def _by_capital_suffix(self) -> "_Index":
        """Index of the files whose suffix is not in lower case."""
        return self._index(
            lambda path: nfc(fold_suffix(path)),
            lambda path: not path.islower() and fold_suffix(path) != path,
        )

    def _by_tail(self, depth: int, without_suffix: bool) -> "_Index":
        """Index of the last `depth` parts of each path."""

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
    """Maps keys to the numbers of the files that have them."""

    def __init__(self, keys: Sequence[str], files: Sequence[int]) -> None:
        self._numbers = dict(zip(keys, files, strict=True))
        self._shared: dict[str, list[int]] = {}
        if len(self._numbers) < len(keys):
            for key, number in zip(keys, files, strict=True):
                self._shared.setdefault(key, []).append(number)
            self._shared = {k: n for k, n in self._shared.items() if len(n) > 1}
            self._numbers.update(dict.fromkeys(self._shared, SEVERAL_FILES))

    def numbers(self, keys: _Names) -> NDArray[np.int64]:
        """Number of the file with each key, `NO_FILE`, or `SEVERAL_FILES`."""
        found: Any = map(self._numbers.get, keys, repeat(NO_FILE))
        return np.fromiter(found, np.int64, len(keys))

    def all(self, key: str | None) -> list[int]:
        """Numbers of all files with a key."""
        if key is None or key not in self._numbers:
            return []
        return self._shared.get(key, [self._numbers[key]])


# An index, and the key to look up for each name.
_Lookup = tuple[_Index, Sequence[str | None]]


def _agreed(lookups: list[_Lookup]) -> NDArray[np.int64]:
    """The file that all successful lookups agree on."""
    agreed: NDArray[np.int64] | None = None
    for index, keys in lookups:
        found = index.numbers(keys)
        if agreed is None:
            agreed = found
            continue
        differ = (agreed != NO_FILE) & (found != NO_FILE) & (agreed != found)
        agreed = np.where(agreed == NO_FILE, found, agreed)
        agreed[differ] = SEVERAL_FILES
    assert agreed is not None
    return agreed
