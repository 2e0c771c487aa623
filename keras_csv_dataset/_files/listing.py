"""Lists the image files in a folder, in one pass."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keras_csv_dataset._files import file_system
from keras_csv_dataset._files.file_system import Folder
from keras_csv_dataset._files.names import IMAGE_SUFFIXES

CONVERT = (
    "This format cannot be decoded here: convert the files to PNG, and correct their "
    'names in the CSV. Pillow reads TIFF and WebP, as in PIL.Image.open("a.tif")'
    '.convert("RGB").save("a.png"); pydicom reads DICOM.'
)
_EXAMPLES_SHOWN = 3


@dataclass(frozen=True)
class ImageFiles:
    """The image files that rows can name.

    Attributes:
        directory: The folder that contains them; empty if `paths` are absolute.
        paths: Path of each file relative to `directory`, with `/` between folders.
        undecodable: The same for images in formats that cannot be decoded here.
        suffixes: Suffixes of the formats that can be decoded.
    """

    directory: str
    paths: Sequence[str]
    undecodable: Sequence[str] = ()
    suffixes: Sequence[str] = ()

    def full_paths(self, numbers: Iterable[int]) -> list[str]:
        """The paths of files as Keras writes them, to read the files from."""
        prefix = os.path.join(self.directory, "")
        return [prefix + self.paths[number] for number in numbers]

    def describe(self) -> str:
        """Describes the contents of the folder, for a message."""
        where = f"the folder {self.directory!r}" if self.directory else "their folders"
        if not self.paths:
            return f"There are no image files in {where}"
        examples = ", ".join(map(repr, sorted(self.paths[:1000])[:_EXAMPLES_SHOWN]))
        return f"There are {len(self.paths)} image files in {where}, such as {examples}"


def list_image_files(
    directory: str, suffixes: Sequence[str], follow_links: bool = False
) -> ImageFiles:
    """Lists the images in a folder and its sub-folders, except hidden ones.

    Args:
        directory: The folder.
        suffixes: Suffixes of the formats that can be decoded, in lower case.
        follow_links: Whether to visit folders that symbolic links point to.

    Returns:
        An `ImageFiles`, in no particular order.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If it is not a folder, or contains no images.
    """
    file_system.check_folder(directory)
    folders = file_system.walk(directory, follow_links)
    files = _pick_images(directory, folders, suffixes)
    if not files.paths:
        raise ValueError(
            f"`directory` must contain images ({', '.join(suffixes)}). "
            f"Received: directory={directory!r}, which contains none"
            + (
                f", but {files.undecodable[0]!r}. {CONVERT}"
                if files.undecodable
                else ""
            )
        )
    return files


def list_folders_of(paths: Iterable[str], suffixes: Sequence[str]) -> ImageFiles:
    """Lists the images in the folders of some absolute paths, each folder once."""
    parents = {path.rpartition("/")[0] + "/" for path in paths}
    folders = ((p, file_system.list_folder(p)) for p in sorted(parents))
    return _pick_images("", folders, suffixes)


def _pick_images(
    directory: str, folders: Iterable[Folder], suffixes: Sequence[str]
) -> ImageFiles:
    paths: list[str] = []
    undecodable: list[str] = []
    decodable = tuple(suffixes)
    for prefix, names in folders:
        # Nearly always all suffixes are in lower case and belong to decodable formats.
        images = [name for name in names if name.endswith(decodable)]
        paths += [prefix + name for name in images]
        if len(images) < len(names):
            for name in sorted(set(names).difference(images)):
                if name.lower().endswith(decodable):
                    paths.append(prefix + name)
                elif name.lower().endswith(IMAGE_SUFFIXES):
                    undecodable.append(prefix + name)
    return ImageFiles(directory, paths, undecodable, decodable)
