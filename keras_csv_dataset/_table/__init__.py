"""The label file: a CSV or a DataFrame becomes text, and each row keeps its line."""

from keras_csv_dataset._table.cells import as_cells, text_cells
from keras_csv_dataset._table.csv_options import (
    CELL_OPTIONS,
    DELIMITERS,
    DIALECT_OPTIONS,
    check_csv_options,
)
from keras_csv_dataset._table.label_table import (
    LabelSource,
    LabelTable,
    no_rows,
    open_label_source,
    read_label_table,
)

__all__ = [
    "CELL_OPTIONS",
    "DELIMITERS",
    "DIALECT_OPTIONS",
    "LabelSource",
    "LabelTable",
    "as_cells",
    "check_csv_options",
    "no_rows",
    "open_label_source",
    "read_label_table",
    "text_cells",
]
