"""Inspections: what a folder and its label file contain, and what spoils them."""

from keras_csv_dataset._inspection.findings import (
    KINDS,
    Finding,
    Kind,
    Place,
    worst_first,
)
from keras_csv_dataset._inspection.inspected import (
    Inspection,
    Numbers,
    SubsetCounts,
)

__all__ = [
    "KINDS",
    "Finding",
    "Inspection",
    "Kind",
    "Numbers",
    "Place",
    "SubsetCounts",
    "worst_first",
]
