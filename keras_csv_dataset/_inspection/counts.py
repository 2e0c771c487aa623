"""Counts what a folder and its label file contain."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import split_suffix
from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.inspected import Inspection, Numbers, SubsetCounts
from keras_csv_dataset._labels import Target
from keras_csv_dataset._rows import LocatedRows

# The key of the only output, which has no name.
ONLY_OUTPUT = "label"
_BINS = 20


def count_rows(inspection: Inspection, rows: LocatedRows) -> None:
    """Counts the rows, with and without files, and how names were matched.

    What is not known yet, because it takes a look at the images, is 0 so far.
    """
    have_files = rows.have_files()
    repeated = rows.take(have_files).repeats() if have_files.any() else 0
    inspection.conventions = {
        str(rows.table.name(column)): images.convention
        for column, images in rows.files.items()
    }
    inspection.counts |= {
        "rows": len(have_files),
        "rows_with_image_file": int(have_files.sum()),
        "rows_without_image_file": int((~have_files).sum()),
        "rows_naming_an_image_again": repeated,
        "image_files_without_row": rows.count_unnamed(),
        "images_that_cannot_be_decoded": 0,
        "rows_with_image_without_label": 0,
    }


def count_formats(rows: LocatedRows) -> dict[str, int]:
    """Number of files that rows name, by suffix: the most frequent first."""
    suffixes: Counter[str] = Counter()
    for images in rows.files.values():
        paths = images.files.full_paths(np.unique(images.numbers))
        suffixes.update(split_suffix(path)[1].lower() for path in paths)
    return dict(suffixes.most_common())


def count_labels(inspection: Inspection, collection: Collection) -> None:
    """Counts classes, in all and in each subset, and describes numbers."""
    assert collection.samples is not None
    targets = [
        (name or ONLY_OUTPUT, target)
        for name, target in collection.samples.targets.titled()
    ]
    every = np.arange(len(collection.samples))
    inspection.classes = _class_counts(targets, every)
    inspection.subsets = {
        name: SubsetCounts(images=len(rows), classes=_class_counts(targets, rows))
        for name, rows in collection.subsets.items()
    }
    for name, target in targets:
        if target.mode == "raw":
            inspection.numbers |= _describe_numbers(name, target)


def _class_counts(
    targets: list[tuple[str, Target]], samples: NDArray[np.int64]
) -> dict[str, dict[str, int]]:
    return {
        name: dict(zip(target.class_names or (), counts.tolist(), strict=True))
        for name, target in targets
        if (counts := target.class_counts_of(samples)) is not None
    }


def _describe_numbers(name: str, target: Target) -> dict[str, Numbers]:
    """The distribution of each column of numbers of an output."""
    values = np.asarray(target.batch(np.arange(len(target.values))), np.float64)
    columns = values.reshape(len(values), -1).T
    described = {}
    for number, column in enumerate(columns):
        title = name if len(columns) == 1 else f"{name} {number}"
        counts, edges = np.histogram(column, bins=_BINS)
        described[title] = Numbers(
            minimum=float(column.min()),
            median=float(np.median(column)),
            maximum=float(column.max()),
            edges=edges.tolist(),
            counts=counts.tolist(),
        )
    return described
