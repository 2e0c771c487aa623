"""An index of files by path, or by the end of their path."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files.names import (
    IMAGE_SUFFIXES,
    fold_suffix,
    nfc,
    split_suffix,
)

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

    def __init__(self, keys: Sequence[str], numbers: Sequence[int]) -> None:
        self._keys, self._numbers = keys, numbers

    def find(self, names: Names) -> NDArray[np.int64]:
        """Number of the file that each name fits, `NO_FILE`, or `SEVERAL_FILES`."""
        numbers = self._as_written.numbers(names)
        for lookup in (self._composed_lookup, self._stem_lookup, self._case_lookup):
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
        folded = nfc(fold_suffix(name))
        for found in (
            self._as_written.all(name),
            self._composed.all(nfc(name)),
            self._by_stem.all(nfc(name)),
            sorted({*self._composed.all(folded), *self._by_capital.all(folded)}),
        ):
            if found:
                return found
        return []

    def _exact(self, name: str) -> int:
        """Of the files that a name fits, the one in the same Unicode form."""
        stem = split_suffix(name)[0]
        same = [n for n in self.all(name) if split_suffix(self._key_of[n])[0] == stem]
        return same[0] if len(same) == 1 else SEVERAL_FILES

    @cached_property
    def _key_of(self) -> dict[int, str]:
        return dict(zip(self._numbers, self._keys, strict=True))

    def _composed_lookup(self, names: list[str]) -> NDArray[np.int64]:
        if self._composed is self._as_written and all(map(str.isascii, names)):
            return np.full(len(names), NO_FILE)
        return self._composed.numbers(list(map(nfc, names)))

    def _stem_lookup(self, names: list[str]) -> NDArray[np.int64]:
        return self._by_stem.numbers(list(map(nfc, names)))

    def _case_lookup(self, names: list[str]) -> NDArray[np.int64]:
        folded = [nfc(fold_suffix(name)) for name in names]
        lower, capital = (
            self._composed.numbers(folded),
            self._by_capital.numbers(folded),
        )
        both = (lower != NO_FILE) & (capital != NO_FILE)
        found = np.where(lower == NO_FILE, capital, lower)
        found[both] = SEVERAL_FILES
        return found

    @cached_property
    def _as_written(self) -> "_Table":
        return _Table(self._keys, self._numbers)

    @cached_property
    def _composed(self) -> "_Table":
        # Nearly always true, and then there is nothing to convert.
        if all(map(str.isascii, self._keys)):
            return self._as_written
        return _Table(list(map(nfc, self._keys)), self._numbers)

    @cached_property
    def _by_stem(self) -> "_Table":
        stems = [nfc(split_suffix(key)[0]) for key in self._keys]
        table = _Table(stems, self._numbers)
        # `a.jpg` does not refer to `a.jpg.png`, but to another file, which is missing.
        table.drop(stem for stem in stems if "." in stem and split_suffix(stem)[1])
        return table

    @cached_property
    def _by_capital(self) -> "_Table":
        """The files whose suffix is not in lower case."""
        capital = [
            (nfc(fold_suffix(key)), number)
            for key, number in zip(self._keys, self._numbers, strict=True)
            if not key.endswith(IMAGE_SUFFIXES)
        ]
        return _Table([key for key, _ in capital], [number for _, number in capital])


class _Table:
    """Maps keys to the numbers of the files that have them."""

    def __init__(self, keys: Sequence[str], numbers: Sequence[int]) -> None:
        self._numbers = dict(zip(keys, numbers, strict=True))
        self._shared: dict[str, list[int]] = {}
        if len(self._numbers) < len(keys):
            for key, number in zip(keys, numbers, strict=True):
                self._shared.setdefault(key, []).append(number)
            self._shared = {k: n for k, n in self._shared.items() if len(n) > 1}
            self._numbers.update(dict.fromkeys(self._shared, SEVERAL_FILES))

    def drop(self, keys: Iterator[str]) -> None:
        """Removes keys."""
        for key in keys:
            self._numbers.pop(key, None)

    def numbers(self, keys: Names) -> NDArray[np.int64]:
        """Number of the file with each key, `NO_FILE`, or `SEVERAL_FILES`."""
        found: Any = map(self._numbers.get, keys, repeat(NO_FILE))
        return np.fromiter(found, np.int64, len(keys))

    def all(self, key: str) -> list[int]:
        """Numbers of all files with a key."""
        if key not in self._numbers:
            return []
        return self._shared.get(key, [self._numbers[key]])
