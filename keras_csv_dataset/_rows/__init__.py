"""Rows: the role of each column, the file of each row, and the rows that are kept."""

from keras_csv_dataset._rows.columns import GROUP_COLUMN
from keras_csv_dataset._rows.inputs import IMAGE_INPUT
from keras_csv_dataset._rows.located import (
    LocatedRows,
    locate_rows,
    locate_rows_in_any_format,
)
from keras_csv_dataset._rows.policies import (
    Fault,
    find_corrupt_images,
    find_missing_images,
    find_missing_labels,
)
from keras_csv_dataset._rows.samples import (
    Samples,
    assemble,
    describe_dataset,
    label_specs_of,
    make_samples,
)
from keras_csv_dataset._rows.spec import Roles, RowSpec
from keras_csv_dataset._rows.weights import ClassWeights, find_class_weights

__all__ = [
    "GROUP_COLUMN",
    "IMAGE_INPUT",
    "ClassWeights",
    "Fault",
    "LocatedRows",
    "Roles",
    "RowSpec",
    "Samples",
    "assemble",
    "describe_dataset",
    "find_class_weights",
    "find_corrupt_images",
    "find_missing_images",
    "find_missing_labels",
    "label_specs_of",
    "locate_rows",
    "locate_rows_in_any_format",
    "make_samples",
]
