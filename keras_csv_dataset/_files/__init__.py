"""Folders and image files: listing them, spelling their names, finding one by name."""

from keras_csv_dataset._files.file_system import LocalCopy, identity, is_address
from keras_csv_dataset._files.finder import (
    NO_FILE,
    SEVERAL_FILES,
    FileFinder,
    LocatedImages,
)
from keras_csv_dataset._files.listing import (
    CONVERT,
    ImageFiles,
    list_folders_of,
    list_image_files,
)
from keras_csv_dataset._files.names import (
    ABSOLUTE,
    collapse,
    is_undecodable,
    make_relative,
    nfc,
    roots_of,
    split_suffix,
    with_slashes,
)

__all__ = [
    "ABSOLUTE",
    "CONVERT",
    "NO_FILE",
    "SEVERAL_FILES",
    "FileFinder",
    "ImageFiles",
    "LocalCopy",
    "LocatedImages",
    "collapse",
    "identity",
    "is_address",
    "is_undecodable",
    "list_folders_of",
    "list_image_files",
    "make_relative",
    "nfc",
    "roots_of",
    "split_suffix",
    "with_slashes",
]
