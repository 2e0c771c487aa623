"""The reasons why a name finds no image file, for messages."""

from keras_csv_dataset._files import FileFinder, ImageFiles, split_suffix
from keras_csv_dataset._messages import quote


class Reasons:
    """Explains why a name finds no file.

    Args:
        files: The files.
    """

    def __init__(self, files: ImageFiles) -> None:
        self._files = files
        self._finder = FileFinder(files)
        self._undecodable = FileFinder(ImageFiles(files.directory, files.undecodable))

    def describe(self, name: str | None) -> str:
        """What is wrong with a name."""
        if name is None:
            return "the row names no image"
        suffix = self.undecodable_suffix(name)
        if suffix:
            return f"{quote(name)} is a {suffix} file"
        near = self.near(name)
        return f"{quote(name)} is no image file" + (
            f", but {near!r} is" if near else ""
        )

    def near(self, name: str | None) -> str | None:
        """Path of a file with nearly that name."""
        return None if name is None else self._finder.near_miss(name)

    def has_lost_zeros(self, name: str | None) -> bool:
        """Whether a file has that name with leading zeros."""
        near = self.near(name)
        if name is None or near is None or not name.isdigit():
            return False
        return split_suffix(near.rpartition("/")[2])[0].startswith("0")

    def undecodable_suffix(self, name: str | None) -> str:
        """Suffix of the file that a name means, if its format cannot be decoded."""
        if name is None:
            return ""
        meant = [*self._undecodable.fits(name), name]
        suffix = split_suffix(meant[0])[1].lower()
        return "" if suffix in self._files.suffixes else suffix
