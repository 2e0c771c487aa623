"""How people spell the names of image files, and what they mean by it."""

import os
import re
import unicodedata
from collections.abc import Sequence

from keras_csv_dataset._file_system import is_address
from keras_csv_dataset._image_files import split_suffix

# A path from the root, from a drive of Windows, or with a scheme such as gs://.
ABSOLUTE = re.compile(r"/|[A-Za-z]:/|[A-Za-z][A-Za-z0-9+.-]*://")


def normalize(name: str, roots: Sequence[str]) -> str:
    """A name with `/` between folders, in NFC, without `./`, relative if it can be."""
    return make_relative(nfc(collapse(with_slashes(name))), roots)


def collapse(name: str) -> str:
    """A path without `.` and empty names of folders."""
    if "://" in name or not (name.startswith("./") or "//" in name or "/./" in name):
        return name
    start = "/" * name.startswith("/")
    return start + "/".join(p for p in name.split("/") if p not in ("", "."))


def make_relative(name: str, roots: Sequence[str]) -> str:
    """The path from one of the roots on, if it lies in one."""
    if name[:1] == "/" or name[1:2] == ":" or "://" in name:
        for root in roots:
            name = name.removeprefix(root)
    return name


def roots_of(directory: str) -> list[str]:
    """What an absolute path inside `directory` may begin with."""
    if not directory:
        return []
    if is_address(directory):
        return [nfc(directory).rstrip("/") + "/"]
    paths = {os.path.abspath(directory), os.path.realpath(directory)}
    return [nfc(with_slashes(path)).rstrip("/") + "/" for path in sorted(paths)]


def with_slashes(name: str) -> str:
    """A path with `/` between folders."""
    return name.replace("\\", "/")


def nfc(text: str) -> str:
    """Text in Unicode's composed form, in which it is compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold_suffix(path: str) -> str:
    """A path with its image suffix in lower case."""
    stem, suffix = split_suffix(path)
    return stem + suffix.lower()


def is_undecodable(path: str, suffixes: Sequence[str]) -> bool:
    """Whether a suffix names an image format that cannot be decoded here."""
    suffix = split_suffix(path)[1].lower()
    return bool(suffix) and suffix not in suffixes


def loosely(path: str) -> str:
    """A file's name without folder, suffix, case and leading zeros."""
    return split_suffix(with_slashes(path).rpartition("/")[2])[0].casefold().lstrip("0")
