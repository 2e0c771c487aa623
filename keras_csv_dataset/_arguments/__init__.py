"""Arguments: all are checked, and made into records, before any file is touched."""

from keras_csv_dataset._arguments.checks import check_choice, check_flag
from keras_csv_dataset._arguments.choices import (
    CacheDtype,
    ColorMode,
    CorruptImages,
    DataFormat,
    FilePath,
    Format,
    Interpolation,
    LabelMode,
    MissingImages,
    MissingLabels,
    SubsetName,
)
from keras_csv_dataset._arguments.images import (
    read_batch_size,
    read_cache,
    read_image_size,
    read_image_spec,
    read_shuffle_buffer_size,
)
from keras_csv_dataset._arguments.rows import read_row_spec
from keras_csv_dataset._arguments.splits import read_split_spec

__all__ = [
    "CacheDtype",
    "ColorMode",
    "CorruptImages",
    "DataFormat",
    "FilePath",
    "Format",
    "Interpolation",
    "LabelMode",
    "MissingImages",
    "MissingLabels",
    "SubsetName",
    "check_choice",
    "check_flag",
    "read_batch_size",
    "read_cache",
    "read_image_size",
    "read_image_spec",
    "read_row_spec",
    "read_shuffle_buffer_size",
    "read_split_spec",
]
