"""Inspects a folder and its label file: every step of the call, and a closer look."""

import importlib.util
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import Decoder, decoder_of
from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.counts import (
    count_formats,
    count_labels,
    count_rows,
)
from keras_csv_dataset._inspection.duplicates import (
    duplicate_findings,
    find_duplicates,
)
from keras_csv_dataset._inspection.findings import Finding, worst_first
from keras_csv_dataset._inspection.giveaways import giveaway_findings
from keras_csv_dataset._inspection.images import Images, OnProgress, look_at_images
from keras_csv_dataset._inspection.inspected import Inspection
from keras_csv_dataset._inspection.near import LEAST_SIDE, are_too_small
from keras_csv_dataset._inspection.outliers import image_findings
from keras_csv_dataset._inspection.places import place_of_row
from keras_csv_dataset._inspection.tables import table_findings
from keras_csv_dataset._messages import count_of
from keras_csv_dataset._rows import (
    Fault,
    LocatedRows,
    RowSpec,
    Samples,
    find_missing_images,
    find_missing_labels,
    label_specs_of,
    locate_rows_in_any_format,
    make_samples,
)
from keras_csv_dataset._split import SplitSpec, divide

# The packages of the extra `check` that an inspection uses.
_EXTRA = ("cv2", "scipy")
_WITHOUT_EXTRA = (
    "Near duplicates are not looked for without: pip install 'keras-csv-dataset[check]'"
)
_FAULTS = {
    "missing_images": "no image file",
    "corrupt_images": "an image that cannot be decoded",
    "missing_labels": "no label",
}
_LEAVE_OUT = "--write-usable FILE writes the table without such rows."
# Rows of which a report says what is wrong with each: it can take long to find out.
_MOST_DESCRIBED = 1000
# Rows that a message names.
_MOST_NAMED = 3


@dataclass(kw_only=True)
class Inspected:
    """An inspection, with what is needed to mend what was found.

    Attributes:
        inspection: What was found.
        located: All rows of the label file.
        unusable: Positions of the rows without an image, a sound one or a label.
        groups: Positions of rows whose images are duplicates of each other.
    """

    inspection: Inspection
    located: LocatedRows
    unusable: list[int] = field(default_factory=list)
    groups: list[NDArray[np.int64]] = field(default_factory=list)


def inspect(
    spec: RowSpec,
    split: SplitSpec | None,
    framework: ModuleType,
    on_progress: OnProgress,
    image_size: tuple[int, int] | None = None,
    exif_orientation: bool = False,
) -> Inspected:
    """Does everything that `image_dataset_from_csv` does, and looks at every image.

    Args:
        spec: What is read. Rows to be skipped are counted, but not reported as wrong.
        split: How the rows are divided into subsets; `None` if they are not.
        framework: Decodes the images.
        on_progress: Called with the number of images decoded so far, and the total.
        image_size: Height and width that images are resized to, if they are given.
        exif_orientation: Whether images are turned as their EXIF orientation says.

    Returns:
        An `Inspected`. What comes after a step that leaves no rows is not looked at.

    Raises:
        FileNotFoundError: If the folder or the label file does not exist.
        ValueError: If either cannot be read, or a column cannot be determined.
    """
    located = locate_rows_in_any_format(spec, framework.decodable_formats)
    inspection = Inspection(source=located.table.source.name)
    inspected = Inspected(inspection=inspection, located=located)
    count_rows(inspection, located)
    inspection.findings = worst_first(
        _find(
            inspected,
            spec,
            split,
            decoder_of(framework, exif_orientation),
            on_progress,
            image_size,
        )
    )
    return inspected


