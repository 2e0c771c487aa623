"""Folders and files, on this machine or at an address such as `gs://`."""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Nanoseconds: FAT stores even seconds only, and the clocks of two machines differ.
_COARSEST_TIME = 4 * 10**9
_NO_SUCH_FOLDER = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_LOCAL_ADDRESS = re.compile(r"file://(localhost)?(?=/)", re.IGNORECASE)


# The prefix of the paths of a folder's files (`""`, `"a/"`, `"a/b/"`), and the names of
# the files in it that are not hidden.
Folder = tuple[str, Sequence[str]]


def is_address(path: str) -> bool:
    """Whether a path begins with a scheme, so that TensorFlow has to read it."""
    return _ADDRESS.match(path) is not None


def local_path(path: str) -> str:
    """Turns an address such as `file:///data` into the path that it stands for."""
    return _LOCAL_ADDRESS.sub("", path, count=1) if "://" in path else path


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
        if directory.endswith(_ARCHIVES):
            folder = directory.removesuffix(".gz").rpartition(".")[0]
            raise ValueError(
                "`directory` must be a folder, not an archive: extract it, as with "
                f"shutil.unpack_archive({directory!r}, {folder!r}). "
                f"Received: directory={directory!r}"
            )
        raise ValueError(
            "`directory` must be a folder, not a file; it comes before `csv`. "
            f"Received: directory={directory!r}"
        )
    if not is_folder:
        raise FileNotFoundError(
            "`directory` must be a folder that exists. Received: "
            f"directory={directory!r}{where}"
        )


class Walk:
    """Lists `folder` and every folder below it, once each.

    A folder that links lead to is listed under only one path: the one without links
    if there is one. So the walk ends even if links form a circle, or if folders all
    link to each other.

    Args:
        folder: The folder.
        follow_links: Whether to visit folders that symbolic links point to.

    Attributes:
        links: Folders that were not visited because they are links.
        hidden: Folders that were not visited because they are hidden.
        unreadable: Folders that could not be read -> why.
        aliases: Links to folders that are listed under another path -> that path.
    """

    def __init__(self, folder: str, follow_links: bool = False) -> None:
        self._folder = folder
        self._follow_links = follow_links
        self.links: list[str] = []
        self.hidden: list[str] = []
        self.unreadable: dict[str, str] = {}
        self.aliases: dict[str, str] = {}

    def __iter__(self) -> Iterator[Folder]:
        if is_address(self._folder):
            return _walk_remote(self._folder)
        return self._walk_local()

    def _walk_local(self) -> Iterator[Folder]:
        folders, links = [""], deque[str]()
        paths: dict[str, str] = {}
        while folders or links:
            # Links come last: a folder is listed under its own path if it has one.
            prefix = folders.pop() if folders else links.popleft()
            if self._follow_links:
                real = os.path.realpath(os.path.join(self._folder, prefix))
                if real in paths:
                    self.aliases[prefix] = paths[real]
                    continue
                paths[real] = prefix
            content = self._list(prefix)
            yield prefix, content.files
            folders += [f"{prefix}{name}/" for name in content.folders]
            linked = [f"{prefix}{name}/" for name in content.links]
            self.hidden += [f"{prefix}{name}/" for name in content.hidden]
            if self._follow_links:
                links.extend(linked)
            else:
                self.links += linked

    def _list(self, prefix: str) -> "_Content":
        try:
            return _list(
                os.path.join(self._folder, prefix[:-1]) if prefix else self._folder
            )
        except FileNotFoundError:
            return _Content()  # deleted in the meantime
        except OSError as error:
            self.unreadable[prefix] = error.strerror or str(error)
            return _Content()


def list_folder(folder: str) -> Sequence[str]:
    """Names of the files in one folder that are not hidden; none if it is missing.

    Raises:
        OSError: If the folder cannot be read.
    """
    if is_address(folder):
        exists = _gfile().isdir(folder)
        return next(iter(_walk_remote(folder)))[1] if exists else []
    try:
        return _list(folder).files
    except OSError as error:
        if error.errno in _NO_SUCH_FOLDER:
            return []
        raise


@contextlib.contextmanager
def open_to_read(path: str) -> Iterator[BinaryIO]:
    """Opens a file, also at an address, to read its bytes.

    Raises:
        OSError: If it cannot be read.
    """
    if not is_address(path):
        with open(path, "rb") as file:
            yield file
        return
    import tensorflow as tf

    try:
        with tf.io.gfile.GFile(path, "rb") as remote:
            yield remote
    except tf.errors.OpError as error:
        raise OSError(error.message) from error


def identity(path: str) -> tuple[object, ...]:
    """What identifies the state of a file: its path, size, and time of change.

    Where times are whole seconds, they do not show every change. There, the inode is
    added, and so is the digest of a file that could still change in the same second.
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
            f"`{argument}` must be a path, or a URL that TensorFlow can read. "
            f"Received: {argument}={address!r}, but TensorFlow has no file system for "
            f"{scheme}:// here. The package tensorflow-io adds some; or copy the files "
            "to this machine."
        ) from None
    except tf.errors.OpError as error:
        raise ValueError(
            f"`{argument}` must be a URL that TensorFlow can read. Received: "
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


@dataclass
class _Content:
    """What a folder contains: names of files, folders, links to folders."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def _list(folder: str) -> _Content:
    content = _Content()
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            # Only links need another request to the file system.
            if name[0] == ".":
                if _is_folder(entry):
                    content.hidden.append(name)
            elif entry.is_file(follow_symlinks=False):
                content.files.append(name)
            elif entry.is_dir(follow_symlinks=False):
                content.folders.append(name)
            elif _leads_to_file(entry):
                content.files.append(name)
            elif _is_folder(entry):
                content.links.append(name)
    return content


def _leads_to_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # a link that leads to itself


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
