"""Folders and image files: listing them, spelling their names, finding one by name."""

from keras_csv_dataset._files.convention import END_OF_PATH, WHOLE_PATH, Convention
from keras_csv_dataset._files.decodable import Decodable
from keras_csv_dataset._files.file_system import (
    LocalCopy,
    identity,
    is_address,
    local_path,
    open_to_read,
)
from keras_csv_dataset._files.finder import SEVERAL_NAMES, FileFinder, LocatedImages
from keras_csv_dataset._files.index import NO_FILE, SEVERAL_FILES
from keras_csv_dataset._files.listing import (
    ImageFiles,
    list_folders_of,
    list_image_files,
)
from keras_csv_dataset._files.names import (
    ABSOLUTE,
    IMAGE_SUFFIXES,
    is_image_name,
    is_png,
    is_undecodable,
    make_relative,
    nfc,
    normalize,
    roots_of,
    split_query,
    split_suffix,
    with_slashes,
)

__all__ = [
    "ABSOLUTE",
    "END_OF_PATH",
    "IMAGE_SUFFIXES",
    "NO_FILE",
    "SEVERAL_FILES",
    "SEVERAL_NAMES",
    "WHOLE_PATH",
    "Convention",
    "Decodable",
    "FileFinder",
    "ImageFiles",
    "LocalCopy",
    "LocatedImages",
    "identity",
    "is_address",
    "is_image_name",
    "is_png",
    "is_undecodable",
    "list_folders_of",
    "list_image_files",
    "local_path",
    "make_relative",
    "nfc",
    "normalize",
    "open_to_read",
    "roots_of",
    "split_query",
    "split_suffix",
    "with_slashes",
]
