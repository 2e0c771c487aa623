"""Names of image files: their suffixes, and the spellings that mean the same file."""

import os
import re
import unicodedata
from collections.abc import Sequence

from keras_csv_dataset._files.file_system import is_address, local_path

# Suffixes of image files, whether or not they can be decoded here.
IMAGE_SUFFIXES = (
    *(".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"),
    *(".tif", ".tiff", ".avif", ".heic", ".heif", ".dcm", ".dicom"),
)

# A path from the root, from a Windows drive, or with a scheme such as gs://.
ABSOLUTE = re.compile(r"/|[A-Za-z]:/|[A-Za-z][A-Za-z0-9+.-]*://")


def is_png(path: str) -> bool:
    """Whether a path has the suffix of a PNG."""
    return split_suffix(path)[1].casefold() == ".png"


def is_image_name(text: str) -> bool:
    """Whether text has the form of a file name with an image suffix.

    A suffix alone, as in a column of formats, is no name.
    """
    return all(split_suffix(text))


def split_suffix(path: str) -> tuple[str, str]:
    """Splits off an image suffix: `("0a1b", ".jpg")`. Other dots belong to the name.

    `os.path.splitext` would take the end of the id `1.2.826.0.1` for a suffix.
    """
    dot = path.rfind(".")
    suffix = path[dot:]
    if dot >= 0 and (suffix in IMAGE_SUFFIXES or suffix.lower() in IMAGE_SUFFIXES):
        return path[:dot], suffix
    return path, ""


def normalize(name: str) -> str:
    """Writes a name with `/`, without `.` as a folder, and without `file://`."""
    return collapse(local_path(with_slashes(name)))


def is_normal(text: str) -> bool:
    """Whether lines of text are certainly names as `normalize` writes them."""
    return not ("\\" in text or "./" in text or "//" in text or "/." in text)


def collapse(name: str) -> str:
    """Removes `.` and empty folder names from a path."""
    if "://" in name or not (
        name.startswith("./")
        or name.endswith(("/", "/."))
        or "//" in name
        or "/./" in name
    ):
        return name
    start = "/" * name.startswith("/")
    return start + "/".join(p for p in name.split("/") if p not in ("", "."))


def make_relative(name: str, roots: Sequence[str]) -> str:
    """Makes a path relative to the root that contains it, if one does."""
    if not ABSOLUTE.match(name):
        return name
    for root in roots:
        if name.startswith(root):
            return name[len(root) :]
        if not name.isascii() and nfc(name).startswith(root):
            # Folders are counted, because the Unicode forms can differ in length.
            return name.split("/", root.count("/"))[-1]
    return name


def roots_of(directory: str) -> list[str]:
    """The prefixes that an absolute path inside `directory` may have."""
    if not directory:
        return []
    directory = local_path(directory)
    if is_address(directory):
        return [nfc(directory).rstrip("/") + "/"]
    paths = {os.path.abspath(directory), os.path.realpath(directory)}
    return [nfc(with_slashes(path)).rstrip("/") + "/" for path in sorted(paths)]


def with_slashes(name: str) -> str:
    """Replaces each backslash with `/`."""
    return name.replace("\\", "/")


def nfc(text: str) -> str:
    """Converts text to Unicode's composed form, in which names are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_undecodable(path: str, suffixes: Sequence[str]) -> bool:
    """Whether a suffix names an image format that cannot be decoded here."""
    suffix = split_suffix(path)[1].lower()
    return bool(suffix) and suffix not in suffixes


def split_query(name: str) -> tuple[str, str]:
    """Splits off the query of an address: `("https://a.org/1.png", "?w=640")`."""
    if not is_address(name):
        return name, ""
    path, mark, query = name.partition("?")
    return path, mark + query


def loosely(path: str) -> str:
    """Reduces a path to its name, without query, suffix, case, and leading zeros."""
    name = split_query(with_slashes(path))[0].rpartition("/")[2]
    return split_suffix(name)[0].casefold().lstrip("0")
