"""The folders in `directory`, and which of them a name includes."""

from collections.abc import Collection, Iterable

from keras_csv_dataset._files.names import nfc


class Folders:
    """Finds the end of a name that is certainly a path from `directory` on.

    The names of folders are compared in Unicode's composed form, and without regard
    to case and to the blanks at their ends.

    Args:
        listed: Folders whose content is known.
        unlisted: Folders that can contain any folder and any file: `a/`.
    """

    def __init__(self, listed: Iterable[str], unlisted: Iterable[str]) -> None:
        self._listed: set[str] = set()
        for folder in {*listed}:
            path = fold_folder(folder)
            # With the folders that contain it.
            while path and path not in self._listed:
                self._listed.add(path)
                path = path.rpartition("/")[0]
        self._unlisted = FolderSet({fold_folder(f[:-1]) + "/" for f in unlisted})
        self._deepest = max((f.count("/") + 1 for f in self._listed), default=0)
        self._starts: dict[str, int] = {}

    def start(self, name: str) -> int:
        """Where the longest end of a name begins that is in a folder of `directory`.

        If there is none, the end is the name of the file alone.
        """
        folder, slash, _ = name.rpartition("/")
        start = self._starts.get(folder)
        if start is None:
            start = self._starts[folder] = self._find(folder) if slash else 0
        return start

    def _find(self, folder: str) -> int:
        parts = folder.split("/")
        folded = list(map(_fold, parts))
        first = 0 if self._unlisted else max(0, len(parts) - self._deepest)
        start = sum(map(len, parts[:first])) + first
        for number in range(first, len(parts)):
            known = len(parts) - number <= self._deepest
            if known and "/".join(folded[number:]) in self._listed:
                return start
            if self._unlisted and self._unlisted.contains(folded, number):
                return start
            start += len(parts[number]) + 1
        return start


class FolderSet:
    """A set of folders, to find the one that a name begins with."""

    def __init__(self, folders: Collection[str]) -> None:
        self._folders = folders
        self._deepest = max((folder.count("/") for folder in folders), default=0)

    def __bool__(self) -> bool:
        return bool(self._folders)

    def above(self, name: str) -> str | None:
        """The first of the folders that a name begins with."""
        return self._first(name.split("/", self._deepest)[:-1])

    def contains(self, parts: list[str], begin: int) -> bool:
        """Whether the rest of a path, given as its parts, begins with one of these."""
        return self._first(parts[begin : begin + self._deepest]) is not None

    def _first(self, parts: list[str]) -> str | None:
        folder = ""
        for part in parts:
            folder += f"{part}/"
            if folder in self._folders:
                return folder
        return None


def fold_folder(path: str) -> str:
    """Writes the path of a folder as folders are compared."""
    return "/".join(map(_fold, path.split("/")))


def _fold(part: str) -> str:
    return nfc(nfc(part).casefold()).strip()