def _find(
    inspected: Inspected,
    spec: RowSpec,
    split: SplitSpec | None,
    decoder: Decoder,
    on_progress: OnProgress,
    image_size: tuple[int, int] | None,
) -> Iterator[Finding]:
    """Yields the findings, step by step, and counts on the way."""
    inspection, rows = inspected.inspection, inspected.located
    faults: list[Fault] = []

    def leave_out(rows: LocatedRows, fault: Fault | None) -> LocatedRows:
        if fault is None:
            return rows
        faults.append(fault)
        return rows.take(fault.sound)

    for column in rows.files:
        rows = leave_out(rows, find_missing_images(rows, column, spec.labels))
    if len(rows.table) and any(label.names_files for label in spec.labels):
        # A blank names no file to look at.
        rows = leave_out(rows, find_missing_labels(rows, label_specs_of(rows, spec)))
    if len(rows.table):
        has_extra = all(importlib.util.find_spec(package) for package in _EXTRA)
        inspection.formats = count_formats(rows)
        look = look_at_images(
            rows, spec.labels, decoder.check_images, on_progress, has_extra
        )
        inspection.sizes = look.sizes
        inspection.counts["images_that_cannot_be_decoded"] = look.num_broken
        rows = leave_out(rows, look.fault)
    if len(rows.table):
        try:
            samples = _make_samples(rows, spec, decoder, faults)
        except ValueError as error:
            samples = None
            yield _refused(error)
        images = look.images if samples is None else look.images.named_by(samples.rows)
        collection = Collection(images=images, samples=samples)
        if samples is not None:
            yield from _divide(collection, split)
            count_labels(inspection, collection)
        inspection.skipped = list(_skipped(images, has_extra))
        duplicates = find_duplicates(look.images, *decoder, has_extra)
        inspected.groups = [look.images.rows_in_file(g) for g in duplicates.pictures()]
        yield from duplicate_findings(collection, duplicates)
        yield from image_findings(collection, image_size)
        yield from table_findings(collection, split)
        yield from giveaway_findings(collection)
    for fault in faults:
        bad = fault.table.rows[~fault.sound]
        inspected.unusable += bad.tolist()
        if fault.policy == "missing_labels":
            inspection.counts["rows_with_image_without_label"] = len(bad)
        if getattr(spec, fault.policy) != "skip":
            yield _fault_finding(inspected.located, fault)


def _skipped(images: Images, has_extra: bool) -> Iterator[str]:
    """Yields what is not looked for, and why."""
    if not has_extra:
        yield _WITHOUT_EXTRA
        return
    number = int(are_too_small(images).sum())
    if number:
        yield (
            f"Near duplicates are not looked for among {count_of(number, 'image')} "
            f"with a side below {LEAST_SIDE} pixels."
        )


def _make_samples(
    rows: LocatedRows, spec: RowSpec, decoder: Decoder, faults: list[Fault]
) -> Samples | None:
    """Encodes the labels; `None` if no row has one."""

    def handle(fault: Fault, action: str) -> None:
        faults.append(fault)
        if not fault.sound.any():
            raise ValueError

    # Every image has been decoded already.
    spec = replace(spec, corrupt_images=None)
    try:
        return make_samples(
            rows, spec, decoder.check_images, lambda done, total: None, handle
        )
    except ValueError:
        # Faults before this step have left some rows.
        if faults and not faults[-1].sound.any():
            return None
        raise


def _divide(collection: Collection, split: SplitSpec | None) -> Iterator[Finding]:
    """Fills in the subsets, and yields why they are not as they should be."""
    if split is None:
        return
    assert collection.samples is not None
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            parts = divide(collection.samples, split)
    except ValueError as error:
        yield _refused(error)
        return
    collection.subsets.update({name: rows for name, rows in parts.items() if len(rows)})
    for warning in warned:
        yield Finding(kind="unequal_shares", message=_one_line(str(warning.message)))


def _refused(error: ValueError) -> Finding:
    message, _, advice = str(error).partition("\n")
    return Finding(kind="refused", message=_one_line(message), advice=_one_line(advice))


def _fault_finding(located: LocatedRows, fault: Fault) -> Finding:
    bad = np.flatnonzero(~fault.sound).tolist()
    details = [fault.describe(row) for row in bad[:_MOST_DESCRIBED]]
    have = "has" if len(bad) == 1 else "have"
    first = [
        f"{fault.table.locate(row)}: {detail}".removesuffix(".")
        for row, detail in zip(bad[:_MOST_NAMED], details, strict=False)
    ]
    such = ", such as" if len(bad) > len(first) else ""
    return Finding(
        kind=fault.policy,
        message=f"{len(bad)} of {count_of(len(fault.table), 'row')} {have} "
        f"{_FAULTS[fault.policy]}{such}: {'; '.join(first)}.",
        advice=f"{_one_line(fault.advice)} {_LEAVE_OUT}",
        groups=tuple(
            (place_of_row(located, int(fault.table.rows[row]), detail=detail),)
            for row, detail in zip(
                bad, details + [""] * (len(bad) - len(details)), strict=True
            )
        ),
    )


def _one_line(text: str) -> str:
    """Text of several lines in one, each a sentence."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return " ".join(line if line[-1] in ".:!?" else f"{line}." for line in lines)
