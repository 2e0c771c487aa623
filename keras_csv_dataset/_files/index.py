"""An index of files by path, or by the end of their path."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._files.names import nfc, split_suffix

NO_FILE = -1
SEVERAL_FILES = -2
Names = Sequence[str | None] | NDArray[np.object_]


class Index:
    """Finds files by a key: as written, or else with its suffix in another form.

    A key with an image suffix also finds the file whose suffix is in another case, and
    a key without one finds the file whatever its suffix. Keys are compared in Unicode's
    composed form, and exactly as written where two files differ only in Unicode form.

    Args:
        keys: Key of each file.
        numbers: Number of each file.
    """

    def __init__(self, keys: Sequence[str], numbers: NDArray[np.int64]) -> None:
        self._keys, self._numbers = keys, numbers

    def find(self, names: Names) -> NDArray[np.int64]:
        """Number of the file that each name fits, `NO_FILE`, or `SEVERAL_FILES`."""
        numbers = self._as_written.numbers(names)
        for lookup in (self._composed_lookup, self._suffix_lookup):
            rest = np.flatnonzero(numbers == NO_FILE)
            if not rest.size:
                break
            numbers[rest] = lookup([names[row] or "" for row in rest.tolist()])
        if self._composed is not self._as_written:
            # Files whose names are ASCII do not differ only in their Unicode form.
            rows = np.flatnonzero(numbers == SEVERAL_FILES).tolist()
            exact = {name: self._exact(name or "") for name in {names[r] for r in rows}}
            numbers[rows] = [exact[names[row]] for row in rows]
        return numbers

    def find_as_written(self, names: Names) -> NDArray[np.int64]:
        """The same for names that are keys exactly as written; `NO_FILE` for others."""
        return self._as_written.numbers(names)

    def all(self, name: str) -> list[int]:
        """Numbers of all files that a name fits equally well."""
        same_suffix = self._as_written.all(name) or self._composed.all(nfc(name))
        return same_suffix or sorted(
            number
            for suffix in self._suffixes
            for number in self._composed.all(nfc(_with_suffix(name, suffix)))
        )

    def _exact(self, name: str) -> int:
        """Of the files that a name fits, the one in the same Unicode form."""
        stem = split_suffix(name)[0]
        same = [n for n in self.all(name) if split_suffix(self._key_of[n])[0] == stem]
        return same[0] if len(same) == 1 else SEVERAL_FILES

    @cached_property
    def _key_of(self) -> dict[int, str]:
        return dict(zip(self._numbers.tolist(), self._keys, strict=True))

    def _composed_lookup(self, names: list[str]) -> NDArray[np.int64]:
        if self._composed is self._as_written and all(map(str.isascii, names)):
            return np.full(len(names), NO_FILE)
        return self._composed.numbers(list(map(nfc, names)))

    def _suffix_lookup(self, names: list[str]) -> NDArray[np.int64]:
        """Looks up names with the suffixes that the files have."""
        numbers = np.full(len(names), NO_FILE)
        # Nearly always, no other suffix can take the place of one that is written.
        only_forms = self._only_forms
        rows = np.array(
            [row for row, name in enumerate(names) if not name.endswith(only_forms)],
            np.int64,
        )
        for suffix in self._suffixes:
            keys = [nfc(_with_suffix(names[row], suffix)) for row in rows.tolist()]
            found = self._composed.numbers(keys)
            is_second = (found != NO_FILE) & (numbers[rows] != NO_FILE)
            found[is_second] = SEVERAL_FILES
            numbers[rows] = np.where(found == NO_FILE, numbers[rows], found)
        return numbers

    @cached_property
    def _suffixes(self) -> list[str]:
        """The suffixes of the files, as written."""
        return sorted({"." + key.rpartition(".")[2] for key in self._keys})

    @cached_property
    def _only_forms(self) -> tuple[str, ...]:
        """The suffixes that no other file has in another case."""
        forms = Counter(suffix.lower() for suffix in self._suffixes)
        return tuple(s for s in self._suffixes if forms[s.lower()] == 1)

    @cached_property
    def _as_written(self) -> "_Table":
        return _Table(self._keys, self._numbers)

    @cached_property
    def _composed(self) -> "_Table":
        # Nearly always true, and then there is nothing to convert.
        if all(map(str.isascii, self._keys)):
            return self._as_written
        return _Table(list(map(nfc, self._keys)), self._numbers)


def _with_suffix(name: str, suffix: str) -> str:
    """The name of a file with that suffix, if the name can mean one; else empty."""
    stem, own = split_suffix(name)
    return stem + suffix if own.lower() in ("", suffix.lower()) else ""


class _Table:
    """Maps keys to the numbers of the files that have them.

    Keys are looked up by their hashes, in arrays. A dictionary of the keys would take
    several times as long: it reads texts all over the memory.
    """

    def __init__(self, keys: Sequence[str], numbers: NDArray[np.int64]) -> None:
        hashes, texts = pd.Index(_hashes(keys)), np.asarray(keys, dtype=object)
        self._shared: dict[str, list[int]] = {}
        if not hashes.is_unique:
            is_shared = hashes.duplicated(keep=False)
            for key, number in zip(texts[is_shared], numbers[is_shared], strict=True):
                self._shared.setdefault(key, []).append(int(number))
            hashes, texts = hashes[~is_shared], texts[~is_shared]
            numbers = numbers[~is_shared]
        self._hashes = hashes
        # The place of what `get_indexer` does not find is -1.
        self._keys = np.array([*texts, None], dtype=object)
        self._numbers = np.append(numbers, NO_FILE)

    def numbers(self, keys: Names) -> NDArray[np.int64]:
        """Number of the file with each key, `NO_FILE`, or `SEVERAL_FILES`."""
        texts = np.asarray(keys, dtype=object)
        places = self._hashes.get_indexer(_hashes(keys))
        # Two texts can have the same hash.
        is_same = self._keys[places] == texts
        numbers = np.where(is_same, self._numbers[places], NO_FILE)
        if self._shared:
            rest = np.flatnonzero(numbers == NO_FILE)
            numbers[rest] = list(map(self._number_of_shared, texts[rest]))
        return numbers

    def all(self, key: str) -> list[int]:
        """Numbers of all files with a key."""
        if key in self._shared:
            return self._shared[key]
        number = int(self.numbers([key])[0])
        return [] if number == NO_FILE else [number]

    def _number_of_shared(self, key: str | None) -> int:
        numbers = self._shared.get(key or "", [NO_FILE])
        # Texts that only have the same hash are among them, too.
        return numbers[0] if len(numbers) == 1 else SEVERAL_FILES


def _hashes(texts: Names) -> NDArray[np.int64]:
    return np.fromiter(map(hash, texts), np.int64, len(texts))
