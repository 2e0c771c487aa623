"""Lists the image files in a folder, in one pass."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import file_system
from keras_csv_dataset._files.decodable import Decodable
from keras_csv_dataset._files.file_system import Folder
from keras_csv_dataset._files.names import IMAGE_SUFFIXES, split_suffix
from keras_csv_dataset._messages import quote

_EXAMPLES_SHOWN = 3


@dataclass(frozen=True)
class ImageFiles:
    """The image files that rows can name.

    Attributes:
        directory: The folder that contains them; empty if `paths` are absolute.
        paths: Path of each file relative to `directory`, with `/` between folders.
        undecodable: The same for images in formats that cannot be decoded here.
        formats: The formats that can be decoded.
        without_images: Folders that contain no images that can be decoded: `a/`.
        links: Folders that are not listed because they are links.
        hidden: Folders that are not listed because they are hidden.
        unreadable: Folders that could not be read -> why.
        aliases: Links to folders that are listed under another path -> that path.
    """

    directory: str
    paths: Sequence[str]
    undecodable: Sequence[str] = ()
    formats: Decodable = field(default_factory=Decodable)
    without_images: Sequence[str] = ()
    links: Sequence[str] = ()
    hidden: Sequence[str] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def full_paths(self, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
        """The paths of files as Keras writes them, to read the files from."""
        prefix = os.path.join(self.directory, "")
        # In the order of the list, as they lie in memory, which is faster.
        order = np.argsort(numbers)
        paths = np.empty(len(numbers), dtype=object)
        paths[order] = [prefix + self.paths[n] for n in numbers[order].data]
        return paths

    def not_listed(self) -> list[str]:
        """Says which folders are not listed, in sentences without their full stop."""
        sentences = []
        if self.links:
            names = ", ".join(quote(link[:-1]) for link in self.links[:_EXAMPLES_SHOWN])
            sentences.append(
                f"{len(self.links)} of the folders in {self.directory!r} are links to "
                f"folders, such as {names}: pass follow_links=True to read them"
            )
        sentences += [
            f"The folder {quote(folder[:-1])} cannot be read: {why}"
            for folder, why in list(self.unreadable.items())[:_EXAMPLES_SHOWN]
        ]
        return sentences

    def describe(self) -> str:
        """Describes the contents of the folder, for a message."""
        where = f"the folder {self.directory!r}" if self.directory else "their folders"
        if not self.paths:
            return f"There are no image files in {where}"
        examples = ", ".join(map(quote, sorted(self.paths[:1000])[:_EXAMPLES_SHOWN]))
        if len(self.paths) == 1:
            return f"There is 1 image file in {where}: {examples}"
        return f"There are {len(self.paths)} image files in {where}, such as {examples}"


def list_image_files(
    directory: str, formats: Decodable, follow_links: bool = False
) -> ImageFiles:
    """Lists the images in a folder and its sub-folders, except hidden ones.

    Args:
        directory: The folder.
        formats: The formats that can be decoded.
        follow_links: Whether to visit folders that symbolic links point to.

    Returns:
        An `ImageFiles`, in no particular order.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If it is not a folder, or contains no images.
    """
    file_system.check_folder(directory)
    walk = file_system.Walk(directory, follow_links)
    files = replace(
        _pick_images(directory, walk, formats),
        links=walk.links,
        hidden=walk.hidden,
        unreadable=walk.unreadable,
        aliases=walk.aliases,
    )
    if "" in walk.unreadable:
        raise ValueError(
            "`directory` must be a folder that can be read. Received: "
            f"directory={directory!r}: {walk.unreadable['']}"
        )
    if not files.paths:
        raise ValueError(
            f"`directory` must contain images ({', '.join(formats.suffixes)}). "
            f"Received: directory={directory!r}, which contains none"
            + _what_there_is_instead(files)
        )
    return files


def _what_there_is_instead(files: ImageFiles) -> str:
    if files.undecodable:
        suffixes = {split_suffix(path)[1].lower() for path in files.undecodable}
        return f", but {files.undecodable[0]!r}. {files.formats.advise(suffixes)}"
    return "".join(f". {sentence}" for sentence in files.not_listed())


def list_folders_of(paths: Iterable[str], formats: Decodable) -> ImageFiles:
    """Lists the images in the folders of some absolute paths, each folder once."""
    unreadable: dict[str, str] = {}

    def listed() -> Iterator[Folder]:
        for parent in sorted({path.rpartition("/")[0] + "/" for path in paths}):
            try:
                yield parent, file_system.list_folder(parent)
            except OSError as error:
                unreadable[parent] = error.strerror or str(error)

    files = _pick_images("", listed(), formats)
    return replace(files, unreadable=unreadable)


def _pick_images(
    directory: str, folders: Iterable[Folder], formats: Decodable
) -> ImageFiles:
    paths: list[str] = []
    undecodable: list[str] = []
    without_images: list[str] = []
    decodable = formats.suffixes
    for prefix, names in folders:
        # Nearly always all suffixes are in lower case and belong to decodable formats.
        images = [name for name in names if name.endswith(decodable)]
        paths += [prefix + name for name in images]
        if not images:
            without_images.append(prefix)
        if len(images) < len(names):
            for name in sorted(set(names).difference(images)):
                if name.lower().endswith(decodable):
                    paths.append(prefix + name)
                elif name.lower().endswith(IMAGE_SUFFIXES):
                    undecodable.append(prefix + name)
    return ImageFiles(directory, paths, undecodable, formats, without_images)
