"""Inspections: what a folder and its label file contain, and what spoils them."""

from keras_csv_dataset._inspection.findings import (
    KINDS,
    Finding,
    Kind,
    Place,
)
from keras_csv_dataset._inspection.inspect import Inspected, inspect
from keras_csv_dataset._inspection.inspected import (
    Inspection,
    Numbers,
    SubsetCounts,
)
from keras_csv_dataset._inspection.joined_rows import join_rows

__all__ = [
    "KINDS",
    "Finding",
    "Inspected",
    "Inspection",
    "Kind",
    "Numbers",
    "Place",
    "SubsetCounts",
    "inspect",
    "join_rows",
]
