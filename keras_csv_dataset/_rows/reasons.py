"""The reasons why a name finds no image file, for messages."""

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import (
    Convention,
    FileFinder,
    split_query,
    split_suffix,
    with_slashes,
)
from keras_csv_dataset._messages import quote


class Reasons:
    """Explains why a name finds no file.

    Args:
        finder: Finds the files.
        convention: Which folders the names in the column include.
    """

    def __init__(self, finder: FileFinder, convention: Convention) -> None:
        self._finder, self._convention = finder, convention
        self._files = finder.files

    def describe(self, name: str | None) -> str:
        """What is wrong with a name."""
        if name is None:
            return "the row names no image"
        suffix = self.undecodable_suffix(name)
        if suffix:
            return f"{quote(name)} is a {suffix} file"
        folder = self._finder.unlisted_folder(name)
        if folder is not None:
            kind = "a link to a folder" if self.is_linked(name) else "a hidden folder"
            return f"{quote(name)} is not an image file: {folder[:-1]!r} is {kind}"
        message = f"{quote(name)} is not an image file"
        if near := self.near(name):
            return f"{message}, but {near!r} is"
        if namesake := self._finder.namesake(name):
            return f"{message}; a file with that name is {namesake!r}"
        return message

    def near(self, name: str | None) -> str | None:
        """Path of a file with nearly that name."""
        return None if name is None else self._finder.near_miss(name, self._convention)

    def has_lost_zeros(self, name: str | None) -> bool:
        """Whether a file has that name with leading zeros."""
        near = self.near(name)
        if name is None or near is None or not name.isdigit():
            return False
        return split_suffix(near.rpartition("/")[2])[0].startswith("0")

    def has_query(self, name: str | None) -> bool:
        """Whether a name is an address that ends in a query, such as `?w=640`."""
        return name is not None and bool(split_query(with_slashes(name))[1])

    def is_linked(self, name: str | None) -> bool:
        """Whether a name is in a folder that is not listed because it is a link."""
        return (
            name is not None and self._finder.unlisted_folder(name) in self._files.links
        )

    def undecodable_suffix(self, name: str | None) -> str:
        """Suffix of the file that a name refers to, if its format cannot be decoded."""
        if name is None:
            return ""
        meant = self._finder.undecodable_file(name, self._convention) or name
        suffix = split_suffix(meant)[1].lower()
        return "" if suffix in self._files.formats.suffixes else suffix

    def other_conventions(self, names: NDArray[np.object_]) -> list[tuple[str, int]]:
        """The other ways of matching that would find missing names, and how many.

        The way that finds the most comes first.
        """
        others = self._finder.other_conventions(names, self._convention)
        ways = [(convention.phrase, count) for convention, count in others]
        return sorted(ways, key=lambda way: -way[1])
