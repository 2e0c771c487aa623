"""Folders and files, on this machine or at an address such as `gs://`."""

import contextlib
import hashlib
import os
import re
import tempfile
import time
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Nanoseconds: FAT counts every other second, and the clocks of two machines differ.
_COARSEST_TIME = 4 * 10**9


# The prefix of the paths of a folder's files (`""`, `"a/"`, `"a/b/"`), and the names of
# the files in it that are not hidden.
Folder = tuple[str, Sequence[str]]


def is_address(path: str) -> bool:
    """Whether a path begins with a scheme, so that TensorFlow has to read it."""
    return _ADDRESS.match(path) is not None


def check_folder(directory: str) -> None:
    """Refuses a `directory` that is not a folder, or that cannot be reached."""
    if is_address(directory):
        with _own_errors("directory", directory):
            exists = _gfile().exists(directory)  # which raises where `isdir` does not
            is_folder = exists and _gfile().isdir(directory)
        where = ""
    else:
        is_folder, exists = os.path.isdir(directory), os.path.exists(directory)
        where = f", in the folder {os.getcwd()!r}"
    if exists and not is_folder:
        raise ValueError(
            "`directory` must be a folder, not a file; it comes before `csv`. "
            f"Received: directory={directory!r}"
        )
    if not is_folder:
        raise FileNotFoundError(
            "`directory` must be a folder that exists. Received: "
            f"directory={directory!r}{where}"
        )


def folder_exists(path: str) -> bool:
    """Whether a folder exists."""
    return bool(_gfile().isdir(path) if is_address(path) else os.path.isdir(path))


def walk(folder: str, follow_links: bool = False) -> Iterator[Folder]:
    """Yields every folder that is not hidden, from `folder` on down."""
    if is_address(folder):
        return _walk_remote(folder)
    return _walk_local(folder, "", follow_links, ancestors=())


def list_folder(folder: str) -> Sequence[str]:
    """Names of the files in one folder that are not hidden; none if it is missing."""
    if not folder_exists(folder):
        return []
    if is_address(folder):
        return next(iter(_walk_remote(folder)))[1]
    return _list(folder, False)[0]


def identity(path: str) -> tuple[object, ...]:
    """What identifies the state of a file: its path, size, and time of change.

    Where times are whole seconds, they do not show every change. There the inode is
    added, and the digest of a file that could be changed again in the same second.
    """
    if is_address(path):
        remote = _gfile().stat(path)
        # Some file systems do not record when a file was changed.
        time_or_digest = remote.mtime_nsec or _digest(_gfile().GFile(path, "rb"))
        return path, remote.length, time_or_digest
    status = os.stat(path)
    # A copy can keep the modification time of its original, but not the change time.
    times = (status.st_mtime_ns, status.st_ctime_ns)
    state = (os.path.abspath(path), status.st_size, *times)
    # Inodes are not added everywhere: some network drives number files anew each time.
    if any(nanoseconds % 10**9 for nanoseconds in times):
        return state
    if time.time_ns() - max(times) > _COARSEST_TIME:
        return *state, status.st_ino
    return *state, status.st_ino, _digest(open(path, "rb"))


def _digest(file: Any) -> str:
    with file:
        return hashlib.sha256(file.read()).hexdigest()


class LocalCopy:
    """A copy of a remote file, deleted together with this object.

    Attributes:
        path: Path of the copy. It ends like the address, since pandas tells from the
            ending whether a file is compressed.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read.
    """

    def __init__(self, address: str) -> None:
        name = address.rpartition("/")[2]
        with _own_errors("csv", address):
            if not _gfile().exists(address):
                raise FileNotFoundError(
                    f"`csv` must be a file that exists. Received: csv={address!r}"
                )
            with _gfile().GFile(address, "rb") as file:
                content = file.read()
        descriptor, self.path = tempfile.mkstemp(suffix=f"-{name[-100:]}")
        with open(descriptor, "wb") as copy:
            copy.write(content)
        weakref.finalize(self, os.unlink, self.path)


@contextlib.contextmanager
def _own_errors(argument: str, address: str) -> Iterator[None]:
    """Turns TensorFlow's errors about an address into errors about the argument."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.UnimplementedError:
        scheme = address.partition("://")[0]
        raise ValueError(
            f"`{argument}` must be a path, or an address that TensorFlow can read. "
            f"Received: {argument}={address!r}, but TensorFlow has no file system for "
            f"{scheme}:// here. The package tensorflow-io adds some; or copy the files "
            "to this machine."
        ) from None
    except tf.errors.OpError as error:
        raise ValueError(
            f"`{argument}` must be an address that TensorFlow can read. Received: "
            f"{argument}={address!r}, which failed with: {error.message}"
        ) from None


def _gfile() -> Any:
    """TensorFlow's file systems. TensorFlow is imported only if there is an address."""
    import tensorflow as tf

    return tf.io.gfile


def _walk_remote(folder: str) -> Iterator[Folder]:
    start = folder.rstrip("/") + "/"
    with _own_errors("directory", folder):
        for path, _, names in _gfile().walk(start, onerror=_raise):
            inner = path.rstrip("/") + "/"
            prefix = inner.removeprefix(start)
            if not re.match(r"\.|.*/\.", prefix):
                yield prefix, [name for name in names if name[:1] != "."]


def _raise(error: Exception) -> None:
    raise error


def _walk_local(
    folder: str, prefix: str, follow_links: bool, ancestors: tuple[str, ...]
) -> Iterator[Folder]:
    files, folders = _list(folder, follow_links)
    yield prefix, files
    if follow_links:
        # A link to a folder above itself would be followed forever.
        ancestors = (*ancestors, os.path.realpath(folder))
    for entry in folders:
        if follow_links and os.path.realpath(entry.path) in ancestors:
            continue
        inner = f"{prefix}{entry.name}/"
        yield from _walk_local(entry.path, inner, follow_links, ancestors)


def _list(
    folder: str, follow_links: bool
) -> tuple[list[str], list["os.DirEntry[str]"]]:
    """The files and folders in a folder; none if it is unreadable or was deleted."""
    files: list[str] = []
    folders: list[os.DirEntry[str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == ".":
                    continue
                # Only links need another request to the file system.
                if entry.is_file(follow_symlinks=False) or _leads_to_file(entry):
                    files.append(name)
                elif _is_folder(entry, follow_links):
                    folders.append(entry)
    except (PermissionError, FileNotFoundError):
        return [], []
    return files, folders


def _leads_to_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # a link that leads to itself


def _is_folder(entry: "os.DirEntry[str]", follow_links: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow_links)
    except OSError:
        return False
